//! LIM-1: each limit, just within and just beyond, and what lies beyond the
//! validator's own limits.

use qip_contract::{Code, Limits, Refusal, Rules, Signature};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, ImportSection, Instruction,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

use crate::{codes, first_refusal, read, sound};

/// Makes a module with so many of one thing.
type Generator = fn(u64) -> Vec<u8>;

/// A module with a number of one thing, and little else.
struct Sized {
    limit: &'static str,
    module: Generator,
    /// What LIM-1 allows.
    standard: u64,
    lower: fn(&mut Limits) -> &mut u64,
}

const ALL: &[Sized] = &[
    Sized {
        limit: "module_bytes",
        module: with_bytes,
        standard: 64 << 20,
        lower: |limits| &mut limits.module_bytes,
    },
    Sized {
        limit: "functions",
        module: with_functions,
        standard: 100_000,
        lower: |limits| &mut limits.functions,
    },
    Sized {
        limit: "function_bytes",
        module: with_body,
        standard: 4 << 20,
        lower: |limits| &mut limits.function_bytes,
    },
    Sized {
        limit: "locals",
        module: with_locals,
        standard: 50_000,
        lower: |limits| &mut limits.locals,
    },
    Sized {
        limit: "branch_targets",
        module: with_branch_targets,
        standard: 65_520,
        lower: |limits| &mut limits.branch_targets,
    },
    Sized {
        limit: "operands",
        module: with_operands,
        standard: 10_000,
        lower: |limits| &mut limits.operands,
    },
    Sized {
        limit: "params",
        module: with_params,
        standard: 1_000,
        lower: |limits| &mut limits.params,
    },
    Sized {
        limit: "params",
        module: with_results,
        standard: 1_000,
        lower: |limits| &mut limits.params,
    },
    Sized {
        limit: "types",
        module: with_types,
        standard: 100_000,
        lower: |limits| &mut limits.types,
    },
    Sized {
        limit: "exports",
        module: with_exports,
        standard: 10_000,
        lower: |limits| &mut limits.exports,
    },
    Sized {
        limit: "segments",
        module: with_data,
        standard: 100_000,
        lower: |limits| &mut limits.segments,
    },
    Sized {
        limit: "segments",
        module: with_elements,
        standard: 100_000,
        lower: |limits| &mut limits.segments,
    },
    Sized {
        limit: "segments",
        module: with_data_and_elements,
        standard: 100_000,
        lower: |limits| &mut limits.segments,
    },
    Sized {
        limit: "table_entries",
        module: with_table,
        standard: 1_000_000,
        lower: |limits| &mut limits.table_entries,
    },
];

fn with_bytes(count: u64) -> Vec<u8> {
    // The header, the section's id and the longest size, and an empty name.
    let mut wasm = b"\0asm\x01\0\0\0\0".to_vec();
    let mut left = count - 9 - 5;
    for more in [0x80, 0x80, 0x80, 0x80, 0] {
        wasm.push((left & 0x7f) as u8 | more);
        left >>= 7;
    }
    wasm.resize(count as usize, 0);
    wasm
}

