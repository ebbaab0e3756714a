//! Bad bytes in the place of a module: refused, and never a bug (exit code 101).

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::echo;

#[track_caller]
fn assert_refused(directory: &Directory, what: &str) {
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--engine", engine, "rubbish.wasm"]);
        let stderr = &answer.stderr;
        assert_eq!(answer.code, 4, "{what} on {engine}: {stderr}");
        assert!(stderr.starts_with("error: `rubbish.wasm`: "), "{stderr}");
        assert_eq!(answer.stdout, b"", "{what}");
        assert!(
            !stderr.contains(|c: char| c.is_control() && c != '\n'),
            "{stderr:?}"
        );
    }
}

#[test]
fn an_empty_file() {
    let directory = Directory::new();
    directory.file("rubbish.wasm", "");
    assert_refused(&directory, "nothing");
}

#[test]
fn bytes_that_are_no_module() {
    let directory = Directory::new();
    let header = b"\0asm\x01\0\0\0";
    let after = |bytes: &[u8]| [header, bytes].concat();
    let rubbish: &[(&str, Vec<u8>)] = &[
        ("one zero", vec![0]),
        ("a page of zeros", vec![0; 4096]),
        ("all ones", vec![0xff; 100]),
        ("half a header", header[..6].to_vec()),
        ("another version", b"\0asm\x63\0\0\0".to_vec()),
        ("an escape sequence", b"\x1b[31mred\x1b[0m".to_vec()),
        ("a shell script", b"#!/bin/sh\nexit 0\n".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf(module)".to_vec()),
        ("an unknown section", after(&[0x7f, 1, 0])),
        ("a section that is cut off", after(&[1, 0x20, 1])),
        (
            "a size that is too long",
            after(&[1, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ),
        ("a size of 4 GiB", after(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f])),
        (
            "four thousand million types",
            after(&[1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        ),
        ("sections out of order", after(&[3, 1, 0, 1, 1, 0])),
        ("a custom section without a name", after(&[0, 0])),
        (
            "a name that is no UTF-8",
            after(&[7, 6, 1, 2, 0xff, 0xfe, 0, 0]),
        ),
        ("code without functions", after(&[10, 2, 1, 0])),
        ("nothing but a header", header.to_vec()),
        ("two headers", [header, &header[..]].concat()),
        ("text that is cut off", b"(module (memory".to_vec()),
        ("text that is no UTF-8", b"(module \xff)".to_vec()),
        ("a comment and no more", b";; hello".to_vec()),
        (
            "text with an escape sequence",
            b"(module \x1b[31m)".to_vec(),
        ),
        ("deep parentheses", vec![b'('; 100_000]),
    ];
    for (what, bytes) in rubbish {
        directory.file("rubbish.wasm", bytes);
        assert_refused(&directory, what);
    }
}

#[test]
fn a_module_that_is_cut_off() {
    let directory = Directory::new();
    let whole = wat::parse_str(echo("utf8", "utf8")).unwrap();
    for length in (0..whole.len()).step_by(7) {
        directory.file("rubbish.wasm", &whole[..length]);
        assert_refused(&directory, &format!("the first {length} bytes"));
    }
}

/// A changed bit may leave a sound module, so only the exit code is looked at.
#[test]
fn a_module_with_a_bit_changed() {
    let directory = Directory::new();
    let whole = wat::parse_str(echo("utf8", "utf8")).unwrap();
    for at in (8..whole.len()).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        directory.file("rubbish.wasm", &bytes);
        let engine = ENGINES[at % 2];
        let args = [
            "run",
            "--engine",
            engine,
            "--timeout-ms",
            "500",
            "rubbish.wasm",
        ];
        let answer = directory.pipe(&args, "hello");
        assert!(
            matches!(answer.code, 0 | 4 | 5),
            "bit {} of byte {at}: {} {}",
            at % 8,
            answer.code,
            answer.stderr
        );
    }
}
