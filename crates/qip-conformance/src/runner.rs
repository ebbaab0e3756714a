//! Running cases over subjects.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::case::Case;
use crate::corpus::Corpus;
use crate::expectation_file::{Known, KnownFailures};
use crate::report::{Report, SubjectReport};
use crate::subject::Subject;
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

    /// Sets the number of threads; without, one for each core.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Run<'c> {
        self.threads = Some(threads);
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

    /// Puts every selected case to every subject. `progress` is told, on this
    /// thread, how many verdicts there are and how many there will be.
    pub fn execute(self, progress: &mut dyn FnMut(usize, usize)) -> Report {
        let cases = self.selected();
        let known: Vec<Vec<Known>> = self
            .subjects
            .iter()
            .map(|subject| self.known_of(subject.name()))
            .collect();
        let total = cases.len() * self.subjects.len();
        let mut results: Vec<Vec<Option<CaseResult>>> = self
            .subjects
            .iter()
            .map(|_| vec![None; cases.len()])
            .collect();

        let tasks = Tasks {
            cases: &cases,
            known: &known,
            hangs: self.subjects.iter().map(|_| Arc::default()).collect(),
            next: AtomicUsize::new(0),
        };
        let (send, receive) = channel();
        thread::scope(|scope| {
            for _ in 0..self.thread_count(total) {
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
                results[subject][case] = Some(result);
                progress(done + 1, total);
            }
        });

        let labels = labels(&self.subjects);
        let subjects = self.subjects.iter().zip(labels).zip(known).zip(results);
        let subjects = subjects.map(|(((subject, label), known), results)| {
            let results = results.into_iter().flatten().collect();
            SubjectReport::new(&**subject, label, &known, results, self.corpus, &cases)
        });
        Report::new(self.corpus, cases.len(), subjects.collect())
    }

    /// Takes one task after another until there are none.
    fn work(&self, tasks: &Tasks<'_>, send: Sender<Done>) {
        let mut watched: Vec<Watchdog> = self
            .subjects
            .iter()
            .zip(&tasks.hangs)
            .map(|(subject, hangs)| Watchdog::counting(Arc::clone(subject), Arc::clone(hangs)))
            .collect();
        loop {
            let task = tasks.next.fetch_add(1, Ordering::Relaxed);
            // All subjects of a case in turn: its modules are assembled once.
            let (case, subject) = (task / watched.len(), task % watched.len());
            let Some(asked) = tasks.cases.get(case) else {
                return;
            };
            let result = judge_with(&mut watched[subject], asked, &tasks.known[subject]);
            if send
                .send(Done {
                    case,
                    subject,
                    result,
                })
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

    fn thread_count(&self, total: usize) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(cores).max(1).min(total)
    }
}

/// What the threads of a run share.
struct Tasks<'r> {
    cases: &'r [Arc<Case>],
    /// What is known of each subject.
    known: &'r [Vec<Known>],
    /// For each subject, how many answers never came.
    hangs: Vec<Arc<AtomicUsize>>,
    /// The next task: the cases in order, each with every subject.
    next: AtomicUsize,
}

/// A task that is done, with the positions of its case and subject.
struct Done {
    case: usize,
    subject: usize,
    result: CaseResult,
}

fn judge_with(watchdog: &mut Watchdog, case: &Arc<Case>, known: &[Known]) -> CaseResult {
    if let Some(unsupported) = verdict::without_capability(case, &**watchdog.subject()) {
        return unsupported;
    }
    let (outcomes, time) = watchdog.ask(&case.id, &case.task);
    CaseResult {
        time,
        ..verdict::of_answer(case, &**watchdog.subject(), outcomes, known)
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
