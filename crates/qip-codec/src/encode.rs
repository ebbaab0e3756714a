//! Writes a picture in a format.

use std::ffi::OsStr;
use std::io::{self, Write};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::pnm::{PnmEncoder, PnmSubtype, SampleEncoding};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError, ImageResult};
use qip_host::image::{Picture, bmp};

use crate::error::Error;
use crate::rgba;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RGB with alpha.
    Png,
    /// RGB, with loss.
    Jpeg,
    /// RGB with alpha in the fourth byte, as recipes take and give it (REC-7).
    Bmp,
    /// RGB with alpha, without loss.
    WebP,
    /// Portable pixmap: RGB.
    Ppm,
    /// Portable arbitrary map: RGB with alpha.
    Pam,
}

/// Extensions and what they stand for.
const EXTENSIONS: [(&str, Format); 8] = [
    ("png", Format::Png),
    ("jpg", Format::Jpeg),
    ("jpeg", Format::Jpeg),
    ("bmp", Format::Bmp),
    ("webp", Format::WebP),
    ("ppm", Format::Ppm),
    ("pnm", Format::Ppm),
    ("pam", Format::Pam),
];

impl Format {
    /// Every extension of a file that stands for a format.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        EXTENSIONS.iter().map(|(extension, _)| *extension)
    }

    /// The format that an extension stands for, in small or capital letters.
    pub fn of_extension(extension: &OsStr) -> Option<Format> {
        let mut all = EXTENSIONS.into_iter();
        let found = all.find(|(known, _)| extension.eq_ignore_ascii_case(known));
        found.map(|(_, format)| format)
    }

    /// The name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Format::Png => "PNG",
            Format::Jpeg => "JPEG",
            Format::Bmp => "BMP",
            Format::WebP => "WebP",
            Format::Ppm => "PPM",
            Format::Pam => "PAM",
        }
    }
}

/// How to write.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// The format.
    pub format: Format,
    /// Of a JPEG, from 1 to 100.
    pub quality: u8,
    /// Whether a PNG is to be small rather than soon there.
    pub best: bool,
    /// An ICC profile, which PNG, JPEG and WebP can hold.
    pub profile: Option<Vec<u8>>,
}

/// The quality of a JPEG where none is asked for.
const QUALITY: u8 = 90;

/// The most bytes of a profile that a JPEG holds: 255 segments.
const JPEG_PROFILE: usize = 255 * 65_519;

/// The most pixels of a BMP, whose header says its size in bytes in 32 bits.
const BMP_PIXELS: u64 = (u32::MAX as u64 - 54) / 4;

impl Encoding {
    /// A format as it is written where nothing else is asked for: a JPEG of quality 90, a
    /// PNG that is soon there, no profile.
    pub fn new(format: Format) -> Encoding {
        Encoding {
            format,
            quality: QUALITY,
            best: false,
            profile: None,
        }
    }

    /// Checks that the format can hold a picture of this size and the profile, before there
    /// is a picture to write.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`], which says how much it can hold.
    pub fn check(&self, width: u32, height: u32) -> Result<(), Error> {
        let name = self.format.name();
        let most = match self.format {
            Format::Jpeg => 65_535,
            Format::WebP => 16_383,
            Format::Png | Format::Bmp | Format::Ppm | Format::Pam => i32::MAX as u32,
        };
        if width.max(height) > most {
            return Err(Error::Unfit(format!(
                "cannot write {width} × {height} pixels as {name}, which has at most {most} a side"
            )));
        }
        if self.format == Format::Bmp && u64::from(width) * u64::from(height) > BMP_PIXELS {
            return Err(Error::Unfit(format!(
                "cannot write {width} × {height} pixels as {name}, which has at most {BMP_PIXELS}"
            )));
        }
        let profile = self.profile.as_ref().map_or(0, Vec::len);
        if self.format == Format::Jpeg && profile > JPEG_PROFILE {
            return Err(Error::Unfit(format!(
                "cannot write a colour profile of {profile} bytes as {name}, which has at most \
                 {JPEG_PROFILE}"
            )));
        }
        Ok(())
    }

