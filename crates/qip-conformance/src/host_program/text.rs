//! Text that comes from a host program, made safe to show.

/// The most characters that a fault shows of a line, a message or a reason.
pub(super) const SHOWN: usize = 240;

/// Escapes what a terminal would act on, and cuts what is longer than `most` characters.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == most {
            shown.push('…');
            break;
        }
        match character {
            // `escape_debug` would escape these, and a terminal does not act on them.
            '"' | '\'' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

/// As [`shown`], for bytes that may be no text.
pub(super) fn shown_bytes(bytes: &[u8], most: usize) -> String {
    // Four bytes are a character at most; one more character says whether to cut.
    let part = &bytes[..bytes.len().min((most + 1) * 4)];
    shown(&String::from_utf8_lossy(part), most)
}

#[cfg(test)]
mod tests {
    use super::{shown, shown_bytes};

    #[test]
    fn is_escaped_and_cut() {
        assert_eq!(
            shown("{\"a\": '\\u{1b}é\u{1b}[31m\n'}", 99),
            "{\"a\": '\\u{1b}é\\u{1b}[31m\\n'}"
        );
        assert_eq!(shown("éééé", 3), "ééé…");
        assert_eq!(shown("ééé", 3), "ééé");
    }

    #[test]
    fn bytes_are_cut_where_their_text_is() {
        assert_eq!(shown_bytes("é".repeat(1000).as_bytes(), 3), "ééé…");
        assert_eq!(shown_bytes(b"a\xffb", 3), "a\u{fffd}b");
        assert_eq!(shown_bytes(&[0xff; 100], 2), "\u{fffd}\u{fffd}…");
    }
}
