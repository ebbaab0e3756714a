//! invert: turns each colour into its opposite; alpha is kept.
//!
//! A sample v becomes (1 - 2 amount) v + amount: with an amount of 1, 1 - v.
#![cfg_attr(target_family = "wasm", no_std)]

use core::hint::black_box;

use qip_module::{Pixel, Tile};

qip_module::tile! {
    uniforms { amount: f32 = 1.0 },
    render: invert,
}

fn invert(tile: &mut Tile, uniforms: &Uniforms) {
    let amount = uniforms.amount.clamp(0.0, 1.0);
    let scale = 1.0 - 2.0 * amount;
    // Alpha takes the same way as the colours, so that all four are computed at once. A
    // compiler that knew that alpha stays as it is would treat it apart, which takes longer.
    let (scale, offset): (Pixel, Pixel) =
        black_box(([scale, scale, scale, 1.0], [amount, amount, amount, 0.0]));
    for pixel in &mut *tile.pixels {
        *pixel = core::array::from_fn(|channel| pixel[channel] * scale[channel] + offset[channel]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_inverted_and_alpha_is_kept() {
        let mut pixels = [[0.25, 0.0, 1.0, 0.5]; 64 * 64];
        let mut tile = Tile::read(&mut pixels, 0, 0.0, 0.0, [0.0; 2]);
        invert(&mut tile, &Uniforms::DEFAULT);
        assert!(pixels.iter().all(|pixel| *pixel == [0.75, 1.0, 0.0, 0.5]));
    }
}
