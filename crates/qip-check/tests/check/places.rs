//! Where findings are: in text, in source that DWARF tells of, in what is printed, at an
//! offset.

use qip_check::{Finding, Options, Place, check};

/// A function of the wrong type, another that is wrong inside, and an import that is called.
pub(crate) const WRONG: &str = r#"(module
  (import "env" "now" (func $now (result i32)))
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32
    (i32.const 65537))
  (func $unused)
  (func $render (export "render")
    (param i32) (result i64)
    (drop (i32.const 1))
    (drop (call $now))
    (i64.const 0)))
"#;

pub(crate) fn with_lines(wat: &str) -> Vec<u8> {
    let mut parser = wat::Parser::new();
    parser.generate_dwarf(wat::GenerateDwarf::Lines);
    parser
        .parse_str(Some("src/wrong.wat".as_ref()), wat)
        .unwrap()
}

fn findings(bytes: &[u8]) -> Vec<Finding> {
    check(bytes, &Options::standard()).findings
}

#[track_caller]
fn place(bytes: &[u8], code: &str) -> Place {
    let found = findings(bytes);
    let finding = found.iter().find(|finding| finding.code.as_str() == code);
    finding
        .unwrap_or_else(|| panic!("{code}: {found:#?}"))
        .place
        .clone()
        .unwrap()
}

#[track_caller]
fn assert_text(wat: &str, code: &str, marked: &str, at: (usize, usize)) {
    let Place::Text { span, line, column } = place(wat.as_bytes(), code) else {
        panic!("not in the text");
    };
    assert_eq!((&wat[span], (line, column)), (marked, at));
}

#[test]
fn in_text() {
    assert_text(WRONG, "import", r#""env" "now""#, (2, 11));
    assert_text(WRONG, "export-shape", r#""render""#, (8, 25));
    assert_text(
        WRONG,
        "capacity-beyond-memory",
        r#""input_utf8_cap""#,
        (5, 19),
    );
    let invalid = WRONG.replace("(i64.const 0)", "(i32.const 1) (i32.add) (i64.const 0)");
    assert_text(&invalid, "invalid-module", "i32.add", (12, 20));
    let malformed = WRONG.replace("(drop (call $now))", "(drop (call $soon))");
    assert_text(&malformed, "invalid-module", "$soon", (11, 17));
    let missing = WRONG.replace("input_ptr", "imput_ptr");
    assert_text(&missing, "missing-export", r#""imput_ptr""#, (4, 19));
}

/// Columns are characters, and a span of bytes is what is there.
#[test]
fn in_text_that_is_not_ascii() {
    let wat = WRONG.replace(
        "(drop (i32.const 1))",
        "(; ü→😀 ;) (drop (i64.eqz (i32.const 1)))",
    );
    assert_text(&wat, "invalid-module", "i64.eqz", (10, 22));
}

/// A name with an escape in it is no part of the text: the item that exports it is.
#[test]
fn an_export_with_escapes() {
    let wat = WRONG.replace(r#""render""#, r#""re\6eder""#);
    assert_text(&wat, "export-shape", "func", (8, 4));
}

#[test]
fn in_source() {
    let wasm = with_lines(WRONG);
    let line = |code| match place(&wasm, code) {
        Place::Source { file, line, .. } => (file, line),
        place => panic!("{code}: {place:?}"),
    };
    // The import is where it is called.
    assert_eq!(line("import"), ("src/wrong.wat".to_owned(), 11));
    let (file, line) = line("export-shape");
    assert_eq!(file, "src/wrong.wat");
    assert!((8..=10).contains(&line), "{line}");
}

#[test]
fn printed() {
    let wasm = wat::parse_str(WRONG).unwrap();
    let Place::Printed {
        what,
        text,
        span,
        offset,
    } = place(&wasm, "import")
    else {
        panic!("not printed");
    };
    assert_eq!((&*what, &text[span]), ("function `render`", "call $now"));
    assert_eq!(wasm[offset], 0x10, "the code of `call`");
    assert!(text.starts_with("  (func $render"), "{text}");
    let Place::Printed { text, span, .. } = place(&wasm, "export-shape") else {
        panic!("not printed");
    };
    assert!(text[span].starts_with("(func $render"), "{text}");
}

#[test]
fn at_an_offset() {
    let wasm = wat::parse_str(WRONG).unwrap();
    let Place::Binary {
        what,
        section,
        offset,
    } = place(&wasm, "capacity-beyond-memory")
    else {
        panic!("not at an offset");
    };
    assert_eq!((&*what, section), ("global 1", "global"));
    // Its type, which is not mutable, and `i32.const 65537`.
    assert_eq!(wasm[offset..offset + 6], [0x7f, 0, 0x41, 0x81, 0x80, 0x04]);
}
