//! Tiles lie in their buffer as IMG-3 says.

use qip_module::{TILE, Tile};

#[test]
fn the_core_is_inside_of_the_halo() {
    let span = TILE + 2 * 3;
    let mut pixels = vec![[0.0; 4]; span * span];
    let mut tile = Tile::read(&mut pixels, 3, -3.0, 61.0, [0.0; 2]);
    assert_eq!((tile.span(), tile.x, tile.y), (span, -3.0, 61.0));
    let mut rows = 0;
    for row in tile.core_rows() {
        assert_eq!(row.len(), TILE);
        row.fill([1.0; 4]);
        rows += 1;
    }
    assert_eq!(rows, TILE);
    for (at, pixel) in pixels.iter().enumerate() {
        let is_core = |place: usize| (3..3 + TILE).contains(&place);
        let expected = is_core(at / span) && is_core(at % span);
        assert_eq!(*pixel, [f32::from(u8::from(expected)); 4], "{at}");
    }
}

/// The buffer may be larger, for a halo that is not asked for now.
#[test]
fn a_tile_is_the_beginning_of_its_buffer() {
    let mut pixels = vec![[0.0; 4]; 70 * 70];
    let tile = Tile::read(&mut pixels, 1, 0.0, 0.0, [0.0; 2]);
    assert_eq!(tile.pixels.len(), 66 * 66);
}

#[test]
#[should_panic = "the module traps"]
fn a_tile_that_does_not_fit_traps() {
    Tile::read(&mut vec![[0.0; 4]; 70 * 70], 4, 0.0, 0.0, [0.0; 2]);
}

#[test]
#[should_panic = "the module traps"]
fn a_halo_of_all_bits_traps() {
    Tile::read(&mut [], u32::MAX, 0.0, 0.0, [0.0; 2]);
}
