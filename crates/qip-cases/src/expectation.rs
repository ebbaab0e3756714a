//! What a case expects: one outcome, or several where the contract allows more.

use std::sync::Arc;

use qip_contract::{Code, TrapKind};
use qip_engine::Exhausted;

use crate::bytes::Bytes;
use crate::image::{Image, PixelDifference};
use crate::outcome::{OutputKind, describe_type};

/// The outcomes that satisfy a request of a case: one, or two and more under `any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    alternatives: Vec<Expected>,
}

/// One outcome that satisfies a request, with the details that are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The outcome itself.
    pub outcome: ExpectedOutcome,
    /// The final content type, empty for unknown; `None` is not judged.
    pub content_type: Option<String>,
    /// The position of the failing stage, from 1; `None` is not judged.
    pub stage: Option<usize>,
    /// The offset of the first ill-formed sequence; `None` is not judged.
    pub offset: Option<u64>,
    /// A part of the message; `None` is not judged.
    pub message: Option<String>,
    /// Text of the module that the message may show only escaped and cut (LIM-5); `None` is
    /// not judged.
    pub module_text: Option<String>,
}

/// The outcome of an [`Expected`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedOutcome {
    /// Output of this kind, these bytes.
    Output(OutputKind, Bytes),
    /// The result of a module without an output buffer.
    Scalar(i32),
    /// A picture.
    Image(ExpectedImage),
    /// A failure code.
    Refused(Code),
    /// A trap.
    Trapped(TrapKind),
    /// A limit that ran out.
    Stopped(Exhausted),
}

/// A picture, and how much another may differ from it.
///
/// Without `max_pixels`, every sample may differ by `max_difference`. With it, so many
/// pixels may differ at all: by `max_difference`, or by anything where that is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedImage {
    /// The picture.
    pub image: Arc<Image>,
    /// The greatest difference of a sample that is allowed.
    pub max_difference: u8,
    /// How many pixels may differ at all.
    pub max_pixels: Option<u64>,
}

impl ExpectedImage {
    /// A picture from which nothing may differ.
    pub fn exactly(image: impl Into<Arc<Image>>) -> ExpectedImage {
        ExpectedImage {
            image: image.into(),
            max_difference: 0,
            max_pixels: None,
        }
    }

    /// Whether another picture is close enough.
    pub fn allows(&self, found: &Image) -> bool {
        if !self.image.is_as_large_as(found) {
            return false;
        }
        let Some(difference) = PixelDifference::of(&self.image, found, self.max_difference) else {
            return true;
        };
        match self.max_pixels {
            None => difference.greatest <= self.max_difference,
            Some(most) => {
                let is_close =
                    self.max_difference == 0 || difference.greatest <= self.max_difference;
                is_close && difference.pixels <= most
            }
        }
    }
}

impl Expectation {
    /// Outcomes of which one is enough.
    pub fn new(alternatives: Vec<Expected>) -> Expectation {
        Expectation { alternatives }
    }

    /// The outcomes, of which one is enough.
    pub fn alternatives(&self) -> &[Expected] {
        &self.alternatives
    }

    /// The kinds of assertion that it makes, for the count in reports.
    pub fn assertions(&self) -> Vec<&'static str> {
        match self.alternatives.as_slice() {
            [only] => only.assertions(),
            _ => vec!["any"],
        }
    }

    /// What is expected, in one line.
    pub fn describe(&self) -> String {
        let alternatives: Vec<String> = self.alternatives.iter().map(Expected::describe).collect();
        alternatives.join(", or ")
    }
}

impl Expected {
    /// An outcome of which nothing else is judged.
    pub fn new(outcome: ExpectedOutcome) -> Expected {
        Expected {
            outcome,
            content_type: None,
            stage: None,
            offset: None,
            message: None,
            module_text: None,
        }
    }

    fn assertions(&self) -> Vec<&'static str> {
        let outcome = match &self.outcome {
            ExpectedOutcome::Output(kind, _) => kind.as_str(),
            ExpectedOutcome::Scalar(_) => "scalar",
            ExpectedOutcome::Image(_) => "image",
            ExpectedOutcome::Refused(_) => "refused",
            ExpectedOutcome::Trapped(_) => "trap",
            ExpectedOutcome::Stopped(_) => "stopped",
        };
        let details = [
            self.content_type.as_ref().map(|_| "content_type"),
            self.stage.map(|_| "stage"),
            self.offset.map(|_| "offset"),
            self.message.as_ref().map(|_| "message"),
            self.module_text.as_ref().map(|_| "module_text"),
        ];
        [Some(outcome)]
            .into_iter()
            .chain(details)
            .flatten()
            .collect()
    }

    fn describe(&self) -> String {
        let mut text = self.outcome.describe(0);
        if let Some(content_type) = &self.content_type {
            text += &format!(", content type {}", describe_type(content_type));
        }
        if let Some(stage) = self.stage {
            text += &format!(", stage {stage}");
        }
        if let Some(offset) = self.offset {
            text += &format!(", offset {offset}");
        }
        if let Some(message) = &self.message {
            text += &format!(", message with {message:?}");
        }
        if let Some(shown) = &self.module_text {
            text += &format!(
                ", module's text \"{}\" escaped and cut",
                qip_contract::quote(shown)
            );
        }
        text
    }
}

impl ExpectedOutcome {
    /// The outcome in one line; of long bytes, the part around `focus`.
    pub fn describe(&self, focus: usize) -> String {
        match self {
            ExpectedOutcome::Output(kind, bytes) => kind.describe(&bytes.to_vec(), focus),
            ExpectedOutcome::Scalar(value) => format!("scalar {value}"),
            ExpectedOutcome::Image(expected) => expected.describe(),
            ExpectedOutcome::Refused(code) => format!("refused {code}"),
            ExpectedOutcome::Trapped(kind) => format!("trap {kind}"),
            ExpectedOutcome::Stopped(exhausted) => format!("stopped {}", exhausted.as_str()),
        }
    }
}

impl ExpectedImage {
    /// The picture's size and what may differ, in one line.
    pub fn describe(&self) -> String {
        let mut text = self.image.to_string();
        if self.max_difference > 0 {
            text += &format!(", samples within {}", self.max_difference);
        }
        if let Some(most) = self.max_pixels {
            let pixels = if most == 1 { "pixel" } else { "pixels" };
            text += &format!(", at most {most} differing {pixels}");
        }
        text
    }
}
