//! Small texts and numbers: uniform values, media types, pointers, quoting, and the
//! stable names of codes and kinds.

use proptest::prelude::*;
use qip_contract::{
    Code, ExportName, TrapKind, ValType, Value, normalize_media_type, parse_uniform, quote,
    to_pointer,
};

fn parse(text: &str, ty: ValType) -> Option<Value> {
    parse_uniform("key", text, ty).ok()
}

// --- UNI-3, by hand -------------------------------------------------------------

/// Takes one byte or more of a class off the front.
fn some(text: &[u8], class: fn(&u8) -> bool) -> Option<&[u8]> {
    let count = text.iter().take_while(|byte| class(byte)).count();
    (count > 0).then(|| &text[count..])
}

fn sign(text: &[u8]) -> &[u8] {
    match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    }
}

/// `[+-]?[0-9]+`
fn is_decimal_integer(text: &str) -> bool {
    some(sign(text.as_bytes()), u8::is_ascii_digit) == Some(b"")
}

/// `0x` and hexadecimal digits.
fn is_hexadecimal(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', b'x', digits @ ..] => some(digits, u8::is_ascii_hexdigit) == Some(b""),
        _ => false,
    }
}

/// `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text| some(text, u8::is_ascii_digit);
    let text = sign(text.as_bytes());
    let mantissa = match (digits(text), text) {
        (Some([b'.', fraction @ ..]), _) => Some(digits(fraction).unwrap_or(fraction)),
        (Some(rest), _) => Some(rest),
        (None, [b'.', fraction @ ..]) => digits(fraction),
        (None, _) => None,
    };
    match mantissa {
        Some([]) => true,
        Some([b'e' | b'E', exponent @ ..]) => digits(sign(exponent)) == Some(b""),
        _ => false,
    }
}

/// The bits of a hexadecimal text, where they fit `width`.
fn hexadecimal_bits(text: &str, width: u32) -> Option<u64> {
    let mut bits = 0_u128;
    for digit in text.bytes().skip(2) {
        bits = bits * 16 + u128::from((digit as char).to_digit(16)?);
        if bits >> width != 0 {
            return None;
        }
    }
    u64::try_from(bits).ok()
}

/// What UNI-3 makes of an integer's text: the low bits of its value.
fn integer(text: &str, width: u32) -> Option<u64> {
    if is_hexadecimal(text) {
        return hexadecimal_bits(text, width);
    }
    if !is_decimal_integer(text) {
        return None;
    }
    // More digits than i128 has are out of range, unless they are zeros.
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']).trim_start_matches('0');
    let magnitude: i128 = match digits {
        "" => 0,
        digits if digits.len() > 30 => return None,
        digits => digits.parse().expect("at most thirty digits"),
    };
    let value = if negative { -magnitude } else { magnitude };
    let bound = 1_i128 << (width - 1);
    (-bound <= value && value < bound).then_some(value as u64 & (u64::MAX >> (64 - width)))
}

fn bits(value: Value) -> u64 {
    match value {
        Value::I32(value) => u64::from(value.cast_unsigned()),
        Value::I64(value) => value.cast_unsigned(),
        Value::F32(bits) => u64::from(bits),
        Value::F64(bits) => bits,
    }
}

#[test]
fn the_matcher_is_the_clauses_own() {
    for text in ["0", "+1", "-1.", ".5", "1.5e3", "1.e-3", ".5E+10", "007"] {
        assert!(is_float(text), "{text}");
    }
    for text in [
        "", ".", "+", "e1", "1e", "1e+", "1.5.", "--1", "+-1", "1e1.5", " 1", "1 ", "inf", "nan",
        "0x1", "1_0", ".e1",
    ] {
        assert!(!is_float(text), "{text}");
    }
}

#[test]
fn setters_without_a_number_are_uniform_shape() {
    for ty in [ValType::V128, ValType::FuncRef, ValType::ExternRef] {
        let refusal = parse_uniform("key", "1", ty).expect_err("no number");
        assert_eq!(refusal.code(), Code::UniformShape);
    }
}

