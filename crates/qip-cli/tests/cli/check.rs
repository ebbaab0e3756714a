//! `qip check`: what it finds where, in every form, and what it answers to a shell.

#[path = "check/compilers.rs"]
mod compilers;
#[path = "check/sarif.rs"]
mod sarif;

use serde_json::Value;

use crate::directory::{Answer, Directory};
use crate::messages::assert_text;
use crate::real_modules::modules;

/// Nothing is wrong with it.
const SOUND: &str = r#"(module
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 1024))
  (func (export "render") (param i32) (result i32) (local.get 0)))
"#;

/// An error, a warning and a note.
const WRONG: &str = r#"(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (func (export "input_utf8_cap") (result i32)
    (i32.shl (i32.const 1) (i32.const 10)))
  (func (export "render") (param i32) (result i64) (i64.const 0)))
"#;

/// A warning that may be allowed.
const OVERLAPPING: &str = r#"(module
  (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 1024))
  (global (export "output_ptr") i32 (i32.const 1))
  (global (export "output_utf8_cap") i32 (i32.const 1024))
  (func (export "render") (param i32) (result i32) (local.get 0)))
"#;

/// Text, the same as a binary, and what is no module.
fn some_modules() -> Directory {
    let directory = Directory::new();
    directory.file("src/sound.wat", SOUND);
    directory.file("src/wrong.wat", WRONG);
    directory.module("build/wrong.wasm", WRONG);
    directory.file("build/page.wasm", "<!doctype html>");
    directory.file("build/notes.txt", "no module");
    directory
}

fn json(answer: &Answer) -> Vec<Value> {
    let lines = answer.text().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_form() {
    let directory = some_modules();
    let mut text = String::new();
    for format in ["human", "concise", "json", "github"] {
        let answer = directory.qip(&["check", "src", "build", "--format", format]);
        assert_eq!((answer.code, &*answer.stderr), (1, ""), "{format}");
        text += &format!("# --format {format}\n{}\n", answer.text());
    }
    assert_text!("forms-of-check", text);
}

#[test]
fn a_function_is_printed_where_there_is_no_source() {
    let directory = Directory::new();
    // The names of functions are left out, as of a module that was stripped.
    let wasm = wat::parse_str(WRONG.replace(
        "(i64.const 0)",
        "(i64.const 1) (i64.const 2) (i64.const 3) (i64.mul) (i64.add)",
    ));
    directory.file("module.wasm", wasm.unwrap());
    let answer = directory.qip(&["check", "module.wasm"]);
    assert_text!("a-printed-function", answer.text());
}

#[test]
fn exit_codes() {
    let directory = some_modules();
    let code = |args: &[&str]| directory.qip(&[&["check"], args].concat()).code;
    assert_eq!(code(&["src/sound.wat"]), 0);
    assert_eq!(code(&["src/wrong.wat"]), 1);
    assert_eq!(code(&["build/page.wasm"]), 1);
    for format in ["human", "concise", "json", "github", "sarif"] {
        assert_eq!(code(&["src/sound.wat", "--format", format]), 0);
        assert_eq!(code(&["src/wrong.wat", "--format", format]), 1);
    }
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["src", "--format", "xml"]), 2);
    assert_eq!(code(&["src/missing.wat"]), 3);
    // A note alone is no fault.
    let note = SOUND.replace(
        "(i32.const 1024)",
        "(i32.add (i32.const 1000) (i32.const 24))",
    );
    directory.file("note.wat", &note);
    let answer = directory.qip(&["check", "note.wat"]);
    assert!(
        answer.text().contains("note[needs-feature]"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.code, 0);
    // Nothing looked at is nothing found.
    directory.file("empty/notes.txt", "no module");
    let answer = directory.qip(&["check", "empty"]);
    answer.assert_fails(3, &["`empty` holds no `.wasm` and no `.wat`"]);
    assert_eq!(code(&["--fixed-memory", "src/sound.wat"]), 0);
    directory.file("grows.wat", SOUND.replace("1 1)", "1 2)"));
    assert_eq!(code(&["grows.wat"]), 0);
    assert_eq!(code(&["--fixed-memory", "grows.wat"]), 1);
}

#[test]
fn quiet_leaves_help_and_counts_out() {
    let directory = some_modules();
    let loud = directory.qip(&["check", "src/wrong.wat"]);
    let quiet = directory.qip(&["-q", "check", "src/wrong.wat"]);
    for word in ["= help", "= unless", "1 module checked"] {
        assert!(loud.text().contains(word), "{word}");
        assert!(!quiet.text().contains(word), "{word}");
    }
    assert_eq!(quiet.text().matches("wrong.wat:").count(), 3);
}

/// Sorted, and below a link that leads back each file is met once.
#[test]
#[cfg(unix)]
fn directories_are_walked() {
    let directory = some_modules();
    std::os::unix::fs::symlink("..", directory.path("src/back")).unwrap();
    let answer = directory.qip(&["check", ".", "--format", "json"]);
    let modules: Vec<String> = json(&answer)
        .iter()
        .filter_map(|line| Some(line["module"].as_str()?.to_owned()))
        .collect();
    let mut each = modules.clone();
    each.dedup();
    assert_eq!(
        each,
        ["build/page.wasm", "build/wrong.wasm", "src/wrong.wat"]
    );
    let summary = json(&answer).pop().unwrap();
    assert_eq!(summary["modules"], 4);
    assert_eq!(summary["type"], "summary");
}

