//! BMP, as blocks of tile filters take and give it (REC-7).

use qip_cases::{Image, Outcome};
use qip_contract::{Code, PAGE_BYTES};

use super::{Job, Mutation, picture, refused};

/// What a block gives (REC-6).
pub(super) const MEDIA_TYPE: &str = "image/bmp";

/// The two headers that every BMP has, of 14 and 40 bytes.
const HEADERS: usize = 54;

/// A picture that was read.
pub(super) struct Bmp {
    pub(super) image: Image,
    /// How it was stored, for a mutant that writes it so again.
    pub(super) is_top_down: bool,
}

/// What the headers say that is of concern.
struct Header {
    /// The offset of the pixels.
    first: u64,
    width: i32,
    height: i32,
    /// Bytes of a pixel.
    depth: u64,
}

/// Reads a BMP. The header comes first, then the size of the picture, then whether all
/// its pixels are there.
pub(super) fn read(bytes: &[u8], job: Job<'_>) -> Result<Bmp, Outcome> {
    let header = read_header(bytes, job)?;
    let (width, height) = match header.size(job) {
        Err(outcome) => {
            if job.errs(Mutation::BmpPixelsBeforeSize) {
                let (width, height) = (header.width.unsigned_abs(), header.height.unsigned_abs());
                header.rows(bytes, width, height, job)?;
            }
            return Err(outcome);
        }
        Ok(size) => size,
    };
    let (rows, row_bytes) = header.rows(bytes, width, height, job)?;
    let is_top_down = header.height < 0;
    let mut reads_down = is_top_down;
    if height > 1 && !is_top_down && job.errs(Mutation::BmpReadTopDown) {
        reads_down = true;
    }
    if height > 1 && is_top_down && job.errs(Mutation::BmpReadBottomUp) {
        reads_down = false;
    }
    let mut pixels = Vec::new();
    for y in 0..height {
        let row = if reads_down { y } else { height - 1 - y };
        let row = &rows[row as usize * row_bytes as usize..];
        let places = row.chunks_exact(header.depth as usize);
        for place in places.take(width as usize) {
            pixels.extend(pixel(place, job));
        }
    }
    let has_alpha = pixels.iter().skip(3).step_by(4).any(|alpha| *alpha != 0);
    if header.depth == 4 && !has_alpha && job.errs(Mutation::BmpZeroAlphaOpaque) {
        pixels
            .iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|it| *it = 255);
    }
    Ok(Bmp {
        image: Image {
            width,
            height,
            pixels,
        },
        is_top_down,
    })
}

/// Blue, green, red, and alpha where there is one.
fn pixel(place: &[u8], job: Job<'_>) -> [u8; 4] {
    let (mut blue, green, mut red) = (place[0], place[1], place[2]);
    if blue != red && job.errs(Mutation::BmpReadRgb) {
        (blue, red) = (red, blue);
    }
    let alpha = match place.get(3) {
        None if job.errs(Mutation::BmpAlphaZero) => 0,
        None => 255,
        Some(alpha) if *alpha < 255 && job.errs(Mutation::BmpAlphaIgnored) => 255,
        Some(alpha) => *alpha,
    };
    [red, green, blue, alpha]
}

