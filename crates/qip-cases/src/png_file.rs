//! Pictures as PNG files: those beside a case file, and those that a command takes and gives.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Encoder, EncodingError, Limits};

use crate::image::{Image, PIXEL};

/// The most pixels of a picture that a case gives, and of one that a command answers with.
pub const MAX_PIXELS: u64 = 1 << 22;

/// What the decoder may allocate beside the pixels.
const MAX_DECODER_BYTES: usize = 1 << 20;

/// Reads a PNG of 8-bit RGBA, or of 8-bit RGB, which is opaque.
///
/// What is not pixels (gamma, profiles, orientation) is not looked at.
///
/// # Errors
///
/// What is wrong with it, in one line: no PNG, pixels of another kind, or too many.
pub fn read(bytes: &[u8]) -> Result<Image, String> {
    let is_damaged = |error: png::DecodingError| {
        let error = error.to_string();
        format!("is no PNG: {}", error.trim_end_matches('.'))
    };
    let limits = Limits {
        bytes: MAX_DECODER_BYTES,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    let header = decoder.read_header_info().map_err(is_damaged)?;
    let (width, height) = (header.width, header.height);
    check_count(u64::from(width) * u64::from(height))?;
    let mut reader = decoder.read_info().map_err(is_damaged)?;
    let info = reader.info();
    let has_key = info.trns.is_some();
    if info.animation_control.is_some() {
        return Err("is an animated PNG, expected a still one".to_owned());
    }
    let (color, depth) = reader.output_color_type();
    let channels = match (color, depth) {
        (ColorType::Rgba, BitDepth::Eight) => 4,
        (ColorType::Rgb, BitDepth::Eight) if !has_key => 3,
        _ => {
            let key = if has_key {
                " with a transparent colour"
            } else {
                ""
            };
            let depth = depth as u8;
            return Err(format!(
                "has {depth}-bit {color:?} pixels{key}, expected 8-bit RGBA or RGB"
            ));
        }
    };
    let length = reader.output_buffer_size();
    let mut pixels = vec![0; length.unwrap_or_default()];
    reader.next_frame(&mut pixels).map_err(is_damaged)?;
    reader.finish().map_err(is_damaged)?;
    if channels == 3 {
        let (colours, _) = pixels.as_chunks::<3>();
        let opaque = colours
            .iter()
            .flat_map(|[red, green, blue]| [*red, *green, *blue, 255]);
        pixels = opaque.collect();
    }
    Image::new(width, height, pixels).map_err(|error| error.to_string())
}

/// Whether so many pixels are few enough.
pub(crate) fn check_count(pixels: u64) -> Result<(), String> {
    if pixels <= MAX_PIXELS {
        return Ok(());
    }
    Err(format!(
        "has {pixels} pixels, expected at most {MAX_PIXELS}"
    ))
}

/// Writes a picture as a PNG of 8-bit RGBA. It has a pixel or more.
pub fn write(image: &Image) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::with_capacity(image.pixels.len() / PIXEL + 1024);
    let mut encoder = Encoder::new(&mut bytes, image.width, image.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&image.pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::image::Image;

    /// A PNG of these pixels, which are of another kind than [`write`] makes.
    fn of_kind(color: png::ColorType, depth: png::BitDepth, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(color);
        encoder.set_depth(depth);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn what_is_written_reads_back() {
        for (width, height) in [(1, 1), (3, 2), (65, 63)] {
            let pixels = (0..width * height * 4).map(|at| (at * 7) as u8).collect();
            let image = Image::new(width, height, pixels).unwrap();
            let written = write(&image).unwrap();
            assert_eq!(read(&written), Ok(image));
        }
        let nothing = Image::new(0, 4, Vec::new()).unwrap();
        assert!(write(&nothing).is_err());
    }

    #[test]
    fn pixels_without_alpha_are_opaque() {
        let rgb = of_kind(
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            &[1, 2, 3, 4, 5, 6],
        );
        let image = read(&rgb).unwrap();
        assert_eq!(image.pixels, [1, 2, 3, 255, 4, 5, 6, 255]);
    }

    #[test]
    fn other_files_are_refused() {
        let told = |bytes: &[u8]| read(bytes).unwrap_err();
        assert!(told(b"").starts_with("is no PNG: "), "{}", told(b""));
        assert!(told(b"<html>").starts_with("is no PNG: "));
        for (color, depth, pixels) in [
            (png::ColorType::Grayscale, png::BitDepth::Eight, &[0; 2][..]),
            (png::ColorType::Rgba, png::BitDepth::Sixteen, &[0; 16]),
        ] {
            let why = told(&of_kind(color, depth, pixels));
            assert!(why.contains("expected 8-bit RGBA or RGB"), "{why}");
        }
        let whole = write(&Image::new(9, 9, vec![7; 324]).unwrap()).unwrap();
        for length in [8, 20, 33, 40, whole.len() - 13] {
            let why = told(&whole[..length]);
            assert!(why.starts_with("is no PNG: "), "{length}: {why}");
        }
        let mut damaged = whole.clone();
        damaged[50] ^= 1;
        assert!(told(&damaged).starts_with("is no PNG: "));
    }

    #[test]
    fn a_header_that_lies_costs_nothing() {
        let mut lies = write(&Image::new(1, 1, vec![7; 4]).unwrap()).unwrap();
        // The width and the height, and the checksum of their chunk.
        lies[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
        let mut sum = !0u32;
        for byte in &lies[12..29] {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = sum >> 1 ^ (0xedb8_8320 * (sum & 1));
            }
        }
        lies[29..33].copy_from_slice(&(!sum).to_be_bytes());
        assert_eq!(
            read(&lies).unwrap_err(),
            "has 4294836225 pixels, expected at most 4194304"
        );
    }
}
