//! Running a program to its end: within a time, and with bounds on what it prints.

use std::fmt;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use qip_cases::bytes::MAX_BYTES;
use wait_timeout::ChildExt as _;

use crate::process_group::Program;

/// The most that is read of stdout: what a case can expect at most, and a newline.
const MAX_STDOUT: u64 = MAX_BYTES + 1;

/// The most that is read of stderr.
const MAX_STDERR: u64 = 1 << 20;

/// The longest that a program is waited for, so that no time is beyond all clocks.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What came of a program that ended by itself.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// What it wrote to the file of a picture, which others look for.
    pub(super) picture: Option<Vec<u8>>,
}

/// Why a program has not ended by itself.
#[derive(Debug)]
pub(super) enum Failure {
    /// It could not be started or waited for.
    System(io::Error),
    /// It was still running, or something that it started still held its pipes.
    TooSlow(Duration),
    /// It printed more than anybody can expect.
    TooMuch(&'static str, u64),
}

impl Failure {
    /// Whether the program would have gone on: there is no use in asking it often.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self, Failure::TooSlow(_) | Failure::TooMuch(..))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::System(error) => write!(f, "cannot be run: {error}"),
            Failure::TooSlow(allowed) => write!(f, "did not end within {} ms", allowed.as_millis()),
            Failure::TooMuch(stream, most) => write!(f, "wrote more than {most} bytes to {stream}"),
        }
    }
}

/// Runs a program with nothing on stdin, and ends it where it does not do so itself. What
/// it has started is ended with it, however it ends.
pub(super) fn run(command: &mut Command, allowed: Duration) -> Result<Finished, Failure> {
    let allowed = allowed.min(LONGEST);
    let deadline = Instant::now() + allowed;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut program = Program::start(command).map_err(Failure::System)?;
    let child = &mut program.child;
    let (send, receive) = channel();
    read("stdout", child.stdout.take(), MAX_STDOUT, send.clone())?;
    read("stderr", child.stderr.take(), MAX_STDERR, send)?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let (stream, bytes) = next(&receive, deadline, allowed)?;
        *(if stream == "stdout" {
            &mut stdout
        } else {
            &mut stderr
        }) = bytes;
    }
    let left = deadline.saturating_duration_since(Instant::now());
    let status = program.child.wait_timeout(left).map_err(Failure::System)?;
    let status = status.ok_or(Failure::TooSlow(allowed))?;
    Ok(Finished {
        status,
        stdout,
        stderr,
        picture: None,
    })
}

/// A stream to its end, by name.
type Stream = Result<(&'static str, Vec<u8>), Failure>;

/// Reads a pipe on a thread, for a program that waits until it has printed.
fn read(
    name: &'static str,
    pipe: Option<impl Read + Send + 'static>,
    most: u64,
    send: Sender<Stream>,
) -> Result<(), Failure> {
    let read = move || {
        let mut bytes = Vec::new();
        let read = match pipe {
            Some(pipe) => pipe.take(most + 1).read_to_end(&mut bytes),
            None => Ok(0),
        };
        // Nobody waits for it any more where the other stream was too much.
        let _ = send.send(match read {
            Err(error) => Err(Failure::System(error)),
            Ok(_) if bytes.len() as u64 > most => Err(Failure::TooMuch(name, most)),
            Ok(_) => Ok((name, bytes)),
        });
    };
    let thread = thread::Builder::new().name(format!("reader of {name}"));
    thread.spawn(read).map(drop).map_err(Failure::System)
}

fn next(streams: &Receiver<Stream>, deadline: Instant, allowed: Duration) -> Stream {
    let left = deadline.saturating_duration_since(Instant::now());
    streams.recv_timeout(left).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => Failure::TooSlow(allowed),
            RecvTimeoutError::Disconnected => {
                Failure::System(io::Error::other("its output could not be read"))
            }
        })
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};
    use std::{fs, thread};

    use super::{Failure, Finished, run};

    #[test]
    fn a_time_beyond_all_clocks_is_no_panic() {
        let finished = run(Command::new("echo").arg("a"), Duration::MAX).unwrap();
        assert!(finished.status.success());
        assert_eq!(finished.stdout, b"a\n");
    }

    /// What comes of a shell that starts a child with such pipes and exits before it. The
    /// child does not stay.
    #[track_caller]
    fn leaves_a_child(pipes: &str) -> Result<Finished, Failure> {
        let directory = tempfile::tempdir().unwrap();
        let pid = directory.path().join("pid");
        let script = format!("sleep 317 {pipes} & echo $! > '{}'; exit 0", pid.display());
        let come = run(
            Command::new("sh").args(["-c", &script]),
            // Time enough for the shell, on a busy machine too.
            Duration::from_secs(5),
        );
        let pid = fs::read_to_string(pid).unwrap();
        let begin = Instant::now();
        // Its state follows its name; a zombie waits for whoever has adopted it.
        while let Ok(stat) = fs::read_to_string(format!("/proc/{}/stat", pid.trim())) {
            if stat.rsplit_once(") ").unwrap().1.starts_with('Z') {
                break;
            }
            // By itself it ends when it has slept.
            let waited = begin.elapsed();
            assert!(
                waited < Duration::from_secs(60),
                "a process is left: {stat}"
            );
            thread::sleep(Duration::from_millis(5));
        }
        come
    }

    #[test]
    fn a_child_that_holds_the_pipes_is_ended() {
        let come = leaves_a_child("");
        assert!(matches!(come, Err(Failure::TooSlow(_))), "{come:?}");
    }

    #[test]
    fn a_child_that_holds_nothing_is_ended() {
        let come = leaves_a_child("> /dev/null 2>&1");
        assert!(come.unwrap().status.success());
    }
}
