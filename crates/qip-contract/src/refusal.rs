//! A refusal: a failure code with what was found and what was wanted.

use std::fmt;

use crate::Code;

/// Why something is refused: a code, and what a person needs to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    name: Option<String>,
    message: String,
    details: Box<Details>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    found: Option<String>,
    wanted: Option<String>,
    help: Option<String>,
    offset: Option<u64>,
}

impl Refusal {
    /// A refusal with its one-line message. Text that comes from a module goes
    /// through [`quote`](crate::quote) first.
    pub fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            name: None,
            message: message.into(),
            details: Box::default(),
        }
    }

    /// A module over a limit (LIM-1): `what` it has that is counted, such as
    /// "a number of functions of", how many were found, and how many are allowed.
    pub fn over_limit(what: impl fmt::Display, found: u64, allowed: u64) -> Refusal {
        Refusal::new(
            Code::Limit,
            format!("the module has {what} {found}, over the limit of {allowed}"),
        )
        .found(found, allowed)
    }

    /// Names the export, import, uniform or limit that is at fault.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Refusal {
        self.name = Some(name.into());
        self
    }

    /// Says what was found and what was wanted, each in a few words.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display, wanted: impl fmt::Display) -> Refusal {
        self.details.found = Some(found.to_string());
        self.details.wanted = Some(wanted.to_string());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Refusal {
        self.details.help = Some(help.into());
        self
    }

    /// Says where in the bytes the fault is.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Refusal {
        self.details.offset = Some(offset);
        self
    }

    /// The failure code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The export, import, uniform or limit at fault.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The message: one line, lower-case but for texts that the contract fixes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was found.
    pub fn found_text(&self) -> Option<&str> {
        self.details.found.as_deref()
    }

    /// What was wanted instead.
    pub fn wanted_text(&self) -> Option<&str> {
        self.details.wanted.as_deref()
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.details.help.as_deref()
    }

    /// The offset of the fault, in bytes: into the module for `invalid-module`,
    /// into the text for `input-not-utf8` and `output-not-utf8` (IN-6), into the picture
    /// for `not-bmp` (REC-7).
    pub fn offset(&self) -> Option<u64> {
        self.details.offset
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
