//! The clock of wasmtime's deadlines: one thread a process, awake while a request
//! with a deadline runs, that moves every engine's epoch on.
//!
//! The tick only makes running code look at the time; the deadline itself is an
//! [`Instant`](std::time::Instant) that the epoch callback reads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use wasmtime::{Engine, EngineWeak};

/// How often running code looks at the time: the most by which a deadline is
/// overshot, and 1 000 looks a second cost nothing that can be measured.
const TICK: Duration = Duration::from_millis(1);

/// Ticks without a request before the thread sleeps, so that a stream of short
/// requests does not wake it each time.
const IDLE_TICKS: u32 = 50;

/// Requests that have a deadline and run now.
static ARMED: AtomicUsize = AtomicUsize::new(0);
static ASLEEP: AtomicBool = AtomicBool::new(false);
static WAKE: Condvar = Condvar::new();
static ENGINES: Mutex<Vec<EngineWeak>> = Mutex::new(Vec::new());

/// Has the ticker move these engines' epochs on.
pub(super) fn register<'a>(engines: impl Iterator<Item = &'a Engine>) {
    static START: Once = Once::new();
    lock().extend(engines.map(Engine::weak));
    START.call_once(|| {
        // Without the thread no deadline is kept, so failing to start it is fatal
        // to whoever asked for one; spawn panics then.
        std::thread::Builder::new()
            .name("qip-ticker".to_owned())
            .spawn(tick)
            .expect("a thread for time limits can be started");
    });
}

/// Keeps the ticker awake for as long as it lives.
pub(super) struct Armed;

impl Armed {
    pub(super) fn new() -> Armed {
        ARMED.fetch_add(1, Ordering::SeqCst);
        // The ticker says that it sleeps before it looks at the count a last time,
        // and both are in one order for all threads: either it sees the count, or
        // this sees it asleep.
        if ASLEEP.load(Ordering::SeqCst) {
            wake();
        }
        Armed
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        ARMED.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cold]
fn wake() {
    let _engines = lock();
    ASLEEP.store(false, Ordering::SeqCst);
    WAKE.notify_one();
}

fn lock() -> MutexGuard<'static, Vec<EngineWeak>> {
    ENGINES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tick() {
    let mut idle = 0;
    loop {
        std::thread::sleep(TICK);
        let mut engines = lock();
        engines.retain(|engine| match engine.upgrade() {
            Some(engine) => {
                engine.increment_epoch();
                true
            }
            None => false,
        });
        if ARMED.load(Ordering::SeqCst) > 0 {
            idle = 0;
            continue;
        }
        idle += 1;
        if idle < IDLE_TICKS {
            continue;
        }
        ASLEEP.store(true, Ordering::SeqCst);
        while ASLEEP.load(Ordering::SeqCst) && ARMED.load(Ordering::SeqCst) == 0 {
            engines = WAKE.wait(engines).unwrap_or_else(PoisonError::into_inner);
        }
        ASLEEP.store(false, Ordering::SeqCst);
        idle = 0;
    }
}
