//! Which case kills which mutant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use qip_cases::{Case, Corpus, Expectation, ExpectedOutcome, Level, Outcome, Subject};
use qip_conformance::{Detail, judge};
use qip_contract::Clause;
use qip_engine::{Engine, Exhausted};
use qip_model::{Model, Mutant, Mutation, trace};
use serde::Serialize;

use crate::caching::Caching;

/// A case, and what it does to mutants.
#[derive(Clone, Debug)]
pub struct Row {
    /// The case.
    pub case: Arc<Case>,
    /// The mutants that could answer otherwise than the model.
    pub possible: BTreeSet<Mutation>,
    /// Of these, those that fail it.
    pub kills: BTreeSet<Mutation>,
    /// How the model itself fails it: then the kills mean nothing.
    pub failure: Option<String>,
    /// Mutants that gave no answer at all, which kills nothing.
    pub broken: BTreeSet<Mutation>,
}

impl Row {
    /// The mutants that fail it and break a clause which it names: what it is there for.
    /// A mutant that refuses whatever it is asked counts where an answer is expected.
    pub fn own_kills(&self) -> impl Iterator<Item = Mutation> {
        let expects_an_answer = self.expects_an_answer();
        let kills = self.kills.iter().copied();
        kills.filter(move |mutation| {
            is_about(*mutation, &self.case) && (expects_an_answer || !mutation.refuses_all())
        })
    }

    fn expects_an_answer(&self) -> bool {
        let expectations = self.case.expectations.iter();
        let mut alternatives = expectations.flat_map(Expectation::alternatives);
        alternatives.any(|expected| {
            matches!(
                expected.outcome,
                ExpectedOutcome::Output(..)
                    | ExpectedOutcome::Scalar(_)
                    | ExpectedOutcome::Image(_)
            )
        })
    }
}

/// Whether the mutant breaks a clause that the case names.
fn is_about(mutation: Mutation, case: &Case) -> bool {
    let mut clauses = mutation.clauses().iter();
    clauses.any(|clause| case.clauses.iter().any(|named| named == clause))
}

/// All cases of a corpus, in its order.
#[derive(Clone, Debug)]
pub struct Matrix {
    rows: Vec<Row>,
    /// How often a mutant was put to a case. Of those that are left out it is known that
    /// they answer as the model does.
    runs: usize,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Clauses of the contract.
    pub clauses: usize,
    /// Of these, clauses that a case names.
    pub covered: usize,
    /// Of these, clauses without a case that say why.
    pub exempt: usize,
    /// Cases of the corpus.
    pub cases: usize,
    /// Of these, cases that kill no mutant of their clauses, and say why.
    pub kills_none: usize,
    /// Mutants.
    pub mutants: usize,
    /// Of these, mutants that a case of their clauses kills.
    pub killed: usize,
    /// Pairs of a case and a mutant that it kills.
    pub kills: usize,
}

impl Matrix {
    /// Puts every case to the model, and to every mutant that could answer otherwise.
    /// Cases that wait for a clock are put to the mutants of their clauses only. Those
    /// that promise something of every engine (DET-1) run on each, all others on the
    /// first.
    pub fn measure(corpus: &Corpus, engines: &[Arc<dyn Engine>]) -> Matrix {
        Matrix::measure_some(corpus.cases(), engines, Mutation::ALL)
    }

