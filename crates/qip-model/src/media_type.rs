//! Media types (MIME).

use std::borrow::Cow;

use super::request::bounds;
use super::{Job, Mutation};

/// The most bytes that a module may declare (MIME-1).
const MOST_BYTES: u32 = 255;

/// MIME-2: trimmed, in lower case, without parameters, trimmed; nothing is unknown.
/// White space is what the web calls ASCII white space.
pub(super) fn normalized(text: &str, job: Job<'_>) -> Option<String> {
    let mut text = trimmed(text, job).to_owned();
    if text.contains(' ') && job.errs(Mutation::TypeSpacesRemoved) {
        text = text.replace(' ', "");
    }
    if !job.errs(Mutation::TypeNotLowered) {
        text.make_ascii_lowercase();
    }
    if !job.errs(Mutation::ParametersKept) {
        text.truncate(text.find(';').unwrap_or(text.len()));
    }
    if !job.errs(Mutation::TypeTrimmedOnce) {
        text = trimmed(&text, job).to_owned();
    }
    (!text.is_empty() || job.errs(Mutation::EmptyTypeKnown)).then_some(text)
}

fn trimmed<'t>(text: &'t str, job: Job<'_>) -> &'t str {
    if job.errs(Mutation::TypeNotTrimmed) {
        return text;
    }
    if job.errs(Mutation::TypeTrimmedWidely) {
        return text.trim();
    }
    text.trim_matches(|character: char| character.is_ascii_whitespace())
}

/// MIME-1: the media type at a place in memory, not normalised, or what is wrong.
pub(super) fn declared<'m>(
    memory: &'m [u8],
    pointer: u32,
    size: u32,
    job: Job<'_>,
) -> Result<Cow<'m, str>, String> {
    let is_unknown = size > i32::MAX.cast_unsigned() && job.errs(Mutation::TypeSizeSigned)
        || pointer == 0 && job.errs(Mutation::TypeAtZeroIsNone);
    if is_unknown {
        return Ok(Cow::Borrowed(""));
    }
    if size == 0 && job.errs(Mutation::EmptyTypeRefused) {
        return Err("an empty content type".to_owned());
    }
    let is_too_long = size > MOST_BYTES && !job.errs(Mutation::TypeLengthUnchecked);
    if is_too_long || size == MOST_BYTES && job.errs(Mutation::TypeLimitExclusive) {
        return Err(format!("a content type of {size} bytes"));
    }
    let place = bounds(memory, pointer, u64::from(size));
    let place =
        place.filter(|place| place.end < memory.len() || !job.errs(Mutation::TypeEndRefused));
    let Some(place) = place else {
        if job.errs(Mutation::TypeBoundsUnchecked) {
            return Ok(Cow::Borrowed(""));
        }
        return Err(format!(
            "a content type at {pointer} of {size} bytes, in a memory of {}",
            memory.len()
        ));
    };
    let bytes = &memory[place];
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Ok(Cow::Borrowed(text)),
        _ if job.errs(Mutation::TypeAsciiUnchecked) => Ok(String::from_utf8_lossy(bytes)),
        _ => Err("a content type that is not ASCII".to_owned()),
    }
}
