//! Orientation and colour profiles.

use ::image::codecs::jpeg::JpegEncoder;
use ::image::codecs::png::PngEncoder;
use ::image::codecs::webp::WebPEncoder;
use ::image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageReader, RgbaImage,
};

use super::encoded::tiff;
use super::{assert_same, decoded, directory, opaque};

/// Exif data of one entry: the orientation.
fn exif(orientation: u16) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1]);
    exif.extend(orientation.to_be_bytes());
    exif.extend([0; 6]);
    exif
}

/// The place in a file of `width` × `height` of what is shown at a place, by the Exif
/// standard: what the file's first row and column are when it is shown.
fn stored_at(orientation: u16, (width, height): (u32, u32), (x, y): (u32, u32)) -> (u32, u32) {
    let (right, bottom) = (width - 1, height - 1);
    match orientation {
        // The top and the left.
        1 => (x, y),
        // The top and the right.
        2 => (right - x, y),
        // The bottom and the right.
        3 => (right - x, bottom - y),
        // The bottom and the left.
        4 => (x, bottom - y),
        // The left and the top.
        5 => (y, x),
        // The right and the top.
        6 => (y, bottom - x),
        // The right and the bottom.
        7 => (right - y, bottom - x),
        // The left and the bottom.
        _ => (right - y, x),
    }
}

fn shown(stored: &RgbaImage, orientation: u16) -> RgbaImage {
    let (width, height) = stored.dimensions();
    let (across, down) = match orientation {
        5.. => (height, width),
        _ => (width, height),
    };
    RgbaImage::from_fn(across, down, |x, y| {
        let (x, y) = stored_at(orientation, (width, height), (x, y));
        *stored.get_pixel(x, y)
    })
}

/// Encodes with whatever metadata an encoder is given.
fn encode(
    mut encoder: impl ImageEncoder,
    picture: &RgbaImage,
    exif: Option<Vec<u8>>,
    profile: Option<&[u8]>,
) {
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
    }
    let (width, height) = picture.dimensions();
    let rgb = DynamicImage::from(picture.clone()).into_rgb8();
    encoder
        .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
        .unwrap();
}

