//! Every way in which `qip run` fails: its exit code, whatever else is asked for, and
//! the form of its message. The texts themselves are in `messages`.

use std::fs;

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::{
    LOOPS, RED, TRAPS_DEEP, constant, echo, module, scalar, traps_at_start, typed, uniforms, words,
};
use crate::pictures::bmp;

/// One way to fail.
pub(crate) struct Failing {
    /// What is wrong, for a snapshot's heading.
    pub(crate) what: &'static str,
    /// The arguments after `run`.
    pub(crate) args: &'static [&'static str],
    pub(crate) input: &'static [u8],
    pub(crate) code: i32,
    /// What the message must hold.
    texts: &'static [&'static str],
}

const fn failing(
    what: &'static str,
    args: &'static [&'static str],
    input: &'static [u8],
    code: i32,
    texts: &'static [&'static str],
) -> Failing {
    Failing {
        what,
        args,
        input,
        code,
        texts,
    }
}

/// Failures that are found by the command itself or by the host, not by the parser of
/// options.
pub(crate) const FAILING: &[Failing] = &[
    // 2: usage
    failing(
        "uniforms first",
        &["?a=1", "echo.wasm"],
        b"",
        2,
        &["`?a=1`", "no module"],
    ),
    // 3: files
    failing(
        "no such module",
        &["no-such.wasm"],
        b"",
        3,
        &["cannot read `no-such.wasm`"],
    ),
    failing(
        "a directory as module",
        &["directory"],
        b"",
        3,
        &["cannot read `directory`"],
    ),
    failing(
        "no such input",
        &["echo.wasm", "-i", "no-such.txt"],
        b"",
        3,
        &["cannot read `no-such.txt`"],
    ),
    failing(
        "a directory as input",
        &["echo.wasm", "-i", "directory"],
        b"",
        3,
        &["cannot read `directory`"],
    ),
    failing(
        "no such directory for the output",
        &["echo.wasm", "-o", "no-such/out"],
        b"",
        3,
        &["cannot write `no-such/out`"],
    ),
    // 4: refused before anything runs
    failing(
        "not-wasm: empty",
        &["empty.wasm"],
        b"",
        4,
        &["`empty.wasm`", "nothing", "expected"],
    ),
    failing(
        "not-wasm: an HTML page",
        &["page.wasm"],
        b"",
        4,
        &["`page.wasm`", "HTML", "expected"],
    ),
    failing(
        "not-wasm: a component",
        &["component.wasm"],
        b"",
        4,
        &["component", "expected"],
    ),
    failing(
        "invalid-module",
        &["invalid.wasm"],
        b"",
        4,
        &["`invalid.wasm`", "invalid", "offset 0x"],
    ),
    failing(
        "invalid-module: text",
        &["invalid.wat"],
        b"",
        4,
        &["`invalid.wat`", "line", "3:5"],
    ),
    failing(
        "import",
        &["imports.wasm"],
        b"",
        4,
        &["`wasi_snapshot_preview1.fd_write`", "expected no imports"],
    ),
    failing(
        "missing-memory",
        &["no-memory.wasm"],
        b"",
        4,
        &["`memory`", "expected"],
    ),
    failing(
        "missing-export: misspelt",
        &["misspelt.wasm"],
        b"",
        4,
        &["`render`", "`run`", "expected a function `(i32) -> i32`"],
    ),
    failing(
        "missing-export",
        &["no-pointer.wasm"],
        b"",
        4,
        &["`input_ptr`", "expected"],
    ),
    failing(
        "export-shape",
        &["shape.wasm"],
        b"",
        4,
        &["`output_ptr`", "`i64`", "expected", "i32"],
    ),
    failing(
        "unknown-uniform",
        &["uniforms.wasm", "?z=1"],
        b"",
        4,
        &["no uniform `z`", "`a`"],
    ),
    failing(
        "uniform-value",
        &["uniforms.wasm", "?a=one"],
        b"",
        4,
        &["uniform `a`", "`one`", "expected"],
    ),
    failing(
        "uniform-shape",
        &["uniform-shape.wasm"],
        b"",
        4,
        &["`uniform_set_both`", "expected"],
    ),
    failing(
        "memory-not-fixed",
        &["--fixed-memory", "grows.wasm"],
        b"",
        4,
        &["memory", "expected"],
    ),
    failing(
        "not-pipeable: a scalar",
        &["echo.wasm", "trap.wasm", "echo.wasm"],
        b"",
        4,
        &[
            "stage 2",
            "`trap.wasm`",
            "only utf8/bytes can be piped to another stage",
        ],
    ),
    failing(
        "not-pipeable: elements",
        &["words.wasm", "echo.wasm"],
        b"",
        4,
        &[
            "stage 1",
            "`words.wasm`",
            "only utf8/bytes can be piped to another stage",
        ],
    ),
    failing(
        "not-pipeable: text to a tile filter",
        &["echo.wasm", "red.wasm"],
        b"",
        4,
        &[
            "stage 1",
            "`echo.wasm`",
            "only bytes can be piped to a tile filter",
        ],
    ),
    // 4: refused in the request
    failing(
        "not-bmp",
        &["red.wasm"],
        b"\x89PNG\r\n\x1a\n a picture, but not one that filters take: IHDR, IDAT, IEND",
        4,
        &["`red.wasm`", "the BMP's signature", "expected `BM`"],
    ),
    failing(
        "image-size",
        &["-i", "wide.bmp", "red.wasm"],
        b"",
        4,
        &["`red.wasm`", "a side of 65536", "65535"],
    ),
    failing(
        "a trap at a tile",
        &["-i", "two-tiles.bmp", "red.wasm", "red.wasm", "?from=64"],
        b"",
        4,
        &[
            "stage 2",
            "`red.wasm`",
            "the tile at (64, 0)",
            "unreachable",
        ],
    ),
    failing(
        "instantiate",
        &["start.wasm"],
        b"",
        4,
        &["`start.wasm`", "instantiated", "unreachable"],
    ),
    failing(
        "content-type-mismatch",
        &["to-html.wasm", "from-json.wasm"],
        b"",
        4,
        &[
            "stage 2",
            "`from-json.wasm`",
            "input content type mismatch: expected application/json, got text/html",
        ],
    ),
    failing(
        "input-too-large",
        &["small.wasm"],
        b"12345",
        4,
        &["Input is too large", "5 bytes", "at most 4"],
    ),
    failing(
        "input-out-of-bounds",
        &["far-input.wasm"],
        b"12345",
        4,
        &["input", "out of bounds", "5 bytes", "131070", "131072"],
    ),
    failing(
        "input-not-utf8",
        &["echo.wasm"],
        b"ab\xe2\x82",
        4,
        &["input", "UTF-8", "offset 2"],
    ),
    failing(
        "output-too-large",
        &["large-output.wasm"],
        b"",
        4,
        &["66", "at most", "65"],
    ),
    failing(
        "output-out-of-bounds",
        &["far-output.wasm"],
        b"",
        4,
        &["output", "out of bounds", "3 bytes", "131070", "131072"],
    ),
    failing(
        "output-not-utf8",
        &["ill-formed.wasm"],
        b"",
        4,
        &["output", "UTF-8", "offset 1"],
    ),
    failing(
        "content-type",
        &["content-type.wasm"],
        b"",
        4,
        &["`input_content_type_ptr`", "ASCII"],
    ),
    failing(
        "trap",
        &["trap.wasm"],
        b"",
        4,
        &["`trap.wasm`", "trapped", "integer-divide-by-zero"],
    ),
    failing(
        "trap in the second stage",
        &["echo.wasm", "trap.wasm"],
        b"",
        4,
        &["stage 2", "`trap.wasm`", "integer-divide-by-zero"],
    ),
    // 5: limits
    failing(
        "time",
        &["--timeout-ms", "100", "loop.wasm"],
        b"",
        5,
        &[
            "`loop.wasm`",
            "Wasm module exceeded the execution time limit (100ms)",
        ],
    ),
    failing(
        "fuel",
        &["--fuel", "1000", "loop.wasm"],
        b"",
        5,
        &["`loop.wasm`", "fuel", "1000"],
    ),
    failing(
        "limit: --max-memory",
        &["--max-memory", "65536", "echo.wasm"],
        b"",
        5,
        &["`echo.wasm`", "131072", "limit of 65536"],
    ),
    failing(
        "limit: memory",
        &["large-memory.wasm"],
        b"",
        5,
        &["`large-memory.wasm`", "1073807360", "limit of 1073741824"],
    ),
];

