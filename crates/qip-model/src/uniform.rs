//! The values of uniforms (UNI-3).

use std::borrow::Cow;

use qip_contract::Value;
use wasmparser::ValType;

use super::{Job, Mutation};

/// The value of this type that a text stands for, if there is one.
pub(super) fn parse(text: &str, parameter: ValType, job: Job<'_>) -> Option<Value> {
    let text = &*loosened(text, job);
    let value = value(text, parameter, job);
    if value.is_none() && job.errs(Mutation::RubbishIsZero) {
        return self::value("0", parameter, job);
    }
    value
}

fn value(text: &str, parameter: ValType, job: Job<'_>) -> Option<Value> {
    match parameter {
        ValType::I32 => {
            let value = integer(text, 32, job)?;
            Some(Value::I32(value as i32))
        }
        ValType::I64 => {
            let value = integer(text, 64, job)?;
            Some(Value::I64(value as i64))
        }
        ValType::F32 => {
            let text = &*shortened(float(text, job)?, job);
            let mut value: f32 = scientific(text).parse().ok()?;
            if job.errs(Mutation::FloatsRoundedTwice) {
                value = text.parse::<f64>().ok()? as f32;
            }
            if value == 0.0 && job.errs(Mutation::MinusZeroLost) {
                value = 0.0;
            }
            let is_float = value.is_finite() || job.errs(Mutation::FloatsNotFinite);
            is_float.then(|| Value::F32(value.to_bits()))
        }
        ValType::F64 => {
            let text = &*shortened(float(text, job)?, job);
            let mut value: f64 = scientific(text).parse().ok()?;
            if value == 0.0 && job.errs(Mutation::MinusZeroLost) {
                value = 0.0;
            }
            let is_float = value.is_finite() || job.errs(Mutation::FloatsNotFinite);
            is_float.then(|| Value::F64(value.to_bits()))
        }
        _ => None,
    }
}

/// A float as a fraction whose first digit is not 0, and a power of ten: the same number, with
/// an exponent that the standard library can count. Words and rubbish, which only a mutant
/// takes, stay as they are.
fn scientific(text: &str) -> Cow<'_, str> {
    let is_number = |text: &str| text.bytes().all(|byte| !byte.is_ascii_alphabetic());
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    if !is_number(mantissa) || !is_number(exponent) {
        return Cow::Borrowed(text);
    }
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let before_point = mantissa.split('.').next().unwrap_or_default();
    let before_point = before_point.trim_start_matches(['+', '-']).len();
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Cow::Owned(format!("{sign}0"));
    }
    let zeros = digits.len() - significant.len();
    // One that is too long for 128 bits is far from all that a float can say.
    let beyond = if exponent.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    };
    let exponent: i128 = exponent.parse().unwrap_or(beyond);
    let power = exponent.saturating_add(before_point as i128 - zeros as i128);
    Cow::Owned(format!(
        "{sign}0.{significant}e{}",
        power.clamp(-9_999, 9_999)
    ))
}

