//! Asking a subject that may panic or hang.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use qip_cases::{CaseId, Outcome, Subject, Task};

/// How much later than its time limit an answer may come (RUN-6): long enough that a busy
/// machine makes no hang of it.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// After how many answers that never came a subject is given up.
pub(crate) const MAX_HANGS: usize = 10;

/// What a subject answered to each request, or the one fault for which it did not.
type Answer = Result<Vec<Outcome>, Outcome>;

/// A subject behind a thread of its own, which is left behind when it hangs.
pub struct Watchdog {
    subject: Arc<dyn Subject>,
    /// Answers of this subject that never came, over all threads.
    hangs: Arc<AtomicUsize>,
    worker: Option<Worker>,
}

struct Worker {
    tasks: Sender<(CaseId, Arc<Task>)>,
    answers: Receiver<Answer>,
    thread: JoinHandle<()>,
}

impl Watchdog {
    /// Watches over a subject.
    pub fn new(subject: Arc<dyn Subject>) -> Watchdog {
        Watchdog::counting(subject, Arc::default())
    }

    /// As [`Watchdog::new`], with a count of hangs that others share.
    pub(crate) fn counting(subject: Arc<dyn Subject>, hangs: Arc<AtomicUsize>) -> Watchdog {
        Watchdog {
            subject,
            hangs,
            worker: None,
        }
    }

    /// The subject.
    pub fn subject(&self) -> &Arc<dyn Subject> {
        &self.subject
    }

    /// Puts a task to the subject, and says how long that took. A panic breaks every
    /// request, and an answer that does not come in time is a hang of every request: the
    /// task's limit and 10 s more, for each. After ten of those the subject is not asked
    /// any more. Of one that keeps the time by itself, any answer is in time.
    pub fn ask(&mut self, id: &CaseId, task: &Arc<Task>) -> (Vec<Outcome>, Duration) {
        let begin = Instant::now();
        let answer = if self.hangs.load(Ordering::Relaxed) >= MAX_HANGS {
            let why = format!("given up after {MAX_HANGS} answers that never came");
            Err(Outcome::hung(why))
        } else {
            self.wait(id, task)
        };
        let outcomes = answer.unwrap_or_else(|fault| vec![fault; task.requests.len()]);
        (outcomes, begin.elapsed())
    }

    fn wait(&mut self, id: &CaseId, task: &Arc<Task>) -> Answer {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(Arc::clone(&self.subject))?,
        };
        let gone = || Err(Outcome::broken("the subject's thread ended"));
        if worker.tasks.send((id.clone(), Arc::clone(task))).is_err() {
            return gone();
        }
        let requests = u32::try_from(task.requests.len()).unwrap_or(u32::MAX);
        let allowed = task.time().saturating_add(GRACE).saturating_mul(requests);
        let answer = if self.subject.keeps_time() {
            let answer = worker.answers.recv();
            answer.map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            worker.answers.recv_timeout(allowed)
        };
        match answer {
            Ok(answer) => {
                self.worker = Some(worker);
                answer
            }
            Err(RecvTimeoutError::Timeout) => {
                self.hangs.fetch_add(1, Ordering::Relaxed);
                let why = format!("no answer within {} ms", allowed.as_millis());
                Err(Outcome::hung(why))
            }
            Err(RecvTimeoutError::Disconnected) => gone(),
        }
    }
}

/// The thread lets go of the subject before the watchdog is gone, so that whoever drops
/// both last sees the subject's end. One that hangs was left behind before.
impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(Worker { tasks, thread, .. }) = self.worker.take() {
            drop(tasks);
            // A panic was an answer, if there was one.
            let _ = thread.join();
        }
    }
}

impl Worker {
    fn start(subject: Arc<dyn Subject>) -> Result<Worker, Outcome> {
        let (tasks, received) = channel::<(CaseId, Arc<Task>)>();
        let (answer, answers) = channel();
        let name = format!("subject {}", subject.name());
        let work = move || {
            for (id, task) in received {
                let answered = catch_unwind(AssertUnwindSafe(|| subject.run(&id, &task)));
                let answered = answered
                    .map_err(|panic| Outcome::broken(format!("panicked: {}", panic_text(&*panic))));
                if answer.send(answered).is_err() {
                    return;
                }
            }
        };
        match thread::Builder::new().name(name).spawn(work) {
            Ok(thread) => Ok(Worker {
                tasks,
                answers,
                thread,
            }),
            Err(error) => Err(Outcome::broken(format!("no thread to run it on: {error}"))),
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("with no message")
}
