//! The values of uniforms (UNI-3).

use qip_contract::Value;
use wasmparser::ValType;

/// The value of this type that a text stands for, if there is one.
pub(super) fn parse(text: &str, parameter: ValType) -> Option<Value> {
    match parameter {
        ValType::I32 => match hexadecimal(text) {
            Some(digits) => u32::from_str_radix(digits, 16).ok().map(u32::cast_signed),
            None => decimal(text)?.parse().ok(),
        }
        .map(Value::I32),
        ValType::I64 => match hexadecimal(text) {
            Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
            None => decimal(text)?.parse().ok(),
        }
        .map(Value::I64),
        ValType::F32 => {
            let value: f32 = float(text)?.parse().ok()?;
            value.is_finite().then(|| Value::F32(value.to_bits()))
        }
        ValType::F64 => {
            let value: f64 = float(text)?.parse().ok()?;
            value.is_finite().then(|| Value::F64(value.to_bits()))
        }
        _ => None,
    }
}

/// The digits of `0x[0-9a-fA-F]+`.
fn hexadecimal(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && !digits.is_empty()).then_some(digits)
}

/// The text if it is `[+-]?[0-9]+`.
fn decimal(text: &str) -> Option<&str> {
    let (digits, rest) = digits(unsigned(text));
    (digits > 0 && rest.is_empty()).then_some(text)
}

/// The text if it is `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`.
fn float(text: &str) -> Option<&str> {
    let (whole, rest) = digits(unsigned(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => (0, rest),
    };
    let exponent = rest.strip_prefix(['e', 'E']);
    let is_float = whole + fraction > 0
        && match exponent {
            Some(exponent) => decimal(exponent).is_some(),
            None => rest.is_empty(),
        };
    is_float.then_some(text)
}

/// The text without its sign.
fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// How many digits the text begins with, and what follows them.
fn digits(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    (text.len() - rest.len(), rest)
}
