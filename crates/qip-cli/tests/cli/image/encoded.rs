//! Files of pictures, sound ones and such as nobody's encoder writes.

use std::io::Cursor;

use ::image::{DynamicImage, ImageFormat, RgbaImage};

/// A file as the crate's own encoder writes it.
#[track_caller]
pub(super) fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let written = picture.into().write_to(&mut file, format);
    written.unwrap_or_else(|error| panic!("{error}"));
    file.into_inner()
}

/// An opaque picture in each format that is read, which all but JPEG hold exactly.
pub(super) fn in_every_format(picture: &RgbaImage) -> Vec<(ImageFormat, Vec<u8>)> {
    let rgb = DynamicImage::from(picture.clone()).into_rgb8();
    [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Bmp,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Gif,
        ImageFormat::Pnm,
    ]
    .map(|format| (format, encoded(rgb.clone(), format)))
    .into()
}

/// A chunk of a PNG.
fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(data);
    let sum = crc(&chunk[4..]);
    chunk.extend(sum.to_be_bytes());
    chunk
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    };
    !bytes.iter().fold(!0, step)
}

/// A PNG of this size, bits a sample and colour type, with chunks as they are.
pub(super) fn png(size: (u32, u32), depth: u8, color: u8, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut header = [size.0.to_be_bytes(), size.1.to_be_bytes()].concat();
    header.extend([depth, color, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(png_chunk(b"IHDR", &header));
    for (name, data) in chunks {
        file.extend(png_chunk(name, data));
    }
    file.extend(png_chunk(b"IEND", b""));
    file
}

/// Data in a zlib stream that does not compress them.
pub(super) fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

/// A BMP with a header of 40 bytes; a height below 0 is from the top down.
pub(super) fn bmp(size: (i32, i32), bits: u16, data: &[u8]) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    file.extend((54 + data.len() as u32).to_le_bytes());
    file.extend([0; 4]);
    file.extend(54_u32.to_le_bytes());
    file.extend(40_u32.to_le_bytes());
    file.extend(size.0.to_le_bytes());
    file.extend(size.1.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend([0; 24]);
    file.extend(data);
    file
}

/// A TIFF of RGB bytes, uncompressed in one strip; `more` are tags with one short value.
pub(super) fn tiff(size: (u32, u32), data: &[u8], more: &[(u16, u16)]) -> Vec<u8> {
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    let mut tags = vec![
        (256, LONG, 1, size.0),
        (257, LONG, 1, size.1),
        // Bits stand behind the tags, and the strip behind them.
        (258, SHORT, 3, 0),
        (259, SHORT, 1, 1),
        (262, SHORT, 1, 2),
        (273, LONG, 1, 0),
        (277, SHORT, 1, 3),
        (278, LONG, 1, size.1),
        (279, LONG, 1, data.len() as u32),
    ];
    tags.extend(
        more.iter()
            .map(|(tag, value)| (*tag, SHORT, 1, u32::from(*value))),
    );
    tags.sort_unstable();
    let bits = 8 + 2 + 12 * tags.len() as u32 + 4;
    let mut file = b"II*\0".to_vec();
    file.extend(8_u32.to_le_bytes());
    file.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in tags {
        file.extend(u16::to_le_bytes(tag));
        file.extend(kind.to_le_bytes());
        file.extend(u32::to_le_bytes(count));
        let value = match tag {
            258 => bits,
            273 => bits + 6,
            _ => value,
        };
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend([8, 0, 8, 0, 8, 0]);
    file.extend(data);
    file
}

/// A GIF of two colours whose screen and one frame have these sizes, with its data.
pub(super) fn gif(screen: (u16, u16), frame: (u16, u16), data: &[u8]) -> Vec<u8> {
    let mut file = b"GIF89a".to_vec();
    file.extend(screen.0.to_le_bytes());
    file.extend(screen.1.to_le_bytes());
    file.extend([0x80, 0, 0, 1, 2, 3, 250, 251, 252, 0x2c, 0, 0, 0, 0]);
    file.extend(frame.0.to_le_bytes());
    file.extend(frame.1.to_le_bytes());
    file.push(0);
    file.extend(data);
    file.push(0x3b);
    file
}

/// A JPEG's header for one grey component, with tables of which every code is one bit or
/// two, and then data.
pub(super) fn jpeg(size: (u16, u16), is_progressive: bool, data: &[u8]) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, data: &[u8]| {
        file.extend([0xff, marker]);
        file.extend((data.len() as u16 + 2).to_be_bytes());
        file.extend(data);
    };
    segment(0xdb, &[&[0], &[1; 64][..]].concat());
    let mut frame = vec![8];
    frame.extend(size.1.to_be_bytes());
    frame.extend(size.0.to_be_bytes());
    frame.extend([1, 1, 0x11, 0]);
    segment(if is_progressive { 0xc2 } else { 0xc0 }, &frame);
    for class in [0x00, 0x10] {
        // One code of one bit: nothing changes, or the block ends.
        let mut table = vec![class, 1];
        table.extend([0; 15]);
        table.push(0);
        segment(0xc4, &table);
    }
    let spectrum: [u8; 3] = if is_progressive {
        [0, 0, 0]
    } else {
        [0, 63, 0]
    };
    segment(0xda, &[&[1, 1, 0], &spectrum[..]].concat());
    file.extend(data);
    file.extend([0xff, 0xd9]);
    file
}

/// A WebP that holds this chunk.
pub(super) fn webp(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend((12 + data.len() as u32 + data.len() as u32 % 2).to_le_bytes());
    file.extend(b"WEBP");
    file.extend(name);
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file.extend(&[0][..data.len() % 2]);
    file
}

/// The data of a lossy WebP's header: a key frame of this size.
pub(super) fn vp8(size: (u16, u16), data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x10, 0, 0, 0x9d, 0x01, 0x2a];
    frame.extend(size.0.to_le_bytes());
    frame.extend(size.1.to_le_bytes());
    frame.extend(data);
    frame
}

/// The data of a lossless WebP: its size, each 16 383 at most, and what follows.
pub(super) fn vp8l(size: (u32, u32), data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x2f];
    frame.extend(((size.0 - 1) | (size.1 - 1) << 14).to_le_bytes());
    frame.extend(data);
    frame
}

/// The size of an extended WebP's canvas, and no frame.
pub(super) fn vp8x(size: (u32, u32)) -> Vec<u8> {
    let mut header = vec![0; 4];
    header.extend(&(size.0 - 1).to_le_bytes()[..3]);
    header.extend(&(size.1 - 1).to_le_bytes()[..3]);
    header
}
