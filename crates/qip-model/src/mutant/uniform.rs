//! Mistakes about uniforms: keys that are given or left out, and texts that mean another value.

use wasmparser::ValType;

use crate::oracle::binary;
use crate::oracle::exports::{UNIFORM, is_callers_key, setter_parameter};
use crate::oracle::hooks::Job;
use crate::oracle::mutation::Mutation as M;
use crate::oracle::uniform::{digits, integer, is_decimal, parse, unsigned};
use qip_cases::Task;

use super::Flaw;

/// Another text, of a uniform of this type.
type Rewrite = fn(&str, ValType) -> String;

/// The text that the oracle gets in place of another, of a uniform of this type: no number at
/// all where the mistake refuses it.
const TEXTS: &[(M, Rewrite)] = &[
    (M::HexRefused, |text, of| {
        keep(text, !(is_integer(of) && text.starts_with("0x")))
    }),
    (M::HexWraps, |text, of| match text.strip_prefix("0x") {
        Some(digits) if is_hexadecimal(digits) => {
            format!(
                "0x{}",
                &digits[digits.len().saturating_sub(width(of) as usize / 4)..]
            )
        }
        _ => text.to_owned(),
    }),
    (M::HexIsDecimal, |text, of| match text.strip_prefix("0x") {
        Some(digits) if is_integer(of) && is_decimal(digits) => digits.to_owned(),
        _ => text.to_owned(),
    }),
    (M::DecimalIsHex, |text, of| {
        match is_integer(of) && is_decimal(text) {
            true => whole(text, 16),
            false => text.to_owned(),
        }
    }),
    (M::OctalFromZero, |text, of| {
        match is_integer(of) && is_decimal(text) && text.len() > 1 && text.starts_with('0') {
            true => whole(text, 8),
            false => text.to_owned(),
        }
    }),
    (M::IntegersThroughDoubles, |text, of| {
        match text.parse::<f64>() {
            Ok(value) if is_integer(of) && is_decimal(text) => (value as i128).to_string(),
            _ => text.to_owned(),
        }
    }),
    (M::LongNumbersRefused, |text, of| {
        keep(
            text,
            !(is_integer(of) && digits(unsigned(text)).0.len() > 10),
        )
    }),
    (M::RangeExclusive, |text, of| {
        let end = 1_i128 << (width(of) - 1);
        let value = integer(text, width(of)).filter(|_| is_decimal(text));
        keep(
            text,
            !(is_integer(of) && value.is_some_and(|it| it == -end || it == end - 1)),
        )
    }),
    (M::NegativesRefused, |text, _| {
        keep(text, !text.starts_with('-'))
    }),
    (M::PlusRefused, |text, _| keep(text, !text.starts_with('+'))),
    (M::HexIsSigned, |text, of| {
        let value = integer(text, width(of)).unwrap_or_default();
        keep(text, !(is_integer(of) && value >> (width(of) - 1) > 0))
    }),
    (M::HexMayHaveSign, |text, of| {
        match unsigned(text).strip_prefix("0x") {
            Some(digits) if is_integer(of) && is_hexadecimal(digits) => {
                let value = i128::from_str_radix(digits, 16).unwrap_or_default();
                if text.starts_with('-') {
                    (-value).to_string()
                } else {
                    unsigned(text).to_owned()
                }
            }
            _ => text.to_owned(),
        }
    }),
    (M::HexSignInside, |text, of| match text.strip_prefix("0x") {
        Some(digits) if is_integer(of) && digits.starts_with(['+', '-']) => whole(digits, 16),
        _ => text.to_owned(),
    }),
    (M::HexCapitalX, |text, _| match text.strip_prefix("0X") {
        Some(digits) => format!("0x{digits}"),
        None => text.to_owned(),
    }),
    (M::IntegersUnsigned, |text, of| {
        bits_of(text, of, |value, width| value >> width == 0)
    }),
    (M::IntegersWrap, |text, of| bits_of(text, of, |_, _| true)),
    (M::IntegersFromFloats, |text, of| {
        match text.parse::<f64>() {
            Ok(value) if is_integer(of) && !is_decimal(text) => (value as i128).to_string(),
            _ => text.to_owned(),
        }
    }),
    (M::NumbersTrimmed, |text, _| text.trim().to_owned()),
    (M::NumbersEmptyZero, |text, _| {
        if text.is_empty() {
            "0".to_owned()
        } else {
            text.to_owned()
        }
    }),
    (M::Underscores, |text, _| text.replace('_', "")),
    (M::FloatsRoundedTwice, |text, of| {
        match text.parse::<f64>() {
            Ok(value) if of == ValType::F32 => (value as f32).to_string(),
            _ => text.to_owned(),
        }
    }),
    (M::ExponentsRefused, |text, of| {
        keep(text, is_integer(of) || !text.contains(['e', 'E']))
    }),
    (M::FloatsNeedPoint, |text, of| {
        keep(text, is_integer(of) || text.contains('.'))
    }),
    (M::BarePointRefused, |text, of| {
        let (whole, rest) = digits(unsigned(text));
        let fraction = rest.strip_prefix('.').map(|rest| digits(rest).0);
        let is_bare = fraction.is_some_and(|it| it.is_empty() || whole.is_empty());
        keep(text, is_integer(of) || !is_bare)
    }),
    (M::LonePointTaken, |text, of| match text {
        "." if !is_integer(of) => "0".to_owned(),
        _ => text.to_owned(),
    }),
    (M::MinusZeroLost, |text, of| match text.parse::<f64>() {
        Ok(value) if value == 0.0 && !is_integer(of) => "0".to_owned(),
        _ => text.to_owned(),
    }),
    (M::ExponentsCapped, |text, of| {
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        match exponent.parse::<i64>() {
            Ok(exponent) if !is_integer(of) && exponent.abs() > 10_000 => {
                format!("{digits}e{}", exponent.clamp(-10_000, 10_000))
            }
            _ => text.to_owned(),
        }
    }),
    (M::DigitsDropped, |text, _| {
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        match digits.split_at_checked(1_000) {
            Some((kept, dropped)) if !dropped.is_empty() => {
                // They still have their places.
                let zeros = dropped.replace(|digit: char| digit.is_ascii_digit(), "0");
                format!("{kept}{zeros}e{exponent}")
            }
            _ => text.to_owned(),
        }
    }),
];

