//! The texts that people read when something goes wrong or more is asked for.

use std::fmt::Write as _;

use crate::directory::{Answer, Directory};
use crate::failures::{self, FAILING, Failing};
use crate::modules::{TRAPS_DEEP, echo, scalar};

/// Compares with a snapshot. What differs from run to run and machine to machine is
/// taken out: versions, times, offsets into code, and the system's own words.
macro_rules! assert_text {
    ($name:literal, $text:expr) => {
        insta::with_settings!({
            omit_expression => true,
            filters => vec![
                (r"\b\d+\.\d+\.\d+\b", "[version]"),
                (r" in \d+(\.\d+)?(ns|µs|ms|s)\b", " in [time]"),
                (r", offset 0x[0-9a-f]+", ", offset [offset]"),
                (r"(`): [^:\n]+ \(os error \d+\)", "$1: [system error]"),
            ],
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}
pub(crate) use assert_text;

/// Stderr of each failing run under a heading.
fn told(directory: &Directory, failing: &[Failing], options: &[&str]) -> String {
    let mut text = String::new();
    for Failing {
        what,
        args,
        input,
        code,
        ..
    } in failing
    {
        let answer = directory.pipe(&[&["run"], options, args].concat(), *input);
        assert_eq!(answer.code, *code, "{what}");
        writeln!(text, "# {what}: exit code {code}\n{}", answer.stderr).unwrap();
    }
    text
}

#[test]
fn failures_of_run() {
    assert_text!(
        "failures-of-run",
        told(&failures::directory(), FAILING, &[])
    );
}

/// What the parser of options finds is told as everything else is.
#[test]
fn usage_errors() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    let mut text = String::new();
    for args in [
        &["run"][..],
        &["run", "--no-such-option", "module.wasm"],
        &["run", "--engin", "wasmi", "module.wasm"],
        &["run", "--timeout-ms", "0", "module.wasm"],
        &["run", "--engine", "v8", "module.wasm"],
        &["run", "--engine"],
        &["run", "--engine", "\u{1b}[31m", "module.wasm"],
        &["ran", "module.wasm"],
        &["walk", "module.wasm"],
        &["--quite", "run", "module.wasm"],
        &["run", "-v", "-q", "module.wasm"],
        &["conformance", "--report", "html=report.html"],
        &["conformance", "--seed", "7"],
        &["conformance", "--thorough", "--seed", "seven"],
        &["conformance", "--thorough", "--list"],
        &["conformance", "--thorough=yes"],
        &["conformance", "--corpus", "a", "--corpus", "b"],
        &["conformance", "wasmi"],
    ] {
        let answer = directory.qip(args);
        assert_eq!(answer.code, 2);
        let args = args.join(" ");
        writeln!(text, "# qip {}\n{}", args.escape_debug(), answer.stderr).unwrap();
    }
    assert_text!("usage-errors", text);
}

#[test]
fn a_misspelt_export_is_guessed() {
    let answer = failures::directory().qip(&["run", "misspelt.wasm"]);
    answer.assert_fails(4, &["`render`"]);
    let help = answer.stderr.lines().nth(1).unwrap();
    assert!(
        help.starts_with("help: did you mean ") && help.contains("`rendr`"),
        "{help}"
    );
}

fn trapping(engine: &str, options: &[&str]) -> Answer {
    let directory = Directory::with(TRAPS_DEEP);
    let answer = directory.qip(&[&["run", "--engine", engine, "module.wasm"], options].concat());
    answer.assert_fails(4, &["`module.wasm`", "integer-divide-by-zero"]);
    answer
}

#[test]
fn a_trap_shows_its_functions_from_the_inside_out_on_wasmtime() {
    let stderr = trapping("wasmtime", &[]).stderr;
    let frames: Vec<&str> = stderr
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(frames, ["  in `divide`", "  in `average`", "  in `render`"]);
}

#[test]
fn a_trap_is_one_line_on_wasmi_and_where_quiet_is_asked_for() {
    assert_eq!(trapping("wasmi", &[]).stderr.lines().count(), 1);
    assert_eq!(trapping("wasmtime", &["-q"]).stderr.lines().count(), 1);
}

#[test]
fn a_deep_backtrace_is_cut() {
    let directory = Directory::with(&scalar("(call $down (i32.const 0))").replace(
        "(func (export",
        "(func $down (param $depth i32) (result i32)
           (if (i32.eq (local.get $depth) (i32.const 500)) (then (unreachable)))
           (call $down (i32.add (local.get $depth) (i32.const 1))))
         (func (export",
    ));
    let answer = directory.qip(&["run", "module.wasm"]);
    answer.assert_fails(4, &["unreachable"]);
    let lines: Vec<&str> = answer.stderr.lines().collect();
    assert!(lines.len() <= 20, "{}", answer.stderr);
    assert!(lines[1].starts_with("  in `down`"), "{}", lines[1]);
    assert!(
        lines.last().unwrap().starts_with("  … and "),
        "{}",
        answer.stderr
    );
}

/// LIM-5, with an import's name.
#[test]
fn a_name_out_of_a_module_is_escaped_and_cut() {
    let letters = "x".repeat(10_000);
    let wat = format!(r#"(module (import "a\1b[31mb" "{letters}" (func)))"#);
    let answer = Directory::with(&wat).qip(&["run", "module.wasm"]);
    let shown = format!(r"`a\u{{1b}}[31mb.{}…`", "x".repeat(128));
    answer.assert_fails(4, &[&shown]);
    assert!(!answer.stderr.contains('\x1b'));
    assert!(!answer.stderr.contains(&letters[..129]));
}

/// LIM-5, with a function's name in a backtrace.
#[test]
fn a_name_in_a_backtrace_is_escaped_and_cut() {
    let letters = "x".repeat(10_000);
    let name = format!(r#"(@name "\1b]0;title\07\u{{202e}}{letters}")"#);
    let wat = scalar("(call 0)").replace(
        "(func (export",
        &format!("(func {name} (result i32) (unreachable)) (func (export"),
    );
    let answer = Directory::with(&wat).qip(&["run", "module.wasm"]);
    answer.assert_fails(4, &["unreachable"]);
    let frame = answer.stderr.lines().nth(1).unwrap();
    assert!(
        frame.contains(r"`\u{1b}]0;title\u{7}\u{202e}xxx"),
        "{frame}"
    );
    assert!(frame.contains("xxx…`"), "{frame}");
    assert!(frame.chars().count() < 250, "{frame}");
    let is_acted_on = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!answer.stderr.contains(is_acted_on));
}

/// LIM-5, with a media type.
#[test]
fn a_media_type_is_escaped_and_cut() {
    let directory = Directory::new();
    let long = format!(r"text/\1b[2J{}", "x".repeat(200));
    // The text has three more characters for its escape than bytes for it.
    let size = |wat: String| wat.replace("(i32.const 211)", "(i32.const 209)");
    directory.module("long.wasm", &size(crate::modules::typed("", &long)));
    directory.module("html.wasm", &crate::modules::typed("text/html", ""));
    let answer = directory.qip(&["run", "long.wasm", "html.wasm"]);
    answer.assert_fails(4, &["got text/", "…"]);
    assert!(!answer.stderr.contains('\x1b'));
    assert!(answer.first_line().chars().count() < 300);
}

#[test]
fn colours_are_there_when_asked_for_and_only_then() {
    let run = |options: &[&str]| trapping("wasmi", options).stderr;
    let plain = run(&[]);
    assert_eq!(run(&["--color", "auto"]), plain);
    assert_eq!(run(&["--color", "never"]), plain);
    assert!(!plain.contains('\x1b'));

    // Not by way of `assert_fails`: the label is coloured.
    let directory = Directory::with(TRAPS_DEEP);
    let coloured = directory.qip(&[
        "run",
        "--color",
        "always",
        "--engine",
        "wasmi",
        "module.wasm",
    ]);
    assert_eq!(coloured.code, 4);
    assert!(coloured.stdout.is_empty());
    assert!(
        coloured.stderr.starts_with("\x1b["),
        "{:?}",
        coloured.stderr
    );
    // Nothing but the colours differs.
    assert_eq!(without_escapes(&coloured.stderr), plain);
    assert_text!("a-coloured-message", coloured.stderr.escape_debug());
}

#[test]
fn data_is_never_coloured() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    let answer = directory.pipe(&["run", "--color", "always", "module.wasm"], "text");
    answer.assert_prints("text\n");
}

/// Takes out `ESC [ … m`.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    first
        + &parts
            .map(|part| part.split_once('m').unwrap().1)
            .collect::<String>()
}

/// 205 bytes, whose SHA-256 below is `sha256sum`'s.
const COUNTS: &str = "(module (memory (export \"memory\") 1 1) (global (export \"input_ptr\") i32 (i32.const 0))
  (global (export \"input_bytes_cap\") i32 (i32.const 9)) (func (export \"run\") (param i32) (result i32) (local.get 0)))
";

#[test]
fn verbose_names_engine_modules_digests_and_phases() {
    let directory = Directory::new();
    directory.file("counts.wat", COUNTS);
    for engine in crate::ENGINES {
        let answer = directory.pipe(&["run", "-v", "--engine", engine, "counts.wat"], "four");
        assert_eq!((answer.code, answer.text()), (0, "Ran: 4\n"));
        let stderr = &answer.stderr;
        for text in [
            &format!("engine {engine} "),
            "`counts.wat`",
            "205 bytes, sha256 51322224ef87e0646c7e497f01278d5a173572f3c5c0c580343138102302a5f4",
            "4 bytes",
            // One page.
            "65536 bytes of memory",
        ] {
            assert!(stderr.contains(text), "{text:?} is not in {stderr}");
        }
        assert_text!("verbose", stderr.replace(engine, "[engine]"));
    }
}

#[test]
fn verbose_tells_of_the_fuel_that_was_used() {
    let directory = Directory::new();
    directory.file("counts.wat", COUNTS);
    for engine in crate::ENGINES {
        let args = [
            "run",
            "-v",
            "--fuel",
            "1000",
            "--engine",
            engine,
            "counts.wat",
        ];
        let stderr = directory.qip(&args).stderr;
        let last = stderr.lines().last().unwrap();
        assert!(last.ends_with(" fuel"), "{stderr}");
    }
}

/// What a failing run has got to is told before the error.
#[test]
fn verbose_failure() {
    let directory = Directory::new();
    directory.file("counts.wat", COUNTS);
    let answer = directory.pipe(&["run", "-v", "counts.wat"], "0123456789");
    assert_eq!(answer.code, 4);
    assert!(answer.first_line().starts_with("qip: engine wasmtime "));
    let last = answer.stderr.lines().last().unwrap();
    assert!(
        last.starts_with("error: `counts.wat`: Input is too large"),
        "{last}"
    );
    assert_text!("verbose-failure", answer.stderr);
}
