//! WebAssembly text: how it is told from a binary, and how a binary is made of it.

pub use qip_contract::text::is_text;

/// The most bytes of text that [`Host::load_text`](crate::Host::load_text) and
/// [`Stage::text`](crate::Stage::text) take.
#[cfg(feature = "wat")]
pub use qip_contract::text::MOST_BYTES;

/// The most bytes of text that are assembled with line information: 128 KiB.
///
/// The time that this takes grows with the square of how long a line is and of how deep
/// instructions are nested.
#[cfg(feature = "wat")]
pub const MOST_BYTES_WITH_LINES: u64 = 128 << 10;

#[cfg(feature = "wat")]
pub(crate) use assembling::assemble;

#[cfg(feature = "wat")]
mod assembling {
    use qip_contract::{Limits, Refusal, text};

    use super::MOST_BYTES_WITH_LINES;

    /// Makes a binary of text, with lines that a backtrace can point to.
    ///
    /// # Errors
    ///
    /// As [`text::read`]; and [`Code::InvalidModule`](qip_contract::Code::InvalidModule) for
    /// text that is invalid.
    pub(crate) fn assemble(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
        let source = text::read(bytes, limits)?;
        let mut parser = wat::Parser::new();
        if source.len() as u64 <= MOST_BYTES_WITH_LINES {
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
        text::invalid(place, what)
    }
}
