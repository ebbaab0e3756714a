//! RUN-6: fuel, deterministic within an engine.

use std::sync::Arc;
use std::time::Duration;

use qip_host::engine::{Engine, Exhausted};
use qip_host::{ErrorKind, Input, Output, Reply, RequestLimits, Stage};

use crate::{fuelled, metered, on_each, scalar, wat, within};

const PLENTY: u64 = 1_000_000_000;

const MINUTE: Duration = Duration::from_secs(60);

fn with_both(fuel: u64) -> RequestLimits {
    RequestLimits {
        time: Some(MINUTE),
        fuel: Some(fuel),
    }
}

/// Carries one request under these limits, on a host that can hold it to them.
fn render_within(
    engine: &Arc<dyn Engine>,
    limits: RequestLimits,
    wasm: &[u8],
) -> Result<Reply, qip_host::Error> {
    let module = metered(engine, limits).load(wasm).expect("sound");
    module.render(Input::new(b"").limits(limits))
}

/// Turns every byte over, with a getter and a uniform on the way.
fn worker() -> Vec<u8> {
    wat(r#"(module (memory (export "memory") 1 1)
            (func (export "input_ptr") (result i32) (i32.const 0))
            (func (export "input_bytes_cap") (result i32) (i32.const 60000))
            (global (export "output_ptr") i32 (i32.const 0))
            (global (export "output_bytes_cap") i32 (i32.const 60000))
            (func (export "uniform_set_unused") (param f64))
            (func (export "run") (param i32) (result i32) (local $at i32)
                (block $done (loop $next
                    (br_if $done (i32.ge_u (local.get $at) (local.get 0)))
                    (i32.store8 (local.get $at) (i32.xor (i32.load8_u (local.get $at)) (i32.const 0xff)))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br $next)))
                (local.get 0)))"#)
}

fn fuels(reply: &Reply) -> Vec<u64> {
    reply
        .stages
        .iter()
        .map(|usage| usage.fuel.expect("counted"))
        .collect()
}

fn render(
    engine: &Arc<dyn Engine>,
    limits: RequestLimits,
    stages: usize,
    input: &[u8],
) -> Result<Reply, qip_host::Error> {
    let worker = worker();
    metered(engine, limits)
        .recipe((0..stages).map(|_| Stage::new(&worker)))
        .expect("sound")
        .render(Input::new(input).limits(limits))
}

#[test]
fn fuel_repeats_exactly_and_is_reported() {
    on_each(|engine| {
        for length in [0, 1, 1_000, 60_000] {
            let input = vec![b'a'; length];
            let once = fuels(&render(engine, fuelled(PLENTY), 1, &input).expect("plenty"));
            for _ in 0..3 {
                let again = render(engine, fuelled(PLENTY), 1, &input).expect("plenty");
                assert_eq!(fuels(&again), once);
            }
            // A clock on top changes nothing, nor does the limit itself.
            let timed = render(engine, with_both(PLENTY), 1, &input).expect("plenty");
            assert_eq!(fuels(&timed), once);
            let exact = render(engine, fuelled(once[0]), 1, &input).expect("enough");
            assert_eq!(fuels(&exact), once);
            assert!(length == 0 || once[0] >= length as u64, "{once:?}");
        }
        let uncounted = render(engine, RequestLimits::default(), 1, b"a").expect("no limit");
        assert_eq!(uncounted.stages[0].fuel, None);
        let timed = render(engine, within(MINUTE), 1, b"a").expect("time enough");
        assert_eq!(timed.stages[0].fuel, None, "not counted for a limit");
    });
}

