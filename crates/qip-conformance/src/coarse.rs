//! Judging what a command printed, which is all that can be seen of it.

use std::fmt::Write as _;

use qip_contract::Code;

use crate::bytes::{self, first_difference};
use crate::expectation::ExpectedOutcome;
use crate::outcome::OutputKind;

/// The exit status of a request that succeeds.
pub(crate) const SUCCESS: i32 = 0;

/// Those of one that is refused or traps. A command that does not tell its failures apart
/// ends with 1.
pub(crate) const FAILED: [i32; 2] = [4, 1];

/// Those of one that a limit ends or refuses.
const LIMITED: [i32; 2] = [5, 1];

/// Whether this is what a command prints where `expected` comes out. A failure prints
/// nothing on stdout: output is not read then (OUT-4, RUN-5).
pub(crate) fn is_printed(expected: &ExpectedOutcome, status: i32, stdout: &[u8]) -> bool {
    statuses(expected).contains(&status) && stdout == printed(expected)
}

/// What a command prints and how it ends where `expected` comes out, in one line; of
/// long output, the part around `focus`.
pub(crate) fn describe(expected: &ExpectedOutcome, focus: usize) -> String {
    let statuses: Vec<String> = statuses(expected).iter().map(i32::to_string).collect();
    let status = format!("exit status {}", statuses.join(" or "));
    match expected {
        ExpectedOutcome::Output(..) | ExpectedOutcome::Scalar(_) => {
            format!("{status}, {}", bytes::show(&printed(expected), focus))
        }
        _ => format!("{status}, 0 bytes ({})", expected.describe(0)),
    }
}

/// Where what was printed begins to differ.
pub(crate) fn focus(expected: &ExpectedOutcome, stdout: &[u8]) -> usize {
    first_difference(&printed(expected), stdout)
}

fn statuses(expected: &ExpectedOutcome) -> &'static [i32] {
    match expected {
        ExpectedOutcome::Output(..) | ExpectedOutcome::Scalar(_) => &[SUCCESS],
        ExpectedOutcome::Refused(Code::Limit) | ExpectedOutcome::Stopped(_) => &LIMITED,
        ExpectedOutcome::Refused(_) | ExpectedOutcome::Trapped(_) => &FAILED,
    }
}

/// What stands on stdout (OUT-8, OUT-9).
fn printed(expected: &ExpectedOutcome) -> Vec<u8> {
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
        ExpectedOutcome::Refused(_) | ExpectedOutcome::Trapped(_) | ExpectedOutcome::Stopped(_) => {
            Vec::new()
        }
    }
}
