//! base64-encode: writes bytes as Base64 text (RFC 4648 section 4).
#![cfg_attr(target_family = "wasm", no_std)]

use qip_module::Out;

qip_module::content! {
    input: bytes[3 << 18],
    output: utf8[4 << 18] as bytes,
    output_type: "application/base64",
    render: encode,
}

/// The character of each 6-bit value.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(input: &[u8], out: &mut Out<u8>) {
    let (groups, rest) = input.as_chunks::<3>();
    let (characters, _) = out.grow(4 * groups.len()).as_chunks_mut::<4>();
    for (characters, group) in characters.iter_mut().zip(groups) {
        *characters = encoded(*group);
    }
    // One or two bytes may be left: what is missing counts as zeros, and is shown by `=`.
    match *rest {
        [first] => {
            let [a, b, ..] = encoded([first, 0, 0]);
            out.extend_from_slice(&[a, b, b'=', b'=']);
        }
        [first, second] => {
            let [a, b, c, _] = encoded([first, second, 0]);
            out.extend_from_slice(&[a, b, c, b'=']);
        }
        _ => {}
    }
}

/// The four characters of three bytes.
fn encoded([first, second, third]: [u8; 3]) -> [u8; 4] {
    let bits = u32::from(first) << 16 | u32::from(second) << 8 | u32::from(third);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 4648 section 10.
    #[test]
    fn vectors_of_the_rfc() {
        for (input, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            let mut buffer = [0; 8];
            let mut out = Out::over(&mut buffer);
            encode(input.as_bytes(), &mut out);
            assert_eq!(out[..], *expected.as_bytes(), "{input}");
        }
    }
}
