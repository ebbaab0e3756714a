//! Pictures that are made to do harm, or damaged: each is refused with a message, and in
//! little memory (IMG-11). How much is read of a file that goes on for ever is asked of the
//! decoder alone.

use ::image::ImageFormat;

use super::encoded::{
    bmp, encoded, gif, in_every_format, jpeg, png, stored, tiff, vp8, vp8l, vp8x, webp,
};
use super::{directory, gradient, opaque};
use crate::directory::{Answer, Directory};

/// The most that a refusal may take, in megabytes, with the engine and the filter.
const MEMORY: f64 = 200.0;

/// What a size is refused with, and what else is.
const SIZE: i32 = 4;
const BROKEN: i32 = 3;

/// Decodes a file: it fails with a message and one of these codes, within the bounds.
#[track_caller]
fn assert_refused(directory: &Directory, what: &str, file: &[u8], codes: &[i32], texts: &[&str]) {
    directory.file("picture", file);
    let answer = directory.image(&["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"]);
    let stderr = &answer.stderr;
    assert!(
        codes.contains(&answer.code),
        "{what}: {} {stderr}",
        answer.code
    );
    let mut lines = stderr.lines();
    let error = lines.find(|line| line.starts_with("error: "));
    let error = error.unwrap_or_else(|| panic!("{what}: {stderr}"));
    assert!(error.len() < 300, "{what}: {error}");
    for text in texts {
        assert!(error.contains(text), "{what}: {text:?} is not in {error:?}");
    }
    assert!(!stderr.contains("panicked"), "{what}: {stderr}");
    assert!(
        !stderr.chars().any(|c| c.is_control() && c != '\n'),
        "{stderr:?}"
    );
    let memory = memory(stderr);
    assert!(
        memory.is_none_or(|memory| memory < MEMORY),
        "{what}: {stderr}"
    );
    assert!(!directory.path("out.png").exists(), "{what}");
}

/// The peak of the command's memory, in megabytes, where it is known.
#[track_caller]
pub(super) fn memory(stderr: &str) -> Option<f64> {
    let line = stderr.lines().find_map(|line| line.strip_prefix("memory "));
    let line = line
        .unwrap_or_else(|| panic!("no memory in {stderr}"))
        .trim();
    if !cfg!(target_os = "linux") && line.starts_with("unknown") {
        return None;
    }
    let number = line.strip_suffix(" MB at most").map(str::parse);
    Some(number.expect("a number").expect("a number"))
}

#[test]
fn what_is_no_picture() {
    let directory = directory();
    for (what, file) in [
        ("nothing", &b""[..]),
        ("a byte", b"x"),
        ("text", b"hello, this is no picture but a line of text\n"),
        ("a module", b"\0asm\x01\0\0\0"),
        (
            "an icon",
            &[0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0],
        ),
        ("escapes", b"\x1b[31mred\x1b[0m"),
    ] {
        assert_refused(
            &directory,
            what,
            file,
            &[BROKEN],
            &["`picture`", "expected PNG, JPEG"],
        );
    }
}

/// A file that goes on for long is not read for that.
#[test]
fn a_large_file_that_is_no_picture() {
    let directory = directory();
    let file = std::fs::File::create(directory.path("picture")).unwrap();
    file.set_len(8 << 30).unwrap();
    let args = ["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"];
    let answer = directory.image(&args);
    assert_eq!(answer.code, BROKEN, "{}", answer.stderr);
    assert!(memory(&answer.stderr).is_none_or(|memory| memory < MEMORY));
}

/// What follows a picture that is small by its header is not read for gigabytes.
#[test]
fn a_small_picture_in_a_large_file() {
    let directory = directory();
    for (format, file) in in_every_format(&opaque(9, 7)) {
        let path = directory.path("picture");
        std::fs::write(&path, &file[..file.len() - 3]).unwrap();
        let long = std::fs::OpenOptions::new().append(true).open(&path);
        long.unwrap().set_len(8 << 30).unwrap();
        let args = ["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"];
        let answer = directory.image(&args);
        assert_eq!(answer.code, SIZE, "{format:?}: {}", answer.stderr);
        assert!(answer.stderr.contains("too large"), "{}", answer.stderr);
        let memory = memory(&answer.stderr);
        assert!(
            memory.is_none_or(|memory| memory < MEMORY),
            "{format:?}: {memory:?}"
        );
    }
}

