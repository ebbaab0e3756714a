//! Text that comes from a module, made safe to show (LIM-5).

/// The most characters of a module's text that are shown.
const SHOWN: usize = 128;

/// Escapes control and invisible characters in text out of a module or a
/// caller, and cuts it at 128 characters (LIM-5).
///
/// ```
/// assert_eq!(qip_contract::quote("a\u{1b}[31m"), "a\\u{1b}[31m");
/// ```
pub fn quote(text: &str) -> String {
    let mut shown = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(SHOWN) {
        // `escape_debug` leaves letters of every script as they are and escapes
        // what a terminal would act on; quotes need no escape here.
        match character {
            '"' | '\'' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
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
