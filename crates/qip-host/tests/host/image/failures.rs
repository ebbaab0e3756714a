//! The first failure in row-major order of the first stage that fails, whatever the
//! threads did (IMG-10).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use qip_host::engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo, Exhausted,
    ExportId, Instance, Stop, Usage,
};
use qip_host::image::{ImageOptions, Picture, bmp};
use qip_host::{Error, ErrorKind, Host, Input, Limits, Options, Stage, TrapKind, Value};

use super::{brighter, filter, filters, numbered, shift, threads};
use crate::hook::{Ask, hooked};
use crate::seam::{Listening, Log, taken};
use crate::{metered, on_each, standard, within};

/// A filter that traps at the tiles whose core is at one of these pixels.
fn traps_at(halo: u32, places: &[(i32, i32)]) -> Vec<u8> {
    let mut body = String::new();
    for (x, y) in places {
        let (x, y) = (x - halo as i32, y - halo as i32);
        body += &format!(
            "(if (i32.and (f32.eq (local.get $x) (f32.const {x}))
                (f32.eq (local.get $y) (f32.const {y}))) (then unreachable))"
        );
    }
    filter(halo, "", &body)
}

/// Takes a while at the first tile, so that other threads get ahead.
fn slow_at_first() -> Vec<u8> {
    filter(
        0,
        "",
        "(if (f32.eq (f32.add (local.get $x) (local.get $y)) (f32.const 0)) (then
            (loop $again
                (f32.store (i32.const 0) (f32.add (f32.const 1) (f32.load (i32.const 0))))
                (br_if $again (f32.lt (f32.load (i32.const 0)) (f32.const 20)))
                (f32.store (i32.const 0) (f32.const 0)))))",
    )
}

fn place(error: &Error) -> (Option<usize>, Option<(u32, u32)>) {
    assert_eq!(error.kind(), ErrorKind::Trapped(TrapKind::Unreachable));
    (error.stage(), error.tile())
}

#[test]
fn the_first_failure_of_the_first_stage() {
    let picture = numbered(250, 200);
    let late = [(64, 64), (128, 64), (0, 128)];
    let early = [(0, 0), (192, 192)];
    let slow = slow_at_first();
    on_each(|engine| {
        let host = standard(engine);
        for (stages, stage, tile) in [
            (vec![traps_at(0, &late)], 1, (64, 64)),
            (vec![traps_at(2, &late)], 1, (64, 64)),
            // The second stage fails at the first tile, but the first stage fails too.
            (vec![traps_at(0, &late), traps_at(0, &early)], 1, (64, 64)),
            (vec![traps_at(1, &late), traps_at(3, &early)], 1, (64, 64)),
            (
                vec![traps_at(0, &[(192, 192)]), traps_at(65, &early)],
                1,
                (192, 192),
            ),
            (
                vec![
                    brighter(),
                    traps_at(0, &[(192, 192)]),
                    shift(1, 0.0),
                    traps_at(0, &early),
                ],
                2,
                (192, 192),
            ),
            // Only the last fails, where another thread may be first.
            (
                vec![slow.clone(), brighter(), traps_at(0, &early)],
                3,
                (0, 0),
            ),
            (
                vec![slow.clone(), shift(1, 0.0), traps_at(0, &early)],
                3,
                (0, 0),
            ),
            (
                vec![slow.clone(), traps_at(0, &[(0, 0), (64, 0)])],
                2,
                (0, 0),
            ),
        ] {
            let stages: Vec<&[u8]> = stages.iter().map(Vec::as_slice).collect();
            let filters = filters(&host, &stages).expect("sound");
            for options in [ImageOptions::default(), threads(2), threads(7)] {
                let error = filters
                    .apply(&picture, options.clone())
                    .expect_err("a trap");
                assert_eq!(place(&error), (Some(stage), Some(tile)), "{options:?}");
            }
        }
    });
}

