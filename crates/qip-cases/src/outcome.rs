//! What a subject answers to one request.

use std::fmt;

use qip_contract::{Code, TrapKind, quote};
use qip_engine::Exhausted;

use crate::bytes;
use crate::capability::Capability;
use crate::image::Image;

/// What a subject answered to one request of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Output.
    Output {
        /// Its kind.
        kind: OutputKind,
        /// Its bytes; elements of 32 bits are little-endian.
        bytes: Vec<u8>,
        /// The final content type, where it is known.
        content_type: Option<String>,
    },
    /// The result of a module without an output buffer (OUT-8).
    Scalar {
        /// The result.
        value: i32,
        /// The final content type, where it is known.
        content_type: Option<String>,
    },
    /// What the filters made of a picture.
    Image(Image),
    /// The module, recipe, input or output was refused.
    Refused {
        /// The failure code.
        code: Code,
        /// The message for people.
        message: String,
        /// The position of the failing stage, from 1.
        stage: Option<usize>,
        /// Where in the input or output the fault is.
        offset: Option<u64>,
    },
    /// The module trapped.
    Trapped {
        /// The kind of trap.
        kind: TrapKind,
        /// The position of the failing stage, from 1.
        stage: Option<usize>,
        /// The message for people.
        message: String,
    },
    /// A limit ran out.
    Stopped {
        /// Which one.
        exhausted: Exhausted,
        /// The position of the failing stage, from 1.
        stage: Option<usize>,
        /// The message for people.
        message: String,
    },
    /// What a command printed and how it ended: all that can be seen of one. It stands
    /// for whatever outcomes print the same.
    Printed {
        /// Its exit status.
        status: i32,
        /// What it wrote to stdout; of a failure that wrote a picture, the picture's file.
        stdout: Vec<u8>,
        /// The message for people: what it wrote to stderr.
        message: String,
        /// The exit status of every failure, of a command that does not tell its failures
        /// apart: what it ended with when it was seen to refuse something.
        any_failure: Option<i32>,
    },
    /// The subject said that it lacks a capability: believed where it does not claim to
    /// have it and the case needs it, and its fault elsewhere.
    Unsupported {
        /// The capability.
        capability: Capability,
    },
    /// The subject crashed, hung, or answered what is no answer. Never a pass.
    Broken {
        /// What happened.
        why: String,
        /// Whether it gave no answer to the end: asked again, it is waited for again.
        hung: bool,
    },
}

/// The kind of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputKind {
    /// UTF-8 text.
    Utf8,
    /// Bytes.
    Bytes,
    /// 32-bit elements.
    I32,
}

impl OutputKind {
    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            OutputKind::Utf8 => "utf8",
            OutputKind::Bytes => "bytes",
            OutputKind::I32 => "i32",
        }
    }
}

impl fmt::Display for OutputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Outcome {
    /// A subject's own fault.
    pub fn broken(why: impl Into<String>) -> Outcome {
        let (why, hung) = (why.into(), false);
        Outcome::Broken { why, hung }
    }

    /// The same, of a subject that gave no answer to the end.
    pub fn hung(why: impl Into<String>) -> Outcome {
        let (why, hung) = (why.into(), true);
        Outcome::Broken { why, hung }
    }

    /// The final content type, empty for unknown; `None` where the outcome has none.
    pub fn content_type(&self) -> Option<&str> {
        match self {
            Outcome::Output { content_type, .. } | Outcome::Scalar { content_type, .. } => {
                Some(content_type.as_deref().unwrap_or_default())
            }
            _ => None,
        }
    }

    /// The position of the failing stage, where the outcome names one.
    pub fn stage(&self) -> Option<usize> {
        match self {
            Outcome::Refused { stage, .. }
            | Outcome::Trapped { stage, .. }
            | Outcome::Stopped { stage, .. } => *stage,
            _ => None,
        }
    }

