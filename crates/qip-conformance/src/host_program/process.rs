//! One process of a host program: its pipes, each behind a thread, and its end.

use std::io::{self, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use wait_timeout::ChildExt as _;

use crate::process_group::Program;
use crate::shell_words::ShellWords;

use super::fault::Fault;
use super::lines::{self, Line};
use super::settings::Log;
use super::stderr::Stderr;

/// The longest line that is read, in bytes: so much can a program that never ends a line
/// make the harness keep. No answer that the corpus expects comes to a sixteenth of it, so
/// that a wrong one has room to be wrong in.
pub(super) const MAX_LINE: u64 = 64 << 20;

/// How often it is looked whether the program still runs: something that it has started
/// may hold its stdout open.
const LOOK: Duration = Duration::from_millis(50);

/// How long an exit status may follow the end of stdout, and a last line an exit.
const SETTLE: Duration = Duration::from_secs(2);

/// One process.
pub(super) struct Process {
    program: Program,
    /// What is written to stdin; stdin is closed when it is dropped.
    stdin: Option<Sender<Vec<u8>>>,
    /// What comes on stdout. It holds one line, and its thread another.
    events: Receiver<Event>,
    stderr: Stderr,
    /// More had come when the last line came.
    followed: bool,
}

/// How a process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// By itself, once its stdin had ended.
    Left,
    /// It had to be ended.
    Killed,
}

enum Event {
    /// What was read, and whether more had come by then.
    Read(Line, bool),
    Unreadable(io::Error),
    Unwritable(io::Error),
}

impl Process {
    /// Starts a process. What it writes to stderr goes to `log`, the label before it.
    pub(super) fn start(
        command: &ShellWords,
        label: impl Fn() -> String + Send + 'static,
        log: Log,
    ) -> io::Result<Process> {
        let mut command = command.command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut program = Program::start(&mut command)?;
        let (stdin, events, stderr) = Pipes::take(&mut program.child)?.serve(label, log)?;
        Ok(Process {
            program,
            stdin: Some(stdin),
            events,
            stderr,
            followed: false,
        })
    }

    /// Writes a line and waits for the one that answers it. After a fault the process
    /// has ended.
    pub(super) fn ask(&mut self, line: Vec<u8>, within: Duration) -> Result<Vec<u8>, Fault> {
        let answer = self.converse(line, within);
        if answer.is_err() {
            self.program.end();
        }
        answer
    }

