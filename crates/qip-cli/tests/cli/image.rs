//! `qip image`: pictures of every format in and out, options, and what is refused.

#[path = "image/encoded.rs"]
mod encoded;
#[path = "image/formats.rs"]
mod formats;
#[path = "image/hostile.rs"]
mod hostile;
#[path = "image/metadata.rs"]
mod metadata;
#[path = "image/options.rs"]
mod options;
#[path = "image/photographs.rs"]
mod photographs;
#[path = "image/places.rs"]
mod places;
#[path = "image/refused.rs"]
mod refused;
#[path = "image/terminal.rs"]
mod terminal;

use ::image::RgbaImage;

use crate::directory::{Answer, Directory};

/// Leaves tiles as they are.
const IDENTITY: &str = r#"(module (memory (export "memory") 1 1)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 65536))
  (func (export "tile_rgba32float_64x64") (param f32 f32)))"#;

/// Turns colours into their opposites, and leaves alpha.
const INVERT: &str = include_str!("image/invert.wat");

/// Takes the pixel that is `by` to the right and below: a halo of that size, from a uniform.
const SHIFT: &str = r#"(module (memory (export "memory") 3 3)
  (global $by (mut i32) (i32.const 1))
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 147456))
  (func (export "uniform_set_by") (param i32) (global.set $by (local.get 0)))
  (func (export "calculate_halo_px") (result i32) (global.get $by))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $at i32) (local $far i32) (local $end i32) (local $span i32)
    (local.set $span (i32.add (i32.const 64) (i32.shl (global.get $by) (i32.const 1))))
    (local.set $far (i32.shl (i32.mul (global.get $by)
      (i32.add (local.get $span) (i32.const 1))) (i32.const 4)))
    (local.set $end (i32.sub
      (i32.shl (i32.mul (local.get $span) (local.get $span)) (i32.const 4)) (local.get $far)))
    (loop $next
      (v128.store (local.get $at) (v128.load (i32.add (local.get $at) (local.get $far))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))))"#;

/// A directory with these filters.
fn directory() -> Directory {
    let directory = Directory::new();
    for (name, wat) in [
        ("identity.wasm", IDENTITY),
        ("invert.wasm", INVERT),
        ("shift.wasm", SHIFT),
    ] {
        directory.module(name, wat);
    }
    directory
}

/// A picture in which pixels, and channels, differ.
fn gradient(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        ::image::Rgba([x, y, 3 * x + 5 * y, 255 - (x + 2 * y) % 256].map(|part| part as u8))
    })
}

/// The same without transparency.
fn opaque(width: u32, height: u32) -> RgbaImage {
    let mut picture = gradient(width, height);
    picture.pixels_mut().for_each(|pixel| pixel.0[3] = 255);
    picture
}

/// What invert makes of it.
fn inverted(mut picture: RgbaImage) -> RgbaImage {
    picture
        .pixels_mut()
        .for_each(|pixel| pixel.0[..3].iter_mut().for_each(|part| *part = 255 - *part));
    picture
}

/// Decodes what the command wrote.
#[track_caller]
fn decoded(bytes: &[u8]) -> RgbaImage {
    let decoded = ::image::load_from_memory(bytes);
    decoded
        .unwrap_or_else(|error| panic!("{error}"))
        .into_rgba8()
}

impl Directory {
    /// Runs `qip image` with these arguments.
    #[track_caller]
    fn image(&self, args: &[&str]) -> Answer {
        self.qip(&[&["image"], args].concat())
    }
}

/// Whether two pictures are the same; not with all of their pixels where they are not.
#[track_caller]
fn assert_same(found: &RgbaImage, expected: &RgbaImage) {
    assert_eq!(found.dimensions(), expected.dimensions());
    let pairs = found.enumerate_pixels().zip(expected.pixels());
    let differing = pairs.filter(|((_, _, found), expected)| found != expected);
    let differing: Vec<_> = differing.take(3).collect();
    assert!(differing.is_empty(), "{differing:?}");
}
