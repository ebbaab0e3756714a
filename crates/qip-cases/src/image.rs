//! A picture, as a case gives it and a subject answers with it.

use std::error::Error;
use std::fmt;

use crate::bytes::to_hex;

/// The bytes of a pixel: red, green, blue and straight alpha.
pub const PIXEL: usize = 4;

/// A picture of 8-bit RGBA with straight alpha: row-major, from the top, unpadded (IMG-2).
///
/// `Debug` and `Display` give its size, as `image 65 × 64`, and none of its pixels.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Image {
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
    /// Four bytes a pixel. Of an outcome in a report, only the first 64 KiB.
    pub pixels: Vec<u8>,
}

impl Image {
    /// A picture of `width` × `height` pixels, which may be none.
    ///
    /// # Errors
    ///
    /// Where there are not four bytes for each pixel.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Image, ImageSizeError> {
        let wanted = u128::from(width) * u128::from(height) * PIXEL as u128;
        if pixels.len() as u128 == wanted {
            Ok(Image {
                width,
                height,
                pixels,
            })
        } else {
            Err(ImageSizeError {
                width,
                height,
                found: pixels.len(),
            })
        }
    }

    /// Whether it has the size of another.
    pub fn is_as_large_as(&self, other: &Image) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }

    /// How many pixels there are by its width and height.
    pub fn pixel_count(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// How a picture differs from another of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelDifference {
    /// Where the first pixel is that is told, by row.
    pub at: (u32, u32),
    /// The pixel in the one picture.
    pub left: [u8; PIXEL],
    /// The pixel in the other.
    pub right: [u8; PIXEL],
    /// How many pixels differ.
    pub pixels: u64,
    /// The greatest difference of a sample.
    pub greatest: u8,
}

impl PixelDifference {
    /// How two pictures of one size differ; `None` where they do not, and where they are of
    /// two sizes. The pixel that is told is the first in which a sample differs by more than `tolerance`, or, where there is
    /// none, the first that differs.
    pub fn of(left: &Image, right: &Image, tolerance: u8) -> Option<PixelDifference> {
        if !left.is_as_large_as(right) {
            return None;
        }
        let (left_pixels, _) = left.pixels.as_chunks::<PIXEL>();
        let (right_pixels, _) = right.pixels.as_chunks::<PIXEL>();
        let mut found: Option<PixelDifference> = None;
        let pairs = left_pixels.iter().zip(right_pixels).enumerate();
        for (index, (one, other)) in pairs.filter(|(_, (one, other))| one != other) {
            let by = one
                .iter()
                .zip(other)
                .map(|(one, other)| one.abs_diff(*other));
            let by = by.max().unwrap_or_default();
            let first = || PixelDifference {
                at: position(index, left.width),
                left: *one,
                right: *other,
                pixels: 0,
                greatest: 0,
            };
            let difference = found.get_or_insert_with(first);
            if by > tolerance && difference.greatest <= tolerance {
                *difference = PixelDifference {
                    pixels: difference.pixels,
                    ..first()
                };
            }
            difference.pixels += 1;
            difference.greatest = difference.greatest.max(by);
        }
        found
    }

    /// The one picture's pixel, as `(3, 5) is 102030ff`.
    pub fn of_left(&self) -> String {
        self.pixel(self.left)
    }

    /// The other's, with how much differs in all.
    pub fn of_right(&self) -> String {
        let PixelDifference {
            pixels, greatest, ..
        } = self;
        let differ = if *pixels == 1 {
            "pixel differs"
        } else {
            "pixels differ"
        };
        let pixel = self.pixel(self.right);
        format!("{pixel}; {pixels} {differ}, by at most {greatest}")
    }

    fn pixel(&self, pixel: [u8; PIXEL]) -> String {
        let (x, y) = self.at;
        format!("({x}, {y}) is {}", to_hex(&pixel))
    }
}

/// Where the pixel with this index is.
fn position(index: usize, width: u32) -> (u32, u32) {
    let (index, width) = (index as u64, u64::from(width));
    // A picture with a pixel has a width, and a picture of 32-bit sides no more of either.
    ((index % width) as u32, (index / width) as u32)
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "image {} × {}", self.width, self.height)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes are not as many as the size of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSizeError {
    width: u32,
    height: u32,
    found: usize,
}

impl fmt::Display for ImageSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImageSizeError {
            width,
            height,
            found,
        } = *self;
        let wanted = u128::from(width) * u128::from(height) * PIXEL as u128;
        write!(
            f,
            "{found} bytes are no picture of {width} × {height} pixels, expected {wanted}"
        )
    }
}

impl Error for ImageSizeError {}
