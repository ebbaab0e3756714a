//! The subject that is a command: any program that behaves as `qip run` and `qip image` do.

mod execution;
mod probe;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, io};

use qip_cases::{
    Capabilities, Capability, CaseId, Outcome, PIXEL, RequestInput, Stage, Subject, Task, png_file,
};
use qip_contract::{Floats, Limits, RequestLimits, Utf8};

use crate::coarse::SUCCESS;
use crate::shell_words::ShellWords;
use crate::watchdog::{GRACE, MAX_HANGS};

use self::execution::{Failure, Finished};

/// The most that is read of a picture's file: that of the largest one, with room for what
/// stands beside its pixels.
const MAX_PICTURE: u64 = png_file::MAX_PIXELS * PIXEL as u64 + (1 << 20);

/// Where a picture that was asked for is to be written.
const OUTPUT: &str = "out.png";

/// The bytes of the longest argument that Linux gives to a program.
const LONGEST_ARGUMENT: usize = 128 * 1024 - 1;

/// A command that takes `run [-i FILE] MODULE ['?key=value&…'] [MODULE …]` and answers
/// as `qip run` does. One process is started for each case.
///
/// It can only show what it prints, its exit status, and a message on stderr. It is
/// judged by these: it is [coarse](Subject::is_coarse).
///
/// | expected | exit status | stdout |
/// | --- | --- | --- |
/// | UTF-8 | 0 | the bytes and exactly one newline (OUT-9) |
/// | bytes | 0 | the bytes |
/// | 32-bit elements | 0 | one a line, as eight lower-case hexadecimal digits |
/// | a scalar | 0 | `Ran: N` and a newline (OUT-8) |
/// | refused, trapped | 4 | nothing |
/// | refused with `limit`, stopped | 5 | nothing |
///
/// A picture goes to `image -i IN -o OUT MODULE …` as a PNG of 8-bit RGBA, and what it has
/// written to OUT is read as one. Where it fails, it has written none.
///
/// A failure also says something on stderr. When the command is opened, it is asked for a
/// refusal: where it ends with another status than 4 and a message, it does not tell its
/// failures apart, and that one status is expected of each. The code of a refusal, the kind of a trap, the stage, the offset and the
/// content type cannot be seen and are not judged. A message is judged where the program
/// has `texts`.
///
/// # Capabilities
///
/// Found when it is opened: from the flags of `qip run` that its `run --help` names
/// (`--timeout-ms`, `--fuel`, `--max-memory`, `--fixed-memory`, `--utf8`,
/// `--deterministic`), and by a few small modules that it is asked to run (tail calls,
/// extended constants, content types, and the texts of the contract: a program that says
/// `Input is too large` is held to all of them), and by a picture of one pixel. Several
/// requests, reuse and lenient numbers cannot be told to it; nor can a recipe of no stages,
/// a caller's content type, limits but those of time, fuel and memory, uniforms of 128 KiB,
/// which no argument has room for, and a picture of no pixels, which is no PNG, nor a request that may
/// take no time. Pictures go with the flags that its `image --help` names; one that has
/// `--threads` is asked to use one, so that tiles are in the order of IMG-10.
///
/// One that fails a module that is sound cannot be judged: its failures would pass
/// wherever one is expected, and say nothing.
///
/// # What breaks
///
/// A program that a signal ends, that is still running 10 s after the time limit
/// (RUN-6), or that prints more than any case expects. Then it is ended with all that it
/// has started. After ten that would have gone on it is not asked any more.
#[derive(Debug)]
pub struct CommandLine {
    /// The program, and the arguments that go before all others.
    words: ShellWords,
    name: String,
    version: String,
    capabilities: Capabilities,
    /// What its `image` takes a flag for.
    of_pictures: Capabilities,
    /// Whether its `image` takes a number of threads.
    has_threads: bool,
    /// The exit status of every failure, where it does not tell them apart.
    any_failure: Option<i32>,
    /// How often it would have gone on.
    endless: AtomicUsize,
}

