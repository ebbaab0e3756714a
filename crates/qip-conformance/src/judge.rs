//! Judging: does an outcome satisfy what a case expects?

use std::fmt;

use qip_cases::bytes::first_difference;
use qip_cases::{
    Capabilities, Capability, Expectation, Expected, ExpectedImage, ExpectedOutcome, Image,
    Outcome, PixelDifference, describe_type, shown_text,
};
use qip_contract::TrapKind;

use crate::coarse::Printed;

/// In what an outcome can differ from what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Aspect {
    /// The outcome itself: its kind, its bytes, its code.
    Outcome,
    /// The final content type.
    ContentType,
    /// The position of the failing stage.
    Stage,
    /// The offset of the fault.
    Offset,
    /// The message.
    Message,
    /// In a thorough run, what was answered the second time.
    SecondTime,
}

impl Aspect {
    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Aspect::Outcome => "outcome",
            Aspect::ContentType => "content type",
            Aspect::Stage => "stage",
            Aspect::Offset => "offset",
            Aspect::Message => "message",
            Aspect::SecondTime => "second time",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One way in which an outcome is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub what: Aspect,
    /// What was expected, in one line; of [`Aspect::SecondTime`], what was answered the first.
    pub expected: String,
    /// What was found, in one line.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            what,
            expected,
            found,
        } = self;
        write!(f, "{what}: expected {expected}, found {found}")
    }
}

/// In how much detail a subject is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Whether the three table traps are told apart (TRAP-3).
    pub indirect_kinds: bool,
    /// Whether messages are judged.
    pub texts: bool,
}

impl Detail {
    /// The detail that a subject with these capabilities is judged in.
    pub fn of(capabilities: &Capabilities) -> Detail {
        Detail {
            indirect_kinds: capabilities.contains(&Capability::IndirectKinds),
            texts: capabilities.contains(&Capability::Texts),
        }
    }
}

/// Holds an outcome against an expectation: no difference is a match. Of several
/// alternatives one is enough.
pub fn judge(expectation: &Expectation, outcome: &Outcome, detail: Detail) -> Vec<Difference> {
    match expectation.alternatives() {
        [only] => differences(only, outcome, detail),
        alternatives => {
            let matched = alternatives
                .iter()
                .any(|expected| differences(expected, outcome, detail).is_empty());
            if matched {
                return Vec::new();
            }
            vec![Difference {
                what: Aspect::Outcome,
                expected: expectation.describe(),
                found: outcome.describe(0),
            }]
        }
    }
}

fn differences(expected: &Expected, outcome: &Outcome, detail: Detail) -> Vec<Difference> {
    if !is_outcome(&expected.outcome, outcome, detail) {
        if let (ExpectedOutcome::Image(image), Outcome::Image(found)) = (&expected.outcome, outcome)
        {
            return vec![image_difference(image, found)];
        }
        let focus = focus(&expected.outcome, outcome);
        return vec![Difference {
            what: Aspect::Outcome,
            expected: match Printed::of(outcome) {
                Some(printed) => printed.wanted(&expected.outcome, focus),
                None => expected.outcome.describe(focus),
            },
            found: outcome.describe(focus),
        }];
    }
    let messages = [
        message_difference(expected, outcome),
        module_text_difference(expected, outcome),
    ];
    let messages = messages.into_iter().flatten().filter(|_| detail.texts);
    if is_coarse(outcome) {
        return messages.collect();
    }
    let details = [
        content_type_difference(expected, outcome),
        stage_difference(expected, outcome),
        offset_difference(expected, outcome),
    ];
    details.into_iter().flatten().chain(messages).collect()
}

/// The kinds of assertion that an outcome is judged by, for the count in reports.
pub(crate) fn judged(
    expectation: &Expectation,
    outcome: &Outcome,
    detail: Detail,
) -> Vec<&'static str> {
    let mut kinds = expectation.assertions();
    kinds.retain(|kind| match *kind {
        "content_type" | "stage" | "offset" => !is_coarse(outcome),
        "message" | "module_text" => detail.texts,
        _ => true,
    });
    kinds
}

/// Whether an outcome shows no more than what a command prints.
fn is_coarse(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Printed { .. })
}

