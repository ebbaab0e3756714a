//! How far a run is, and where its time goes.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use qip_host::engine::Engine;
use qip_host::image::{ImageOptions, Progress, check_size};
use qip_host::{Code, ErrorKind, Limits};

use super::{brighter, filter, filters, numbered, shift, threads};
use crate::hook::{Ask, hooked};
use crate::{host, on_each};

/// What takes some time, which it cannot be shorter than.
const WHILE: Duration = Duration::from_millis(5);

#[test]
fn every_tile_of_every_stage_is_counted_and_nothing_else_changes() {
    on_each(|engine| {
        let host = host(engine, Limits::standard());
        let picture = numbered(200, 130);
        for (stages, wanted) in [
            (vec![brighter()], 12),
            (vec![brighter(), brighter()], 24),
            (vec![brighter(), shift(3, 1.0), brighter()], 36),
        ] {
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let filters = filters(&host, &stages).expect("sound");
            let expected = filters.apply(&picture, ImageOptions::default()).expect("");
            for count in [1, 3] {
                let progress = Progress::default();
                let begin = Instant::now();
                let found = filters.apply_watched(&picture, threads(count), &progress);
                let spent = begin.elapsed() * count as u32;
                assert_eq!(found.expect("sound"), expected);
                assert_eq!((progress.done(), progress.total()), (wanted, wanted));
                // Each thread was in one of both, or in neither.
                assert!(progress.modules() + progress.tiling() <= spent);
            }
        }
    });
}

/// Three tiles on an engine that takes a while for some of what is asked of it.
fn slowly(engine: &Arc<dyn Engine>, is_slow: fn(Ask<'_>) -> bool) -> Progress {
    let slow = hooked(engine, move |ask| {
        if is_slow(ask) {
            thread::sleep(WHILE);
        }
    });
    let filters = filters(&host(&slow, Limits::standard()), &[&brighter()]).expect("sound");
    let progress = Progress::default();
    let begin = Instant::now();
    let found = filters.apply_watched(&numbered(64, 64 * 3), threads(1), &progress);
    let spent = begin.elapsed();
    found.expect("sound");
    // So no time is in both.
    assert!(progress.modules() + progress.tiling() <= spent);
    progress
}

#[test]
fn time_in_modules_is_told_apart() {
    on_each(|engine| {
        let progress = slowly(engine, |ask| ask.is_tile());
        assert!(progress.modules() >= 3 * WHILE, "{progress:?}");
        let progress = slowly(engine, |ask| matches!(ask, Ask::Memory));
        assert!(progress.tiling() >= 3 * WHILE, "{progress:?}");
    });
}

/// By another thread, at the beginning of each tile.
#[test]
fn a_run_can_be_looked_at_while_it_goes_on() {
    on_each(|engine| {
        let progress = Arc::new(Progress::default());
        let (sender, seen) = mpsc::channel();
        let watched = Arc::clone(&progress);
        let watching = hooked(engine, move |ask| {
            if ask.is_tile() {
                let look = || (watched.done(), watched.total());
                let looked = thread::scope(|scope| scope.spawn(look).join());
                sender
                    .send(looked.expect("no panic"))
                    .expect("it is received");
            }
        });
        let filters = filters(&host(&watching, Limits::standard()), &[&brighter()]);
        let filters = filters.expect("sound");
        let found = filters.apply_watched(&numbered(64, 64 * 5), threads(1), &progress);
        found.expect("sound");
        assert!(seen.try_iter().eq((0..5).map(|done| (done, 5))));
        assert_eq!(progress.done(), 5);
    });
}

#[test]
fn a_failure_leaves_tiles_undone() {
    on_each(|engine| {
        let host = host(engine, Limits::standard());
        let traps = filter(
            0,
            "",
            "(if (f32.eq (local.get $y) (f32.const 64)) (then (unreachable)))",
        );
        let filters = filters(&host, &[&traps]).expect("sound");
        let progress = Progress::default();
        let found = filters.apply_watched(&numbered(64, 640), threads(1), &progress);
        found.expect_err("traps");
        // The call that traps is one.
        assert_eq!((progress.done(), progress.total()), (2, 10));
    });
}

#[test]
fn a_size_is_judged_before_there_are_pixels() {
    let limits = Limits {
        image_pixels: 100,
        image_side: 20,
        ..Limits::standard()
    };
    for (width, height) in [(1, 1), (10, 10), (20, 5)] {
        check_size(width, height, &limits).expect("within");
    }
    for (width, height) in [(0, 0), (0, 5), (5, 0), (21, 1), (1, 21), (20, 6)] {
        let error = check_size(width, height, &limits).expect_err("not within");
        assert!(
            matches!(error.kind(), ErrorKind::Refused(Code::ImageSize)),
            "{error}"
        );
    }
    check_size(u32::MAX, u32::MAX, &limits).expect_err("over");
}
