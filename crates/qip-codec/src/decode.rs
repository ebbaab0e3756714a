//! Reads a picture of a known format as RGBA bytes with straight alpha, within limits
//! (IMG-11). The header is judged before anything is allocated for the pixels.

use std::cell::Cell;
use std::error::Error as _;
use std::fmt;
use std::io::{self, Cursor, Read};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbaImage};
use qip_contract::{Limits, quote};
use qip_host::image::{Picture, bmp, check_size};
use qip_host::{Code, ErrorKind};

use crate::error::Error;
use crate::{jpeg, rgba};

/// What is read, by content.
const FORMATS: [(ImageFormat, &str); 7] = [
    (ImageFormat::Png, "PNG"),
    (ImageFormat::Jpeg, "JPEG"),
    (ImageFormat::Bmp, "BMP"),
    (ImageFormat::WebP, "WebP"),
    (ImageFormat::Tiff, "TIFF"),
    (ImageFormat::Gif, "GIF"),
    (ImageFormat::Pnm, "PNM"),
];

/// The bytes that tell a format.
const HEAD: u64 = 32;

/// What nearly every header ends within, and what every header does that is worth looking
/// for: decoders go through all of it. In bytes.
const HEADERS: [u64; 2] = [1 << 20, 16 << 20];

/// What a decoder may allocate besides pixels, in bytes: metadata and tables.
const BESIDES: u64 = 64 << 20;

/// A picture, and what is known of it.
#[derive(Debug)]
pub struct Decoded {
    /// The picture, turned as its orientation says.
    pub picture: Picture,
    /// The name of the format.
    pub format: &'static str,
    /// An ICC profile, where it is one for RGB.
    pub profile: Option<Vec<u8>>,
    /// How the picture was turned, as Exif says it: from 1, which is not at all, to 8.
    pub orientation: u8,
}

impl fmt::Display for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = (self.picture.width(), self.picture.height());
        write!(f, "{} of {width} × {height} pixels", self.format)?;
        if self.orientation != Orientation::NoTransforms.to_exif() {
            write!(f, ", of orientation {}", self.orientation)?;
        }
        if let Some(profile) = &self.profile {
            write!(f, ", with a colour profile of {} bytes", profile.len())?;
        }
        Ok(())
    }
}

/// A file that is a picture by its first bytes.
struct Encoded {
    bytes: Vec<u8>,
    format: ImageFormat,
    name: &'static str,
}

/// Reads a picture within limits, and turns it as its orientation says.
///
/// The size is judged as soon as the header is there, and the rest is only read where it is
/// allowed. What is taken besides the file is up to 8 bytes a pixel, 16 in floats, and twice
/// that for a TIFF.
///
/// # Errors
///
/// [`Error::Io`] for bytes that do not come, [`Error::Size`] for a size over the limits,
/// [`Error::TooLarge`] for a file that is too large for its size, [`Error::Broken`] for bytes
/// that are no picture, are cut off, claim more than they can mean, or that the decoder does
/// not get on with.
pub fn read(from: impl Read, limits: &Limits) -> Result<Decoded, Error> {
    let encoded = Encoded::read(from, limits)?;
    let decoded = guarded(|| decode_within(encoded, limits));
    decoded.unwrap_or_else(|| {
        Err(Error::Broken(
            "its decoder does not get on with it".to_owned(),
        ))
    })
}

impl Encoded {
    /// Reads a picture's file; no more of one that is none than it takes to tell.
    fn read(mut from: impl Read, limits: &Limits) -> Result<Encoded, Error> {
        let mut bytes = Vec::new();
        let head = from.by_ref().take(HEAD).read_to_end(&mut bytes);
        head.map_err(Error::Io)?;
        let guessed = image::guess_format(&bytes).ok();
        let known = FORMATS
            .into_iter()
            .find(|(format, _)| guessed == Some(*format));
        let Some((format, name)) = known else {
            let found = match bytes.is_empty() {
                true => "nothing",
                false => "no picture of a known format",
            };
            let expected = "expected PNG, JPEG, BMP, WebP, TIFF, GIF or PNM";
            return Err(Error::Broken(format!("found {found}, {expected}")));
        };
        // As much as it takes to meet the header: the rest is bounded by the size in there.
        // A PNM's is a line or two, and its decoder is slow to find that there is none.
        let headers = match format {
            ImageFormat::Pnm => &HEADERS[..1],
            _ => &HEADERS,
        };
        let mut size = None;
        for most in headers {
            let more = most.saturating_sub(bytes.len() as u64);
            let more = from.by_ref().take(more).read_to_end(&mut bytes);
            more.map_err(Error::Io)?;
            size = header_size(&bytes, format);
            if size.is_some() || (bytes.len() as u64) < *most {
                break;
            }
        }
        let pixels = match size {
            Some((width, height)) => {
                check_size(width, height, limits).map_err(Error::Size)?;
                u64::from(width) * u64::from(height)
            }
            // Its header may stand at the end.
            None if format == ImageFormat::Tiff => limits.image_pixels,
            // Its decoder knows by now what is wrong.
            None => {
                return Ok(Encoded {
                    bytes,
                    format,
                    name,
                });
            }
        };
        // Eight bytes are the largest pixel but for floats, which take as much again.
        let most = pixels.saturating_mul(16).saturating_add(BESIDES);
        let rest = most.saturating_add(1).saturating_sub(bytes.len() as u64);
        let rest = from.take(rest).read_to_end(&mut bytes);
        rest.map_err(Error::Io)?;
        if bytes.len() as u64 > most {
            return Err(Error::TooLarge { most, pixels });
        }
        Ok(Encoded {
            bytes,
            format,
            name,
        })
    }
}

