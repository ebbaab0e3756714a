//! Every format in and out, and every kind of sample.

use ::image::codecs::gif::GifEncoder;
use ::image::{DynamicImage, ExtendedColorType, Frame, ImageFormat, ImageReader, Rgba, RgbaImage};

use super::encoded::{bmp, encoded, in_every_format, png, stored, tiff};
use super::{assert_same, decoded, directory, gradient, inverted, opaque};
use crate::ENGINES;
use crate::directory::Directory;

/// What the command reads a file as: as PNG, through a filter that changes nothing.
#[track_caller]
fn read(directory: &Directory, file: &[u8]) -> RgbaImage {
    // The name says nothing.
    directory.file("picture.txt", file);
    let answer = directory.image(&["-i", "picture.txt", "-o", "read.png", "identity.wasm"]);
    answer.assert_prints("");
    decoded(&directory.read("read.png"))
}

#[test]
fn every_format_in() {
    let directory = directory();
    let picture = opaque(70, 65);
    for (format, file) in in_every_format(&picture) {
        let found = read(&directory, &file);
        match format {
            // What the decoder made of it, and near to what it was.
            ImageFormat::Jpeg => {
                assert_same(&found, &decoded(&file));
                let far = found.iter().zip(picture.iter());
                let far = far.filter(|(found, was)| found.abs_diff(**was) > 40);
                assert!(far.count() < 500);
            }
            // It has 256 colours.
            ImageFormat::Gif => assert_same(&found, &decoded(&file)),
            _ => assert_same(&found, &picture),
        }
    }
}

/// By the extension, in any case, and PNG without.
#[test]
fn every_format_out() {
    let directory = directory();
    let picture = opaque(70, 65);
    directory.file("in.png", encoded(picture.clone(), ImageFormat::Png));
    let expected = inverted(picture);
    for (name, format) in [
        ("out.png", ImageFormat::Png),
        ("out", ImageFormat::Png),
        ("out.PNG", ImageFormat::Png),
        ("a.bmp.png", ImageFormat::Png),
        ("out.jpg", ImageFormat::Jpeg),
        ("out.JPEG", ImageFormat::Jpeg),
        ("out.bmp", ImageFormat::Bmp),
        ("out.webp", ImageFormat::WebP),
        ("out.ppm", ImageFormat::Pnm),
        ("out.pnm", ImageFormat::Pnm),
        ("out.pam", ImageFormat::Pnm),
    ] {
        for engine in ENGINES {
            let args = [
                "-i",
                "in.png",
                "-o",
                name,
                "invert.wasm",
                "--engine",
                engine,
            ];
            directory.image(&args).assert_prints("");
            let file = directory.read(name);
            assert_eq!(::image::guess_format(&file).unwrap(), format, "{name}");
            let found = decoded(&file);
            if format == ImageFormat::Jpeg {
                let far = found.iter().zip(expected.iter());
                let far = far.filter(|(found, wanted)| found.abs_diff(**wanted) > 40);
                assert!(far.count() < 500);
            } else {
                assert_same(&found, &expected);
            }
        }
    }
    assert!(directory.read("out.ppm").starts_with(b"P6\n70 65 255\n"));
    assert!(
        directory
            .read("out.pam")
            .starts_with(b"P7\nWIDTH 70\nHEIGHT 65\nDEPTH 4\n")
    );
}

