//! Bugs planted into an engine are found, made small, and come out as fixtures.

use std::sync::Arc;

use qip_conformance::{Corpus, EngineSubject, Run, Subject};
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