/// A failure is known early, and the stage before is still looked at to the end, though
/// nobody reads what it writes.
#[test]
fn an_earlier_stage_may_fail_later() {
    let picture = numbered(70, 700);
    let stages = [
        traps_at(0, &[(64, 640)]),
        shift(1, 0.0),
        traps_at(1, &[(0, 0)]),
    ];
    on_each(|engine| {
        let stages = stages.each_ref().map(Vec::as_slice);
        let filters = filters(&standard(engine), &stages).expect("sound");
        for count in [1, 2] {
            let error = filters.apply(&picture, threads(count)).expect_err("a trap");
            assert_eq!(place(&error), (Some(1), Some((64, 640))));
        }
    });
}

/// RUN-4: an instance that trapped is not called again. The stage before goes on.
#[test]
fn a_trapped_instance_is_left_alone() {
    let stages = [brighter(), traps_at(0, &[(64, 0)])];
    on_each(|engine| {
        let log = Log::default();
        let listening = Listening::new(engine, &log);
        let host = Host::with_options(Arc::new(listening), Limits::standard(), Options::default());
        let stages = stages.each_ref().map(Vec::as_slice);
        let filters = filters(&host, &stages).expect("sound");
        let error = filters.apply(&numbered(200, 1), ImageOptions::default());
        assert_eq!(place(&error.expect_err("a trap")), (Some(2), Some((64, 0))));
        let calls = taken(&log);
        let tiles = calls.iter().filter(|entry| entry.contains("tile_rgba"));
        assert_eq!(tiles.count(), 4 + 2, "{calls:?}");
    });
}

/// What the error says, with a backtrace where there is one.
#[test]
fn a_trap_says_where() {
    let stages = [brighter(), traps_at(0, &[(64, 128)])];
    on_each(|engine| {
        let stages = stages
            .each_ref()
            .map(|wasm| qip_host::Stage::new(wasm).named("f.wasm"));
        let filters = standard(engine).filters(stages).expect("sound");
        let error = filters
            .apply(&numbered(100, 200), threads(2))
            .expect_err("a trap");
        assert_eq!(
            error.to_string(),
            "stage 2 (`f.wasm`): the tile at (64, 128): the module trapped: unreachable"
        );
        assert_eq!(error.message(), "the module trapped: unreachable");
        let trap = error.trap().expect("a trap");
        if engine.info().backtrace {
            assert_eq!(
                trap.backtrace[0].name.as_deref(),
                Some("tile_rgba32float_64x64")
            );
        }
        // The filters can be used again, and an error leaves nothing behind (DET-2).
        assert!(filters.apply(&numbered(100, 64), threads(2)).is_ok());
    });
}

/// An engine that has so many instances and no more, and may not be sound.
#[derive(Clone)]
struct Poor {
    inner: Arc<dyn Engine>,
    left: Arc<AtomicUsize>,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// It panics at the tile at (0, 0).
    Panics,
    /// All instances but the first two say that they have no halo.
    HidesHalo,
}

struct PoorCode(Poor, Arc<dyn CompiledModule>);

struct Faulty(Box<dyn Instance>, Fault);

impl Engine for Poor {
    fn info(&self) -> &EngineInfo {
        self.inner.info()
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        Ok(Arc::new(PoorCode(
            self.clone(),
            self.inner.compile(module)?,
        )))
    }
}

impl CompiledModule for PoorCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        let PoorCode(engine, code) = self;
        let take = |left: usize| left.checked_sub(1);
        let taken = engine
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        let Ok(left) = taken else {
            return Err(Stop::Engine(EngineError::new("no more instances")));
        };
        let fault = match engine.fault {
            // The first two are those of the first thread.
            Fault::HidesHalo if left > POOR - 2 => Fault::None,
            fault => fault,
        };
        Ok(Box::new(Faulty(code.instantiate(limits, budget)?, fault)))
    }
}

/// Instances of a poor engine that are enough for all.
const POOR: usize = 100;

impl Instance for Faulty {
    fn begin(&mut self, budget: &Budget) {
        self.0.begin(budget);
    }

