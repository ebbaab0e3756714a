//! Text of a module in a message: whether it is escaped and cut (LIM-5).

/// The most characters of a module's text that a message may show in a row.
const SHOWN: usize = 128;

/// What is wrong with how a message shows this text of a module.
///
/// Line feeds of the message itself are its own: only where the text has one may it not be
/// shown as it is.
pub fn fault(message: &str, text: &str) -> Option<String> {
    let mut characters = message.chars();
    let unescaped =
        characters.find(|character| *character != '\n' && has_to_be_escaped(*character));
    if let Some(character) = unescaped {
        return Some(format!("U+{:04X} as it is", u32::from(character)));
    }
    if text.contains(has_to_be_escaped) && message.contains(text) {
        return Some("the text as it is".to_owned());
    }
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut windows = characters.windows(SHOWN + 1);
    let is_shown = |window: &[(usize, char)]| {
        let (Some((start, _)), Some((last, character))) = (window.first(), window.last()) else {
            return false;
        };
        message.contains(&text[*start..last + character.len_utf8()])
    };
    let is_uncut = message.len() > SHOWN && windows.any(is_shown);
    is_uncut.then(|| format!("more than {SHOWN} characters of the text"))
}

/// Whether there is a message that shows this text wrongly.
pub(crate) fn could_be_shown_wrongly(text: &str) -> bool {
    text.contains(has_to_be_escaped) || text.chars().nth(SHOWN).is_some()
}

/// LIM-5: control characters, and those that break a line or turn the direction of writing.
fn has_to_be_escaped(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::{could_be_shown_wrongly, fault, has_to_be_escaped};

    #[test]
    fn what_is_cut_may_be_128_characters_long() {
        let name = "n".repeat(10_000);
        let message = |shown: usize| format!("imports env.{}…", &name[..shown]);
        assert_eq!(fault(&message(128), &name), None);
        let found = fault(&message(129), &name).unwrap();
        assert_eq!(found, "more than 128 characters of the text");
        assert_eq!(fault("imports something", &name), None);
    }

    #[test]
    fn what_is_shown_may_come_from_the_middle() {
        let name: String = ('a'..='z').cycle().take(1_000).collect();
        assert!(fault(&format!("…{}", &name[500..629]), &name).is_some());
        assert_eq!(fault(&format!("…{}", &name[500..628]), &name), None);
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let name = "é".repeat(200);
        assert_eq!(fault(&"é".repeat(128), &name), None);
        assert!(fault(&"é".repeat(129), &name).is_some());
    }

    #[test]
    fn what_a_terminal_would_act_on_is_escaped() {
        assert_eq!(fault("imports env.\\x1b[2J", "\u{1b}[2J"), None);
        assert_eq!(
            fault("imports env.\u{1b}[2J", "\u{1b}[2J").unwrap(),
            "U+001B as it is"
        );
        assert!(fault("a\u{202e}b", "\u{202e}").is_some());
    }

    #[test]
    fn a_line_feed_may_be_the_messages_own() {
        assert_eq!(fault("refused\n  found a\\nb\n", "a\nb"), None);
        assert_eq!(fault("found a\nb", "a\nb").unwrap(), "the text as it is");
    }

    #[test]
    fn what_can_be_shown_as_it_is_cannot_fail() {
        assert!(!could_be_shown_wrongly(&"n".repeat(128)));
        assert!(could_be_shown_wrongly(&"n".repeat(129)));
        assert!(could_be_shown_wrongly("\n"));
    }

    /// What the clause lists, the library that shows text of modules escapes.
    #[test]
    fn the_contract_escapes_all_of_it() {
        for character in (0..=char::MAX.into()).filter_map(char::from_u32) {
            let shown = qip_contract::quote(&character.to_string());
            let is_escaped = shown != character.to_string();
            assert!(is_escaped || !has_to_be_escaped(character), "{character:?}");
        }
    }
}
