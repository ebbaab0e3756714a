//! calibrate: turns the raw samples of an instrument into readings.
//!
//! A reading is (sample - zero) × gain, without its fraction, + offset. One of every few
//! samples is read. `modules-wat/content/calibrate.wat` has the rest.
#![cfg_attr(target_family = "wasm", no_std)]

use qip_module::Out;

qip_module::content! {
    input: bytes[1 << 16],
    output: i32[1 << 16],
    uniforms {
        zero: f32 = 0.0,
        gain: f64 = 1.0,
        offset: i64 = 0,
        every: i32 = 1,
    },
    render: calibrate,
}

fn calibrate(input: &[u8], out: &mut Out<i32>, uniforms: &Uniforms) {
    let zero = f64::from(uniforms.zero);
    // What is further away comes out the same.
    let offset = uniforms.offset.clamp(-1 << 32, 1 << 32);
    let every = uniforms.every.max(1) as usize;
    for sample in input.iter().step_by(every) {
        // This conversion takes what is outside of `i32` for the nearest number inside.
        let product = ((f64::from(*sample) - zero) * uniforms.gain) as i32;
        let reading = i64::from(product) + offset;
        out.push(reading.clamp(i32::MIN.into(), i32::MAX.into()) as i32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniforms_are_applied() {
        let mut buffer = [0; 4];
        let mut out = Out::over(&mut buffer);
        let uniforms = Uniforms {
            zero: 4.5,
            gain: 2.0,
            every: 2,
            ..Uniforms::DEFAULT
        };
        calibrate(&[16, 255, 4], &mut out, &uniforms);
        assert_eq!(out[..], [23, -1]);
    }
}
