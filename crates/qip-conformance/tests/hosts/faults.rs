//! Hostile host programs: each gets its verdict, and none hangs the harness or outlives it.

use std::time::{Duration, Instant};

use qip_cases::{Outcome, Subject as _};
use qip_conformance::{HostProgram, HostSettings, Run};

use crate::Test;
use crate::program::SLEEP;
use crate::run::{
    Told, assert_none_left, command, corpus, impatient, patient, red, report, small, start, told,
};

macro_rules! tests {
    ($($name:ident,)*) => {
        pub(crate) const TESTS: &[Test] = &[$((concat!("faults::", stringify!($name)), $name),)*];
    };
}

tests! {
    a_sound_one_is_green,
    always_the_same_answer,
    one_answer_behind,
    another_id,
    garbage,
    no_utf8,
    an_empty_line,
    half_a_line,
    an_answer_without_its_line_end,
    a_line_without_end,
    a_crash,
    an_end,
    an_end_after_each_answer,
    never_stops_crashing,
    a_hang,
    a_hang_is_said_to_be_one,
    does_not_read,
    closes_stdin,
    closes_stdout,
    says_hello_and_ends,
    claims_what_it_lacks,
    lacks_what_no_case_needs,
    answers_before_it_is_asked,
    answers_twice,
    begins_a_line_too_early,
    changes_after_a_restart,
    ignores_the_end_of_stdin,
    leaves_a_child,
    a_child_holds_stdout_open,
    floods_stderr,
    speaks_last,
    a_module_that_does_not_assemble,
    several_at_once,
}

const PASSES: &str = "pass";

/// The second case is broken so; the first and, after a restart, the third pass.
#[track_caller]
fn assert_second(mode: &str, settings: HostSettings, why: &str) {
    let told = red(mode, &[], settings);
    assert_eq!([&*told[0], &*told[2]], [PASSES; 2], "{told:#?}");
    let found = told[1]
        .strip_prefix("broken: ")
        .unwrap_or_else(|| panic!("{told:#?}"));
    assert!(found.starts_with(why), "{found}");
}

fn a_sound_one_is_green() {
    let told_on_stderr = Told::default();
    for mode in ["sound", "echoes"] {
        let report = report(&small(), mode, &[], told_on_stderr.settings());
        assert!(report.is_green(), "{}", report.table());
        assert_eq!(told(&report), [PASSES; 3]);
    }
    assert_eq!(told_on_stderr.lines(), [""; 0]);
}

fn always_the_same_answer() {
    let told = red("always-the-same", &[], patient());
    assert_eq!(told, ["fail"; 3]);
}

fn one_answer_behind() {
    let why = "an answer for `host/small#one`, expected one for `host/small#two`, in the line `{";
    assert_second("is-one-behind", patient(), why);
}

fn another_id() {
    let line = r#"{"id": "host/small#x", "outcome": {"scalar": {"value": 1}}}"#;
    let told = red("says", &[line], patient());
    let why = "broken: an answer for `host/small#x`, expected one for `host/small#";
    assert!(told.iter().all(|told| told.starts_with(why)), "{told:#?}");
}

fn garbage() {
    let why = "a line that is no answer: no JSON: expected value at column 1, \
               in the line `Segmentation fault, or so\\u{1b}[31m`";
    assert_second("says-garbage", patient(), why);
}

fn no_utf8() {
    assert_second(
        "says-no-utf8",
        patient(),
        "a line that is no answer: no UTF-8 at byte 8, in the line `",
    );
}

fn an_empty_line() {
    assert_second(
        "says-nothing",
        patient(),
        "a line that is no answer: the line is empty",
    );
}