#[test]
fn transparency_out() {
    let directory = directory();
    let picture = gradient(70, 65);
    directory.file("in.png", encoded(picture.clone(), ImageFormat::Png));
    for name in ["out.png", "out.webp", "out.pam"] {
        let answer = directory.image(&["-i", "in.png", "-o", name, "identity.wasm"]);
        answer.assert_prints("");
        // Colour under alpha 0 is kept too (IMG-2).
        assert_same(&decoded(&directory.read(name)), &picture);
    }
    // On white.
    let mut flat = picture.clone();
    for Rgba([colour @ .., alpha]) in flat.pixels_mut() {
        for part in colour {
            let mixed = f64::from(*part) * f64::from(*alpha) / 255.0;
            *part = (mixed + 255.0 - f64::from(*alpha)).round() as u8;
        }
        *alpha = 255;
    }
    for name in ["out.ppm", "out.jpg"] {
        let answer = directory.image(&["-i", "in.png", "-o", name, "identity.wasm"]);
        answer.assert_prints("");
    }
    assert_same(&decoded(&directory.read("out.ppm")), &flat);
    let found = decoded(&directory.read("out.jpg"));
    let far = found.iter().zip(flat.iter());
    let far = far
        .filter(|(found, wanted)| found.abs_diff(**wanted) > 40)
        .count();
    assert!(far < 700, "{far}");
}

/// REC-7: a BMP that is written is the one that a recipe writes, and it is read as a recipe
/// reads it. The fourth byte of 32 bits is alpha.
#[test]
fn bmp_is_the_same_to_recipes() {
    let directory = directory();
    for picture in [gradient(70, 65), opaque(3, 2)] {
        let (width, height) = picture.dimensions();
        directory.file("in.png", encoded(picture.clone(), ImageFormat::Png));
        let answer = directory.image(&["-i", "in.png", "-o", "image.bmp", "identity.wasm"]);
        answer.assert_prints("");
        let file = directory.read("image.bmp");
        let long = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().unwrap());
        let size = 54 + width * height * 4;
        assert_eq!(
            (&file[..2], long(2), file.len()),
            (&b"BM"[..], size, size as usize)
        );
        assert_eq!(
            (long(10), long(14), long(18), long(22)),
            (54, 40, width, height)
        );
        // One plane, 32 bits, no compression.
        assert_eq!((long(26), long(30)), (32 << 16 | 1, 0));
        // The lowest row comes first, blue first, alpha last.
        let [red, green, blue, alpha] = picture.get_pixel(0, height - 1).0;
        assert_eq!(file[54..58], [blue, green, red, alpha]);

        let answer = directory.qip(&["run", "-i", "image.bmp", "-o", "run.bmp", "identity.wasm"]);
        answer.assert_prints("");
        assert!(directory.read("run.bmp") == file);
        assert_same(&read(&directory, &file), &picture);
    }
}

#[test]
fn kinds_of_samples_in() {
    let directory = directory();
    let picture = DynamicImage::from(gradient(66, 3));
    let wide = |byte: u8| u16::from(byte) * 257;
    let grey = |picture: &RgbaImage, has_alpha: bool| {
        let mut grey = picture.clone();
        for (pixel, value) in grey.pixels_mut().zip(picture.pixels()) {
            let alpha = if has_alpha { value[3] } else { 255 };
            *pixel = Rgba([value[0], value[0], value[0], alpha]);
        }
        grey
    };
    let rgba = picture.to_rgba8();
    // Red as grey.
    let l8 = ::image::GrayImage::from_fn(66, 3, |x, y| [rgba.get_pixel(x, y)[0]].into());
    let la8 = ::image::GrayAlphaImage::from_fn(66, 3, |x, y| {
        let pixel = rgba.get_pixel(x, y);
        [pixel[0], pixel[3]].into()
    });
    let l16 = ::image::ImageBuffer::<::image::Luma<u16>, _>::from_fn(66, 3, |x, y| {
        // Two less than the middle between two bytes.
        [wide(rgba.get_pixel(x, y)[0]).saturating_add(126)].into()
    });
    let rgb8 = picture.to_rgb8();
    let opaque = {
        let mut opaque = rgba.clone();
        opaque.pixels_mut().for_each(|pixel| pixel[3] = 255);
        opaque
    };
    for (what, source, expected) in [
        ("L8", DynamicImage::from(l8.clone()), grey(&rgba, false)),
        ("La8", la8.clone().into(), grey(&rgba, true)),
        ("L16", l16.into(), grey(&rgba, false)),
        (
            "La16",
            DynamicImage::from(la8).into_luma_alpha16().into(),
            grey(&rgba, true),
        ),
        ("Rgb8", rgb8.clone().into(), opaque.clone()),
        ("Rgb16", picture.to_rgb16().into(), opaque.clone()),
        ("Rgba8", rgba.clone().into(), rgba.clone()),
        ("Rgba16", picture.to_rgba16().into(), rgba.clone()),
    ] {
        let file = encoded(source.clone(), ImageFormat::Png);
        assert_same(&read(&directory, &file), &expected);
        if !what.starts_with("La") {
            let file = encoded(source, ImageFormat::Tiff);
            assert_same(&read(&directory, &file), &expected);
        }
    }
    let floats = encoded(DynamicImage::from(rgb8).into_rgb32f(), ImageFormat::Tiff);
    assert_same(&read(&directory, &floats), &opaque);
    for format in [ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Pnm] {
        let file = encoded(l8.clone(), format);
        let found = read(&directory, &file);
        assert_same(&found, &decoded(&file));
        assert!(
            found
                .pixels()
                .all(|pixel| pixel[0] == pixel[1] && pixel[3] == 255)
        );
    }
}

