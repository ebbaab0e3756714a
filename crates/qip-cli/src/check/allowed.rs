//! What is not to be told: by the command line for all modules, by a case file for the module
//! beside it. What allows nothing is a finding itself.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use qip_cases::suggest::no_such;
use qip_cases::{Allowance, allowances};
use qip_check::{Finding, Level, Lint, Report};
use qip_contract::{Code, quote};

use crate::exit::Failure;

/// The lints that the command line allows, and whether each was met.
pub(super) struct Allowed(Vec<(Lint, bool)>);

impl Allowed {
    pub(super) fn of(codes: &[String]) -> Result<Allowed, Failure> {
        let lint = |code: &String| match lint(code) {
            Ok(lint) => Ok((lint, false)),
            Err(why) => {
                let help =
                    "`qip check` prints the codes in brackets, `qip explain --all` lists them";
                Err(Failure::Usage(why, help.to_owned()))
            }
        };
        codes
            .iter()
            .map(lint)
            .collect::<Result<_, _>>()
            .map(Allowed)
    }

    /// Takes out of a module's report what is allowed.
    pub(super) fn apply(&mut self, module: &Path, report: &mut Report) -> Result<(), Failure> {
        let case_file = module.with_extension("toml");
        let mut unused = Vec::new();
        for Allowance { code, line, .. } in read(&case_file)? {
            let place = format!("{}:{line}", case_file.display());
            let lint = lint(&code).map_err(|why| anyhow::anyhow!("{place}: {why}"))?;
            if report.allow(lint) == 0 {
                unused.push(Finding::unused_allowance(lint, &format!("`{place}`")));
            }
        }
        report.findings.append(&mut unused);
        for (lint, is_used) in &mut self.0 {
            *is_used |= report.allow(*lint) > 0;
        }
        Ok(())
    }

    /// A finding for each that was not met.
    pub(super) fn unused(&self) -> Vec<Finding> {
        let unused = self.0.iter().filter(|(_, is_used)| !is_used);
        let finding = |(lint, _): &(Lint, bool)| {
            Finding::unused_allowance(*lint, &format!("`--allow {lint}`"))
        };
        unused.map(finding).collect()
    }
}

fn lint(code: &str) -> Result<Lint, String> {
    match Lint::from_text(code) {
        Some(lint) if lint.level() == Level::Error => Err(is_certain(lint.as_str())),
        Some(lint) => Ok(lint),
        None if Code::from_text(code).is_some() => Err(is_certain(&quote(code))),
        None => {
            let lints = Lint::ALL.iter().filter(|lint| lint.level() != Level::Error);
            Err(no_such("finding", code, lints.map(|lint| lint.as_str())))
        }
    }
}

fn is_certain(code: &str) -> String {
    format!("`{code}` is an error, which is certain, and cannot be allowed")
}

/// What a case file allows; nothing where there is none.
fn read(case_file: &Path) -> Result<Vec<Allowance>, Failure> {
    let shown = case_file.display().to_string();
    let text = match fs::read_to_string(case_file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let context = format!("cannot read `{shown}`");
            return Err(anyhow::Error::new(error).context(context).into());
        }
    };
    Ok(allowances(&shown, &text).context("cannot read what a case file allows")?)
}
