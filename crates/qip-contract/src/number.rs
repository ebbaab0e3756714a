//! Numbers across the boundary: values of an export, and pointers read from them
//! (MOD-3, MOD-4).

/// A WebAssembly number. Floats are kept as bits, so that NaN passes unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
}

/// Reads a pointer, capacity or size from an export's value: the bits of an
/// `i32`, unsigned. Other types are read as the JavaScript runner does: as an
/// ECMAScript Number, then ToInt32 (MOD-4); `None` where that is not finite.
///
/// ```
/// use qip_contract::{Value, to_pointer};
///
/// assert_eq!(to_pointer(Value::I32(-1)), Some(0xffff_ffff));
/// assert_eq!(to_pointer(Value::F64((4_294_967_296.0_f64 + 7.9).to_bits())), Some(7));
/// assert_eq!(to_pointer(Value::F32(f32::NAN.to_bits())), None);
/// ```
pub fn to_pointer(value: Value) -> Option<u32> {
    match value {
        Value::I32(value) => Some(value.cast_unsigned()),
        // Number(bigint) rounds to the nearest double, ties to even, as `as` does.
        Value::I64(value) => to_int32(value as f64),
        Value::F32(bits) => to_int32(f64::from(f32::from_bits(bits))),
        Value::F64(bits) => to_int32(f64::from_bits(bits)),
    }
}

/// ECMAScript's ToInt32, as unsigned bits: truncate, then modulo 2^32.
fn to_int32(number: f64) -> Option<u32> {
    // The remainder of a double by 2^32 is exact and lies within ±2^32.
    number
        .is_finite()
        .then(|| (number.trunc() % 4_294_967_296.0) as i64 as u32)
}

#[cfg(test)]
mod tests {
    use super::{Value, to_pointer};

    fn double(number: f64) -> Option<u32> {
        to_pointer(Value::F64(number.to_bits()))
    }

    #[test]
    fn lenient_reading_is_to_int32() {
        // The steps of ECMA-262, 7.1.6 ToInt32, by hand.
        assert_eq!(double(-1.0), Some(0xffff_ffff));
        assert_eq!(double(-1.9), Some(0xffff_ffff));
        assert_eq!(double(-0.5), Some(0));
        assert_eq!(double(2_147_483_648.0), Some(0x8000_0000));
        assert_eq!(double(4_294_967_296.0), Some(0));
        assert_eq!(double(-4_294_967_297.0), Some(0xffff_ffff));
        // 2^53 + 1 is not a double: it rounds to 2^53, whose low 32 bits are 0.
        assert_eq!(to_pointer(Value::I64((1 << 53) + 1)), Some(0));
        assert_eq!(to_pointer(Value::I64((1 << 53) + 2)), Some(2));
        assert_eq!(to_pointer(Value::I64(-1)), Some(0xffff_ffff));
        assert_eq!(to_pointer(Value::I64((1 << 32) + 5)), Some(5));
        // 2^84 modulo 2^32 is 0; a double that large has no low bits.
        assert_eq!(double(2.0_f64.powi(84)), Some(0));
    }

    #[test]
    fn what_is_not_finite_is_no_pointer() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(double(number), None);
            assert_eq!(to_pointer(Value::F32((number as f32).to_bits())), None);
        }
    }
}
