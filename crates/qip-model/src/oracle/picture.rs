//! Pictures: how large they may be (IMG-11), and what bytes and floats say of each other
//! (IMG-2).

use qip_cases::{Image, Outcome};
use qip_contract::{Code, Limits};

use super::hooks::Job;
use super::refusal::{check_limit, refused};

/// The width and height of a tile's core, in pixels.
pub(crate) const SIDE: i64 = 64;

/// Red, green, blue and alpha, each an f32 as it stands in a module's memory: so a NaN stays
/// as it is.
pub(crate) type Pixel = [[u8; 4]; 4];

/// Nothing: 0 in every channel.
pub(crate) const NOTHING: Pixel = [[0; 4]; 4];

/// A picture in floats, with all that its tiles cover: to the right and below, some of that
/// may lie outside of the picture.
#[derive(Clone, PartialEq)]
pub(crate) struct Canvas {
    /// The picture's size, in pixels.
    pub(crate) width: i64,
    pub(crate) height: i64,
    pixels: Vec<Pixel>,
}

impl Canvas {
    /// A picture, with nothing around it.
    pub(crate) fn new(image: &Image, job: Job<'_>) -> Canvas {
        let (width, height) = (i64::from(image.width), i64::from(image.height));
        let mut canvas = Canvas {
            width,
            height,
            pixels: Vec::new(),
        };
        let all = canvas.line() * of_whole_tiles(height);
        canvas.pixels = vec![NOTHING; all as usize];
        let mut bytes = image.pixels.as_chunks::<4>().0.iter();
        for y in 0..height {
            for (x, bytes) in (0..width).zip(&mut bytes) {
                let pixel = bytes.map(|byte| float(byte).to_le_bytes());
                canvas.put(x, y, job.hooks.pixel_in(pixel, *bytes));
            }
        }
        canvas
    }

    /// From one row to the next.
    fn line(&self) -> i64 {
        of_whole_tiles(self.width)
    }

    /// What is at a place that a tile covers.
    pub(crate) fn at(&self, x: i64, y: i64) -> Pixel {
        self.pixels[(y * self.line() + x) as usize]
    }

    pub(crate) fn put(&mut self, x: i64, y: i64, pixel: Pixel) {
        let at = (y * self.line() + x) as usize;
        self.pixels[at] = pixel;
    }

    /// Whether a place is one of the picture.
    pub(crate) fn has(&self, x: i64, y: i64) -> bool {
        (0..self.width).contains(&x) && (0..self.height).contains(&y)
    }

    /// The pixel of the picture that is nearest to a place.
    pub(crate) fn nearest(&self, x: i64, y: i64) -> Pixel {
        self.at(x.clamp(0, self.width - 1), y.clamp(0, self.height - 1))
    }

    /// Whether all tiles lie within the picture.
    pub(crate) fn is_of_whole_tiles(&self) -> bool {
        self.width % SIDE == 0 && self.height % SIDE == 0
    }

    /// Paints every place that a tile covers anew.
    pub(crate) fn paint(&mut self, paint: impl Fn(&Canvas, i64, i64) -> Pixel) {
        for y in 0..of_whole_tiles(self.height) {
            for x in 0..self.line() {
                self.put(x, y, paint(self, x, y));
            }
        }
    }

    /// The picture in bytes. `before` is the one that it was made of.
    pub(crate) fn image(&self, before: &Image, job: Job<'_>) -> Image {
        let mut all_before = before.pixels.as_chunks::<4>().0.iter();
        let mut pixels = Vec::new();
        for y in 0..self.height {
            for (x, before) in (0..self.width).zip(&mut all_before) {
                let pixel = self.at(x, y);
                let bytes = pixel.map(|float| byte(f32::from_le_bytes(float)));
                pixels.extend(job.hooks.pixel_out(bytes, pixel, *before));
            }
        }
        Image {
            width: before.width,
            height: before.height,
            pixels,
        }
    }
}

/// A place in the tile of a stage, and what could be seen there.
pub(crate) struct Sight<'a> {
    /// The whole result of the stage before.
    pub(crate) before: &'a Canvas,
    /// What the block got.
    pub(crate) first: &'a Canvas,
    /// What this stage has made so far.
    pub(crate) after: &'a Canvas,
    pub(crate) x: i64,
    pub(crate) y: i64,
    /// The stage, from 0.
    pub(crate) stage: usize,
    /// Where the tile's core begins.
    pub(crate) core: (i64, i64),
    /// The stage's own halo.
    pub(crate) halo: i64,
}

/// How much of one direction its tiles cover.
fn of_whole_tiles(side: i64) -> i64 {
    (side + SIDE - 1) / SIDE * SIDE
}

/// IMG-11: a picture has pixels, and is within the limits.
pub(crate) fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), Outcome> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        let message = format!("a picture of {width} x {height} pixels");
        return Err(refused(Code::ImageSize, message));
    }
    for (what, side) in [("the width", width), ("the height", height)] {
        check_limit(Code::ImageSize, what, side.into(), limits.image_side)?;
    }
    check_limit(Code::ImageSize, "pixels", pixels, limits.image_pixels)
}

/// IMG-2: the constant, 1/255 rounded to f32.
const ONE_255TH: f32 = f32::from_bits(0x3B80_8081);

/// IMG-2: what becomes of a byte is one product.
pub(crate) fn float(byte: u8) -> f32 {
    f32::from(byte) * ONE_255TH
}

/// IMG-2: what becomes of a float; each step is rounded to f32.
pub(crate) fn byte(v: f32) -> u8 {
    if v <= 0.0 {
        0
    } else if v >= 1.0 {
        255
    } else if v.is_nan() {
        0
    } else {
        let t: f32 = v * 255.0;
        let u: f32 = t + 0.5;
        u.trunc() as u8
    }
}
