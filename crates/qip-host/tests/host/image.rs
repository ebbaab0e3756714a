//! The image mode: tiles, halos, whole pictures, threads (IMG).

#[path = "image/blocks.rs"]
mod blocks;
#[path = "image/failures.rs"]
mod failures;
#[path = "image/preparing.rs"]
mod preparing;
#[path = "image/progress.rs"]
mod progress;
#[path = "image/tiles.rs"]
mod tiles;
#[path = "image/time.rs"]
mod time;

use std::num::NonZeroUsize;

use qip_host::image::{Filters, ImageOptions, Picture};
use qip_host::{Error, Host, Stage};

use crate::wat;

/// A filter of as many pages as it needs, with `more` in it and a tile function that runs
/// `body` for each pixel: `$at` is the pixel's place in memory, `$x` and `$y` what the
/// function got. Tiles lie at 16 and have a capacity that `halo` needs and no more.
fn filter(halo: u32, more: &str, body: &str) -> Vec<u8> {
    let span = 64 + 2 * halo;
    let size = span * span * 16;
    let end = size + 16;
    let pages = end.div_ceil(65_536);
    let halo = match halo {
        0 => String::new(),
        halo => format!(r#"(func (export "calculate_halo_px") (result i32) (i32.const {halo}))"#),
    };
    wat(&format!(
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
    ))
}

/// Adds one to the red of each pixel.
fn brighter() -> Vec<u8> {
    filter(
        0,
        "",
        "(f32.store (local.get $at) (f32.add (f32.const 1) (f32.load (local.get $at))))",
    )
}

/// Takes the pixel that is `halo` to the right and below, and adds what `add` is. It goes
/// from the first pixel on, so each reads what is not written yet; what it makes of the
/// margin at the end is not kept.
fn shift(halo: u32, add: f32) -> Vec<u8> {
    let span = 64 + 2 * halo;
    let far = (halo * span + halo) * 16;
    let last = 16 + span * span * 16 - far;
    filter(
        halo,
        "",
        &format!(
            "(if (i32.lt_u (local.get $at) (i32.const {last})) (then
                (v128.store (local.get $at)
                    (f32x4.add (f32x4.splat (f32.const {add}))
                        (v128.load (i32.add (local.get $at) (i32.const {far})))))))"
        ),
    )
}

/// Writes its own arguments to red and green of the first pixel of the core.
fn coordinates(halo: u32) -> Vec<u8> {
    let first = 16 + halo * (64 + 2 * halo + 1) * 16;
    filter(
        halo,
        "",
        &format!(
            "(f32.store (i32.const {first}) (local.get $x))
             (f32.store offset=4 (i32.const {first}) (local.get $y))"
        ),
    )
}

/// A picture in which every sample is another.
fn numbered(width: u32, height: u32) -> Picture<f32> {
    let count = width * height * 4;
    Picture::new(width, height, (0..count).map(|n| n as f32).collect()).expect("as many")
}

fn threads(count: usize) -> ImageOptions {
    ImageOptions::threads(NonZeroUsize::new(count).expect("some"))
}

fn filters(host: &Host, stages: &[&[u8]]) -> Result<Filters, Error> {
    host.filters(stages.iter().map(Stage::new))
}

/// The sample of a channel.
fn at<T: qip_host::image::Sample + Copy>(
    picture: &Picture<T>,
    x: u32,
    y: u32,
    channel: usize,
) -> T {
    picture.pixels()[(y * picture.width() + x) as usize * 4 + channel]
}

/// Floats by their bits: NaN is what it is.
fn bits(picture: &Picture<f32>) -> Vec<u32> {
    picture
        .pixels()
        .iter()
        .map(|sample| sample.to_bits())
        .collect()
}
