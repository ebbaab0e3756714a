//! box-blur: makes each pixel the mean of the square around it.
//!
//! Means are of colour times alpha, divided by the mean of alpha. How sums are put together
//! from sums of 1, 2, 4 and so on pixels, and why not by adding at one end and taking away at
//! the other, is told in `modules-wat/tile/box-blur.wat`.
#![cfg_attr(target_family = "wasm", no_std)]

use qip_module::{Pixel, TILE, Tile};

qip_module::tile! {
    halo: MAX_RADIUS,
    halo_of: radius,
    uniforms { radius: i32 = 2 },
    scratch: Scratch = Scratch::ZERO,
    render: blur,
}

const MAX_RADIUS: usize = 64;

/// The side of the largest tile.
const MAX_SPAN: usize = TILE + 2 * MAX_RADIUS;

/// Memory to work in.
struct Scratch {
    /// A row of the tile, colour times alpha.
    row: [Pixel; MAX_SPAN],
    /// The sums along each row of the tile.
    row_sums: [Pixel; MAX_SPAN * TILE],
    /// The sums of squares.
    sums: [Pixel; TILE * TILE],
    /// Where sums of twice the length are made of those before.
    spare: [Pixel; MAX_SPAN * TILE],
}

impl Scratch {
    const ZERO: Scratch = Scratch {
        row: [[0.0; 4]; MAX_SPAN],
        row_sums: [[0.0; 4]; MAX_SPAN * TILE],
        sums: [[0.0; 4]; TILE * TILE],
        spare: [[0.0; 4]; MAX_SPAN * TILE],
    };
}

/// How far the square reaches in each direction.
fn radius(uniforms: &Uniforms) -> u32 {
    uniforms.radius.max(0) as u32
}

fn blur(tile: &mut Tile, _: &Uniforms, scratch: &mut Scratch) {
    // Nothing is to do, and colour under an alpha of 0 is kept.
    if tile.halo == 0 {
        return;
    }
    let span = tile.span();
    let side = 2 * tile.halo + 1;
    let row_sums = &mut scratch.row_sums[..span * TILE];
    let rows = tile.pixels.chunks_exact(span);
    for (row, sums) in rows.zip(row_sums.chunks_exact_mut(TILE)) {
        for (to, [red, green, blue, alpha]) in scratch.row.iter_mut().zip(row) {
            *to = [red * alpha, green * alpha, blue * alpha, *alpha];
        }
        add_windows(&mut scratch.row[..span], &mut scratch.spare, 1, side, sums);
    }
    // All columns at once: what is one step along a column is a row in memory.
    add_windows(row_sums, &mut scratch.spare, TILE, side, &mut scratch.sums);

    let count = (side * side) as f32;
    for (row, sums) in tile.core_rows().zip(scratch.sums.chunks_exact(TILE)) {
        for (pixel, [red, green, blue, alpha]) in row.iter_mut().zip(sums) {
            // Where the sum of alpha is 0, those of colour are too, and are divided by 1.
            let divisor = if *alpha == 0.0 { 1.0 } else { *alpha };
            *pixel = [
                red / divisor,
                green / divisor,
                blue / divisor,
                alpha / count,
            ];
        }
    }
}

/// Writes to each of `sums` the sum of `count` of the `values` that are `step` apart, the first
/// as far from the beginning as the sum. The count is odd. What is in `values` and in `spare`
/// is lost.
fn add_windows<'a>(
    mut values: &'a mut [Pixel],
    mut spare: &'a mut [Pixel],
    step: usize,
    count: usize,
    sums: &mut [Pixel],
) {
    sums.copy_from_slice(&values[..sums.len()]);
    let mut done = 1;
    // The values are sums of this many pixels.
    let mut length = 1;
    while 2 * length <= count {
        // A sum of twice the length is this and the one that begins where it ends. The last
        // ones have none behind them. Of those no more are needed.
        let (_, seconds) = values.split_at(length * step);
        let longer = seconds.len();
        for (sum, (first, second)) in spare.iter_mut().zip(values.iter().zip(seconds)) {
            *sum = added(*first, *second);
        }
        core::mem::swap(&mut values, &mut spare);
        values = values.split_at_mut(longer).0;
        length *= 2;

        if count & length != 0 {
            for (sum, value) in sums.iter_mut().zip(&values[done * step..]) {
                *sum = added(*sum, *value);
            }
            done += length;
        }
    }
}

fn added(a: Pixel, b: Pixel) -> Pixel {
    core::array::from_fn(|channel| a[channel] + b[channel])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_summed() {
        let pixel = |value: u8| [f32::from(value), 0.0, 0.0, 1.0];
        let mut values = [1, 2, 4, 8, 16, 32, 64].map(pixel);
        let mut spare = [[9.0; 4]; 7];
        let mut sums = [[9.0; 4]; 3];
        add_windows(&mut values, &mut spare, 1, 5, &mut sums);
        assert_eq!(sums.map(|sum| sum[0]), [31.0, 62.0, 124.0]);
        assert_eq!(sums.map(|sum| sum[3]), [5.0; 3]);
    }
}
