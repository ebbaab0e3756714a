//! What is found and what is not, where the pages have one example and there are several ways.

use qip_check::{Options, check};

/// A module with some fields besides those that it needs.
fn module(fields: &str) -> String {
    format!(
        r#"(module
  (memory (export "memory") 1 1)
  {fields}
  (func (export "render") (param i32) (result i32) (local.get 0)))"#
    )
}

const INPUT: &str = r#"(global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 1024))"#;

fn codes(wat: &str) -> Vec<&'static str> {
    let report = check(wat.as_bytes(), &Options::standard());
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

#[track_caller]
fn assert_finds(fields: &str, wanted: &[&str]) {
    assert_eq!(codes(&module(fields)), wanted, "{fields}");
}

fn help(wat: &str) -> Vec<String> {
    let report = check(wat.as_bytes(), &Options::standard());
    report
        .findings
        .into_iter()
        .filter_map(|finding| finding.help)
        .collect()
}

#[test]
fn each_import_has_help_by_its_name() {
    for (module_name, field, wanted) in [
        ("env", "memcpy", "-mbulk-memory"),
        ("env", "memmove", "-mbulk-memory"),
        ("env", "memset", "-mbulk-memory"),
        ("env", "abort", "--use abort="),
        ("env", "anything", "misspelt"),
        ("wasi_snapshot_preview1", "fd_write", "freestanding"),
        ("wasi_unstable", "clock", "freestanding"),
        (
            "__wbindgen_placeholder__",
            "__wbindgen_throw",
            "wasm-bindgen",
        ),
        ("wbg", "__wbindgen_init", "wasm-bindgen"),
        ("gojs", "runtime.wasmExit", "Go"),
        ("other", "name", "through its memory"),
    ] {
        let wat = format!(r#"(module (import "{module_name}" "{field}" (func)))"#);
        let help = help(&wat);
        assert!(help[0].contains(wanted), "{module_name}.{field}: {help:?}");
    }
    let memory = help(r#"(module (import "env" "memory" (memory 1)))"#);
    assert!(memory[0].contains("--import-memory"), "{memory:?}");
    // All of them are told, up to a number.
    let imports = |count: usize| {
        let all: String = (0..count)
            .map(|n| format!(r#"(import "m" "f{n}" (func))"#))
            .collect();
        let codes = codes(&format!("(module {all})"));
        codes.iter().filter(|code| **code == "import").count()
    };
    assert_eq!((imports(3), imports(16), imports(500)), (3, 16, 16));
}

#[test]
fn buffers_may_share_their_start_and_nothing_else() {
    let output = |pointer: u32| {
        format!(
            r#"{INPUT}
  (global (export "output_ptr") i32 (i32.const {pointer}))
  (global (export "output_bytes_cap") i32 (i32.const 16))"#
        )
    };
    assert_finds(&output(0), &[]);
    assert_finds(&output(1), &["buffers-overlap"]);
    assert_finds(&output(1023), &["buffers-overlap"]);
    assert_finds(&output(1024), &[]);
    // Elements have four bytes.
    let elements = |pointer: u32| {
        let input = INPUT.replace("(i32.const 0)", "(i32.const 2048)");
        format!(
            r#"{input}
  (global (export "output_ptr") i32 (i32.const {pointer}))
  (global (export "output_i32_cap") i32 (i32.const 16))"#
        )
    };
    assert_finds(&elements(2048 - 64), &[]);
    assert_finds(&elements(2048 - 63), &["buffers-overlap"]);
}

#[test]
fn data_that_is_zero_is_no_data() {
    assert_finds(
        &format!(r#"{INPUT} (data (i32.const 1020) "\00\00\00\00a")"#),
        &[],
    );
    let over = format!(r#"{INPUT} (data (i32.const 1020) "\00\00\00a")"#);
    assert_finds(&over, &["buffer-over-data"]);
    assert_finds(&format!(r#"{INPUT} (data "passive")"#), &[]);
}

#[test]
fn an_address_points_at_a_plausible_number() {
    let with = |bytes: &str, capacity: &str| {
        format!(
            r#"(global (export "input_ptr") i32 (i32.const 0))
  (data (i32.const 2048) "{bytes}")
  {capacity}"#
        )
    };
    let global = r#"(global (export "input_utf8_cap") i32 (i32.const 2048))"#;
    assert_finds(&with("\\00\\04\\00\\00", global), &["capacity-is-address"]);
    // Text, which as a number is larger than memory; zero; and less than four bytes.
    assert_finds(&with("text", global), &[]);
    assert_finds(&with("\\00\\00\\00\\00", global), &[]);
    assert_finds(&with("\\01\\00\\00", global), &[]);
    // A function returns what it means.
    let getter = r#"(func (export "input_utf8_cap") (result i32) (i32.const 2048))"#;
    assert_finds(&with("\\00\\04\\00\\00", getter), &[]);
}

#[test]
fn getters_with_constant_bodies_are_read() {
    for body in [
        "(i32.const 65537)",
        "(return (i32.const 65537))",
        "(local i32) (i32.const 65537)",
        "(global.get $size)",
    ] {
        let fields = format!(
            r#"(global $size i32 (i32.const 65537))
  (func (export "input_ptr") (result i32) (i32.const 0))
  (func (export "input_utf8_cap") (result i32) {body})"#
        );
        assert_finds(&fields, &["capacity-beyond-memory"]);
    }
    for body in [
        "(global.get $size)",
        "(i32.add (i32.const 65536) (i32.const 1))",
        "(call $f)",
    ] {
        let fields = format!(
            r#"(global $size (mut i32) (i32.const 65537))
  (func $f (result i32) (i32.const 65537))
  (func (export "input_ptr") (result i32) (i32.const 0))
  (func (export "input_utf8_cap") (result i32) {body})"#
        );
        assert_finds(&fields, &["getter-not-constant"]);
    }
}

#[test]
fn memory_that_can_grow_may_hold_it() {
    let grows = |max: &str| {
        format!(
            r#"(module
  (memory (export "memory") 1 {max})
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 131072))
  (func (export "render") (param i32) (result i32) (memory.grow (i32.const 1))))"#
        )
    };
    assert_eq!(codes(&grows("2")), [""; 0]);
    assert_eq!(codes(&grows("1")), ["capacity-beyond-memory"]);
    assert_eq!(codes(&grows("")), ["memory-without-maximum"]);
}

#[test]
fn media_types() {
    let declared = |text: &str, size: usize| {
        format!(
            r#"{INPUT}
  (data (i32.const 2048) "{text}")
  (global (export "input_content_type_ptr") i32 (i32.const 2048))
  (global (export "input_content_type_size") i32 (i32.const {size}))"#
        )
    };
    for sound in [
        "text/html",
        "application/vnd.api+json",
        "image/x-portable-pixmap",
    ] {
        assert_finds(&declared(sound, sound.len()), &[]);
    }
    for doubtful in [
        "Text/HTML",
        " text/html",
        "text/html; charset=utf-8",
        "text/*",
        "*/*",
        "text/plain",
        "application/octet-stream",
        "html",
    ] {
        assert_finds(&declared(doubtful, doubtful.len()), &["content-type-form"]);
    }
    assert_finds(&declared("text/html\\00", 10), &["content-type-form"]);
    assert_finds(&declared("", 0), &["content-type-form"]);
    assert_finds(&declared("t\\c3\\a9xt/html", 10), &["content-type"]);
    assert_finds(&declared(&"x".repeat(256), 256), &["content-type"]);
    // What is not filled by data may be anything.
    assert_finds(&declared("text/html", 20), &[]);
}

#[test]
fn names_that_are_nearly_right() {
    let exported = |name: &str| format!(r#"{INPUT} (func (export "{name}") (param i32))"#);
    for (name, meant) in [
        ("output_prt", "output_ptr"),
        ("outputPtr", "output_ptr"),
        ("OUTPUT_PTR", "output_ptr"),
        ("output-ptr", "output_ptr"),
        ("output_content_type_len", ""),
        ("output_content_type_sise", "output_content_type_size"),
        ("uniform_width", "uniform_set_width"),
        ("set_uniform_width", "uniform_set_width"),
        ("tile_rgba32float_64x46", "tile_rgba32float_64x64"),
        ("__heap_base", ""),
        ("helper", ""),
        ("ran", ""),
        ("uniform_set_width", ""),
    ] {
        let wat = module(&exported(name));
        let help = help(&wat);
        match meant {
            "" => assert_eq!(codes(&wat), [""; 0], "{name}"),
            meant => assert_eq!(help, [format!("rename it to `{meant}`")], "{name}"),
        }
    }
}

/// A name that is required is told of once, as missing.
#[test]
fn a_required_name_is_missing_and_not_misspelt_too() {
    let wat = module(INPUT).replace("input_ptr", "inputPtr");
    assert_eq!(codes(&wat), ["missing-export"]);
    assert_eq!(help(&wat), ["did you mean the export `inputPtr`?"]);
}

#[test]
fn nothing_exported_is_told_so() {
    let wat = r#"(module (memory (export "memory") 1 1) (func $render (param i32)))"#;
    let help = help(wat);
    assert!(
        help[0].starts_with("there is a function `render`, which is not exported"),
        "{help:?}"
    );
    assert!(
        help[1].starts_with("nothing of the module's own is exported"),
        "{help:?}"
    );
}

#[test]
fn tables_and_start() {
    assert_finds(
        &format!("{INPUT} (table 1 1 funcref) (elem (i32.const 1) $f) (func $f)"),
        &["instantiate"],
    );
    assert_finds(
        &format!("{INPUT} (table 1 1 funcref) (elem (i32.const 0) $f) (func $f)"),
        &[],
    );
    let initialised = r#"(func $i (export "_initialize")) (start $i)"#;
    assert_finds(&format!("{INPUT} {initialised}"), &[]);
}

/// What wasm-ld makes of exports where there are constructors, without names.
#[test]
fn exports_that_all_begin_with_one_call() {
    let wrapped = |call: &str| {
        format!(
            r#"(module
  (memory (export "memory") 1 1)
  (func $constructors)
  (func $other)
  (func (export "input_ptr") (result i32) (call $constructors) (i32.const 0))
  (func (export "input_utf8_cap") (result i32) (call $constructors) (i32.const 64))
  (func (export "render") (param i32) (result i32) {call} (local.get 0)))"#
        )
    };
    let getters = ["getter-not-constant"; 2];
    let all = codes(&wrapped("(call $constructors)"));
    assert_eq!(all, [&["constructors-rerun"][..], &getters].concat());
    assert_eq!(codes(&wrapped("(call $other)")), getters);
    assert_eq!(codes(&wrapped("")), getters);
}
