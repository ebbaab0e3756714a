//! What the command costs as a whole process: `qip run` over a program on bare wasmtime that
//! does nothing but compile a small module, run it and print; and `qip image` over a program
//! that does nothing but decode and encode.
//!
//! `cargo bench -p qip-cli`. This very binary is the bare programs when its first
//! argument says so. Both run in turns; the lines at the end give the medians. Where
//! `QIP_BENCH_ROWS` names a file, they go there too, as lines of JSON that
//! `cargo xtask bench` reads.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::Criterion;
use image::codecs::png::PngDecoder;
use image::{ImageDecoder, RgbaImage};
use wasmtime::{Engine, Instance, Module, Store};

const AS_BARE_RUN: &str = "--as-bare-run";
const AS_BARE_CODECS: &str = "--as-bare-codecs";

/// Gives its input back.
const ECHO: &str = r#"(module
  (memory (export "memory") 2 2)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_utf8_cap") i32 (i32.const 65536))
  (global (export "output_ptr") i32 (i32.const 65536))
  (global (export "output_utf8_cap") i32 (i32.const 65536))
  (func (export "run") (param $size i32) (result i32)
    (memory.copy (i32.const 65536) (i32.const 0) (local.get $size))
    (local.get $size)))"#;

const INPUT: &[u8] = b"  hello  ";

/// Turns colours into their opposites.
const INVERT: &str = include_str!("../tests/cli/image/invert.wat");

/// The width and height of the picture.
const SIDE: u32 = 4096;

/// The bare program: module from the file, input from stdin, output to stdout.
fn bare_run(module: &str) -> wasmtime::Result<()> {
    let engine = Engine::default();
    let module = Module::new(&engine, std::fs::read(module)?)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input)?;
    let mut global = |name: &str| {
        let global = instance.get_global(&mut store, name).expect("a global");
        global.get(&mut store).unwrap_i32() as usize
    };
    let (input_ptr, output_ptr) = (global("input_ptr"), global("output_ptr"));
    let memory = instance.get_memory(&mut store, "memory").expect("a memory");
    memory.write(&mut store, input_ptr, &input)?;
    let entry = instance.get_typed_func::<i32, i32>(&mut store, "run")?;
    let count = entry.call(&mut store, input.len() as i32)? as usize;
    let output = &memory.data(&store)[output_ptr..][..count];
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(std::str::from_utf8(output)?.as_bytes())?;
    stdout.write_all(b"\n")?;
    Ok(())
}

/// The bare program: a PNG of RGBA in and out.
fn bare_codecs(from: &str, to: &str) -> image::ImageResult<()> {
    let decoder = PngDecoder::new(BufReader::new(File::open(from)?))?;
    let (width, height) = decoder.dimensions();
    let mut pixels = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut pixels)?;
    write_png(to, width, height, &pixels)
}

fn write_png(to: &str, width: u32, height: u32, pixels: &[u8]) -> image::ImageResult<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(to)?), width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|error| image::ImageError::IoError(error.into()))
}

/// Gradients with a little noise.
fn picture() -> RgbaImage {
    RgbaImage::from_fn(SIDE, SIDE, |x, y| {
        let noise = (x ^ y.rotate_left(7)).wrapping_mul(0x9e37_79b9) >> 30;
        let channels = [(x + y) / 32, (2 * x + y) / 48, (x + 3 * y) / 64];
        let [red, green, blue] = channels.map(|channel| (channel + noise) as u8);
        image::Rgba([red, green, blue, 255])
    })
}

/// Runs a program to its end with the input on stdin; the time that it took.
fn time(program: &Path, args: &[&str], input: &[u8], expected: &[u8]) -> Duration {
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input).expect("the program reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let time = begin.elapsed();
    assert!(output.status.success());
    assert_eq!(output.stdout, expected);
    time
}

/// Has criterion measure `ours`, with `bare` run in turns with it; it is to take at most
/// `most` times as long.
fn compare(
    criterion: &mut Criterion,
    name: &str,
    most: f64,
    bare: impl Fn() -> Duration,
    ours: impl Fn() -> Duration,
) {
    let samples = RefCell::new(Vec::new());
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    let (of_bare, of_ours) = (bare(), ours());
                    samples.borrow_mut().push((of_bare, of_ours));
                    of_ours
                })
                .sum()
        });
    });
    let samples = samples.borrow();
    if samples.is_empty() {
        // A filter left it out.
        return;
    }
    let median = |pick: fn(&(Duration, Duration)) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let bare = median(|(bare, _)| bare.as_secs_f64());
    let ours = median(|(_, ours)| ours.as_secs_f64());
    let ratio = median(|(bare, ours)| ours.as_secs_f64() / bare.as_secs_f64());
    println!(
        "{name}: bare {:.2} ms, ours {:.2} ms, ratio {ratio:.3}",
        bare * 1e3,
        ours * 1e3,
    );
    if let Some(path) = std::env::var_os("QIP_BENCH_ROWS") {
        let file = OpenOptions::new().create(true).append(true).open(path);
        writeln!(
            file.expect("the file of rows opens"),
            r#"{{"what":{name:?},"bare_ns":{},"ours_ns":{},"over":{{"ratio":{ratio}}},"most":{most}}}"#,
            bare * 1e9,
            ours * 1e9,
        )
        .expect("the row is written");
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match &args[..] {
        [_, first, module] if first == AS_BARE_RUN => {
            return bare_run(module).expect("the module runs");
        }
        [_, first, from, to] if first == AS_BARE_CODECS => {
            return bare_codecs(from, to).expect("the picture is sound");
        }
        _ => {}
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| {
        let path = directory.path().join(name);
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let (echo, invert) = (path("echo.wasm"), path("invert.wasm"));
    for (path, module) in [(&echo, ECHO), (&invert, INVERT)] {
        std::fs::write(path, wat::parse_str(module).expect("the module assembles"))
            .expect("the module is written");
    }
    let (from, to) = (path("in.png"), path("out.png"));
    write_png(&from, SIDE, SIDE, &picture()).expect("the picture is written");
    let this = std::env::current_exe().expect("a path of its own");
    let qip = Path::new(env!("CARGO_BIN_EXE_qip"));

    let mut criterion = Criterion::default().configure_from_args();
    let expected = b"  hello  \n";
    compare(
        &mut criterion,
        "qip run, whole process",
        1.3,
        || time(&this, &[AS_BARE_RUN, &echo], INPUT, expected),
        || time(qip, &["run", &echo], INPUT, expected),
    );
    let mut criterion = criterion.sample_size(10);
    compare(
        &mut criterion,
        "qip image, invert, whole process over codecs",
        2.0,
        || time(&this, &[AS_BARE_CODECS, &from, &to], b"", b""),
        || time(qip, &["image", "-i", &from, "-o", &to, &invert], b"", b""),
    );
    criterion.final_summary();
}