fn is_integer(of: ValType) -> bool {
    matches!(of, ValType::I32 | ValType::I64)
}

fn width(of: ValType) -> u32 {
    if of == ValType::I64 { 64 } else { 32 }
}

fn is_hexadecimal(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text, or one that is no number.
fn keep(text: &str, is_kept: bool) -> String {
    if is_kept {
        text.to_owned()
    } else {
        "no number".to_owned()
    }
}

/// Digits of another base as decimal ones.
fn whole(text: &str, radix: u32) -> String {
    let value = i128::from_str_radix(text, radix);
    value.map_or_else(|_| text.to_owned(), |value| value.to_string())
}

/// A decimal integer as its bits, where the mistake takes it.
fn bits_of(text: &str, of: ValType, takes: fn(i128, u32) -> bool) -> String {
    match text.parse::<i128>() {
        Ok(value) if is_integer(of) && is_decimal(text) && takes(value, width(of)) => {
            format!("0x{:x}", value & ((1 << width(of)) - 1))
        }
        _ => text.to_owned(),
    }
}

/// Whether it is a mistake about uniforms.
pub(super) fn is_made_here(mutation: M) -> bool {
    let keys = [
        M::RubbishIsZero,
        M::UngivenUniformsZero,
        M::UnknownKeyIgnored,
    ];
    keys.contains(&mutation) || TEXTS.iter().any(|(it, _)| *it == mutation)
}

/// The task with the uniforms of the mistake, where they are other ones.
pub(super) fn spoiled(job: Job<'_>, mutation: M) -> Option<Task> {
    let mut task = job.task.clone();
    let mut is_changed = false;
    for stage in &mut task.stages {
        let binary = binary::skim(stage.module.binary().ok()?, job);
        let type_of = |key: &str| {
            let found = binary.exports.get(&format!("{UNIFORM}{key}"));
            found.and_then(setter_parameter)
        };
        let before = stage.uniforms.clone();
        match mutation {
            M::UngivenUniformsZero => {
                let setters = binary.exports.keys();
                let keys = setters.filter_map(|name| name.strip_prefix(UNIFORM));
                let keys = keys.filter(|key| is_callers_key(key, job) && type_of(key).is_some());
                let ungiven = keys.filter(|key| before.iter().all(|(given, _)| given != key));
                let zeros = ungiven.map(|key| (key.to_owned(), "0".to_owned()));
                stage.uniforms.extend(zeros);
            }
            M::UnknownKeyIgnored => stage.uniforms.retain(|(key, _)| {
                let has_export = binary.exports.contains_key(&format!("{UNIFORM}{key}"));
                has_export && is_callers_key(key, job)
            }),
            _ => {
                for (key, text) in &mut stage.uniforms {
                    let Some(of) = type_of(key) else {
                        continue;
                    };
                    if let Some((_, spoil)) = TEXTS.iter().find(|(it, _)| *it == mutation) {
                        *text = spoil(text, of);
                    } else if parse(text, of, job).is_none() {
                        // Rubbish is 0.
                        *text = "0".to_owned();
                    }
                }
            }
        }
        is_changed |= stage.uniforms != before;
    }
    is_changed.then_some(task)
}

/// Notes the mistakes that make other uniforms.
pub(super) fn note(job: Job<'_>, flaw: &Flaw) {
    let keys = [
        M::RubbishIsZero,
        M::UngivenUniformsZero,
        M::UnknownKeyIgnored,
    ];
    let has_some = job
        .task
        .stages
        .iter()
        .any(|stage| !stage.uniforms.is_empty());
    let texts = TEXTS.iter().map(|(mutation, _)| *mutation);
    for mutation in keys.into_iter().chain(texts.filter(|_| has_some)) {
        if spoiled(job, mutation).is_some() {
            flaw.is(mutation);
        }
    }
}
