//! BMP as blocks of tile filters take and give it (REC-7): each rule, hostile headers, and
//! what reading costs.

use allocation_counter::{AllocationInfo, measure};
use proptest::prelude::*;
use qip_host::image::{Picture, bmp};
use qip_host::{Code, Error, ErrorKind, Limits};

/// Offsets in a header.
const FIRST: usize = 10;
const DIB: usize = 14;
const WIDTH: usize = 18;
const HEIGHT: usize = 22;
const PLANES: usize = 26;
const BITS: usize = 28;
const COMPRESSION: usize = 30;

/// A BMP with these rows as they are stored, padding and all; what the contract ignores
/// is filled with rubbish.
fn file(width: i32, height: i32, bits: u8, rows: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xa5; 54];
    bytes[..2].copy_from_slice(b"BM");
    set(&mut bytes, FIRST, 54);
    set(&mut bytes, DIB, 40);
    set(&mut bytes, WIDTH, width.cast_unsigned());
    set(&mut bytes, HEIGHT, height.cast_unsigned());
    bytes[PLANES..COMPRESSION].copy_from_slice(&[1, 0, bits, 0]);
    set(&mut bytes, COMPRESSION, 0);
    bytes.extend_from_slice(rows);
    bytes
}

fn set(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// What work gives, and what it allocates.
fn cost<T>(work: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut result = None;
    let cost = measure(|| result = Some(work()));
    (result.expect("it was done"), cost)
}

/// A changed copy.
fn with(bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    change(&mut bytes);
    bytes
}

fn read(bytes: &[u8]) -> Result<Picture, Error> {
    bmp::read(bytes, &Limits::standard())
}

fn code(error: &Error) -> Code {
    match error.kind() {
        ErrorKind::Refused(code) => code,
        other => panic!("{other:?}"),
    }
}

/// One pixel, blue 1, green 2, red 3.
fn small() -> Vec<u8> {
    file(1, 1, 24, &[1, 2, 3, 0])
}

#[test]
fn rows_and_samples() {
    let two_rows_24 = [1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0];
    let two_rows_32 = [1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14, 255];
    let below = [9, 8, 7, 255, 12, 11, 10, 255, 3, 2, 1, 255, 6, 5, 4, 255];
    let above = [3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 12, 11, 10, 255];
    for (what, bytes, wanted) in [
        ("from the lowest up", file(2, 2, 24, &two_rows_24), below),
        ("from the top down", file(2, -2, 24, &two_rows_24), above),
        (
            // The fourth byte is alpha, even 0.
            "32 bits",
            file(2, 2, 32, &two_rows_32),
            [10, 9, 8, 11, 14, 13, 12, 255, 3, 2, 1, 4, 7, 6, 5, 0],
        ),
        (
            "32 bits from the top down",
            file(2, -2, 32, &two_rows_32),
            [3, 2, 1, 4, 7, 6, 5, 0, 10, 9, 8, 11, 14, 13, 12, 255],
        ),
        (
            "trailing bytes",
            with(&file(2, 2, 24, &two_rows_24), |bytes| bytes.extend([7; 99])),
            below,
        ),
        (
            "a longer DIB header, and a gap behind it",
            with(&file(2, 2, 24, &[]), |bytes| {
                set(bytes, DIB, 124);
                set(bytes, FIRST, 150);
                bytes.resize(150, 0xee);
                bytes.extend(two_rows_24);
            }),
            below,
        ),
        (
            "a DIB header that ends nowhere",
            with(&file(2, 2, 24, &two_rows_24), |bytes| {
                set(bytes, DIB, u32::MAX);
            }),
            below,
        ),
    ] {
        let picture = read(&bytes).expect(what);
        assert_eq!((picture.width(), picture.height()), (2, 2), "{what}");
        assert_eq!(picture.pixels(), wanted, "{what}");
    }
    // Rows of every padding.
    for width in 1..=9_u8 {
        let row: Vec<u8> = (0..3 * width).collect();
        let padding = usize::from((4 - width * 3 % 4) % 4);
        let rows = [&row[..], &[0xff; 3][..padding]].concat().repeat(2);
        let picture = read(&file(i32::from(width), 2, 24, &rows)).expect("sound");
        let pixel = |x: u8| [3 * x + 2, 3 * x + 1, 3 * x, 255];
        let line: Vec<u8> = (0..width).flat_map(pixel).collect();
        assert_eq!(picture.pixels(), line.repeat(2), "width {width}");
    }
    // Pixels may lie anywhere within the input, even in the header.
    let picture = read(&with(&small(), |bytes| set(bytes, FIRST, 0))).expect("within");
    assert_eq!(picture.pixels(), [0xa5, b'M', b'B', 255]);
}

#[test]
fn what_is_refused() {
    let changed = |change: fn(&mut Vec<u8>)| with(&small(), change);
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("too short for a header", small()[..53].to_vec()),
        (
            "another signature",
            changed(|b| b[..2].copy_from_slice(b"\x89P")),
        ),
        ("half a signature", changed(|b| b[1] = b'm')),
        ("an older DIB header", changed(|b| set(b, DIB, 12))),
        ("a DIB header of 39 bytes", changed(|b| set(b, DIB, 39))),
        ("no plane", changed(|b| b[PLANES] = 0)),
        ("257 planes", changed(|b| b[PLANES + 1] = 1)),
        ("run-length encoding", changed(|b| set(b, COMPRESSION, 1))),
        ("bit fields", changed(|b| set(b, COMPRESSION, 3))),
        ("2^24", changed(|b| set(b, COMPRESSION, 1 << 24))),
        ("a palette", changed(|b| b[BITS] = 8)),
        ("16 bits", changed(|b| b[BITS] = 16)),
        ("280 bits", changed(|b| b[BITS + 1] = 1)),
        ("no width", changed(|b| set(b, WIDTH, 0))),
        ("a negative width", changed(|b| set(b, WIDTH, u32::MAX))),
        ("no height", changed(|b| set(b, HEIGHT, 0))),
        ("-2^31", changed(|b| set(b, HEIGHT, 1 << 31))),
        ("a long side", changed(|b| set(b, WIDTH, 65_536))),
        (
            "a long side down",
            changed(|b| set(b, HEIGHT, -65_536_i32 as u32)),
        ),
        ("many pixels", file(65_535, 65_535, 32, &[])),
        ("pixels cut off", small()[..56].to_vec()),
        ("padding cut off", small()[..57].to_vec()),
        ("pixels behind the end", changed(|b| set(b, FIRST, 55))),
        ("pixels nowhere", changed(|b| set(b, FIRST, u32::MAX))),
        // What of two is told.
        (
            "a header before a size",
            changed(|b| {
                set(b, COMPRESSION, 2);
                set(b, WIDTH, 0);
            }),
        ),
        (
            "a size before what is cut off",
            changed(|b| {
                set(b, WIDTH, 65_536);
                set(b, FIRST, 1000);
            }),
        ),
    ];
    let mut all = String::new();
    for (what, bytes) in rows {
        let error = read(&bytes).expect_err(what);
        let refusal = error.refusal().expect("a refusal");
        all += &format!("{what}\n  {}: {error}\n", code(&error));
        for (name, text) in [
            ("found", refusal.found_text().map(str::to_owned)),
            ("wanted", refusal.wanted_text().map(str::to_owned)),
            ("offset", refusal.offset().map(|at| at.to_string())),
            ("help", refusal.help_text().map(str::to_owned)),
        ] {
            if let Some(text) = text {
                all += &format!("    {name}: {text}\n");
            }
        }
    }
    insta::assert_snapshot!("refused", all);
}

