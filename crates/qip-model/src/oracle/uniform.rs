//! The values of uniforms (UNI-3).

use qip_contract::Value;
use wasmparser::ValType;

use super::hooks::Job;
use super::mutation::Mutation;

/// UNI-3: the value of this type that a text stands for, if there is one.
pub(crate) fn parse(text: &str, parameter: ValType, job: Job<'_>) -> Option<Value> {
    match parameter {
        ValType::I32 => integer(text, 32).map(|value| Value::I32(value as i32)),
        ValType::I64 => integer(text, 64).map(|value| Value::I64(value as i64)),
        ValType::F32 => {
            let value: f32 = float(text, job)?.parse().ok()?;
            let is_finite = value.is_finite() || job.errs(Mutation::FloatsNotFinite);
            is_finite.then_some(Value::F32(value.to_bits()))
        }
        ValType::F64 => {
            let value: f64 = float(text, job)?.parse().ok()?;
            let is_finite = value.is_finite() || job.errs(Mutation::FloatsNotFinite);
            is_finite.then_some(Value::F64(value.to_bits()))
        }
        _ => None,
    }
}

/// The bits of an integer: hexadecimal digits that fit the width, or a decimal number in the
/// signed range.
pub(crate) fn integer(text: &str, width: u32) -> Option<i128> {
    if let Some(digits) = text.strip_prefix("0x") {
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = i128::from_str_radix(digits, 16).ok()?;
        return (is_hexadecimal && value < 1 << width).then_some(value);
    }
    let value: i128 = text.parse().ok().filter(|_| is_decimal(text))?;
    let limit = 1_i128 << (width - 1);
    (-limit..limit).contains(&value).then_some(value)
}

/// Whether the text is `[+-]?[0-9]+`.
pub(crate) fn is_decimal(text: &str) -> bool {
    let (digits, rest) = digits(unsigned(text));
    !digits.is_empty() && rest.is_empty()
}

/// The text, if it is `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`, as the standard
/// library reads all of it.
fn float(text: &str, job: Job<'_>) -> Option<String> {
    if text.ends_with(['n', 'f', 'y', 'N', 'F', 'Y']) && job.errs(Mutation::FloatsNotFinite) {
        return Some(text.to_owned());
    }
    let (whole, rest) = digits(unsigned(text));
    let (fraction, rest) = digits(rest.strip_prefix('.').unwrap_or(rest));
    let exponent = rest.strip_prefix(['e', 'E']);
    let is_float =
        !(whole.is_empty() && fraction.is_empty()) && exponent.map_or(rest.is_empty(), is_decimal);
    is_float.then(|| {
        scientific(
            text.starts_with('-'),
            whole,
            fraction,
            exponent.unwrap_or("0"),
        )
    })
}

/// The same number with a first digit that is not 0, right behind the point, and with an
/// exponent that the standard library can count.
fn scientific(is_negative: bool, whole: &str, fraction: &str, exponent: &str) -> String {
    let sign = if is_negative { "-" } else { "" };
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return format!("{sign}0");
    }
    // One that is too long for 128 bits is far from all that a float can say.
    let is_tiny = exponent.starts_with('-');
    let beyond = if is_tiny { i128::MIN } else { i128::MAX };
    let exponent: i128 = exponent.parse().unwrap_or(beyond);
    let zeros = digits.len() - significant.len();
    let power = exponent.saturating_add(whole.len() as i128 - zeros as i128);
    format!("{sign}0.{significant}e{}", power.clamp(-9_999, 9_999))
}

/// The text without its sign.
pub(crate) fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// The digits that the text begins with, and what follows them.
pub(crate) fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
