//! What is refused besides pictures, with its texts.

use std::fmt::Write as _;

use ::image::ImageFormat;

use super::encoded::{encoded, jpeg, png, stored};
use super::{directory, gradient};
use crate::messages::assert_text;
use crate::modules::{echo, scalar};

/// The text of every failure.
#[test]
fn failures_of_image() {
    let directory = directory();
    directory.file("in.png", encoded(gradient(70, 30), ImageFormat::Png));
    directory.file("text.png", "hello, this is text");
    directory.file("empty.png", "");
    directory.file(
        "cut.png",
        &encoded(gradient(70, 30), ImageFormat::Png)[..200],
    );
    directory.file("cut.jpg", &jpeg((8, 8), false, &[0; 9])[..145]);
    directory.file(
        "huge.png",
        png((65_535, 65_535), 8, 6, &[(b"IDAT", &stored(&[0]))]),
    );
    directory.module("content.wasm", &echo("bytes", "bytes"));
    directory.module("number.wasm", &scalar("(i32.const 1)"));
    directory.module(
        "trap.wasm",
        &super::IDENTITY.replace(
            "(param f32 f32))",
            "(param f32 f32) (if (f32.eq (local.get 0) (f32.const 64)) (then unreachable)))",
        ),
    );
    directory.module(
        "wide.wasm",
        &super::IDENTITY.replace(
            "(func (export \"tile",
            "(func (export \"calculate_halo_px\") (result i32) (i32.const 1)) (func (export \"tile",
        ),
    );
    directory.module(
        "shape.wasm",
        &super::IDENTITY.replace("(param f32 f32)", "(param f32)"),
    );
    let mut text = String::new();
    for (what, args, code) in [
        ("uniforms first", &["?a=1", "invert.wasm"][..], 2),
        ("no filter", &[], 2),
        (
            "an extension of no format",
            &["-o", "out.txt", "invert.wasm"],
            2,
        ),
        ("quality of a PNG", &["--quality", "50", "invert.wasm"], 2),
        (
            "quality of nothing",
            &["--quality", "0", "-o", "out.jpg", "invert.wasm"],
            2,
        ),
        (
            "the best JPEG",
            &["--best", "-o", "out.jpg", "invert.wasm"],
            2,
        ),
        ("no threads", &["--threads", "0", "invert.wasm"], 2),
        ("no such picture", &["-i", "no-such.png", "invert.wasm"], 3),
        ("text", &["-i", "text.png", "invert.wasm"], 3),
        ("nothing", &["-i", "empty.png", "invert.wasm"], 3),
        (
            "a PNG that is cut off",
            &["-i", "cut.png", "invert.wasm"],
            3,
        ),
        (
            "a JPEG that is cut off",
            &["-i", "cut.jpg", "invert.wasm"],
            3,
        ),
        ("image-size", &["-i", "huge.png", "invert.wasm"], 4),
        ("no such module", &["no-such.wasm"], 3),
        ("not-wasm", &["text.png"], 4),
        ("missing-export: bytes", &["content.wasm"], 4),
        (
            "missing-export: a number",
            &["invert.wasm", "number.wasm"],
            4,
        ),
        ("export-shape", &["shape.wasm"], 4),
        ("unknown-uniform", &["shift.wasm", "?bye=1"], 4),
        ("uniform-value", &["shift.wasm", "?by=one"], 4),
        ("tile-too-large", &["wide.wasm"], 4),
        (
            "tile-too-large: by a uniform",
            &["invert.wasm", "shift.wasm", "?by=17"],
            4,
        ),
        ("trap", &["trap.wasm"], 4),
        ("trap in the second stage", &["invert.wasm", "trap.wasm"], 4),
        ("fuel", &["trap.wasm", "--fuel", "1"], 5),
    ] {
        // Later ones win over none.
        let args = match args.contains(&"-i") {
            true => args.to_vec(),
            false => [&["-i", "in.png"], args].concat(),
        };
        let args = match args.contains(&"-o") || args.contains(&"--quality") {
            true => args,
            false => [&args[..], &["-o", "out.png"]].concat(),
        };
        let answer = directory.image(&args);
        assert_eq!(answer.code, code, "{what}: {}", answer.stderr);
        assert!(answer.stdout.is_empty(), "{what}");
        writeln!(text, "# {what}: exit code {code}\n{}", answer.stderr).unwrap();
    }
    assert_text!("failures-of-image", text);
}
