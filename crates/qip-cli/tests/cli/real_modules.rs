//! The workspace's own modules, which stand beside this package in its repository and
//! not in the published one: there these tests skip, and say so.

use std::path::{Path, PathBuf};

use crate::ENGINES;
use crate::directory::Directory;

/// The directory of the modules, where it is.
pub(crate) fn modules() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = package.join("../../modules-wat");
    if modules.is_dir() {
        return Some(modules);
    }
    // Cargo writes this file into what it publishes.
    assert!(
        package.join("Cargo.toml.orig").exists(),
        "{} is not there",
        modules.display()
    );
    eprintln!("skipped: the modules are not part of the published package");
    None
}

/// A directory with these modules, assembled.
fn assembled(names: &[&str]) -> Option<Directory> {
    let modules = modules()?;
    let directory = Directory::new();
    for name in names {
        let path = modules.join(format!("content/{name}.wat"));
        directory.file(&format!("{name}.wasm"), wat::parse_file(path).unwrap());
    }
    Some(directory)
}

#[test]
fn trim() {
    let Some(directory) = assembled(&["trim"]) else {
        return;
    };
    for engine in ENGINES {
        let run = |input| directory.pipe(&["run", "--engine", engine, "trim.wasm"], input);
        run("  hello  ").assert_prints("hello\n");
        run("").assert_prints("\n");
        run(" \n ").assert_prints("\n");
    }
}

/// Without `--engine`, as the first example of the help has it.
#[test]
fn the_example_of_the_help() {
    let Some(directory) = assembled(&["trim", "crc32"]) else {
        return;
    };
    directory
        .pipe(&["run", "trim.wasm"], "  hello  ")
        .assert_prints("hello\n");
    // The check value of CRC-32/ISO-HDLC.
    directory
        .pipe(&["run", "--engine", "wasmi", "crc32.wasm"], "123456789")
        .assert_prints("cbf43926\n");
}

#[test]
fn a_recipe_of_three() {
    let Some(directory) = assembled(&["trim", "base64-encode", "crc32"]) else {
        return;
    };
    for engine in ENGINES {
        let run = |modules: &[&str]| {
            directory.pipe(
                &[&["run", "--engine", engine], modules].concat(),
                "  hello  ",
            )
        };
        run(&["trim.wasm", "base64-encode.wasm"]).assert_prints("aGVsbG8=\n");
        // Python: zlib.crc32(base64.b64encode(b"hello"))
        run(&["trim.wasm", "base64-encode.wasm", "crc32.wasm"]).assert_prints("37671169\n");
    }
}

#[test]
fn their_cases() {
    let Some(modules) = modules() else {
        return;
    };
    let modules = modules.display().to_string();
    let args = [
        "conformance",
        "--cases",
        &modules,
        "--filter",
        "content/trim#",
    ];
    let answer = Directory::new().qip(&args);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    assert_eq!(answer.text().matches("green: ").count(), ENGINES.len());
}
