//! Tile filters in `qip run`: BMP in, BMP out.

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::{INVERT, RED, echo, exclaim, scalar};

/// A BMP of 32 bits, from the top down, with these pixels.
pub(crate) fn bmp(width: i32, height: i32, pixels: &[[u8; 4]]) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    let mut field = |value: i32| bytes.extend(value.to_le_bytes());
    for value in [0, 0, 54, 40, width, -height, 1 | 32 << 16, 0, 0, 0, 0, 0, 0] {
        field(value);
    }
    bytes.extend(pixels.as_flattened());
    bytes
}

/// As it comes out: from the lowest row up, with its sizes.
fn written(width: u32, height: u32, pixels: &[[u8; 4]]) -> Vec<u8> {
    let size = 4 * width * height;
    let mut bytes = b"BM".to_vec();
    for value in [
        54 + size,
        0,
        54,
        40,
        width,
        height,
        1 | 32 << 16,
        0,
        size,
        0,
        0,
        0,
        0,
    ] {
        bytes.extend(value.to_le_bytes());
    }
    let rows = pixels.chunks(width as usize).rev();
    rows.for_each(|row| bytes.extend(row.as_flattened()));
    bytes
}

const PIXELS: [[u8; 4]; 4] = [[0, 10, 20, 255], [30, 40, 50, 0], [60, 70, 80, 9], [255; 4]];
const INVERTED: [[u8; 4]; 4] = [
    [255, 245, 235, 255],
    [225, 215, 205, 0],
    [195, 185, 175, 9],
    [0, 0, 0, 255],
];

fn directory() -> Directory {
    let directory = Directory::new();
    directory.module("invert.wasm", INVERT);
    directory.module("red.wasm", RED);
    directory.module("echo.wasm", &echo("bytes", "bytes"));
    directory.module("exclaim.wasm", &exclaim());
    directory.module("length.wasm", &scalar("(local.get $size)"));
    directory.file("in.bmp", bmp(2, 2, &PIXELS));
    directory
}

#[test]
fn filters_stand_between_other_modules() {
    let directory = directory();
    let inverted = written(2, 2, &INVERTED);
    for engine in ENGINES {
        let run = |modules: &[&str]| {
            directory.qip(&[&["run", "--engine", engine, "-i", "in.bmp"], modules].concat())
        };
        run(&["invert.wasm"]).assert_prints(&inverted);
        run(&["echo.wasm", "invert.wasm", "echo.wasm"]).assert_prints(&inverted);
        run(&["invert.wasm", "invert.wasm", "echo.wasm", "invert.wasm"]).assert_prints(&inverted);
        run(&["invert.wasm", "length.wasm"]).assert_prints("Ran: 70\n");
        // Each filter has its own uniforms; red is the third byte of a stored pixel.
        let mut red = PIXELS;
        red[0][2] = 51;
        let args = [
            "red.wasm",
            "?red=1",
            "invert.wasm",
            "invert.wasm",
            "red.wasm",
            "?red=0.2",
        ];
        run(&args).assert_prints(written(2, 2, &red));
    }
}

#[test]
fn a_picture_goes_to_a_file() {
    let directory = directory();
    let args = ["run", "-o", "out.bmp", "-i", "in.bmp", "invert.wasm"];
    directory.qip(&args).assert_prints("");
    assert_eq!(directory.read("out.bmp"), written(2, 2, &INVERTED));
    // And from a pipe to one.
    let args = ["run", "invert.wasm"];
    let answer = directory.pipe(&args, directory.read("out.bmp"));
    answer.assert_prints(written(2, 2, &PIXELS));
}

