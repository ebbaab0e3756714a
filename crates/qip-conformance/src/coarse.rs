//! Judging what a command printed, which is all that can be seen of it.

use std::fmt::Write as _;

use qip_cases::bytes::{self, first_difference};
use qip_cases::{ExpectedOutcome, Outcome, OutputKind};
use qip_contract::Code;

/// The exit status of a request that succeeds.
pub(crate) const SUCCESS: i32 = 0;

/// The exit status of a request that is refused or traps.
pub(crate) const FAILED: i32 = 4;

/// The exit status of a request that a limit ends or refuses.
pub(crate) const LIMITED: i32 = 5;

/// What a command printed and how it ended.
#[derive(Clone, Copy)]
pub(crate) struct Printed<'a> {
    pub(crate) status: i32,
    pub(crate) stdout: &'a [u8],
    pub(crate) message: &'a str,
    /// The status of every failure, of a command that does not tell its failures apart.
    pub(crate) any_failure: Option<i32>,
}

impl<'a> Printed<'a> {
    /// What an outcome shows, where it shows no more than this.
    pub(crate) fn of(outcome: &'a Outcome) -> Option<Printed<'a>> {
        match outcome {
            Outcome::Printed {
                status,
                stdout,
                message,
                any_failure,
            } => Some(Printed {
                status: *status,
                stdout,
                message,
                any_failure: *any_failure,
            }),
            _ => None,
        }
    }

    /// Whether this is what a command prints where `expected` comes out. A failure prints
    /// nothing on stdout: output is not read then (OUT-4, RUN-5). And it says something on
    /// stderr: it is a failure that the command knows of.
    pub(crate) fn is(self, expected: &ExpectedOutcome) -> bool {
        // A picture is none of what is printed.
        !matches!(expected, ExpectedOutcome::Image(_))
            && self.status == self.wanted_status(expected)
            && self.stdout == stdout(expected)
            && (is_success(expected) || !self.message.trim().is_empty())
    }

    /// What the command prints and how it ends where `expected` comes out, in one line; of
    /// long output, the part around `focus`.
    pub(crate) fn wanted(self, expected: &ExpectedOutcome, focus: usize) -> String {
        let status = self.wanted_status(expected);
        if let ExpectedOutcome::Image(image) = expected {
            format!("exit status {status}, {} in a file", image.describe())
        } else if is_success(expected) {
            let stdout = bytes::show(&stdout(expected), focus);
            format!("exit status {status}, {stdout}")
        } else {
            let what = expected.describe(0);
            format!("exit status {status}, 0 bytes, a message ({what})")
        }
    }

    /// Where what was printed begins to differ.
    pub(crate) fn focus(self, expected: &ExpectedOutcome) -> usize {
        first_difference(&stdout(expected), self.stdout)
    }

    fn wanted_status(self, expected: &ExpectedOutcome) -> i32 {
        match expected {
            ExpectedOutcome::Output(..)
            | ExpectedOutcome::Scalar(_)
            | ExpectedOutcome::Image(_) => SUCCESS,
            ExpectedOutcome::Refused(Code::Limit) | ExpectedOutcome::Stopped(_) => {
                self.any_failure.unwrap_or(LIMITED)
            }
            ExpectedOutcome::Refused(_) | ExpectedOutcome::Trapped(_) => {
                self.any_failure.unwrap_or(FAILED)
            }
        }
    }
}

fn is_success(expected: &ExpectedOutcome) -> bool {
    matches!(
        expected,
        ExpectedOutcome::Output(..) | ExpectedOutcome::Scalar(_) | ExpectedOutcome::Image(_)
    )
}

/// What stands on stdout (OUT-8, OUT-9).
fn stdout(expected: &ExpectedOutcome) -> Vec<u8> {
    match expected {
        ExpectedOutcome::Output(OutputKind::Utf8, text) => {
            let mut text = text.to_vec();
            text.push(b'\n');
            text
        }
        ExpectedOutcome::Output(OutputKind::Bytes, bytes) => bytes.to_vec(),
        ExpectedOutcome::Output(OutputKind::I32, elements) => {
            let bytes = elements.to_vec();
            let (elements, _) = bytes.as_chunks::<4>();
            let lines = elements.iter().fold(String::new(), |mut lines, element| {
                // Writing to a string cannot fail.
                let _ = writeln!(lines, "{:08x}", u32::from_le_bytes(*element));
                lines
            });
            lines.into_bytes()
        }
        ExpectedOutcome::Scalar(value) => format!("Ran: {value}\n").into_bytes(),
        // A picture goes into a file.
        ExpectedOutcome::Image(_)
        | ExpectedOutcome::Refused(_)
        | ExpectedOutcome::Trapped(_)
        | ExpectedOutcome::Stopped(_) => Vec::new(),
    }
}
