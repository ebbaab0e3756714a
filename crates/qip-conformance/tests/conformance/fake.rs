//! Subjects and corpora made for a test.

use std::fs;
use std::path::Path;

use qip_cases::{
    Capabilities, Capability, CaseId, Corpus, KnownFailures, Outcome, OutputKind, Subject, Task,
};
use qip_conformance::{Report, Run};
use qip_engine::Exhausted;
use qip_host::{Code, TrapKind};
use tempfile::TempDir;

/// A module in WebAssembly text for cases whose answers are made up.
pub(crate) const ANY_MODULE: &str = "module = { wat = '(module)' }\n";

type Untold = fn(&Task) -> Option<&'static str>;

type Answer = Box<dyn Fn(&CaseId, &Task) -> Vec<Outcome> + Send + Sync>;

/// A subject that answers as it is told.
pub(crate) struct Fake {
    pub(crate) capabilities: Capabilities,
    is_coarse: bool,
    engine: Option<&'static str>,
    untold: Untold,
    answer: Answer,
}

impl Fake {
    /// Answers by the ID of the case.
    pub(crate) fn new(answer: impl Fn(&CaseId) -> Vec<Outcome> + Send + Sync + 'static) -> Fake {
        Fake::answering(move |id, _| answer(id))
    }

    /// Answers every request alike.
    pub(crate) fn always(outcome: Outcome) -> Fake {
        Fake::answering(move |_, task| vec![outcome.clone(); task.requests.len()])
    }

    fn answering(answer: impl Fn(&CaseId, &Task) -> Vec<Outcome> + Send + Sync + 'static) -> Fake {
        Fake {
            capabilities: Capability::ALL.iter().copied().collect(),
            is_coarse: false,
            engine: None,
            untold: |_| None,
            answer: Box::new(answer),
        }
    }

    /// One that may answer what it printed.
    pub(crate) fn coarse(mut self) -> Fake {
        self.is_coarse = true;
        self
    }

    /// One that there is no way to tell what this says of a task.
    pub(crate) fn cannot_be_told(mut self, untold: Untold) -> Fake {
        self.untold = untold;
        self
    }

    /// One that names its engine.
    pub(crate) fn on(mut self, engine: &'static str) -> Fake {
        self.engine = Some(engine);
        self
    }

    pub(crate) fn without(mut self, capability: Capability) -> Fake {
        self.capabilities.remove(&capability);
        self
    }
}

impl Subject for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn version(&self) -> &str {
        "1.0"
    }

    fn engine(&self) -> Option<&str> {
        self.engine
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn is_coarse(&self) -> bool {
        self.is_coarse
    }

    fn cannot_be_told(&self, task: &Task) -> Option<&'static str> {
        (self.untold)(task)
    }

    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome> {
        (self.answer)(id, task)
    }
}

/// Writes the files of a corpus into a directory of their own.
pub(crate) fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// A corpus of one file, `area/file.toml`.
pub(crate) fn corpus(text: &str) -> Corpus {
    let directory = files(&[("area/file.toml", text)]);
    Corpus::open_unlocked(directory.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What errors say, with the path of the test's directory taken out.
pub(crate) fn without_directory(text: &str, directory: &Path) -> String {
    text.replace(&format!("{}/", directory.display()), "")
        .replace(&directory.display().to_string(), ".")
}

/// Cases that expect the scalar 1, by name; other keys may follow a name.
pub(crate) fn cases(names: &[&str]) -> String {
    let cases = names.iter().map(|name| {
        format!("[[case]]\nname = {name:?}\nclauses = [\"IN-3\"]\nexpect = {{ scalar = 1 }}\n")
    });
    format!(
        "summary = \"made up\"\n{ANY_MODULE}{}",
        cases.collect::<String>()
    )
}

/// Runs a corpus over a subject.
pub(crate) fn run(corpus: &Corpus, subject: Fake) -> Report {
    run_knowing(corpus, subject, "")
}

/// Runs a corpus over a subject with the text of an expectation file.
pub(crate) fn run_knowing(corpus: &Corpus, subject: Fake, known: &str) -> Report {
    let known =
        KnownFailures::parse("fake.toml", known).unwrap_or_else(|errors| panic!("{errors}"));
    Run::new(corpus)
        .subject(subject)
        .known([known])
        .execute(&mut |_, _| {})
}

pub(crate) fn scalar(value: i32) -> Outcome {
    Outcome::Scalar {
        value,
        content_type: None,
    }
}

pub(crate) fn output(kind: OutputKind, bytes: &[u8]) -> Outcome {
    Outcome::Output {
        kind,
        bytes: bytes.to_vec(),
        content_type: None,
    }
}

/// What a command printed, with a message on stderr.
pub(crate) fn printed(status: i32, stdout: &[u8]) -> Outcome {
    Outcome::Printed {
        status,
        stdout: stdout.to_vec(),
        message: "error: it went wrong".to_owned(),
        any_failure: None,
    }
}

pub(crate) fn refused(code: Code) -> Outcome {
    Outcome::Refused {
        code,
        message: "refused for a reason".to_owned(),
        stage: Some(1),
        offset: None,
    }
}

pub(crate) fn trapped(kind: TrapKind) -> Outcome {
    Outcome::Trapped {
        kind,
        stage: Some(1),
        message: "it trapped".to_owned(),
    }
}

pub(crate) fn stopped(exhausted: Exhausted) -> Outcome {
    Outcome::Stopped {
        exhausted,
        stage: Some(1),
        message: "it took too long".to_owned(),
    }
}