#[test]
fn palettes_in() {
    let directory = directory();
    let palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
    let expected = RgbaImage::from_raw(3, 1, vec![70, 80, 90, 255, 10, 20, 30, 0, 40, 50, 60, 128]);
    let expected = expected.unwrap();
    for (depth, rows) in [
        (8, &[0, 2, 0, 1][..]),
        (4, &[0, 0x20, 0x10]),
        (2, &[0, 0b1000_0100]),
    ] {
        let chunks: [(&[u8; 4], &[u8]); 3] = [
            (b"PLTE", &palette),
            (b"tRNS", &[0, 128]),
            (b"IDAT", &stored(rows)),
        ];
        let file = png((3, 1), depth, 3, &chunks);
        assert_same(&read(&directory, &file), &expected);
    }
    // Bits: white, black, white.
    let file = png((3, 1), 1, 0, &[(b"IDAT", &stored(&[0, 0b1010_0000]))]);
    let expected = [255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255];
    assert_eq!(read(&directory, &file).into_raw(), expected);
    // A BMP of two colours, blue first, from the bottom up.
    let colours = [1, 2, 3, 0, 4, 5, 6, 0];
    let mut file = bmp(
        (2, 2),
        1,
        &[&colours[..], &[0x80, 0, 0, 0, 0x40, 0, 0, 0]].concat(),
    );
    file[10] += 8;
    file[46] = 2;
    let expected = [3, 2, 1, 255, 6, 5, 4, 255, 6, 5, 4, 255, 3, 2, 1, 255];
    assert_eq!(read(&directory, &file).into_raw(), expected);
}

#[test]
fn bmp_from_the_top_and_with_32_bits() {
    let directory = directory();
    let rows = [1, 2, 3, 0, 4, 5, 6, 0];
    // A pixel of 24 bits has a byte of padding, one of 32 has alpha there, even if 0 (REC-7).
    for (bits, alpha) in [(24, 255), (32, 0)] {
        let (first, second) = ([3, 2, 1, alpha], [6, 5, 4, alpha]);
        for (height, expected) in [(-2, [first, second]), (2, [second, first])] {
            let found = read(&directory, &bmp((1, height), bits, &rows));
            assert_eq!(
                found.into_raw(),
                expected.concat(),
                "{bits} bits, {height} rows"
            );
        }
    }
}