#[test]
fn floats_are_rounded_once_and_finite() {
    let f32_bits = |text: &str| parse(text, ValType::F32).map(bits);
    let f64_bits = |text: &str| parse(text, ValType::F64).map(bits);
    // The largest finite number, the last text that rounds to it, and the first
    // that does not: half a unit in the last place above.
    assert_eq!(
        f32_bits("340282346638528859811704183484516925440"),
        Some(0x7f7f_ffff)
    );
    assert_eq!(
        f32_bits("340282356779733661637539395458142568447"),
        Some(0x7f7f_ffff)
    );
    assert_eq!(f32_bits("340282356779733661637539395458142568448"), None);
    assert_eq!(
        f64_bits("1.7976931348623157e308"),
        Some(0x7fef_ffff_ffff_ffff)
    );
    assert_eq!(f64_bits("1.7976931348623159e308"), None);
    assert_eq!(f32_bits("-1e39"), None);
    // Below half of the least subnormal is zero, and keeps its sign.
    assert_eq!(f32_bits("1e-46"), Some(0));
    assert_eq!(f32_bits("-1e-46"), Some(0x8000_0000));
    assert_eq!(f32_bits("1.4e-45"), Some(1));
    assert_eq!(f64_bits("4.9e-324"), Some(1));
    // 1 + 2^-24 is a tie and goes to even; anything above it goes up.
    assert_eq!(f32_bits("1.000000059604644775390625"), Some(0x3f80_0000));
    assert_eq!(
        f32_bits("1.0000000596046447753906250000000001"),
        Some(0x3f80_0001)
    );
    // Enormous exponents are numbers too.
    assert_eq!(f64_bits("0e999999999999999999999"), Some(0));
    assert_eq!(f64_bits("1e-999999999999999999999"), Some(0));
    assert_eq!(f64_bits("1e999999999999999999999"), None);
    assert_eq!(
        f64_bits(&format!("{}1", "0".repeat(10_000))),
        Some(1.0_f64.to_bits())
    );
}

/// Text over the alphabet that numbers and near misses are made of.
fn number_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-0-9+.eExXinfa ]{0,12}",
        // Mostly right, so that both answers are common.
        "[+-]?[0-9]{0,20}",
        "0x[0-9a-fA-F]{0,18}",
        "[+-]?[0-9]{0,3}[.]?[0-9]{0,3}([eE][+-]?[0-9]{0,3})?",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers_are_those_of_the_clause(text in number_like()) {
        prop_assert_eq!(parse(&text, ValType::I32).map(bits), integer(&text, 32), "{:?}", text);
        prop_assert_eq!(parse(&text, ValType::I64).map(bits), integer(&text, 64), "{:?}", text);
    }

    #[test]
    fn integers_in_range_are_taken(value in any::<i128>(), shift in 0_u32..128) {
        let value = value >> shift;
        let text = value.to_string();
        prop_assert_eq!(parse(&text, ValType::I32), i32::try_from(value).ok().map(Value::I32));
        prop_assert_eq!(parse(&text, ValType::I64), i64::try_from(value).ok().map(Value::I64));
        let padded = format!("+000{}", value.unsigned_abs());
        let wanted = i64::try_from(value.unsigned_abs()).ok().map(Value::I64);
        prop_assert_eq!(parse(&padded, ValType::I64), wanted);
    }

    #[test]
    fn bits_are_taken_in_hexadecimal(value in any::<u64>()) {
        let wanted = u32::try_from(value).ok().map(|value| Value::I32(value.cast_signed()));
        prop_assert_eq!(parse(&format!("0x{value:x}"), ValType::I32), wanted);
        let wide = Some(Value::I64(value.cast_signed()));
        prop_assert_eq!(parse(&format!("0x{value:X}"), ValType::I64), wide);
        prop_assert_eq!(parse(&format!("0x000{value:x}"), ValType::I64), wide);
        for sign in ["+", "-"] {
            prop_assert_eq!(parse(&format!("{sign}0x{value:x}"), ValType::I64), None);
            prop_assert_eq!(parse(&format!("0x{sign}{value:x}"), ValType::I64), None);
        }
    }

    #[test]
    fn floats_come_back_bit_for_bit(narrow in any::<u32>(), wide in any::<u64>()) {
        let number = f32::from_bits(narrow);
        let wanted = number.is_finite().then_some(Value::F32(narrow));
        prop_assert_eq!(parse(&format!("{number:e}"), ValType::F32), wanted);
        prop_assert_eq!(parse(&format!("{number:E}"), ValType::F32), wanted);
        let number = f64::from_bits(wide);
        let wanted = number.is_finite().then_some(Value::F64(wide));
        prop_assert_eq!(parse(&format!("{number:e}"), ValType::F64), wanted);
        prop_assert_eq!(parse(&format!("{number}"), ValType::F64), wanted);
    }

    /// Short texts cannot overflow but by their exponent.
    #[test]
    fn floats_are_those_of_the_grammar(text in number_like()) {
        let small_exponent = text
            .split(['e', 'E'])
            .nth(1)
            .is_none_or(|exponent| exponent.trim_start_matches(['+', '-', '0']).len() <= 2);
        let narrow = parse(&text, ValType::F64).is_some();
        if small_exponent {
            prop_assert_eq!(narrow, is_float(&text), "{:?}", text);
        } else {
            prop_assert!(is_float(&text) || !narrow, "{:?}", text);
        }
    }

    #[test]
    fn refusals_name_key_and_text(key in ".{0,140}", text in "[^0-9]{0,140}") {
        let refusal = parse_uniform(&key, &text, ValType::I32).expect_err("no digit");
        prop_assert_eq!(refusal.code(), Code::UniformValue);
        prop_assert!(!refusal.to_string().chars().any(char::is_control));
        // LIM-5: two texts of 128 characters, each at most `\u{10ffff}`, and our words.
        prop_assert!(refusal.to_string().chars().count() < 2 * 128 * 10 + 200);
    }
}