    fn converse(&mut self, line: Vec<u8>, within: Duration) -> Result<Vec<u8>, Fault> {
        self.check_nothing_came_early()?;
        // A time beyond all clocks is no deadline.
        let deadline = Instant::now().checked_add(within);
        // A writer that is gone has said why.
        let _ = self.stdin.as_ref().map(|stdin| stdin.send(line));
        loop {
            let left = deadline.map_or(LOOK, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            match self.events.recv_timeout(left.min(LOOK)) {
                Ok(event) => return self.taken(event),
                Err(RecvTimeoutError::Disconnected) => return Err(self.silenced()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.has_exited().is_some() {
                // Its last line may still be under way.
                return match self.events.recv_timeout(SETTLE) {
                    Ok(event) => self.taken(event),
                    Err(_) => Err(self.silenced()),
                };
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(self.hung(within));
            }
        }
    }

    /// No answer came in time. What came of one is known once its stdout has ended, which it
    /// does with the program.
    fn hung(&mut self, within: Duration) -> Fault {
        self.program.end();
        let fault = Fault::hang(within);
        let next = || self.events.recv_timeout(SETTLE).ok();
        let event = match next() {
            // The program ended before it had read its question.
            Some(Event::Unwritable(_)) => next(),
            event => event,
        };
        match event {
            Some(Event::Read(Line::Unfinished(line), _)) => fault.unfinished(&line),
            _ => fault,
        }
    }

    /// What the program has said without being asked is charged to whoever asks next.
    fn check_nothing_came_early(&mut self) -> Result<(), Fault> {
        let early = if self.followed {
            // It is here already, up to where its line ends.
            self.events.recv_timeout(SETTLE).ok()
        } else {
            self.events.try_recv().ok()
        };
        match early {
            Some(Event::Read(
                Line::Whole(line) | Line::TooLong(line) | Line::Unfinished(line),
                _,
            )) => Err(Fault::new("a line that nobody asked for").line(&line)),
            Some(event) => self.taken(event).map(|_| ()),
            None if self.followed => {
                Err(Fault::new("the beginning of a line that nobody asked for"))
            }
            None => Ok(()),
        }
    }

    /// The line that an event is, or the fault.
    fn taken(&mut self, event: Event) -> Result<Vec<u8>, Fault> {
        match event {
            Event::Read(Line::Whole(line), followed) => {
                self.followed = followed;
                Ok(line)
            }
            Event::Read(Line::TooLong(line), _) => {
                let what = format!("a line of more than {} MiB", MAX_LINE >> 20);
                Err(Fault::new(what).line(&line))
            }
            Event::Read(Line::Unfinished(line), _) => {
                let fault = Fault::new(self.how_it_ended()).unfinished(&line);
                Err(fault.stderr(self.last_of_stderr()))
            }
            Event::Read(Line::End, _) => Err(self.silenced()),
            Event::Unreadable(error) => {
                Err(Fault::new(format!("its stdout cannot be read: {error}")))
            }
            // What the program said before it stopped reading says more.
            Event::Unwritable(error) => match self.events.recv_timeout(SETTLE) {
                Ok(event) => self.taken(event),
                Err(_) => Err(Fault::new(format!("its stdin cannot be written: {error}"))),
            },
        }
    }

    /// Nothing more will come.
    fn silenced(&mut self) -> Fault {
        let how = self.how_it_ended();
        Fault::new(format!("{how} without an answer")).stderr(self.last_of_stderr())
    }

    fn how_it_ended(&mut self) -> String {
        match self.exit_within(SETTLE) {
            Some(status) => format!("the program ended ({status})"),
            None => "the program closed its stdout".to_owned(),
        }
    }

    /// The last lines of stderr, of a program that has ended.
    fn last_of_stderr(&mut self) -> Vec<String> {
        // What it started may hold its stderr open.
        self.program.end();
        self.stderr.last_lines()
    }

    fn has_exited(&mut self) -> Option<ExitStatus> {
        // An error is answered like a program that runs: it ends with the deadline.
        self.program.child.try_wait().ok().flatten()
    }

    fn exit_within(&mut self, time: Duration) -> Option<ExitStatus> {
        // An error is answered like a program that runs: it is ended.
        self.program.child.wait_timeout(time).ok().flatten()
    }

    /// Closes stdin and sees how the program leaves: by itself and with status 0, saying
    /// nothing more. However it does, it has ended then with what it has started.
    pub(super) fn leave(&mut self, time_to_leave: Duration) -> Result<Ending, Fault> {
        let ending = self.see_it_leave(time_to_leave);
        self.end();
        ending
    }

    fn see_it_leave(&mut self, time_to_leave: Duration) -> Result<Ending, Fault> {
        // One that ends right now is not seen to: it may as well have ended a moment later.
        if let Some(status) = self.has_exited() {
            let fault = Fault::new(format!("the program ended ({status}) before its stdin did"));
            return Err(fault.stderr(self.last_of_stderr()));
        }
        self.stdin = None;
        let begin = Instant::now();
        loop {
            match self.events.recv_timeout(LOOK) {
                Ok(event) => check_is_no_line(event)?,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.has_exited().is_some() || begin.elapsed() >= time_to_leave {
                break;
            }
        }
        let left = time_to_leave.saturating_sub(begin.elapsed());
        let Some(status) = self.exit_within(left) else {
            return Ok(Ending::Killed);
        };
        // What it started may hold its stdout open; its last line may be under way.
        self.program.end();
        while let Ok(event) = self.events.recv_timeout(SETTLE) {
            check_is_no_line(event)?;
        }
        if status.success() {
            return Ok(Ending::Left);
        }
        let what = format!("the program ended ({status})");
        let fault = Fault::new(what).expected("the status of success, 0");
        Err(fault.stderr(self.stderr.last_lines()))
    }

    /// Lets the program leave by itself, and ends it and what it has started if it does
    /// not.
    pub(super) fn let_leave(&mut self, time_to_leave: Duration) {
        self.stdin = None;
        self.exit_within(time_to_leave);
        self.end();
    }

    fn end(&mut self) {
        self.program.end();
        // So that all that it said is told before others speak.
        self.stderr.last_lines();
    }
}

/// Whether nothing was said that nobody asked for.
fn check_is_no_line(event: Event) -> Result<(), Fault> {
    match event {
        Event::Read(Line::Whole(line) | Line::TooLong(line) | Line::Unfinished(line), _) => {
            Err(Fault::new("a line that nobody asked for").line(&line))
        }
        Event::Unreadable(error) => Err(Fault::new(format!("its stdout cannot be read: {error}"))),
        Event::Read(Line::End, _) | Event::Unwritable(_) => Ok(()),
    }
}

/// The three pipes of a child.
struct Pipes {
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: std::process::ChildStderr,
}

impl Pipes {
    fn take(child: &mut Child) -> io::Result<Pipes> {
        match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok(Pipes {
                stdin,
                stdout,
                stderr,
            }),
            _ => Err(io::Error::other("it has no pipes")),
        }
    }

    /// Puts a thread behind each.
    fn serve(
        self,
        label: impl Fn() -> String + Send + 'static,
        log: Log,
    ) -> io::Result<(Sender<Vec<u8>>, Receiver<Event>, Stderr)> {
        let stderr = Stderr::read(self.stderr, label, log)?;
        let (event, events) = sync_channel(1);
        let unwritable = event.clone();
        let (lines, written) = channel();
        let spawn = |name: &str| thread::Builder::new().name(format!("{name} of a host program"));
        spawn("stdin").spawn(move || write_lines(self.stdin, &written, &unwritable))?;
        spawn("stdout").spawn(move || read_lines(self.stdout, &event))?;
        Ok((lines, events, stderr))
    }
}

/// Writes lines until there are none, and closes stdin.
fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>, events: &SyncSender<Event>) {
    for line in lines {
        if let Err(error) = stdin.write_all(&line).and_then(|()| stdin.flush()) {
            // Where nobody listens any more, nobody has to know.
            let _ = events.send(Event::Unwritable(error));
            return;
        }
    }
}

/// Reads lines until there are none, or until one is no line.
fn read_lines(stdout: ChildStdout, events: &SyncSender<Event>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let event = match lines::read(&mut stdout, MAX_LINE) {
            Ok(line) => Event::Read(line, !stdout.buffer().is_empty()),
            Err(error) => Event::Unreadable(error),
        };
        let is_last = !matches!(event, Event::Read(Line::Whole(_), _));
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_LINE;
    use qip_cases::{Corpus, Expectation, ExpectedOutcome};

    #[test]
    fn the_longest_line_leaves_room() {
        let corpus = Corpus::embedded().unwrap();
        let bytes = |expectation: &Expectation| {
            let outputs = expectation.alternatives().iter();
            let outputs = outputs.map(|expected| match &expected.outcome {
                ExpectedOutcome::Output(_, bytes) => bytes.len(),
                ExpectedOutcome::Image(expected) => expected.image.pixels.len() as u64,
                _ => 0,
            });
            outputs.max().unwrap_or_default()
        };
        let cases = corpus.cases().iter();
        let most = cases.map(|case| case.expectations.iter().map(bytes).sum::<u64>());
        let most = most.max().unwrap_or_default();
        // Base64 makes four characters of three bytes.
        assert!(most > 0 && most.div_ceil(3) * 4 < MAX_LINE / 16, "{most}");
    }
}
