//! The host in JavaScript, judged by the whole corpus in Node and, where they are there, in
//! browsers. It stands in the repository and not in the published package; and it needs Node 20
//! or newer: `QIP_NODE`, or `node`. Without it these tests skip, and say so.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::directory::Directory;

/// At least as many cases are judged: the corpus less the one of `extended-const`, which older
/// engines lack. It grows.
const JUDGED: usize = 1885;

/// At least as many cases of real modules are judged.
const JUDGED_OF_MODULES: usize = 430;

/// What the package and the host program are made of.
const PARTS: [&str; 5] = [
    "package.json",
    "conformance.js",
    "conformance",
    "src",
    "src/image",
];

/// The repository, and a Node that can run the host.
struct Tools {
    root: PathBuf,
    node: String,
}

/// What a test needs is not there: it skips, or fails where tools are required.
fn lacks(about: &str, help: &str) {
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}: {help}"
    );
    eprintln!("skipped: {about}");
}

fn tools() -> Option<Tools> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.join("../..");
    if !root.join("javascript").is_dir() {
        // Cargo writes this file into what it publishes.
        assert!(
            package.join("Cargo.toml.orig").exists(),
            "{} is not there",
            root.join("javascript").display()
        );
        eprintln!("skipped: the host in JavaScript is not part of the published package");
        return None;
    }
    let node = env::var("QIP_NODE").unwrap_or_else(|_| "node".to_owned());
    let check = "process.exit(Number(process.versions.node.split('.')[0]) < 20 ? 1 : 0)";
    let found = Command::new(&node).args(["-e", check]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(Tools { root, node });
    }
    lacks(
        &format!("`{node}` is no Node 20"),
        "set QIP_NODE to one that is",
    );
    None
}

impl Tools {
    /// The command that is the host program in this directory.
    fn host(&self, directory: &Path, rest: &str) -> String {
        let program = directory.join("conformance.js");
        format!("'{}' '{}' {rest}", self.node, program.display())
    }

    /// The answer of `qip conformance` about a host, and the rest of its command line.
    #[track_caller]
    fn judge(&self, host: &str, args: &[&str]) -> (i32, String) {
        let mut all = vec!["conformance", "--host", host];
        all.extend(args);
        let answer = Directory::new().qip(&all);
        assert_eq!(answer.stderr, "");
        (answer.code, answer.text().to_owned())
    }

    /// Judges a host by the corpus; all but a few cases must pass.
    #[track_caller]
    fn assert_green(&self, host: &str) {
        let corpus = self.root.join("conformance").display().to_string();
        let (code, text) = self.judge(host, &["--corpus", &corpus]);
        assert_eq!(code, 0, "{text}");
        assert!(judged(&text) >= Some(JUDGED), "{text}");
    }
}

/// How many cases a green run has judged.
fn judged(text: &str) -> Option<usize> {
    let mut lines = text.lines();
    let green = lines.find_map(|line| line.trim().strip_prefix("green: "));
    green?.split(' ').next()?.parse().ok()
}

#[test]
fn the_host_in_javascript_is_green() {
    let Some(tools) = tools() else { return };
    let javascript = tools.root.join("javascript");
    tools.assert_green(&tools.host(&javascript, ""));
}

/// Limits of time are kept by counting instructions, as where no watchdog is.
#[test]
fn the_metered_host_in_javascript_is_green() {
    let Some(tools) = tools() else { return };
    let javascript = tools.root.join("javascript");
    tools.assert_green(&tools.host(&javascript, "--metered"));
}

#[test]
fn real_modules_pass_their_cases_in_javascript() {
    let Some(tools) = tools() else { return };
    let host = tools.host(&tools.root.join("javascript"), "");
    let modules = tools.root.join("modules-wat").display().to_string();
    let (code, text) = tools.judge(&host, &["--cases", &modules]);
    assert_eq!(code, 0, "{text}");
    assert!(judged(&text) >= Some(JUDGED_OF_MODULES), "{text}");
}

/// Or green would mean nothing.
#[test]
fn a_fault_in_javascript_is_found() {
    let Some(tools) = tools() else { return };
    let directory = Directory::new();
    for part in PARTS {
        let from = tools.root.join("javascript").join(part);
        let files: Vec<PathBuf> = match std::fs::read_dir(&from) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![from],
        };
        for file in files.iter().filter(|file| file.is_file()) {
            let name = file.strip_prefix(tools.root.join("javascript")).unwrap();
            let text = std::fs::read_to_string(file).unwrap();
            let text = text.replace("if (count > outputCap)", "if (count >= outputCap)");
            directory.file(name.to_str().unwrap(), text);
        }
    }
    let host = tools.host(&directory.path(""), "");
    let corpus = tools.root.join("conformance").display().to_string();
    let (code, text) = tools.judge(
        &host,
        &["--corpus", &corpus, "--filter", "out/count-within"],
    );
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("output-too-large"), "{text}");
    assert!(text.contains("\n  red: "), "{text}");
}