/// A little-endian number of some bytes. What is missing counts as 0, but only a mutant
/// looks there.
fn number(bytes: &[u8], at: usize, length: usize) -> u32 {
    let bytes = bytes.iter().skip(at).take(length);
    bytes
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn not_bmp<T>(why: &str) -> Result<T, Outcome> {
    Err(refused(Code::NotBmp, why))
}

fn read_header(bytes: &[u8], job: Job<'_>) -> Result<Header, Outcome> {
    if bytes.len() < HEADERS {
        // The last field that is read ends at 34.
        let has_fields = bytes.len() >= 34;
        if !has_fields || !job.errs(Mutation::BmpOfAnyLength) {
            return not_bmp("fewer than 54 bytes");
        }
    }
    if !bytes.starts_with(b"BM") && !job.errs(Mutation::BmpMagicUnchecked) {
        return not_bmp("it does not begin with BM");
    }
    let dib_bytes = number(bytes, 14, 4);
    if dib_bytes < 40 && !job.errs(Mutation::BmpHeaderUnchecked)
        || dib_bytes > 40 && job.errs(Mutation::BmpHeaderMustBe40)
    {
        return not_bmp("a DIB header of another size");
    }
    if number(bytes, 26, 2) != 1 && !job.errs(Mutation::BmpPlanesUnchecked) {
        return not_bmp("not one plane");
    }
    if number(bytes, 30, 4) != 0 && !job.errs(Mutation::BmpCompressionUnchecked) {
        return not_bmp("it is compressed");
    }
    let depth = match number(bytes, 28, 2) {
        24 if !job.errs(Mutation::Bmp24Refused) => 3,
        32 if !job.errs(Mutation::Bmp32Refused) => 4,
        24 | 32 => return not_bmp("other bits a pixel"),
        _ if job.errs(Mutation::BmpBitsUnchecked) => 4,
        _ => return not_bmp("neither 24 nor 32 bits a pixel"),
    };
    check_other_fields(bytes, job)?;
    let mut first = number(bytes, 10, 4);
    if first != HEADERS as u32 && job.errs(Mutation::BmpOffsetIgnored) {
        first = HEADERS as u32;
    }
    Ok(Header {
        first: first.into(),
        width: number(bytes, 18, 4).cast_signed(),
        height: number(bytes, 22, 4).cast_signed(),
        depth,
    })
}

/// All that a mutant minds of the other fields.
fn check_other_fields(bytes: &[u8], job: Job<'_>) -> Result<(), Outcome> {
    let file_bytes = number(bytes, 2, 4) as usize;
    let is_wrong = file_bytes != bytes.len() && job.errs(Mutation::BmpFileSizeChecked)
        || number(bytes, 6, 4) != 0 && job.errs(Mutation::BmpReservedChecked)
        || number(bytes, 46, 4) != 0 && job.errs(Mutation::BmpPaletteChecked);
    if is_wrong {
        return not_bmp("another field is wrong");
    }
    Ok(())
}

impl Header {
    /// The width and height of the picture, if it may have them.
    fn size(&self, job: Job<'_>) -> Result<(u32, u32), Outcome> {
        let (width, height) = (self.width, self.height);
        let no_size = |why: &str| {
            let code = if job.errs(Mutation::BmpSizeIsNotBmp) {
                Code::NotBmp
            } else {
                Code::ImageSize
            };
            refused(code, why)
        };
        let is_negative = width < 0 && !job.errs(Mutation::BmpNegativeWidthTaken);
        if width == 0 || is_negative {
            return Err(no_size("a width of 0 or less"));
        }
        if height == 0 || height == i32::MIN {
            return Err(no_size("a height of 0 or -2^31"));
        }
        if height < 0 && job.errs(Mutation::BmpTopDownRefused) {
            return Err(no_size("a height below 0"));
        }
        let size = (width.unsigned_abs(), height.unsigned_abs());
        match picture::check_size(size.0, size.1, job) {
            Err(Outcome::Refused { message, .. }) if job.errs(Mutation::BmpSizeIsNotBmp) => {
                Err(refused(Code::NotBmp, message))
            }
            Err(_) if job.errs(Mutation::BmpLimitsUnchecked) => Ok(size),
            sized => sized.map(|()| size),
        }
    }

    /// The rows as they are stored, and how many bytes each has with its padding.
    fn rows(
        &self,
        bytes: &[u8],
        width: u32,
        height: u32,
        job: Job<'_>,
    ) -> Result<(Vec<u8>, u64), Outcome> {
        let unpadded = u64::from(width) * self.depth;
        let mut row_bytes = unpadded.next_multiple_of(4);
        if row_bytes != unpadded && job.errs(Mutation::BmpPaddingForgotten) {
            row_bytes = unpadded;
        }
        // Wide enough for every size that is taken; a mutant comes here with others.
        let length = row_bytes.saturating_mul(height.into());
        let (end, found) = (self.first.saturating_add(length), bytes.len() as u64);
        let missing = end.saturating_sub(found);
        // A mutant makes up no more than this.
        let is_made_up = missing <= PAGE_BYTES && job.errs(Mutation::BmpTruncatedTaken);
        if missing > 0 && !is_made_up {
            return not_bmp("it has not all its pixels");
        }
        let said = u64::from(number(bytes, 34, 4));
        if found > end && job.errs(Mutation::BmpTrailingRefused)
            || said != length && job.errs(Mutation::BmpImageSizeChecked)
        {
            return not_bmp("other lengths");
        }
        let rest = bytes.get(self.first as usize..).unwrap_or_default();
        let mut rows = rest[..rest.len().min(length as usize)].to_vec();
        rows.resize(length as usize, 0);
        Ok((rows, row_bytes))
    }
}

/// Writes a BMP. How it was read is of no concern.
pub(super) fn write(image: &Image, was_top_down: bool, job: Job<'_>) -> Result<Vec<u8>, Outcome> {
    let depth = if job.errs(Mutation::BmpWritten24) {
        3
    } else {
        4
    };
    let dib_bytes: u32 = if job.errs(Mutation::BmpWrittenV4) {
        108
    } else {
        40
    };
    let writes_down = job.errs(Mutation::BmpWrittenTopDown)
        || was_top_down && job.errs(Mutation::BmpDirectionKept);
    let is_upside_down =
        !writes_down && image.height > 1 && job.errs(Mutation::BmpWrittenUpsideDown);

    let mut pixels: Vec<u8> = Vec::new();
    let mut lines: Vec<&[u8]> = image.pixels.chunks(image.width as usize * 4).collect();
    if !writes_down && !is_upside_down {
        lines.reverse();
    }
    for line in lines {
        for pixel in line.chunks_exact(4) {
            let (mut red, green, mut blue, alpha) = (pixel[0], pixel[1], pixel[2], pixel[3]);
            if red != blue && job.errs(Mutation::BmpWrittenRgb) {
                (red, blue) = (blue, red);
            }
            pixels.extend(&[blue, green, red, alpha][..depth]);
        }
        pixels.resize(pixels.len().next_multiple_of(4), 0);
    }

    let first = 14 + dib_bytes;
    let all = u64::from(first) + pixels.len() as u64;
    let (Ok(all), Ok(width), Ok(height)) = (
        u32::try_from(all),
        i32::try_from(image.width),
        i32::try_from(image.height),
    ) else {
        return Err(refused(Code::ImageSize, "no BMP can say so much"));
    };
    let or_zero = |value: u32, mutation| if job.errs(mutation) { 0 } else { value };
    let resolution: u32 = if job.errs(Mutation::BmpResolutionSet) {
        2835
    } else {
        0
    };
    let mut bmp = b"BM".to_vec();
    bmp.extend(or_zero(all, Mutation::BmpFileSizeZero).to_le_bytes());
    bmp.extend([0; 4]);
    bmp.extend(first.to_le_bytes());
    bmp.extend(dib_bytes.to_le_bytes());
    bmp.extend(width.to_le_bytes());
    bmp.extend(if writes_down { -height } else { height }.to_le_bytes());
    bmp.extend(1_u16.to_le_bytes());
    bmp.extend((8 * depth as u16).to_le_bytes());
    bmp.extend([0; 4]);
    bmp.extend(or_zero(pixels.len() as u32, Mutation::BmpImageSizeZero).to_le_bytes());
    bmp.extend(resolution.to_le_bytes());
    bmp.extend(resolution.to_le_bytes());
    bmp.resize(first as usize, 0);
    bmp.extend(pixels);
    Ok(bmp)
}
