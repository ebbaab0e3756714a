//! {{name}}: makes pictures darker.
#![cfg_attr(target_family = "wasm", no_std)]

mod qip;

use qip::Tile;

// What the caller may set: `'?amount=0.3'` on the command line. A filter that looks at
// neighbours declares `halo: 2,` before it: so many pixels are then around each tile.
crate::tile! {
    uniforms { amount: f32 = 0.5 },
    render: dim,
}

fn dim(tile: &mut Tile, uniforms: &Uniforms) {
    for [red, green, blue, _alpha] in &mut *tile.pixels {
        for channel in [red, green, blue] {
            *channel *= uniforms.amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dimmed_and_alpha_stays() {
        let mut pixels = [[1.0, 0.5, 0.0, 0.25]; 64 * 64];
        let mut tile = Tile::read(&mut pixels, 0, 0.0, 0.0, [0.0; 2]);
        dim(&mut tile, &Uniforms { amount: 0.5 });
        assert!(pixels.iter().all(|pixel| *pixel == [0.5, 0.25, 0.0, 0.25]));
    }
}
