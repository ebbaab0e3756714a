//! Running cases over subjects.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SendError, Sender, channel};
use std::thread;
use std::time::Duration;

use qip_cases::{Case, Corpus, Known, KnownFailures, Outcome, Subject};

use crate::repetition;
use crate::report::{Report, SubjectReport};
use crate::shuffle::two_orders;
use crate::verdict::{self, CaseResult};
use crate::watchdog::Watchdog;

/// A run to be: which cases, over which subjects, with what known.
pub struct Run<'c> {
    corpus: &'c Corpus,
    subjects: Vec<Arc<dyn Subject>>,
    filters: Vec<String>,
    ids: Vec<String>,
    known: Vec<KnownFailures>,
    threads: Option<usize>,
    seed: Option<u64>,
}

impl<'c> Run<'c> {
    /// A run of all cases of a corpus, over no subject yet.
    pub fn new(corpus: &'c Corpus) -> Run<'c> {
        Run {
            corpus,
            subjects: Vec::new(),
            filters: Vec::new(),
            ids: Vec::new(),
            known: Vec::new(),
            threads: None,
            seed: None,
        }
    }

    /// Adds a subject.
    #[must_use]
    pub fn subject(self, subject: impl Subject + 'static) -> Run<'c> {
        self.subjects([Arc::new(subject) as Arc<dyn Subject>])
    }

    /// Adds subjects.
    #[must_use]
    pub fn subjects(mut self, subjects: impl IntoIterator<Item = Arc<dyn Subject>>) -> Run<'c> {
        self.subjects.extend(subjects);
        self
    }

    /// Selects the cases whose ID contains this text. Of several filters and IDs,
    /// one that selects a case is enough; without any, all cases are selected.
    #[must_use]
    pub fn filter(mut self, part: impl Into<String>) -> Run<'c> {
        self.filters.push(part.into());
        self
    }

    /// Selects the case with this ID.
    #[must_use]
    pub fn exact(mut self, id: impl Into<String>) -> Run<'c> {
        self.ids.push(id.into());
        self
    }

    /// Adds known failures. Those of subjects that are not in the run are ignored.
    #[must_use]
    pub fn known(mut self, known: impl IntoIterator<Item = KnownFailures>) -> Run<'c> {
        self.known.extend(known);
        self
    }

    /// Sets the number of threads; without, one for each core. A thorough run has one for
    /// each subject at most.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Run<'c> {
        self.threads = Some(threads);
        self
    }

    /// Makes the run thorough: each case is put to each subject twice, all of them in one
    /// shuffled order and then all of them in another. An answer that differs from the
    /// first in more than its message fails the case, also where the case allows both
    /// (DET-2, REC-4), unless one of them is that the stack or the time ran out (DET-1).
    ///
    /// The seed makes the orders. A subject is asked one case at a time, so that another
    /// run of the same cases with the same seed asks it the same in the same order. The
    /// report is in the order of the corpus, and names the seed.
    #[must_use]
    pub fn thorough(mut self, seed: u64) -> Run<'c> {
        self.seed = Some(seed);
        self
    }

    /// The cases that are selected, in the order of the corpus.
    pub fn selected(&self) -> Vec<Arc<Case>> {
        let cases = self.corpus.cases().iter();
        cases.filter(|case| self.selects(case)).cloned().collect()
    }

    fn selects(&self, case: &Case) -> bool {
        let id = case.id.as_str();
        (self.filters.is_empty() && self.ids.is_empty())
            || self.filters.iter().any(|part| id.contains(part))
            || self.ids.iter().any(|exact| id == exact)
    }

    /// Puts every selected case to every subject. `progress` is told, on this thread, how
    /// many cases were put and how many there are to put; in a thorough run each counts
    /// twice.
    pub fn execute(self, progress: &mut dyn FnMut(usize, usize)) -> Report {
        let cases = self.selected();
        let known: Vec<Vec<Known>> = self
            .subjects
            .iter()
            .map(|subject| self.known_of(subject.name()))
            .collect();
        let lanes = self.lanes(cases.len());
        let total = lanes.iter().map(|lane| lane.cases.len()).sum();
        let mut results: Vec<Vec<Option<CaseResult>>> = self
            .subjects
            .iter()
            .map(|_| vec![None; cases.len()])
            .collect();

        let tasks = Tasks {
            cases: &cases,
            known: &known,
            hangs: self.subjects.iter().map(|_| Arc::default()).collect(),
            lanes: &lanes,
            is_thorough: self.seed.is_some(),
            next: AtomicUsize::new(0),
        };
        let (send, receive) = channel();
        thread::scope(|scope| {
            for _ in 0..self.thread_count(lanes.len()) {
                let send = send.clone();
                scope.spawn(|| self.work(&tasks, send));
            }
            drop(send);
            for (
                done,
                Done {
                    case,
                    subject,
                    result,
                },
            ) in receive.iter().enumerate()
            {
                if let Some(result) = result {
                    results[subject][case] = Some(*result);
                }
                progress(done + 1, total);
            }
        });

        let labels = labels(&self.subjects);
        let subjects = self.subjects.iter().zip(labels).zip(known).zip(results);
        let subjects = subjects.map(|(((subject, label), known), results)| {
            let results = results.into_iter().flatten().collect();
            SubjectReport::new(&**subject, label, &known, results, self.corpus, &cases)
        });
        Report::new(self.corpus, cases.len(), self.seed, subjects.collect())
    }

    /// What can be done side by side. In a thorough run that is one lane for each subject,
    /// else one for each case and subject.
    fn lanes(&self, cases: usize) -> Vec<Lane> {
        let subjects = 0..self.subjects.len();
        if let Some(seed) = self.seed {
            let cases = two_orders(cases, seed).concat();
            let lane = |subject| Lane {
                subject,
                cases: cases.clone(),
            };
            return subjects.map(lane).collect();
        }
        // All subjects of a case in turn: its modules are assembled once.
        let lanes = (0..cases).flat_map(|case| {
            let lane = move |subject| Lane {
                subject,
                cases: vec![case],
            };
            subjects.clone().map(lane)
        });
        lanes.collect()
    }

    /// Takes one lane after another until there are none.
    fn work(&self, tasks: &Tasks<'_>, send: Sender<Done>) {
        let mut watched: Vec<Watchdog> = self
            .subjects
            .iter()
            .zip(&tasks.hangs)
            .map(|(subject, hangs)| Watchdog::counting(Arc::clone(subject), Arc::clone(hangs)))
            .collect();
        while let Some(lane) = tasks.lanes.get(tasks.next.fetch_add(1, Ordering::Relaxed)) {
            if tasks
                .follow(lane, &mut watched[lane.subject], &send)
                .is_err()
            {
                return;
            }
        }
    }

    fn known_of(&self, subject: &str) -> Vec<Known> {
        let files = self.known.iter().filter(|known| known.subject() == subject);
        files.flat_map(|known| known.entries().to_vec()).collect()
    }

    fn thread_count(&self, lanes: usize) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(cores).max(1).min(lanes)
    }
}