    /// The outcome as far as two of them can be compared: without the message, which every
    /// host words as it likes, and without an offset where no clause asks for one. An empty
    /// content type is none.
    #[must_use]
    pub fn without_text(&self) -> Outcome {
        let mut outcome = self.clone();
        match &mut outcome {
            Outcome::Output { content_type, .. } | Outcome::Scalar { content_type, .. } => {
                content_type.take_if(|text| text.is_empty());
            }
            Outcome::Refused {
                code,
                message,
                offset,
                ..
            } => {
                message.clear();
                if !matches!(code, Code::InputNotUtf8 | Code::OutputNotUtf8) {
                    *offset = None;
                }
            }
            Outcome::Trapped { message, .. }
            | Outcome::Stopped { message, .. }
            | Outcome::Printed { message, .. } => message.clear(),
            Outcome::Image(_) | Outcome::Unsupported { .. } | Outcome::Broken { .. } => {}
        }
        outcome
    }

    /// Whether it is one that the contract does not promise again: DET-1 leaves open how
    /// deep the stack is and what fits a time limit.
    pub fn depends_on_the_machine(&self) -> bool {
        matches!(
            self,
            Outcome::Trapped {
                kind: TrapKind::StackOverflow,
                ..
            } | Outcome::Stopped {
                exhausted: Exhausted::Time,
                ..
            }
        )
    }

    /// The message, where the outcome has one.
    pub fn message(&self) -> Option<&str> {
        match self {
            Outcome::Refused { message, .. }
            | Outcome::Trapped { message, .. }
            | Outcome::Stopped { message, .. }
            | Outcome::Printed { message, .. } => Some(message),
            _ => None,
        }
    }

    /// How many bytes of output it carries.
    pub fn output_bytes(&self) -> usize {
        match self {
            Outcome::Output { bytes, .. } => bytes.len(),
            Outcome::Image(image) => image.pixels.len(),
            Outcome::Printed { stdout, .. } => stdout.len(),
            _ => 0,
        }
    }

    /// The outcome in one line; of long bytes, the part around `focus`.
    pub fn describe(&self, focus: usize) -> String {
        let mut text = match self {
            Outcome::Output { kind, bytes, .. } => kind.describe(bytes, focus),
            Outcome::Scalar { value, .. } => format!("scalar {value}"),
            Outcome::Image(image) => image.to_string(),
            Outcome::Refused { code, .. } => format!("refused {code}"),
            Outcome::Trapped { kind, .. } => format!("trap {kind}"),
            Outcome::Stopped { exhausted, .. } => format!("stopped {}", exhausted.as_str()),
            Outcome::Printed { status, stdout, .. } => {
                format!("exit status {status}, {}", bytes::show(stdout, focus))
            }
            Outcome::Unsupported { capability } => format!("unsupported {capability}"),
            Outcome::Broken { why, .. } => format!("broken: {why}"),
        };
        if let Some(content_type) = self.content_type().filter(|text| !text.is_empty()) {
            text += &format!(", content type {}", describe_type(content_type));
        }
        if let Some(stage) = self.stage() {
            text += &format!(", stage {stage}");
        }
        if let Outcome::Refused {
            offset: Some(offset),
            ..
        } = self
        {
            text += &format!(", offset {offset}");
        }
        if let Some(message) = self.message().filter(|text| !text.is_empty()) {
            text += &format!(": {}", quote(message));
        }
        text
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(0))
    }
}

/// A content type for people.
pub fn describe_type(content_type: &str) -> String {
    if content_type.is_empty() {
        "unknown".to_owned()
    } else {
        qip_contract::quote(content_type)
    }
}

impl OutputKind {
    /// Output of this kind in one line; of long bytes, the part around `focus`.
    pub(crate) fn describe(self, output: &[u8], focus: usize) -> String {
        match self {
            OutputKind::Utf8 | OutputKind::Bytes => {
                format!("{self} {}", bytes::show(output, focus))
            }
            OutputKind::I32 => {
                let (elements, _) = output.as_chunks::<4>();
                let first = (focus / 4).saturating_sub(2).min(elements.len());
                let shown: Vec<String> = elements[first..]
                    .iter()
                    .take(8)
                    .map(|element| i32::from_le_bytes(*element).to_string())
                    .collect();
                let before = if first > 0 { "…, " } else { "" };
                let after = if first + 8 < elements.len() {
                    ", …"
                } else {
                    ""
                };
                let count = elements.len();
                format!(
                    "i32 {count} elements: [{before}{}{after}]",
                    shown.join(", ")
                )
            }
        }
    }
}
