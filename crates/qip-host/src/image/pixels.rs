//! What floats and bytes say of each other (IMG-2), and samples in a module's memory:
//! f32, little-endian.
//!
//! Each loop is without branches and over arrays of a fixed size, so that the compiler
//! makes SIMD of it.

/// A picture's sample: `u8` or `f32`.
pub trait Sample: sealed::Sample {}

impl Sample for u8 {}
impl Sample for f32 {}

mod sealed {
    /// How samples enter and leave a module's memory.
    pub trait Sample: Copy + Default + Send + Sync {
        /// Writes samples as floats: four bytes each.
        fn load(samples: &[Self], memory: &mut [u8]);

        /// Reads them back.
        fn store(memory: &[u8], samples: &mut [Self]);
    }
}

impl sealed::Sample for u8 {
    #[inline]
    fn load(samples: &[u8], memory: &mut [u8]) {
        let (floats, _) = memory.as_chunks_mut::<4>();
        for (float, byte) in floats.iter_mut().zip(samples) {
            *float = to_float(*byte).to_le_bytes();
        }
    }

    #[inline]
    fn store(memory: &[u8], samples: &mut [u8]) {
        let (floats, _) = memory.as_chunks::<4>();
        for (byte, float) in samples.iter_mut().zip(floats) {
            *byte = to_byte(f32::from_le_bytes(*float));
        }
    }
}

impl sealed::Sample for f32 {
    #[inline]
    fn load(samples: &[f32], memory: &mut [u8]) {
        let (floats, _) = memory.as_chunks_mut::<4>();
        for (float, sample) in floats.iter_mut().zip(samples) {
            // By bits: a signalling NaN passes unchanged.
            *float = sample.to_bits().to_le_bytes();
        }
    }

    #[inline]
    fn store(memory: &[u8], samples: &mut [f32]) {
        let (floats, _) = memory.as_chunks::<4>();
        for (sample, float) in samples.iter_mut().zip(floats) {
            *sample = f32::from_bits(u32::from_le_bytes(*float));
        }
    }
}

/// The float that is nearest to 1/255.
const ONE_255TH: f32 = f32::from_bits(0x3B80_8081);

#[inline]
fn to_float(byte: u8) -> f32 {
    f32::from(byte) * ONE_255TH
}

/// 2^23: from here on floats have no fraction, so adding it rounds.
const NO_FRACTION: f32 = 8_388_608.0;

/// The byte of a float: 0 up to 0 and for NaN, 255 from 1 on, else `v * 255 + 0.5` cut
/// to a whole number, each step rounded.
#[inline]
fn to_byte(value: f32) -> u8 {
    let scaled = value * 255.0 + 0.5;
    // A comparison with NaN is false. What is at most 0 is now at most 0.5, and what is
    // at least 1 is at least 255: after this, 0 and 255 follow by themselves.
    let scaled = if scaled > 0.0 { scaled } else { 0.0 };
    let scaled = if scaled < 255.0 { scaled } else { 255.0 };
    // The low bits of the sum are the nearest whole number. It is one too many where
    // that is above.
    let shifted = scaled + NO_FRACTION;
    let is_above = shifted - NO_FRACTION > scaled;
    shifted.to_bits().wrapping_sub(u32::from(is_above)) as u8
}

#[cfg(test)]
mod tests {
    use super::sealed::Sample as _;
    use super::{to_byte, to_float};

    /// IMG-2, word for word.
    fn defined(v: f32) -> u8 {
        if v <= 0.0 {
            return 0;
        }
        if v >= 1.0 {
            return 255;
        }
        if v.is_nan() {
            return 0;
        }
        let t: f32 = v * 255.0;
        let u: f32 = t + 0.5;
        u.trunc() as u8
    }

    #[track_caller]
    fn assert_defined(bits: u32) {
        let value = f32::from_bits(bits);
        assert_eq!(to_byte(value), defined(value), "{value:e} ({bits:#010x})");
    }

    #[test]
    fn every_byte_comes_back() {
        for byte in 0..=255 {
            let float = to_float(byte);
            assert_eq!(float, f32::from(byte) * f32::from_bits(0x3B80_8081));
            assert_eq!(to_byte(float), byte);
        }
        assert_eq!(to_float(255), 1.0);
    }

    #[test]
    fn floats_become_bytes_as_defined() {
        // A prime stride meets every exponent and mixes the low bits.
        for bits in (0..=u32::MAX).step_by(4_093) {
            assert_defined(bits);
        }
        // Where the byte changes, and all around it.
        for byte in 0..=255_u32 {
            for middle in [byte as f32 / 255.0, (byte as f32 + 0.5) / 255.0] {
                let bits = middle.to_bits();
                (bits.saturating_sub(500)..bits + 500).for_each(assert_defined);
            }
        }
        for value in [
            0.0,
            -0.0,
            1.0,
            f32::NAN,
            -f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            f32::MIN_POSITIVE,
        ] {
            assert_defined(value.to_bits());
            assert_defined(value.to_bits().wrapping_add(1));
            assert_defined(value.to_bits().wrapping_sub(1));
        }
    }

    /// All of them, as the loops convert them: some ten seconds, and without optimisation
    /// minutes, so it is only there in a release build, which `cargo xtask ci` makes:
    /// `cargo test --release -p qip-host --no-default-features --lib every_float`
    #[cfg(not(debug_assertions))]
    #[test]
    fn every_float_becomes_a_byte_as_defined() {
        let mut memory = vec![0_u8; 4 << 16];
        let mut found = vec![0_u8; 1 << 16];
        for high in 0..=0xffff_u32 {
            for (low, float) in memory.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                *float = (high << 16 | low as u32).to_le_bytes();
            }
            u8::store(&memory, &mut found);
            for (low, byte) in found.iter().enumerate() {
                let value = f32::from_bits(high << 16 | low as u32);
                assert_eq!(*byte, defined(value), "{value:e}");
            }
        }
    }

    #[test]
    fn samples_pass_through_memory() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut memory = vec![0xaa; 1024];
        u8::load(&bytes, &mut memory);
        assert_eq!(memory[4..8], [0x81, 0x80, 0x80, 0x3b]);
        let mut back = vec![0; 256];
        u8::store(&memory, &mut back);
        assert_eq!(back, bytes);

        // A signalling NaN, an infinity, a subnormal number.
        let bits = [0x7fa0_1234, 0xff80_0000, 1, 0x8000_0000];
        let floats = bits.map(f32::from_bits);
        f32::load(&floats, &mut memory[..16]);
        let mut back = [0.0; 4];
        f32::store(&memory[..16], &mut back);
        assert_eq!(back.map(f32::to_bits), bits);
    }
}
