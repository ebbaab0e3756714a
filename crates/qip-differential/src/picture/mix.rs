//! Filters and pictures that are made of numbers.

/// A filter that adds to each pixel, times `factor`, one elsewhere in its tile and what its
/// arguments say together, which no shift of both leaves as it is. What it writes is read
/// again: all of a tile hangs together.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    pub(super) halo: u32,
    /// How far the other pixel is, in pixels of the tile.
    pub(super) distance: u32,
    pub(super) factor: f32,
}

impl Mix {
    /// Tiles lie at 16 and have a capacity that the halo needs and no more. `$at` is a pixel's
    /// place in memory, `$x` and `$y` are what the function got.
    pub(super) fn text(&self) -> String {
        let span = 64 + 2 * self.halo;
        let size = span * span * 16;
        let end = size + 16;
        let pages = end.div_ceil(65_536);
        let halo = match self.halo {
            0 => String::new(),
            halo => {
                format!(r#"(func (export "calculate_halo_px") (result i32) (i32.const {halo}))"#)
            }
        };
        let far = self.distance % (span * span) * 16;
        // By its bits: it may be any NaN.
        let factor = self.factor.to_bits();
        format!(
            r#"(module (memory (export "memory") {pages} {pages})
                (global (export "input_ptr") i32 (i32.const 16))
                (global (export "input_bytes_cap") i32 (i32.const {size}))
                {halo}
                (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
                    (local $at i32) (local $place v128)
                    (local.set $place (f32x4.splat
                        (f32.sub (local.get $x) (f32.mul (f32.const 3) (local.get $y)))))
                    (local.set $at (i32.const 16))
                    (loop $next
                        (v128.store (local.get $at)
                            (f32x4.add
                                (f32x4.mul
                                    (i32x4.splat (i32.const {factor}))
                                    (v128.load (local.get $at)))
                                (f32x4.add (local.get $place)
                                    (v128.load (i32.add (i32.const 16) (i32.rem_u
                                        (i32.add (i32.sub (local.get $at) (i32.const 16))
                                            (i32.const {far}))
                                        (i32.const {size})))))))
                        (local.set $at (i32.add (local.get $at) (i32.const 16)))
                        (br_if $next (i32.lt_u (local.get $at) (i32.const {end}))))))"#
        )
    }
}

/// Samples as pictures have them, and now and then any float at all.
pub(super) fn samples(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let sample = |_| match next() {
        odd if odd % 97 == 0 => f32::from_bits((odd >> 32) as u32),
        odd if odd % 89 == 0 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][odd as usize % 3],
        usual => (usual >> 40) as f32 / 16_777_216.0,
    };
    (0..count).map(sample).collect()
}
