//! An engine that may abort the process: each task is first tried in another one.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use qip_conformance::{Capabilities, CaseId, Corpus, EngineSubject, Outcome, Subject, Task};

use crate::fixture::Fixture;

/// The argument that makes this program run one case file on one engine, and end.
pub const ATTEMPT: &str = "attempt";

/// A subject whose tasks are first tried in a process of their own.
pub struct Mortal {
    inner: EngineSubject,
    program: PathBuf,
    /// A directory of its own.
    directory: tempfile::TempDir,
}

impl Mortal {
    /// Tries tasks with this program, which calls [`attempt`] when it is given
    /// [`ATTEMPT`], the engine's name and a path.
    ///
    /// # Errors
    ///
    /// Where there can be no temporary directory.
    pub fn new(inner: EngineSubject, program: &Path) -> std::io::Result<Mortal> {
        Ok(Mortal {
            inner,
            program: program.to_owned(),
            directory: tempfile::tempdir()?,
        })
    }

    fn survives(&self, task: &Task) -> Result<(), String> {
        let path = Fixture::of_task(task).write(self.directory.path());
        let path = path.map_err(|error| format!("the task cannot be written: {error}"))?;
        let status = Command::new(&self.program)
            .args([ATTEMPT, self.inner.name()])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let status = status.map_err(|error| format!("no process to run it in: {error}"))?;
        match cause_of_death(status) {
            None => Ok(()),
            Some(cause) => Err(cause),
        }
    }
}

impl Subject for Mortal {
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
        match self.survives(task) {
            Ok(()) => self.inner.run(id, task),
            Err(cause) => vec![Outcome::broken(cause); task.requests.len()],
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

/// What ended a process that did not end by itself.
pub fn cause_of_death(status: ExitStatus) -> Option<String> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(format!("the process was ended by signal {signal}"));
    }
    // Elsewhere, an abort is an exit status of its own.
    match status.code() {
        Some(0..=2) => None,
        Some(code) => Some(format!("the process ended with status {code:#x}")),
        None => Some("the process was ended".to_owned()),
    }
}
