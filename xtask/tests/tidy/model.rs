//! The model stays apart from the host: it is the oracle, so it may not read modules
//! with the code that it judges.

use crate::assert_none;
use crate::tree::{self, File};

/// What the model may take of the host: the engine seam, and an option that a task
/// carries.
const OF_HOST: &[&str] = &["Utf8", "engine"];

/// What the model may take of the contract: IDs, codes, and the types of the seam.
const OF_CONTRACT: &[&str] = &[
    "Code",
    "Limits",
    "Numeric",
    "PAGE_BYTES",
    "Signature",
    "TrapKind",
    "Value",
];

/// What the model may do with a signature: make one, to hand it to an engine.
const OF_SIGNATURE: &[&str] = &["read"];

/// Where the model stands.
fn is_model(file: &File) -> bool {
    let path = file.path.strip_prefix("crates/qip-conformance/src/model");
    path.is_some_and(|rest| rest == ".rs" || rest.starts_with('/') && rest.ends_with(".rs"))
}

/// What the model takes that it may not take, with its file.
fn foreign_names(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_model(file)) {
        let code = code(&file.text);
        for (path, allowed) in [
            ("qip_host", OF_HOST),
            ("qip_contract", OF_CONTRACT),
            ("Signature", OF_SIGNATURE),
        ] {
            for name in names_of(&code, path) {
                if !allowed.contains(&name.as_str()) {
                    findings.push(format!("{}: the model takes {path}::{name}", file.path));
                }
            }
        }
        // A signature is handed over, and not asked.
        if code.contains("signature.") {
            findings.push(format!("{}: the model asks a signature", file.path));
        }
        // The subject on the host is the host by another name.
        if words(&code).any(|word| word == "EngineSubject") {
            findings.push(format!("{}: the model takes EngineSubject", file.path));
        }
    }
    findings
}

/// Rust without the comments that stand on lines of their own.
fn code(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The names that stand right behind a path, of a list in braces each one. A path
/// that is used in any other way gives what stands there instead, which no list allows.
fn names_of(code: &str, path: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in code.match_indices(path) {
        let after = &code[at + path.len()..];
        if code[..at].ends_with(is_part) || after.starts_with(is_part) {
            continue;
        }
        let Some(rest) = after.trim_start().strip_prefix("::") else {
            // A crate is renamed or re-exported; a type is only mentioned.
            if path.starts_with(char::is_lowercase) {
                names.push("itself".to_owned());
            }
            continue;
        };
        let rest = rest.trim_start();
        match rest.strip_prefix('{') {
            Some(list) => names.extend(heads(list)),
            None => names.push(head(rest)),
        }
    }
    names
}

/// The first name of each entry of a list in braces that is open already.
fn heads(list: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut entry = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(head(list[entry..at].trim_start()));
                entry = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    // A comma may stand after the last one.
    heads.retain(|head| !head.is_empty());
    heads
}

/// The name that a text begins with, or the one sign that is there instead.
fn head(text: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    let name: String = text.chars().take_while(is_part).collect();
    if name.is_empty() {
        return text.chars().take(1).collect();
    }
    name
}

#[test]
fn the_model_takes_only_ids_codes_and_the_seam() {
    let files = tree::files();
    assert!(files.iter().filter(|file| is_model(file)).count() > 1);
    assert_none(&foreign_names(&files));
}

#[test]
fn what_the_model_may_not_take_is_found() {
    let found = |text| {
        let files = [
            File::new("crates/qip-conformance/src/model.rs", text),
            File::new("crates/qip-conformance/src/model/a.rs", text),
            File::new("crates/qip-conformance/src/module.rs", text),
            File::new("crates/qip-host/src/model.rs", text),
        ];
        // Both files of the model, and no other.
        let count = foreign_names(&files).len();
        assert_eq!(count % 2, 0, "{text}");
        count / 2
    };
    assert_eq!(found("use qip_host::Host;"), 1);
    assert_eq!(found("fn a() { qip_host::Host::with(b) }"), 1);
    assert_eq!(found("use qip_host::{Utf8, engine::Engine, Host};"), 1);
    assert_eq!(found("use ::qip_host::{\n    Host,\n    Recipe,\n};"), 2);
    assert_eq!(found("use qip_host::*;"), 1);
    assert_eq!(found("use qip_host as host;"), 1);
    assert_eq!(found("use qip_contract::{Code, parse_uniform};"), 1);
    assert_eq!(found("let a = qip_contract::features();"), 1);
    assert_eq!(found("use qip_contract::{self, Code};"), 1);
    assert_eq!(found("let a = Signature::refusals(&b);"), 1);
    assert_eq!(found("let a = signature.refusals(&b);"), 1);
    assert_eq!(found("use crate::engine_subject::EngineSubject;"), 1);

    assert_eq!(found("use qip_host::Utf8;"), 0);
    assert_eq!(found("use qip_host::engine::{Engine, Stop};"), 0);
    assert_eq!(found("use qip_host::{Utf8, engine::{Engine, Stop}};"), 0);
    assert_eq!(found("use qip_contract::{\n    Code,\n    Value,\n};"), 0);
    assert_eq!(found("let a: Signature = Signature::read(b, c);"), 0);
    assert_eq!(
        found("/// Not `qip_host::Host`.\nuse my_qip_host::Host;"),
        0
    );
}
