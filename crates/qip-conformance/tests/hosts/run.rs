//! Running this test as a host program.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use qip_cases::Corpus;
use qip_conformance::{HostProgram, HostSettings, Report, Run, StartError, Verdict};

use crate::program::SLEEP;

/// The text of a case file with cases of these names: each echoes its own, one more
/// often than the one before.
pub(crate) const SMALL: &str = r#"
summary = "an echo"
module = { wat = '''
  (module
    (memory (export "memory") 2 2)
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_utf8_cap") i32 (i32.const 65536))
    (global (export "output_ptr") i32 (i32.const 0))
    (global (export "output_utf8_cap") i32 (i32.const 65536))
    (func (export "run") (param i32) (result i32) (local.get 0)))
''' }

[defaults]
clauses = ["OUT-3"]
limits = { time_ms = 2000 }

[[case]]
name = "one"
input = "1"
expect = { utf8 = "1" }

[[case]]
name = "two"
input = "2"
expect = { utf8 = "2" }

[[case]]
name = "three"
input = "3"
expect = { utf8 = "3" }
"#;

pub(crate) fn small() -> Corpus {
    corpus(SMALL)
}

pub(crate) fn corpus(text: &str) -> Corpus {
    Corpus::parse("host", "small", text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The command that is this test in a mode.
pub(crate) fn command(mode: &str, args: &[&str]) -> String {
    let exe = std::env::current_exe().unwrap();
    let mode = format!("host:{mode}");
    let words = [exe.to_str().unwrap(), &mode]
        .into_iter()
        .chain(args.iter().copied());
    shlex::try_join(words).unwrap()
}

/// More time than any mode that does not hang needs, however busy the machine is.
pub(crate) fn patient() -> HostSettings {
    HostSettings {
        grace: Duration::from_secs(30),
        hello_time: Duration::from_secs(30),
        time_to_leave: Duration::from_secs(30),
        ..HostSettings::default()
    }
}

/// Little time, for a mode that hangs; but a case that is answered at once is never late.
pub(crate) fn impatient() -> HostSettings {
    HostSettings {
        grace: Duration::from_secs(1),
        time_to_leave: Duration::from_millis(300),
        ..patient()
    }
}

/// The lines that a host wrote to stderr.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub(crate) fn settings(&self) -> HostSettings {
        let lines = Arc::clone(&self.0);
        HostSettings {
            log: Arc::new(move |line| lines.lock().unwrap().push(line.to_owned())),
            ..patient()
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

pub(crate) fn start(
    mode: &str,
    args: &[&str],
    settings: HostSettings,
) -> Result<HostProgram, StartError> {
    HostProgram::start_with(&command(mode, args), settings)
}

/// Judges this test in a mode on a corpus, its cases in order.
#[track_caller]
pub(crate) fn report(corpus: &Corpus, mode: &str, args: &[&str], settings: HostSettings) -> Report {
    let host = start(mode, args, settings).unwrap_or_else(|error| panic!("{error}"));
    Run::new(corpus)
        .subject(host)
        .threads(1)
        .execute(&mut |_, _| {})
}

/// Every verdict with what is said about it, in one line each.
pub(crate) fn told(report: &Report) -> Vec<String> {
    let results = report.subjects()[0].results().iter();
    results
        .map(|result| match (&result.why, result.verdict) {
            (None, verdict) => verdict.to_string(),
            (Some(why), verdict) => format!("{verdict}: {why}"),
        })
        .collect()
}

/// Judges a mode on the small corpus, which must make it red.
#[track_caller]
pub(crate) fn red(mode: &str, args: &[&str], settings: HostSettings) -> Vec<String> {
    let report = report(&small(), mode, args, settings);
    assert!(!report.is_green(), "{}", report.table());
    let counts = report.subjects()[0].counts();
    assert_eq!(counts.cases, 3, "{}", report.table());
    assert_eq!(
        counts.verdict(Verdict::Unsupported),
        0,
        "{}",
        report.table()
    );
    told(&report)
}

/// Whether none of the processes that are listed in a file is left, nor a zombie of ours.
/// What a host has started becomes another's child when it ends, and a zombie for as long
/// as that one takes.
#[track_caller]
pub(crate) fn assert_none_left(list: &Path) {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: whether a process is left is only asked on Linux");
        return;
    }
    let begin = Instant::now();
    let list = fs::read_to_string(list).unwrap();
    assert!(!list.is_empty());
    for process in list.lines() {
        while let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) {
            // The state and the parent follow the name, which may hold anything.
            let (_, after) = stat.rsplit_once(") ").unwrap();
            let ours = format!(" {} ", std::process::id());
            let is_foreign_zombie = after.starts_with('Z') && !after[1..].starts_with(&ours);
            if is_foreign_zombie {
                break;
            }
            // By itself it ends when it has slept.
            assert!(begin.elapsed() < SLEEP / 2, "a process is left: {stat}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
