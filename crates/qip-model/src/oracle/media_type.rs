//! Media types (MIME).

use qip_cases::Outcome;
use qip_contract::Code;

use super::hooks::Job;
use super::memory;
use super::mutation::Mutation;
use super::refusal::refused;

/// The most bytes that a module may declare (MIME-1).
const MOST_BYTES: u32 = 255;

/// MIME-2: trimmed, in lower case, without parameters, trimmed; nothing is unknown.
pub(crate) fn normalized(text: &str, job: Job<'_>) -> Option<String> {
    let lower = trimmed(text).to_ascii_lowercase();
    let without_parameters = lower.split(';').next().unwrap_or_default();
    let normalized = trimmed(without_parameters).to_owned();
    let known = Some(normalized).filter(|text| !text.is_empty());
    job.hooks.media_type(known, text)
}

/// White space is what the web calls ASCII white space.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_ascii_whitespace())
}

/// MIME-1: the media type at a place in memory, normalised.
pub(crate) fn declared(
    memory: &[u8],
    (pointer, size): (u32, u32),
    job: Job<'_>,
) -> Result<Option<String>, Outcome> {
    let refused = |why: String| Err(refused(Code::ContentType, why));
    if size > MOST_BYTES && !job.errs(Mutation::TypeLengthUnchecked) {
        return refused(format!("a content type of {size} bytes"));
    }
    let Some(place) = memory::place(memory, pointer, u64::from(size)) else {
        if job.errs(Mutation::TypeBoundsUnchecked) {
            return Ok(None);
        }
        return refused(format!(
            "a content type at {pointer} of {size} bytes, in a memory of {}",
            memory.len()
        ));
    };
    if place.end == memory.len() && job.errs(Mutation::TypeEndRefused) {
        return refused("a content type at the end".to_owned());
    }
    let text = String::from_utf8_lossy(&memory[place]);
    if !text.is_ascii() && !job.errs(Mutation::TypeAsciiUnchecked) {
        return refused("a content type that is not ASCII".to_owned());
    }
    Ok(normalized(&text, job))
}