/// A directory with what the failures need.
pub(crate) fn directory() -> Directory {
    let directory = Directory::new();
    fs::create_dir(directory.path("directory")).unwrap();
    directory.module("red.wasm", RED);
    directory.file("wide.bmp", bmp(65_536, 1, &[]));
    directory.file("two-tiles.bmp", bmp(65, 1, &[[1; 4]; 65]));
    directory.file("empty.wasm", "");
    directory.file("page.wasm", "<!DOCTYPE html>\n<title>404</title>\n");
    directory.file("component.wasm", b"\0asm\x0d\0\x01\0");
    directory.file("invalid.wasm", b"\0asm\x01\0\0\0rubbish");
    directory.file("invalid.wat", "(module\n  (memory 1)\n    nonsense)\n");
    directory.module(
        "imports.wasm",
        r#"(module (import "wasi_snapshot_preview1" "fd_write" (func)))"#,
    );
    directory.module("no-memory.wasm", "(module)");
    directory.module(
        "misspelt.wasm",
        &echo("utf8", "utf8").replace(r#""render""#, r#""rendr""#),
    );
    directory.module(
        "no-pointer.wasm",
        &echo("utf8", "utf8").replace(r#""input_ptr""#, r#""in""#),
    );
    directory.module(
        "shape.wasm",
        &module(
            "utf8",
            r#"(global (export "output_ptr") i64 (i64.const 0))
  (func (export "run") (param i32) (result i32) (local.get 0))"#,
        ),
    );
    directory.module("uniforms.wasm", &uniforms());
    directory.module(
        "uniform-shape.wasm",
        &module(
            "utf8",
            r#"(func (export "uniform_set_both") (param i32 i32))
  (func (export "run") (param i32) (result i32) (local.get 0))"#,
        ),
    );
    directory.module("grows.wasm", &scalar("(i32.const 0)").replace("2 2", "2"));
    directory.module("words.wasm", &words());
    directory.module("start.wasm", &traps_at_start());
    directory.module("to-html.wasm", &typed("", "text/html"));
    directory.module("from-json.wasm", &typed("application/json", ""));
    directory.module("small.wasm", &echo("utf8", "utf8").replace("65536", "4"));
    directory.module(
        "far-input.wasm",
        &scalar("(i32.const 0)").replace(
            "(i32.const 0))\n  (global",
            "(i32.const 131070))\n  (global",
        ),
    );
    directory.module("echo.wasm", &echo("utf8", "utf8"));
    let output = |count: u32| {
        constant("bytes", "", 65).replace(
            "(result i32) (i32.const 65)",
            &format!("(result i32) (i32.const {count})"),
        )
    };
    directory.module("large-output.wasm", &output(66));
    directory.module(
        "far-output.wasm",
        &output(3).replace(
            r#"(export "output_ptr") i32 (i32.const 65536)"#,
            r#"(export "output_ptr") i32 (i32.const 131070)"#,
        ),
    );
    directory.module("ill-formed.wasm", &constant("utf8", r"a\ff", 2));
    directory.module("content-type.wasm", &typed("t\u{e9}xt/html", ""));
    directory.module("trap.wasm", TRAPS_DEEP);
    directory.module("loop.wasm", &scalar(LOOPS));
    directory.module(
        "large-memory.wasm",
        &scalar("(i32.const 0)").replace("2 2", "16385"),
    );
    directory
}

#[test]
fn every_failure_has_its_exit_code_and_says_what_is_wrong() {
    let directory = directory();
    for engine in ENGINES {
        for Failing {
            what,
            args,
            input,
            code,
            texts,
        } in FAILING
        {
            eprintln!("{what} on {engine}");
            let args = [&["run", "--engine", engine], *args].concat();
            directory.pipe(&args, *input).assert_fails(*code, texts);
        }
    }
}

#[test]
fn how_much_is_said_changes_no_exit_code_and_no_message() {
    let directory = directory();
    for Failing {
        what,
        args,
        input,
        code,
        ..
    } in FAILING
    {
        eprintln!("{what}");
        let run =
            |option: &[&'static str]| directory.pipe(&[&["run"], *args, option].concat(), *input);
        let (plain, quiet, verbose) = (run(&[]), run(&["-q"]), run(&["-v"]));
        assert_eq!([plain.code, quiet.code, verbose.code], [*code; 3]);
        // Quiet is the error's line and nothing else; verbose is more around it.
        assert_eq!(quiet.stderr, format!("{}\n", plain.first_line()));
        assert!(
            verbose.stderr.ends_with(&plain.stderr),
            "{}",
            verbose.stderr
        );
        assert!(quiet.stdout.is_empty() && verbose.stdout.is_empty());
    }
}

#[test]
fn both_engines_give_the_same_message() {
    let directory = directory();
    for Failing { args, input, .. } in FAILING {
        let lines = ENGINES.map(|engine| {
            let args = [&["run", "--engine", engine], *args].concat();
            directory.pipe(&args, *input).first_line().to_owned()
        });
        assert_eq!(lines[0], lines[1]);
    }
}

/// Lower-case but for the texts that the contract fixes, no full stop, a known label
/// before each line, and nothing that a terminal acts on.
#[test]
fn messages_keep_their_form() {
    let directory = directory();
    for Failing { args, input, .. } in FAILING {
        let stderr = directory.pipe(&[&["run"], *args].concat(), *input).stderr;
        let message = stderr
            .lines()
            .next()
            .unwrap()
            .strip_prefix("error: ")
            .unwrap();
        // Behind the module's name, and the stage where there are several.
        let end_of_place = match message.chars().next() {
            Some('`') => "`: ",
            Some('s') if message.starts_with("stage ") => "`): ",
            _ => "",
        };
        let said = message
            .split_once(end_of_place)
            .map_or(message, |(_, said)| said);
        let is_fixed = said.starts_with("Input is too large")
            || said.starts_with("Wasm module exceeded the execution time limit");
        assert!(
            is_fixed || !said.starts_with(|c: char| c.is_uppercase()),
            "{stderr}"
        );
        for line in stderr.lines() {
            assert!(!line.ends_with('.'), "{stderr}");
            assert!(!line.contains(char::is_control), "{stderr:?}");
        }
        for line in stderr.lines().skip(1) {
            assert!(
                line.starts_with("help: ") || line.starts_with("  in "),
                "{stderr}"
            );
        }
    }
}

/// What the parser of options refuses is usage too.
#[test]
fn usage_errors() {
    let directory = directory();
    for args in [
        &[][..],
        &["no-such-command"],
        &["help"],
        &["--no-such-option"],
        &["run"],
        &["run", "-i", "echo.wasm"],
        &["run", "--no-such-option", "echo.wasm"],
        &["run", "-x", "echo.wasm"],
        &["run", "--timeout-ms", "0", "echo.wasm"],
        &["run", "--timeout-ms", "-1", "echo.wasm"],
        &["run", "--timeout-ms", "soon", "echo.wasm"],
        &["run", "--timeout-ms", "18446744073709551616", "echo.wasm"],
        &["run", "--engine", "v8", "echo.wasm"],
        &["run", "--fuel", "1.5", "echo.wasm"],
        &["run", "--max-memory", "1GiB", "echo.wasm"],
        &["run", "--utf8", "maybe", "echo.wasm"],
        &["run", "--color", "sometimes", "echo.wasm"],
        &["run", "-i", "a", "-i", "b", "echo.wasm"],
        &["run", "-o", "", "echo.wasm"],
        &["run", "-v", "-q", "echo.wasm"],
        &["-v", "run", "-q", "echo.wasm"],
        &["conformance", "too-much"],
        &["conformance", "--engine", "v8"],
        &["conformance", "--report", "html=report.html"],
        &["conformance", "--report", "jsonl="],
        &["conformance", "--update-lock"],
        &["conformance", "--corpus", "a", "--cases", "b"],
    ] {
        let answer = directory.qip(args);
        assert_eq!(answer.code, 2, "{args:?}: {}", answer.stderr);
        assert!(answer.stdout.is_empty(), "{args:?}");
        assert!(!answer.stderr.is_empty(), "{args:?}");
    }
}
