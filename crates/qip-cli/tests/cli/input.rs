//! Where the input comes from, and where options may stand.

use crate::directory::Directory;
use crate::modules::{echo, exclaim, scalar};

fn echoing() -> Directory {
    let directory = Directory::with(&echo("utf8", "utf8"));
    directory.file("in.txt", "from the file");
    directory
}

#[test]
fn input_comes_from_a_pipe() {
    let answer = echoing().pipe(&["run", "module.wasm"], "from the pipe");
    answer.assert_prints("from the pipe\n");
}

#[test]
fn input_comes_from_a_file() {
    let directory = echoing();
    for args in [
        &["run", "-i", "in.txt", "module.wasm"][..],
        &["run", "-iin.txt", "module.wasm"],
        &["run", "--input", "in.txt", "module.wasm"],
        &["run", "--input=in.txt", "module.wasm"],
    ] {
        directory.qip(args).assert_prints("from the file\n");
    }
}

#[test]
fn a_file_is_preferred_to_a_pipe() {
    let answer = echoing().pipe(&["run", "-i", "in.txt", "module.wasm"], "from the pipe");
    answer.assert_prints("from the file\n");
}

#[test]
fn a_dash_is_stdin() {
    let answer = echoing().pipe(&["run", "-i", "-", "module.wasm"], "from the pipe");
    answer.assert_prints("from the pipe\n");
}

#[test]
fn nothing_on_stdin_is_an_empty_input() {
    let directory = Directory::with(&scalar("(local.get $size)"));
    directory
        .qip(&["run", "module.wasm"])
        .assert_prints("Ran: 0\n");
    directory
        .pipe(&["run", "module.wasm"], "")
        .assert_prints("Ran: 0\n");
}

/// More than a pipe holds at once.
#[test]
fn a_long_input_arrives_whole() {
    let directory = Directory::with(
        &scalar("(local.get $size)")
            .replace("(i32.const 65536)", "(i32.const 1000000)")
            .replace("2 2", "16 16"),
    );
    let answer = directory.pipe(&["run", "module.wasm"], vec![b'a'; 1_000_000]);
    answer.assert_prints("Ran: 1000000\n");
}

#[test]
fn an_input_beyond_all_memory_is_too_large_before_it_is_all_read() {
    let directory = Directory::with(&scalar("(local.get $size)"));
    let args = ["run", "--max-memory", "131072", "module.wasm"];
    let answer = directory.pipe(&args, vec![b'a'; 200_000]);
    answer.assert_fails(4, &["Input is too large", "131072"]);
}

#[test]
fn options_stand_before_between_and_after_modules() {
    let directory = echoing();
    directory.module("exclaim.wasm", &exclaim());
    for args in [
        &[
            "--color",
            "never",
            "run",
            "-q",
            "-i",
            "in.txt",
            "--engine",
            "wasmi",
            "module.wasm",
            "exclaim.wasm",
        ][..],
        &[
            "run",
            "module.wasm",
            "-i",
            "in.txt",
            "exclaim.wasm",
            "--engine",
            "wasmi",
        ],
        &[
            "run",
            "module.wasm",
            "--engine=wasmi",
            "exclaim.wasm",
            "-i",
            "in.txt",
            "-q",
        ],
        &[
            "-q",
            "run",
            "module.wasm",
            "exclaim.wasm",
            "--timeout-ms",
            "9000",
            "--input=in.txt",
        ],
    ] {
        directory.qip(args).assert_prints("from the file!\n");
    }
}

#[test]
fn options_stand_between_a_module_and_its_uniforms() {
    let directory = Directory::with(&crate::modules::uniforms());
    let answer = directory.qip(&["run", "module.wasm", "-q", "?a=0x78"]);
    answer.assert_prints("Ax\n");
}

#[test]
fn after_two_dashes_all_are_modules() {
    let directory = echoing();
    directory.module("-module.wasm", &exclaim());
    let answer = directory.pipe(&["run", "--", "-module.wasm"], "hey");
    answer.assert_prints("hey!\n");
}

#[test]
fn a_module_may_be_webassembly_text() {
    let directory = Directory::new();
    directory.file(
        "module.wat",
        format!(";; an echo\n{}", echo("utf8", "utf8")),
    );
    let answer = directory.pipe(&["run", "module.wat"], "text");
    answer.assert_prints("text\n");
}