/// A picture is not held to what a module's memory may have.
#[test]
fn memory_says_nothing_of_pictures() {
    let directory = directory();
    let pixels = vec![[7; 4]; 200 * 200];
    directory.file("large.bmp", bmp(200, 200, &pixels));
    let args = [
        "run",
        "--max-memory",
        "65536",
        "-i",
        "large.bmp",
        "invert.wasm",
    ];
    let answer = directory.qip(&args);
    assert_eq!(
        (answer.code, answer.stdout.len()),
        (0, 160_054),
        "{}",
        answer.stderr
    );
    let args = [
        "run",
        "--max-memory",
        "131072",
        "-i",
        "large.bmp",
        "echo.wasm",
    ];
    directory.qip(&args).assert_fails(
        4,
        &["more than 131072 bytes, the most memory that a module may have"],
    );
}

#[test]
fn what_goes_wrong_with_filters() {
    let directory = directory();
    let wide = bmp(65_536, 1, &[]);
    let lying = bmp(60_000, 4_000, &[]);
    let largest = bmp(65_535, 65_535, &[]);
    let cut = directory.read("in.bmp")[..69].to_vec();
    let two_tiles = bmp(65, 1, &[[1; 4]; 65]);
    for engine in ENGINES {
        let run = |modules: &[&str], input: &[u8]| {
            directory.pipe(&[&["run", "--engine", engine], modules].concat(), input)
        };
        let answer = run(
            &["invert.wasm"],
            b"\xff\xd8\xff\xe0 a photograph, but no BMP, and longer than a header is",
        );
        answer.assert_fails(
            4,
            &[
                "`invert.wasm`",
                r"signature at offset 0 is `\xff\xd8`",
                "`BM`",
            ],
        );
        assert!(
            answer.stderr.contains("help: convert the picture"),
            "{}",
            answer.stderr
        );
        run(&["invert.wasm"], b"").assert_fails(4, &["0 bytes", "at least 54"]);
        run(&["invert.wasm"], &cut).assert_fails(4, &["16 bytes at offset 54", "69 bytes"]);
        for (input, text) in [
            (&wide, "a side of 65536, over the limit of 65535"),
            (&largest, "over the limit of 268435456"),
            (
                &lying,
                "960000000 bytes at offset 54, in an input of 54 bytes",
            ),
        ] {
            run(&["invert.wasm"], input).assert_fails(4, &[text]);
        }
        // The position is the one in the recipe.
        run(&["echo.wasm", "invert.wasm"], &cut).assert_fails(4, &["stage 2 (`invert.wasm`)"]);
        run(
            &["echo.wasm", "invert.wasm", "red.wasm", "?from=64"],
            &two_tiles,
        )
        .assert_fails(
            4,
            &["stage 3 (`red.wasm`): the tile at (64, 0): the module trapped: unreachable"],
        );
        let not_pipeable = "stage 1 (`exclaim.wasm`): only bytes can be piped to a tile filter";
        run(&["exclaim.wasm", "invert.wasm"], b"").assert_fails(4, &[not_pipeable]);
        let size = run(&["invert.wasm", "red.wasm", "?width_and_height=1"], b"");
        size.assert_fails(
            4,
            &["stage 2 (`red.wasm`)", "no uniform `width_and_height`"],
        );
    }
}

/// As `qip image` has them.
#[test]
fn threads_and_sizes_of_pictures() {
    let directory = directory();
    let pixels: Vec<[u8; 4]> = (0..200 * 130_u32).map(u32::to_le_bytes).collect();
    directory.file("in.bmp", bmp(200, 130, &pixels));
    let run =
        |args: &[&str]| directory.qip(&[&["run", "-i", "in.bmp", "invert.wasm"], args].concat());
    let alone = run(&["--threads", "1"]);
    assert_eq!((alone.code, &*alone.stderr), (0, ""));
    for args in [&[][..], &["--threads", "3"], &["--threads", "1024"]] {
        run(args).assert_prints(&alone.stdout);
    }
    run(&["--max-pixels", "26000", "--max-side", "200"]).assert_prints(&alone.stdout);
    run(&["--max-pixels", "25999"]).assert_fails(4, &["200 × 130", "limit of 25999"]);
    run(&["--max-side", "199"]).assert_fails(4, &["200 × 130", "limit of 199"]);
    run(&["--threads", "0"]).assert_fails(2, &["--threads"]);
}