// --- MIME-2 ---------------------------------------------------------------------

#[test]
fn media_types_are_normalised() {
    for (text, wanted) in [
        ("text/html", Some("text/html")),
        ("Text/HTML; Charset=UTF-8", Some("text/html")),
        ("  text/html\t;x", Some("text/html")),
        ("\r\ntext/html\n", Some("text/html")),
        ("text/html;a;b", Some("text/html")),
        ("", None),
        (" \t\r\n", None),
        (";charset=utf-8", None),
        (" ; ", None),
        // ASCII only: other spaces and letters stay as they are.
        ("\u{a0}text/html", Some("\u{a0}text/html")),
        ("ÄÖ/İ", Some("ÄÖ/İ")),
        ("a b", Some("a b")),
    ] {
        assert_eq!(normalize_media_type(text).as_deref(), wanted, "{text:?}");
    }
}

proptest! {
    #[test]
    fn a_normal_media_type_stays(text in ".{0,40}") {
        if let Some(once) = normalize_media_type(&text) {
            prop_assert_eq!(normalize_media_type(&once), Some(once.clone()));
            prop_assert!(!once.is_empty() && !once.contains(';'));
            prop_assert!(!once.bytes().any(|byte| byte.is_ascii_uppercase()));
        }
    }
}

// --- MOD-4: ECMA-262, 7.1.6 ToInt32, on the bits of the number --------------------

/// The steps of ToInt32 by integers alone: `int` is the number cut off towards
/// zero, the answer `int` modulo 2^32.
fn to_int32_by_steps(bits: u64) -> Option<u32> {
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0x7ff {
        // ECMAScript gives 0; the clause refuses.
        return None;
    }
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, scale) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    let int: i128 = match scale {
        // 2^32 divides it.
        32.. => 0,
        0..32 => i128::from(mantissa) << scale,
        -63..0 => i128::from(mantissa >> -scale),
        _ => 0,
    };
    let int = if bits >> 63 == 1 { -int } else { int };
    Some(int.rem_euclid(1 << 32) as u32)
}

/// Number(bigint): the nearest double, ties to even, on integers.
fn number_of(value: i64) -> i128 {
    let magnitude = i128::from(value).abs();
    let excess = 128 - magnitude.leading_zeros() as i32 - 53;
    if excess <= 0 {
        return i128::from(value);
    }
    let unit = 1_i128 << excess;
    let (down, rest) = (magnitude / unit, magnitude % unit);
    let up = rest * 2 > unit || (rest * 2 == unit && down % 2 == 1);
    let rounded = (down + i128::from(up)) * unit;
    if value < 0 { -rounded } else { rounded }
}

