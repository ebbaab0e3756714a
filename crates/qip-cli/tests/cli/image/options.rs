//! Engines, threads, uniforms, limits, and what is told on stderr.

use ::image::{ImageFormat, RgbaImage};

use super::encoded::encoded;
use super::hostile::memory;
use super::{assert_same, decoded, directory, gradient};
use crate::ENGINES;
use crate::directory::Directory;
use crate::help::{asked, assert_ends_with_examples_and_exit_codes};
use crate::messages::assert_text;

/// A directory with filters and a picture, `in.png`.
fn with_picture(width: u32, height: u32) -> (Directory, RgbaImage) {
    let directory = directory();
    let picture = gradient(width, height);
    directory.file("in.png", encoded(picture.clone(), ImageFormat::Png));
    (directory, picture)
}

#[test]
fn help_of_image() {
    let help = asked(&["image", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "2", "3", "4", "5"]);
    for option in [
        "-i,",
        "-o,",
        "-v,",
        "-q,",
        "--engine",
        "--timeout-ms",
        "--fuel",
        "--max-memory",
        "--fixed-memory",
        "--deterministic",
        "--color",
        "--force",
        "--threads",
        "--stats",
        "--quality",
        "--best",
        "--max-pixels",
        "--max-side",
    ] {
        assert!(help.contains(option), "{option}");
    }
    // Pictures have no text to check.
    assert!(!help.contains("--utf8"));
    for default in ["60000", "1073741824", "268435456", "65535"] {
        assert!(help.contains(&format!("[default: {default}]")), "{default}");
    }
    assert_text!("help-of-image", help);
}

/// The bytes of the file, with filters that have halos and such that have none.
#[test]
fn engines_and_threads_make_no_difference() {
    let (directory, picture) = with_picture(200, 130);
    for filters in [
        &["invert.wasm"][..],
        &[
            "invert.wasm",
            "shift.wasm",
            "?by=5",
            "shift.wasm",
            "?by=3",
            "invert.wasm",
        ],
    ] {
        let mut files = Vec::new();
        for engine in ENGINES {
            for threads in [
                &[][..],
                &["--threads", "1"],
                &["--threads", "4"],
                &["--deterministic"],
            ] {
                if engine == "wasmtime-winch" && threads == ["--deterministic"] {
                    continue;
                }
                let args = ["-i", "in.png", "-o", "out.png", "--engine", engine];
                directory
                    .image(&[&args, threads, filters].concat())
                    .assert_prints("");
                files.push(directory.read("out.png"));
            }
        }
        assert!(files.iter().all(|file| *file == files[0]));
        if filters.len() > 1 {
            // Eight to the right and below, of what is nearest at the edge (IMG-9).
            let expected = RgbaImage::from_fn(200, 130, |x, y| {
                *picture.get_pixel((x + 8).min(199), (y + 8).min(129))
            });
            assert_same(&decoded(&files[0]), &expected);
        }
    }
}

#[test]
fn options_stand_anywhere() {
    let (directory, picture) = with_picture(70, 3);
    let args = [
        "invert.wasm",
        "-i",
        "in.png",
        "invert.wasm",
        "--threads",
        "2",
        "-oout.png",
    ];
    directory.image(&args).assert_prints("");
    assert_same(&decoded(&directory.read("out.png")), &picture);
}

#[test]
fn limits_of_the_picture() {
    let (directory, _) = with_picture(70, 30);
    let image = |options: &[&str]| {
        let args = ["-i", "in.png", "-o", "out.png", "identity.wasm"];
        directory.image(&[&args, options].concat())
    };
    image(&["--max-pixels", "2100", "--max-side", "70"]).assert_prints("");
    image(&["--max-pixels", "2099"]).assert_fails(4, &["70 × 30", "2100", "limit of 2099"]);
    image(&["--max-side", "69"]).assert_fails(4, &["70 × 30", "limit of 69"]);
    // More than the contract's own is no limit of ours.
    image(&["--max-pixels", "99999999999", "--max-side", "99999999"]).assert_prints("");
}