fn half_a_line() {
    let told = red("stops-in-a-line", &[], patient());
    assert!(
        told[1].starts_with("broken: the program ended (exit"),
        "{told:#?}"
    );
    let why = ": 7): 20 bytes came, and no end of line, \
               expected a line feed after the answer, and a flush, \
               in the line `{\"id\":\"host/small#tw`; the last of its stderr: `no more`";
    assert!(told[1].ends_with(why), "{told:#?}");
    assert_eq!([&*told[0], &*told[2]], [PASSES; 2]);
}

/// How soon the answer comes is up to the machine: a slow one is given more time.
fn an_answer_without_its_line_end() {
    let answer = r#"{"id":"host/small#two","outcome":{"output":{"bytes":"Mg==","kind":"utf8"}}}"#;
    let told = [300, 3_000, 30_000].into_iter().find_map(|grace| {
        let settings = HostSettings {
            grace: Duration::from_millis(grace),
            ..patient()
        };
        let told = red("forgets-the-line-end", &[], settings);
        let within = 2_000 + grace;
        let nothing = format!("broken: no answer within {within} ms");
        (told[1] != nothing).then(|| told[1].replace(&format!("{within} ms"), "some ms"))
    });
    let why = format!(
        "broken: no answer within some ms: {} bytes came, and no end of line, \
         expected a line feed after the answer, and a flush, in the line `{answer}`",
        answer.len()
    );
    assert_eq!(told.as_ref(), Some(&why));
}

fn a_line_without_end() {
    assert_second(
        "never-ends-a-line",
        patient(),
        "a line of more than 64 MiB, in the line `aaaa",
    );
}

fn a_crash() {
    let told = red("crashes", &[], patient());
    assert!(
        told[1].starts_with("broken: the program ended ("),
        "{told:#?}"
    );
    if cfg!(unix) {
        assert!(told[1].contains("signal: 6"), "{told:#?}");
    }
    let why = " without an answer; the last of its stderr: `out of luck`";
    assert!(told[1].ends_with(why), "{told:#?}");
    assert_eq!([&*told[0], &*told[2]], [PASSES; 2]);
}

fn an_end() {
    assert_second("ends", patient(), "the program ended (exit");
}

fn an_end_after_each_answer() {
    // It is charged to the case that was asked, and the next process answers the next.
    assert_second("answers-and-ends", patient(), "the program ended (exit");
}

fn never_stops_crashing() {
    let cases: String = (0..14)
        .map(|number| format!("[[case]]\nname = \"case {number}\"\nexpect = {{ utf8 = \"\" }}\n"))
        .collect();
    let (head, _) = crate::run::SMALL.split_once("[[case]]").unwrap();
    let report = report(
        &corpus(&format!("{head}{cases}")),
        "always-crashes",
        &[],
        patient(),
    );
    assert_eq!(report.reasons(), ["hostile: 14 cases are broken"]);
    let told = told(&report);
    // The first process, and ten more.
    for told in &told[..11] {
        assert!(
            told.starts_with("broken: the program ended (exit"),
            "{told}"
        );
    }
    assert_eq!(told[11..], ["broken: given up after ten restarts"; 3]);
}

fn a_hang() {
    let told = red("hangs", &[], impatient());
    assert_eq!(told, [PASSES, "broken: no answer within 3000 ms", PASSES]);
}

fn a_hang_is_said_to_be_one() {
    let corpus = corpus(crate::run::SMALL);
    let host = start("hangs", &[], impatient()).unwrap();
    let answers = corpus.cases().iter();
    let answers = answers.map(|case| host.run(&case.id, &case.task));
    let hung = [Outcome::hung("no answer within 3000 ms")];
    assert_eq!(answers.collect::<Vec<_>>()[1], hung);
}

/// More than a pipe holds, to a program that does not read.
fn does_not_read() {
    let text = crate::run::SMALL.replace(
        "input = \"1\"",
        "input = { repeat = \"1\", count = 10000000 }",
    );
    let host = start("sleeps-after-hello", &[], impatient()).unwrap();
    let report = Run::new(&corpus(&text))
        .exact("host/small#one")
        .subject(host)
        .execute(&mut |_, _| {});
    assert_eq!(told(&report), ["broken: no answer within 3000 ms"]);
}

