//! The one-line test of an engine.

use std::sync::Arc;

use qip_cases::Corpus;
use qip_engine::Engine;

use crate::engine_subject::EngineSubject;
use crate::runner::Run;

/// Holds an engine to the whole contract: runs the embedded corpus on `qip-host`
/// with this engine. Cases that need what its `EngineInfo` says it lacks are skipped,
/// and counted as unsupported.
///
/// ```no_run
/// # fn my_engine() -> qip_host::wasmi::Wasmi { qip_host::wasmi::Wasmi::new() }
/// qip_conformance::assert_conforms(my_engine());
/// ```
///
/// # Panics
///
/// With the report, where the run is red.
#[track_caller]
pub fn assert_conforms(engine: impl Engine + 'static) {
    assert_shared_conforms(Arc::new(engine));
}

/// As [`assert_conforms`], for an engine that others use too.
///
/// # Panics
///
/// With the report, where the run is red.
#[track_caller]
pub fn assert_shared_conforms(engine: Arc<dyn Engine>) {
    let corpus = match Corpus::embedded() {
        Ok(corpus) => corpus,
        Err(errors) => panic!("the embedded corpus is broken:\n{errors}"),
    };
    let subject = EngineSubject::shared(engine);
    let report = Run::new(&corpus).subject(subject).execute(&mut |_, _| {});
    assert!(
        report.is_green(),
        "the engine does not conform:\n{}",
        report.table()
    );
}
