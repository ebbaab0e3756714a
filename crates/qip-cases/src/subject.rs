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

    /// The engine that it runs modules on, with its version, where it says so.
    fn engine(&self) -> Option<&str> {
        None
    }

    /// What it says it can do. Cases that need anything else are not put to it.
    fn capabilities(&self) -> &Capabilities;

    /// Whether all that can be seen of it is what it prints, its exit status and a
    /// message: its outcomes are [`Outcome::Printed`], less of each case is judged, and
    /// the report says so.
    fn is_coarse(&self) -> bool {
        false
    }

    /// What of a task there is no way to tell it, in words, where it has a capability only
    /// in part. The case counts as unsupported then, and is not put to it.
    fn cannot_be_told(&self, task: &Task) -> Option<&'static str> {
        let _ = task;
        None
    }

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