impl CommandLine {
    /// Opens a command, a program with arguments that go before all others: asks for its
    /// help and its version, and what it can do. The command is split into words as a
    /// POSIX shell does; no shell reads it.
    ///
    /// Its name and its version are what it says to `--version`, as `NAME VERSION`; else
    /// its name is the stem of the program's file.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for a command that is none, and others where the
    /// program cannot be started or cannot be judged.
    pub fn open(command: &str) -> io::Result<CommandLine> {
        let words = ShellWords::parse(command)
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let mut command_line = CommandLine {
            name: words.file_stem(),
            version: "unknown".to_owned(),
            words,
            capabilities: Capabilities::new(),
            of_pictures: Capabilities::new(),
            has_threads: false,
            any_failure: None,
            endless: AtomicUsize::new(0),
        };
        probe::probe(&mut command_line)?;
        Ok(command_line)
    }

    /// Runs the command with more arguments.
    fn execute(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        time: Duration,
    ) -> Result<Finished, Failure> {
        execution::run(self.words.command().args(arguments), time)
    }

    /// Runs the command on a task of one request.
    fn execute_task(&self, task: &Task) -> Result<Finished, Failure> {
        let directory = tempfile::tempdir().map_err(Failure::System)?;
        let arguments = self.arguments(task, directory.path());
        let time = task.time().saturating_add(GRACE);
        let mut finished = self.execute(arguments.map_err(Failure::System)?, time)?;
        finished.picture = picture(&directory.path().join(OUTPUT)).map_err(Failure::System)?;
        Ok(finished)
    }

    /// Writes what a task consists of into a directory, and says how to run it.
    fn arguments(&self, task: &Task, directory: &Path) -> io::Result<Vec<OsString>> {
        let write = |name: &str, bytes: &[u8]| {
            let path = directory.join(name);
            match fs::write(&path, bytes) {
                Ok(()) => Ok(path.into_os_string()),
                Err(error) => {
                    let why = format!("`{}` cannot be written: {error}", path.display());
                    Err(io::Error::new(error.kind(), why))
                }
            }
        };
        let input = task.requests.first().map(|request| &request.input);
        let (command, name, bytes) = match input {
            Some(RequestInput::Image(image)) => {
                let png = png_file::write(image);
                ("image", "in.png", png.map_err(io::Error::other)?)
            }
            Some(RequestInput::Bytes(bytes)) => ("run", "input", bytes.to_vec()),
            None => ("run", "input", Vec::new()),
        };
        let mut arguments: Vec<OsString> = vec![command.into()];
        arguments.extend(self.flags(task).into_iter().map(OsString::from));
        arguments.extend(["-i".into(), write(name, &bytes)?]);
        if task.is_of_pictures() {
            arguments.extend(["-o".into(), directory.join(OUTPUT).into_os_string()]);
        }
        for (index, stage) in task.stages.iter().enumerate() {
            let module = stage.module.binary();
            let module = module.map_err(|error| io::Error::other(error.to_string()))?;
            arguments.push(write(&format!("stage-{}.wasm", index + 1), module)?);
            if !stage.uniforms.is_empty() {
                arguments.push(query(stage).into());
            }
        }
        Ok(arguments)
    }

    /// Whether it has a flag for all that a task departs in.
    fn takes_all_of(&self, task: &Task) -> bool {
        let standard = Limits::standard();
        let departs = [
            (Capability::Fuel, task.request_limits.fuel.is_some()),
            (
                Capability::Limits,
                task.limits.memory_bytes != standard.memory_bytes,
            ),
            (Capability::FixedMemory, task.options.fixed_memory),
            (
                Capability::UncheckedUtf8,
                task.options.utf8 == Utf8::Unchecked,
            ),
            (
                Capability::DeterministicFloats,
                task.options.floats == Floats::Deterministic,
            ),
        ];
        let mut departs = departs.into_iter();
        departs.all(|(capability, departs)| !departs || self.takes(capability, task))
    }