/// Where no header is found, what follows is not read either, and no limit is too large to
/// count with.
#[test]
fn no_header_in_a_large_file() {
    let directory = directory();
    for (format, file) in in_every_format(&opaque(9, 7)) {
        let path = directory.path("picture");
        std::fs::write(&path, &file[..12]).unwrap();
        // A TIFF's may be anywhere, so that one is read as far as its limit goes. A GIF's is
        // in these bytes.
        if !matches!(format, ImageFormat::Tiff | ImageFormat::Gif) {
            let long = std::fs::OpenOptions::new().append(true).open(&path);
            long.unwrap().set_len(8 << 30).unwrap();
        }
        let most = u64::MAX.to_string();
        let args = ["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"];
        let answer = directory.image(&[&["--max-pixels", &most][..], &args].concat());
        assert_eq!(answer.code, BROKEN, "{format:?}: {}", answer.stderr);
        let memory = memory(&answer.stderr);
        assert!(
            memory.is_none_or(|memory| memory < MEMORY),
            "{format:?}: {memory:?}"
        );
    }
}

#[test]
fn a_file_that_is_cut_off() {
    let directory = directory();
    for (format, file) in in_every_format(&opaque(90, 70)) {
        // Whole, it is fine.
        directory.file("picture", &file);
        let answer = directory.image(&["-i", "picture", "-o", "fine.png", "identity.wasm"]);
        answer.assert_prints("");
        for part in [1, 4, 8, 12, 14] {
            let file = &file[..(file.len() * part / 16).max(12)];
            let what = format!("{format:?}, {part}/16");
            assert_refused(&directory, &what, file, &[BROKEN], &["`picture`"]);
        }
    }
}

/// The header alone, of every length.
#[test]
fn headers_that_are_cut_off() {
    let directory = directory();
    for (format, file) in in_every_format(&opaque(5, 5)) {
        for length in (10..40.min(file.len() - 8)).step_by(5) {
            let what = format!("{format:?}, {length} bytes");
            assert_refused(&directory, &what, &file[..length], &[BROKEN], &[]);
        }
    }
}

