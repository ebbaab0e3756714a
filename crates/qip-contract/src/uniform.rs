//! Uniform values as text (UNI-3).

use std::borrow::Cow;

use crate::{Code, Refusal, ValType, Value, quote};

/// Parses the text of a uniform's value for a setter that takes `ty` (UNI-3).
///
/// Integers are decimal in the signed range, or `0x` and hexadecimal digits that
/// fit the width, taken as bits. Floats are decimal, rounded once to the type.
///
/// # Errors
///
/// [`Code::UniformValue`] for any other text, [`Code::UniformShape`] where `ty`
/// is no number. `key` names the uniform in the message.
///
/// ```
/// use qip_contract::{ValType, Value, parse_uniform};
///
/// assert_eq!(parse_uniform("radius", "0xffffffff", ValType::I32), Ok(Value::I32(-1)));
/// assert!(parse_uniform("radius", "inf", ValType::F32).is_err());
/// ```
pub fn parse_uniform(key: &str, text: &str, ty: ValType) -> Result<Value, Refusal> {
    let (value, wanted) = match ty {
        ValType::I32 => (
            // `from_str` takes just the clause's decimal grammar.
            match hexadecimal(text) {
                Some(digits) => u32::from_str_radix(digits, 16).ok().map(u32::cast_signed),
                None => text.parse().ok(),
            }
            .map(Value::I32),
            "a decimal i32, or 0x and up to 32 bits",
        ),
        ValType::I64 => (
            match hexadecimal(text) {
                Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
                None => text.parse().ok(),
            }
            .map(Value::I64),
            "a decimal i64, or 0x and up to 64 bits",
        ),
        ValType::F32 => (
            decimal(text)
                .and_then(|text| text.parse::<f32>().ok())
                .filter(|value| value.is_finite())
                .map(|value| Value::F32(value.to_bits())),
            "a decimal number within the range of f32",
        ),
        ValType::F64 => (
            decimal(text)
                .and_then(|text| text.parse::<f64>().ok())
                .filter(|value| value.is_finite())
                .map(|value| Value::F64(value.to_bits())),
            "a decimal number within the range of f64",
        ),
        ValType::V128 | ValType::FuncRef | ValType::ExternRef => {
            return Err(Refusal::new(
                Code::UniformShape,
                format!(
                    "uniform `{}` takes {ty}, which has no text form",
                    quote(key)
                ),
            )
            .named(quote(key)));
        }
    };
    value.ok_or_else(|| {
        Refusal::new(
            Code::UniformValue,
            format!(
                "uniform `{}` has the value `{}`, expected {wanted}",
                quote(key),
                quote(text)
            ),
        )
        .named(quote(key))
        .found(quote(text), wanted)
    })
}

/// The digits after `0x`, where they are all hexadecimal and at least one.
/// (`from_str_radix` alone would take a sign.)
fn hexadecimal(text: &str) -> Option<&str> {
    text.strip_prefix("0x")
        .filter(|digits| digits.starts_with(|c: char| c.is_ascii_hexdigit()))
}

/// A text that Rust parses as a float just where it is
/// `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`, and then as the same number.
fn decimal(text: &str) -> Option<Cow<'_, str>> {
    // Rust's own grammar is this one and the words `inf`, `infinity` and `nan`.
    let has_only = |byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes()
        .all(has_only)
        .then(|| with_short_exponent(text).map_or(Cow::Borrowed(text), Cow::Owned))
}

