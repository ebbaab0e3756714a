//! How output is printed: OUT-8 and OUT-9.

use crate::ENGINES;
use crate::directory::{Answer, Directory};
use crate::modules::{constant, echo, scalar};

/// Runs a module on every engine.
fn on_each(wat: &str, input: &[u8]) -> Vec<Answer> {
    let directory = Directory::with(wat);
    let run = |engine| directory.pipe(&["run", "--engine", engine, "module.wasm"], input);
    ENGINES.map(run).into()
}

#[track_caller]
fn assert_prints(wat: &str, input: &[u8], expected: &[u8]) {
    for answer in on_each(wat, input) {
        answer.assert_prints(expected);
    }
}

#[test]
fn text_is_printed_with_one_newline_after_it() {
    let text = echo("utf8", "utf8");
    assert_prints(&text, b"plain", b"plain\n");
    assert_prints(&text, "žluťoučký".as_bytes(), "žluťoučký\n".as_bytes());
}

#[test]
fn text_that_ends_in_newlines_gets_one_more_all_the_same() {
    let text = echo("utf8", "utf8");
    assert_prints(&text, b"line\n", b"line\n\n");
    assert_prints(&text, b"\n\n", b"\n\n\n");
}

#[test]
fn empty_text_is_a_newline() {
    assert_prints(&echo("utf8", "utf8"), b"", b"\n");
}

#[test]
fn a_byte_order_mark_is_kept() {
    assert_prints(&echo("utf8", "utf8"), b"\xef\xbb\xbfa", b"\xef\xbb\xbfa\n");
}

#[test]
fn bytes_are_printed_as_they_are() {
    let bytes = echo("bytes", "bytes");
    let all: Vec<u8> = (0..=255).collect();
    assert_prints(&bytes, &all, &all);
    assert_prints(&bytes, b"\r\n", b"\r\n");
    assert_prints(&bytes, b"", b"");
}

#[test]
fn elements_are_lines_of_eight_lower_case_hexadecimal_digits() {
    let data = r"\0a\00\00\00\fe\ff\ff\ff\00\00\00\00\ef\cd\ab\80";
    assert_prints(
        &constant("i32", data, 4),
        b"",
        b"0000000a\nfffffffe\n00000000\n80abcdef\n",
    );
}

#[test]
fn no_elements_are_no_lines() {
    assert_prints(&constant("i32", "", 0), b"", b"");
}

#[test]
fn a_scalar_is_signed() {
    assert_prints(&scalar("(i32.const -1)"), b"", b"Ran: -1\n");
    assert_prints(&scalar("(i32.const 0)"), b"", b"Ran: 0\n");
    assert_prints(
        &scalar("(i32.const 0x80000000)"),
        b"",
        b"Ran: -2147483648\n",
    );
    assert_prints(&scalar("(local.get $size)"), b"12345", b"Ran: 5\n");
}

#[test]
fn unchecked_text_passes_as_it_is() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    for engine in ENGINES {
        let args = [
            "run",
            "--engine",
            engine,
            "--utf8",
            "unchecked",
            "module.wasm",
        ];
        directory.pipe(&args, b"a\xff").assert_prints(b"a\xff\n");
    }
}

/// `--deterministic`: the canonical NaN, positive and quiet, is the only one that
/// arithmetic makes (DET-1).
#[test]
fn deterministic_floats_are_the_same_on_every_engine_that_has_them() {
    // A NaN with a sign and a payload, in; out comes what the addition makes.
    let wat = scalar(
        "(i32.reinterpret_f32 (f32.add (f32.const 1) (f32.reinterpret_i32 (i32.const 0xffc12345))))",
    );
    let directory = Directory::with(&wat);
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--deterministic", "--engine", engine, "module.wasm"]);
        if engine == "wasmtime-winch" {
            answer.assert_fails(
                3,
                &["the engine wasmtime-winch cannot make NaN deterministic"],
            );
        } else {
            // 0x7fc00000
            answer.assert_prints("Ran: 2143289344\n");
        }
    }
}

#[test]
fn data_goes_to_stdout_and_everything_else_to_stderr() {
    let directory = Directory::with(&echo("bytes", "bytes"));
    for engine in ENGINES {
        let answer = directory.pipe(&["run", "-v", "--engine", engine, "module.wasm"], "data");
        assert_eq!((answer.code, answer.text()), (0, "data"));
        assert!(!answer.stderr.contains("data"), "{}", answer.stderr);
        assert!(!answer.stderr.is_empty());
        let answer = directory.pipe(&["run", "-q", "--engine", engine, "module.wasm"], "data");
        answer.assert_prints("data");
    }
}

/// What is no text is held back from terminals only: a pipe and a file get it.
#[test]
fn force_changes_nothing_where_stdout_is_no_terminal() {
    let directory = Directory::with(&echo("bytes", "bytes"));
    let answer = directory.pipe(&["run", "--force", "module.wasm"], b"\x1b\xff\x00");
    answer.assert_prints(b"\x1b\xff\x00");
}
