//! Several modules, one after the other.

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::{add_one, constant, echo, exclaim, scalar, typed, uniforms, words};

#[test]
fn stages_run_in_the_order_of_the_command_line() {
    let directory = Directory::new();
    directory.module("add-one.wasm", &add_one());
    directory.module("exclaim.wasm", &exclaim());
    directory.module("words.wasm", &words());
    for engine in ENGINES {
        let run = |modules: &[&str]| {
            directory.pipe(&[&["run", "--engine", engine], modules].concat(), "HAL")
        };
        run(&["add-one.wasm", "exclaim.wasm"]).assert_prints("IBM!\n");
        // `!` is 0x21, `"` is 0x22.
        run(&["exclaim.wasm", "add-one.wasm"]).assert_prints("IBM\"\n");
        // I B M ! as a little-endian word.
        run(&["add-one.wasm", "exclaim.wasm", "words.wasm"]).assert_prints("214d4249\n");
        run(&["exclaim.wasm", "exclaim.wasm", "exclaim.wasm"]).assert_prints("HAL!!!\n");
    }
}

#[test]
fn nothing_is_added_to_text_between_stages() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    directory.module("length.wasm", &scalar("(local.get $size)"));
    for engine in ENGINES {
        let args = ["run", "--engine", engine, "module.wasm", "length.wasm"];
        directory.pipe(&args, "four").assert_prints("Ran: 4\n");
        directory.pipe(&args, "").assert_prints("Ran: 0\n");
    }
}

#[test]
fn each_stage_has_its_own_uniforms() {
    let directory = Directory::with(&uniforms());
    directory.module("exclaim.wasm", &exclaim());
    for engine in ENGINES {
        let args = [
            "run",
            "--engine",
            engine,
            "module.wasm",
            "?a=0x61",
            "module.wasm",
            "?b=0x62",
            "exclaim.wasm",
        ];
        // Both write from scratch, so the second's are what is left.
        directory.qip(&args).assert_prints("Bb!\n");
    }
}

#[test]
fn declared_content_types_that_agree_are_no_hindrance() {
    let directory = Directory::new();
    directory.module(
        "to-html.wasm",
        &typed("text/markdown", "Text/HTML; charset=utf-8"),
    );
    directory.module("from-html.wasm", &typed("text/html", "text/html"));
    for engine in ENGINES {
        let args = ["run", "--engine", engine, "to-html.wasm", "from-html.wasm"];
        directory.pipe(&args, "<p>").assert_prints("<p>");
    }
}

#[test]
fn sixty_four_stages_are_run_and_one_more_is_over_the_limit() {
    let directory = Directory::with(&exclaim());
    let mut args = vec!["run", "--engine", "wasmi"];
    args.resize(3 + 64, "module.wasm");
    let answer = directory.pipe(&args, "a");
    answer.assert_prints(format!("a{}\n", "!".repeat(64)));
    args.push("module.wasm");
    let answer = directory.pipe(&args, "a");
    answer.assert_fails(5, &["65 stages", "64"]);
}

#[test]
fn a_failure_names_the_stage_and_its_file() {
    let directory = Directory::new();
    directory.module("echo.wasm", &echo("utf8", "utf8"));
    directory.module("trap.wasm", &scalar("(unreachable)"));
    directory.module("ill-formed.wasm", &constant("bytes", r"a\ff", 2));
    for engine in ENGINES {
        let run = |modules: &[&str]| {
            directory.pipe(&[&["run", "--engine", engine], modules].concat(), "a")
        };
        run(&["echo.wasm", "echo.wasm", "trap.wasm"])
            .assert_fails(4, &["stage 3", "`trap.wasm`", "unreachable"]);
        // REC-3: the stage that takes the text is the one that refuses it.
        run(&["ill-formed.wasm", "echo.wasm"])
            .assert_fails(4, &["stage 2", "`echo.wasm`", "UTF-8", "offset 1"]);
        // Alone there is no position worth naming.
        let answer = run(&["trap.wasm"]);
        answer.assert_fails(4, &["`trap.wasm`"]);
        assert!(!answer.first_line().contains("stage"));
    }
}
