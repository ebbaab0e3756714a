//! What a host program did against the protocol.

use std::fmt;
use std::time::Duration;

use super::text::{SHOWN, shown, shown_bytes};

/// What a host program did against the protocol: the case that was asked is broken, and
/// the program has to be started again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    what: String,
    expected: Option<String>,
    line: Option<String>,
    stderr: Vec<String>,
    is_hang: bool,
}

impl Fault {
    /// A fault, in words: no full stop, nothing that has to be escaped.
    pub(super) fn new(what: impl Into<String>) -> Fault {
        Fault {
            what: what.into(),
            expected: None,
            line: None,
            stderr: Vec::new(),
            is_hang: false,
        }
    }

    /// No answer in time.
    pub(super) fn hang(within: Duration) -> Fault {
        Fault {
            is_hang: true,
            ..Fault::new(format!("no answer within {} ms", within.as_millis()))
        }
    }

    /// With the part of a line that came before it, which had no end.
    pub(super) fn unfinished(self, line: &[u8]) -> Fault {
        let bytes = match line.len() {
            1 => "1 byte".to_owned(),
            count => format!("{count} bytes"),
        };
        let what = format!("{}: {bytes} came, and no end of line", self.what);
        let fault = Fault { what, ..self };
        fault
            .expected("a line feed after the answer, and a flush")
            .line(line)
    }

    /// The fault as one at the hello of a program that was started again: what is to be asked
    /// next was not asked yet.
    pub(super) fn after_restart(self) -> Fault {
        let what = format!("after a restart, {}", self.what);
        Fault { what, ..self }
    }

    /// With what was expected.
    pub(super) fn expected(self, expected: impl Into<String>) -> Fault {
        Fault {
            expected: Some(expected.into()),
            ..self
        }
    }

    /// With the line in which it lies, which is escaped and cut.
    pub(super) fn line(self, line: &[u8]) -> Fault {
        Fault {
            line: Some(shown_bytes(line, SHOWN)),
            ..self
        }
    }

    /// With the last lines of stderr.
    pub(super) fn stderr(self, stderr: Vec<String>) -> Fault {
        Fault { stderr, ..self }
    }

    /// What happened, in one line.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Whether no answer came in time.
    pub fn is_hang(&self) -> bool {
        self.is_hang
    }

    /// What was expected instead, where there is more to say than the protocol does.
    pub fn what_was_expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// The line in which it lies, escaped and cut.
    pub fn offending_line(&self) -> Option<&str> {
        self.line.as_deref()
    }

    /// The last lines that the program wrote to stderr before it ended.
    pub fn last_of_stderr(&self) -> &[String] {
        &self.stderr
    }
}

/// All of it in one line.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(expected) = &self.expected {
            write!(f, ", expected {expected}")?;
        }
        if let Some(line) = &self.line {
            write!(f, ", in the line `{line}`")?;
        }
        for (index, line) in self.stderr.iter().enumerate() {
            let before = if index == 0 {
                "; the last of its stderr: "
            } else {
                ", "
            };
            write!(f, "{before}`{line}`")?;
        }
        Ok(())
    }
}

/// Text of a program's own within a fault.
pub(super) fn its_own(text: &str) -> String {
    shown(text, SHOWN)
}
