//! luhn: is the check digit of a number right? (ISO/IEC 7812-1 annex B)
//!
//! The answer is a scalar: 1 if it is, else 0, also of an empty input. Anything but digits
//! traps.
#![cfg_attr(target_family = "wasm", no_std)]

qip_module::content! {
    input: utf8[1 << 16] as bytes,
    output: scalar,
    render: luhn,
}

fn luhn(input: &[u8]) -> i32 {
    let mut sum = 0;
    let mut is_doubled = false;
    for byte in input.iter().rev() {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            qip_module::trap();
        }
        sum += match (is_doubled, digit) {
            (false, digit) => digit,
            (true, digit @ ..=4) => 2 * digit,
            (true, digit) => 2 * digit - 9,
        };
        is_doubled = !is_doubled;
    }
    i32::from(!input.is_empty() && sum % 10 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_textbook_number_is_valid() {
        assert_eq!(luhn(b"79927398713"), 1);
        assert_eq!(luhn(b"79927398710"), 0);
        assert_eq!(luhn(b""), 0);
    }

    #[test]
    #[should_panic = "the module traps"]
    fn what_is_no_digit_traps() {
        luhn(b"7992 7398713");
    }
}
