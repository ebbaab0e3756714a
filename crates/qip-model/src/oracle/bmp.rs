//! BMP, as blocks of tile filters take and give it (REC-7).

use qip_cases::{Image, Outcome};
use qip_contract::{Code, Limits};

use super::picture;
use super::refusal::refused;

/// What a block gives (REC-6).
pub(crate) const MEDIA_TYPE: &str = "image/bmp";

/// The two headers that every BMP has, of 14 and 40 bytes.
pub(crate) const HEADERS: usize = 54;

/// REC-7: reads a BMP. The header comes first, then the size of the picture, then whether all
/// its pixels are there.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Image, Outcome> {
    let not_bmp = |why: &str| Err(refused(Code::NotBmp, why));
    if bytes.len() < HEADERS {
        return not_bmp("fewer than 54 bytes");
    }
    if !bytes.starts_with(b"BM") {
        return not_bmp("it does not begin with BM");
    }
    if number(bytes, 14, 4) < 40 {
        return not_bmp("a DIB header of fewer than 40 bytes");
    }
    if number(bytes, 26, 2) != 1 {
        return not_bmp("not one plane");
    }
    if number(bytes, 30, 4) != 0 {
        return not_bmp("it is compressed");
    }
    let bits = number(bytes, 28, 2);
    if bits != 24 && bits != 32 {
        return not_bmp("neither 24 nor 32 bits a pixel");
    }

    let signed = [18, 22].map(|at| number(bytes, at, 4).cast_signed());
    let [width, height] = signed.map(i32::unsigned_abs);
    if signed[0] <= 0 {
        return Err(refused(Code::ImageSize, "a width of 0 or less"));
    }
    if signed[1] == 0 || signed[1] == i32::MIN {
        return Err(refused(Code::ImageSize, "a height of 0 or -2^31"));
    }
    picture::check_size(width, height, limits)?;

    let first = u64::from(number(bytes, 10, 4));
    let row_bytes = (u64::from(width) * u64::from(bits / 8)).next_multiple_of(4);
    // Without limits all of it may be more than 64 bits can say.
    let length = row_bytes.saturating_mul(height.into());
    if first.saturating_add(length) > bytes.len() as u64 {
        return not_bmp("it has not all its pixels");
    }
    let mut pixels = Vec::new();
    for y in 0..height {
        let is_top_down = signed[1] < 0;
        let row = if is_top_down { y } else { height - 1 - y };
        let row = &bytes[(first + u64::from(row) * row_bytes) as usize..];
        for pixel in row.chunks_exact(bits as usize / 8).take(width as usize) {
            let alpha = pixel.get(3).copied().unwrap_or(255);
            pixels.extend([pixel[2], pixel[1], pixel[0], alpha]);
        }
    }
    Ok(Image {
        width,
        height,
        pixels,
    })
}

/// A little-endian number of some bytes.
pub(crate) fn number(bytes: &[u8], at: usize, length: usize) -> u32 {
    let bytes = bytes[at..at + length].iter().rev();
    bytes.fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// REC-7: writes a BMP. All that is not said here is 0.
pub(crate) fn write(image: &Image) -> Result<Vec<u8>, Outcome> {
    let size = image.pixels.len() as u64;
    let (Ok(size), Ok(all), Ok(width), Ok(height)) = (
        u32::try_from(size),
        u32::try_from(size + HEADERS as u64),
        i32::try_from(image.width),
        i32::try_from(image.height),
    ) else {
        return Err(refused(Code::ImageSize, "no BMP can say so much"));
    };
    let mut bmp = vec![0; HEADERS];
    let mut put = |at: usize, bytes: &[u8]| bmp[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"BM");
    put(2, &all.to_le_bytes());
    put(10, &(HEADERS as u32).to_le_bytes());
    put(14, &40_u32.to_le_bytes());
    put(18, &width.to_le_bytes());
    put(22, &height.to_le_bytes());
    put(26, &1_u16.to_le_bytes());
    put(28, &32_u16.to_le_bytes());
    put(34, &size.to_le_bytes());
    for row in image.pixels.chunks(image.width as usize * 4).rev() {
        for pixel in row.as_chunks::<4>().0 {
            let [red, green, blue, alpha] = *pixel;
            bmp.extend([blue, green, red, alpha]);
        }
    }
    Ok(bmp)
}
