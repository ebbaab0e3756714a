//! The example host in Python, judged by the whole corpus. It stands in the repository
//! and not in the published package; and it needs a Python with the package `wasmtime`:
//! `QIP_PYTHON`, or `python3`. Without one these tests skip, and say so.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::directory::Directory;

/// At least as many cases are judged: the corpus less those of `fixed-memory` and
/// `image`. It grows.
const JUDGED: usize = 1279;

/// What the example is made of.
const FILES: [&str; 3] = ["declared.py", "host.py", "stage.py"];

/// The corpus, and a Python that can run the host.
pub(crate) struct Tools {
    pub(crate) corpus: PathBuf,
    python: String,
}

pub(crate) fn tools() -> Option<Tools> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = package.join("../../conformance");
    if !corpus.is_dir() {
        // Cargo writes this file into what it publishes.
        assert!(
            package.join("Cargo.toml.orig").exists(),
            "{} is not there",
            corpus.display()
        );
        eprintln!("skipped: the host in Python is not part of the published package");
        return None;
    }
    let python = env::var("QIP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let check = "import sys, wasmtime; sys.exit(sys.version_info < (3, 11))";
    let found = Command::new(&python).args(["-c", check]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(Tools { corpus, python });
    }
    let about = format!("`{python}` is no Python 3.11 with the package `wasmtime`");
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}: set QIP_PYTHON to one"
    );
    eprintln!("skipped: {about}");
    None
}

/// The command that is the host in this directory. No bytecode is left behind.
pub(crate) fn host_command(tools: &Tools, host: &Path) -> String {
    let host = host.join("host.py");
    format!("'{}' -B '{}'", tools.python, host.display())
}

/// The answer of `qip conformance` about the host in this directory, and the rest of its
/// command line.
#[track_caller]
fn judge(tools: &Tools, host: &Path, args: &[&str]) -> (i32, String) {
    let command = host_command(tools, host);
    let corpus = tools.corpus.display().to_string();
    let mut all = vec!["conformance", "--corpus", &corpus, "--host", &command];
    all.extend(args);
    let answer = Directory::new().qip(&all);
    assert_eq!(answer.stderr, "");
    (answer.code, answer.text().to_owned())
}

#[test]
fn the_host_in_python_is_green() {
    let Some(tools) = tools() else { return };
    let (code, text) = judge(&tools, &tools.corpus.join("hosts/python"), &[]);
    assert_eq!(code, 0, "{text}");
    let green = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("green: "));
    let judged = green.and_then(|line| line.split(' ').next()?.parse().ok());
    assert!(judged >= Some(JUDGED), "{text}");
}

/// Or green would mean nothing.
#[test]
fn a_fault_in_it_is_found() {
    let Some(tools) = tools() else { return };
    let directory = Directory::new();
    for name in FILES {
        let text = std::fs::read_to_string(tools.corpus.join("hosts/python").join(name));
        let text = text
            .unwrap()
            .replace("if count > output_cap:", "if count >= output_cap:");
        directory.file(name, text);
    }
    let (code, text) = judge(
        &tools,
        &directory.path(""),
        &["--filter", "out/count-within"],
    );
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("output-too-large"), "{text}");
    assert!(text.contains("\n  red: "), "{text}");
}
