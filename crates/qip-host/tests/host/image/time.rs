//! Time and fuel (RUN-6, LIM-4).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use qip_host::engine::{Engine, Exhausted};
use qip_host::image::ImageOptions;
use qip_host::{ErrorKind, Host, TrapKind, Value};

use super::{brighter, filter, filters, numbered, shift, threads};
use crate::hook::{Ask, hooked};
use crate::{fuelled, metered, on_each};

/// So many threads, and so much time.
fn within(milliseconds: u64, count: usize) -> ImageOptions {
    let mut options = threads(count);
    options.limits.time = Some(Duration::from_millis(milliseconds));
    options
}

fn timed(engine: &Arc<dyn Engine>) -> Host {
    metered(engine, crate::within(Duration::MAX))
}

/// Never comes back from the tile at (64, 0).
fn never_returns() -> Vec<u8> {
    filter(
        0,
        "",
        "(if (f32.eq (local.get $x) (f32.const 64)) (then (loop $again (br $again))))",
    )
}

#[test]
fn what_never_returns_is_stopped() {
    on_each(|engine| {
        // Time enough for all that comes before.
        let host = timed(engine);
        for stages in [
            vec![never_returns()],
            vec![brighter(), never_returns()],
            vec![shift(1, 0.0), never_returns()],
        ] {
            let last = stages.len();
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let filters = filters(&host, &stages).expect("sound");
            for count in [1, 2] {
                let error = filters
                    .apply(&numbered(128, 60), within(1_000, count))
                    .expect_err("endless");
                assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
                assert_eq!((error.stage(), error.tile()), (Some(last), Some((64, 0))));
                assert_eq!(
                    error.message(),
                    "Wasm module exceeded the execution time limit (1000ms)"
                );
            }
        }
    });
}

/// A trap that comes before what never returns is the answer, with any number of threads,
/// also where another is in the endless tile by then: it is waited for, and not asked.
#[test]
fn a_trap_before_an_endless_tile() {
    let module = filter(
        0,
        "",
        "(if (f32.eq (local.get $x) (f32.const 64)) (then (loop $again (br $again))))
         (if (f32.eq (local.get $x) (f32.const 0)) (then unreachable))",
    );
    on_each(|engine| {
        // So that another thread may get that far; the limit is fifty times as long.
        let slow = hooked(engine, |ask| {
            if matches!(ask, Ask::Call([Value::F32(0), _])) {
                thread::sleep(Duration::from_millis(20));
            }
        });
        let filters = filters(&timed(&slow), &[&module]).expect("sound");
        for count in [1, 2] {
            let error = filters
                .apply(&numbered(192, 1), within(1_000, count))
                .expect_err("a trap");
            assert_eq!(
                error.kind(),
                ErrorKind::Trapped(TrapKind::Unreachable),
                "{error}"
            );
            assert_eq!(error.tile(), Some((0, 0)));
        }
    });
}

/// Many short tiles: none of them is long enough for an engine to look at the time. Each
/// takes 20 ms or more, so that before the limit of 50 ms no more than three can begin.
#[test]
fn the_deadline_is_looked_at_between_tiles() {
    let nothing = crate::wat(
        r#"(module (memory (export "memory") 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 65536))
            (func (export "tile_rgba32float_64x64") (param f32 f32)))"#,
    );
    on_each(|engine| {
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let slow = hooked(engine, move |ask| {
            if ask.is_tile() {
                counted.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        let filters = filters(&timed(&slow), &[&nothing]).expect("sound");
        let error = filters
            .apply(&numbered(64, 64 * 100), within(50, 1))
            .expect_err("too slow");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert!(error.tile().is_some());
        let begun = begun.load(Ordering::Relaxed);
        assert!(begun <= 3, "{begun} tiles were begun");
    });
}

/// The host's own work on tiles counts, and not only what modules do (RUN-6).
#[test]
fn tiling_counts() {
    on_each(|engine| {
        let slow = hooked(engine, |ask| {
            if matches!(ask, Ask::Memory) {
                thread::sleep(Duration::from_millis(20));
            }
        });
        let filters = filters(&timed(&slow), &[&brighter()]).expect("sound");
        let error = filters
            .apply(&numbered(64, 64 * 10), within(100, 1))
            .expect_err("too slow");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
    });
}

/// All stages and tiles share the fuel, and with any number of threads it buys the same.
#[test]
fn fuel_is_shared() {
    let picture = numbered(130, 130);
    on_each(|engine| {
        if !engine.info().fuel {
            return;
        }
        for stages in [
            vec![brighter(), brighter()],
            vec![brighter(), shift(1, 1.0)],
        ] {
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let run = |fuel: u64, count: usize| {
                let mut options = threads(count);
                options.limits = fuelled(fuel);
                let host = metered(engine, options.limits);
                let filters = filters(&host, &stages).expect("sound");
                filters.apply(&picture, options).err()
            };
            // What is just enough, by halving.
            let (mut short, mut enough) = (0, 100_000_000);
            assert!(run(enough, 1).is_none());
            while enough - short > 1 {
                let middle = short + (enough - short) / 2;
                match run(middle, 1) {
                    None => enough = middle,
                    Some(_) => short = middle,
                }
            }
            assert!(run(enough, 3).is_none());
            let error = run(short, 3).expect("one unit short");
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
            // The last tile of the last stage is what it is short for.
            assert_eq!((error.stage(), error.tile()), (Some(2), Some((128, 128))));
            let error = run(enough / 2, 1).expect("half of it");
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
        }
    });
}
