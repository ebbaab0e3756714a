//! {{name}}: writes a text in capitals, with `!` at its end.
#![cfg_attr(target_family = "wasm", no_std)]

mod qip;

use qip::Text;

// What goes in, what comes out, and what the caller may set: `'?marks=3'` on the command line.
crate::content! {
    input: utf8[65536],
    output: utf8[131072],
    uniforms { marks: u32 = 1 },
    render: shout,
}

fn shout(input: &str, out: &mut Text, uniforms: &Uniforms) {
    for character in input.chars() {
        out.push(character.to_ascii_uppercase());
    }
    for _ in 0..uniforms.marks {
        out.push('!');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_loud() {
        let mut buffer = [0; 16];
        let mut out = Text::over(&mut buffer);
        shout("hello", &mut out, &Uniforms { marks: 2 });
        assert_eq!(out.as_str(), "HELLO!!");
    }
}
