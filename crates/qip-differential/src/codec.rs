//! What a target does with bytes that may be a picture's file, and what it starts from.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};
use qip_codec::{Decoded, Encoding, Error, Format, read};
use qip_contract::{Code, Limits};
use qip_host::ErrorKind;
use qip_host::image::Picture;

use crate::picture::bmp_seeds;

/// Limits that a fuzzer can bear.
fn limits() -> Limits {
    Limits {
        image_pixels: 1 << 20,
        image_side: 1 << 12,
        ..Limits::standard()
    }
}

/// Every format that is written, by its name.
fn formats() -> impl Iterator<Item = Format> {
    let of = |extension| Format::of_extension(OsStr::new(extension)).expect("its own");
    let all = Format::extensions().map(of);
    let all: BTreeMap<&str, Format> = all.map(|format| (format.name(), format)).collect();
    all.into_values()
}

/// Reads a file. What is read is no larger than allowed; written in any format it is read
/// again, and is the same where nothing is lost.
pub(crate) fn read_and_write(bytes: &[u8]) {
    let limits = limits();
    let decoded = match read(bytes, &limits) {
        Ok(decoded) => decoded,
        Err(Error::Size(error)) => {
            assert_eq!(error.kind(), ErrorKind::Refused(Code::ImageSize), "{error}");
            return;
        }
        Err(error) => {
            assert!(
                matches!(error, Error::Broken(_) | Error::TooLarge { .. }),
                "{error}"
            );
            let shown = error.to_string();
            let is_short = shown.len() < 1000 && !shown.contains(char::is_control);
            assert!(!shown.is_empty() && is_short, "{shown:?}");
            return;
        }
    };
    let Decoded {
        picture, profile, ..
    } = decoded;
    let (width, height) = (picture.width(), picture.height());
    assert!(u64::from(width.max(height)) <= limits.image_side);
    assert!(u64::from(width) * u64::from(height) <= limits.image_pixels);
    for format in formats() {
        let encoding = Encoding {
            profile: profile.clone(),
            ..Encoding::new(format)
        };
        if encoding.check(width, height).is_err() {
            continue;
        }
        let name = format.name();
        let mut file = Vec::new();
        let written = encoding.write(picture.clone(), &mut file);
        written.unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = read(&*file, &limits).unwrap_or_else(|error| panic!("{name}: {error}"));
        let size = (again.picture.width(), again.picture.height());
        assert_eq!(size, (width, height), "{name}");
        match format {
            Format::Png | Format::Bmp | Format::WebP | Format::Pam => {
                assert!(again.picture == picture, "{name} loses something");
            }
            // Laid on white.
            Format::Ppm => assert!(
                again
                    .picture
                    .pixels()
                    .iter()
                    .skip(3)
                    .step_by(4)
                    .all(|a| *a == 255)
            ),
            Format::Jpeg => {}
        }
        if matches!(format, Format::Png | Format::WebP | Format::Jpeg) {
            assert!(again.profile == profile, "{name} loses the profile");
        }
    }
}

/// Small pictures in every format that is read, with a profile, and cut off.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = bmp_seeds();
    // What the contract does not want to know of an ICC profile is zeros.
    let mut profile = vec![0; 132];
    profile[16..20].copy_from_slice(b"RGB ");
    for (width, height) in [(1, 1), (3, 2), (2, 5), (17, 9)] {
        let samples = (0..width * height * 4).map(|at| (at * 37) as u8);
        let samples: Vec<u8> = samples.collect();
        let picture = Picture::new(width, height, samples.clone()).expect("as many");
        for format in formats() {
            for profile in [None, Some(profile.clone())] {
                let mut file = Vec::new();
                let encoding = Encoding {
                    profile,
                    ..Encoding::new(format)
                };
                let written = encoding.write(picture.clone(), &mut file);
                written.expect("a small picture");
                seeds.push(file);
            }
        }
        let rgba = RgbaImage::from_raw(width, height, samples).expect("as many");
        let rgba = DynamicImage::from(rgba);
        // What others write and nobody here does.
        let kinds = [
            (ImageFormat::Gif, rgba.clone()),
            (ImageFormat::Bmp, rgba.clone()),
            (ImageFormat::Bmp, rgba.to_luma8().into()),
            (ImageFormat::Tiff, rgba.clone()),
            (ImageFormat::Tiff, rgba.to_rgba16().into()),
            (ImageFormat::Tiff, rgba.to_rgba32f().into()),
            (ImageFormat::Png, rgba.to_luma16().into()),
            (ImageFormat::Png, rgba.to_luma_alpha8().into()),
            (ImageFormat::Jpeg, rgba.to_luma8().into()),
            (ImageFormat::Pnm, rgba.to_luma8().into()),
        ];
        for (format, picture) in kinds {
            let mut file = Cursor::new(Vec::new());
            picture
                .write_to(&mut file, format)
                .expect("a small picture");
            seeds.push(file.into_inner());
        }
    }
    seeds
}
