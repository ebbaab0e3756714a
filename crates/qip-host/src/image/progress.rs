//! What can be seen of a run from outside while it goes on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How far a run of a pipeline is, and where its time goes: for one run, and for another
/// thread to look at meanwhile.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    done: AtomicU64,
    /// In nanoseconds, as the next.
    modules: AtomicU64,
    tiling: AtomicU64,
}

impl Progress {
    /// The tiles of the picture, once for each stage; 0 until all stages are ready.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// How many of them are done. After a failure it is less than the total.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// The time that was spent in tile functions, on all threads together.
    pub fn modules(&self) -> Duration {
        Duration::from_nanos(self.modules.load(Ordering::Relaxed))
    }

    /// The time that was spent on tiles around those calls, on all threads together: cutting
    /// them out of the picture, converting, and putting them back. Waiting for work is in
    /// neither.
    pub fn tiling(&self) -> Duration {
        Duration::from_nanos(self.tiling.load(Ordering::Relaxed))
    }

    pub(super) fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Adds what a worker did in `time`.
    pub(super) fn add(&self, calls: Calls, time: Duration) {
        let add = |sum: &AtomicU64, time: Duration| {
            // More than 500 years fit.
            sum.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        };
        add(&self.modules, calls.time);
        add(&self.tiling, time.saturating_sub(calls.time));
        self.done.fetch_add(calls.count, Ordering::Relaxed);
    }
}

/// Calls of tile functions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Calls {
    pub(super) count: u64,
    pub(super) time: Duration,
}
