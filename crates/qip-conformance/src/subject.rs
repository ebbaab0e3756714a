//! What is under test.

use crate::capability::Capabilities;
use crate::case::CaseId;
use crate::outcome::Outcome;
use crate::task::Task;

/// Something that answers cases: a host with an engine, a program, a model.
///
/// A subject is asked from several threads. It may panic, hang or answer too much:
/// the runner makes `broken` of that.
pub trait Subject: Send + Sync {
    /// A short name, such as `wasmtime`. An expectation file goes by it.
    fn name(&self) -> &str;

    /// Its version.
    fn version(&self) -> &str;

    /// What it says it can do. Cases that need anything else are not put to it.
    fn capabilities(&self) -> &Capabilities;

    /// Whether it keeps the time by itself: it answers `broken` where the task takes too
    /// long, so that nobody has to watch over it. Its answers may wait for each other.
    fn keeps_time(&self) -> bool {
        false
    }

    /// Answers the task of a case: one outcome for each of its requests, in order.
    /// What is wrong with the modules is the outcome of every request. What the case
    /// expects, a subject is not told.
    fn run(&self, id: &CaseId, task: &Task) -> Vec<Outcome>;
}