#[test]
fn sizes_over_the_limit_are_refused_by_the_header() {
    let directory = directory();
    let side = 65_535;
    let size = &["65535 × 65535 pixels", "over the limit"];
    for (what, file) in [
        (
            "PNG",
            png((side, side), 8, 6, &[(b"IDAT", &stored(&[0; 100]))]),
        ),
        (
            "PNG of 16 bits",
            png((side, side), 16, 6, &[(b"IDAT", &stored(&[0; 100]))]),
        ),
        ("JPEG", jpeg((side as u16, side as u16), false, &[0; 100])),
        (
            "progressive JPEG",
            jpeg((side as u16, side as u16), true, &[0; 100]),
        ),
        ("BMP", bmp((side as i32, side as i32), 32, &[0; 100])),
        (
            "BMP, top down",
            bmp((side as i32, -(side as i32)), 24, &[0; 100]),
        ),
        ("TIFF", tiff((side, side), &[0; 100], &[])),
        (
            "GIF",
            gif((side as u16, side as u16), (1, 1), &[2, 2, 0x44, 1, 0]),
        ),
        ("PNM", format!("P6 {side} {side} 255\n").into_bytes()),
        (
            "PNM in words",
            format!("P3 {side} {side} 255\n 1 2 3").into_bytes(),
        ),
        (
            "PAM",
            format!(
                "P7\nWIDTH {side}\nHEIGHT {side}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            )
            .into_bytes(),
        ),
    ] {
        assert_refused(&directory, what, &file, &[SIZE], size);
    }
    // Formats that can say more than that, and one that says less.
    let most = i32::MAX as u32;
    for (what, file) in [
        (
            "PNG",
            png((most, most), 8, 6, &[(b"IDAT", &stored(&[0; 100]))]),
        ),
        (
            "PNG, a long line",
            png((most, 1), 1, 0, &[(b"IDAT", &stored(&[0; 100]))]),
        ),
        ("BMP", bmp((most as i32, 1), 32, &[0; 100])),
        ("TIFF", tiff((u32::MAX, u32::MAX), &[0; 100], &[])),
        ("PNM", format!("P6 {0} {0} 255\n", u32::MAX).into_bytes()),
        ("extended WebP", webp(b"VP8X", &vp8x((1 << 24, 1 << 24)))),
    ] {
        assert_refused(&directory, what, &file, &[SIZE, BROKEN], &[]);
    }
    for (what, file) in [
        (
            "lossy WebP",
            webp(b"VP8 ", &vp8((16_383, 16_383), &[0; 100])),
        ),
        (
            "lossless WebP",
            webp(b"VP8L", &vp8l((16_383, 16_383), &[0; 100])),
        ),
    ] {
        directory.file("picture", &file);
        let args = [
            "-i",
            "picture",
            "-o",
            "o.png",
            "--max-pixels",
            "1000000",
            "identity.wasm",
        ];
        directory
            .image(&args)
            .assert_fails(SIZE, &["over the limit of 1000000"]);
        // Within the limits it has not got the data.
        assert_refused(&directory, what, &file, &[BROKEN], &[]);
    }
}

#[test]
fn pictures_without_pixels() {
    let directory = directory();
    for (width, height) in [(0, 0), (0, 5), (5, 0)] {
        for (what, file) in [
            (
                "PNG",
                png((width, height), 8, 6, &[(b"IDAT", &stored(&[0; 100]))]),
            ),
            (
                "JPEG",
                jpeg((width as u16, height as u16), false, &[0; 100]),
            ),
            ("BMP", bmp((width as i32, height as i32), 24, &[0; 100])),
            ("TIFF", tiff((width, height), &[0; 100], &[])),
            (
                "GIF",
                gif((width as u16, height as u16), (1, 1), &[2, 2, 0x44, 1, 0]),
            ),
            (
                "PNM",
                format!("P6 {width} {height} 255\nxxxxxxxxx").into_bytes(),
            ),
            (
                "WebP",
                webp(b"VP8 ", &vp8((width as u16, height as u16), &[0; 100])),
            ),
        ] {
            let what = format!("{what} of {width} × {height}");
            assert_refused(&directory, &what, &file, &[SIZE, BROKEN], &[]);
        }
    }
    let negative = bmp((-5, 5), 24, &[0; 100]);
    assert_refused(&directory, "BMP", &negative, &[SIZE, BROKEN], &[]);
    let least = bmp((1, i32::MIN), 24, &[0; 100]);
    assert_refused(&directory, "BMP", &least, &[SIZE, BROKEN], &[]);
}

/// Within the limits, a gigabyte each. There are some bytes of data, and then enough to get
/// the decoders going.
#[test]
fn sizes_that_the_data_are_too_short_for() {
    for length in [5000, 70_000] {
        too_short(length);
    }
}

#[track_caller]
fn too_short(length: usize) {
    let directory = directory();
    let side = 16_384;
    let tail = vec![0; length];
    let codes = [
        &[2][..],
        &[&[250][..], &[0x44; 250]].concat().repeat(length / 250),
        &[0],
    ];
    let codes = codes.concat();
    for (what, file) in [
        ("PNG", png((side, side), 8, 6, &[(b"IDAT", &stored(&tail))])),
        (
            "PNG of 16 bits",
            png((side, side), 16, 2, &[(b"IDAT", &stored(&tail))]),
        ),
        (
            "grey PNG",
            png((side, side), 1, 0, &[(b"IDAT", &stored(&tail))]),
        ),
        ("JPEG", jpeg((side as u16, side as u16), false, &tail)),
        (
            "progressive JPEG",
            jpeg((side as u16, side as u16), true, &tail),
        ),
        ("BMP", bmp((side as i32, side as i32), 32, &tail)),
        ("BMP of 1 bit", bmp((side as i32, side as i32), 1, &tail)),
        ("TIFF", tiff((side, side), &tail, &[])),
        (
            "GIF",
            gif(
                (side as u16, side as u16),
                (side as u16, side as u16),
                &codes,
            ),
        ),
        (
            "GIF with a large frame",
            gif((1, 1), (u16::MAX, u16::MAX), &codes),
        ),
        ("lossy WebP", webp(b"VP8 ", &vp8((16_383, 16_383), &tail))),
        (
            "lossless WebP",
            webp(b"VP8L", &vp8l((16_383, 16_383), &tail)),
        ),
        (
            "PNM",
            [format!("P6 {side} {side} 255\n").as_bytes(), &tail].concat(),
        ),
        (
            "PNM of 16 bits",
            [format!("P6 {side} {side} 65535\n").as_bytes(), &tail].concat(),
        ),
        (
            "PNM of bits",
            [format!("P4 {side} {side}\n").as_bytes(), &tail].concat(),
        ),
        (
            "PNM in words",
            format!("P3 {side} {side} 255\n 1 2 3").into_bytes(),
        ),
    ] {
        assert_refused(&directory, what, &file, &[BROKEN], &["`picture`"]);
    }
}

/// One row more than there is.
#[test]
fn sizes_that_are_a_little_too_large() {
    let directory = directory();
    let rows = [0; 10 * (1 + 4 * 10)];
    for (what, file) in [
        ("PNG", png((10, 11), 8, 6, &[(b"IDAT", &stored(&rows))])),
        ("BMP", bmp((10, 11), 32, &rows[..400])),
        ("TIFF", tiff((10, 11), &rows[..300], &[])),
        ("PNM", [b"P6 10 11 255\n", &rows[..300]].concat()),
    ] {
        assert_refused(&directory, what, &file, &[BROKEN], &["`picture`"]);
    }
}

/// What is beside the picture may claim as much as it likes.
#[test]
fn metadata_that_lie() {
    let directory = directory();
    // Four gigabytes, if one believes it: of a chunk, and of a profile.
    let mut chunk = encoded(gradient(3, 3), ImageFormat::WebP);
    chunk[16..20].copy_from_slice(&[0xff; 4]);
    let mut profile = tiff((2, 2), &[7; 12], &[(34_675, 7)]);
    let at = profile
        .windows(2)
        .rposition(|pair| pair == 34_675_u16.to_le_bytes());
    profile[at.unwrap() + 4..][..4].copy_from_slice(&[0xff; 4]);
    // 300 MB of zeros in 2 MB.
    let bomb = [b"icc\0\0", &zeros(300 << 20)[..]].concat();
    let pixel = stored(&[0, 1, 2, 3, 255]);
    let bomb = png((1, 1), 8, 6, &[(b"iCCP", &bomb), (b"IDAT", &pixel)]);
    for (what, file) in [("WebP", chunk), ("TIFF", profile), ("PNG", bomb)] {
        directory.file("picture", file);
        let args = ["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"];
        let Answer { code, stderr, .. } = directory.image(&args);
        assert!([0, BROKEN].contains(&code), "{what}: {stderr}");
        let memory = memory(&stderr);
        assert!(
            memory.is_none_or(|memory| memory < MEMORY),
            "{what}: {stderr}"
        );
    }
}

/// A zlib stream of that many zeros, and some more.
fn zeros(length: usize) -> Vec<u8> {
    let mut compressor = Bits::default();
    // One block with fixed codes: a zero, then copies of 258 from one before.
    compressor.push(0b011, 3);
    compressor.push_code(0x30, 8);
    for _ in 0..length / 258 {
        compressor.push_code(0xc5, 8);
        compressor.push(0, 5);
    }
    compressor.push(0, 7);
    [&[0x78, 0x01], &compressor.bytes[..], &[0; 4]].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// From the lowest bit on.
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }

    /// A code, from its highest bit on.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }
}