const SHELL_HELLO: &str = r#"echo '{"hello": {"protocol": 1, "host": "hostile", "version": "1", "capabilities": ["content", "time-limit"]}}'"#;

/// The only verdict on a few lines of shell.
fn of_shell(lines: &str) -> Option<String> {
    if !cfg!(unix) {
        eprintln!("skipped: it is written for a POSIX shell");
        return None;
    }
    let command = shlex::try_join(["sh", "-c", &lines.replace("HELLO", SHELL_HELLO)]).unwrap();
    let host = HostProgram::start_with(&command, patient());
    let host = host.unwrap_or_else(|error| panic!("{error}"));
    let report = Run::new(&small())
        .exact("host/small#one")
        .subject(host)
        .execute(&mut |_, _| {});
    let [told] = &told(&report)[..] else {
        panic!("{}", report.table())
    };
    Some(told.clone())
}

fn closes_stdin() {
    if let Some(told) = of_shell("read hello; exec <&-; HELLO; exec sleep 60") {
        assert!(
            told.starts_with("broken: its stdin cannot be written: "),
            "{told}"
        );
    }
}

fn closes_stdout() {
    if let Some(told) = of_shell("read hello; HELLO; read case; exec >&-; exec sleep 60") {
        assert_eq!(
            told,
            "broken: the program closed its stdout without an answer"
        );
    }
}

/// It does not even read.
fn says_hello_and_ends() {
    if let Some(told) = of_shell("HELLO") {
        assert_eq!(
            told,
            "broken: the program ended (exit status: 0) without an answer"
        );
    }
}

fn claims_what_it_lacks() {
    let told = red("claims-everything", &[], patient());
    let why = "broken: says that it lacks `fuel`, which it claims to have";
    assert_eq!(told, [PASSES, why, PASSES]);
}

/// Green would be too cheap: it answers one case, and says of all others that they need
/// what it never claimed.
fn lacks_what_no_case_needs() {
    let told = red("lacks-what-no-case-needs", &[], patient());
    let why = "broken: says that it lacks `image`, which the case does not need";
    assert_eq!(told, [PASSES, why, why]);
}

fn answers_before_it_is_asked() {
    let told = red("answers-early", &[], patient());
    // So does every process that is started again: none is ever asked anything.
    let why = "broken: a line that nobody asked for, in the line `{\"id\":\"host/small#one\"";
    assert!(told.iter().all(|told| told.starts_with(why)), "{told:#?}");
}

fn answers_twice() {
    let told = red("answers-twice-at-once", &[], patient());
    assert_eq!(told[..2], [PASSES; 2]);
    let why = "broken: a line that nobody asked for, in the line `{\"id\":\"host/small#two\"";
    assert!(told[2].starts_with(why), "{told:#?}");
    // Written apart, it may come before or after the next case is put.
    let told = red("answers-twice", &[], patient());
    assert_eq!(told[..2], [PASSES; 2]);
    let late = "broken: an answer for `host/small#two`, expected one for `host/small#three`";
    assert!(
        told[2].starts_with(why) || told[2].starts_with(late),
        "{told:#?}"
    );
}

/// It may come before or after the next case is put, whose answer then ends the line.
fn begins_a_line_too_early() {
    let told = red("answers-and-begins-a-line", &[], patient());
    assert_eq!(told[..2], [PASSES; 2]);
    let early = "broken: the beginning of a line that nobody asked for";
    let late = "broken: a line that is no answer: ";
    assert!(told[2] == early || told[2].starts_with(late), "{told:#?}");
}