#[test]
fn stages_share_the_fuel() {
    on_each(|engine| {
        let input = [b'a'; 5_000];
        let one = fuels(&render(engine, fuelled(PLENTY), 1, &input).expect("plenty"))[0];
        for limits in [fuelled, with_both] {
            let both = render(engine, limits(2 * one), 2, &input).expect("enough for both");
            assert_eq!(fuels(&both), [one, one]);
            // Enough for each of the two, not for both.
            for fuel in [2 * one - one / 100, one + one / 2, one + 1] {
                let error = render(engine, limits(fuel), 2, &input).expect_err("too little");
                assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
                assert_eq!(error.stage(), Some(2), "{fuel} of {one}: {error}");
                assert_eq!(
                    error.message(),
                    format!("the module used up its fuel limit of {fuel}")
                );
            }
            for fuel in [0, 1, one / 2] {
                let error = render(engine, limits(fuel), 2, &input).expect_err("too little");
                assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
                assert_eq!(error.stage(), Some(1), "{fuel} of {one}: {error}");
            }
        }
    });
}

/// Fuel that a start function needs is no other with a clock, whether it is just
/// enough or just too little.
#[test]
fn a_start_function_takes_fuel_once() {
    const FILL: &str = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))";
    for (what, work) in [
        ("nothing", String::new()),
        (
            "a loop",
            "(local $left i32) (local.set $left (i32.const 40000))
            (loop $next (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))"
                .to_owned(),
        ),
        ("fills", FILL.repeat(200)),
    ] {
        let wasm = scalar(
            &format!("(func $start {work}) (start $start)"),
            "(i32.const 5)",
        );
        on_each(|engine| {
            let render = |limits| render_within(engine, limits, &wasm);
            let used = fuels(&render(fuelled(PLENTY)).expect(what))[0];
            for limits in [fuelled, with_both] {
                let reply = render(limits(PLENTY)).expect(what);
                assert_eq!(fuels(&reply), [used], "{what}");
                let reply = render(limits(used)).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(reply.output, Output::Scalar(5), "{what}");
                if used > 1_000 {
                    let error = render(limits(used - 1_000)).expect_err(what);
                    assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel), "{what}");
                }
            }
        });
    }
}

/// What loops without end runs out of fuel, and of time where that is less.
#[test]
fn fuel_and_time_together() {
    let forever = scalar("", "(loop $again (br $again)) (i32.const 0)");
    on_each(|engine| {
        let kind = |fuel, time| {
            let limits = RequestLimits {
                fuel: Some(fuel),
                time: Some(time),
            };
            let reply = render_within(engine, limits, &forever);
            reply.expect_err("endless").kind()
        };
        assert_eq!(kind(100_000, MINUTE), ErrorKind::Stopped(Exhausted::Fuel));
        assert_eq!(
            kind(u64::MAX, Duration::from_millis(20)),
            ErrorKind::Stopped(Exhausted::Time)
        );
    });
}

/// A bulk instruction that asks for more than is left has run out of fuel, not of
/// time, and does not go on for ever.
#[test]
fn a_bulk_instruction_beyond_the_fuel() {
    // In a function: Winch looks at its fuel where one begins.
    const FILL: &str = "(func $fill (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)))";
    let fills = "(call $fill) ".repeat(20);
    for wasm in [
        scalar(FILL, &format!("{fills} (i32.const 0)")),
        scalar(
            &format!("{FILL} (func $start {fills}) (start $start)"),
            "(i32.const 0)",
        ),
    ] {
        on_each(|engine| {
            for limits in [fuelled(15), with_both(15)] {
                let reply = render_within(engine, limits, &wasm);
                let error = reply.expect_err("too little fuel");
                assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Fuel));
            }
        });
    }
}

/// Each request of a session has the whole of it.
#[test]
fn every_request_has_its_own_fuel() {
    on_each(|engine| {
        let input = [b'a'; 500];
        let one = fuels(&render(engine, fuelled(PLENTY), 1, &input).expect("plenty"))[0];
        for limits in [fuelled(one), with_both(one)] {
            let worker = worker();
            let recipe = metered(engine, limits)
                .recipe([Stage::new(&worker)])
                .expect("sound");
            let mut session = recipe.session();
            for _ in 0..5 {
                let input = Input::new(&input).limits(limits);
                assert_eq!(fuels(&session.render(input).expect("enough")), [one]);
            }
        }
    });
}
