//! Pictures: how large they may be (IMG-11), and what bytes and floats say of each other
//! (IMG-2).

use qip_cases::{Image, Outcome};
use qip_contract::Code;

use super::{Job, Mutation, exceeds, over_limit, refused};

/// The width and height of a tile's core, in pixels.
pub(super) const SIDE: i64 = 64;

/// Red, green, blue and alpha, each an f32 as it stands in a module's memory: so a NaN stays
/// as it is.
pub(super) type Pixel = [[u8; 4]; 4];

/// Nothing: 0 in every channel.
pub(super) const NOTHING: Pixel = [[0; 4]; 4];

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
        let mistakes = job.possible(&MISTAKES_OF_FLOATS);
        let mut bytes = image.pixels.as_chunks::<4>().0.iter();
        for y in 0..height {
            for x in 0..width {
                let pixel = bytes.next().map(|pixel| floats(*pixel, &mistakes, job));
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

    /// What a mutant does that takes the picture for smaller than it is.
    pub(super) fn lose_last_pixels(&mut self) {
        for y in 0..self.height {
            for x in 0..self.width {
                if x == self.width - 1 || y == self.height - 1 {
                    self.put(x, y, NOTHING);
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
        let mistakes = job.possible(&MISTAKES_BETWEEN);
        if mistakes.is_empty() {
            return;
        }
        for pixel in &mut self.pixels {
            *pixel = pixel.map(|float| passed_on(float, &mistakes, job));
        }
    }

    /// The picture in bytes. `before` is the one that it was made of.
    pub(super) fn image(&self, before: &Image, job: Job<'_>) -> Image {
        let mistakes = job.possible(&MISTAKES_OF_BYTES);
        let mut all_before = before.pixels.as_chunks::<4>().0.iter();
        let mut pixels = Vec::new();
        for y in 0..self.height {
            for x in 0..self.width {
                let before = all_before.next().copied().unwrap_or_default();
                pixels.extend(bytes(self.at(x, y), before, &mistakes, job));
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

/// What a mutant gets wrong on the way in.
const MISTAKES_OF_FLOATS: [Mutation; 5] = [
    Mutation::BytesDivided,
    Mutation::BytesBy256,
    Mutation::AlphaPremultiplied,
    Mutation::ColourUnderZeroLost,
    Mutation::ChannelsReversed,
];

/// IMG-2: a pixel of bytes in floats, straight.
fn floats(pixel: [u8; 4], mistakes: &[Mutation], job: Job<'_>) -> Pixel {
    let floats = pixel.map(float);
    for mutation in mistakes {
        let [red, green, blue, alpha] = floats;
        let wrong = match mutation {
            Mutation::BytesDivided => pixel.map(|byte| f32::from(byte) / 255.0),
            Mutation::BytesBy256 => pixel.map(|byte| f32::from(byte) / 256.0),
            Mutation::AlphaPremultiplied => [red * alpha, green * alpha, blue * alpha, alpha],
            Mutation::ColourUnderZeroLost if alpha == 0.0 => [0.0; 4],
            Mutation::ChannelsReversed => [blue, green, red, alpha],
            _ => floats,
        };
        if wrong != floats && job.errs(*mutation) {
            return wrong.map(f32::to_le_bytes);
        }
    }
    floats.map(f32::to_le_bytes)
}

/// What a mutant gets wrong on the way out.
const MISTAKES_OF_BYTES: [Mutation; 13] = [
    Mutation::FloatsCut,
    Mutation::FloatsHalfEven,
    Mutation::FloatsTimes256,
    Mutation::FloatsThroughDoubles,
    Mutation::NanIs255,
    Mutation::NegativesWrap,
    Mutation::AboveOneWraps,
    Mutation::InfinityIsZero,
    Mutation::AlphaPremultiplied,
    Mutation::ColourUnderZeroLost,
    Mutation::ChannelsReversed,
    Mutation::AlphaOpaque,
    Mutation::AlphaKept,
];

/// IMG-2: a pixel of floats in bytes, straight. `before` is what it was before all stages.
fn bytes(pixel: Pixel, before: [u8; 4], mistakes: &[Mutation], job: Job<'_>) -> [u8; 4] {
    let floats = pixel.map(f32::from_le_bytes);
    let bytes = floats.map(byte);
    for mutation in mistakes {
        let [red, green, blue, alpha] = bytes;
        let wrong = match mutation {
            Mutation::AlphaPremultiplied => unmultiplied(floats).map(byte),
            Mutation::ColourUnderZeroLost if alpha == 0 => [0; 4],
            Mutation::ChannelsReversed => [blue, green, red, alpha],
            Mutation::AlphaOpaque => [red, green, blue, 255],
            Mutation::AlphaKept => [red, green, blue, before[3]],
            _ => floats.map(|float| wrong_byte(float, *mutation)),
        };
        if wrong != bytes && job.errs(*mutation) {
            return wrong;
        }
    }
    bytes
}

/// What a mutant makes of colours that it has multiplied by alpha.
fn unmultiplied([red, green, blue, alpha]: [f32; 4]) -> [f32; 4] {
    let [red, green, blue] =
        [red, green, blue].map(|colour| if alpha > 0.0 { colour / alpha } else { 0.0 });
    [red, green, blue, alpha]
}

/// IMG-2: the constant, 1/255 rounded to f32.
const ONE_255TH: f32 = f32::from_bits(0x3B80_8081);

/// IMG-2: one product.
fn float(byte: u8) -> f32 {
    f32::from(byte) * ONE_255TH
}

/// IMG-2: each step is rounded to f32.
fn byte(v: f32) -> u8 {
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

fn wrong_byte(v: f32, mutation: Mutation) -> u8 {
    // What is left where a byte is cut out of an integer.
    let wrapped = (v * 255.0 + 0.5).floor() as i64 as u8;
    match mutation {
        Mutation::FloatsCut => (v * 255.0) as u8,
        Mutation::FloatsHalfEven => (v * 255.0).round_ties_even() as u8,
        Mutation::FloatsTimes256 => (v * 256.0) as u8,
        Mutation::FloatsThroughDoubles => (f64::from(v) * 255.0 + 0.5) as u8,
        Mutation::NanIs255 if v.is_nan() => 255,
        Mutation::NegativesWrap if v < 0.0 => wrapped,
        Mutation::AboveOneWraps if v > 1.0 => wrapped,
        Mutation::InfinityIsZero if v.is_infinite() => 0,
        _ => byte(v),
    }
}

/// What a mutant gets wrong from one stage to the next.
const MISTAKES_BETWEEN: [Mutation; 3] = [
    Mutation::QuantisedBetween,
    Mutation::ClampedBetween,
    Mutation::NansCanonicalBetween,
];

fn passed_on(bytes: [u8; 4], mistakes: &[Mutation], job: Job<'_>) -> [u8; 4] {
    const CANONICAL: f32 = f32::from_bits(0x7fc0_0000);

    let v = f32::from_le_bytes(bytes);
    for mutation in mistakes {
        let wrong = match mutation {
            Mutation::QuantisedBetween => float(byte(v)).to_le_bytes(),
            Mutation::ClampedBetween if !v.is_nan() => v.clamp(0.0, 1.0).to_le_bytes(),
            Mutation::NansCanonicalBetween if v.is_nan() => CANONICAL.to_le_bytes(),
            _ => bytes,
        };
        if wrong != bytes && job.errs(*mutation) {
            return wrong;
        }
    }
    bytes
}