/// The width and height that a header says, where it is there already.
fn header_size(bytes: &[u8], format: ImageFormat) -> Option<(u32, u32)> {
    if format == ImageFormat::Bmp
        && let Ok(size) = bmp::read_size(bytes)
    {
        return Some(size);
    }
    let read = || {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(allocations(BESIDES));
        reader.into_dimensions().ok()
    };
    guarded(read).flatten()
}

/// Decoders are the work of others and see whatever bytes there are: one that panics has met
/// a picture that it cannot decode. Nothing is said of that, and nothing comes of it.
fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    thread_local! {
        static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    }
    // Once, and for this thread only: others may panic meanwhile, and have to be heard.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                before(panic);
            }
        }));
    });
    let was_quiet = IS_QUIET.replace(true);
    let decoded = panic::catch_unwind(AssertUnwindSafe(decode));
    IS_QUIET.set(was_quiet);
    decoded.ok()
}

/// What a decoder says of a picture.
fn broken(error: &ImageError) -> Error {
    let text = match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it is cut off".to_owned()
        }
        ImageError::Limits(_) => "it takes more memory than its size should".to_owned(),
        error => error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string),
    };
    Error::Broken(in_house_style(&text))
}

/// One line that begins small and has no full stop. What comes from the file is escaped and
/// cut.
fn in_house_style(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let line = quote(line.trim().trim_end_matches('.'));
    let mut chars = line.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && !second.is_uppercase() => {
            format!("{}{}", first.to_ascii_lowercase(), &line[1..])
        }
        _ => line,
    }
}

fn decode_within(encoded: Encoded, limits: &Limits) -> Result<Decoded, Error> {
    let Encoded {
        bytes,
        format,
        name,
    } = encoded;
    if format == ImageFormat::Bmp
        && let Some(picture) = decode_plain_bmp(&bytes, limits)?
    {
        return Ok(Decoded {
            picture,
            format: name,
            profile: None,
            orientation: Orientation::NoTransforms.to_exif(),
        });
    }
    let mut reader = ImageReader::with_format(Cursor::new(&*bytes), format);
    reader.limits(allocations(BESIDES));
    let mut decoder = reader.into_decoder().map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, limits).map_err(Error::Size)?;
    let count = u64::from(width) * u64::from(height);
    let is_bomb = count > FEW_PIXELS && count / most_pixels_a_byte(format) > bytes.len() as u64;
    let defect = match format {
        _ if is_bomb => Some("it claims more pixels than so few bytes can mean"),
        ImageFormat::Jpeg => jpeg::defect(&bytes, count),
        _ => None,
    };
    if let Some(defect) = defect {
        return Err(Error::Broken(defect.to_owned()));
    }
    // Metadata that cannot be read are as good as none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder
        .icc_profile()
        .ok()
        .flatten()
        .filter(|profile| is_for_rgb(profile));

    let color = decoder.color_type();
    let samples = decoder.total_bytes();
    // A TIFF is decoded beside the buffer, and CMYK takes more there.
    let most = allocations(BESIDES.saturating_add(samples.saturating_mul(2)));
    let limited = decoder.set_limits(most);
    limited.map_err(|error| broken(&error))?;
    let mut pixels = zeroed(count, rgba::pixel_bytes(color))?;
    // Within the buffer, whose length is a usize.
    let filled = decoder.read_image(&mut pixels[..samples as usize]);
    filled.map_err(|error| broken(&error))?;
    drop(bytes);
    let pixels = rgba::from_samples(pixels, color, count as usize);
    let picture = turned(width, height, pixels, orientation)?;
    Ok(Decoded {
        picture,
        format: name,
        profile,
        orientation: orientation.to_exif(),
    })
}

/// A BMP of the form that recipes take (REC-7); `None` for any other.
fn decode_plain_bmp(bytes: &[u8], limits: &Limits) -> Result<Option<Picture>, Error> {
    match bmp::read_size(bytes) {
        Err(error) if error.kind() == ErrorKind::Refused(Code::NotBmp) => return Ok(None),
        Err(error) => return Err(Error::Size(error)),
        Ok(_) => {}
    }
    match bmp::read(bytes, limits) {
        Ok(picture) => Ok(Some(picture)),
        // The header is sound.
        Err(error) if error.kind() == ErrorKind::Refused(Code::NotBmp) => {
            Err(Error::Broken("it is cut off".to_owned()))
        }
        Err(error) => Err(Error::Size(error)),
    }
}