#[test]
fn pointers_at_the_edges() {
    for (value, wanted) in [
        (Value::I32(-1), Some(u32::MAX)),
        (Value::I64(1 << 32), Some(0)),
        (Value::I64(-1), Some(u32::MAX)),
        // 2^53 + 1 rounds to even, 2^53; 2^53 + 3 to 2^53 + 4.
        (Value::I64((1 << 53) + 1), Some(0)),
        (Value::I64((1 << 53) + 3), Some(4)),
        (Value::I64(i64::MAX), Some(0)),
        (Value::I64(i64::MIN), Some(0)),
        (Value::F32(4_294_967_296.0_f32.to_bits()), Some(0)),
        (Value::F32((-1.5_f32).to_bits()), Some(u32::MAX)),
        (Value::F64((-0.0_f64).to_bits()), Some(0)),
        (Value::F64(0.999_999_f64.to_bits()), Some(0)),
        (Value::F64(4_294_967_295.5_f64.to_bits()), Some(u32::MAX)),
        (Value::F64(f64::MAX.to_bits()), Some(0)),
        (Value::F64(5e-324_f64.to_bits()), Some(0)),
        (Value::F32(f32::INFINITY.to_bits()), None),
        (Value::F64(f64::NEG_INFINITY.to_bits()), None),
        (Value::F64(f64::NAN.to_bits()), None),
    ] {
        assert_eq!(to_pointer(value), wanted, "{value:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pointers_are_to_int32(
        bits in prop_oneof![
            any::<u64>(),
            // Numbers near the powers of two that matter.
            any::<f64>().prop_map(f64::to_bits),
            (0_u64..110, any::<u64>()).prop_map(|(exponent, rest)| {
                (1000 + exponent) << 52 | rest & 0x800f_ffff_ffff_ffff
            }),
        ],
    ) {
        prop_assert_eq!(to_pointer(Value::F64(bits)), to_int32_by_steps(bits), "{:#x}", bits);
        let narrow = (bits >> 32) as u32;
        let widened = f64::from(f32::from_bits(narrow)).to_bits();
        prop_assert_eq!(to_pointer(Value::F32(narrow)), to_int32_by_steps(widened));
    }

    #[test]
    fn wide_integers_become_numbers_first(value in any::<i64>(), shift in 0_u32..64) {
        let value = value >> shift;
        let wanted = number_of(value).rem_euclid(1 << 32) as u32;
        prop_assert_eq!(to_pointer(Value::I64(value)), Some(wanted), "{}", value);
    }

    #[test]
    fn an_i32_is_its_bits(value in any::<i32>()) {
        prop_assert_eq!(to_pointer(Value::I32(value)), Some(value.cast_unsigned()));
    }
}

// --- LIM-5 ----------------------------------------------------------------------

#[test]
fn what_a_terminal_would_act_on_is_escaped() {
    for (text, wanted) in [
        (
            "plain text, `ticks` \"and\" 'quotes'",
            "plain text, `ticks` \"and\" 'quotes'",
        ),
        ("Grüße, 世界", "Grüße, 世界"),
        ("\0\t\r\n", "\\0\\t\\r\\n"),
        ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
        ("\u{9b}31m", "\\u{9b}31m"),
        // Bidirectional controls, isolates, zero width, byte order mark, line separator.
        (
            "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}",
            "\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}",
        ),
        // A mark that would combine with what stands before it.
        ("\u{301}", "\\u{301}"),
        // So that an escape cannot be mistaken for the text that looks like one.
        ("\\u{1b}", "\\\\u{1b}"),
        ("", ""),
    ] {
        assert_eq!(quote(text), wanted, "{text:?}");
    }
}

proptest! {
    #[test]
    fn quoted_text_is_short_and_harmless(text in any::<String>(), times in 1_usize..200) {
        let text = text.repeat(times);
        let shown = quote(&text);
        prop_assert!(!shown.chars().any(char::is_control));
        // 128 characters and the sign that more was there.
        prop_assert!(shown.chars().count() <= 128 + 1);
        let escaped: usize = text.chars().map(|c| quote(&c.to_string()).chars().count()).sum();
        prop_assert_eq!(shown.ends_with('…') && !text.ends_with('…'), escaped > 128 && !text.ends_with('…'));
    }
}

// --- Stable names -----------------------------------------------------------------

#[test]
fn names_are_stable_and_found_again() {
    let kebab = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    for code in Code::ALL {
        assert!(kebab(code.as_str()), "{code}");
        assert_eq!(Code::from_text(code.as_str()), Some(*code));
        assert_eq!(code.to_string(), code.as_str());
        assert!(code.meaning().ends_with('.'), "{code}");
    }
    for kind in TrapKind::ALL {
        assert_eq!(TrapKind::from_text(kind.as_str()), Some(*kind));
    }
    for name in ExportName::ALL {
        assert_eq!(ExportName::from_text(name.as_str()), Some(*name));
    }
    assert_eq!(Code::from_text("Import"), None);
    // TRAP-1, in its words and its order.
    let kinds: Vec<_> = TrapKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "unreachable",
            "memory-out-of-bounds",
            "table-out-of-bounds",
            "indirect-call-to-null",
            "bad-signature",
            "integer-overflow",
            "integer-divide-by-zero",
            "bad-conversion-to-integer",
            "stack-overflow",
        ]
    );
    // TRAP-3: the three that an engine may not tell apart.
    let tables: Vec<_> = TrapKind::ALL
        .iter()
        .filter(|kind| kind.is_table_kind())
        .collect();
    assert_eq!(
        tables,
        [
            &TrapKind::TableOutOfBounds,
            &TrapKind::IndirectCallToNull,
            &TrapKind::BadSignature
        ]
    );
}

/// Every code that the clauses name, and no other.
#[test]
fn codes_are_those_of_the_clauses() {
    let mut found: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "content-type",
            "content-type-mismatch",
            "empty-recipe",
            "export-shape",
            "image-size",
            "import",
            "input-not-utf8",
            "input-out-of-bounds",
            "input-too-large",
            "instantiate",
            "invalid-module",
            "limit",
            "memory-kind",
            "memory-not-fixed",
            "missing-export",
            "missing-memory",
            "not-bmp",
            "not-pipeable",
            "not-wasm",
            "output-not-utf8",
            "output-out-of-bounds",
            "output-too-large",
            "tile-out-of-bounds",
            "tile-too-large",
            "uniform-shape",
            "uniform-value",
            "unknown-uniform",
        ]
    );
}
