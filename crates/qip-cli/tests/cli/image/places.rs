//! Where pictures come from and go to.

use std::fs;

use ::image::ImageFormat;

use super::encoded::encoded;
use super::{assert_same, decoded, directory, gradient, inverted};

#[test]
fn from_a_pipe_to_a_pipe() {
    let directory = directory();
    let picture = gradient(70, 65);
    for (format, name) in [(ImageFormat::Png, "PNG"), (ImageFormat::Tiff, "TIFF")] {
        let file = encoded(picture.clone(), format);
        for args in [
            &["image", "invert.wasm"][..],
            &["image", "-i", "-", "invert.wasm"],
            &["image", "invert.wasm", "-o", "-"],
            &["image", "-i-", "-o-", "invert.wasm"],
        ] {
            let answer = directory.pipe(args, file.clone());
            assert_eq!((answer.code, &*answer.stderr), (0, ""), "{name}");
            assert_eq!(
                ::image::guess_format(&answer.stdout).unwrap(),
                ImageFormat::Png
            );
            assert_same(&decoded(&answer.stdout), &inverted(picture.clone()));
        }
    }
    assert_eq!(
        directory.names(),
        ["identity.wasm", "invert.wasm", "shift.wasm"]
    );
}

#[test]
fn what_is_no_picture_in_a_pipe() {
    let directory = directory();
    let answer = directory.pipe(&["image", "invert.wasm"], "hello");
    answer.assert_fails(3, &["cannot read stdin", "expected PNG"]);
    // Nothing at all.
    let answer = directory.image(&["invert.wasm"]);
    answer.assert_fails(3, &["cannot read stdin: found nothing"]);
}

#[test]
fn one_file_in_and_out() {
    let directory = directory();
    let picture = gradient(70, 65);
    directory.file("it.png", encoded(picture.clone(), ImageFormat::Png));
    directory
        .image(&["-i", "it.png", "-o", "it.png", "invert.wasm"])
        .assert_prints("");
    assert_same(&decoded(&directory.read("it.png")), &inverted(picture));
    assert_eq!(
        directory.names(),
        ["identity.wasm", "invert.wasm", "it.png", "shift.wasm"]
    );
}

#[test]
fn a_failure_leaves_the_old_file_and_no_other() {
    let directory = directory();
    directory.file("in.png", encoded(gradient(70, 65), ImageFormat::Png));
    directory.file("text", "no picture");
    directory.file("out.png", "old");
    fs::create_dir(directory.path("directory")).unwrap();
    directory.module(
        "trap.wasm",
        &super::IDENTITY.replace("(param f32 f32))", "(param f32 f32) unreachable)"),
    );
    let before = directory.names();
    for (args, code) in [
        (&["-i", "no-such.png", "invert.wasm"][..], 3),
        (&["-i", "text", "invert.wasm"], 3),
        (&["-i", "directory", "invert.wasm"], 3),
        (&["-i", "in.png", "no-such.wasm"], 3),
        (&["-i", "in.png", "text"], 4),
        (&["-i", "in.png", "trap.wasm"], 4),
        (&["-i", "in.png", "invert.wasm", "--max-side", "1"], 4),
        (&["-i", "in.png", "invert.wasm", "--fuel", "1"], 5),
        (&["-i", "in.png", "?a=1"], 2),
    ] {
        directory
            .image(&[args, &["-o", "out.png"]].concat())
            .assert_fails(code, &[]);
        assert_eq!(directory.read("out.png"), b"old", "{args:?}");
        assert_eq!(directory.names(), before, "{args:?}");
    }
    for (path, named) in [
        ("no-such/out.png", "`no-such/out.png`"),
        ("directory", "`directory`"),
    ] {
        let answer = directory.image(&["-i", "in.png", "-o", path, "invert.wasm"]);
        answer.assert_fails(3, &["cannot write", named]);
    }
    assert_eq!(directory.names(), before);
}

/// Where it is known before the work is done that it is for nothing, it is not done.
#[test]
fn a_format_that_cannot_hold_the_size() {
    let directory = directory();
    let long = gradient(16_384, 1);
    directory.file("in.png", encoded(long, ImageFormat::Png));
    directory.module(
        "trap.wasm",
        &super::IDENTITY.replace("(param f32 f32))", "(param f32 f32) unreachable)"),
    );
    let answer = directory.image(&["-i", "in.png", "-o", "out.webp", "trap.wasm"]);
    answer.assert_fails(
        3,
        &["16384 × 1 pixels as WebP, which has at most 16383 a side"],
    );
    directory
        .image(&["-i", "in.png", "-o", "out.jpg", "identity.wasm"])
        .assert_prints("");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_said_to_be_full() {
    let directory = directory();
    directory.file("in.png", encoded(gradient(300, 300), ImageFormat::Png));
    std::os::unix::fs::symlink("/dev/full", directory.path("full")).unwrap();
    let answer = directory.image(&["-i", "in.png", "-o", "full", "invert.wasm"]);
    answer.assert_fails(3, &["cannot write `full`: "]);
    let stdout = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = directory.command(&["image", "-i", "in.png", "invert.wasm"]);
    let output = command.stdout(stdout).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write stdout: "),
        "{stderr}"
    );
}

/// Whoever reads enough and goes ends it quietly.
#[cfg(unix)]
#[test]
fn a_closed_pipe() {
    let directory = directory();
    directory.file("in.png", encoded(gradient(2000, 700), ImageFormat::Png));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = directory.command(&["image", "-i", "in.png", "invert.wasm"]);
    let output = command.stdout(writer).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
}
