//! The corpus that is part of the program.

use std::path::Path;

use qip_cases::{Capability, Corpus, KnownFailures};

use crate::made_up::{cases, files};

#[test]
fn loads_and_assembles() {
    let corpus = Corpus::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    assert!(!corpus.cases().is_empty());
    corpus
        .assemble()
        .unwrap_or_else(|errors| panic!("{errors}"));
    KnownFailures::embedded().unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn one_file_has_the_cases_that_it_has_in_the_whole() {
    let corpus = Corpus::embedded().unwrap();
    let id = &corpus.cases()[0].id;
    let file = Corpus::embedded_file(id.area(), id.stem()).unwrap();
    let in_file = |case: &&std::sync::Arc<qip_cases::Case>| {
        (case.id.area(), case.id.stem()) == (id.area(), id.stem())
    };
    let whole: Vec<_> = corpus
        .cases()
        .iter()
        .filter(in_file)
        .map(|case| &case.id)
        .collect();
    let alone: Vec<_> = file.cases().iter().map(|case| &case.id).collect();
    assert_eq!(alone, whole);
}

#[test]
fn the_directory_has_the_same_digest_as_the_embedded_copy() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance");
    if !directory.is_dir() {
        eprintln!("skipped: conformance/ is not there");
        return;
    }
    let opened = Corpus::open(directory).unwrap_or_else(|errors| panic!("{errors}"));
    let embedded = Corpus::embedded().unwrap();
    assert_eq!(opened.digest(), embedded.digest());
    assert_eq!(
        opened.lock(),
        qip_corpus::CASES_LOCK,
        "update it with --update-lock"
    );
}

#[test]
fn the_guide_lists_every_capability() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/README.md");
    let Ok(guide) = std::fs::read_to_string(guide) else {
        eprintln!("skipped: conformance/ is not there");
        return;
    };
    for capability in Capability::ALL {
        let head = format!("| `{capability}` | ");
        let mut rows = guide.lines().filter(|line| line.starts_with(&head));
        let meaning = format!(" | {} | ", capability.meaning());
        assert!(
            rows.any(|row| row.contains(&meaning)),
            "conformance/README.md has no row `{head}…{meaning}…`"
        );
    }
}

#[test]
fn every_capability_reads_back() {
    for capability in Capability::ALL {
        assert_eq!(
            Capability::from_text(capability.as_str()),
            Some(*capability)
        );
        assert!(!capability.meaning().is_empty());
    }
    assert_eq!(Capability::from_text("flight"), None);
}

#[test]
fn regressions_stand_beside_the_cases_and_not_in_them() {
    let case = cases(&["one"]);
    let beside = files(&[
        ("cases/in/a.toml", &case),
        ("regressions/b.toml", &case),
        ("cases.lock", "in/a#one\nregressions/b#one\n"),
    ]);
    let corpus = Corpus::open(beside.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(corpus.lock().ends_with("\nin/a#one\nregressions/b#one\n"));

    let within = files(&[("cases/regressions/b.toml", &case), ("cases.lock", "")]);
    let error = Corpus::open(within.path()).unwrap_err().to_string();
    assert!(
        error.contains("`regressions` stands beside `cases`"),
        "{error}"
    );
}
