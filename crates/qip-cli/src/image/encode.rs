//! Writes a picture in the format that its file's extension names.

use std::io::{self, Write};
use std::path::Path;

use ::image::codecs::bmp::BmpEncoder;
use ::image::codecs::jpeg::JpegEncoder;
use ::image::codecs::pnm::{PnmEncoder, PnmSubtype, SampleEncoding};
use ::image::codecs::webp::WebPEncoder;
use ::image::{ExtendedColorType, ImageEncoder, ImageError, ImageResult};
use anyhow::anyhow;
use qip_host::image::Picture;

use super::rgba;
use crate::exit::Failure;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Bmp,
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
    /// That of a file, by its extension; a name without one is for PNG.
    pub(super) fn of(path: &Path) -> Result<Format, Failure> {
        let Some(extension) = path.extension() else {
            return Ok(Format::Png);
        };
        let known = EXTENSIONS
            .into_iter()
            .find(|(known, _)| extension.eq_ignore_ascii_case(known));
        let Some((_, format)) = known else {
            let known = EXTENSIONS.map(|(known, _)| format!("`.{known}`"));
            let (last, known) = known.split_last().unwrap_or((&known[0], &[]));
            return Err(Failure::Usage(
                format!(
                    "`{}` has the extension of no format that can be written",
                    path.display()
                ),
                format!("end it in {} or {last}", known.join(", ")),
            ));
        };
        Ok(format)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Png => "PNG",
            Format::Jpeg => "JPEG",
            Format::Bmp => "BMP",
            Format::WebP => "WebP",
            Format::Ppm => "PPM",
            Format::Pam => "PAM",
        }
    }

    /// That the format can say a picture's size, before there is anything to write.
    pub(super) fn check_size(self, picture: &Picture) -> Result<(), Failure> {
        let (width, height) = (picture.width(), picture.height());
        let most = match self {
            Format::Jpeg => 65_535,
            Format::WebP => 16_383,
            Format::Png | Format::Bmp | Format::Ppm | Format::Pam => i32::MAX as u32,
        };
        if width.max(height) <= most {
            return Ok(());
        }
        let name = self.name();
        Err(anyhow!(
            "cannot write {width} × {height} pixels as {name}, which has at most {most} a side"
        )
        .into())
    }
}

/// How to write.
pub(super) struct Encoding {
    pub(super) format: Format,
    /// Of a JPEG, from 1 to 100.
    pub(super) quality: u8,
    /// Whether a PNG is to be small rather than soon there.
    pub(super) best: bool,
    /// An ICC profile, which PNG, JPEG and WebP can hold.
    pub(super) profile: Option<Vec<u8>>,
}

impl Encoding {
    /// Writes a picture.
    ///
    /// # Errors
    ///
    /// Those of the writer, and what an encoder does not like.
    pub(super) fn write(self, picture: Picture, to: impl Write) -> io::Result<()> {
        let mut to = Noting { to, failure: None };
        let encoded = self.encode(picture, &mut to);
        encoded.map_err(|error| match (to.failure, error) {
            (Some(failure), _) | (None, ImageError::IoError(failure)) => failure,
            (None, error) => io::Error::other(error),
        })
    }

    fn encode(self, picture: Picture, to: &mut dyn Write) -> ImageResult<()> {
        let (width, height) = (picture.width(), picture.height());
        let pixels = picture.into_pixels();
        match self.format {
            Format::Png => self.write_png(width, height, &pixels, to),
            Format::Jpeg => {
                let encoder = JpegEncoder::new_with_quality(to, self.quality);
                self.write_profiled(encoder, width, height, &rgba::on_white(pixels), RGB)
            }
            Format::WebP => {
                let encoder = WebPEncoder::new_lossless(to);
                self.write_profiled(encoder, width, height, &pixels, RGBA)
            }
            // Without alpha it is the kind that every reader takes, recipes among them.
            Format::Bmp if rgba::is_opaque(&pixels) => {
                let pixels = rgba::on_white(pixels);
                BmpEncoder::new(&mut { to }).encode(&pixels, width, height, RGB)
            }
            Format::Bmp => BmpEncoder::new(&mut { to }).encode(&pixels, width, height, RGBA),
            Format::Ppm => {
                let encoder = PnmEncoder::new(to);
                let encoder = encoder.with_subtype(PnmSubtype::Pixmap(SampleEncoding::Binary));
                encoder.write_image(&rgba::on_white(pixels), width, height, RGB)
            }
            Format::Pam => {
                let encoder = PnmEncoder::new(to).with_subtype(PnmSubtype::ArbitraryMap);
                encoder.write_image(&pixels, width, height, RGBA)
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