/// So many pixels, of 64 MB, may come from any number of bytes.
const FEW_PIXELS: u64 = 1 << 24;

/// How many pixels a byte of a file can be. Some formats have no such bound for pictures of
/// one colour: there it is more than anything that is worth looking at has.
fn most_pixels_a_byte(format: ImageFormat) -> u64 {
    match format {
        // The longest string of its dictionary of 4096, for each 12 bits.
        ImageFormat::Gif => 2800,
        // Above the 8 × 1032 of a PNG.
        _ => 1 << 14,
    }
}

fn allocations(most: u64) -> image::Limits {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(most);
    limits
}

/// A buffer of zeros, of which the system hands out each page when it is first written to:
/// a picture that ends early has not taken memory for what it does not have.
fn zeroed(count: u64, pixel_bytes: usize) -> Result<Vec<u8>, Error> {
    let size = count.checked_mul(pixel_bytes as u64);
    let size = size.and_then(|size| usize::try_from(size).ok());
    // Asked for like this, memory that is not there is no abort.
    let size = size.filter(|size| Vec::<u8>::new().try_reserve_exact(*size).is_ok());
    let Some(size) = size else {
        return Err(Error::Broken(format!(
            "there is no memory for {count} pixels of {pixel_bytes} bytes"
        )));
    };
    Ok(vec![0; size])
}

fn turned(
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    orientation: Orientation,
) -> Result<Picture, Error> {
    let (width, height, pixels) = match orientation {
        Orientation::NoTransforms => (width, height, pixels),
        orientation => match RgbaImage::from_raw(width, height, pixels) {
            Some(picture) => {
                let mut picture = DynamicImage::from(picture);
                picture.apply_orientation(orientation);
                let picture = picture.into_rgba8();
                let (width, height) = picture.dimensions();
                (width, height, picture.into_raw())
            }
            None => (width, height, Vec::new()),
        },
    };
    Picture::new(width, height, pixels).map_err(Error::Size)
}

/// Whether an ICC profile says what RGB means. Samples are RGB from here on: one for grey or
/// for ink would only mislead.
fn is_for_rgb(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ")
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use qip_host::Limits;

    use super::{guarded, in_house_style, read};

    /// A file that begins like this and goes on with zeros for ever. Counts what is read.
    struct Endless {
        head: &'static [u8],
        count: u64,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.head.read(buffer)?;
            let length = if length > 0 {
                length
            } else {
                buffer.fill(0);
                buffer.len()
            };
            self.count += length as u64;
            assert!(self.count < 1 << 30, "it is read for ever");
            Ok(length)
        }
    }

    /// No more is read of any file than it takes to tell what it is and how large a picture,
    /// and then than such a picture can take.
    #[test]
    fn a_file_without_end_is_not_read_for_ever() {
        let limits = Limits {
            image_pixels: 1000,
            ..Limits::standard()
        };
        const MIB: u64 = 1 << 20;
        let (jpeg, webp) = (b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\xffWEBP");
        for (what, head, most) in [
            ("no picture", &b"text"[..], 32),
            ("PNG", b"\x89PNG\r\n\x1a\n", 16 * MIB),
            ("JPEG", jpeg, 16 * MIB),
            ("WebP", webp, 16 * MIB),
            ("PNM", b"P6", MIB),
            // Of a picture of 63 pixels, of 16 bytes each at most.
            ("PNM with a header", b"P6 9 7 255\n", 64 * MIB + 63 * 16 + 1),
            // Its header may be anywhere.
            ("TIFF", b"II*\0", 64 * MIB + 1000 * 16 + 1),
        ] {
            let mut file = Endless { head, count: 0 };
            // Some are refused here, and others by the decoder.
            let _ = read(&mut file, &limits);
            assert!(file.count <= most, "{what}: {} bytes", file.count);
        }
    }

    #[test]
    fn a_decoder_may_panic() {
        let at = |index: usize| guarded(move || [7][index]);
        assert_eq!((at(0), at(1)), (Some(7), None));
    }

    #[test]
    fn what_decoders_say_is_one_line_in_house_style() {
        for (text, expected) in [
            ("Invalid PNG signature.", "invalid PNG signature"),
            (
                "CRC error: expected 0x1 have 0x2",
                "CRC error: expected 0x1 have 0x2",
            ),
            ("One line\nand another", "one line"),
            ("a\u{1b}[31m", "a\\u{1b}[31m"),
            ("", ""),
            ("É", "É"),
        ] {
            assert_eq!(in_house_style(text), expected);
        }
    }
}
