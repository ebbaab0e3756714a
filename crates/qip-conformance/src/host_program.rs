//! The subject that is a program of its own, in any language: `conformance/hosts/protocol`
//! says how it is talked to.
//!
//! `question.rs` is what the harness writes, `answer.rs` what the program writes,
//! `process.rs` one process of it with its threads, and this file the conversation: who is
//! asked what, what is charged to whom, and when the program is started again.

mod answer;
mod fault;
mod lines;
mod lint;
mod process;
mod question;
mod settings;
mod stderr;
mod text;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use qip_cases::{Capabilities, CaseId, Outcome, Subject, Task};

use crate::shell_words::ShellWords;

use self::answer::Hello;
use self::process::{Ending, Process};

pub use self::fault::Fault;
pub use self::lint::{Exchange, Lint, LintReply};
pub use self::settings::{HostSettings, Log};

/// How often a program is started again.
const MAX_RESTARTS: usize = 10;

/// A host program: one process at a time, which answers one case after another.
///
/// It is started again after every fault, ten times at most; then every case is answered
/// with [`Outcome::Broken`]. When it is dropped, its stdin is closed; a program that does
/// not end by itself is ended, on Unix with all that it has started.
///
/// ```no_run
/// use qip_cases::Corpus;
/// use qip_conformance::{HostProgram, Run};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let corpus = Corpus::embedded()?;
/// let host = HostProgram::start("python3 host.py")?;
/// let report = Run::new(&corpus).subject(host).execute(&mut |_, _| {});
/// print!("{}", report.table());
/// # Ok(())
/// # }
/// ```
pub struct HostProgram {
    command: ShellWords,
    settings: HostSettings,
    /// What the program is called on stderr, once it has said so.
    name: Arc<OnceLock<String>>,
    hello: Hello,
    state: Mutex<State>,
}

/// The process that is asked, if there is one.
struct State {
    process: Option<Process>,
    restarts: usize,
}

impl HostProgram {
    /// Starts a program and says hello. The command is split into words as a POSIX shell
    /// does; no shell reads it.
    ///
    /// # Errors
    ///
    /// A command that is none, a program that cannot be started, and one that does not
    /// answer hello as the protocol has it.
    pub fn start(command: &str) -> Result<HostProgram, StartError> {
        HostProgram::start_with(command, HostSettings::default())
    }

