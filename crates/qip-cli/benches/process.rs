//! What `qip run` costs as a whole process, over a program on bare wasmtime that
//! does nothing but compile a small module, run it and print.
//!
//! `cargo bench -p qip-cli`. This very binary is the bare program when its first
//! argument says so. Both run in turns; the line at the end gives the medians. Where
//! `QIP_BENCH_ROWS` names a file, they go there too, as a line of JSON that
//! `cargo xtask bench` reads.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::Criterion;
use wasmtime::{Engine, Instance, Module, Store};

const NAME: &str = "qip run, whole process";

/// How many times what the bare program takes `qip run` may take at most.
const MOST: f64 = 1.3;

const AS_BARE: &str = "--as-bare-program";

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

/// The bare program: module from the file, input from stdin, output to stdout.
fn bare(module: &str) -> wasmtime::Result<()> {
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

/// Runs a program to its end with the input on stdin; the time that it took.
fn time(program: &Path, args: &[&str]) -> Duration {
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(INPUT).expect("the program reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let time = begin.elapsed();
    assert_eq!(output.stdout, b"  hello  \n");
    time
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, first, module] = &args[..]
        && first == AS_BARE
    {
        return bare(module).expect("the module runs");
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let module = directory.path().join("echo.wasm");
    std::fs::write(&module, wat::parse_str(ECHO).expect("the module assembles"))
        .expect("the module is written");
    let module = module.to_str().expect("a path in UTF-8");
    let this = std::env::current_exe().expect("a path of its own");
    let qip = Path::new(env!("CARGO_BIN_EXE_qip"));

    let samples = RefCell::new(Vec::new());
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function(NAME, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    let of_bare = time(&this, &[AS_BARE, module]);
                    let of_qip = time(qip, &["run", module]);
                    samples.borrow_mut().push((of_bare, of_qip));
                    of_qip
                })
                .sum()
        });
    });
    criterion.final_summary();

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
    let ours = median(|(_, qip)| qip.as_secs_f64());
    let ratio = median(|(bare, qip)| qip.as_secs_f64() / bare.as_secs_f64());
    println!(
        "whole process: bare {:.2} ms, qip run {:.2} ms, ratio {ratio:.3}",
        bare * 1e3,
        ours * 1e3,
    );
    if let Some(path) = std::env::var_os("QIP_BENCH_ROWS") {
        let file = OpenOptions::new().create(true).append(true).open(path);
        writeln!(
            file.expect("the file of rows opens"),
            r#"{{"what":{NAME:?},"bare_ns":{},"ours_ns":{},"over":{{"ratio":{ratio}}},"most":{MOST}}}"#,
            bare * 1e9,
            ours * 1e9,
        )
        .expect("the row is written");
    }
}
