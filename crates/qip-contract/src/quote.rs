//! Text that comes from a module, made safe to show (LIM-5).

/// The most characters that are shown of a module's text.
const SHOWN: usize = 128;

/// Escapes control and invisible characters in text out of a module or a
/// caller, and cuts what is shown at 128 characters (LIM-5).
///
/// ```
/// assert_eq!(qip_contract::quote("a\u{1b}[31m"), "a\\u{1b}[31m");
/// ```
pub fn quote(text: &str) -> String {
    let mut shown = String::new();
    let mut left = SHOWN;
    for character in text.chars() {
        // `escape_debug` leaves letters of every script as they are and escapes
        // what a terminal would act on; quotes need no escape here.
        let escape = character.escape_debug();
        let length = match character {
            '"' | '\'' => 1,
            _ => escape.len(),
        };
        if length > left {
            shown.push('…');
            break;
        }
        left -= length;
        match length {
            1 => shown.push(character),
            _ => shown.extend(escape),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn cuts_after_128_characters() {
        assert_eq!(quote(&"é".repeat(128)), "é".repeat(128));
        assert_eq!(quote(&"é".repeat(10_000)), format!("{}…", "é".repeat(128)));
    }

    #[test]
    fn escapes_what_a_terminal_would_act_on() {
        assert_eq!(quote("a\nb\u{202e}c\u{7f}"), "a\\nb\\u{202e}c\\u{7f}");
    }
}
