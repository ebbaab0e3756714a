//! What a request carries itself: a deadline, fuel, and a handle to cancel it (RUN-6).

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use qip_host::engine::{Cancel, Engine, Exhausted};
use qip_host::image::{ImageOptions, Picture};
use qip_host::{ErrorKind, Host, Input, Limits, Metering, Module, Options, Output, Stage};

use crate::{BUFFERS, on_each, wat};

/// More time than any machine takes for what is asked under it.
const ENOUGH: Duration = Duration::from_secs(600);

/// A host whose requests can be held to anything, and are held to nothing.
fn metered(engine: &Arc<dyn Engine>) -> Host {
    let options = Options {
        metering: Metering {
            clock: true,
            fuel: engine.info().fuel,
        },
        ..Options::default()
    };
    Host::with_options(Arc::clone(engine), Limits::standard(), options)
}

/// Returns the size of its input after as many rounds of a loop as its first eight bytes say.
fn rounds(host: &Host) -> Module {
    let module = wat(&format!(
        r#"(module
          (memory (export "memory") 1 1)
          {BUFFERS}
          (func (export "run") (param $size i32) (result i32)
            (local $left i64)
            (local.set $left (i64.load (i32.const 0)))
            (loop $again
              (local.set $left (i64.sub (local.get $left) (i64.const 1)))
              (br_if $again (i64.gt_s (local.get $left) (i64.const 0))))
            (local.get $size)))"#
    ));
    host.load(module).expect("sound")
}

const FEW: [u8; 8] = 10_u64.to_le_bytes();
const ENDLESS: [u8; 8] = i64::MAX.to_le_bytes();

fn stopped_by(module: &Module, input: Input<'_>) -> Exhausted {
    match module.render(input).expect_err("it is endless").kind() {
        ErrorKind::Stopped(exhausted) => exhausted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_request_has_a_deadline_of_its_own() {
    on_each(|engine| {
        let module = rounds(&metered(engine));
        for time in [20, 1, 40] {
            let input = Input::new(&ENDLESS).time(Duration::from_millis(time));
            let error = module.render(input).expect_err("it is endless");
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
            assert_eq!(
                error.message(),
                format!("Wasm module exceeded the execution time limit ({time}ms)")
            );
        }
        let reply = module
            .render(Input::new(&FEW).time(ENOUGH))
            .expect("time enough");
        assert!(reply.time.is_some());
        // Without one, nothing is timed.
        let reply = module.render(&FEW).expect("no limit");
        assert_eq!(reply.time, None);
    });
}

/// One loaded module serves what took two hosts: requests of little and of much fuel.
#[test]
fn each_request_has_fuel_of_its_own() {
    on_each(|engine| {
        let module = rounds(&metered(engine));
        let much = Input::new(&FEW).fuel(1_000_000);
        let used = module.render(much).expect("fuel enough").stages[0].fuel;
        let used = used.expect("it is counted");
        assert!(used > 10, "{used}");
        module
            .render(Input::new(&FEW).fuel(used))
            .expect("just enough");
        let error = module.render(Input::new(&FEW).fuel(used / 2));
        let error = error.expect_err("half of what it takes");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
        assert_eq!(
            error.message(),
            format!("the module used up its fuel limit of {}", used / 2)
        );
        let endless = Input::new(&ENDLESS).fuel(100_000).time(ENOUGH);
        assert_eq!(stopped_by(&module, endless), Exhausted::Fuel);
        module.render(&FEW).expect("no limit");
    });
}

#[test]
fn a_request_is_cancelled_from_another_thread() {
    on_each(|engine| {
        let module = rounds(&metered(engine));
        let cancel = Cancel::new();
        let error = thread::scope(|scope| {
            let request = scope.spawn(|| {
                let input = Input::new(&ENDLESS).cancel(&cancel);
                module.render(input).expect_err("it is endless")
            });
            thread::sleep(Duration::from_millis(20));
            cancel.clone().cancel();
            request.join().expect("no panic")
        });
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Cancelled));
        assert_eq!(error.message(), "the request was cancelled");
        // The handle ends requests to come, too; others are not concerned.
        let later = Input::new(&ENDLESS).cancel(&cancel);
        assert_eq!(stopped_by(&module, later), Exhausted::Cancelled);
        module
            .render(Input::new(&FEW).cancel(&Cancel::new()))
            .expect("another handle");
    });
}

#[test]
fn a_session_is_cancelled_and_goes_on() {
    on_each(|engine| {
        let host = metered(engine);
        let module = rounds(&host);
        let recipe = host.recipe([Stage::module(&module)]).expect("sound");
        let mut session = recipe.session();
        let cancel = Cancel::new();
        cancel.cancel();
        let error = session.render(Input::new(&ENDLESS).cancel(&cancel));
        let error = error.expect_err("it is endless");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Cancelled));
        let reply = session.render(&FEW).expect("a fresh instance");
        assert_eq!(reply.output, Output::Bytes(FEW.to_vec()));
    });
}

/// A filter that never ends, over a picture of one tile.
#[test]
fn filters_are_stopped_and_cancelled() {
    let module = wat(r#"(module
          (memory (export "memory") 2)
          (global (export "input_ptr") i32 (i32.const 0))
          (global (export "input_bytes_cap") i32 (i32.const 65536))
          (func (export "tile_rgba_f32_64x64") (param f32 f32) (loop $again (br $again))))"#);
    let picture = Picture::new(1, 1, vec![0_u8; 4]).expect("a picture");
    on_each(|engine| {
        let host = metered(engine);
        let filters = host.filters([Stage::new(&module)]).expect("sound");
        let stopped_by = |options: ImageOptions| {
            let error = filters.apply(&picture, options).expect_err("it is endless");
            match error.kind() {
                ErrorKind::Stopped(exhausted) => exhausted,
                other => panic!("{other:?}"),
            }
        };
        let mut options = ImageOptions::default();
        options.limits.time = Some(Duration::from_millis(20));
        assert_eq!(stopped_by(options.clone()), Exhausted::Time);
        options.limits.time = Some(ENOUGH);
        options.limits.fuel = Some(10_000);
        assert_eq!(stopped_by(options), Exhausted::Fuel);

        let mut options = ImageOptions::default();
        let cancel = Cancel::new();
        options.cancel = Some(cancel.clone());
        let stopped = thread::scope(|scope| {
            let request = scope.spawn(|| stopped_by(options));
            thread::sleep(Duration::from_millis(20));
            cancel.cancel();
            request.join().expect("no panic")
        });
        assert_eq!(stopped, Exhausted::Cancelled);
    });
}

/// Code that is not metered cannot be held to anything, and says so.
#[test]
fn what_is_not_metered_cannot_be_asked_for() {
    on_each(|engine| {
        let module = rounds(&crate::standard(engine));
        let cancel = Cancel::new();
        for (input, needed) in [
            (Input::new(&FEW).time(ENOUGH), "`Metering::clock`"),
            (Input::new(&FEW).cancel(&cancel), "`Metering::clock`"),
            (Input::new(&FEW).fuel(1_000_000), "`Metering::fuel`"),
        ] {
            let error = module.render(input).expect_err("it is not metered");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().ends_with(needed), "{error}");
        }
    });
}
