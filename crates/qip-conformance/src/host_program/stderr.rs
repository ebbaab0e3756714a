//! What a host program writes to stderr: passed on as it comes, and its end kept.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::process::ChildStderr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::lines::{self, Line};
use super::settings::Log;
use super::text::shown_bytes;

/// The longest line that is passed on in one piece, in bytes.
const MAX_LINE: u64 = 4096;

/// After how many bytes of one process nothing more is passed on.
const MAX_PASSED: usize = 1 << 20;

/// How many lines are kept, and how many characters of each.
const KEPT_LINES: usize = 5;
const KEPT_CHARACTERS: usize = 200;

/// How long the last lines may be under way after the process has ended.
const DRAIN: Duration = Duration::from_secs(2);

/// The stderr of one process.
pub(super) struct Stderr {
    tail: Arc<Mutex<VecDeque<String>>>,
    /// Nothing is ever sent: it is disconnected once everything was read.
    open: Receiver<()>,
}

impl Stderr {
    /// Reads on a thread of its own. Each line goes to `log`, with the label before it.
    pub(super) fn read(
        from: ChildStderr,
        label: impl Fn() -> String + Send + 'static,
        log: Log,
    ) -> std::io::Result<Stderr> {
        let tail: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (reading, open) = channel();
        let keep = Arc::clone(&tail);
        thread::Builder::new()
            .name("stderr of a host program".to_owned())
            .spawn(move || pass_on(from, &keep, &label, &log, reading))?;
        Ok(Stderr { tail, open })
    }

    /// The last lines, once the process has ended. What it has started may hold the pipe
    /// open: that is not waited for.
    pub(super) fn last_lines(&self) -> Vec<String> {
        // However it comes back, no more can be waited for.
        let _ = self.open.recv_timeout(DRAIN);
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.iter().cloned().collect()
    }
}

fn pass_on(
    from: impl Read,
    keep: &Mutex<VecDeque<String>>,
    label: &dyn Fn() -> String,
    log: &Log,
    _reading: Sender<()>,
) {
    let mut from = BufReader::new(from);
    let mut passed = 0;
    loop {
        let line = match lines::read(&mut from, MAX_LINE) {
            Ok(Line::Whole(line) | Line::TooLong(line) | Line::Unfinished(line)) => line,
            Ok(Line::End) | Err(_) => return,
        };
        if passed <= MAX_PASSED {
            passed += line.len() + 1;
            let line = if passed <= MAX_PASSED {
                shown_bytes(&line, usize::MAX / 8)
            } else {
                format!("(more than {MAX_PASSED} bytes on stderr: the rest is not shown)")
            };
            log(&format!("{}: {line}", label()));
        }
        let mut tail = keep.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == KEPT_LINES {
            tail.pop_front();
        }
        tail.push_back(shown_bytes(&line, KEPT_CHARACTERS));
    }
}
