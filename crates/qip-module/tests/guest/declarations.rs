//! Declarations that are wrong do not compile, and the compiler says what is expected.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The library as one file, as a project has it: so no crate has to be found.
const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/qip.rs");

/// What the compiler says of a module with this declaration; nothing if it compiles.
fn compile(declaration: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("module.rs");
    let text = format!(
        "#[path = {LIBRARY:?}]\nmod qip;\nuse qip::{{Out, Text, Tile}};\n\n{declaration}\n\n\
         fn text(input: &str, out: &mut Text) {{ out.push_str(input) }}\n\
         fn bytes(input: &[u8], out: &mut Out<u8>) {{ out.extend_from_slice(input) }}\n\
         fn filter(_: &mut Tile) {{}}\n"
    );
    std::fs::write(&source, text).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
        // What is not used here says nothing about the declaration.
        .args(["--allow=unused", "--allow=dead_code", "--out-dir"])
        .arg(directory.path())
        .arg(&source)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

/// The lines that begin with `error`, and those that follow directly as a part of the message.
fn errors(said: &str) -> String {
    let mut text = String::new();
    let mut is_message = false;
    for line in said.lines() {
        let begins = line.starts_with("error") && !line.starts_with("error: aborting");
        is_message = begins || (is_message && !line.trim_start().starts_with("-->"));
        let is_expected = line.contains("= note: expected") || line.contains("found fn item");
        if is_message || is_expected {
            writeln!(text, "  {}", line.trim_end()).unwrap();
        }
    }
    text
}

#[test]
fn every_form_compiles() {
    for declaration in [
        "content! { input: utf8[8], output: utf8[8], render: text }",
        "content! { input: utf8[8] as bytes, output: utf8[8] as bytes, render: bytes }",
        "content! { input: bytes[8], input_type: \"image/png\", output: bytes[8], \
         output_type: \"image/x-icon\", panic_handler: own, render: bytes, }",
        "tile! { render: filter }",
        "tile! { halo: 2, picture: size, render: filter }",
        "tile! { halo: 2, halo_of: some, uniforms { a: i32 = 1, b: u64 = 2, }, render: both } \
         fn some(uniforms: &Uniforms) -> u32 { uniforms.b as u32 } \
         fn both(_: &mut Tile, _: &Uniforms) {}",
    ] {
        assert_eq!(compile(declaration), "", "{declaration}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    let mut told = String::new();
    for declaration in [
        // Kinds.
        "content! { input: text[8], output: utf8[8], render: text }",
        "content! { input: utf8[8] as chars, output: utf8[8], render: text }",
        "content! { input: utf8[8], output: f32[8], render: text }",
        "content! { input: utf8[8], output: utf8, render: text }",
        "content! { input: utf8[8], output: scalar[8], render: text }",
        // Fields that are missing, misspelt, or in another order.
        "content! { input: utf8[8], render: text }",
        "content! { input: utf8[8], output: utf8[8], rendr: text }",
        "content! { output: utf8[8], input: utf8[8], render: text }",
        "tile! { render: filter, halo: 2 }",
        "tile! { picture: width, render: filter }",
        "tile! { panic_handler: none, render: filter }",
        // Functions of another shape.
        "content! { input: bytes[8], output: utf8[8], render: text }",
        "content! { input: utf8[8], output: scalar, render: text }",
        "content! { input: utf8[8], output: utf8[8], uniforms { a: i32 = 1 }, render: text }",
        "tile! { render: text }",
        "tile! { halo: 2, halo_of: filter, uniforms { a: i32 = 1 }, render: with } \
         fn with(_: &mut Tile, _: &Uniforms) {}",
        // Uniforms.
        "content! { input: utf8[8], output: utf8[8], uniforms { a: bool = true }, render: with } \
         fn with(_: &str, _: &mut Text, _: &Uniforms) {}",
        "tile! { uniforms { width_and_height: f32 = 1.0 }, render: with } \
         fn with(_: &mut Tile, _: &Uniforms) {}",
        // Sizes.
        "content! { input: utf8[1 << 31], output: utf8[8], render: text }",
        "content! { input: bytes[8], output: i32[1 << 29], render: numbers } \
         fn numbers(_: &[u8], _: &mut Out<i32>) {}",
        "tile! { halo: 5000, render: filter }",
        // Content types.
        "content! { input: utf8[8], input_type: \"\", output: utf8[8], render: text }",
        "content! { input: utf8[8], input_type: \"Text/HTML\", output: utf8[8], render: text }",
        "content! { input: utf8[8], input_type: \"text/*\", output: utf8[8], render: text }",
        "content! { input: utf8[8], input_type: \"text/a b\", output: utf8[8], render: text }",
        "content! { input: utf8[8], input_type: \"html\", output: utf8[8], render: text }",
    ] {
        let said = compile(declaration);
        assert!(!said.is_empty(), "it compiles: {declaration}");
        writeln!(told, "{declaration}\n{}", errors(&said)).unwrap();
    }
    insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!("declarations-that-are-wrong", told);
    });
}

/// The library is in the package under the name that projects copy it by.
#[test]
fn the_library_is_one_file() {
    assert!(Path::new(LIBRARY).is_file());
}
