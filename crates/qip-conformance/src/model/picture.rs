//! Pictures: how large they may be (IMG-11), and what bytes and floats say of each other
//! (IMG-2).

use qip_contract::Code;

use crate::image::Image;
use crate::outcome::Outcome;

use super::{Job, Mutation, exceeds, over_limit, refused};

/// The width and height of a tile's core, in pixels.
pub(super) const SIDE: i64 = 64;

/// Red, green, blue and alpha, each the bits of an f32: so a NaN stays as it is.
pub(super) type Pixel = [u32; 4];

/// Nothing: 0 in every channel.
pub(super) const NOTHING: Pixel = [0; 4];

/// A picture in floats, with all that its tiles cover: to the right and below, some of
/// that may lie outside of the picture.
#[derive(Clone)]
pub(super) struct Canvas {
    /// The picture's size, in pixels.
    pub(super) width: i64,
    pub(super) height: i64,
    pixels: Vec<Pixel>,
}

impl Canvas {
    /// A picture, with nothing around it.
    pub(super) fn new(image: &Image, job: Job<'_>) -> Canvas {
        let (width, height) = (i64::from(image.width), i64::from(image.height));
        let mut canvas = Canvas {
            width,
            height,
            pixels: Vec::new(),
        };
        let all = canvas.line() * of_whole_tiles(height);
        canvas.pixels = vec![NOTHING; all as usize];
        let mut bytes = image.pixels.chunks_exact(4);
        for y in 0..height {
            for x in 0..width {
                let pixel = bytes.next().map(|pixel| floats(pixel, job));
                canvas.put(x, y, pixel.unwrap_or(NOTHING));
            }
        }
        canvas
    }

    /// From one row to the next.
    fn line(&self) -> i64 {
        of_whole_tiles(self.width)
    }

    /// What is at a place that a tile covers.
    pub(super) fn at(&self, x: i64, y: i64) -> Pixel {
        self.pixels[(y * self.line() + x) as usize]
    }

    pub(super) fn put(&mut self, x: i64, y: i64, pixel: Pixel) {
        let at = (y * self.line() + x) as usize;
        self.pixels[at] = pixel;
    }

    /// Whether a place is one of the picture.
    pub(super) fn has(&self, x: i64, y: i64) -> bool {
        (0..self.width).contains(&x) && (0..self.height).contains(&y)
    }

    /// The pixel of the picture that is nearest to a place.
    pub(super) fn nearest(&self, x: i64, y: i64) -> Pixel {
        self.at(x.clamp(0, self.width - 1), y.clamp(0, self.height - 1))
    }

    /// Whether all tiles lie within the picture.
    pub(super) fn is_of_whole_tiles(&self) -> bool {
        self.width % SIDE == 0 && self.height % SIDE == 0
    }

    /// IMG-8: what is outside is nothing, and then what a stage left there. Only a mutant
    /// changes it.
    pub(super) fn paint_outside(&mut self, paint: impl Fn(&Canvas, i64, i64) -> Pixel) {
        for y in 0..of_whole_tiles(self.height) {
            for x in 0..self.line() {
                if !self.has(x, y) {
                    self.put(x, y, paint(self, x, y));
                }
            }
        }
    }

    /// Whether there is something outside of the picture.
    pub(super) fn has_something_outside(&self) -> bool {
        let mut all = self.clone();
        all.paint_outside(|_, _, _| NOTHING);
        all.pixels != self.pixels
    }

    /// What one stage gives to the next: the same bits. Only a mutant changes them.
    pub(super) fn pass_on(&mut self, job: Job<'_>) {
        for pixel in &mut self.pixels {
            *pixel = pixel.map(|bits| passed_on(bits, job));
        }
    }

    /// The picture in bytes. `before` is the one that it was made of.
    pub(super) fn image(&self, before: &Image, job: Job<'_>) -> Image {
        let mut pixels = Vec::new();
        let mut alphas = before.pixels.iter().skip(3).step_by(4);
        for y in 0..self.height {
            for x in 0..self.width {
                let alpha = alphas.next().copied().unwrap_or_default();
                pixels.extend(bytes(self.at(x, y), alpha, job));
            }
        }
        Image {
            width: before.width,
            height: before.height,
            pixels,
        }
    }
}

/// How much of one direction its tiles cover.
fn of_whole_tiles(side: i64) -> i64 {
    (side + SIDE - 1) / SIDE * SIDE
}

/// IMG-11: a picture has pixels, and is within the limits.
pub(super) fn check_size(width: u32, height: u32, job: Job<'_>) -> Result<(), Outcome> {
    let limits = job.limits();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 && !job.errs(Mutation::EmptyPictureTaken) {
        let message = format!("a picture of {width} x {height} pixels");
        return Err(refused(Code::ImageSize, message));
    }
    for (what, side, unlimited) in [
        ("the picture's width", width, Mutation::ImageHeightOnly),
        ("the picture's height", height, Mutation::ImageWidthOnly),
    ] {
        let (found, allowed) = (u64::from(side), limits.image_side);
        if exceeds(found, allowed, job)
            && !job.errs(Mutation::ImageSideUnlimited)
            && !job.errs(unlimited)
        {
            return Err(too_large(what, found, allowed, job));
        }
    }
    if exceeds(pixels, limits.image_pixels, job) && !job.errs(Mutation::ImagePixelsUnlimited) {
        return Err(too_large("pixels", pixels, limits.image_pixels, job));
    }
    Ok(())
}