#[test]
fn limits_of_modules() {
    let (directory, _) = with_picture(70, 30);
    directory.module(
        "loop.wasm",
        &super::IDENTITY.replace("(param f32 f32))", "(param f32 f32) (loop $l (br $l)))"),
    );
    directory.module("grows.wasm", &super::IDENTITY.replace("1 1)", "1)"));
    for engine in ENGINES {
        let image = |args: &[&str]| {
            let more = ["-i", "in.png", "-o", "out.png", "--engine", engine];
            directory.image(&[&more, args].concat())
        };
        image(&["loop.wasm", "--timeout-ms", "50"])
            .assert_fails(5, &["Wasm module exceeded the execution time limit (50ms)"]);
        image(&["loop.wasm", "--fuel", "10000"]).assert_fails(5, &["fuel limit of 10000"]);
        image(&["identity.wasm", "--fuel", "1000000"]).assert_prints("");
        image(&["identity.wasm", "--max-memory", "65535"]).assert_fails(5, &["limit of 65535"]);
        image(&["grows.wasm"]).assert_prints("");
        image(&["grows.wasm", "--fixed-memory"]).assert_fails(4, &["expected a fixed memory"]);
    }
}

/// The texts between numbers, and that numbers are numbers.
#[test]
fn stats() {
    let (directory, _) = with_picture(200, 130);
    for (threads, together) in [("1", ""), ("3", ", all threads together")] {
        let args = [
            "-i",
            "in.png",
            "-o",
            "out.jpg",
            "--stats",
            "--threads",
            threads,
            "invert.wasm",
        ];
        let answer = directory.image(&args);
        assert_eq!((answer.code, answer.text()), (0, ""));
        let lines: Vec<&str> = answer.stderr.lines().collect();
        let time = |line: &str, head: &str, tail: &str| {
            let time = line
                .strip_prefix(head)
                .and_then(|line| line.strip_suffix(tail));
            let time = time.unwrap_or_else(|| panic!("{line:?}"));
            let unit = time.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            assert!(["ns", "µs", "ms", "s"].contains(&unit), "{line}");
        };
        assert_eq!(lines[0], "picture   200 × 130 pixels");
        time(lines[1], "decoding  ", ", PNG");
        let (spent, rate) = lines[2].split_once(", ").unwrap();
        time(spent, "filters   ", "");
        let rate: f64 = rate
            .strip_suffix(" megapixels a second")
            .unwrap()
            .parse()
            .unwrap();
        assert!(rate > 0.0);
        time(lines[3], "  modules   ", together);
        time(
            lines[4],
            "  tiling    ",
            &format!("{together}, with conversion"),
        );
        time(lines[5], "encoding  ", ", JPEG");
        assert_eq!(lines.len(), 7, "{}", answer.stderr);
        let memory = memory(&answer.stderr);
        assert!(memory.is_none_or(|memory| (5.0..500.0).contains(&memory)));
    }
    // As much as there is.
    let args = [
        "-i",
        "in.png",
        "-o",
        "out.png",
        "--stats",
        "--max-side",
        "5",
        "invert.wasm",
    ];
    let answer = directory.image(&args);
    assert_eq!(answer.code, 4);
    let heads: Vec<&str> = answer
        .stderr
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(heads, ["memory", "error:"]);
}

/// A picture and its result, and little more: rows go through filters with halos.
#[test]
fn memory_is_that_of_the_picture_and_the_result() {
    let directory = directory();
    let (width, height) = (2500, 2000);
    directory.file("in.png", encoded(gradient(width, height), ImageFormat::Png));
    let args = [
        "-i",
        "in.png",
        "-o",
        "out.png",
        "--stats",
        "shift.wasm",
        "?by=5",
        "invert.wasm",
        "shift.wasm",
        "?by=3",
    ];
    let answer = directory.image(&args);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let both = f64::from(width * height * 4 * 2) / 1e6;
    // The engine takes 30 MB; a copy more would be 20, one in floats 80.
    assert!(
        memory(&answer.stderr).is_none_or(|memory| memory < both + 70.0),
        "{}",
        answer.stderr
    );
}

#[test]
fn verbose_and_quiet() {
    let (directory, _) = with_picture(66, 3);
    let args = ["-i", "in.png", "-o", "out.png", "identity.wasm"];
    let answer = directory.image(&[&args[..], &["-v", "--threads", "1"]].concat());
    assert_eq!((answer.code, answer.text()), (0, ""));
    assert_text!("verbose-image", answer.stderr);
    directory
        .image(&[&args[..], &["-q"]].concat())
        .assert_prints("");
}