#[test]
fn what_is_allowed_is_left_out() {
    let directory = Directory::new();
    directory.file("a.wat", OVERLAPPING);
    assert_eq!(directory.qip(&["check", "a.wat"]).code, 1);
    let allow = ["check", "a.wat", "--allow", "buffers-overlap"];
    assert_eq!(directory.qip(&allow).code, 0);
    directory.file(
        "a.toml",
        "summary = \"overlaps\"\n[check]\nallow = [{ code = \"buffers-overlap\", reason = \"works from the end\" }]\n",
    );
    assert_eq!(directory.qip(&["check", "a.wat"]).code, 0);
    // What the case file allows, the command line need not.
    let answer = directory.qip(&allow);
    let told = "`--allow buffers-overlap` allows `buffers-overlap`, which is not found";
    assert!(
        answer.text().contains("warning[unused-allowance]"),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains(told), "{}", answer.text());
    assert_eq!(answer.code, 1);
    // Mended, and the allowance left.
    directory.file("a.wat", SOUND);
    let answer = directory.qip(&["check", "a.wat"]);
    assert!(
        answer
            .text()
            .contains("`a.toml:3` allows `buffers-overlap`"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.code, 1);
}

#[test]
fn what_cannot_be_allowed() {
    let directory = Directory::new();
    directory.file("a.wat", OVERLAPPING);
    let allow = |code| directory.qip(&["check", "a.wat", "--allow", code]);
    allow("bufers-overlap").assert_fails(2, &["did you mean `buffers-overlap`?"]);
    for certain in ["missing-export", "capacity-beyond-memory"] {
        let what = format!("`{certain}` is an error, which is certain, and cannot be allowed");
        allow(certain).assert_fails(2, &[&what]);
    }
    for (case_file, told) in [
        (
            "[check]\nallow = [{ code = \"buffers-overlap\" }]",
            "a.toml:2: missing field `reason`",
        ),
        (
            "[check]\nallow = [{ code = \"buffers-overlap\", reason = \" \" }]",
            "a.toml:2: the reason is empty",
        ),
        ("[check]\nalow = []", "a.toml:2: unknown field `alow`"),
        (
            "[check]\nallow = [{ code = \"overlap\", reason = \"x\" }]",
            "a.toml:2: no finding is called `overlap`",
        ),
        ("check", "a.toml:1: "),
    ] {
        directory.file("a.toml", case_file);
        directory.qip(&["check", "a.wat"]).assert_fails(3, &[told]);
    }
}

/// GitHub shows ten annotations of a step, and says nothing of the others.
#[test]
fn github_gets_ten_annotations_with_errors_first() {
    let directory = Directory::new();
    let modules: Vec<String> = (0..6).map(|number| format!("{number}.wat")).collect();
    let mut args = vec!["check", "--format", "github"];
    for module in &modules {
        directory.file(module, WRONG);
        args.push(module);
    }
    let answer = directory.qip(&args);
    let lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(lines.len(), 10);
    assert!(
        lines[..6]
            .iter()
            .all(|line| line.starts_with("::error file="))
    );
    assert!(
        lines[6..9]
            .iter()
            .all(|line| line.starts_with("::warning file="))
    );
    assert_eq!(
        lines[9],
        "::warning title=qip check::9 more findings are not shown: 0 errors, 3 warnings, 6 notes; \
         `qip check` shows them all"
    );
    let few = directory.qip(&["check", "--format", "github", "0.wat", "1.wat", "2.wat"]);
    assert_eq!(few.text().lines().count(), 9);
}

/// A path or a name cannot end an annotation, nor begin another.
#[test]
fn github_text_is_escaped() {
    let directory = Directory::new();
    directory.file("a,b:c%.wat", SOUND.replace("render", "re\\0a::error::x"));
    let answer = directory.qip(&["check", "--format", "github", "a,b:c%.wat"]);
    assert!(
        answer.text().contains("file=a%2Cb%3Ac%25.wat,"),
        "{}",
        answer.text()
    );
    for line in answer.text().lines() {
        assert!(
            line.starts_with("::") && line.matches("::error").count() <= 1,
            "{line}"
        );
    }
}

/// Nothing is wrong with any module of the project, and nothing is doubtful.
#[test]
fn our_own_modules_are_clean() {
    let Some(modules) = modules() else {
        return;
    };
    let modules = modules.to_str().unwrap();
    let answer = Directory::new().qip(&["check", modules, "--format", "json"]);
    let lines = json(&answer);
    assert_eq!(lines.len(), 1, "{}", answer.text());
    assert!(lines[0]["modules"].as_u64().unwrap() > 40);
    assert_eq!(answer.code, 0);
}

/// Names out of a module are shown escaped and cut.
#[test]
fn hostile_names_do_no_harm() {
    let directory = Directory::new();
    let name = format!("\\1b[31m{}", "x".repeat(1000));
    directory.file(
        "a.wat",
        SOUND.replace(
            "(memory",
            &format!("(import \"{name}\" \"\\0a\" (func))\n  (memory"),
        ),
    );
    for format in ["human", "concise", "json", "github", "sarif"] {
        let answer = directory.qip(&["check", "a.wat", "--format", format]);
        let text = answer.text();
        assert!(!text.contains('\u{1b}'), "{format}: {text}");
        // The line of the source that is shown has more of it.
        if format != "human" {
            assert!(!text.contains(&"x".repeat(129)), "{format}: {text}");
        }
    }
}
