//! Asking a subject that may panic, hang or lie.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::subject::Subject;
use crate::verdict::Answer;

/// How much later than its time limit an answer may come (RUN-6).
const GRACE: Duration = Duration::from_secs(2);

/// After how many answers that never came a subject is given up.
const MAX_HANGS: usize = 10;

/// A subject behind a thread of its own, which is left behind when it hangs.
pub(crate) struct Watchdog {
    subject: Arc<dyn Subject>,
    /// Answers of this subject that never came, over all threads.
    hangs: Arc<AtomicUsize>,
    worker: Option<Worker>,
}

struct Worker {
    cases: Sender<Arc<Case>>,
    answers: Receiver<Answer>,
}

impl Watchdog {
    pub(crate) fn new(subject: Arc<dyn Subject>, hangs: Arc<AtomicUsize>) -> Watchdog {
        Watchdog {
            subject,
            hangs,
            worker: None,
        }
    }

    /// Puts a case to the subject, and says how long that took.
    pub(crate) fn ask(&mut self, case: &Arc<Case>) -> (Answer, Duration) {
        if self.hangs.load(Ordering::Relaxed) >= MAX_HANGS {
            let why = format!("given up after {MAX_HANGS} answers that never came");
            return (Err(why), Duration::ZERO);
        }
        let begin = Instant::now();
        let answer = self.wait(case);
        (answer, begin.elapsed())
    }

    fn wait(&mut self, case: &Arc<Case>) -> Answer {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(Arc::clone(&self.subject))?,
        };
        let gone = || Err("the subject's thread ended".to_owned());
        if worker.cases.send(Arc::clone(case)).is_err() {
            return gone();
        }
        let requests = u32::try_from(case.task.requests.len()).unwrap_or(u32::MAX);
        let allowed = case
            .task
            .time()
            .saturating_add(GRACE)
            .saturating_mul(requests);
        match worker.answers.recv_timeout(allowed) {
            Ok(answer) => {
                self.worker = Some(worker);
                answer
            }
            Err(RecvTimeoutError::Timeout) => {
                self.hangs.fetch_add(1, Ordering::Relaxed);
                Err(format!("no answer within {} ms", allowed.as_millis()))
            }
            Err(RecvTimeoutError::Disconnected) => gone(),
        }
    }
}

impl Worker {
    fn start(subject: Arc<dyn Subject>) -> Result<Worker, String> {
        let (cases, received) = channel::<Arc<Case>>();
        let (answer, answers) = channel();
        let name = format!("subject {}", subject.name());
        let work = move || {
            for case in received {
                let answered = catch_unwind(AssertUnwindSafe(|| subject.run(&case.id, &case.task)));
                let answered =
                    answered.map_err(|panic| format!("panicked: {}", panic_text(&*panic)));
                if answer.send(answered).is_err() {
                    return;
                }
            }
        };
        match thread::Builder::new().name(name).spawn(work) {
            Ok(_) => Ok(Worker { cases, answers }),
            Err(error) => Err(format!("no thread to run it on: {error}")),
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("with no message")
}
