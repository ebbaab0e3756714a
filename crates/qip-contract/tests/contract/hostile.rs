//! Bytes that mean harm: reading never panics, agrees with the validator, and costs
//! in proportion to the size of the bytes (RUN-7).

use allocation_counter::AllocationInfo;
use proptest::prelude::*;
use qip_contract::{Code, Limits, Numeric, Refusal, Rules, Signature, features};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};

use crate::wat;

/// A module with every section.
fn real() -> Vec<u8> {
    wat(r#"(module $real
        (type $entry (func (param i32) (result i32)))
        (memory (export "memory") 1 2)
        (table (export "table") 3 funcref)
        (global (export "input_ptr") i32 (i32.add (i32.const 1000) (i32.const 24)))
        (global (export "output_ptr") i32 (i32.const 1024))
        (global $gain (mut f32) (f32.const 1))
        (func (export "input_utf8_cap") (result i32) (i32.const 512))
        (func (export "output_utf8_cap") (result i32) (i32.const 512))
        (func (export "uniform_set_gain") (param f32) (global.set $gain (local.get 0)))
        (global (export "output_content_type_ptr") i32 (i32.const 16))
        (global (export "output_content_type_size") i32 (i32.const 9))
        (func $start (drop (memory.grow (i32.const 1))))
        (start $start)
        (func $render (export "render") (type $entry)
            (local $at i32) (local $v v128)
            (block $done (loop $next
                (br_if $done (i32.ge_u (local.get $at) (local.get 0)))
                (i32.store8 offset=1024 (local.get $at)
                    (i32.xor (i32.load8_u offset=1024 (local.get $at)) (i32.const 0x20)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next)))
            (memory.init $text (i32.const 0) (i32.const 0) (i32.const 1))
            (drop (table.grow 0 (ref.null func) (i32.const 1)))
            (call_indirect (type $entry) (local.get 0) (i32.const 1)))
        (func $identity (type $entry) (local.get 0))
        (elem (i32.const 0) $render $identity)
        (data $text (i32.const 16) "text/html")
        (data "passive")
        (@custom "more" "after"))"#)
}

/// Reads, and looks at everything that can be asked; says what came of it.
fn examine(wasm: &[u8]) -> Result<Vec<Refusal>, Refusal> {
    let signature = Signature::read(wasm, &Limits::standard())?;
    for numeric in [Numeric::Strict, Numeric::Lenient] {
        let rules = Rules {
            numeric,
            fixed_memory: true,
            tile_filter: numeric == Numeric::Lenient,
            uniforms: [("gain".to_owned(), "1".to_owned())].into(),
        };
        for refusal in signature.refusals(&rules) {
            assert!(!refusal.to_string().is_empty());
        }
    }
    let _ = (
        signature.entry(),
        signature.input(),
        signature.output(),
        signature.memory_bound(&Limits::standard()),
        signature.table_bound(&Limits::standard()),
    );
    Ok(signature.refusals(&Rules::default()))
}

/// Reading takes what the validator takes, and refuses what it refuses; beyond the
/// validator's own limits it says `limit`.
fn agrees_with_the_validator(wasm: &[u8]) {
    let valid = wasmparser::Validator::new_with_features(features()).validate_all(wasm);
    match (examine(wasm), valid) {
        (Ok(_), Ok(_)) => {}
        (Ok(refusals), Err(error)) => assert!(
            refusals.iter().any(|refusal| refusal.code() == Code::Limit),
            "read, but the validator says {error}"
        ),
        (Err(refusal), Ok(_)) => panic!("valid, but {refusal}"),
        (Err(refusal), Err(_)) => assert!(
            matches!(refusal.code(), Code::NotWasm | Code::InvalidModule),
            "{refusal}"
        ),
    }
}

/// Where sections end, by the binary format alone.
fn section_ends(wasm: &[u8]) -> Vec<usize> {
    let mut ends = vec![8];
    let mut at = 8;
    while at < wasm.len() {
        let (mut size, mut shift) = (0_usize, 0);
        at += 1;
        loop {
            size |= usize::from(wasm[at] & 0x7f) << shift;
            shift += 7;
            at += 1;
            if wasm[at - 1] & 0x80 == 0 {
                break;
            }
        }
        at += size;
        ends.push(at);
    }
    ends
}

#[test]
fn truncated_at_every_length() {
    let wasm = real();
    assert_eq!(examine(&wasm), Ok(vec![]));
    let ends = section_ends(&wasm);
    assert_eq!(ends.last(), Some(&wasm.len()));
    for length in 0..wasm.len() {
        let cut = &wasm[..length];
        agrees_with_the_validator(cut);
        let code = examine(cut).err().map(|refusal| refusal.code());
        if length < 8 {
            assert_eq!(code, Some(Code::NotWasm), "{length}");
        } else if !ends.contains(&length) {
            assert_eq!(code, Some(Code::InvalidModule), "{length}");
        }
    }
}

#[test]
fn every_bit_flipped() {
    let mut wasm = real();
    for bit in 0..wasm.len() * 8 {
        wasm[bit / 8] ^= 1 << (bit % 8);
        agrees_with_the_validator(&wasm);
        wasm[bit / 8] ^= 1 << (bit % 8);
    }
}

/// Bytes that look like sections more often than chance has it.
fn sections() -> impl Strategy<Value = Vec<u8>> {
    // One byte in two is small, a type, or an end: what a section is mostly made of.
    let byte = any::<u16>().prop_map(|bits| match bits.to_le_bytes() {
        [common, 0..64] => common % 16,
        [common, 64..128] => [0x7f, 0x60, 0x0b, 0x41][usize::from(common % 4)],
        [any, _] => any,
    });
    let section = (0_u8..14, prop::collection::vec(byte, 0..40));
    prop::collection::vec(section, 0..8).prop_map(|mut sections| {
        sections.sort_by_key(|(id, _)| *id);
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        for (id, bytes) in sections {
            wasm.extend([id, bytes.len() as u8]);
            wasm.extend(bytes);
        }
        wasm
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        agrees_with_the_validator(&bytes);
    }

    #[test]
    fn random_bytes_after_a_header(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        agrees_with_the_validator(&[b"\0asm\x01\0\0\0", &bytes[..]].concat());
    }

    #[test]
    fn random_sections(wasm in sections()) {
        agrees_with_the_validator(&wasm);
    }

    #[test]
    fn bytes_changed_cut_and_repeated(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        from in any::<prop::sample::Index>(),
        until in any::<prop::sample::Index>(),
        repeat in 0_usize..3,
    ) {
        let mut wasm = real();
        for (index, byte) in changes {
            let at = index.index(wasm.len());
            wasm[at] = byte;
        }
        let (from, until) = (from.index(wasm.len()), until.index(wasm.len()));
        if from < until {
            let part = wasm[from..until].repeat(repeat);
            wasm.splice(from..until, part);
        }
        agrees_with_the_validator(&wasm);
    }
}

/// `unsigned`, as the binary format writes it, on `width` bytes.
fn leb(mut unsigned: u64, width: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..width {
        let more = u8::from(index + 1 < width) << 7;
        bytes.push((unsigned & 0x7f) as u8 | more);
        unsigned >>= 7;
    }
    bytes
}

/// A padded number is well-formed up to five bytes, and not beyond.
#[test]
fn overlong_numbers() {
    let with_size = |size: &[u8]| [b"\0asm\x01\0\0\0\x01", size, &[0]].concat();
    for width in 1..=5 {
        let wasm = with_size(&leb(1, width));
        agrees_with_the_validator(&wasm);
        assert!(examine(&wasm).is_ok(), "{width} bytes");
    }
    for size in [
        &leb(1, 6)[..],
        &leb(1, 10),
        &leb(1, 100),
        // Bits beyond the thirty-second.
        &[0x81, 0x80, 0x80, 0x80, 0x10],
        &[0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x81, 0x80, 0x80, 0x80],
    ] {
        let wasm = with_size(size);
        agrees_with_the_validator(&wasm);
        let code = examine(&wasm).expect_err("malformed").code();
        assert_eq!(code, Code::InvalidModule, "{size:x?}");
    }
}

/// Instructions are known whatever their prefix is padded with.
#[test]
fn a_padded_opcode_grows_tables_all_the_same() {
    let module = |grow: &[u8]| {
        // One type, one function, one table, the function's body.
        let body = [&[0, 0xd0, 0x70, 0x41, 1][..], grow, &[0, 0x1a, 0x0b]].concat();
        let mut wasm =
            b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x04\x04\x01\x70\0\x05".to_vec();
        wasm.extend([0x0a, body.len() as u8 + 2, 1, body.len() as u8]);
        wasm.extend(body);
        wasm
    };
    for grow in [
        &[0xfc, 15][..],
        &[0xfc, 0x8f, 0],
        &[0xfc, 0x8f, 0x80, 0x80, 0x80, 0],
    ] {
        let wasm = module(grow);
        let signature = Signature::read(&wasm, &Limits::standard()).expect("valid");
        let limits = Limits {
            table_entries: 77,
            ..Limits::standard()
        };
        assert_eq!(signature.table_bound(&limits), (1, 77), "{grow:x?}");
    }
}

fn function_of(instructions: impl IntoIterator<Item = Instruction<'static>>) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut body = Function::new([]);
    for instruction in instructions {
        body.instruction(&instruction);
    }
    let mut code = CodeSection::new();
    code.function(&body);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn nested_blocks(count: usize) -> Vec<u8> {
    let block = Instruction::Block(wasm_encoder::BlockType::Empty);
    function_of(
        std::iter::repeat_n(block, count).chain(std::iter::repeat_n(Instruction::End, count + 1)),
    )
}

#[test]
fn deep_nesting_is_valid() {
    for depth in [1_000, 100_000] {
        let wasm = nested_blocks(depth);
        agrees_with_the_validator(&wasm);
        assert!(Signature::read(&wasm, &Limits::standard()).is_ok());
    }
}

fn many_types(count: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    for _ in 0..count {
        types.ty().function([], []);
    }
    let mut module = Module::new();
    module.section(&types);
    module.finish()
}

fn wide_types(count: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    for index in 0..count / 100 {
        types
            .ty()
            .function(vec![ValType::I32; index % 1000], vec![]);
    }
    let mut module = Module::new();
    module.section(&types);
    module.finish()
}

/// Uniforms that all share one function of a thousand parameters.
fn uniforms_of_a_wide_type(count: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function(vec![ValType::I32; 1000], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    for index in 0..count / 20 {
        exports.export(&format!("uniform_set_{index}"), ExportKind::Func, 0);
    }
    let mut code = CodeSection::new();
    let mut body = Function::new([]);
    body.instruction(&Instruction::End);
    code.function(&body);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}

fn short_exports(count: usize) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    for index in 0..count / 8 {
        exports.export(&format!("{index:x}"), ExportKind::Memory, 0);
    }
    let mut module = Module::new();
    module.section(&memories).section(&exports);
    module.finish()
}

fn many_functions(count: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for _ in 0..count / 4 {
        functions.function(0);
        let mut body = Function::new([]);
        body.instruction(&Instruction::End);
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

/// Functions of the most locals, which take six bytes to declare.
fn many_locals(count: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for _ in 0..count / 8 {
        functions.function(0);
        let mut body = Function::new([(50_000, ValType::I32)]);
        body.instruction(&Instruction::End);
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

fn many_globals(count: usize) -> Vec<u8> {
    let mut globals = GlobalSection::new();
    for _ in 0..count / 5 {
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        };
        globals.global(ty, &ConstExpr::i32_const(0));
    }
    let mut module = Module::new();
    module.section(&globals);
    module.finish()
}

/// One constant expression: a tower of additions, all operands first.
fn deep_constant(count: usize) -> Vec<u8> {
    let mut globals = GlobalSection::new();
    let instructions = std::iter::repeat_n(Instruction::I32Const(1), count / 3 + 1)
        .chain(std::iter::repeat_n(Instruction::I32Add, count / 3));
    globals.global(
        GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        },
        &ConstExpr::extended(instructions),
    );
    let mut exports = ExportSection::new();
    exports.export("input_ptr", ExportKind::Global, 0);
    let mut module = Module::new();
    module.section(&globals).section(&exports);
    module.finish()
}

fn many_imports(count: usize) -> Vec<u8> {
    let mut imports = ImportSection::new();
    for _ in 0..count / 4 {
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        };
        imports.import("", "", EntityType::Global(ty));
    }
    let mut module = Module::new();
    module.section(&imports);
    module.finish()
}

fn many_segments(count: usize) -> Vec<u8> {
    let mut data = DataSection::new();
    for _ in 0..count / 2 {
        data.passive([]);
    }
    let mut module = Module::new();
    module.section(&data);
    module.finish()
}

fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend(
        std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .take(count),
    );
    wasm
}

/// Makes a module out of about so many bytes.
type Generator = fn(usize) -> Vec<u8>;

const GROWING: &[(&str, Generator)] = &[
    ("many types", many_types),
    ("wide types", wide_types),
    ("uniforms of a wide type", uniforms_of_a_wide_type),
    ("short exports", short_exports),
    ("many functions", many_functions),
    ("many locals", many_locals),
    ("many globals", many_globals),
    ("a deep constant", deep_constant),
    ("many imports", many_imports),
    ("many segments", many_segments),
    ("nested blocks", nested_blocks),
    ("noise", noise),
];

fn cost_of_reading(wasm: &[u8]) -> AllocationInfo {
    allocation_counter::measure(|| drop(Signature::read(wasm, &Limits::standard())))
}

/// Memory and work are linear in the size of the bytes: no ratio grows with them.
#[test]
fn reading_costs_in_proportion() {
    /// Bytes allocated at once for one byte of the module, and on top of it all. The
    /// validator takes 64 for each byte of `(func)` types, the most of any section.
    const RATIO: u64 = 80;
    const BASE: u64 = 1 << 20;
    let mut failures = Vec::new();
    for (name, module) in GROWING {
        let mut before: Option<(u64, AllocationInfo)> = None;
        for count in [1_000, 10_000, 100_000] {
            let wasm = module(count);
            let cost = cost_of_reading(&wasm);
            let size = wasm.len() as u64;
            if cost.bytes_max > RATIO * size + BASE {
                failures.push(format!(
                    "{name}: {} bytes at once for {size}",
                    cost.bytes_max
                ));
            }
            // Ten times the bytes may take ten times the allocations, and some.
            if let Some((size_before, cost_before)) = before {
                let most = (cost_before.count_total + 200) * size.div_ceil(size_before) * 5 / 4;
                if cost.count_total > most {
                    failures.push(format!(
                        "{name}: {} allocations for {size} bytes, {} for {size_before}",
                        cost.count_total, cost_before.count_total
                    ));
                }
            }
            before = Some((size, cost));
        }
    }
    assert_eq!(failures, [""; 0]);
}

/// A few bytes that claim a million entries reserve nothing for them.
#[test]
fn claims_reserve_nothing() {
    let mut failures = Vec::new();
    for section in 0..=13_u8 {
        for claim in [100_000, 999_999, 1_000_000, 1_000_001, u64::from(u32::MAX)] {
            let claim = leb(claim, 5);
            let mut wasm = b"\0asm\x01\0\0\0".to_vec();
            wasm.extend([section, claim.len() as u8]);
            wasm.extend(claim);
            agrees_with_the_validator(&wasm);
            let cost = cost_of_reading(&wasm);
            if cost.bytes_max > 1 << 20 {
                failures.push(format!(
                    "section {section}: {} bytes at once",
                    cost.bytes_max
                ));
            }
        }
    }
    assert_eq!(failures, [""; 0]);
}
