//! What is read of a sound module.

use qip_contract::{
    Code, ExportName, InputKind, Kind, Limits, Memory, OutputForm, PAGE_BYTES, Rules, Shape,
    Signature, ValType, Value,
};

use crate::{INPUT, read, sound, wat};

#[test]
fn the_least_module_is_content_and_sound() {
    let signature = read(&sound(""));
    assert_eq!(signature.kind(), Kind::Content);
    assert_eq!(signature.refusals(&Rules::default()), []);
    assert_eq!(signature.entry(), ExportName::Render);
    assert_eq!(
        signature.input(),
        Some((ExportName::InputUtf8Cap, InputKind::Utf8))
    );
    assert_eq!(signature.output(), OutputForm::Scalar);
    assert_eq!(
        signature.memory(),
        Some(Memory {
            min_pages: 1,
            max_pages: Some(1)
        })
    );
    let names: Vec<_> = signature.exports().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            ExportName::Memory,
            ExportName::Render,
            ExportName::InputPtr,
            ExportName::InputUtf8Cap
        ]
    );
}

/// IMG-1: the name makes a tile filter, whatever the kind of the export.
#[test]
fn either_tile_name_makes_a_tile_filter_whatever_its_kind() {
    for export in [
        r#"(func (export "tile_rgba32float_64x64") (param f32 f32))"#,
        r#"(func (export "tile_rgba_f32_64x64") (param f32 f32))"#,
        r#"(func (export "tile_rgba_f32_64x64"))"#,
        r#"(global (export "tile_rgba32float_64x64") i32 (i32.const 0))"#,
        r#"(table (export "tile_rgba32float_64x64") 1 funcref)"#,
        r#"(export "tile_rgba_f32_64x64" (memory 0))"#,
    ] {
        let signature = read(&sound(export));
        assert_eq!(signature.kind(), Kind::Tile, "{export}");
        assert!(
            export.contains(signature.entry().as_str()),
            "{export}: {}",
            signature.entry()
        );
    }
    for export in [
        r#"(func (export "tile_rgba_f32_32x32") (param f32 f32))"#,
        r#"(func (export "calculate_halo_px") (result i32) (i32.const 0))"#,
        r#"(func (export "uniform_set_width_and_height") (param f32 f32))"#,
    ] {
        assert_eq!(read(&sound(export)).kind(), Kind::Content, "{export}");
    }
}

