//! Bugs planted into an engine are found, made small, and come out as fixtures; what only a busy
//! machine makes of a trial is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qip_cases::{Capabilities, CaseId, Corpus, Outcome, Subject, Task};
use qip_conformance::{EngineSubject, Run};
use qip_differential::{Arena, Bug, Fixture, Generator, Planted, Tally, run, shrink};
use qip_host::wasmtime::Wasmtime;

/// Searches for the difference between wasmtime and an engine with this bug, and holds
/// what comes out to all that is promised of it.
#[track_caller]
fn is_found(bug: Bug, generator: &Generator) {
    let mut arena = Arena::new([
        Arc::new(EngineSubject::new(Wasmtime::new())) as Arc<dyn Subject>,
        Arc::new(EngineSubject::new(Planted::new(bug))),
    ]);
    let mut tally = Tally::default();
    let finding = run(generator, &mut arena, 1, 0..20_000, None, &mut tally);
    let mut finding = finding.expect("the bug is found");
    println!("{bug:?}: {} trials", tally.trials);
    shrink(&mut finding, &mut arena);

    let directory = tempfile::tempdir().unwrap();
    let area = directory.path().join("regressions");
    let fixture = Fixture::of(&finding, &area).expect("wasmtime is right");
    let path = fixture.write(&area).unwrap();
    let case = std::fs::read_to_string(&path).unwrap();
    let text = std::fs::read_to_string(path.with_extension("wat"));
    let text = text.expect("the module is text");
    println!("{case}{text}");
    assert!(text.lines().count() < 30, "{text}");

    let corpus = Corpus::open_file(&path).unwrap_or_else(|errors| panic!("{errors}"));
    let report = Run::new(&corpus)
        .subject(EngineSubject::new(Wasmtime::new()))
        .execute(&mut |_, _| {});
    assert!(report.is_green(), "{}", report.table());
    let report = Run::new(&corpus)
        .subject(EngineSubject::new(Planted::new(bug)))
        .execute(&mut |_, _| {});
    assert!(!report.is_green(), "the fixture does not see the bug");
}

#[test]
fn a_wrong_instruction() {
    is_found(Bug::Shift, &Generator::random());
}

#[test]
fn a_wrong_kind_of_trap() {
    is_found(Bug::TrapKind, &Generator::planned());
}

#[test]
fn memory_that_is_seen_as_it_was() {
    is_found(Bug::StaleMemory, &Generator::planned());
}

/// Stops every trial under a short time limit in its first stage, as an engine does that does
/// not get to run for a while.
struct Busy {
    inner: EngineSubject,
    stopped_early: Arc<AtomicUsize>,
}

impl Subject for Busy {
    fn name(&self) -> &str {
        "busy"
    }

    fn version(&self) -> &str {
        self.inner.version()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome> {
        let mut outcomes = self.inner.run(id, task);
        if task.time() >= Duration::from_secs(1) {
            return outcomes;
        }
        for outcome in &mut outcomes {
            if let Outcome::Stopped { stage, .. } = outcome
                && stage.is_some_and(|stage| stage > 1)
            {
                *stage = Some(1);
                self.stopped_early.fetch_add(1, Ordering::Relaxed);
            }
        }
        outcomes
    }
}

#[test]
fn a_busy_machine_is_no_bug() {
    let stopped_early = Arc::new(AtomicUsize::new(0));
    let busy = Busy {
        inner: EngineSubject::new(Wasmtime::new()),
        stopped_early: Arc::clone(&stopped_early),
    };
    let mut arena = Arena::new([Arc::new(busy) as Arc<dyn Subject>]);
    let mut tally = Tally::default();
    let planned = Generator::planned();
    for number in 0..4_000 {
        let finding = run(&planned, &mut arena, 1, [number], None, &mut tally);
        if let Some(finding) = finding {
            panic!("{finding}");
        }
        if stopped_early.load(Ordering::Relaxed) > 0 {
            return;
        }
    }
    panic!("no trial was stopped early");
}
