//! `qip check`: what is wrong with modules, by their bytes alone.

mod allowed;
mod concise;
mod github;
mod human;
mod json;
mod sarif;
mod walk;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use qip_check::{Finding, Level, Options, Report, check};
use qip_contract::Limits;

use crate::exit::{Exit, Failure};
use crate::message::Messages;
use crate::stages::read_file;

/// Finds everything that is wrong with modules, without running them.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Check {
    /// Modules, binary or WebAssembly text, and directories of them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// How to tell what was found.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Leave out findings with this code, in every module.
    ///
    /// Errors cannot be left out. For one module, put the code into its case file, with the
    /// reason: `check.allow = [{ code = "…", reason = "…" }]`.
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// Insist on a memory that cannot grow.
    #[arg(long)]
    fixed_memory: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// With the source around it and what to do.
    Human,
    /// A line for each finding.
    Concise,
    /// A JSON object a line.
    Json,
    /// Annotations for GitHub Actions: ten at most, errors first.
    Github,
    /// One SARIF 2.1.0 log.
    Sarif,
}

const AFTER_HELP: &str = "\
Errors are certain: loading fails, or a request that the module says it takes. Warnings may
be wrong, and say what would make them so. Notes are no fault. `qip explain CODE` says more.

Examples:
  qip check trim.wasm
  qip check src/ build/ --format github
  qip check trim.wasm --allow buffers-overlap

Exit codes:
  0  no error and no warning
  1  an error or a warning
  2  the command line cannot be understood
  3  a file cannot be read";

/// A module that was checked.
struct Checked {
    path: PathBuf,
    bytes: Vec<u8>,
    report: Report,
}

impl Checked {
    /// The path, with `/` between its parts on every system: others read it.
    fn path(&self) -> String {
        let path = self.path.display().to_string();
        path.replace(std::path::MAIN_SEPARATOR, "/")
    }

    /// The path as it is shown.
    fn shown(&self) -> String {
        qip_contract::quote(&self.path())
    }

    /// The text that was checked, where it was text.
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// What was found, over all modules.
struct Outcome {
    checked: Vec<Checked>,
    /// What concerns the command line and no module.
    general: Vec<Finding>,
}

impl Outcome {
    /// Each finding, with the module that it is of, if it is of one.
    fn findings(&self) -> impl Iterator<Item = (Option<&Checked>, &Finding)> {
        let of_modules = self.checked.iter().flat_map(|checked| {
            let findings = checked.report.findings.iter();
            findings.map(move |finding| (Some(checked), finding))
        });
        of_modules.chain(self.general.iter().map(|finding| (None, finding)))
    }

    fn count(&self, level: Level) -> usize {
        let findings = self.findings();
        findings
            .filter(|(_, finding)| finding.level == level)
            .count()
    }

    /// How many modules were checked, and how many findings of each level there are.
    fn summary(&self) -> String {
        let counted = |count: usize, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {what}{plural}")
        };
        let levels = Level::ALL
            .iter()
            .map(|level| counted(self.count(*level), level.as_str()));
        let levels: Vec<String> = levels.collect();
        let modules = counted(self.checked.len(), "module");
        format!("{modules} checked: {}", levels.join(", "))
    }

    fn exit(&self) -> Exit {
        match self.count(Level::Error) + self.count(Level::Warning) {
            0 => Exit::Fine,
            _ => Exit::Findings,
        }
    }
}

impl Check {
    pub(crate) fn run(&self, messages: &Messages) -> Result<Exit, Failure> {
        let mut allowed = allowed::Allowed::of(&self.allow)?;
        let mut options = Options::standard();
        options.rules.fixed_memory = self.fixed_memory;
        let mut checked = Vec::new();
        for path in walk::modules(&self.paths)? {
            checked.push(self.check(&path, &options, &mut allowed)?);
        }
        let outcome = Outcome {
            checked,
            general: allowed.unused(),
        };
        self.write(&outcome, messages).map_err(Failure::of_stdout)?;
        Ok(outcome.exit())
    }

    fn check(
        &self,
        path: &Path,
        options: &Options,
        allowed: &mut allowed::Allowed,
    ) -> Result<Checked, Failure> {
        let bytes = read_file(path, Limits::standard().module_bytes)?;
        let mut report = check(&bytes, options);
        allowed.apply(path, &mut report)?;
        Ok(Checked {
            path: path.to_owned(),
            bytes,
            report,
        })
    }

    fn write(&self, outcome: &Outcome, messages: &Messages) -> io::Result<()> {
        let mut text = Vec::new();
        match self.format {
            Format::Human => human::write(outcome, messages.is_quiet(), &mut text)?,
            Format::Concise => concise::write(outcome, &mut text)?,
            Format::Json => json::write(outcome, &mut text)?,
            Format::Github => github::write(outcome, &mut text)?,
            Format::Sarif => sarif::write(outcome, &mut text)?,
        }
        let mut stdout = anstream::stdout().lock();
        stdout.write_all(&text)?;
        stdout.flush()
    }
}