#[test]
fn shapes_are_those_of_the_binary() {
    let signature = read(&wat(r#"(module
        (memory 0)
        (func (export "render") (param i32 i64 f32 f64 v128 funcref externref))
        (func (export "run") (result i64 v128) (i64.const 0) (v128.const i64x2 0 0))
        (table (export "input_ptr") 1 externref)
        (global (export "input_utf8_cap") (mut f64) (f64.const 0))
        (export "memory" (memory 0))
        (export "output_ptr" (memory 0)))"#));
    let function = |params: &[ValType], results: &[ValType]| Shape::Function {
        params: params.into(),
        results: results.into(),
    };
    let shape = |name| signature.export(name).cloned();
    assert_eq!(
        shape(ExportName::Render),
        Some(function(
            &[
                ValType::I32,
                ValType::I64,
                ValType::F32,
                ValType::F64,
                ValType::V128,
                ValType::FuncRef,
                ValType::ExternRef
            ],
            &[]
        ))
    );
    assert_eq!(
        shape(ExportName::Run),
        Some(function(&[], &[ValType::I64, ValType::V128]))
    );
    assert_eq!(shape(ExportName::InputPtr), Some(Shape::Table));
    assert_eq!(
        shape(ExportName::InputUtf8Cap),
        Some(Shape::Global {
            ty: ValType::F64,
            mutable: true,
            value: None
        })
    );
    assert_eq!(shape(ExportName::Memory), Some(Shape::Memory));
    assert_eq!(shape(ExportName::OutputPtr), Some(Shape::Memory));
    assert_eq!(shape(ExportName::OutputUtf8Cap), None);
}

/// What a constant expression's value is, by the rules of WebAssembly.
#[test]
fn constants_are_evaluated() {
    let i32s = |value| Some((ValType::I32, false, Some(Value::I32(value))));
    for (global, wanted) in [
        ("i32 (i32.const 7)", i32s(7)),
        ("i32 (i32.const -1)", i32s(-1)),
        ("i32 (i32.const 0xffffffff)", i32s(-1)),
        ("i32 (i32.add (i32.const 3) (i32.const 4))", i32s(7)),
        ("i32 (i32.sub (i32.const 3) (i32.const 10))", i32s(-7)),
        (
            "i32 (i32.mul (i32.const 65536) (i32.const 65537))",
            i32s(65536),
        ),
        (
            "i32 (i32.add (i32.const 0x7fffffff) (i32.const 1))",
            i32s(i32::MIN),
        ),
        ("(mut i32) (i32.const 7)", Some((ValType::I32, true, None))),
        (
            "i64 (i64.sub (i64.const 1) (i64.mul (i64.const 3) (i64.add (i64.const 1) (i64.const 1))))",
            Some((ValType::I64, false, Some(Value::I64(-5)))),
        ),
        (
            "f32 (f32.const nan:0x200001)",
            Some((ValType::F32, false, Some(Value::F32(0x7fa0_0001)))),
        ),
        (
            "f64 (f64.const -0.0)",
            Some((ValType::F64, false, Some(Value::F64(1 << 63)))),
        ),
        (
            "v128 (v128.const i64x2 1 2)",
            Some((ValType::V128, false, None)),
        ),
        (
            "funcref (ref.func $f)",
            Some((ValType::FuncRef, false, None)),
        ),
        (
            "externref (ref.null extern)",
            Some((ValType::ExternRef, false, None)),
        ),
    ] {
        let text = format!(
            r#"(module (func $f)
                (global (export "input_ptr") {global}))"#
        );
        let signature = read(&wat(&text));
        let found = match signature.export(ExportName::InputPtr) {
            Some(Shape::Global { ty, mutable, value }) => Some((*ty, *mutable, *value)),
            _ => None,
        };
        assert_eq!(found, wanted, "{global}");
    }
}

/// WebAssembly 2.0 with extended constants lets a constant expression get imported
/// globals only, and a module imports nothing (MOD-2, MOD-8).
#[test]
fn constants_cannot_get_the_modules_own_globals() {
    let wasm = wat("(module (global $one i32 (i32.const 1)) (global i32 (global.get $one)))");
    let refusal = Signature::read(&wasm, &Limits::standard()).expect_err("invalid");
    assert_eq!(refusal.code(), Code::InvalidModule);
}

/// A value out of an import is not in the binary, nor is what is made of it.
#[test]
fn imported_globals_have_no_value() {
    let signature = read(&wat(r#"(module
        (import "env" "base" (global $base i32))
        (global $sum i32 (i32.add (global.get $base) (i32.const 1)))
        (global $own i32 (i32.const 5))
        (export "input_ptr" (global $base))
        (export "output_ptr" (global $sum))
        (export "input_utf8_cap" (global $own)))"#));
    let value = |name| match signature.export(name) {
        Some(Shape::Global { value, .. }) => *value,
        _ => panic!("{name} is no global"),
    };
    assert_eq!(value(ExportName::InputPtr), None);
    assert_eq!(value(ExportName::OutputPtr), None);
    // The index counts imported globals too.
    assert_eq!(value(ExportName::InputUtf8Cap), Some(Value::I32(5)));
}

/// Function indices count imported functions too.
#[test]
fn imports_are_listed_and_counted() {
    let signature = read(&wat(r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32)))
        (import "env" "memory" (memory 1))
        (import "env" "table" (table 1 funcref))
        (import "" "" (global (mut i64)))
        (func (export "run") (result f32) (f32.const 0))
        (export "memory" (memory 0)))"#));
    let imports: Vec<_> = signature
        .imports()
        .iter()
        .map(|import| (import.module.as_str(), import.field.as_str(), import.kind))
        .collect();
    assert_eq!(
        imports,
        [
            ("wasi_snapshot_preview1", "fd_write", "function"),
            ("env", "memory", "memory"),
            ("env", "table", "table"),
            ("", "", "global"),
        ]
    );
    let run = signature.export(ExportName::Run);
    assert!(run.is_some_and(|shape| shape.is_function(&[], &[ValType::F32])));
    assert_eq!(signature.memory().map(|memory| memory.min_pages), Some(1));
}

