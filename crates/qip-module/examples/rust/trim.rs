//! trim: strips ASCII white space from both ends of a text.
//!
//! The text is taken as bytes: as `&str` it would be validated once more, which costs more
//! than all the rest.
#![cfg_attr(target_family = "wasm", no_std)]

use qip_module::Out;

qip_module::content! {
    input: utf8[1 << 20] as bytes,
    output: utf8[1 << 20] as bytes,
    render: trim,
}

fn trim(input: &[u8], out: &mut Out<u8>) {
    // In UTF-8 a byte below 0x80 is a character of its own, so that none is cut in two.
    let stays = |byte: &u8| !is_white_space(*byte);
    let start = input.iter().position(stays).unwrap_or(input.len());
    let (_, rest) = input.split_at(start);
    let end = rest.iter().rposition(stays).map_or(0, |last| last + 1);
    out.extend_from_slice(rest.split_at(end).0);
}

/// Space, tab, line feed, vertical tab, form feed and carriage return.
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0D)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(input: &str) -> String {
        let mut buffer = [0; 16];
        let mut out = Out::over(&mut buffer);
        trim(input.as_bytes(), &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn both_ends_are_stripped() {
        assert_eq!(trimmed(" \t\u{B}a b\r\n"), "a b");
        assert_eq!(trimmed("a"), "a");
        assert_eq!(trimmed(" \n "), "");
        assert_eq!(trimmed(""), "");
    }
}