/// IMG-11: the limits are the caller's.
#[test]
fn limits_are_exact() {
    let limits = Limits {
        image_pixels: 6,
        image_side: 4,
        ..Limits::standard()
    };
    for (width, height, fits) in [
        (3, 2, true),
        (2, -3, true),
        (4, 1, true),
        (1, -4, true),
        (5, 1, false),
        (1, 5, false),
        (1, -5, false),
        (4, 2, false),
    ] {
        let bytes = file(width, height, 32, &[0; 40]);
        let read = bmp::read(&bytes, &limits);
        assert_eq!(read.is_ok(), fits, "{width} {height}");
        if let Err(error) = read {
            assert_eq!(code(&error), Code::ImageSize);
        }
    }
}

/// Byte by byte.
#[test]
fn what_is_written() {
    let samples = vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let bytes = bmp::write(&Picture::new(1, 3, samples).expect("as many")).expect("sound");
    let mut wanted = b"BM".to_vec();
    wanted.extend([66, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0]);
    wanted.extend([40, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 32, 0]);
    wanted.extend([0, 0, 0, 0, 12, 0, 0, 0]);
    wanted.extend([0; 16]);
    wanted.extend([11, 10, 9, 12, 7, 6, 5, 8, 3, 2, 1, 4]);
    assert_eq!(bytes, wanted);

    for (width, height) in [(0, 0), (0, 3), (u32::MAX, 0)] {
        let empty = Picture::new(width, height, Vec::new()).expect("as many");
        let error = bmp::write(&empty).expect_err("empty");
        assert_eq!(code(&error), Code::ImageSize);
    }
}

