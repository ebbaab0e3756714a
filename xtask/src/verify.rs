//! Holds every built module against the contract, and runs its cases.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use qip_contract::{Limits, Refusal, Rules, Signature};

use crate::build::{self, Module, SOURCES};
use crate::flags::Profile;
use crate::workspace::Workspace;
use crate::{program, text};

/// The task: the exit status is that of `qip conformance`.
pub(crate) fn run(workspace: &Workspace, profile: Profile) -> Result<u8> {
    let modules = build::modules(workspace)?;
    check(workspace, &modules)?;
    program::qip(workspace, profile, ["conformance", "--cases", SOURCES])
}

/// What the bytes of each module alone show, and whether it has cases.
///
/// # Errors
///
/// All findings at once.
fn check(workspace: &Workspace, modules: &[Module]) -> Result<()> {
    let mut findings = String::new();
    let mut at_fault = 0;
    for module in modules {
        let before = findings.len();
        for refusal in refusals(&module.wasm) {
            let _ = write!(
                findings,
                "\n{}: {}: {refusal}",
                module.source(),
                refusal.code()
            );
            if let Some(help) = refusal.help_text() {
                let _ = write!(findings, "\n  help: {help}");
            }
        }
        if let Err(error) = has_cases(workspace, module) {
            let _ = write!(findings, "\n{}: {error:#}", module.source());
        }
        at_fault += usize::from(findings.len() > before);
    }
    if at_fault > 0 {
        bail!("{} at fault{findings}", text::count(at_fault, "module"));
    }
    Ok(())
}

fn refusals(wasm: &[u8]) -> Vec<Refusal> {
    match Signature::read(wasm, &Limits::standard()) {
        Ok(signature) => signature.refusals(&Rules::default()),
        Err(refusal) => vec![refusal],
    }
}

/// Whether there is a case in the file beside the module. All else about cases is
/// for `qip` to judge.
fn has_cases(workspace: &Workspace, module: &Module) -> Result<()> {
    let path = module.cases();
    if !workspace.path(&path).exists() {
        bail!("it has no cases\n  help: write `{path}`; its format is in conformance/README.md");
    }
    let file: toml::Table = workspace
        .read(&path)?
        .parse()
        .with_context(|| format!("cannot read `{path}`"))?;
    let cases = file.get("case").and_then(toml::Value::as_array);
    if cases.is_none_or(Vec::is_empty) {
        bail!("there is no `[[case]]` in `{path}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: &str = r#"(module
        (memory (export "memory") 1 1)
        (global (export "input_ptr") i32 (i32.const 0))
        (global (export "input_bytes_cap") i32 (i32.const 64))
        (func (export "run") (param i32) (result i32) (local.get 0)))"#;

    fn check_one(wat: &str, cases: Option<&str>) -> Result<()> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join(SOURCES)).unwrap();
        if let Some(cases) = cases {
            std::fs::write(directory.path().join(SOURCES).join("a.toml"), cases).unwrap();
        }
        let module = Module {
            name: "a".to_owned(),
            wasm: wat::parse_str(wat).unwrap(),
        };
        check(&Workspace::at(directory.path()), &[module])
    }

    #[test]
    fn a_module_with_cases_is_fine() {
        check_one(IDENTITY, Some("[[case]]")).unwrap();
    }

    #[test]
    fn every_refusal_is_reported() {
        let error = check_one("(module)", Some("[[case]]"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("1 module at fault"), "{error}");
        assert!(
            error.contains("modules-wat/a.wat: missing-memory: "),
            "{error}"
        );
        assert!(
            error.contains("modules-wat/a.wat: missing-export: "),
            "{error}"
        );
    }

    #[test]
    fn a_module_without_cases_is_at_fault() {
        for cases in [None, Some(""), Some("case = []"), Some("[[case]")] {
            let error = check_one(IDENTITY, cases).unwrap_err().to_string();
            assert!(error.contains("modules-wat/a.toml"), "{error}");
        }
    }
}
