//! A finding: what is wrong, where, and what to do.

use std::fmt;

use qip_contract::{CLAUSES, CONTRACT_EDITION, Code, Refusal};

use crate::{Lint, Place};

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Certain: loading fails, or a request that the module says it takes does.
    Error,
    /// May be wrong, and says what would make it so.
    Warning,
    /// No fault, but good to know.
    Note,
}

impl Level {
    /// Every level, the gravest first.
    pub const ALL: &'static [Level] = &[Level::Error, Level::Warning, Level::Note];

    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of fault a finding is: one that every host refuses, or one that only a checker
/// sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// What a host answers.
    Failure(Code),
    /// What a checker alone finds.
    Lint(Lint),
}

impl FindingCode {
    /// The stable kebab-case text.
    pub const fn as_str(self) -> &'static str {
        match self {
            FindingCode::Failure(code) => code.as_str(),
            FindingCode::Lint(lint) => lint.as_str(),
        }
    }

    /// How sure a finding with this code is.
    pub const fn level(self) -> Level {
        match self {
            FindingCode::Failure(_) => Level::Error,
            FindingCode::Lint(lint) => lint.level(),
        }
    }

    /// What it means, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            FindingCode::Failure(code) => code.meaning(),
            FindingCode::Lint(lint) => lint.meaning(),
        }
    }

    /// The clause that it is about, if it is about one: of a failure code the first that
    /// names it.
    pub fn clause(self) -> Option<&'static str> {
        match self {
            FindingCode::Failure(code) => CLAUSES
                .iter()
                .find(|clause| clause.codes.contains(&code))
                .map(|clause| clause.id),
            FindingCode::Lint(lint) => lint.clause(),
        }
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Code> for FindingCode {
    fn from(code: Code) -> FindingCode {
        FindingCode::Failure(code)
    }
}

impl From<Lint> for FindingCode {
    fn from(lint: Lint) -> FindingCode {
        FindingCode::Lint(lint)
    }
}

/// One thing that is wrong with a module, or good to know about it.
///
/// Text that comes from the module is escaped and cut in every field (LIM-5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of fault it is.
    pub code: FindingCode,
    /// The clause that it is about, if it is about one.
    pub clause: Option<&'static str>,
    /// How sure it is.
    pub level: Level,
    /// The export, import or limit at fault.
    pub subject: Option<String>,
    /// What is wrong, in one line, lower-case and without a full stop.
    pub message: String,
    /// Where it is, where that is known.
    pub place: Option<Place>,
    /// What was found, in a few words.
    pub found: Option<String>,
    /// What was wanted instead, in a few words.
    pub wanted: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Of a warning: what would make it wrong.
    pub unless: Option<String>,
}

impl Finding {
    /// A finding with its one-line message.
    pub(crate) fn new(code: impl Into<FindingCode>, message: impl Into<String>) -> Finding {
        let code = code.into();
        Finding {
            code,
            clause: code.clause(),
            level: code.level(),
            subject: None,
            message: message.into(),
            place: None,
            found: None,
            wanted: None,
            help: None,
            unless: None,
        }
    }

    /// What was allowed for a module and not found in it; `what` names the allowance.
    pub fn unused_allowance(lint: Lint, what: &str) -> Finding {
        let message = format!("{what} allows `{lint}`, which is not found");
        Finding::new(Lint::UnusedAllowance, message)
            .named(lint.as_str())
            .help("remove it, so that it cannot hide the next one")
            .unless("another build of the module has it")
    }

    pub(crate) fn of_refusal(refusal: &Refusal) -> Finding {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Finding {
            subject: text(refusal.name()),
            found: text(refusal.found_text()),
            wanted: text(refusal.wanted_text()),
            help: text(refusal.help_text()),
            ..Finding::new(refusal.code(), refusal.message())
        }
    }

    pub(crate) fn named(mut self, subject: impl Into<String>) -> Finding {
        self.subject = Some(subject.into());
        self
    }

    pub(crate) fn about(mut self, clause: &'static str) -> Finding {
        self.clause = Some(clause);
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>, wanted: impl Into<String>) -> Finding {
        self.found = Some(found.into());
        self.wanted = Some(wanted.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn unless(mut self, unless: impl Into<String>) -> Finding {
        self.unless = Some(unless.into());
        self
    }
}

/// Everything that was found in one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The edition of the contract that the module was held against.
    pub edition: u32,
    /// The findings: what a host refuses in the order of ORD-1, and then the others, errors
    /// first.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(findings: Vec<Finding>) -> Report {
        Report {
            edition: CONTRACT_EDITION,
            findings,
        }
    }

    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level == level).count()
    }

    /// Takes the findings of a lint out, and says how many there were.
    pub fn allow(&mut self, lint: Lint) -> usize {
        let before = self.findings.len();
        self.findings
            .retain(|finding| finding.code != FindingCode::Lint(lint));
        before - self.findings.len()
    }
}