/// Every beginning of a file is refused, and costs next to nothing.
#[test]
fn cut_off_at_every_byte() {
    for bits in [24, 32] {
        let stride = if bits == 24 { 16 } else { 20 };
        let whole = file(5, -7, bits, &vec![0x77; 7 * stride]);
        assert!(read(&whole).is_ok());
        for length in 0..whole.len() {
            let (result, cost) = cost(|| read(&whole[..length]));
            assert_eq!(
                code(&result.expect_err("cut off")),
                Code::NotBmp,
                "{length}"
            );
            assert!(cost.bytes_max < 4096, "{length}: {cost:?}");
        }
    }
}

/// Headers that lie cost no more than the error that says so.
#[test]
fn what_a_header_says_is_not_believed() {
    let without = Limits {
        image_pixels: u64::MAX,
        image_side: u64::MAX,
        ..Limits::standard()
    };
    let sides = [
        0,
        1,
        -1,
        2,
        65_535,
        -65_535,
        1 << 30,
        i32::MAX,
        i32::MIN,
        i32::MIN + 1,
    ];
    for limits in [&Limits::standard(), &without] {
        for width in sides {
            for height in sides {
                for (bits, first) in [(24, 54), (32, 0), (32, u32::MAX)] {
                    let mut bytes = file(width, height, bits, &[0; 64]);
                    set(&mut bytes, FIRST, first);
                    let (result, cost) = cost(|| bmp::read(&bytes, limits));
                    assert!(cost.bytes_max < 4096, "{width} × {height}: {cost:?}");
                    let pixels = u64::from(width.unsigned_abs()) * u64::from(height.unsigned_abs());
                    assert_eq!(
                        result.is_ok(),
                        width > 0 && (1..=4).contains(&pixels) && first < 100,
                        "{width} × {height}, {bits} bits at {first}"
                    );
                }
            }
        }
    }
}

/// A picture costs four bytes a pixel, once.
#[test]
fn what_reading_and_writing_cost() {
    let bytes = file(200, 100, 24, &[9; 60_000]);
    let (picture, reading) = cost(|| read(&bytes).expect("sound"));
    assert_eq!((reading.bytes_max, reading.count_total), (80_000, 1));
    let (written, writing) = cost(|| bmp::write(&picture).expect("sound"));
    assert_eq!((writing.bytes_max, writing.count_total), (80_054, 1));
    assert_eq!(written.len(), 80_054);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_is_read(
        (width, height) in (1..40_u32, 1..40_u32),
        samples in prop::collection::vec(any::<u8>(), 40 * 40 * 4),
    ) {
        let samples = samples[..(width * height * 4) as usize].to_vec();
        let picture = Picture::new(width, height, samples).expect("as many");
        let bytes = bmp::write(&picture).expect("sound");
        prop_assert_eq!(read(&bytes).expect("sound"), picture);
    }

    /// Whatever follows a signature is read or refused, and what is read comes back.
    #[test]
    fn any_bytes_come_to_an_end(
        header in prop::collection::vec(any::<u8>(), 52),
        width in -3..20_i32,
        height in -20..20_i32,
        bits in prop::sample::select(vec![24_u8, 32, 8]),
        rest in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        let mut bytes = [&b"BM"[..], &header, &rest].concat();
        prop_assert!(read(&bytes).is_err() || bytes.len() > 54);
        let sound = file(width, height, bits, &[]);
        bytes[FIRST..34].copy_from_slice(&sound[FIRST..34]);
        match read(&bytes) {
            Ok(picture) => {
                let written = bmp::write(&picture).expect("sound");
                prop_assert_eq!(read(&written).expect("sound"), picture);
            }
            Err(error) => prop_assert!(matches!(code(&error), Code::NotBmp | Code::ImageSize)),
        }
    }
}