    /// The flags that tell the options and limits of a task.
    fn flags(&self, task: &Task) -> Vec<String> {
        let mut flags = Vec::new();
        let mut value = |flag: &str, value: String| flags.extend([flag.to_owned(), value]);
        let RequestLimits { time, fuel } = task.request_limits;
        if let Some(time) = time
            && self.takes(Capability::TimeLimit, task)
        {
            value("--timeout-ms", time.as_millis().to_string());
        }
        if let Some(fuel) = fuel {
            value("--fuel", fuel.to_string());
        }
        let memory_bytes = task.limits.memory_bytes;
        if memory_bytes != Limits::standard().memory_bytes {
            value("--max-memory", memory_bytes.to_string());
        }
        if task.options.utf8 == Utf8::Unchecked {
            value("--utf8", "unchecked".to_owned());
        }
        if task.options.fixed_memory {
            flags.push("--fixed-memory".to_owned());
        }
        if task.options.floats == Floats::Deterministic {
            flags.push("--deterministic".to_owned());
        }
        if task.is_of_pictures() && self.has_threads {
            flags.extend(["--threads", "1"].map(str::to_owned));
        }
        flags
    }

    /// Whether it takes the flag of a capability with this task.
    fn takes(&self, capability: Capability, task: &Task) -> bool {
        let taken = if task.is_of_pictures() {
            &self.of_pictures
        } else {
            &self.capabilities
        };
        taken.contains(&capability)
    }

    fn answer(&self, task: &Task) -> Outcome {
        if self.endless.load(Ordering::Relaxed) >= MAX_HANGS {
            return Outcome::hung(format!(
                "given up after {MAX_HANGS} answers that never ended"
            ));
        }
        let finished = match self.execute_task(task) {
            Ok(finished) => finished,
            Err(failure) => {
                let (why, hung) = (failure.to_string(), failure.is_endless());
                if hung {
                    self.endless.fetch_add(1, Ordering::Relaxed);
                }
                return Outcome::Broken { why, hung };
            }
        };
        let message = String::from_utf8_lossy(&finished.stderr).into_owned();
        let status = finished.status.code();
        if let (Some(SUCCESS), Some(picture)) = (status, &finished.picture) {
            return match png_file::read(picture) {
                Ok(image) => Outcome::Image(image),
                Err(why) => Outcome::broken(format!("the picture that it wrote {why}")),
            };
        }
        match status {
            Some(status) => Outcome::Printed {
                status,
                stdout: finished.picture.unwrap_or(finished.stdout),
                message,
                any_failure: self.any_failure,
            },
            None => Outcome::broken(format!("ended by {}: {message}", finished.status)),
        }
    }
}

impl Subject for CommandLine {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn is_coarse(&self) -> bool {
        true
    }

    fn keeps_time(&self) -> bool {
        true
    }

    fn cannot_be_told(&self, task: &Task) -> Option<&'static str> {
        let told = Limits {
            memory_bytes: task.limits.memory_bytes,
            ..Limits::standard()
        };
        let typed = |task: &Task| {
            let mut requests = task.requests.iter();
            requests.any(|request| request.content_type.is_some())
        };
        let mut inputs = task.requests.iter().map(|request| &request.input);
        let is_empty = |input: &RequestInput| {
            let image = input.image();
            image.is_some_and(|image| image.pixels.is_empty())
        };
        let mut stages = task.stages.iter();
        if stages.any(|stage| query(stage).len() > LONGEST_ARGUMENT) {
            Some("uniforms that are longer than an argument may be")
        } else if inputs.any(is_empty) {
            Some("a picture of no pixels, which is no PNG")
        } else if task.request_limits.time == Some(Duration::ZERO) {
            Some("a request that may take no time")
        } else if task.is_of_pictures() && !self.takes_all_of(task) {
            Some("an option or a limit that its `image` has no flag for")
        } else if task.stages.is_empty() {
            Some("a recipe of no stages")
        } else if typed(task) {
            Some("the content type of the input")
        } else if task.limits != told {
            Some("a limit other than of time, fuel and memory")
        } else {
            None
        }
    }

    fn run(&self, _: &CaseId, task: &Task) -> Vec<Outcome> {
        // Several requests are never put to it.
        vec![self.answer(task); task.requests.len()]
    }
}

/// The uniforms of a stage as an argument (UNI-5).
fn query(stage: &Stage) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix("?".to_owned(), 1);
    query.extend_pairs(&stage.uniforms);
    query.finish()
}

/// The bytes of the file that a picture was written to, if there is one.
fn picture(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // Whatever else stands there is not waited for.
    if !path.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_PICTURE)
        .read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
