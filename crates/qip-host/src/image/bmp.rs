//! BMP as blocks of tile filters take and give it (REC-7): uncompressed, 24 or 32 bits a
//! pixel.
//!
//! ```
//! use qip_host::Limits;
//! use qip_host::image::{Picture, bmp};
//!
//! let orange = Picture::new(1, 1, vec![255, 165, 0, 255])?;
//! let bytes = bmp::write(&orange)?;
//! assert_eq!(bytes[54..], [0, 165, 255, 255]); // blue, green, red, alpha
//! assert_eq!(bmp::read(&bytes, &Limits::standard())?, orange);
//! # Ok::<(), qip_host::Error>(())
//! ```

use std::fmt::Display;

use qip_contract::{Code, Limits, Refusal};

use super::{CHANNELS, Picture, within};
use crate::error::Error;

/// The media type of what is written.
pub const MEDIA_TYPE: &str = "image/bmp";

/// The file header and the smallest DIB header that is read, and the headers that are
/// written.
const HEADER_BYTES: usize = 54;

/// What a BMP begins with.
const MAGIC: &[u8] = b"BM";

/// Offsets of fields, which are little-endian.
const FILE_BYTES: usize = 2;
const PIXELS: usize = 10;
const DIB_BYTES: usize = 14;
const WIDTH: usize = 18;
const HEIGHT: usize = 22;
const PLANES: usize = 26;
const BITS: usize = 28;
const COMPRESSION: usize = 30;
const IMAGE_BYTES: usize = 34;

/// Reads a picture.
///
/// What the header says is held against the limits and against the length of `bytes`
/// before any memory is taken; that is then four bytes a pixel.
///
/// # Errors
///
/// [`Code::NotBmp`] for bytes that are too short for a header or whose header is not that of
/// an uncompressed BMP of 24 or 32 bits; then [`Code::ImageSize`] for a width of 0 or less, a
/// height of 0 or −2³¹, or more than the limits allow (IMG-11); then [`Code::NotBmp`] for
/// pixels that are not all there. Every row counts with its padding, also the last.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    decode(bytes, limits).map_err(Error::new)
}

/// Reads the width and height alone, for whoever does not have the pixels yet: 54 bytes are
/// enough. Neither is held against any limits.
///
/// # Errors
///
/// As [`read`] answers for the header.
pub fn read_size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    let header = Header::read(bytes).map_err(Error::new)?;
    Ok((header.width, header.height))
}

/// Writes a picture: 32 bits a pixel, from the lowest row up.
///
/// # Errors
///
/// [`Code::ImageSize`] for a picture without pixels, or one of more bytes or a longer side
/// than a header can say.
pub fn write(picture: &Picture) -> Result<Vec<u8>, Error> {
    encode(picture).map_err(Error::new)
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let header = Header::read(bytes)?;
    let Header { width, height, .. } = header;
    within(width, height, limits)?;
    let stored = header.pixels(bytes)?;
    // The input has three bytes a pixel or more: a usize can say four, on any machine that
    // can hold both.
    let line = width as usize * CHANNELS;
    let mut pixels = vec![0; line * height as usize];
    let rows = stored.chunks_exact(header.row_bytes() as usize);
    let lines = pixels.chunks_exact_mut(line);
    if header.is_top_down {
        rows.zip(lines)
            .for_each(|(row, line)| header.depth.read(row, line));
    } else {
        rows.zip(lines.rev())
            .for_each(|(row, line)| header.depth.read(row, line));
    }
    Ok(Picture {
        width,
        height,
        pixels,
    })
}

pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let (width, height) = (picture.width, picture.height);
    within(width, height, &WRITABLE)?;
    // No more than the limit on pixels allows: a u32 can say it.
    let image_bytes = picture.pixels.len() as u32;
    let mut header = [0; HEADER_BYTES];
    let mut put = |at: usize, value: u32| header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    put(FILE_BYTES, image_bytes + HEADER_BYTES as u32);
    put(PIXELS, HEADER_BYTES as u32);
    put(DIB_BYTES, (HEADER_BYTES - DIB_BYTES) as u32);
    put(WIDTH, width);
    put(HEIGHT, height);
    put(IMAGE_BYTES, image_bytes);
    header[..2].copy_from_slice(MAGIC);
    header[PLANES] = 1;
    header[BITS] = 32;

    let mut bmp = vec![0; HEADER_BYTES + picture.pixels.len()];
    let (to_header, to_pixels) = bmp.split_at_mut(HEADER_BYTES);
    to_header.copy_from_slice(&header);
    let line = width as usize * CHANNELS;
    let lines = picture.pixels.chunks_exact(line).rev();
    for (line, row) in lines.zip(to_pixels.chunks_exact_mut(line)) {
        // Swapping red and blue is its own inverse.
        Depth::Rgba.read(line, row);
    }
    Ok(bmp)
}

/// What a header can say: a size of 2^32 - 1 bytes in all, and signed sides.
const WRITABLE: Limits = Limits {
    image_pixels: (u32::MAX as u64 - HEADER_BYTES as u64) / CHANNELS as u64,
    image_side: i32::MAX as u64,
    ..Limits::standard()
};

/// What a header says of the pixels.
struct Header {
    /// The offset of the first row that is stored.
    first: u32,
    width: u32,
    height: u32,
    is_top_down: bool,
    depth: Depth,
}

