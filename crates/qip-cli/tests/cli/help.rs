//! `--help` and `--version`.

use crate::directory::Directory;
use crate::messages::assert_text;

#[track_caller]
pub(crate) fn asked(args: &[&str]) -> String {
    let answer = Directory::new().qip(args);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    answer.text().to_owned()
}

#[test]
fn version() {
    let version = asked(&["--version"]);
    assert_eq!(version, format!("qip {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(asked(&["-V"]), version);
    assert_text!("version", version);
}

#[test]
fn help_of_qip() {
    let help = asked(&["--help"]);
    assert!(help.contains("Examples:\n"));
    // What is not built yet does not appear.
    for command in ["test", "diff", "bench", "completions"] {
        assert!(!help.contains(&format!("\n  {command} ")), "{command}");
    }
    const SCREEN: usize = 24;
    assert!(help.lines().count() <= SCREEN + 2, "{help}");
    assert_text!("help-of-qip", help);
}

/// Help ends with examples and exit codes.
#[track_caller]
pub(crate) fn assert_ends_with_examples_and_exit_codes(help: &str, codes: &[&str]) {
    let (_, end) = help.split_once("\nExamples:\n").unwrap();
    let (_, end) = end.split_once("\n\nExit codes:\n").unwrap();
    let told: Vec<&str> = end
        .lines()
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(told, codes);
}

#[test]
fn help_of_run() {
    let help = asked(&["run", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "2", "3", "4", "5"]);
    for option in [
        "-i,",
        "-o,",
        "-v,",
        "-q,",
        "--engine",
        "--timeout-ms",
        "--fuel",
        "--max-memory",
        "--fixed-memory",
        "--deterministic",
        "--utf8",
        "--color",
        "--force",
    ] {
        assert!(help.contains(option), "{option}");
    }
    // The defaults of the command and of LIM-1.
    for default in ["[default: 5000]", "[default: 1073741824]"] {
        assert!(help.contains(default), "{default}");
    }
    assert_text!("help-of-run", help);
}

#[test]
fn help_of_check() {
    let help = asked(&["check", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "1", "2", "3"]);
    assert_text!("help-of-check", help);
}

#[test]
fn help_of_inspect() {
    let help = asked(&["inspect", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "2", "3", "4", "5"]);
    assert_text!("help-of-inspect", help);
}

#[test]
fn help_of_explain() {
    let help = asked(&["explain", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "2"]);
    assert_text!("help-of-explain", help);
}

#[test]
fn help_of_conformance() {
    let help = asked(&["conformance", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "1", "2", "3"]);
    assert_text!("help-of-conformance", help);
}

#[test]
fn help_stands_anywhere() {
    let help = asked(&["run", "--help"]);
    assert_eq!(asked(&["run", "module.wasm", "--help"]), help);
    assert_eq!(
        asked(&["run", "-i", "x", "module.wasm", "--help", "?a=1"]),
        help
    );
}
