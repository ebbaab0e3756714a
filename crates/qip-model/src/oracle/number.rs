//! Pointers, capacities and sizes as an engine gives them (MOD-3, MOD-4).

use qip_contract::Value;

/// MOD-4: a pointer, capacity or size, which is 32 bits without a sign. Other types than i32
/// come only where numbers are read leniently; of what is not finite there is no reading.
pub(crate) fn unsigned(value: Value) -> Option<u32> {
    match value {
        Value::I32(value) => Some(value.cast_unsigned()),
        Value::I64(value) => to_int32(value as f64),
        Value::F32(bits) => to_int32(f64::from(f32::from_bits(bits))),
        Value::F64(bits) => to_int32(f64::from_bits(bits)),
    }
}

/// ECMAScript's ToInt32, as bits: cut towards zero, modulo 2^32.
fn to_int32(number: f64) -> Option<u32> {
    let cut = number.trunc().rem_euclid(4_294_967_296.0);
    number.is_finite().then_some(cut as u32)
}
