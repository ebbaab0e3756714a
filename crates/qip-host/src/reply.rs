//! What comes back from a request.

use std::ops::Deref;
use std::time::Duration;

use smallvec::SmallVec;

use crate::engine::Usage;

/// The output of the last stage. It is the caller's own, and never a view of a
/// module's memory (OUT-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Text: well-formed UTF-8, unless the host was told not to check
    /// ([`Utf8::Unchecked`](crate::Utf8::Unchecked)).
    Utf8(Vec<u8>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// 32-bit elements.
    I32(Vec<i32>),
    /// The result of a module without an output buffer (OUT-8).
    Scalar(i32),
}

impl Output {
    /// The text, where the output is well-formed UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Output::Utf8(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }
}

/// A request's success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What the last stage gave.
    pub output: Output,
    /// The content type at the end, normalised; `None` is unknown (MIME-4).
    pub content_type: Option<String>,
    /// What each stage used, in order.
    pub stages: Usages,
    /// How long the request took, where a time limit made the host look.
    pub time: Option<Duration>,
}

/// What each stage of a request used, as a slice. A single stage, which most
/// requests are, needs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usages(SmallVec<[Usage; 1]>);

impl Usages {
    #[inline]
    pub(crate) fn push(&mut self, usage: Usage) {
        self.0.push(usage);
    }

    pub(crate) fn extend(&mut self, usages: impl IntoIterator<Item = Usage>) {
        self.0.extend(usages);
    }
}

impl Deref for Usages {
    type Target = [Usage];

    fn deref(&self) -> &[Usage] {
        &self.0
    }
}
