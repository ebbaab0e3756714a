//! WebAssembly text: how it is told from a binary, and how a binary is made of it.

/// The most bytes of text that [`Host::load_text`](crate::Host::load_text) and
/// [`Stage::text`](crate::Stage::text) take: 4 MiB.
///
/// What assembles text holds all of it as a tree, in up to 150 bytes for each byte of the
/// text: text within this bound takes less than three quarters of a GiB. The time that names
/// of labels take grows with the square of how many there are.
#[cfg(feature = "wat")]
pub const MOST_BYTES: u64 = 4 << 20;

/// The most bytes of text that are assembled with line information: 128 KiB.
///
/// The time that this takes grows with the square of how long a line is and of how deep
/// instructions are nested.
#[cfg(feature = "wat")]
pub const MOST_BYTES_WITH_LINES: u64 = 128 << 10;

/// Whether bytes look like WebAssembly text: they begin with `(` or `;;`, after spaces.
///
/// No binary does. For whoever takes both, as the command line does.
pub fn is_text(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start(), [b'(', ..] | [b';', b';', ..])
}

#[cfg(feature = "wat")]
pub(crate) use assembling::assemble;

#[cfg(feature = "wat")]
mod assembling {
    use qip_contract::{Code, Limits, Refusal, quote};

    use super::{MOST_BYTES, MOST_BYTES_WITH_LINES};

    /// Makes a binary of text, with lines that a backtrace can point to.
    ///
    /// # Errors
    ///
    /// [`Code::Limit`] for text of more than [`MOST_BYTES`], or of more than a module may
    /// have; [`Code::InvalidModule`] for text that is invalid.
    pub(crate) fn assemble(text: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
        let size = text.len() as u64;
        let most = limits.module_bytes.min(MOST_BYTES);
        if size > most {
            let message =
                format!("the WebAssembly text has {size} bytes, over the limit of {most} for text");
            return Err(Refusal::new(Code::Limit, message)
                .named("text bytes")
                .found(size, most)
                .help("assemble it first, with `wasm-tools parse` for instance"));
        }
        let source = std::str::from_utf8(text).map_err(|error| {
            let message = format!("the WebAssembly text is invalid: {error}");
            Refusal::new(Code::InvalidModule, message)
        })?;
        let mut parser = wat::Parser::new();
        if size <= MOST_BYTES_WITH_LINES {
            parser.generate_dwarf(wat::GenerateDwarf::Lines);
        }
        let binary = parser.parse_str(None, source);
        binary.map_err(|error| invalid(&error.to_string()))
    }

    /// The first line of what the parser says is what, the second where, and the rest draws
    /// the source. Of a long line it draws nothing: there what and where share a line.
    fn invalid(shown: &str) -> Refusal {
        let mut lines = shown.lines().map(str::trim);
        let first = lines.next().unwrap_or_default();
        let (what, place) = match lines.next() {
            Some(second) => (first, second.trim_start_matches("--> <anon>:")),
            None => first.rsplit_once(" at <anon>:").unwrap_or((first, "1:1")),
        };
        let message = format!(
            "the WebAssembly text is invalid at line and column {}: {}",
            quote(place),
            quote(what)
        );
        Refusal::new(Code::InvalidModule, message)
    }
}