    fn memory(&mut self) -> &mut [u8] {
        self.0.memory()
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        self.0.global(export)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        let first = Value::F32((-1.0_f32).to_bits());
        match (self.1, args) {
            (Fault::Panics, [x, y]) if (*x, *y) == (first, first) => {
                panic!("in the engine, as the test wants it")
            }
            (Fault::HidesHalo, []) => Ok(Some(Value::I32(0))),
            _ => self.0.call(export, args),
        }
    }

    fn finish(&mut self) -> Usage {
        self.0.finish()
    }
}

fn poor(engine: &Arc<dyn Engine>, instances: usize, fault: Fault) -> Host {
    let engine = Poor {
        inner: Arc::clone(engine),
        left: Arc::new(AtomicUsize::new(instances)),
        fault,
    };
    Host::with_options(Arc::new(engine), Limits::standard(), Options::default())
}

/// A thread that gets no instances is done without; only the first must have them.
#[test]
fn threads_without_instances() {
    let stages = [brighter(), shift(1, 0.5)];
    let picture = numbered(300, 300);
    on_each(|engine| {
        let apply = |instances: usize| {
            let filters = poor(engine, instances, Fault::None)
                .filters(stages.iter().map(Stage::new))
                .expect("sound");
            filters.apply(&picture, threads(4))
        };
        let wanted = apply(8).expect("enough for all");
        for instances in 2..8 {
            assert!(apply(instances).expect("enough for one") == wanted);
        }
        for (instances, stage) in [(0, 1), (1, 2)] {
            let error = apply(instances).expect_err("not enough");
            assert_eq!(error.kind(), ErrorKind::Engine);
            assert_eq!((error.stage(), error.tile()), (Some(stage), None));
        }
    });
}

/// An engine's own panic comes out of the call, and no thread waits for ever.
#[test]
fn an_engines_panic_is_no_hang() {
    let stages = [shift(1, 0.0), shift(1, 0.5)];
    on_each(|engine| {
        for count in [1, 4] {
            let filters = poor(engine, POOR, Fault::Panics)
                .filters(stages.iter().map(Stage::new))
                .expect("sound");
            let apply = || filters.apply(&numbered(200, 200), threads(count));
            assert!(catch_unwind(AssertUnwindSafe(apply)).is_err());
        }
    });
}

/// An instance that has another halo than the first would get the wrong rows: its thread
/// is done without.
#[test]
fn halos_are_the_same_everywhere() {
    let stages = [shift(1, 0.25), shift(1, 0.5)];
    let picture = numbered(200, 200);
    on_each(|engine| {
        let apply = |fault: Fault| {
            let filters = poor(engine, POOR, fault)
                .filters(stages.iter().map(Stage::new))
                .expect("sound");
            filters.apply(&picture, threads(4)).expect("sound")
        };
        assert!(apply(Fault::HidesHalo) == apply(Fault::None));
    });
}

/// RUN-6: what comes after the last tile counts, in a pipeline and in a block. To say what
/// the two instances used takes the whole limit, and nothing before that takes long.
#[test]
fn the_end_may_come_too_late() {
    const LIMIT: Duration = Duration::from_secs(1);
    let stages = [brighter(), brighter()];
    let picture = Picture::new(1, 1, vec![0; 4]).expect("four");
    let bytes = bmp::write(&picture).expect("sound");
    on_each(|engine| {
        let slow = hooked(engine, |ask| {
            if matches!(ask, Ask::Finish) {
                thread::sleep(LIMIT / 2);
            }
        });
        let mut options = ImageOptions::default();
        options.limits = within(LIMIT);
        let host = metered(&slow, options.limits);
        let filters = host.filters(stages.iter().map(Stage::new)).expect("sound");
        let recipe = host.recipe(stages.iter().map(Stage::new)).expect("sound");
        for error in [
            filters.apply(&picture, options).err(),
            recipe.render(Input::new(&bytes).time(LIMIT)).err(),
        ] {
            let error = error.expect("too late");
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
            assert_eq!((error.stage(), error.tile()), (Some(2), None));
        }
    });
}