/// What the threads of a run share.
struct Tasks<'r> {
    cases: &'r [Arc<Case>],
    /// What is known of each subject.
    known: &'r [Vec<Known>],
    /// For each subject, how many answers never came.
    hangs: Vec<Arc<AtomicUsize>>,
    lanes: &'r [Lane],
    /// Whether each case stands in a lane twice, and is judged the second time.
    is_thorough: bool,
    /// The next lane.
    next: AtomicUsize,
}

/// What one thread does in turn: it puts cases to a subject, both by position.
struct Lane {
    subject: usize,
    cases: Vec<usize>,
}

/// A case was put to a subject, both by position. Without a result it is put once more.
struct Done {
    case: usize,
    subject: usize,
    result: Option<Box<CaseResult>>,
}

impl Tasks<'_> {
    /// Puts the cases of a lane to its subject.
    fn follow(
        &self,
        lane: &Lane,
        watchdog: &mut Watchdog,
        send: &Sender<Done>,
    ) -> Result<(), SendError<Done>> {
        let subject = lane.subject;
        let known = &self.known[subject];
        let mut first = HashMap::new();
        for &case in &lane.cases {
            let asked = &self.cases[case];
            let result = if !self.is_thorough {
                Some(judge_with(watchdog, asked, known))
            } else if let Some(first) = first.remove(&case) {
                Some(judge_again(watchdog, asked, first, known))
            } else {
                first.insert(case, ask(watchdog, asked));
                None
            };
            send.send(Done {
                case,
                subject,
                result: result.map(Box::new),
            })?;
        }
        Ok(())
    }
}

/// What a subject answered to a case, and how long that took.
type Answer = (Vec<Outcome>, Duration);

/// Puts a case to a subject, unless it lacks what the case needs.
fn ask(watchdog: &mut Watchdog, case: &Arc<Case>) -> Result<Answer, CaseResult> {
    match verdict::without_capability(case, &**watchdog.subject()) {
        Some(unsupported) => Err(unsupported),
        None => Ok(watchdog.ask(&case.id, &case.task)),
    }
}

fn judge_with(watchdog: &mut Watchdog, case: &Arc<Case>, known: &[Known]) -> CaseResult {
    let (outcomes, time) = match ask(watchdog, case) {
        Ok(answer) => answer,
        Err(unsupported) => return unsupported,
    };
    CaseResult {
        time,
        ..verdict::of_answer(case, &**watchdog.subject(), outcomes, known)
    }
}

/// Puts a case to a subject that was asked it before.
fn judge_again(
    watchdog: &mut Watchdog,
    case: &Arc<Case>,
    first: Result<Answer, CaseResult>,
    known: &[Known],
) -> CaseResult {
    let ((first, time), (second, more)) = match (first, ask(watchdog, case)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(unsupported), _) | (_, Err(unsupported)) => return unsupported,
    };
    CaseResult {
        time: time + more,
        ..repetition::of_two_answers(case, &**watchdog.subject(), first, second, known)
    }
}

/// Puts one case to one subject, for a test harness that runs cases by itself.
pub fn run_case(
    subject: &Arc<dyn Subject>,
    case: &Arc<Case>,
    known: Option<&KnownFailures>,
) -> CaseResult {
    let known = known.map(KnownFailures::entries).unwrap_or_default();
    judge_with(&mut Watchdog::new(Arc::clone(subject)), case, known)
}

/// What a report calls each subject: its name, with a number where several share it.
fn labels(subjects: &[Arc<dyn Subject>]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let names = subjects.iter().map(|subject| subject.name());
    names
        .map(|name| {
            let count = seen.entry(name).or_default();
            *count += 1;
            if *count == 1 {
                name.to_owned()
            } else {
                format!("{name} ({count})")
            }
        })
        .collect()
}
