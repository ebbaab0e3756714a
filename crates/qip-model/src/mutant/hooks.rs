//! Mistakes within the oracle: decisions that are taken otherwise.

use std::borrow::Cow;

use qip_contract::Value;

use crate::oracle::hooks::Hooks;
use crate::oracle::media_type::trimmed;
use crate::oracle::mutation::Mutation as M;
use crate::oracle::order::Step;
use crate::oracle::picture::{Canvas, Pixel, Sight};
use qip_cases::Outcome;

use super::{Flaw, Wrong, bmp, order, picture};

/// An oracle that errs.
pub(super) struct Spoiled {
    pub(super) flaw: Flaw,
}

impl Hooks for Spoiled {
    fn errs(&self, mutation: M) -> bool {
        self.flaw.is(mutation)
    }

    fn order(&self, right: &'static [Step]) -> Cow<'static, [Step]> {
        Cow::Owned(order::spoiled(right, &self.flaw))
    }

    fn look(
        &self,
        right: &'static [Step],
        check: &mut dyn FnMut(Step) -> Result<(), Outcome>,
    ) -> Result<(), Outcome> {
        order::look(right, check, &self.flaw)
    }

    fn uniforms(
        &self,
        right: Vec<(String, Value)>,
        given: &[(String, String)],
    ) -> Vec<(String, Value)> {
        self.flaw.of(right, given, UNIFORMS)
    }

    fn pixel_in(&self, right: Pixel, bytes: [u8; 4]) -> Pixel {
        self.flaw.of(right, &bytes, picture::PIXELS_IN)
    }

    fn between(&self, canvas: &mut Canvas, stage: usize, has_halos: bool) {
        picture::between(canvas, stage, has_halos, &self.flaw);
    }

    fn seen(&self, right: Pixel, sight: &Sight<'_>) -> Pixel {
        picture::seen(right, sight, &self.flaw)
    }

    fn pixel_out(&self, right: [u8; 4], pixel: Pixel, before: [u8; 4]) -> [u8; 4] {
        self.flaw.of(right, &(pixel, before), picture::PIXELS_OUT)
    }

    fn cores(&self, right: Vec<(i64, i64)>, size: (i64, i64)) -> Vec<(i64, i64)> {
        self.flaw.of(right, &size, picture::CORES)
    }

    fn place(&self, right: (i64, i64), core: (i64, i64), halo: i64) -> (i64, i64) {
        self.flaw.of(right, &(core, halo), picture::PLACES)
    }

    fn bmp_in(&self, right: Vec<u8>) -> Vec<u8> {
        bmp::before(right, &self.flaw)
    }

    fn bmp_out(&self, right: Vec<u8>, before: &[u8]) -> Vec<u8> {
        self.flaw.of(right, before, bmp::AFTER)
    }

    fn media_type(&self, right: Option<String>, text: &str) -> Option<String> {
        self.flaw.of(right, text, MEDIA_TYPES)
    }

    fn input_text(&self, right: Vec<u8>) -> Vec<u8> {
        self.flaw.of(right, &(), TEXTS)
    }

    fn fault_of_utf8(&self, right: Option<usize>, bytes: &[u8]) -> Option<usize> {
        self.flaw.of(right, bytes, FAULTS_OF_UTF8)
    }

    fn shown(&self, right: String, text: &str) -> String {
        self.flaw.of(right, text, SHOWN)
    }
}

/// Values by key.
type Uniforms = Vec<(String, Value)>;

const UNIFORMS: &Wrong<Uniforms, [(String, String)]> = &[
    (M::UniformsUnsorted, |given, right| {
        let place = |key: &String| given.iter().position(|(given, _)| given == key);
        sorted(right, |(key, _)| place(key))
    }),
    (M::UniformsCaseless, |_, right| {
        sorted(right, |(key, _)| key.to_ascii_lowercase())
    }),
    (M::UniformsReversed, |_, right| {
        right.iter().rev().cloned().collect()
    }),
];

fn sorted<T: Clone, K: Ord>(right: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut wrong = right.to_vec();
    wrong.sort_by_key(key);
    wrong
}

const MEDIA_TYPES: &Wrong<Option<String>, str> = &[
    (M::TypeNotLowered, |text, _| {
        known(trimmed(head(trimmed(text))))
    }),
    (M::ParametersKept, |text, _| known(&lower(trimmed(text)))),
    (M::TypeNotTrimmed, |text, _| known(head(&lower(text)))),
    (M::TypeTrimmedOnce, |text, _| {
        known(head(&lower(trimmed(text))))
    }),
    (M::TypeTrimmedWidely, |text, _| {
        known(head(&lower(text.trim())).trim())
    }),
    (M::TypeSpacesRemoved, |text, _| {
        known(
            trimmed(head(&lower(trimmed(text))))
                .replace(' ', "")
                .as_str(),
        )
    }),
    (M::EmptyTypeKnown, |_, right| {
        Some(right.clone().unwrap_or_default())
    }),
];

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

fn head(text: &str) -> &str {
    text.split(';').next().unwrap_or_default()
}

fn known(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

const TEXTS: &Wrong<Vec<u8>, ()> = &[
    (M::InputUtf8Repaired, |(), right| {
        String::from_utf8_lossy(right).into_owned().into_bytes()
    }),
    (M::InputBomStripped, |(), right| {
        right
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(right)
            .to_vec()
    }),
];

const FAULTS_OF_UTF8: &Wrong<Option<usize>, [u8]> = &[
    (M::AsciiOnly, |bytes, _| {
        bytes.iter().position(|byte| !byte.is_ascii())
    }),
    (M::Utf8EndUnchecked, |bytes, right| {
        let error = std::str::from_utf8(bytes).err();
        right.filter(|_| error.is_some_and(|error| error.error_len().is_some()))
    }),
    (M::Utf8OffsetOfError, |bytes, _| {
        let error = std::str::from_utf8(bytes).err()?;
        let length = error.error_len();
        Some(length.map_or(bytes.len(), |length| error.valid_up_to() + length))
    }),
    (M::Utf8Lax, |bytes, right| {
        right.filter(|_| !is_lax_text(bytes))
    }),
];

/// Whether the bytes are UTF-8 to someone who only looks at how sequences begin, and that as
/// many continuations follow.
fn is_lax_text(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let length = match first {
            0..=0x7f => 0,
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => return false,
        };
        let Some((continuation, after)) = after.split_at_checked(length) else {
            return false;
        };
        if continuation.iter().any(|byte| byte & 0xc0 != 0x80) {
            return false;
        }
        rest = after;
    }
    true
}

const SHOWN: &Wrong<String, str> = &[
    (M::NamesUncut, |text, _| text.escape_debug().collect()),
    (M::NamesUnescaped, |text, _| {
        text.chars().take(128).collect()
    }),
];
