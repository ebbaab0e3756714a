//! Filters and pictures that are made of numbers. `qip-differential` takes this file and
//! the plain reading for its target of fuzzing.

/// The text of a filter of as many pages as it needs, with `more` in it and a tile function
/// that runs `body` for each pixel: `$at` is the pixel's place in memory, `$x` and `$y` what
/// the function got. Tiles lie at 16 and have a capacity that `halo` needs and no more.
pub(super) fn filter(halo: u32, more: &str, body: &str) -> String {
    let span = 64 + 2 * halo;
    let size = span * span * 16;
    let end = size + 16;
    let pages = end.div_ceil(65_536);
    let halo = match halo {
        0 => String::new(),
        halo => format!(r#"(func (export "calculate_halo_px") (result i32) (i32.const {halo}))"#),
    };
    format!(
        r#"(module (memory (export "memory") {pages} {pages})
            (global (export "input_ptr") i32 (i32.const 16))
            (global (export "input_bytes_cap") i32 (i32.const {size}))
            {halo} {more}
            (func (export "tile_rgba32float_64x64") (param $x f32) (param $y f32)
                (local $at i32)
                (local.set $at (i32.const 16))
                (loop $next
                    {body}
                    (local.set $at (i32.add (local.get $at) (i32.const 16)))
                    (br_if $next (i32.lt_u (local.get $at) (i32.const {end}))))))"#
    )
}

/// A filter that adds to each pixel, times `factor`, one elsewhere in its tile and what its
/// arguments say together, which no shift of both leaves as it is. What it writes is read again: all of a tile hangs together.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    pub(super) halo: u32,
    /// How far the other pixel is, in pixels of the tile.
    pub(super) distance: u32,
    pub(super) factor: f32,
}

impl Mix {
    pub(super) fn text(&self) -> String {
        let span = 64 + 2 * self.halo;
        let size = span * span * 16;
        let far = self.distance % (span * span) * 16;
        // By its bits: it may be any NaN.
        let factor = self.factor.to_bits();
        let body = format!(
            "(v128.store (local.get $at)
                (f32x4.add
                    (f32x4.mul
                        (i32x4.splat (i32.const {factor}))
                        (v128.load (local.get $at)))
                    (f32x4.add (f32x4.splat (f32.sub (local.get $x) (f32.mul (f32.const 3) (local.get $y))))
                        (v128.load (i32.add (i32.const 16) (i32.rem_u
                            (i32.add (i32.sub (local.get $at) (i32.const 16)) (i32.const {far}))
                            (i32.const {size}))))))) "
        );
        filter(self.halo, "", &body)
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
