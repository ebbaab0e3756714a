//! The clock of wasmtime's deadlines: one thread a process, awake while a request
//! with a deadline runs, that moves every engine's epoch on.
//!
//! The tick only makes running code look at the time; the deadline itself is an
//! [`Instant`](std::time::Instant) that the epoch callback reads.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wasmtime::{Engine, EngineWeak};

/// How often running code looks at the time, as far as the system's timer keeps to it:
/// 1 000 looks a second cost nothing that can be measured.
const TICK: Duration = Duration::from_millis(1);

/// Ticks without a request before the thread sleeps, so that a stream of short
/// requests does not wake it each time.
const IDLE_TICKS: u32 = 50;

/// Requests that have a deadline and run now.
static ARMED: AtomicUsize = AtomicUsize::new(0);
static ASLEEP: AtomicBool = AtomicBool::new(false);
static WAKE: Condvar = Condvar::new();
static TICKER: Mutex<Ticker> = Mutex::new(Ticker {
    is_started: false,
    engines: Vec::new(),
});

struct Ticker {
    is_started: bool,
    engines: Vec<EngineWeak>,
}

/// Has the ticker move these engines' epochs on.
///
/// # Errors
///
/// Where its thread cannot be started: without it no deadline would be kept.
pub(super) fn register<'a>(engines: impl Iterator<Item = &'a Engine>) -> io::Result<()> {
    let mut ticker = lock();
    if !ticker.is_started {
        std::thread::Builder::new()
            .name("qip-ticker".to_owned())
            .spawn(tick)?;
        ticker.is_started = true;
    }
    ticker.engines.extend(engines.map(Engine::weak));
    Ok(())
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
    let _ticker = lock();
    ASLEEP.store(false, Ordering::SeqCst);
    WAKE.notify_one();
}

fn lock() -> MutexGuard<'static, Ticker> {
    TICKER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tick() {
    let mut idle = 0;
    loop {
        std::thread::sleep(TICK);
        let mut ticker = lock();
        ticker.engines.retain(|engine| match engine.upgrade() {
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
            ticker = WAKE.wait(ticker).unwrap_or_else(PoisonError::into_inner);
        }
        ASLEEP.store(false, Ordering::SeqCst);
        idle = 0;
    }
}