fn changes_after_a_restart() {
    for (what, why) in [
        ("name", "another `host`: `other`, expected `hostile`"),
        ("version", "another `version`: `1.1`, expected `1.0`"),
        ("engine", "another `engine`: `other 1`, expected none"),
        (
            "capabilities",
            "another list of `capabilities`: content, time-limit, expected content, requests, time-limit",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let starts = directory.path().join("starts");
        let told = red(
            &format!("changes-its-{what}"),
            &[starts.to_str().unwrap()],
            patient(),
        );
        assert_eq!(told[0], PASSES);
        assert!(
            told[1].starts_with("broken: the program ended (exit"),
            "{told:#?}"
        );
        assert_eq!(
            told[2],
            format!("broken: after a restart, hello is answered with {why}")
        );
    }
}

fn ignores_the_end_of_stdin() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("all.pids");
    let begin = Instant::now();
    let report = report(
        &small(),
        "ignores-the-end",
        &[list.to_str().unwrap()],
        impatient(),
    );
    assert!(report.is_green(), "{}", report.table());
    // It was not waited for until it left by itself.
    assert!(begin.elapsed() < SLEEP);
    assert_none_left(&list);
}

fn leaves_a_child() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("all.pids");
    let report = report(
        &small(),
        "leaves-a-child",
        &[list.to_str().unwrap()],
        patient(),
    );
    assert!(report.is_green(), "{}", report.table());
    assert_none_left(&list);
}

fn a_child_holds_stdout_open() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("all.pids");
    let told = red(
        "leaves-a-child-and-ends",
        &[list.to_str().unwrap()],
        patient(),
    );
    assert!(
        told[1].starts_with("broken: the program ended (exit"),
        "{told:#?}"
    );
    assert_eq!([&*told[0], &*told[2]], [PASSES; 2]);
    assert_none_left(&list);
}

fn floods_stderr() {
    let on_stderr = Told::default();
    let report = report(&small(), "floods-stderr", &[], on_stderr.settings());
    assert!(report.is_green(), "{}", report.table());
    let lines = on_stderr.lines();
    // Escaped, a control character is six.
    let bytes: usize = lines.iter().map(String::len).sum();
    assert!(bytes < 8 << 20, "{bytes}");
    let last = lines.last().unwrap();
    assert_eq!(
        last,
        "hostile: (more than 1048576 bytes on stderr: the rest is not shown)"
    );
    for line in &lines {
        assert!(
            line.starts_with("hostile: ") && !line.contains('\u{7}'),
            "{line}"
        );
    }
}

/// What comes on stderr after stdin has ended, and without the end of a line, is told too.
fn speaks_last() {
    let on_stderr = Told::default();
    let report = report(&small(), "says-goodbye", &[], on_stderr.settings());
    assert!(report.is_green(), "{}", report.table());
    assert_eq!(on_stderr.lines(), ["hostile: goodbye"]);
    // Before it has said its name, it goes by that of the program.
    let on_stderr = Told::default();
    assert!(start("crashes-at-start", &[], on_stderr.settings()).is_err());
    let first = on_stderr.lines().remove(0);
    assert!(
        first.starts_with("hosts") && first.ends_with(": one"),
        "{first}"
    );
}

/// It is not the host's fault, and the host is not asked.
fn a_module_that_does_not_assemble() {
    let text = crate::run::SMALL.replace("(module\n", "(modul\n");
    let report = report(&corpus(&text), "echoes", &[], patient());
    for told in told(&report) {
        let why = "broken: small.toml:4: the WebAssembly text does not parse";
        assert!(told.starts_with(why), "{told}");
    }
}

/// Cases that are asked from several threads wait for each other.
fn several_at_once() {
    let host = start("echoes", &[], patient()).unwrap();
    let again = start("echoes", &[], patient()).unwrap();
    assert_eq!(host.command(), command("echoes", &[]));
    let report = Run::new(&small())
        .subject(host)
        .subject(again)
        .threads(6)
        .execute(&mut |_, _| {});
    assert!(report.is_green(), "{}", report.table());
    assert_eq!(report.subjects()[1].name(), "hostile (2)");
}