/// By hand, for nobody but the specification.
#[test]
fn pnm_of_every_kind() {
    let directory = directory();
    let opaque = |greys: [u8; 2]| greys.map(|grey| [grey, grey, grey, 255]).concat();
    for (what, file, expected) in [
        ("P1", &b"P1\n# bits\n2 1\n1 0\n"[..], opaque([0, 255])),
        ("P4", b"P4 2 1\n\x40", opaque([255, 0])),
        ("P2", b"P2 2 1 255\n7 200\n", opaque([7, 200])),
        ("P2 of 3", b"P2 2 1 3\n1 3\n", opaque([85, 255])),
        ("P5", b"P5 2 1 255\n\x07\xc8", opaque([7, 200])),
        (
            "P5 of 16 bits",
            b"P5 2 1 65535\n\x07\x07\xff\xff",
            opaque([7, 255]),
        ),
        (
            "P3",
            b"P3 1 2 255\n1 2 3\n4 5 6\n",
            vec![1, 2, 3, 255, 4, 5, 6, 255],
        ),
        (
            "P6",
            b"P6\n1 2\n255\n\x01\x02\x03\x04\x05\x06",
            vec![1, 2, 3, 255, 4, 5, 6, 255],
        ),
        (
            "P7",
            b"P7\nWIDTH 1\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\
              \x01\x02\x03\x00\x04\x05\x06\x80",
            vec![1, 2, 3, 0, 4, 5, 6, 128],
        ),
    ] {
        assert_eq!(read(&directory, file).into_raw(), expected, "{what}");
    }
}

#[test]
fn a_gif_is_its_first_frame() {
    let directory = directory();
    let frame = |colour: [u8; 4]| Frame::new(RgbaImage::from_pixel(9, 9, Rgba(colour)));
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    let frames = [frame([255, 0, 0, 255]), frame([0, 0, 255, 255])];
    encoder.encode_frames(frames).unwrap();
    drop(encoder);
    let found = read(&directory, &file);
    assert_same(&found, &RgbaImage::from_pixel(9, 9, Rgba([255, 0, 0, 255])));
}

#[test]
fn a_plain_tiff() {
    let directory = directory();
    let file = tiff((1, 2), &[1, 2, 3, 4, 5, 6], &[]);
    let expected = [1, 2, 3, 255, 4, 5, 6, 255];
    assert_eq!(read(&directory, &file).into_raw(), expected);
}

#[test]
fn quality_and_compression() {
    let directory = directory();
    directory.file("in.png", encoded(opaque(200, 150), ImageFormat::Png));
    let size = |args: &[&str]| {
        let all = [&["-i", "in.png", "identity.wasm"], args].concat();
        directory.image(&all).assert_prints("");
        directory
            .read(args.iter().find(|arg| arg.starts_with("out")).unwrap())
            .len()
    };
    let plain = size(&["-o", "out.jpg"]);
    assert_eq!(size(&["-o", "out.jpg", "--quality", "90"]), plain);
    assert!(size(&["-o", "out.jpg", "--quality", "30"]) < plain);
    assert!(size(&["-o", "out.jpg", "--quality", "100"]) > plain);
    let fast = size(&["-o", "out.png"]);
    let found = decoded(&directory.read("out.png"));
    assert!(size(&["-o", "out.png", "--best"]) < fast);
    assert_same(&decoded(&directory.read("out.png")), &found);
    assert_same(&found, &opaque(200, 150));
}

/// Of 8 bits a sample with alpha, whatever the picture, which is what others count on.
#[test]
fn a_png_has_four_channels() {
    let directory = directory();
    let grey = DynamicImage::from(opaque(5, 5)).into_luma8();
    directory.file("in.png", encoded(grey, ImageFormat::Png));
    let answer = directory.image(&["-i", "in.png", "-o", "out.png", "identity.wasm"]);
    answer.assert_prints("");
    let file = std::io::Cursor::new(directory.read("out.png"));
    let decoder = ImageReader::with_format(file, ImageFormat::Png);
    let decoder = decoder.into_decoder().unwrap();
    let color = ::image::ImageDecoder::original_color_type(&decoder);
    assert_eq!(color, ExtendedColorType::Rgba8);
}