/// More scans than a picture has a use for would each go over all of its blocks.
#[test]
fn a_jpeg_of_many_scans() {
    let directory = directory();
    let side = 8192;
    let one = jpeg((side, side), true, &vec![0; usize::from(side).pow(2) / 512]);
    let scan = one
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    let end = one.len() - 2;
    let mut file = one[..end].to_vec();
    for _ in 0..2000 {
        // Of one byte.
        file.extend(&one[scan..scan + 10]);
        file.push(0);
    }
    file.extend([0xff, 0xd9]);
    // The decoder is not asked: it would go over them all.
    assert_refused(
        &directory,
        "many scans",
        &file,
        &[BROKEN],
        &["too little data"],
    );
}

/// A changed byte may leave a sound picture: only the code and the bounds are looked at.
#[test]
fn a_byte_that_is_changed() {
    let directory = directory();
    for (format, file) in in_every_format(&opaque(40, 30)) {
        let step = file.len().min(200) / 12;
        for at in (8..file.len().min(200)).step_by(step) {
            let mut file = file.clone();
            file[at] ^= 0x80;
            directory.file("picture", &file);
            let args = ["-i", "picture", "-o", "out.png", "--stats", "identity.wasm"];
            let answer = directory.image(&args);
            let what = format!("{format:?}, byte {at}: {}", answer.stderr);
            assert!([0, SIZE, BROKEN].contains(&answer.code), "{what}");
            assert!(!answer.stderr.contains("panicked"), "{what}");
        }
    }
}