/// The same number with another exponent, `None` where its own is short: Rust counts no
/// exponent beyond 655 359, but the digits may have as many places the other way.
fn with_short_exponent(text: &str) -> Option<String> {
    /// The digits of the longest exponent that Rust is given.
    const SHORT: usize = 5;
    /// Beyond the exponents of f64, whatever the digits are.
    const BEYOND: i64 = 9_999;

    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (is_negative, places) = match exponent.strip_prefix(['+', '-']) {
        Some(places) => (exponent.starts_with('-'), places),
        None => (false, exponent),
    };
    if places.len() <= SHORT || !places.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places: i64 = places.parse().unwrap_or(i64::MAX);
    let exponent = if is_negative { -places } else { places };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let sign = &mantissa[..mantissa.len() - unsigned.len()];
    // The number is 0.DIGITS times a power of ten, and the first digit is not 0. What is no
    // digit stays among them, so that it is still no number.
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0');
    let significant = fraction.trim_start_matches('0');
    let (digits, power) = if !whole.is_empty() {
        (format!("{whole}{fraction}"), whole.len() as i64)
    } else if !significant.is_empty() {
        let zeros = fraction.len() - significant.len();
        (significant.to_owned(), -(zeros as i64))
    } else {
        return Some(format!("{mantissa}e0"));
    };
    let exponent = exponent.saturating_add(power).clamp(-BEYOND, BEYOND);
    Some(format!("{sign}0.{digits}e{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::parse_uniform;
    use crate::{ValType, Value};

    fn parse(text: &str, ty: ValType) -> Option<Value> {
        parse_uniform("key", text, ty).ok()
    }

    #[test]
    fn integers() {
        assert_eq!(
            parse("2147483647", ValType::I32),
            Some(Value::I32(i32::MAX))
        );
        assert_eq!(
            parse("-2147483648", ValType::I32),
            Some(Value::I32(i32::MIN))
        );
        assert_eq!(parse("+007", ValType::I32), Some(Value::I32(7)));
        assert_eq!(
            parse("0x0000000080000000", ValType::I32),
            Some(Value::I32(i32::MIN))
        );
        assert_eq!(
            parse("0xFFFFffffFFFFffff", ValType::I64),
            Some(Value::I64(-1))
        );
        for text in [
            "",
            "+",
            "-",
            "2147483648",
            "-2147483649",
            "0x",
            "0X1",
            "-0x1",
            "0x+1",
            "0x100000000",
            "1.0",
            "1e3",
            " 1",
            "1 ",
            "1_000",
            "٣",
        ] {
            assert_eq!(parse(text, ValType::I32), None, "{text:?}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(
            parse(".5", ValType::F32),
            Some(Value::F32(0.5_f32.to_bits()))
        );
        assert_eq!(
            parse("5.", ValType::F64),
            Some(Value::F64(5.0_f64.to_bits()))
        );
        assert_eq!(parse("-0.0", ValType::F32), Some(Value::F32(0x8000_0000)));
        assert_eq!(
            parse("1e-3", ValType::F64),
            Some(Value::F64(0.001_f64.to_bits()))
        );
        // Halfway between two f32 in f64, but above it in decimal: rounding twice
        // would go to even (down), rounding once goes up.
        let text = "1.00000005960464477539062500000000000000001";
        assert_eq!(parse(text, ValType::F32), Some(Value::F32(0x3f80_0001)));
        for text in [
            "",
            ".",
            "e5",
            "1e",
            "1e+",
            "nan",
            "inf",
            "-infinity",
            "NaN",
            "0x10",
            "1e39",
            "1,5",
            "--1",
            "1.2.3",
            "1.2.3e-1000000",
            ".e1000000",
            "e1000000",
            "+-1e-1000000",
            "1e+-1000000",
            "1e1000000e1",
            "1e1000000.",
            "1e1000000",
            " 1",
        ] {
            assert_eq!(parse(text, ValType::F32), None, "{text:?}");
        }
        assert_eq!(parse("1e309", ValType::F64), None);
    }

    #[test]
    fn as_many_digits_as_an_exponent_takes_away() {
        let zeros = "0".repeat(2_000_000);
        let one = Some(Value::F64(1.0_f64.to_bits()));
        for text in [
            format!("0.{zeros}1e2000001"),
            format!(".{zeros}1E+2000001"),
            format!("+1{zeros}e-2000000"),
            format!("{zeros}1.{zeros}e0000000"),
        ] {
            assert_eq!(parse(&text, ValType::F64), one, "{} bytes", text.len());
        }
        let minus_two = Some(Value::F32((-2.5_f32).to_bits()));
        assert_eq!(
            parse(&format!("-25{zeros}.5e-2000001"), ValType::F32),
            minus_two
        );
        let zero = Some(Value::F64(0.0_f64.to_bits()));
        assert_eq!(parse("0.00e99999999999999999999", ValType::F64), zero);
        assert_eq!(parse("1e-99999999999999999999", ValType::F64), zero);
        let text = format!("-0.{zeros}e-99999999999999999999");
        assert_eq!(
            parse(&text, ValType::F64),
            Some(Value::F64((-0.0_f64).to_bits()))
        );
    }
}
