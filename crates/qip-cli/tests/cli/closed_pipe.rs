//! A reader that goes away ends the command quietly.

use std::io::Read;
use std::process::Stdio;

use crate::ENGINES;
use crate::directory::{Directory, wait};
use crate::modules::echo;

/// Runs the command, reads `most` bytes of its output and closes the pipe. Gives the
/// exit code and what was said.
pub(crate) fn close_after(directory: &Directory, args: &[&str], most: usize) -> (i32, String) {
    let mut child = directory
        .command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut vec![0; most]).unwrap();
    drop(stdout);
    let code = wait(&mut child);
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    (code, said)
}

#[test]
fn a_reader_of_large_output_may_go() {
    let directory = Directory::new();
    // Far more than a pipe holds, so that writing meets the closed end.
    let large = |output| {
        echo("bytes", output)
            .replace("(i32.const 65536)", "(i32.const 4000000)")
            .replace("2 2", "64 64")
    };
    directory.module("bytes.wasm", &large("bytes"));
    directory.module("text.wasm", &large("utf8"));
    directory.file("input", vec![b'a'; 4_000_000]);
    for engine in ENGINES {
        for module in ["bytes.wasm", "text.wasm"] {
            let args = ["run", "--engine", engine, "-i", "input", module];
            for most in [0, 1, 70_000] {
                let ended = close_after(&directory, &args, most);
                assert_eq!(ended, (0, String::new()), "{engine}, {module}, {most}");
            }
        }
    }
}

#[test]
fn a_reader_of_small_output_may_go() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    let ended = close_after(&directory, &["run", "module.wasm"], 0);
    assert_eq!(ended, (0, String::new()));
}

#[test]
fn a_reader_of_help_or_of_a_list_may_go() {
    let directory = Directory::new();
    for args in [
        &["--help"][..],
        &["run", "--help"],
        &["--version"],
        &["conformance", "--list"],
    ] {
        assert_eq!(close_after(&directory, args, 0), (0, String::new()));
    }
}

/// A failure is told all the same: it is stdout that has gone.
#[test]
fn a_failing_request_fails_without_a_reader() {
    let directory = Directory::with(&crate::modules::scalar("(unreachable)"));
    let (code, said) = close_after(&directory, &["run", "-q", "module.wasm"], 0);
    assert_eq!(code, 4);
    assert!(said.starts_with("error: "), "{said}");
}