#[derive(Clone, Copy)]
enum Depth {
    /// Blue, green, red: 24 bits.
    Rgb,
    /// With alpha behind them: 32 bits.
    Rgba,
}

impl Depth {
    fn bytes(self) -> u64 {
        match self {
            Depth::Rgb => 3,
            Depth::Rgba => 4,
        }
    }

    /// Makes RGBA of a row, as far as `line` is long: a row may have padding.
    fn read(self, row: &[u8], line: &mut [u8]) {
        let (line, _) = line.as_chunks_mut::<CHANNELS>();
        match self {
            Depth::Rgb => {
                let (row, _) = row.as_chunks::<3>();
                for (pixel, [blue, green, red]) in line.iter_mut().zip(row) {
                    *pixel = [*red, *green, *blue, 255];
                }
            }
            Depth::Rgba => {
                let (row, _) = row.as_chunks::<4>();
                for (pixel, [blue, green, red, alpha]) in line.iter_mut().zip(row) {
                    *pixel = [*red, *green, *blue, *alpha];
                }
            }
        }
    }
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Header, Refusal> {
        let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(too_short(bytes.len()));
        };
        let u16_at = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let u32_at = |at: usize| u32::from(u16_at(at)) | u32::from(u16_at(at + 2)) << 16;
        let i32_at = |at: usize| u32_at(at).cast_signed();
        let not_bmp = |field, found: &dyn Display, at| unfit(Code::NotBmp, field, found, at);
        let no_size = |field, found: i32, at| unfit(Code::ImageSize, field, &found, at);

        if !header.starts_with(MAGIC) {
            let found = format!("`{}`", header[..2].escape_ascii());
            return Err(not_bmp(["signature", "`BM`"], &found, 0));
        }
        let dib_bytes = u32_at(DIB_BYTES);
        if (dib_bytes as usize) < HEADER_BYTES - DIB_BYTES {
            let field = ["size of the DIB header", "40 or more"];
            return Err(not_bmp(field, &dib_bytes, DIB_BYTES));
        }
        let planes = u16_at(PLANES);
        if planes != 1 {
            return Err(not_bmp(["number of planes", "1"], &planes, PLANES));
        }
        let compression = u32_at(COMPRESSION);
        if compression != 0 {
            let field = ["compression", "0, which is none"];
            return Err(not_bmp(field, &compression, COMPRESSION));
        }
        let depth = match u16_at(BITS) {
            24 => Depth::Rgb,
            32 => Depth::Rgba,
            bits => return Err(not_bmp(["number of bits a pixel", "24 or 32"], &bits, BITS)),
        };
        let (width, height) = (i32_at(WIDTH), i32_at(HEIGHT));
        if width <= 0 {
            return Err(no_size(["width", "1 or more"], width, WIDTH));
        }
        if height == 0 || height == i32::MIN {
            let field = ["height", "neither 0 nor -2147483648"];
            return Err(no_size(field, height, HEIGHT));
        }
        Ok(Header {
            first: u32_at(PIXELS),
            width: width.cast_unsigned(),
            height: height.unsigned_abs(),
            is_top_down: height < 0,
            depth,
        })
    }

    /// The bytes of a row, with its padding.
    fn row_bytes(&self) -> u64 {
        (u64::from(self.width) * self.depth.bytes()).next_multiple_of(4)
    }

    /// The rows, as they are stored.
    fn pixels<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], Refusal> {
        // At most (2^33 - 4) * (2^31 - 1), and an offset below 2^32: nothing wraps.
        let size = self.row_bytes() * u64::from(self.height);
        let end = u64::from(self.first) + size;
        if end > bytes.len() as u64 {
            return Err(cut_off(self.first, size, bytes.len()));
        }
        // Within the input, so within what a usize can say.
        Ok(&bytes[self.first as usize..end as usize])
    }
}

const HELP: &str = "convert the picture to an uncompressed BMP of 24 or 32 bits a pixel first; \
                    `qip image` takes other formats";

#[cold]
fn too_short(len: usize) -> Refusal {
    Refusal::new(
        Code::NotBmp,
        format!(
            "the input of {len} bytes is too short for a BMP, expected at least {HEADER_BYTES}"
        ),
    )
    .found(format!("{len} bytes"), format!("at least {HEADER_BYTES}"))
    .at(len as u64)
    .help(HELP)
}

/// A field of the header, at an offset, that is not what is wanted of it.
#[cold]
fn unfit(code: Code, [field, wanted]: [&str; 2], found: &dyn Display, at: usize) -> Refusal {
    let message = format!("the BMP's {field} at offset {at} is {found}, expected {wanted}");
    let refusal = Refusal::new(code, message)
        .named(field)
        .found(found, wanted)
        .at(at as u64);
    match code {
        Code::NotBmp => refusal.help(HELP),
        _ => refusal,
    }
}

#[cold]
fn cut_off(first: u32, size: u64, len: usize) -> Refusal {
    Refusal::new(
        Code::NotBmp,
        format!(
            "the BMP's pixels are not all there: {size} bytes at offset {first}, \
             in an input of {len} bytes"
        ),
    )
    .found(format!("{size} bytes at {first}"), format!("at most {len}"))
    .at(first.into())
}
