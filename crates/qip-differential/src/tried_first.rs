//! An engine that may abort the process: each task is first tried in another one.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use qip_cases::{Capabilities, CaseId, Corpus, Outcome, Subject, Task};
use qip_conformance::EngineSubject;
use wait_timeout::ChildExt as _;

use crate::fixture::Fixture;

/// The argument that makes a program run one case file on one engine, and end.
const ATTEMPT: &str = "attempt";

/// How much longer than its task a process may take, to start and to load.
const GRACE: Duration = Duration::from_secs(10);

/// The most that is kept of what a process says on stderr, in bytes.
const MAX_TOLD: u64 = 64 << 10;

/// A subject whose tasks are first tried in a process of their own.
pub struct TriedFirst {
    inner: EngineSubject,
    program: PathBuf,
}

impl TriedFirst {
    /// Tries tasks with this program, which calls [`attempt`] when it is given the
    /// argument `attempt`, the engine's name and a path.
    pub fn new(inner: EngineSubject, program: &Path) -> TriedFirst {
        TriedFirst {
            inner,
            program: program.to_owned(),
        }
    }

    /// Why the task cannot be run in this process, as its outcome.
    fn obstacle(&self, task: &Task) -> Option<Outcome> {
        let requests = u32::try_from(task.requests.len()).unwrap_or(u32::MAX);
        let allowed = task.time().saturating_mul(requests).saturating_add(GRACE);
        match self.attempt(task, allowed) {
            Ok(None) => None,
            Ok(Some(obstacle)) => Some(obstacle),
            Err(error) => Some(Outcome::broken(format!("it cannot be tried: {error}"))),
        }
    }

    /// What ended the process that ran the task, `None` where it ended by itself.
    fn attempt(&self, task: &Task, allowed: Duration) -> io::Result<Option<Outcome>> {
        let directory = tempfile::tempdir()?;
        let path = Fixture::of_task(task).write(directory.path())?;
        let mut child = Command::new(&self.program)
            .args([ATTEMPT, self.inner.name()])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = child.stderr.take().map(listen);
        let Some(status) = child.wait_timeout(allowed)? else {
            child.kill()?;
            child.wait()?;
            return Ok(Some(Outcome::hung("no answer from the process")));
        };
        if status.success() {
            return Ok(None);
        }
        if let Some(cause) = cause_of_death(status) {
            return Ok(Some(Outcome::broken(cause)));
        }
        let told = told.and_then(|told| told.join().ok()).unwrap_or_default();
        let told = String::from_utf8_lossy(&told);
        let why = format!("the attempt failed: {}", told.trim());
        Ok(Some(Outcome::broken(why)))
    }
}

/// Reads on a thread of its own what a process says, to the end: a process whose pipe is full
/// waits for a reader. Keeps the beginning.
fn listen(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut told = Vec::new();
        // What cannot be read was not said.
        let _ = from.by_ref().take(MAX_TOLD).read_to_end(&mut told);
        let _ = io::copy(&mut from, &mut io::sink());
        told
    })
}

impl Subject for TriedFirst {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn version(&self) -> &str {
        self.inner.version()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome> {
        match self.obstacle(task) {
            None => self.inner.run(id, task),
            Some(obstacle) => vec![obstacle; task.requests.len()],
        }
    }
}

/// Runs the cases of a file on an engine, whatever comes out.
///
/// # Errors
///
/// Where the file cannot be read.
pub fn attempt(subject: &dyn Subject, path: &Path) -> anyhow::Result<()> {
    for case in Corpus::open_file(path)?.cases() {
        subject.run(&case.id, &case.task);
    }
    Ok(())
}

/// What ended a process that did not end by itself. A panic of ours is no such thing.
pub fn cause_of_death(status: ExitStatus) -> Option<String> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(format!("the process was ended by signal {signal}"));
    }
    // Elsewhere, an abort is an exit status of its own.
    match status.code() {
        Some(0..=2 | 101) => None,
        Some(code) => Some(format!("the process ended with status {code:#x}")),
        None => Some("the process was ended".to_owned()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use qip_cases::{Corpus, Outcome, Subject as _};
    use qip_conformance::EngineSubject;
    use qip_host::wasmi::Wasmi;

    use super::{MAX_TOLD, TriedFirst};

    /// More than a pipe holds, and more than is kept.
    const CHATTER: &str = "yes said | head -c 1000000 >&2";

    /// One test for all, so that no other thread starts a process while a script is written.
    #[test]
    fn a_process_may_say_much() {
        let directory = tempfile::tempdir().unwrap();
        let script = |name: &str, end: &str| -> PathBuf {
            let path = directory.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{CHATTER}\n{end}\n")).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
            path
        };
        let (ends, fails) = (script("ends", "exit 0"), script("fails", "exit 1"));
        let corpus = Corpus::parse(
            "tried-first",
            "seven",
            r#"
summary = "a number"
module = { wat = '''
  (module
    (memory (export "memory") 1 1)
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_bytes_cap") i32 (i32.const 0))
    (func (export "run") (param i32) (result i32) (i32.const 7)))
''' }
[[case]]
name = "seven"
clauses = ["OUT-3"]
limits = { time_ms = 100 }
expect = { scalar = 7 }
"#,
        );
        let corpus = corpus.unwrap_or_else(|errors| panic!("{errors}"));
        let case = &corpus.cases()[0];
        let answer = |program: PathBuf| {
            let subject = TriedFirst::new(EngineSubject::new(Wasmi::new()), &program);
            subject.run(&case.id, &case.task).remove(0)
        };
        let seven = answer(ends);
        assert!(
            matches!(seven, Outcome::Scalar { value: 7, .. }),
            "{seven:?}"
        );
        let Outcome::Broken { why, hung: false } = answer(fails) else {
            panic!("it failed");
        };
        assert!(why.starts_with("the attempt failed: said\nsaid\n"), "{why}");
        assert!(why.len() <= MAX_TOLD as usize + 50, "{}", why.len());
    }
}
