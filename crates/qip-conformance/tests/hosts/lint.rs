//! Looking at the conversation only.

use std::time::Duration;
use std::{fs, thread};

use qip_cases::Corpus;
use qip_conformance::{EngineSubject, Exchange, HostSettings, LintReply, Run};
use qip_host::BuiltIn;
use qip_host::wasmi::Wasmi;
use qip_model::Model;

use crate::Test;
use crate::run::{assert_none_left, impatient, patient, start};

pub(crate) const TESTS: &[Test] = &[
    (
        "lint::tasks_mean_what_their_names_say",
        tasks_mean_what_their_names_say,
    ),
    ("lint::a_sound_host", a_sound_host),
    ("lint::faults", faults),
    ("lint::a_host_that_never_leaves", a_host_that_never_leaves),
    ("lint::hosts_that_leave_badly", hosts_that_leave_badly),
    ("lint::a_host_that_always_dies", a_host_that_always_dies),
    (
        "lint::a_host_that_starts_only_once",
        a_host_that_starts_only_once,
    ),
    (
        "lint::a_host_that_is_dead_before_its_stdin_ends",
        a_host_that_is_dead_before_its_stdin_ends,
    ),
];

fn tasks_mean_what_their_names_say() {
    let text = include_str!("../../src/host_program/lint.toml");
    let corpus = Corpus::parse("lint", "host", text).unwrap_or_else(|errors| panic!("{errors}"));
    let run = Run::new(&corpus).subject(Model::new(Wasmi::new()));
    let engines = BuiltIn::ALL.iter();
    let run = engines.fold(run, |run, engine| {
        run.subject(EngineSubject::shared(engine.engine()))
    });
    let report = run.execute(&mut |_, _| {});
    assert!(report.is_green(), "{}", report.table());
}

#[track_caller]
fn lint(mode: &str, args: &[&str], settings: HostSettings) -> Vec<Exchange> {
    let host = start(mode, args, settings).unwrap_or_else(|error| panic!("{error}"));
    host.lint().collect()
}

fn shown(exchanges: &[Exchange]) -> String {
    let lines = exchanges.iter().map(|exchange| format!("{exchange}\n"));
    lines.collect()
}

fn a_sound_host() {
    let exchanges = lint("sound", &[], patient());
    for exchange in &exchanges {
        assert!(
            matches!(exchange.reply, LintReply::Answered(_) | LintReply::Left),
            "{exchange}"
        );
    }
    insta::assert_snapshot!("lint_of_a_sound_host", shown(&exchanges));
}

/// What differs from system to system is how the end of a process is told.
fn faults() {
    let mut text = String::new();
    for (mode, args) in [
        ("echoes", &[][..]),
        ("says-garbage", &[]),
        ("stops-in-a-line", &[]),
        ("claims-everything", &[]),
        ("lacks-what-no-case-needs", &[]),
        ("answers-early", &[]),
        (
            "says",
            &[r#"{"id": "ID", "outcome": {"broken": {"why": "no engine\u001b"}}}"#],
        ),
    ] {
        let exchanges = lint(mode, args, patient());
        // The rest is like it.
        let some = &exchanges[..3];
        text += &format!("# {mode}\n{}\n", shown(some));
        let last = exchanges.last().unwrap();
        assert_eq!(last.asked, "the end of stdin");
    }
    insta::with_settings!({ filters => vec![(r"\(exit (status|code): 7\)", "([status])")] }, {
        insta::assert_snapshot!("lint_of_faults", text);
    });
}

/// It is asked until it is given up; what was not asked is no fault.
fn a_host_that_always_dies() {
    let exchanges = lint("always-crashes", &[], patient());
    let faults = exchanges
        .iter()
        .filter(|exchange| matches!(exchange.reply, LintReply::Fault(_)));
    // The first process, and ten more.
    assert_eq!(faults.count(), 11);
    insta::with_settings!({ filters => vec![(r"\(exit (status|code): 9\)", "([status])")] }, {
        insta::assert_snapshot!("lint_of_a_host_that_always_dies", shown(&exchanges));
    });
}

fn a_host_that_starts_only_once() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("starts");
    let exchanges = lint("starts-only-once", &[list.to_str().unwrap()], patient());
    let status = if cfg!(windows) { "code" } else { "status" };
    assert_eq!(
        shown(&exchanges[1..3]),
        format!(
            "fault  an empty input: the program ended (exit {status}: 9) without an answer\n\
             fault  an input of one MiB: after a restart, the program ended (exit {status}: 4) \
             without an answer\n         stderr: still locked\n"
        )
    );
}

/// It claims nothing, so that there is nothing to ask it.
fn a_host_that_is_dead_before_its_stdin_ends() {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: whether a process has ended is only asked on Linux");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("all.pids");
    let hello = r#"{"hello": {"protocol": 1, "host": "a", "version": "1", "capabilities": []}}"#;
    let args = [hello, list.to_str().unwrap()];
    let host =
        start("ends-after-hello", &args, patient()).unwrap_or_else(|error| panic!("{error}"));
    let process = fs::read_to_string(&list).unwrap();
    let stat = format!("/proc/{}/stat", process.trim());
    // Nobody has asked for its exit status yet.
    while !fs::read_to_string(&stat).unwrap().contains(") Z ") {
        thread::sleep(Duration::from_millis(1));
    }
    let exchanges: Vec<Exchange> = host.lint().collect();
    let last = exchanges.last().unwrap().to_string();
    assert_eq!(
        last,
        "fault  the end of stdin: the program ended (exit status: 6) before its stdin did"
    );
}

fn a_host_that_never_leaves() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("all.pids");
    let exchanges = lint("ignores-the-end", &[list.to_str().unwrap()], impatient());
    let last = exchanges.last().unwrap().to_string();
    assert_eq!(
        last,
        "fault  the end of stdin: the program goes on when its stdin has ended\n         \
         expected: its end within 300 ms"
    );
    assert_none_left(&list);
}

fn hosts_that_leave_badly() {
    let last = |mode| {
        let exchanges = lint(mode, &[], patient());
        let last = exchanges.last().unwrap();
        last.to_string()
    };
    let unasked = |line| {
        format!("fault  the end of stdin: a line that nobody asked for\n         line: {line}")
    };
    assert_eq!(last("says-more"), unasked("4 cases answered"));
    assert_eq!(last("says-half-a-line-more"), unasked("bye"));
    // It does not hang either.
    assert_eq!(last("never-stops-saying-more"), unasked("bye"));
    let status = if cfg!(windows) { "code" } else { "status" };
    assert_eq!(
        last("fails-at-the-end"),
        format!(
            "fault  the end of stdin: the program ended (exit {status}: 3)\n         \
             expected: the status of success, 0\n         stderr: out of luck"
        )
    );
    assert_eq!(last("says-goodbye"), "ok     the end of stdin: it ends");
}