fn with_functions(count: u64) -> Vec<u8> {
    let (mut types, mut functions, mut code) = Default::default();
    one_type(&mut types);
    for _ in 0..count {
        FunctionSection::function(&mut functions, 0);
        let mut body = Function::new([]);
        body.instruction(&Instruction::End);
        CodeSection::function(&mut code, &body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn one_type(types: &mut TypeSection) {
    types.ty().function([], []);
}

/// One function of type 0, whose body is `bytes` with its locals.
fn with_raw_body(bytes: &[u8]) -> Vec<u8> {
    let (mut types, mut functions, mut code) = Default::default();
    one_type(&mut types);
    FunctionSection::function(&mut functions, 0);
    CodeSection::raw(&mut code, bytes);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn with_body(count: u64) -> Vec<u8> {
    // No locals, `v128.const` and `drop` as often as they fit, `nop`, `end`.
    let mut bytes = vec![0];
    while bytes.len() as u64 + 19 < count {
        bytes.extend([0xfd, 0x0c]);
        bytes.extend([0x5a; 16]);
        bytes.push(0x1a);
    }
    bytes.resize(count as usize - 1, 0x01);
    bytes.push(0x0b);
    with_raw_body(&bytes)
}

fn with_locals(count: u64) -> Vec<u8> {
    // Two groups: it is their sum that counts.
    let (mut types, mut functions, mut code) = Default::default();
    one_type(&mut types);
    FunctionSection::function(&mut functions, 0);
    let mut body = Function::new([(3, ValType::I64), (count as u32 - 3, ValType::I32)]);
    body.instruction(&Instruction::End);
    CodeSection::function(&mut code, &body);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn with_branch_targets(count: u64) -> Vec<u8> {
    let mut body = Function::new([]);
    body.instruction(&Instruction::I32Const(0));
    body.instruction(&Instruction::BrTable(vec![0; count as usize].into(), 0));
    body.instruction(&Instruction::End);
    with_raw_body(&body.into_raw_body())
}

fn with_operands(count: u64) -> Vec<u8> {
    let mut body = Function::new([]);
    for _ in 0..count {
        body.instruction(&Instruction::I32Const(0));
    }
    body.instruction(&Instruction::Return);
    body.instruction(&Instruction::End);
    with_raw_body(&body.into_raw_body())
}

fn with_function_type(params: u64, results: u64) -> Vec<u8> {
    let mut types = TypeSection::new();
    let list = |count: u64| vec![ValType::I32; count as usize];
    types.ty().function(list(params), list(results));
    let mut module = Module::new();
    module.section(&types);
    module.finish()
}

fn with_params(count: u64) -> Vec<u8> {
    with_function_type(count, 1)
}

fn with_results(count: u64) -> Vec<u8> {
    with_function_type(1, count)
}

fn with_types(count: u64) -> Vec<u8> {
    let mut types = TypeSection::new();
    for _ in 0..count {
        one_type(&mut types);
    }
    let mut module = Module::new();
    module.section(&types);
    module.finish()
}

fn with_exports(count: u64) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(memory(1));
    let mut exports = ExportSection::new();
    for index in 0..count {
        exports.export(&format!("e{index}"), ExportKind::Memory, 0);
    }
    let mut module = Module::new();
    module.section(&memories).section(&exports);
    module.finish()
}

fn memory(minimum: u64) -> MemoryType {
    MemoryType {
        minimum,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

fn with_segments(data: u64, elements: u64) -> Vec<u8> {
    let mut element_section = ElementSection::new();
    for _ in 0..elements {
        element_section.passive(Elements::Functions(vec![].into()));
    }
    let mut data_section = DataSection::new();
    for _ in 0..data {
        data_section.passive([]);
    }
    let mut module = Module::new();
    module.section(&element_section).section(&data_section);
    module.finish()
}

fn with_data(count: u64) -> Vec<u8> {
    with_segments(count, 0)
}

fn with_elements(count: u64) -> Vec<u8> {
    with_segments(0, count)
}

fn with_data_and_elements(count: u64) -> Vec<u8> {
    with_segments(count / 2, count - count / 2)
}

fn with_table(count: u64) -> Vec<u8> {
    let mut tables = TableSection::new();
    for minimum in [1, count] {
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum,
            maximum: None,
            shared: false,
        });
    }
    let mut module = Module::new();
    module.section(&tables);
    module.finish()
}

/// The limit that a module is refused for, with what was found and allowed.
#[track_caller]
fn limit_of(wasm: &[u8], limits: &Limits) -> Option<(String, u64, u64)> {
    let refusal = match Signature::read(wasm, limits) {
        Ok(signature) => signature
            .refusals(&Rules::default())
            .into_iter()
            .find(|refusal| refusal.code() == Code::Limit)?,
        Err(refusal) => refusal,
    };
    assert_eq!(refusal.code(), Code::Limit, "{refusal}");
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).expect("a number");
    Some((
        refusal.name().expect("a name").to_owned(),
        number(refusal.found_text()),
        number(refusal.wanted_text()),
    ))
}

#[test]
fn the_standard_limits_are_those_of_lim_1() {
    let mut limits = Limits::standard();
    for sized in ALL {
        assert_eq!(
            *(sized.lower)(&mut limits),
            sized.standard,
            "{}",
            sized.limit
        );
    }
    assert_eq!(limits.memory_bytes, 1 << 30);
    assert_eq!(limits.stages, 64);
}

#[test]
fn each_limit_is_inclusive() {
    for sized in ALL {
        let at = (sized.module)(sized.standard);
        let beyond = (sized.module)(sized.standard + 1);
        let limits = Limits::standard();
        assert_eq!(limit_of(&at, &limits), None, "{}", sized.limit);
        let wanted = (sized.limit.to_owned(), sized.standard + 1, sized.standard);
        assert_eq!(limit_of(&beyond, &limits), Some(wanted), "{}", sized.limit);
    }
}

#[test]
fn each_limit_can_be_lowered() {
    for sized in ALL {
        let mut limits = Limits::standard();
        *(sized.lower)(&mut limits) = 99;
        let wanted = |found| Some((sized.limit.to_owned(), found, 99));
        assert_eq!(
            limit_of(&(sized.module)(99), &limits),
            None,
            "{}",
            sized.limit
        );
        assert_eq!(
            limit_of(&(sized.module)(100), &limits),
            wanted(100),
            "{}",
            sized.limit
        );
    }
}

/// The memory's size is in bytes, and is held against the limit also where the
/// memory is imported or bears another name: it would be reserved all the same.
#[test]
fn memory_is_limited_in_bytes() {
    let module = |memory: &str| crate::wat(&format!("(module {memory})"));
    let limits = Limits::standard();
    let over = Some(("memory_bytes".to_owned(), (1 << 30) + 65_536, 1 << 30));
    for (memory, wanted) in [
        (r#"(memory (export "memory") 16384)"#, None),
        (r#"(memory (export "memory") 16385)"#, over.clone()),
        (r#"(memory 16385)"#, over.clone()),
        (r#"(import "env" "memory" (memory 16385))"#, over),
        // The maximum is no reservation.
        (r#"(memory (export "memory") 1 65536)"#, None),
        (
            r#"(memory (export "memory") 65536)"#,
            Some(("memory_bytes".to_owned(), 1 << 32, 1 << 30)),
        ),
    ] {
        assert_eq!(limit_of(&module(memory), &limits), wanted, "{memory}");
    }
    // A limit that is no whole number of pages rounds to nobody's favour.
    let limits = Limits {
        memory_bytes: 65_535,
        ..limits
    };
    let found = limit_of(&module("(memory 1)"), &limits);
    assert_eq!(found, Some(("memory_bytes".to_owned(), 65_536, 65_535)));
}

/// Of several, the first in the order of LIM-1.
#[test]
fn one_limit_is_named_at_a_time() {
    let limits = Limits {
        memory_bytes: 0,
        types: 0,
        exports: 0,
        ..Limits::standard()
    };
    assert_eq!(
        limit_of(&sound(""), &limits)
            .map(|(name, ..)| name)
            .as_deref(),
        Some("types")
    );
}

/// Beyond the validator's own limits, and beyond what engines compile of branches and
/// operands, no host can allow more; it is `limit` still.
#[test]
fn beyond_the_validators_own_limits() {
    let unlimited = Limits {
        module_bytes: u64::MAX,
        functions: u64::MAX,
        function_bytes: u64::MAX,
        locals: u64::MAX,
        branch_targets: u64::MAX,
        operands: u64::MAX,
        params: u64::MAX,
        types: u64::MAX,
        exports: u64::MAX,
        segments: u64::MAX,
        table_entries: u64::MAX,
        memory_bytes: u64::MAX,
        ..Limits::standard()
    };
    let rows: [(&str, Generator, u64); 11] = [
        ("functions", with_functions, 1_000_000),
        ("function_bytes", with_body, 7_654_321),
        ("locals", with_locals, 50_000),
        ("branch_targets", with_branch_targets, 65_520),
        ("operands", with_operands, 10_000),
        ("params", with_params, 1_000),
        ("params", with_results, 1_000),
        ("types", with_types, 1_000_000),
        ("exports", with_exports, 1_000_000),
        ("segments", with_data, 100_000),
        ("segments", with_elements, 100_000),
    ];
    for (name, module, own) in rows {
        let wasm = module(own + 1);
        let found = limit_of(&wasm, &unlimited);
        let found = found.map(|(name, found, _)| (name, found));
        assert_eq!(found, Some((name.to_owned(), own + 1)), "{name}");
        let standard = limit_of(&wasm, &Limits::standard());
        assert!(
            standard.is_some_and(|(found, ..)| found == name),
            "{name} under the standard limits"
        );
    }
}

/// The validator has no limit of its own on the entries of a table, nor on memory.
#[test]
fn what_has_no_limit_of_the_validators_can_be_allowed() {
    let unlimited = Limits {
        table_entries: u64::MAX,
        memory_bytes: u64::MAX,
        ..Limits::standard()
    };
    for count in [10_000_000, 10_000_001, u64::from(u32::MAX)] {
        assert_eq!(limit_of(&with_table(count), &unlimited), None, "{count}");
    }
    let most = crate::wat("(module (memory 65536))");
    assert_eq!(limit_of(&most, &unlimited), None);
}

/// A function of type 0, `() -> ()`, for each body.
fn with_bodies(bodies: &[Vec<u8>]) -> Vec<u8> {
    let (mut types, mut functions, mut code) = Default::default();
    one_type(&mut types);
    for body in bodies {
        FunctionSection::function(&mut functions, 0);
        CodeSection::raw(&mut code, body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

/// A body with so many locals in one group, and instructions.
fn body(locals: u32, instructions: &[u8]) -> Vec<u8> {
    let mut body = Function::new([(locals, ValType::I32)]).into_raw_body();
    body.extend(instructions);
    body
}

/// ORD-1: `invalid-module` comes before every other size. A body that the validator
/// cannot take is left out, and the others are not.
#[test]
fn an_invalid_body_is_found_among_those_that_are_too_large() {
    const END: u8 = 0x0b;
    let too_long = body(0, &[vec![0x01; 7_654_321], vec![END]].concat());
    let too_many = body(50_001, &[END]);
    let wrong = body(0, &[0x41, 0, END]);
    for large in [too_long, too_many] {
        for bodies in [
            [&large, &wrong, &large],
            [&wrong, &large, &large],
            [&large, &large, &wrong],
        ] {
            let refusal =
                first_refusal(&with_bodies(&bodies.map(Clone::clone)), &Limits::standard());
            assert_eq!(refusal.expect("wrong").code(), Code::InvalidModule);
        }
        let refusal = Signature::read(&with_bodies(&[large.clone(), large]), &Limits::standard());
        let found = codes(&refusal.expect("valid").refusals(&Rules::default()));
        assert_eq!(found[0], "missing-memory memory");
        assert!(found[1].starts_with("limit "), "{found:?}");
    }
}

/// LIM-1: after a section that the validator cannot take, the rest is only held to its
/// form.
#[test]
fn beyond_a_section_that_is_too_large_the_rest_is_well_formed_at_least() {
    let wide = |rest: &[&[u8]]| {
        let mut types = vec![1, 0x60];
        types.extend([0xe9, 7]);
        types.extend([0x7f; 1_001]);
        types.push(0);
        let mut wasm = b"\0asm\x01\0\0\0\x01".to_vec();
        let size = types.len() as u16;
        wasm.extend([(size & 0x7f) as u8 | 0x80, (size >> 7) as u8]);
        wasm.extend(types);
        wasm.extend(rest.concat());
        first_refusal(&wasm, &Limits::standard()).map(|refusal| refusal.code())
    };
    // A function of the wide type, whose body is wrong.
    let wrong: &[&[u8]] = &[b"\x03\x02\x01\0", b"\x0a\x06\x01\x04\0\x41\0\x0b"];
    assert_eq!(wide(&[]), Some(Code::MissingMemory));
    assert_eq!(wide(wrong), Some(Code::MissingMemory));
    let malformed: [&[&[u8]]; 9] = [
        // A body without its function, and a function without its body.
        &[b"\x0a\x04\x01\x02\0\x0b"],
        &[b"\x03\x02\x01\0"],
        // A local of no type.
        &[b"\x03\x02\x01\0", b"\x0a\x06\x01\x04\x01\x01\0\x0b"],
        // A segment that is cut off, of elements and of data.
        &[b"\x09\x03\x01\0\x41"],
        &[b"\x0b\x03\x01\x01\x09"],
        // An export that is cut off, a memory of 64 bits, a tag, an unknown section.
        &[b"\x07\x03\x01\x01a"],
        &[b"\x05\x03\x01\x04\x01"],
        &[b"\x0d\x03\x01\0\0"],
        &[b"\x0e\x01\0"],
    ];
    for rest in malformed {
        assert_eq!(wide(rest), Some(Code::InvalidModule), "{rest:x?}");
    }
}

/// LIM-1: what counts is the longest table, without its default.
#[test]
fn a_branch_table_counts_its_targets() {
    let limits = |branch_targets| Limits {
        branch_targets,
        ..Limits::standard()
    };
    let wasm = sound(
        "(func (block (br_table 0 0 0 0 (i32.const 0))))
         (func (block (br_table 0 (i32.const 0)) (br_table 0 0 (i32.const 0))))",
    );
    assert_eq!(limit_of(&wasm, &limits(3)), None);
    let wanted = ("branch_targets".to_owned(), 3, 2);
    assert_eq!(limit_of(&wasm, &limits(2)), Some(wanted));
}

/// LIM-1: what counts is the highest stack of any function after any instruction, with the
/// operands of all blocks, and in code that is not reached what validation pushes there.
#[test]
fn an_operand_stack_counts_across_blocks() {
    let height = |body: &str| {
        let none = Limits {
            operands: 0,
            ..Limits::standard()
        };
        let wasm = sound(&format!(
            "(func (result i32) (i32.const 0)) (func (param i32) {body})"
        ));
        limit_of(&wasm, &none).map(|(name, found, _)| (name, found))
    };
    for (body, wanted) in [
        ("", 1),
        ("local.get 0 drop local.get 0 drop", 1),
        (
            "local.get 0 i64.const 1 v128.const i64x2 0 0 drop drop drop",
            3,
        ),
        (
            "local.get 0 block local.get 0 local.get 0 drop drop end drop",
            3,
        ),
        ("local.get 0 local.get 0 block (param i32) drop end drop", 2),
        ("local.get 0 local.get 0 return local.get 0 drop", 2),
        (
            "unreachable local.get 0 local.get 0 local.get 0 drop drop drop",
            3,
        ),
    ] {
        assert_eq!(
            height(body),
            Some(("operands".to_owned(), wanted)),
            "{body}"
        );
    }
}

/// ORD-1: imports come before declared sizes, also where validating had to stop.
#[test]
fn an_import_comes_before_any_size() {
    let mut types = TypeSection::new();
    one_type(&mut types);
    types.ty().function(vec![ValType::I32; 1_001], []);
    let mut imports = ImportSection::new();
    imports.import("env", "f", EntityType::Function(0));
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut code = CodeSection::new();
    let mut body = Function::new([(50_001, ValType::I32)]);
    body.instruction(&Instruction::End);
    code.function(&body);
    for types in [&types, &{
        let mut types = TypeSection::new();
        one_type(&mut types);
        types
    }] {
        let mut module = Module::new();
        module
            .section(types)
            .section(&imports)
            .section(&functions)
            .section(&code);
        let wasm = module.finish();
        let refusal = first_refusal(&wasm, &Limits::standard()).expect("refused");
        assert_eq!(
            (refusal.code(), refusal.name()),
            (Code::Import, Some("env.f"))
        );
        let found = codes(&read(&wasm).refusals(&Rules::default()));
        assert_eq!(found[1], "missing-memory memory");
        assert!(found[2].starts_with("limit "), "{found:?}");
    }
}

/// ORD-1: a module that is plainly malformed is `invalid-module`, whatever sizes
/// it claims: a count is no size where the bytes cannot hold so many.
#[test]
fn a_claim_is_no_size() {
    for section in 1..=12_u8 {
        for claim in [
            &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
            &[0xc0, 0x84, 0x3d],
            &[0xc1, 0x84, 0x3d],
        ] {
            let mut wasm = b"\0asm\x01\0\0\0".to_vec();
            wasm.extend([section, claim.len() as u8]);
            wasm.extend(claim);
            let refusal = first_refusal(&wasm, &Limits::standard()).expect("malformed");
            assert_eq!(
                refusal.code(),
                Code::InvalidModule,
                "section {section}, {claim:x?}: {refusal}"
            );
        }
    }
    // A body that claims more than the module has.
    let mut wasm = with_raw_body(&[0, 0x0b]);
    wasm.truncate(wasm.len() - 5);
    wasm.extend([0x0a, 6, 1, 0xff, 0xff, 0xff, 0x7f, 0]);
    let refusal = first_refusal(&wasm, &Limits::standard()).expect("malformed");
    assert_eq!(refusal.code(), Code::InvalidModule, "{refusal}");
}

/// Custom sections never matter (MOD-8), but their bytes count for the size.
#[test]
fn custom_sections_count_only_as_bytes() {
    let mut module = Module::new();
    for _ in 0..10_000 {
        module.section(&CustomSection {
            name: "x".into(),
            data: (&[0xff_u8; 10]).into(),
        });
    }
    assert_eq!(limit_of(&module.finish(), &Limits::standard()), None);
}

/// Offsets of segments are no constant that this reading keeps.
#[test]
fn active_segments_are_no_exports() {
    let mut memories = MemorySection::new();
    memories.memory(memory(1));
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(-1), [1, 2, 3]);
    let mut module = Module::new();
    module.section(&memories).section(&data);
    // Out of bounds is for instantiation to find out (MOD-5).
    assert_eq!(limit_of(&module.finish(), &Limits::standard()), None);
}

/// The parser's own limit counts locals and parameters together; beyond it a module is
/// over a limit, not invalid (LIM-1).
#[test]
fn locals_and_parameters_together_are_no_reason_to_call_a_module_invalid() {
    let read = |locals: &str| {
        let wat = format!(
            r#"(module (memory (export "memory") 1)
              (func (export "run") (param i32) (result i32) (local{locals}) (i32.const 0)))"#
        );
        Signature::read(&wat::parse_str(wat).unwrap(), &Limits::standard()).map(|signature| {
            let refusals = signature.refusals(&Rules::default());
            refusals.iter().map(Refusal::code).collect::<Vec<_>>()
        })
    };
    let within = read(&" i32".repeat(49_999)).expect("valid");
    assert!(!within.contains(&Code::Limit), "{within:?}");
    let beyond = read(&" i32".repeat(50_000)).expect("not invalid");
    assert_eq!(beyond.first(), Some(&Code::Limit), "{beyond:?}");
}
