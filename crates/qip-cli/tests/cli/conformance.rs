//! `qip conformance`.

use crate::ENGINES;
use crate::closed_pipe::close_after;
use crate::directory::Directory;
use crate::messages::assert_text;
use crate::modules::echo;

const CASES: &str = r#"summary = "an echo of text"

[[case]]
name = "a letter"
clauses = ["OUT-3"]
input = "a"
expect = { utf8 = "a" }

[[case]]
name = "three letters"
clauses = ["OUT-3"]
input = "abc"
expect = { utf8 = "abc" }
"#;

const LOCK: &str = "out/echo#a-letter\nout/echo#three-letters\n";

/// A directory with a corpus of two cases.
pub(crate) fn small() -> Directory {
    let directory = Directory::new();
    directory.file("corpus/cases/out/echo.wat", echo("utf8", "utf8"));
    directory.file("corpus/cases/out/echo.toml", CASES);
    directory.file("corpus/cases.lock", LOCK);
    directory
}

/// The same with an expectation that no sound host meets.
fn wrong() -> Directory {
    let directory = small();
    let cases = CASES.replace(r#"utf8 = "abc""#, r#"utf8 = "abd""#);
    directory.file("corpus/cases/out/echo.toml", cases);
    directory
}

#[test]
fn the_embedded_corpus_filtered() {
    let answer = Directory::new().qip(&["conformance", "--filter", "in/capacity-is-inclusive#"]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    let text = answer.text();
    // Counted in the case file.
    assert_eq!(
        text.matches("green: 12 of 12 cases judged").count(),
        ENGINES.len()
    );
    let assertions = "assertions: 5 message, 6 refused, 1 scalar, 5 utf8\n";
    assert_eq!(text.matches(assertions).count(), ENGINES.len());
    assert_text!("the-embedded-corpus-filtered", text);
}

#[test]
fn one_engine() {
    let directory = small();
    for engine in crate::ENGINES {
        let answer = directory.qip(&["conformance", "--corpus", "corpus", "--engine", engine]);
        assert_eq!((answer.code, &*answer.stderr), (0, ""));
        assert!(answer.text().starts_with(&format!("{engine} ")));
        assert_eq!(answer.text().matches("green: 2 of 2").count(), 1);
    }
}

#[test]
fn the_model_is_a_subject_like_the_engines() {
    let directory = small();
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "--engine",
        "wasmi",
        "--model",
    ];
    let answer = directory.qip(&args);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    assert!(answer.text().contains("\nmodel "), "{}", answer.text());
    assert_eq!(answer.text().matches("green: 2 of 2").count(), 2);
}

#[test]
fn a_thorough_run_says_its_seed_which_repeats_it() {
    let directory = small();
    let run = |options: &[&str]| {
        let own = ["conformance", "--corpus", "corpus", "--thorough"];
        let answer = directory.qip(&[&own, options].concat());
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        answer
    };
    let seven = run(&["--seed", "7", "--report", "jsonl=report.jsonl"]);
    let state = "green: 2 of 2 cases judged, twice each, in shuffled order (seed 7)\n";
    assert_eq!(
        seven.text().matches(state).count(),
        ENGINES.len(),
        "{}",
        seven.text()
    );
    assert_eq!(seven.stderr, "");
    let report = directory.read_text("report.jsonl");
    let header = report.lines().next().unwrap();
    assert!(header.contains(r#""thorough":{"seed":7}"#), "{header}");
    assert_eq!(report.lines().count(), 1 + 2 * ENGINES.len() + 1);

    // Without one it is another each time, which is also told before an engine is asked.
    let seed = || {
        let answer = run(&["-v"]);
        let (_, rest) = answer.text().split_once("(seed ").unwrap();
        let seed = rest.split(')').next().unwrap().to_owned();
        let told = format!("qip: thorough, with the seed {seed}\n");
        assert_eq!(answer.stderr, told);
        seed
    };
    assert_ne!(seed(), seed());
}

#[test]
fn several_filters_select_what_any_selects() {
    let list = |filters: &[&str]| {
        let args = ["conformance", "--corpus", "corpus", "--list"];
        small().qip(&[&args, filters].concat())
    };
    list(&[]).assert_prints(LOCK);
    list(&["--filter", "a-letter"]).assert_prints("out/echo#a-letter\n");
    list(&["--filter", "a-letter", "--filter", "three"]).assert_prints(LOCK);
    list(&["--filter", "out/"]).assert_prints(LOCK);
    list(&["--filter", "in/"]).assert_prints("");
}

#[test]
fn a_list_of_the_embedded_corpus() {
    let answer = Directory::new().qip(&["conformance", "--list"]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    let ids: Vec<&str> = answer.text().lines().collect();
    assert!(ids.contains(&"in/capacity-is-inclusive#exactly-the-capacity"));
    assert!(ids.iter().all(|id| id.contains('/') && id.contains('#')));
}

#[test]
fn a_filter_that_selects_nothing_is_red() {
    let answer = small().qip(&["conformance", "--corpus", "corpus", "--filter", "nothing"]);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    assert_eq!(
        answer.text().matches("red: no case was judged").count(),
        ENGINES.len()
    );
    assert!(!answer.text().contains("green"));
}

#[test]
fn a_wrong_expectation_is_red_and_shown_with_what_was_found() {
    let answer = wrong().qip(&["conformance", "--corpus", "corpus"]);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    let text = answer.text();
    for engine in crate::ENGINES {
        let failure = format!("fail out/echo#three-letters on {engine} (OUT-3)");
        assert!(text.contains(&failure), "{text}");
    }
    // The case's place: its name is in line 10.
    assert!(text.contains("corpus/cases/out/echo.toml:10"), "{text}");
    let line = text.lines().find(|line| line.contains("abd")).unwrap();
    assert!(line.find("abd") < line.find("abc"), "{line}");
    assert_text!("a-wrong-expectation", text);
}

#[test]
fn what_is_said_changes_no_verdict() {
    for option in ["-q", "-v"] {
        let red = wrong().qip(&["conformance", "--corpus", "corpus", option]);
        assert_eq!(red.code, 1);
        let green = small().qip(&["conformance", "--corpus", "corpus", option]);
        assert_eq!(green.code, 0);
    }
}

#[test]
fn a_known_failure_leaves_a_run_green_until_it_passes() {
    let known = r#"[[known]]
case = "out/echo#three-letters"
outcome = { utf8 = "abc" }
reason = "it is the expectation that is wrong"
link = "https://example.org/1"
"#;
    let args = ["conformance", "--corpus", "corpus", "--engine", "wasmi"];
    let directory = wrong();
    directory.file("corpus/expectations/wasmi.toml", known);
    assert_eq!(directory.qip(&args).code, 0);
    let directory = small();
    directory.file("corpus/expectations/wasmi.toml", known);
    let answer = directory.qip(&args);
    assert_eq!(answer.code, 1, "{}", answer.text());
}

#[test]
fn a_corpus_that_does_not_load_is_told_with_file_and_line() {
    let directory = small();
    let cases = CASES.replace(r#"["OUT-3"]"#, r#"["OUT-99"]"#);
    directory.file("corpus/cases/out/echo.toml", cases);
    directory.file("corpus/cases/out/unused.wat", "(module)");
    let answer = directory.qip(&["conformance", "--corpus", "corpus"]);
    answer.assert_fails(3, &["corpus/cases/out/echo.toml:5", "`OUT-99`"]);
    // All of it at once.
    for text in [
        "corpus/cases/out/echo.toml:11",
        "corpus/cases/out/unused.wat:1",
    ] {
        assert!(
            answer.stderr.contains(text),
            "{text} is not in {}",
            answer.stderr
        );
    }
    assert_text!("a-corpus-that-does-not-load", answer.stderr);
}

#[test]
fn an_unknown_key_is_told_with_file_and_line() {
    let directory = small();
    let cases = CASES.replace(r#"{ utf8 = "abc" }"#, r#"{ utf9 = "abc" }"#);
    directory.file("corpus/cases/out/echo.toml", cases);
    let answer = directory.qip(&["conformance", "--corpus", "corpus"]);
    answer.assert_fails(3, &["corpus/cases/out/echo.toml:13", "`utf9`", "`utf8`"]);
}

#[test]
fn a_module_that_does_not_parse_is_told_with_file_and_line() {
    let directory = small();
    directory.file("corpus/cases/out/echo.wat", "(module\n  (nonsense))");
    let answer = directory.qip(&["conformance", "--corpus", "corpus"]);
    answer.assert_fails(3, &["corpus/cases/out/echo.wat:2"]);
}

#[test]
fn the_lock_is_checked_both_ways() {
    let directory = small();
    directory.file(
        "corpus/cases.lock",
        "out/echo#a-letter\n# a comment\nout/echo#gone\n",
    );
    let answer = directory.qip(&["conformance", "--corpus", "corpus"]);
    answer.assert_fails(3, &[]);
    for text in [
        "corpus/cases/out/echo.toml:10",
        "`out/echo#three-letters`",
        "corpus/cases.lock:3",
        "`out/echo#gone`",
    ] {
        assert!(
            answer.stderr.contains(text),
            "{text} is not in {}",
            answer.stderr
        );
    }
}

#[test]
fn a_corpus_that_is_not_there() {
    let directory = Directory::new();
    for option in ["--corpus", "--cases"] {
        let answer = directory.qip(&["conformance", option, "no-such"]);
        answer.assert_fails(3, &["no-such"]);
    }
}

#[test]
fn a_report_has_a_header_and_a_footer() {
    let directory = wrong();
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "--report",
        "jsonl=report.jsonl",
    ];
    let answer = directory.qip(&args);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    assert!(answer.text().contains("red: 1 case fails"));
    let report = directory.read_text("report.jsonl");
    let lines: Vec<&str> = report.lines().collect();
    // Two cases on each engine.
    let last = 1 + 2 * ENGINES.len();
    assert_eq!(lines.len(), last + 1);
    assert!(lines[0].starts_with(r#"{"header":{"#), "{}", lines[0]);
    assert!(lines[last].starts_with(r#"{"footer":{"#), "{}", lines[last]);
    assert!(lines[last].contains(r#""green":false"#), "{}", lines[last]);
    for line in &lines[1..last] {
        assert!(
            line.starts_with(r#"{"verdict":{"case":"out/echo#"#),
            "{line}"
        );
    }
    let failing = |line: &&&str| line.contains(r#""verdict":"fail""#);
    assert_eq!(lines.iter().filter(failing).count(), ENGINES.len());
}

#[test]
fn several_reports_and_a_word_about_them() {
    let directory = small();
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "-v",
        "--report",
        "jsonl=a=b",
        "--report",
        "jsonl=c",
    ];
    let answer = directory.qip(&args);
    assert_eq!(answer.code, 0);
    assert!(directory.read_text("a=b").ends_with('\n'));
    assert_eq!(
        directory.read_text("c").lines().count(),
        2 + 2 * ENGINES.len()
    );
    for path in ["`a=b`", "`c`"] {
        assert!(answer.stderr.contains(path), "{}", answer.stderr);
    }
}

#[test]
fn a_report_that_cannot_be_written() {
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "--report",
        "jsonl=no-such/report",
    ];
    let answer = small().qip(&args);
    assert_eq!(answer.code, 3);
    // What was found out is shown all the same.
    assert!(answer.text().contains("green: 2 of 2 cases judged"));
    assert!(
        answer
            .first_line()
            .starts_with("error: cannot write `no-such/report`: ")
    );
}

#[test]
fn a_report_is_written_though_nobody_reads_the_table() {
    let directory = small();
    let args = [
        "conformance",
        "--corpus",
        "corpus",
        "--report",
        "jsonl=report.jsonl",
    ];
    assert_eq!(close_after(&directory, &args, 0), (0, String::new()));
    let report = directory.read_text("report.jsonl");
    assert!(report.lines().last().unwrap().starts_with(r#"{"footer":"#));
}

/// A red run is red also for `qip conformance | head`.
#[test]
fn a_red_run_is_red_though_nobody_reads_the_table() {
    let directory = wrong();
    let args = ["conformance", "--corpus", "corpus"];
    assert_eq!(close_after(&directory, &args, 0), (1, String::new()));
}

#[test]
fn the_lock_is_brought_up_to_date() {
    let directory = small();
    directory.file("corpus/cases.lock", "out/echo#gone\n");
    let args = ["conformance", "--corpus", "corpus", "--update-lock"];
    let answer = directory.qip(&args);
    // Cases are counted, not lines: the lock says in a comment what it is.
    answer.assert_prints("2 cases in `corpus/cases.lock`\n");
    let lock = directory.read_text("corpus/cases.lock");
    let ids: String = lock
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(ids, LOCK);
    assert_eq!(
        directory.qip(&["conformance", "--corpus", "corpus"]).code,
        0
    );
}

#[test]
fn a_lock_of_cases_that_do_not_load_is_left_alone() {
    let directory = small();
    directory.file("corpus/cases/out/echo.toml", "nonsense");
    let answer = directory.qip(&["conformance", "--corpus", "corpus", "--update-lock"]);
    answer.assert_fails(3, &["corpus/cases/out/echo.toml:1"]);
    assert_eq!(directory.read_text("corpus/cases.lock"), LOCK);
}

#[test]
fn cases_without_a_lock() {
    let directory = small();
    let answer = directory.qip(&["conformance", "--cases", "corpus/cases"]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    assert_eq!(
        answer.text().matches("green: 2 of 2 cases judged").count(),
        ENGINES.len()
    );
    let directory = wrong();
    let answer = directory.qip(&["conformance", "--cases", "corpus/cases"]);
    assert_eq!(answer.code, 1);
}

#[test]
fn an_export_of_the_selected_cases() {
    let directory = small();
    let export = |more: &[&str]| {
        let args = ["conformance", "--corpus", "corpus", "--export", "out"];
        directory.qip(&[&args, more].concat())
    };
    export(&[]).assert_prints("2 cases and 1 module in `out`\n");
    let all = directory.read_text("out/cases.json");
    assert!(all.contains("out/echo#a-letter") && all.contains("out/echo#three-letters"));
    // `\0asm` and version 1.
    assert!(
        directory
            .read("out/modules/out/echo.wasm")
            .starts_with(b"\0asm\x01\0\0\0")
    );
    assert!(
        directory
            .read_text("out/README.md")
            .contains("`cases.json`")
    );
    assert!(
        directory
            .read_text("out/clauses.toml")
            .contains("id = \"OUT-3\"")
    );

    export(&["--filter", "a-letter"]).assert_prints("1 case and 1 module in `out`\n");
    let some = directory.read_text("out/cases.json");
    assert!(some.contains("out/echo#a-letter") && !some.contains("out/echo#three-letters"));
    export(&["--filter", "nothing"]).assert_fails(2, &["no case is selected"]);
    assert_eq!(directory.read_text("out/cases.json"), some);
}

#[test]
fn an_export_takes_no_directory_of_somebody_else() {
    let directory = small();
    directory.file("out/notes.txt", "mine");
    let answer = directory.qip(&["conformance", "--corpus", "corpus", "--export", "out"]);
    answer.assert_fails(
        3,
        &["`out` holds something else: expected a directory that"],
    );
    assert_eq!(directory.read_text("out/notes.txt"), "mine");
    let answer = directory.qip(&[
        "conformance",
        "--corpus",
        "corpus",
        "--export",
        "out/notes.txt",
    ]);
    answer.assert_fails(3, &["cannot write `out/notes.txt`: "]);
}

#[test]
fn an_export_judges_nothing() {
    for other in [
        &["--list"][..],
        &["--report", "jsonl=x"],
        &["--update-lock"],
    ] {
        let args = ["conformance", "--corpus", "corpus", "--export", "out"];
        let answer = small().qip(&[&args, other].concat());
        answer.assert_fails(2, &["cannot be used with"]);
    }
}
