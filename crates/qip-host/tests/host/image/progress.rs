//! How far a run is, and where its time goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use qip_host::image::{ImageOptions, Progress, check_size};
use qip_host::{Code, ErrorKind, Limits};

use super::{brighter, filter, filters, numbered, shift, threads};
use crate::{host, on_each};

/// Some hundred thousand turns before the pixels.
fn slow() -> Vec<u8> {
    let turns = "(global $turns (mut i32) (i32.const 0))";
    let body = "(global.set $turns (i32.const 100))
        (loop $turn
            (global.set $turns (i32.sub (global.get $turns) (i32.const 1)))
            (br_if $turn (global.get $turns)))";
    filter(0, turns, body)
}

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
                assert!(progress.modules() > Duration::ZERO);
                assert!(progress.tiling() > Duration::ZERO);
                assert!(progress.modules() + progress.tiling() <= spent);
            }
        }
    });
}

#[test]
fn time_in_modules_is_told_apart() {
    on_each(|engine| {
        let host = host(engine, Limits::standard());
        let filters = filters(&host, &[&slow()]).expect("sound");
        let progress = Progress::default();
        let found = filters.apply_watched(&numbered(64, 64), threads(1), &progress);
        found.expect("sound");
        assert!(progress.modules() > progress.tiling(), "{progress:?}");
    });
}

#[test]
fn a_run_can_be_looked_at_while_it_goes_on() {
    on_each(|engine| {
        let host = host(engine, Limits::standard());
        let filters = filters(&host, &[&slow()]).expect("sound");
        let (progress, is_over) = (Progress::default(), AtomicBool::new(false));
        let seen = thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let mut seen = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    seen.push(progress.done());
                    thread::sleep(Duration::from_micros(100));
                }
                seen
            });
            let picture = numbered(64, 64 * 30);
            let found = filters.apply_watched(&picture, threads(1), &progress);
            is_over.store(true, Ordering::Relaxed);
            found.expect("sound");
            watcher.join().expect("no panic")
        });
        assert!(seen.is_sorted());
        assert!(seen.iter().any(|done| (1..30).contains(done)), "{seen:?}");
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