/// MOD-6.
#[test]
fn render_comes_before_run() {
    let run = r#"(func (export "run") (param i32) (result i32) (local.get 0))"#;
    let both = read(&sound(run));
    assert_eq!(both.entry(), ExportName::Render);
    let only = read(&wat(&format!(
        r#"(module (memory (export "memory") 1) {INPUT} {run})"#
    )));
    assert_eq!(only.entry(), ExportName::Run);
    // The name decides: a `render` of the wrong shape is not passed over.
    let wrong = read(&wat(&format!(
        r#"(module (memory (export "memory") 1) {INPUT} {run} (func (export "render")))"#
    )));
    assert_eq!(wrong.entry(), ExportName::Render);
}

/// IN-2.
#[test]
fn utf8_wins_over_bytes_as_input() {
    for (utf8, bytes, wanted) in [
        (
            true,
            true,
            Some((ExportName::InputUtf8Cap, InputKind::Utf8)),
        ),
        (
            true,
            false,
            Some((ExportName::InputUtf8Cap, InputKind::Utf8)),
        ),
        (
            false,
            true,
            Some((ExportName::InputBytesCap, InputKind::Bytes)),
        ),
        (false, false, None),
    ] {
        let mut text = String::from("(module");
        for (name, is_there) in [("input_bytes_cap", bytes), ("input_utf8_cap", utf8)] {
            if is_there {
                text += &format!(r#"(global (export "{name}") i32 (i32.const 0))"#);
            }
        }
        assert_eq!(read(&wat(&(text + ")"))).input(), wanted, "{utf8} {bytes}");
    }
}

/// OUT-1 and OUT-2, for each of the sixteen sets of output exports.
#[test]
fn output_is_decided_by_presence_alone() {
    let names = [
        "output_ptr",
        "output_utf8_cap",
        "output_bytes_cap",
        "output_i32_cap",
    ];
    for set in 0..16_u32 {
        let has = |name: usize| set & (1 << name) != 0;
        let mut text = String::from("(module");
        for (index, name) in names.iter().enumerate() {
            if has(index) {
                // Capacity 0 and a mutable global are there all the same.
                text += &format!(r#"(global (export "{name}") (mut i32) (i32.const 0))"#);
            }
        }
        let wanted = match (has(0), has(1), has(2), has(3)) {
            (true, true, _, _) => OutputForm::Utf8,
            (true, false, true, _) => OutputForm::Bytes,
            (true, false, false, true) => OutputForm::I32,
            _ => OutputForm::Scalar,
        };
        assert_eq!(read(&wat(&(text + ")"))).output(), wanted, "{set:04b}");
    }
}

/// OUT-3 and REC-2.
#[test]
fn outputs_know_their_capacity_and_element() {
    let row = |output: OutputForm| {
        (
            output.capacity().map(ExportName::as_str),
            output.element_bytes(),
            output.is_pipeable(),
        )
    };
    assert_eq!(row(OutputForm::Utf8), (Some("output_utf8_cap"), 1, true));
    assert_eq!(row(OutputForm::Bytes), (Some("output_bytes_cap"), 1, true));
    assert_eq!(row(OutputForm::I32), (Some("output_i32_cap"), 4, false));
    assert_eq!(row(OutputForm::Scalar), (None, 1, false));
}

/// UNI-2: bytewise, so capitals before small letters before what is not ASCII.
#[test]
fn uniforms_are_sorted_bytewise() {
    let keys = ["é", "b", "B", "a_b", "a", "a-b", "~"];
    let mut text = String::new();
    for key in keys {
        text += &format!(r#"(func (export "uniform_set_{key}") (param f32))"#);
    }
    text += r#"(func (export "uniform_set_width_and_height") (param f32 f32))"#;
    text += r#"(func (export "uniform_get_a") (param f32))"#;
    let signature = read(&sound(&text));
    let found: Vec<_> = signature
        .uniforms()
        .iter()
        .map(|u| u.key.as_str())
        .collect();
    assert_eq!(found, ["B", "a", "a-b", "a_b", "b", "~", "é"]);
    for key in keys {
        assert_eq!(signature.uniform(key).map(|u| u.key.as_str()), Some(key));
    }
    // UNI-4: the size of the picture is never a caller's.
    for key in ["width_and_height", "", "A", "uniform_set_a"] {
        assert_eq!(signature.uniform(key), None, "{key}");
    }
}

/// UNI-1: one parameter, a number; results are ignored.
#[test]
fn a_setter_has_one_number() {
    for (function, wanted) in [
        ("(func (param i32))", Some(ValType::I32)),
        ("(func (param i64))", Some(ValType::I64)),
        ("(func (param f32))", Some(ValType::F32)),
        ("(func (param f64))", Some(ValType::F64)),
        (
            "(func (param i32) (result i32 f64) (i32.const 0) (f64.const 0))",
            Some(ValType::I32),
        ),
        ("(func)", None),
        ("(func (param i32 i32))", None),
        ("(func (param v128))", None),
        ("(func (param funcref))", None),
        ("(func (param externref))", None),
        ("(global i32 (i32.const 0))", None),
        ("(memory 1)", None),
        ("(table 1 funcref)", None),
    ] {
        let export = function.replacen(' ', r#" (export "uniform_set_k") "#, 1);
        let export = export.replace("(func)", r#"(func (export "uniform_set_k"))"#);
        let signature = read(&wat(&format!("(module {export})")));
        let uniform = signature.uniform("k").expect(function);
        assert_eq!(uniform.parameter(), wanted, "{function}");
    }
}

/// MIME-1: both pairs are found, each export by its own name.
#[test]
fn content_type_pairs_are_read() {
    let pair = |side: &str| {
        format!(
            r#"(global (export "{side}_content_type_ptr") i32 (i32.const 8))
               (func (export "{side}_content_type_size") (result i32) (i32.const 9))"#
        )
    };
    let signature = read(&sound(&(pair("input") + &pair("output"))));
    for (name, is_global) in [
        (ExportName::InputContentTypePtr, true),
        (ExportName::InputContentTypeSize, false),
        (ExportName::OutputContentTypePtr, true),
        (ExportName::OutputContentTypeSize, false),
    ] {
        let shape = signature
            .export(name)
            .unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(matches!(shape, Shape::Global { .. }), is_global, "{name}");
    }
    assert_eq!(signature.refusals(&Rules::default()), []);
}

#[test]
fn the_memory_is_the_one_under_its_name() {
    let other = read(&wat(r#"(module (memory (export "mem") 3 4))"#));
    assert_eq!(other.memory(), None);
    for (declared, min_pages, max_pages) in [
        ("0", 0, None),
        ("2 7", 2, Some(7)),
        ("16384 65536", 16_384, Some(65_536)),
    ] {
        let signature = read(&wat(&format!(
            r#"(module (memory (export "memory") {declared}))"#
        )));
        assert_eq!(
            signature.memory(),
            Some(Memory {
                min_pages,
                max_pages
            })
        );
    }
}

/// What a memory may come to: its minimum where nothing grows it, else the smaller
/// of its maximum and the limit.
#[test]
fn memory_bound_knows_whether_the_code_grows() {
    const GROWS: &str = "(func (drop (memory.grow (i32.const 1))))";
    const GROWS_UNREACHED: &str = "(func (unreachable) (drop (memory.grow (i32.const 1))))";
    // None of these is `memory.grow`, though its opcode stands among their bytes.
    const LOOKS_LIKE_IT: &str = "(func
        (block) (loop) (if (i32.const 64) (then))
        (drop (i32.const 0x40)) (drop (i64.const 64)) (drop (f32.const 2)) (drop (f64.const 2))
        (drop (v128.const i32x4 0x40404040 0x40404040 0x40404040 0x40404040))
        (drop (i32.load8_u offset=64 (i32.const 0))) (drop (memory.size)))";
    let limits = Limits {
        memory_bytes: 10 * PAGE_BYTES,
        ..Limits::standard()
    };
    for (memory, code, grows, pages) in [
        ("2 5", "", false, 2),
        ("2", LOOKS_LIKE_IT, false, 2),
        ("2 5", GROWS, true, 5),
        ("2 5", GROWS_UNREACHED, true, 5),
        ("2", GROWS, true, 10),
        ("2 20", GROWS, true, 10),
        ("12 20", GROWS, true, 12),
        ("0 0", GROWS, true, 0),
    ] {
        let text = format!(r#"(module (memory (export "memory") {memory}) {code})"#);
        let signature = read(&wat(&text));
        assert_eq!(signature.grows_memory(), grows, "{text}");
        assert_eq!(
            signature.memory_bound(&limits),
            pages * PAGE_BYTES,
            "{text}"
        );
    }
    assert_eq!(read(&wat("(module)")).memory_bound(&limits), 0);
}

#[test]
fn table_bound_knows_whether_the_code_grows() {
    const GROWS: &str = "(func (drop (table.grow 0 (ref.null func) (i32.const 1))))";
    const OTHERS: &str = "(func
        (drop (table.size 0)) (table.fill 0 (i32.const 0) (ref.null func) (i32.const 0))
        (drop (i32.const 0xfc)) (drop (i32.const 15)) (drop (i32.trunc_sat_f32_s (f32.const 0))))";
    let limits = Limits {
        table_entries: 100,
        ..Limits::standard()
    };
    for (tables, code, wanted) in [
        ("", "", (0, 0)),
        ("(table 5 9 funcref)", "", (1, 5)),
        ("(table 5 9 funcref)", OTHERS, (1, 5)),
        ("(table 5 9 funcref)", GROWS, (1, 9)),
        ("(table 5 funcref)", GROWS, (1, 100)),
        ("(table 5 900 funcref) (table 7 externref)", GROWS, (2, 100)),
        ("(table 5 8 funcref) (table 70 externref)", "", (2, 70)),
    ] {
        let text = format!("(module {tables} {code})");
        assert_eq!(read(&wat(&text)).table_bound(&limits), wanted, "{text}");
    }
}

/// MOD-8: what the pinned features have is taken.
#[test]
fn the_features_of_mod_8_are_taken() {
    for feature in [
        "(func $f (result i32) (return_call $f))",
        "(func (result i32 i64) (i32.const 0) (i64.const 0))",
        "(func (drop (i32.extend8_s (i32.const 0))))",
        "(func (drop (i32.trunc_sat_f32_u (f32.const 0))))",
        "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (param v128) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 0) (local.get 0))))",
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        r#"(global (export "g") (mut i32) (i32.const 0))"#,
        "(table 1 externref) (table 1 funcref)",
        r#"(@custom "anything" "\00\ff")"#,
        r#"(@custom "name" "\ff\ff\ff")"#,
        r#"(func (export "_start") (unreachable)) (func (export "_initialize") (unreachable))"#,
    ] {
        assert_eq!(
            read(&sound(feature)).refusals(&Rules::default()),
            [],
            "{feature}"
        );
    }
}
