//! `qip conformance --cli`: this very command, judged as any command line.

use crate::directory::{Answer, Directory};

const QIP: &str = env!("CARGO_BIN_EXE_qip");

/// How many cases must be judged of it. The others are those that a command line cannot
/// be told: several requests, a caller's content type, lenient numbers, most limits.
const JUDGED: usize = 1000;

/// The command, as a shell has to read it.
fn command() -> String {
    format!("'{QIP}'")
}

fn judge(args: &[&str]) -> Answer {
    Directory::new().qip(&[&["conformance"], args].concat())
}

#[test]
fn qip_run_conforms() {
    let answer = judge(&["--cli", &command()]);
    let text = answer.text();
    assert_eq!((answer.code, &*answer.stderr), (0, ""), "{text}");
    let version = env!("CARGO_PKG_VERSION");
    assert!(text.starts_with(&format!("qip {version} *\n")), "{text}");
    assert!(
        text.contains("\n* coarse: judged by what it prints"),
        "{text}"
    );
    let line = text.lines().find(|line| line.contains("green: ")).unwrap();
    let numbers = line.split_whitespace();
    let numbers: Vec<usize> = numbers.filter_map(|word| word.parse().ok()).collect();
    assert!(numbers[0] >= JUDGED, "{line}");
    assert_eq!(numbers[0] + numbers[2], numbers[1], "{line}");
    // What cannot be seen is not counted as judged.
    for kind in [" content_type", " stage,", " offset"] {
        assert!(!text.contains(kind), "{text}");
    }
}

#[test]
fn engines_are_judged_beside_it_where_they_are_asked_for() {
    let filter = ["--filter", "in/capacity-is-inclusive#", "--cli"];
    let command = command();
    let alone = judge(&[&filter[..], &[&command]].concat());
    assert_eq!(alone.text().matches("green: 12 of 12").count(), 1);
    let both = judge(&[&filter[..], &[&command, "--engine", "wasmi"]].concat());
    assert_eq!(both.text().matches("green: 12 of 12").count(), 2);
    assert!(both.text().contains("  wasmi  qip *\n"), "{}", both.text());
    assert!(both.text().contains("\n* coarse: "), "{}", both.text());
    let several = judge(&[&filter[..], &[&command, "--cli", &command, "--model"]].concat());
    assert_eq!(several.text().matches("green: 12 of 12").count(), 3);
    for answer in [alone, both, several] {
        assert_eq!((answer.code, &*answer.stderr), (0, ""));
    }
}

#[test]
fn each_case_is_run_twice_in_a_thorough_run() {
    let filter = ["--filter", "in/capacity-is-inclusive#", "--cli"];
    let command = command();
    let thorough = ["--thorough", "--seed", "7"];
    let answer = judge(&[&filter[..], &[&command], &thorough].concat());
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    let state = "green: 12 of 12 cases judged, twice each, in shuffled order (seed 7)\n";
    assert!(answer.text().contains(state), "{}", answer.text());
}

/// It leaves a file behind, and then prints something else.
#[test]
#[cfg(unix)]
fn a_command_that_keeps_state_is_red_in_a_thorough_run_alone() {
    let script = format!(
        "case \"$*\" in
         *leaves*) if test -e left; then echo b; else echo > left; echo a; fi;;
         *) exec '{QIP}' \"$@\";;
         esac"
    );
    let case = r#"summary = "leaves a file behind"

[[case]]
name = "leaves a file behind"
clauses = ["OUT-3"]
uniforms = { leaves = "1" }
expect = { any = [{ utf8 = "a" }, { utf8 = "b" }] }
"#;
    let directory = crate::conformance::small();
    directory.file("corpus/cases/out/echo.toml", case);
    directory.file("script.sh", script);
    let run = |options: &[&str]| {
        let own = [
            "conformance",
            "--cases",
            "corpus/cases",
            "--cli",
            "sh script.sh",
        ];
        directory.qip(&[&own, options].concat())
    };
    assert_eq!(run(&[]).code, 0);
    std::fs::remove_file(directory.path("left")).unwrap();
    let answer = run(&["--thorough"]);
    assert_eq!((answer.code, &*answer.stderr), (1, ""));
    let text = answer.text();
    assert!(
        text.contains("answered differently the second time"),
        "{text}"
    );
}

#[test]
fn the_report_says_that_it_is_coarse() {
    let directory = Directory::new();
    let answer = directory.qip(&[
        "conformance",
        "--cli",
        &command(),
        "--engine",
        "wasmi",
        "--filter",
        "out/scalar",
        "--report",
        "jsonl=report.jsonl",
    ]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
    let report = directory.read_text("report.jsonl");
    let header = report.lines().next().unwrap();
    let [engine, command] = ["wasmi", "qip"].map(|name| {
        let (_, subject) = header
            .split_once(&format!(r#""name":"{name}","version""#))
            .unwrap();
        subject.split('}').next().unwrap()
    });
    assert!(engine.contains(r#""coarse":false"#), "{header}");
    assert!(command.contains(r#""coarse":true"#), "{header}");
}

#[test]
fn what_is_no_command_line_is_told() {
    let judge = |command| judge(&["--cli", command, "--filter", "out/scalar"]);
    judge("no-such-program").assert_fails(3, &["cannot judge `no-such-program`: "]);
    judge("'no end").assert_fails(2, &["cannot judge `'no end`: ", "a quote is not closed"]);
    let nothing = judge(" ");
    nothing.assert_fails(2, &["no program is named"]);
    assert!(nothing.stderr.contains("\nhelp: "), "{}", nothing.stderr);
}

/// It has its own subcommand `run` twice, so all that it says is that it is not understood.
/// Where a failure is expected it would pass.
#[test]
fn a_command_that_is_none_of_this_kind_cannot_be_judged() {
    let command = format!("{} run", command());
    let answer = judge(&["--cli", &command, "--filter", "mod/"]);
    let why = "it fails a module that is sound";
    answer.assert_fails(3, &["cannot judge `", why, "found 3: \"error: "]);
}