/// PNG, JPEG and WebP with these metadata.
fn with_metadata(
    picture: &RgbaImage,
    exif: Option<Vec<u8>>,
    profile: Option<&[u8]>,
) -> [(&'static str, Vec<u8>); 3] {
    let [mut png, mut jpeg, mut webp] = [const { Vec::new() }; 3];
    encode(PngEncoder::new(&mut png), picture, exif.clone(), profile);
    encode(JpegEncoder::new(&mut jpeg), picture, exif.clone(), profile);
    encode(WebPEncoder::new_lossless(&mut webp), picture, exif, profile);
    [("png", png), ("jpg", jpeg), ("webp", webp)]
}

#[test]
fn all_eight_orientations() {
    let directory = directory();
    let picture = opaque(67, 5);
    for orientation in 1..=8 {
        let mut files = with_metadata(&picture, Some(exif(orientation)), None).to_vec();
        let rgb = DynamicImage::from(picture.clone()).into_rgb8().into_raw();
        files.push(("tiff", tiff((67, 5), &rgb, &[(274, orientation)])));
        for (what, file) in files {
            directory.file("in", &file);
            let answer = directory.image(&["-i", "in", "-o", "out.png", "identity.wasm"]);
            answer.assert_prints("");
            let found = decoded(&directory.read("out.png"));
            // As the decoder sees it, which is exact for all but JPEG.
            let expected = shown(&decoded(&file), orientation);
            assert_eq!(
                found.dimensions(),
                expected.dimensions(),
                "{what} {orientation}"
            );
            assert_same(&found, &expected);
        }
    }
}

/// Once turned, it is not turned again.
#[test]
fn the_orientation_does_not_go_along() {
    let directory = directory();
    for (_, file) in with_metadata(&opaque(6, 4), Some(exif(6)), None) {
        directory.file("in", file);
        for name in ["out.png", "out.jpg", "out.webp"] {
            let answer = directory.image(&["-i", "in", "-o", name, "identity.wasm"]);
            answer.assert_prints("");
            let answer = directory.image(&["-i", name, "-o", "again.png", "identity.wasm"]);
            answer.assert_prints("");
            assert_eq!(decoded(&directory.read("again.png")).dimensions(), (4, 6));
        }
    }
}

#[test]
fn an_orientation_that_is_none_is_ignored() {
    let directory = directory();
    for exif in [
        exif(0),
        exif(9),
        exif(6)[..14].to_vec(),
        b"rubbish".to_vec(),
    ] {
        for (what, file) in with_metadata(&opaque(6, 4), Some(exif), None) {
            directory.file("in", file);
            let answer = directory.image(&["-i", "in", "-o", "out.png", "identity.wasm"]);
            answer.assert_prints("");
            let size = decoded(&directory.read("out.png")).dimensions();
            assert_eq!(size, (6, 4), "{what}");
        }
    }
}

/// A profile of so many bytes for this space; the rest of it is nobody's business.
fn profile(space: &[u8; 4], length: usize) -> Vec<u8> {
    let mut profile: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
    profile[16..20].copy_from_slice(space);
    profile
}

fn profile_of(file: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(std::io::Cursor::new(file));
    let mut decoder = reader
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    decoder.icc_profile().unwrap()
}

#[test]
fn a_profile_goes_along() {
    let directory = directory();
    // One that takes several segments of a JPEG.
    for length in [132, 150_000] {
        let profile = profile(b"RGB ", length);
        for (what, file) in with_metadata(&opaque(6, 4), None, Some(&profile)) {
            directory.file("in", file);
            for name in ["out.png", "out.jpg", "out.webp"] {
                let answer = directory.image(&["-i", "in", "-o", name, "identity.wasm"]);
                answer.assert_prints("");
                let found = profile_of(&directory.read(name));
                assert!(found.as_ref() == Some(&profile), "{what} to {name}");
            }
            for name in ["out.bmp", "out.ppm"] {
                let answer = directory.image(&["-i", "in", "-o", name, "identity.wasm"]);
                answer.assert_prints("");
            }
        }
    }
}

/// A JPEG has 255 segments for it. One that does not fit is found before any filter runs.
#[test]
fn a_profile_is_too_large_for_a_jpeg() {
    const MOST: usize = 255 * 65_519;
    let directory = directory();
    directory.module(
        "trap.wasm",
        r#"(module (memory (export "memory") 1 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 65536))
            (func (export "tile_rgba32float_64x64") (param f32 f32) unreachable))"#,
    );
    let file = |length: usize| {
        let profile = profile(b"RGB ", length);
        let mut file = Vec::new();
        encode(
            PngEncoder::new(&mut file),
            &opaque(6, 4),
            None,
            Some(&profile),
        );
        directory.file("in", file);
    };
    file(MOST + 1);
    let answer = directory.image(&["-i", "in", "-o", "out.jpg", "trap.wasm"]);
    answer.assert_fails(
        3,
        &[
            "colour profile of 16707346 bytes",
            "JPEG",
            "at most 16707345",
        ],
    );
    let answer = directory.image(&["-i", "in", "-o", "out.png", "identity.wasm"]);
    answer.assert_prints("");
    file(MOST);
    let answer = directory.image(&["-i", "in", "-o", "out.jpg", "identity.wasm"]);
    answer.assert_prints("");
}

/// The picture is RGB, whatever it was.
#[test]
fn a_profile_for_something_else_does_not() {
    let directory = directory();
    for profile in [
        profile(b"GRAY", 200),
        profile(b"CMYK", 200),
        b"short".to_vec(),
    ] {
        for (_, file) in with_metadata(&opaque(6, 4), None, Some(&profile)) {
            directory.file("in", file);
            let answer = directory.image(&["-i", "in", "-o", "out.png", "identity.wasm"]);
            answer.assert_prints("");
            assert_eq!(profile_of(&directory.read("out.png")), None);
        }
    }
}

#[test]
fn verbose_tells_of_both() {
    let directory = directory();
    let profile = profile(b"RGB ", 200);
    let [(_, file), ..] = with_metadata(&opaque(6, 4), Some(exif(8)), Some(&profile));
    directory.file("in", file);
    let answer = directory.image(&["-v", "-i", "in", "-o", "out.png", "identity.wasm"]);
    let told = "PNG of 4 × 6 pixels, of orientation 8, with a colour profile of 200 bytes";
    assert!(answer.stderr.contains(told), "{}", answer.stderr);
}