    /// Writes a picture.
    ///
    /// # Errors
    ///
    /// Those of the writer, and what an encoder does not like.
    pub fn write(self, picture: Picture, to: impl Write) -> io::Result<()> {
        let mut to = Noting { to, failure: None };
        let encoded = self.encode(picture, &mut to);
        encoded.map_err(|error| match (to.failure, error) {
            (Some(failure), _) | (None, ImageError::IoError(failure)) => failure,
            (None, error) => io::Error::other(error),
        })
    }

    fn encode(self, picture: Picture, to: &mut dyn Write) -> ImageResult<()> {
        let (width, height) = (picture.width(), picture.height());
        match self.format {
            Format::Bmp => {
                let bytes = bmp::write(&picture).map_err(io::Error::other)?;
                drop(picture);
                Ok(to.write_all(&bytes)?)
            }
            Format::Png => self.write_png(width, height, &picture.into_pixels(), to),
            Format::Jpeg => {
                let encoder = JpegEncoder::new_with_quality(to, self.quality);
                self.write_profiled(
                    encoder,
                    width,
                    height,
                    &rgba::on_white(picture.into_pixels()),
                    RGB,
                )
            }
            Format::WebP => {
                let encoder = WebPEncoder::new_lossless(to);
                self.write_profiled(encoder, width, height, &picture.into_pixels(), RGBA)
            }
            Format::Ppm => {
                let encoder = PnmEncoder::new(to);
                let encoder = encoder.with_subtype(PnmSubtype::Pixmap(SampleEncoding::Binary));
                encoder.write_image(&rgba::on_white(picture.into_pixels()), width, height, RGB)
            }
            Format::Pam => {
                let encoder = PnmEncoder::new(to).with_subtype(PnmSubtype::ArbitraryMap);
                encoder.write_image(&picture.into_pixels(), width, height, RGBA)
            }
        }
    }

    fn write_profiled(
        self,
        mut encoder: impl ImageEncoder,
        width: u32,
        height: u32,
        pixels: &[u8],
        color: ExtendedColorType,
    ) -> ImageResult<()> {
        if let Some(profile) = self.profile {
            encoder
                .set_icc_profile(profile)
                .map_err(ImageError::Unsupported)?;
        }
        encoder.write_image(pixels, width, height, color)
    }

    /// Row by row, so that what is compressed is never held as a whole.
    fn write_png(
        self,
        width: u32,
        height: u32,
        pixels: &[u8],
        to: &mut dyn Write,
    ) -> ImageResult<()> {
        let mut info = png::Info::with_size(width, height);
        info.color_type = png::ColorType::Rgba;
        info.bit_depth = png::BitDepth::Eight;
        info.icc_profile = self.profile.map(Into::into);
        let write = || {
            let mut encoder = png::Encoder::with_info(to, info)?;
            encoder.set_compression(match self.best {
                true => png::Compression::High,
                false => png::Compression::Fast,
            });
            let mut writer = encoder.write_header()?;
            let mut stream = writer.stream_writer_with_size(PNG_CHUNK)?;
            stream.write_all(pixels)?;
            stream.finish()?;
            writer.finish()
        };
        write().map_err(|error: png::EncodingError| ImageError::IoError(error.into()))
    }
}

const RGB: ExtendedColorType = ExtendedColorType::Rgb8;
const RGBA: ExtendedColorType = ExtendedColorType::Rgba8;

/// The most bytes of a PNG's chunk of data.
const PNG_CHUNK: usize = 1 << 18;

/// A writer that notes why it failed: some encoders keep no more of that than its text.
struct Noting<W> {
    to: W,
    failure: Option<io::Error>,
}

impl<W: Write> Noting<W> {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failure.get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for Noting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.to.write(bytes);
        self.note(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.to.flush();
        self.note(result)
    }
}
