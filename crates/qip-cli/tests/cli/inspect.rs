//! `qip inspect`: one module on one screen, several as a recipe.

use serde_json::Value;

use crate::directory::Directory;
use crate::messages::assert_text;
use crate::real_modules::modules;

/// The modules of the recipes below, as binaries, and one with everything.
fn some() -> Option<Directory> {
    let modules = modules()?;
    let directory = Directory::new();
    for (name, file) in [
        ("trim.wasm", "content/trim.wat"),
        ("html-escape.wasm", "content/html-escape.wat"),
        ("luhn.wasm", "content/luhn.wat"),
        ("gaussian-blur.wasm", "tile/gaussian-blur.wat"),
        ("vignette.wasm", "tile/vignette.wat"),
    ] {
        directory.module(name, &std::fs::read_to_string(modules.join(file)).unwrap());
    }
    directory.file(
        "everything.wat",
        r#"(module
  (memory (export "memory") 4 8)
  (data (i32.const 0x10000) "text/csv")
  (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 0x8000))
  (global $width (mut i32) (i32.const 80))
  (global $ratio (mut f64) (f64.const 0.5))
  (global (export "input_ptr") i32 (i32.const 0x11000))
  (global (export "input_bytes_cap") i32 (i32.const 0x8000))
  (func (export "output_ptr") (result i32) (i32.const 0x20000))
  (func (export "output_i32_cap") (result i32) (i32.shl (i32.const 1) (i32.const 8)))
  (global (export "output_content_type_ptr") i32 (i32.const 0x10000))
  (global (export "output_content_type_size") i32 (i32.const 8))
  (func (export "uniform_set_width") (param i32) (global.set $width (local.get 0)))
  (func (export "uniform_set_ratio") (param f64) (global.set $ratio (local.get 0)))
  (func (export "uniform_set_seed") (param i64))
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "render") (param i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (memory.fill (i32.const 0x20000) (i32.const 0) (i32.const 4))
    (return_call $twice (local.get 0))))"#,
    );
    Some(directory)
}

#[test]
fn one_screen() {
    let Some(directory) = some() else {
        return;
    };
    let mut text = String::new();
    for module in [
        "everything.wat",
        "trim.wasm",
        "luhn.wasm",
        "gaussian-blur.wasm",
    ] {
        let answer = directory.qip(&["inspect", module]);
        assert_eq!((answer.code, &*answer.stderr), (0, ""), "{module}");
        text += &format!("# {module}\n{}\n", answer.text());
    }
    assert_text!("inspected", text);
}

#[test]
fn a_recipe_and_what_refuses_one() {
    let Some(directory) = some() else {
        return;
    };
    let mut text = String::new();
    for modules in [
        &["trim.wasm", "html-escape.wasm", "luhn.wasm"][..],
        &["gaussian-blur.wasm", "?radius=4", "vignette.wasm"],
        &["luhn.wasm", "trim.wasm"],
        &["gaussian-blur.wasm", "?radis=4", "vignette.wasm"],
    ] {
        let answer = directory.qip(&[&["inspect"], modules].concat());
        text += &format!(
            "# {}: exit code {}\n{}{}\n",
            modules.join(" "),
            answer.code,
            answer.text(),
            answer.stderr
        );
    }
    assert_text!("recipes-inspected", text);
}

/// Every byte of a module is in one section, every byte of its code in one function.
#[test]
fn rows_add_up_to_the_file() {
    let Some(root) = modules() else {
        return;
    };
    let directory = Directory::new();
    let mut files = Vec::new();
    for kind in ["content", "tile"] {
        for entry in std::fs::read_dir(root.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "wat") {
                let name = path.file_stem().unwrap().to_str().unwrap();
                let name = format!("{name}.wasm");
                directory.module(&name, &std::fs::read_to_string(&path).unwrap());
                files.push(name);
            }
        }
    }
    assert!(files.len() > 40, "{files:?}");
    let mut args = vec!["inspect", "--json"];
    args.extend(files.iter().map(String::as_str));
    let answer = directory.qip(&args);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    let sum = |rows: &Value| -> u64 {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["bytes"].as_u64().unwrap()).sum()
    };
    for (line, file) in answer.text().lines().zip(&files) {
        let module: Value = serde_json::from_str(line).unwrap();
        let bytes = directory.read(file).len() as u64;
        assert_eq!(module["bytes"], bytes);
        assert_eq!(sum(&module["sections"]), bytes, "{file}");
        let sections = module["sections"].as_array().unwrap();
        let code = sections.iter().find(|row| row["what"] == "code").unwrap();
        let code = code["bytes"].as_u64().unwrap();
        // The section's kind and size stand before its contents.
        let header = code - sum(&module["functions"]);
        assert!((2..=6).contains(&header), "{file}: {header}");
    }
}

#[test]
fn a_function_as_text() {
    let Some(directory) = some() else {
        return;
    };
    let print = |function| directory.qip(&["inspect", "everything.wat", "--wat", function]);
    let by_name = print("twice");
    assert_eq!(
        by_name.text(),
        "  (func $twice (;5;) (type 4) (param i32) (result i32)\n    \
         local.get 0\n    i32.const 2\n    i32.mul\n  )\n"
    );
    assert_eq!(print("5").text(), by_name.text());
    assert!(print("render").text().contains("return_call $twice"));
    print("thrice").assert_fails(
        2,
        &["`everything.wat` has no function `thrice` with a body"],
    );
    print("99").assert_fails(2, &["no function `99`"]);
}

#[test]
fn what_cannot_be_inspected() {
    let directory = Directory::new();
    directory.file("page.wasm", "<!doctype html>");
    directory.file("broken.wat", "(module (fun))");
    let inspect = |module| directory.qip(&["inspect", module]);
    inspect("page.wasm").assert_fails(
        4,
        &["page.wasm: not a WebAssembly module: found an HTML page"],
    );
    inspect("broken.wat").assert_fails(
        4,
        &["broken.wat: the WebAssembly text is invalid at line and column 1:10"],
    );
    inspect("missing.wasm").assert_fails(3, &["cannot read `missing.wasm`"]);
    // What hosts refuse can be looked at.
    directory.file("refused.wat", "(module (import \"env\" \"f\" (func)))");
    let answer = inspect("refused.wat");
    assert_eq!(answer.code, 0);
    assert!(
        answer.text().contains("env.f, which every host refuses"),
        "{}",
        answer.text()
    );
}
