//! WebAssembly text: how it is told from a binary, how much of it is taken, and how it is
//! refused.

use crate::{Code, Limits, Refusal, quote};

/// The most bytes of text that are taken: 4 MiB.
///
/// What assembles text holds all of it as a tree, in up to 150 bytes for each byte of the
/// text: text within this bound takes less than three quarters of a GiB. The time that names
/// of labels take grows with the square of how many there are.
pub const MOST_BYTES: u64 = 4 << 20;

/// Whether bytes look like WebAssembly text: they begin with `(` or `;;`, after spaces.
///
/// No binary does. For whoever takes both, as the command line does.
pub fn is_text(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start(), [b'(', ..] | [b';', b';', ..])
}

/// Text, if it is not too long and is UTF-8.
///
/// # Errors
///
/// [`Code::Limit`] for more than [`MOST_BYTES`], or more than a module may have;
/// [`Code::InvalidModule`] for what is not UTF-8, with its offset.
pub fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Refusal> {
    let size = bytes.len() as u64;
    let most = limits.module_bytes.min(MOST_BYTES);
    if size > most {
        let message =
            format!("the WebAssembly text has {size} bytes, over the limit of {most} for text");
        return Err(Refusal::new(Code::Limit, message)
            .named("text bytes")
            .found(size, most)
            .help("assemble it first, with `wasm-tools parse` for instance"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("the WebAssembly text is invalid: {error}");
        Refusal::new(Code::InvalidModule, message).at(error.valid_up_to() as u64)
    })
}

/// The refusal of text that does not parse: `place` is `line:column`, `what` the parser's
/// own words.
pub fn invalid(place: &str, what: &str) -> Refusal {
    let message = format!(
        "the WebAssembly text is invalid at line and column {}: {}",
        quote(place),
        quote(what)
    );
    Refusal::new(Code::InvalidModule, message)
}