fn is_outcome(expected: &ExpectedOutcome, outcome: &Outcome, detail: Detail) -> bool {
    if let Some(printed) = Printed::of(outcome) {
        return printed.is(expected);
    }
    match (expected, outcome) {
        (
            ExpectedOutcome::Output(kind, expected),
            Outcome::Output {
                kind: found, bytes, ..
            },
        ) => kind == found && expected.len() == bytes.len() as u64 && expected.to_vec() == *bytes,
        (ExpectedOutcome::Scalar(expected), Outcome::Scalar { value, .. }) => expected == value,
        (ExpectedOutcome::Image(expected), Outcome::Image(found)) => expected.allows(found),
        (ExpectedOutcome::Refused(expected), Outcome::Refused { code, .. }) => expected == code,
        (ExpectedOutcome::Trapped(expected), Outcome::Trapped { kind, .. }) => {
            is_trap(*expected, *kind, detail)
        }
        (ExpectedOutcome::Stopped(expected), Outcome::Stopped { exhausted, .. }) => {
            expected == exhausted
        }
        _ => false,
    }
}

/// TRAP-3: without `indirect-kinds`, the three table kinds are one.
pub(crate) fn is_trap(expected: TrapKind, found: TrapKind, detail: Detail) -> bool {
    let are_one = !detail.indirect_kinds && expected.is_table_kind() && found.is_table_kind();
    expected == found || are_one
}

/// Where two outputs begin to differ.
fn focus(expected: &ExpectedOutcome, outcome: &Outcome) -> usize {
    match (expected, outcome) {
        (ExpectedOutcome::Output(_, expected), Outcome::Output { bytes, .. }) => {
            first_difference(&expected.to_vec(), bytes)
        }
        _ => Printed::of(outcome).map_or(0, |printed| printed.focus(expected)),
    }
}

/// How a picture is another than was expected.
fn image_difference(expected: &ExpectedImage, found: &Image) -> Difference {
    let pixels = PixelDifference::of(&expected.image, found, expected.max_difference);
    let (expected, found) = match pixels {
        Some(pixels) => (
            format!("{}: {}", expected.describe(), pixels.of_left()),
            format!("{found}: {}", pixels.of_right()),
        ),
        None => (expected.describe(), format!("{found}, another size")),
    };
    Difference {
        what: Aspect::Outcome,
        expected,
        found,
    }
}

fn content_type_difference(expected: &Expected, outcome: &Outcome) -> Option<Difference> {
    let expected = expected.content_type.as_deref()?;
    let found = outcome.content_type().unwrap_or_default();
    (expected != found).then(|| Difference {
        what: Aspect::ContentType,
        expected: describe_type(expected),
        found: describe_type(found),
    })
}

fn stage_difference(expected: &Expected, outcome: &Outcome) -> Option<Difference> {
    let expected = expected.stage?;
    let found = outcome.stage();
    (Some(expected) != found).then(|| Difference {
        what: Aspect::Stage,
        expected: expected.to_string(),
        found: found.map_or("none".to_owned(), |stage| stage.to_string()),
    })
}

fn offset_difference(expected: &Expected, outcome: &Outcome) -> Option<Difference> {
    let expected = expected.offset?;
    let found = match outcome {
        Outcome::Refused { offset, .. } => *offset,
        _ => None,
    };
    (Some(expected) != found).then(|| Difference {
        what: Aspect::Offset,
        expected: expected.to_string(),
        found: found.map_or("none".to_owned(), |offset| offset.to_string()),
    })
}

/// LIM-5: how the message shows text of the module.
fn module_text_difference(expected: &Expected, outcome: &Outcome) -> Option<Difference> {
    let text = expected.module_text.as_deref()?;
    let found = outcome.message().unwrap_or_default();
    let fault = shown_text::fault(found, text)?;
    Some(Difference {
        what: Aspect::Message,
        expected: "text of the module escaped, and at most 128 characters of it (LIM-5)".into(),
        found: format!("{fault} in \"{}\"", qip_contract::quote(found)),
    })
}

fn message_difference(expected: &Expected, outcome: &Outcome) -> Option<Difference> {
    let expected = expected.message.as_deref()?;
    let found = outcome.message().unwrap_or_default();
    (!found.contains(expected)).then(|| Difference {
        what: Aspect::Message,
        expected: format!("something with \"{}\"", qip_contract::quote(expected)),
        found: format!("\"{}\"", qip_contract::quote(found)),
    })
}
