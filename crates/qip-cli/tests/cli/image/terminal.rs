//! What is different on a terminal. util-linux' `script` makes one: without it these tests
//! skip, and say so.
#![cfg(target_os = "linux")]

use std::env;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ::image::ImageFormat;

use super::encoded::encoded;
use super::{directory, gradient};
use crate::directory::Directory;

/// Runs `qip` with stdout and stderr on a terminal, and stdin too where none is given: its
/// exit code, and what the terminal got.
#[track_caller]
fn on_terminal(directory: &Directory, args: &str) -> Option<(i32, String)> {
    let command = format!("'{}' {args}", env!("CARGO_BIN_EXE_qip"));
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(directory.path(""))
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        assert!(
            env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
            "`script` of util-linux is not there"
        );
        eprintln!("skipped: there is no `script`, which makes a terminal");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((output.status.code().unwrap_or(-1), text))
}

/// A directory with a picture of 100 tiles, and a filter that takes some 40 ms for each: eight
/// million square roots, each of the one before. No processor has one in less than ten cycles,
/// so at 5 GHz a tile takes 16 ms or more.
fn with_slow_filter() -> Directory {
    let directory = directory();
    directory.file("in.png", encoded(gradient(640, 640), ImageFormat::Png));
    directory.module(
        "slow.wasm",
        &super::IDENTITY.replace(
            "(param f32 f32))",
            "(param f32 f32) (local $left i32) (local $root f64)
              (local.set $left (i32.const 8_000_000))
              (local.set $root (f64.const 2))
              (loop $again
                (local.set $root (f64.sqrt (local.get $root)))
                (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
              (f64.store (i32.const 0)
                (f64.add (f64.load (i32.const 0)) (f64.sub (local.get $root) (f64.const 1)))))",
        ),
    );
    directory
}

#[test]
fn a_picture_is_not_written_to_it() {
    let directory = directory();
    directory.file("in.png", encoded(gradient(9, 9), ImageFormat::Png));
    let run = |args| on_terminal(&directory, args);
    let Some((code, text)) = run("image -i in.png invert.wasm") else {
        return;
    };
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("the output is no text, and stdout is a terminal"),
        "{text}"
    );
    assert!(text.contains("--force"), "{text}");
    for args in [
        "image -i in.png invert.wasm --force",
        "image -i in.png invert.wasm -o -",
    ] {
        let (code, text) = run(args).unwrap();
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("IHDR"), "{text}");
    }
}

#[test]
fn a_picture_is_not_read_from_it() {
    let directory = directory();
    let Some((code, text)) = on_terminal(&directory, "image invert.wasm -o out.png") else {
        return;
    };
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("there is no picture: stdin is a terminal"),
        "{text}"
    );
}

#[test]
fn long_work_shows_a_bar_and_takes_it_away() {
    let directory = with_slow_filter();
    let args = "image -i in.png -o out.png slow.wasm --threads 1 --timeout-ms 600000";
    let Some((code, text)) = on_terminal(&directory, args) else {
        return;
    };
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("/100"), "{text:?}");
    // The line is empty in the end.
    assert!(text.ends_with("\x1b[2K"), "{text:?}");
    let (code, text) = on_terminal(&directory, &format!("{args} -q")).unwrap();
    assert_eq!((code, &*text), (0, ""));
}

#[test]
fn short_work_shows_none() {
    let directory = with_slow_filter();
    directory.file("in.png", encoded(gradient(64, 192), ImageFormat::Png));
    let args = "image -i in.png -o out.png slow.wasm --threads 1 --timeout-ms 600000";
    let begin = Instant::now();
    let Some((code, text)) = on_terminal(&directory, args) else {
        return;
    };
    assert_eq!(code, 0, "{text}");
    // On a busy machine it may be long work.
    if begin.elapsed() < Duration::from_secs(1) {
        assert_eq!(text, "");
    }
}