    /// As [`HostProgram::start`], with times and a log of one's own.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn start_with(command: &str, settings: HostSettings) -> Result<HostProgram, StartError> {
        let error = |cause| StartError {
            command: command.to_owned(),
            cause,
        };
        let command = ShellWords::parse(command).map_err(|why| error(Cause::Command(why)))?;
        let name = Arc::default();
        let mut process = start_process(&command, &name, &settings).map_err(|why| {
            let program = text::shown(command.program(), text::SHOWN);
            error(Cause::Program(format!(
                "`{program}` cannot be started: {why}"
            )))
        })?;
        let hello = say_hello(&mut process, &settings)
            .map_err(|fault| error(Cause::Hello(Box::new(fault))))?;
        // Nobody else can have set it.
        let _ = name.set(hello.name.clone());
        Ok(HostProgram {
            command,
            settings,
            name,
            hello,
            state: Mutex::new(State {
                process: Some(process),
                restarts: 0,
            }),
        })
    }

    /// The command that it was started with.
    pub fn command(&self) -> &str {
        self.command.text()
    }

    /// Answers a task, or says what is wrong with the answer. The process that is at fault
    /// has ended then.
    ///
    /// # Errors
    ///
    /// What the program did against the protocol, and where the text of a module does not
    /// assemble, for which it is not asked at all.
    pub fn ask(&self, id: &CaseId, task: &Task) -> Result<Vec<Outcome>, Fault> {
        let line = question::case(id, task).map_err(|error| Fault::new(error.to_string()))?;
        let requests = u32::try_from(task.requests.len()).unwrap_or(u32::MAX);
        let within = task.time().saturating_add(self.settings.grace);
        let mut state = self.lock();
        let mut process = self.take_process(&mut state)?;
        let line = process.ask(line, within.saturating_mul(requests))?;
        let outcomes = answer::answer(&line, id.as_str(), task.requests.len())?;
        state.process = Some(process);
        Ok(outcomes)
    }

    /// Whether it ended so often that it is not started again.
    fn has_given_up(&self) -> bool {
        let state = self.lock();
        state.process.is_none() && state.restarts == MAX_RESTARTS
    }

    fn start_again(&self, state: &mut State) -> Result<Process, Fault> {
        if state.restarts == MAX_RESTARTS {
            return Err(Fault::new("given up after ten restarts"));
        }
        state.restarts += 1;
        let mut process = start_process(&self.command, &self.name, &self.settings)
            .map_err(|why| Fault::new(format!("it cannot be started again: {why}")))?;
        let hello = say_hello(&mut process, &self.settings).map_err(Fault::after_restart)?;
        match self.difference(&hello) {
            None => Ok(process),
            Some((key, now, before)) => {
                let fault = Fault::new(format!("hello is answered with another {key}: {now}"));
                Err(fault.expected(before).after_restart())
            }
        }
    }

    /// What is not as it was in the first hello: which key, what it is now, what it was.
    fn difference(&self, hello: &Hello) -> Option<(&'static str, String, String)> {
        let shown = |hello: &Hello| {
            let capabilities: Vec<&str> =
                hello.capabilities.iter().map(|one| one.as_str()).collect();
            [
                ("`host`", format!("`{}`", hello.name)),
                ("`version`", format!("`{}`", hello.version)),
                (
                    "`engine`",
                    match &hello.engine {
                        Some(engine) => format!("`{engine}`"),
                        None => "none".to_owned(),
                    },
                ),
                (
                    "list of `capabilities`",
                    match &capabilities[..] {
                        [] => "an empty one".to_owned(),
                        all => all.join(", "),
                    },
                ),
            ]
        };
        let pairs = shown(hello).into_iter().zip(shown(&self.hello));
        let mut differing = pairs.filter(|(now, before)| now != before);
        differing
            .next()
            .map(|((key, now), (_, before))| (key, now, before))
    }

    /// Asks a handful of tasks, which between them have every shape of message that its
    /// capabilities let it meet. No answer is judged: whether each is one, is all that is
    /// looked at.
    pub fn lint(self) -> Lint {
        Lint::new(self)
    }

    /// Closes stdin, and says how the program then ended. One that has been ended is
    /// started again, to see how it leaves.
    ///
    /// A run does not look: after the last case there is none to charge it to.
    fn leave(&self) -> Result<Ending, Fault> {
        let mut state = self.lock();
        let mut process = self.take_process(&mut state)?;
        process.leave(self.settings.time_to_leave)
    }

    /// The process to ask, which is put back once it has answered as it should.
    fn take_process(&self, state: &mut State) -> Result<Process, Fault> {
        match state.process.take() {
            Some(process) => Ok(process),
            None => self.start_again(state),
        }
    }

    /// What a thread left behind that panicked is as good as ever: a process that is not
    /// put back has ended.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subject for HostProgram {
    fn name(&self) -> &str {
        &self.hello.name
    }

    fn version(&self) -> &str {
        &self.hello.version
    }

    fn engine(&self) -> Option<&str> {
        self.hello.engine.as_deref()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.hello.capabilities
    }

    fn keeps_time(&self) -> bool {
        true
    }

    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome> {
        match self.ask(id, task) {
            Ok(outcomes) => outcomes,
            Err(fault) => {
                let (why, hung) = (fault.to_string(), fault.is_hang());
                vec![Outcome::Broken { why, hung }; task.requests.len()]
            }
        }
    }
}

impl Drop for HostProgram {
    fn drop(&mut self) {
        if let Some(mut process) = self.lock().process.take() {
            process.let_leave(self.settings.time_to_leave);
        }
    }
}

fn start_process(
    command: &ShellWords,
    name: &Arc<OnceLock<String>>,
    settings: &HostSettings,
) -> std::io::Result<Process> {
    let name = Arc::clone(name);
    let unnamed = command.file_name();
    let label = move || name.get().unwrap_or(&unnamed).clone();
    Process::start(command, label, Arc::clone(&settings.log))
}

fn say_hello(process: &mut Process, settings: &HostSettings) -> Result<Hello, Fault> {
    let line = process.ask(question::hello(), settings.hello_time)?;
    answer::hello(&line)
}

/// Why a host program could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError {
    command: String,
    cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Command(String),
    Program(String),
    Hello(Box<Fault>),
}

/// What kept a host program from being started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The command cannot be understood.
    Command,
    /// The program cannot be run.
    Program,
    /// It does not answer hello as the protocol has it.
    Hello,
}

impl StartError {
    /// What kept it.
    pub fn kind(&self) -> StartErrorKind {
        match self.cause {
            Cause::Command(_) => StartErrorKind::Command,
            Cause::Program(_) => StartErrorKind::Program,
            Cause::Hello(_) => StartErrorKind::Hello,
        }
    }

    /// What was wrong with its answer to hello, if that was it.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.cause {
            Cause::Hello(fault) => Some(fault),
            Cause::Command(_) | Cause::Program(_) => None,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = text::shown(&self.command, text::SHOWN);
        write!(f, "the host program `{command}`: ")?;
        match &self.cause {
            Cause::Command(why) | Cause::Program(why) => f.write_str(why),
            Cause::Hello(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for StartError {}