    /// As [`Matrix::measure`], with these cases and these mutants only.
    pub fn measure_some(
        cases: &[Arc<Case>],
        engines: &[Arc<dyn Engine>],
        mutants: &[Mutation],
    ) -> Matrix {
        let next = AtomicUsize::new(0);
        let runs = AtomicUsize::new(0);
        let work = || {
            let mut rows = BTreeMap::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else {
                    return rows;
                };
                let is_of_all = case.clauses.iter().any(|clause| clause == "DET-1");
                let count = if is_of_all { engines.len() } else { 1 };
                let (row, asked) = row(case, &engines[..count.min(engines.len())], mutants);
                runs.fetch_add(asked, Ordering::Relaxed);
                rows.insert(index, row);
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut rows = BTreeMap::new();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            for worker in workers {
                match worker.join() {
                    Ok(mut done) => rows.append(&mut done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        Matrix {
            rows: rows.into_values().collect(),
            runs: runs.into_inner(),
        }
    }

    /// The cases, in the order of the corpus.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How often a mutant was put to a case.
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// The cases that kill a mutant and name a clause that it breaks.
    pub fn own_killers(&self, mutation: Mutation) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter();
        rows.filter(move |row| row.own_kills().any(|own| own == mutation))
    }

    /// The cases that kill a mutant.
    pub fn killers(&self, mutation: Mutation) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.kills.contains(&mutation))
    }

    /// The cases that name a clause.
    pub fn cases_of(&self, clause: &Clause) -> impl Iterator<Item = &Row> {
        let id = clause.id;
        self.rows
            .iter()
            .filter(move |row| row.case.clauses.iter().any(|named| named == id))
    }

    /// The same without some of the cases.
    #[must_use]
    pub fn without(&self, leaves_out: impl Fn(&Row) -> bool) -> Matrix {
        let mut rest = self.clone();
        rest.rows.retain(|row| !leaves_out(row));
        rest
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        let clauses = qip_contract::CLAUSES;
        let mutants = Mutation::ALL.iter();
        Counts {
            clauses: clauses.len(),
            covered: clauses
                .iter()
                .filter(|clause| self.cases_of(clause).next().is_some())
                .count(),
            exempt: clauses
                .iter()
                .filter(|clause| clause.uncovered.is_some())
                .count(),
            cases: self.rows.len(),
            kills_none: self
                .rows
                .iter()
                .filter(|row| row.case.kills_none.is_some())
                .count(),
            mutants: Mutation::ALL.len(),
            killed: mutants
                .filter(|mutation| self.own_killers(**mutation).next().is_some())
                .count(),
            kills: self.rows.iter().map(|row| row.kills.len()).sum(),
        }
    }
}

/// Whether the case is judged apart from those of clauses that say must.
pub(crate) fn is_must(row: &Row) -> bool {
    row.case.level == Level::Must
}

/// A case, and how often a mutant was put to it.
fn row(case: &Arc<Case>, engines: &[Arc<dyn Engine>], mutants: &[Mutation]) -> (Row, usize) {
    let mut row = Row {
        case: Arc::clone(case),
        possible: BTreeSet::new(),
        kills: BTreeSet::new(),
        failure: None,
        broken: BTreeSet::new(),
    };
    let mut runs = 0;
    for engine in engines {
        let engine: Arc<dyn Engine> = Arc::new(Caching::new(Arc::clone(engine)));
        let model = Model::shared(Arc::clone(&engine));
        let (outcomes, possible) = trace(&engine, &case.task);
        row.failure = row.failure.or(difference(case, &model, &outcomes));
        row.possible.extend(&possible);
        let waits = waits_for_a_clock(case);
        for mutation in possible {
            let is_left_out = !mutants.contains(&mutation)
                || waits && !is_about(mutation, case)
                || row.kills.contains(&mutation);
            if is_left_out {
                continue;
            }
            runs += 1;
            let mutant = Mutant::shared(Arc::clone(&engine), mutation);
            let outcomes = mutant.answer(&case.task);
            let is_broken = outcomes
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Broken { .. }));
            if is_broken && !mutation.outruns_the_engine() {
                row.broken.insert(mutation);
            } else if difference(case, &mutant, &outcomes).is_some() {
                row.kills.insert(mutation);
            }
        }
    }
    (row, runs)
}

/// Whether the time limit has to pass.
fn waits_for_a_clock(case: &Case) -> bool {
    let expectations = case.expectations.iter();
    let mut alternatives = expectations.flat_map(Expectation::alternatives);
    alternatives.any(|expected| expected.outcome == ExpectedOutcome::Stopped(Exhausted::Time))
}

/// The first way in which the answers are not what the case expects.
fn difference(case: &Case, subject: &dyn Subject, outcomes: &[Outcome]) -> Option<String> {
    let detail = Detail::of(subject.capabilities());
    if outcomes.len() != case.expectations.len() {
        return Some(format!("{} answers", outcomes.len()));
    }
    let judged = case.expectations.iter().zip(outcomes);
    let mut differences =
        judged.flat_map(|(expectation, outcome)| judge(expectation, outcome, detail));
    differences.next().map(|difference| difference.to_string())
}
