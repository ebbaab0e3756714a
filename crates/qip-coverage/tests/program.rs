//! The program as `cargo xtask coverage` runs it, on a small corpus.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use qip_cases::Capability;

const CASES: &str = r#"summary = "a scalar"
module = { wat = '''
(module
  (memory (export "memory") 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 3))
  (func (export "run") (param $size i32) (result i32) (local.get $size)))
''' }

[[case]]
name = "one byte"
clauses = ["OUT-8"]
input = "a"
expect = { scalar = 1 }

[[case]]
name = "too many bytes"
clauses = ["IN-3"]
input = "abcd"
expect = { refused = "input-too-large", message = "Input is too large", stage = 1 }

[[case]]
name = "either"
clauses = ["OUT-8"]
input = "ab"
expect = { any = [{ scalar = 2 }, { refused = "limit" }] }
"#;

const README: &str = "<!-- counts: written by `cargo xtask coverage --update` -->\n\
                      <!-- end of counts -->\n";

/// The table of the guide for host authors, with counts of no corpus.
fn guide() -> String {
    let rows = Capability::ALL.iter();
    rows.map(|capability| format!("\n| `{capability}` | 99 | meaning | work |"))
        .collect()
}

/// A corpus of three cases, a README, and a guide.
fn small() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let cases = directory.path().join("corpus/cases/out");
    fs::create_dir_all(&cases).unwrap();
    fs::write(cases.join("scalar.toml"), CASES).unwrap();
    let ids = "out/scalar#one-byte\nout/scalar#too-many-bytes\nout/scalar#either\n";
    fs::write(directory.path().join("corpus/cases.lock"), ids).unwrap();
    fs::write(directory.path().join("README.md"), README).unwrap();
    fs::write(directory.path().join("guide.md"), guide()).unwrap();
    directory
}

fn coverage(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qip-coverage"))
        .current_dir(directory)
        .args(["--corpus", "corpus", "--guide", "guide.md"])
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn what_is_missing_makes_it_red() {
    let directory = small();
    let output = coverage(directory.path(), &["--update", "--sabotage", "40"]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains("\nmissing: IN-4 has no case: "), "{out}");
    assert!(out.ends_with("\nred\n"), "{out}");
    for kind in [
        "expectations changed",
        "mutants without the cases that kill them",
        "cases missing from cases.lock",
        "cases only in cases.lock",
    ] {
        assert!(out.contains(&format!("{kind}: 40 of 40 noticed")), "{out}");
    }
    let readme = fs::read_to_string(directory.path().join("README.md")).unwrap();
    assert!(readme.contains("| cases | 3 |"), "{readme}");
    let guide = fs::read_to_string(directory.path().join("guide.md")).unwrap();
    assert!(guide.starts_with("\n| `content` | 3 | meaning | work |\n| `recipe` | 0 | "));
}

#[test]
fn a_corpus_without_a_case_has_nothing_to_damage() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("corpus/cases")).unwrap();
    fs::write(directory.path().join("corpus/cases.lock"), "").unwrap();
    let output = coverage(directory.path(), &["--sabotage", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "error: cannot damage a copy of `corpus`: it has no case\n"
    );
    // Nor is it any use to damage nothing.
    let output = coverage(directory.path(), &["--sabotage", "0"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn stale_counts_are_an_error() {
    let directory = small();
    let output = coverage(directory.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "error: the counts in `README.md` are stale\n\
         help: run `cargo xtask coverage --update` and commit `README.md`\n"
    );
    coverage(directory.path(), &["--update"]);
    fs::write(directory.path().join("guide.md"), guide()).unwrap();
    let err = text(&coverage(directory.path(), &[]).stderr);
    assert!(
        err.starts_with("error: the counts in `guide.md` are stale\n"),
        "{err}"
    );
    for (file, why) in [
        ("guide.md", "expected a row for each capability"),
        ("README.md", "expected one place"),
    ] {
        fs::write(directory.path().join(file), "no place").unwrap();
        let err = text(&coverage(directory.path(), &[]).stderr);
        assert!(err.starts_with(&format!("error: `{file}`: {why}")), "{err}");
    }
}

#[test]
fn a_mutant_with_the_cases_that_kill_it() {
    let directory = small();
    let output = coverage(directory.path(), &["--mutant", "capacity-unchecked"]);
    assert_eq!(
        text(&output.stdout),
        "capacity-unchecked (IN-3)\nThe input capacity is not looked at.\n\n  \
         out/scalar#too-many-bytes (IN-3)\n\n1 of 3 cases\n"
    );
    assert_eq!(output.status.code(), Some(0));
    let output = coverage(directory.path(), &["--mutant", "capacity"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_matrix_in_files() {
    let directory = small();
    let args = ["--update", "--json", "all.json", "--markdown", "all.md"];
    coverage(directory.path(), &args);
    let json = fs::read(directory.path().join("all.json")).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["counts"]["cases"], 3);
    assert_eq!(json["cases"][0]["id"], "out/scalar#one-byte");
    let mutants = json["mutants"].as_array().unwrap();
    let unchecked = mutants
        .iter()
        .find(|it| it["name"] == "capacity-unchecked")
        .unwrap();
    assert_eq!(
        unchecked["killed_by"],
        serde_json::json!(["out/scalar#too-many-bytes"])
    );
    let markdown = fs::read_to_string(directory.path().join("all.md")).unwrap();
    assert!(markdown.starts_with("# Coverage\n\n"), "{markdown}");
    assert!(
        markdown.contains("\n| `capacity-unchecked` | IN-3 | "),
        "{markdown}"
    );
}

#[test]
fn help() {
    let output = Command::new(env!("CARGO_BIN_EXE_qip-coverage"))
        .arg("--help")
        .output()
        .unwrap();
    insta::assert_snapshot!(text(&output.stdout));
}