/// A float, as it is: only a mutant has no room for all of it.
fn shortened<'t>(text: &'t str, job: Job<'_>) -> Cow<'t, str> {
    /// The greatest exponent that such a mutant knows.
    const EXPONENT: i64 = 10_000;
    /// The digits that such a mutant knows. A sign and a point count as well.
    const DIGITS: usize = 1_000;

    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or_default();
    if exponent.abs() > EXPONENT && job.errs(Mutation::ExponentsCapped) {
        let capped = exponent.clamp(-EXPONENT, EXPONENT);
        return Cow::Owned(format!("{digits}e{capped}"));
    }
    match digits.split_at_checked(DIGITS) {
        Some((kept, dropped)) if !dropped.is_empty() && job.errs(Mutation::DigitsDropped) => {
            // They still have their places.
            let zeros = dropped.replace(|digit: char| digit.is_ascii_digit(), "0");
            Cow::Owned(format!("{kept}{zeros}e{exponent}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// The text, as it is: only a mutant changes it before it is read.
fn loosened(text: &str, job: Job<'_>) -> String {
    if text.is_empty() && job.errs(Mutation::NumbersEmptyZero) {
        return "0".to_owned();
    }
    if text.contains('_') && job.errs(Mutation::Underscores) {
        return text.replace('_', "");
    }
    if text.trim() != text && job.errs(Mutation::NumbersTrimmed) {
        return text.trim().to_owned();
    }
    text.to_owned()
}

/// The bits of an integer: hexadecimal digits that fit the width, or a decimal number in
/// the signed range.
fn integer(text: &str, width: u32, job: Job<'_>) -> Option<i128> {
    let mut range = -(1_i128 << (width - 1))..1 << (width - 1);
    if job.errs(Mutation::RangeExclusive) {
        range = range.start + 1..range.end - 1;
    }
    if let Some((digits, sign)) = hexadecimal(text, job) {
        if job.errs(Mutation::HexRefused) {
            return None;
        }
        let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
        let radix = if is_decimal && job.errs(Mutation::HexIsDecimal) {
            10
        } else {
            16
        };
        let value = i128::from_str_radix(digits, radix).ok()?;
        let is_signed = value >= range.end && job.errs(Mutation::HexIsSigned);
        let fits = value < 1 << width || job.errs(Mutation::HexWraps);
        return (fits && !is_signed).then_some(sign * value);
    }
    let value: i128 = match decimal(text, job) {
        Some(text) => whole(text, job)?,
        None if job.errs(Mutation::IntegersFromFloats) => {
            float(text, job)?.parse::<f64>().ok()? as i128
        }
        None => return None,
    };
    let is_in_range = range.contains(&value)
        || job.errs(Mutation::IntegersWrap)
        || (0..1 << width).contains(&value) && job.errs(Mutation::IntegersUnsigned);
    is_in_range.then_some(value)
}

/// The value of a decimal number.
fn whole(text: &str, job: Job<'_>) -> Option<i128> {
    let (count, _) = digits(text.trim_start_matches(['+', '-']));
    if count > 10 && job.errs(Mutation::LongNumbersRefused) {
        return None;
    }
    if count > 1 && text.starts_with('0') && job.errs(Mutation::OctalFromZero) {
        return i128::from_str_radix(text, 8).ok();
    }
    if job.errs(Mutation::DecimalIsHex) {
        return i128::from_str_radix(text, 16).ok();
    }
    if job.errs(Mutation::IntegersThroughDoubles) {
        return text.parse::<f64>().ok().map(|value| value as i128);
    }
    text.parse().ok()
}

/// The digits of `0x[0-9a-fA-F]+`, and the sign, which is always that of 1.
fn hexadecimal<'t>(text: &'t str, job: Job<'_>) -> Option<(&'t str, i128)> {
    let (text, sign) = match text.strip_prefix(['+', '-']) {
        Some(rest) if job.errs(Mutation::HexMayHaveSign) => {
            (rest, if text.starts_with('-') { -1 } else { 1 })
        }
        _ => (text, 1),
    };
    let digits = match text.strip_prefix("0X") {
        Some(digits) if job.errs(Mutation::HexCapitalX) => digits,
        _ => text.strip_prefix("0x")?,
    };
    let rest = match digits.strip_prefix(['+', '-']) {
        Some(rest) if job.errs(Mutation::HexSignInside) => rest,
        _ => digits,
    };
    let is_hex = rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && !digits.is_empty()).then_some((digits, sign))
}

/// The text if it is `[+-]?[0-9]+`.
fn decimal<'t>(text: &'t str, job: Job<'_>) -> Option<&'t str> {
    let (digits, rest) = digits(unsigned(text, job)?);
    (digits > 0 && rest.is_empty()).then_some(text)
}

/// The text if it is `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`.
fn float<'t>(text: &'t str, job: Job<'_>) -> Option<&'t str> {
    let is_named = text.ends_with(|character: char| "nfyNFY".contains(character));
    if is_named && job.errs(Mutation::FloatsNotFinite) {
        return Some(text);
    }
    if text == "." && job.errs(Mutation::LonePointTaken) {
        return Some("0");
    }
    let (whole, rest) = digits(unsigned(text, job)?);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = digits(rest);
            let is_bare = whole == 0 || fraction == 0;
            if is_bare && job.errs(Mutation::BarePointRefused) {
                return None;
            }
            (fraction, rest)
        }
        None if job.errs(Mutation::FloatsNeedPoint) => return None,
        None => (0, rest),
    };
    let exponent = rest.strip_prefix(['e', 'E']);
    let is_float = whole + fraction > 0
        && match exponent {
            Some(exponent) => {
                decimal(exponent, job).is_some() && !job.errs(Mutation::ExponentsRefused)
            }
            None => rest.is_empty(),
        };
    is_float.then_some(text)
}

/// The text without its sign.
fn unsigned<'t>(text: &'t str, job: Job<'_>) -> Option<&'t str> {
    if text.starts_with('+') && job.errs(Mutation::PlusRefused) {
        return None;
    }
    if text.starts_with('-') && job.errs(Mutation::NegativesRefused) {
        return None;
    }
    Some(text.strip_prefix(['+', '-']).unwrap_or(text))
}

/// How many digits the text begins with, and what follows them.
fn digits(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    (text.len() - rest.len(), rest)
}
