//! Pointers, capacities and sizes as an engine gives them (MOD-3, MOD-4).

use qip_contract::Value;

use super::{Job, Mutation};

/// A pointer, capacity or size: 32 bits without a sign. Other types than i32 come
/// only where numbers are read leniently; of what is not finite there is no reading.
pub(super) fn unsigned(value: Value, job: Job<'_>) -> Option<u32> {
    match value {
        Value::I32(value) => Some(value.cast_unsigned()),
        Value::I64(value) => to_int32(value as f64, job),
        Value::F32(bits) => to_int32(f64::from(f32::from_bits(bits)), job),
        Value::F64(bits) => to_int32(f64::from_bits(bits), job),
    }
}

/// ECMAScript's ToInt32, as bits: cut towards zero, modulo 2^32.
fn to_int32(mut number: f64, job: Job<'_>) -> Option<u32> {
    if !number.is_finite() {
        return job.errs(Mutation::LenientNotFinite).then_some(0);
    }
    if job.errs(Mutation::LenientRounds) {
        number = number.round();
    }
    if job.errs(Mutation::LenientSaturates) {
        return Some(number as u32);
    }
    Some(number.trunc().rem_euclid(4_294_967_296.0) as u32)
}