fn too_large(what: &str, found: u64, allowed: u64, job: Job<'_>) -> Outcome {
    let mut outcome = over_limit(what, found, allowed, job);
    if let Outcome::Refused { code, .. } = &mut outcome
        && !job.errs(Mutation::ImageSizeIsLimit)
    {
        *code = Code::ImageSize;
    }
    outcome
}

/// IMG-2: a pixel of bytes in floats, straight.
fn floats(pixel: &[u8], job: Job<'_>) -> Pixel {
    let [mut red, mut green, mut blue, alpha] = [0, 1, 2, 3].map(|at| float(pixel[at], job));
    if pixel[3] < 255 && job.errs(Mutation::AlphaPremultiplied) {
        [red, green, blue] = [red, green, blue].map(|colour| colour * alpha);
    }
    if is_colour_of_nothing(pixel) && job.errs(Mutation::ColourUnderZeroLost) {
        [red, green, blue] = [0.0; 3];
    }
    if red != blue && job.errs(Mutation::ChannelsReversed) {
        (red, blue) = (blue, red);
    }
    [red, green, blue, alpha].map(f32::to_bits)
}

/// IMG-2: a pixel of floats in bytes, straight. `alpha_before` is the alpha that it had
/// before all stages.
fn bytes(pixel: Pixel, alpha_before: u8, job: Job<'_>) -> [u8; 4] {
    let mut floats = pixel.map(f32::from_bits);
    let alpha = floats[3];
    if alpha != 1.0 && job.errs(Mutation::AlphaPremultiplied) {
        for colour in &mut floats[..3] {
            *colour = if alpha > 0.0 { *colour / alpha } else { 0.0 };
        }
    }
    let [mut red, mut green, mut blue, mut alpha] = floats.map(|float| byte(float, job));
    if is_colour_of_nothing(&[red, green, blue, alpha]) && job.errs(Mutation::ColourUnderZeroLost) {
        [red, green, blue] = [0; 3];
    }
    if red != blue && job.errs(Mutation::ChannelsReversed) {
        (red, blue) = (blue, red);
    }
    if alpha < 255 && job.errs(Mutation::AlphaOpaque) {
        alpha = 255;
    }
    if alpha != alpha_before && job.errs(Mutation::AlphaKept) {
        alpha = alpha_before;
    }
    [red, green, blue, alpha]
}

/// Whether there is a colour of which alpha shows nothing.
fn is_colour_of_nothing(pixel: &[u8]) -> bool {
    pixel[3] == 0 && pixel[..3] != [0; 3]
}

/// IMG-2: the constant, 1/255 rounded to f32.
const ONE_255TH: f32 = f32::from_bits(0x3B80_8081);

/// IMG-2: one product.
fn float(byte: u8, job: Job<'_>) -> f32 {
    let byte = f32::from(byte);
    let float = byte * ONE_255TH;
    for (mutation, wrong) in [
        (Mutation::BytesDivided, byte / 255.0),
        (Mutation::BytesBy256, byte / 256.0),
    ] {
        if wrong != float && job.errs(mutation) {
            return wrong;
        }
    }
    float
}

/// IMG-2: each step is rounded to f32.
fn byte(v: f32, job: Job<'_>) -> u8 {
    let is_nan = v.is_nan();
    let byte = if v <= 0.0 {
        0
    } else if v >= 1.0 {
        255
    } else if is_nan {
        0
    } else {
        rounded(v)
    };
    let double = f64::from(v);
    for (mutation, wrong) in [
        (Mutation::FloatsCut, (v * 255.0) as u8),
        (
            Mutation::FloatsHalfEven,
            (v * 255.0).round_ties_even() as u8,
        ),
        (Mutation::FloatsTimes256, (v * 256.0) as u8),
        (Mutation::FloatsThroughDoubles, (double * 255.0 + 0.5) as u8),
        (Mutation::NanIs255, if is_nan { 255 } else { byte }),
        (
            Mutation::NegativesWrap,
            if v < 0.0 { wrapped(v) } else { byte },
        ),
        (
            Mutation::AboveOneWraps,
            if v > 1.0 { wrapped(v) } else { byte },
        ),
        (
            Mutation::InfinityIsZero,
            if v.is_infinite() { 0 } else { byte },
        ),
    ] {
        if wrong != byte && job.errs(mutation) {
            return wrong;
        }
    }
    byte
}

fn rounded(v: f32) -> u8 {
    let t: f32 = v * 255.0;
    let u: f32 = t + 0.5;
    u.trunc() as u8
}

/// What is left of a float that is out of range where a byte is cut out of an integer.
fn wrapped(v: f32) -> u8 {
    (v * 255.0 + 0.5).floor() as i64 as u8
}

fn passed_on(bits: u32, job: Job<'_>) -> u32 {
    const CANONICAL: u32 = 0x7fc0_0000;

    let v = f32::from_bits(bits);
    let quantised = f32::from(match v {
        v if v >= 1.0 => 255,
        v if v > 0.0 => rounded(v),
        _ => 0,
    }) * ONE_255TH;
    let clamped = v.clamp(0.0, 1.0);
    for (mutation, wrong) in [
        (Mutation::QuantisedBetween, quantised.to_bits()),
        (Mutation::ClampedBetween, clamped.to_bits()),
        (
            Mutation::NansCanonicalBetween,
            if v.is_nan() { CANONICAL } else { bits },
        ),
    ] {
        if wrong != bits && job.errs(mutation) {
            return wrong;
        }
    }
    bits
}
