//! Media types (MIME).

use super::request::bounds;

/// The most bytes that a module may declare (MIME-1).
const MOST_BYTES: u32 = 255;

/// MIME-2: trimmed, in lower case, without parameters, trimmed; nothing is unknown.
/// White space is what the web calls ASCII white space.
pub(super) fn normalized(text: &str) -> Option<String> {
    let lower = trimmed(text).to_ascii_lowercase();
    let without_parameters = lower.split(';').next().unwrap_or_default();
    let text = trimmed(without_parameters);
    (!text.is_empty()).then(|| text.to_owned())
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_ascii_whitespace())
}

/// MIME-1: the media type at a place in memory, not normalised, or what is wrong.
pub(super) fn declared(memory: &[u8], pointer: u32, size: u32) -> Result<&str, String> {
    if size > MOST_BYTES {
        return Err(format!("a content type of {size} bytes"));
    }
    let Some(place) = bounds(memory, pointer, u64::from(size)) else {
        return Err(format!(
            "a content type at {pointer} of {size} bytes, in a memory of {}",
            memory.len()
        ));
    };
    match std::str::from_utf8(&memory[place]) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => Err("a content type that is not ASCII".to_owned()),
    }
}
