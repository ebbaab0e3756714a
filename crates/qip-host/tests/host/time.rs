//! RUN-6: one time limit for the request.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use qip_host::engine::{Engine, Exhausted};
use qip_host::{Error, ErrorKind, Host, Input, Output, Reply, Stage};

use crate::hook::{Ask, hooked};
use crate::{BUFFERS, ENGINES, echo, metered, on_each, scalar, standard, wat, within};

/// More time than any machine takes for what is asked under it.
const ENOUGH: Duration = Duration::from_secs(600);

fn timed(engine: &Arc<dyn Engine>) -> Host {
    metered(engine, within(ENOUGH))
}

/// Two stages that take 60 % of the limit each, and cannot take less: together they are
/// stopped. Which of them it is depends on how long the rest takes.
#[test]
fn stages_share_one_time_limit() {
    const LIMIT: Duration = Duration::from_millis(250);
    let echo = echo("");
    on_each(|engine| {
        let slow = hooked(engine, |ask| {
            if matches!(ask, Ask::Call(_)) {
                thread::sleep(LIMIT * 6 / 10);
            }
        });
        let recipe = timed(&slow).recipe([Stage::new(&echo), Stage::new(&echo)]);
        let input = Input::new(b"a").time(LIMIT);
        let error = recipe.expect("sound").render(input).expect_err("too slow");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert_eq!(
            error.message(),
            "Wasm module exceeded the execution time limit (250ms)"
        );
    });
}

/// No stage gets time of its own, on fresh instances or on those of a session.
#[test]
fn stages_share_one_deadline() {
    let echo = echo("");
    on_each(|engine| {
        let (sender, deadlines) = mpsc::channel();
        let listening = hooked(engine, move |ask| {
            if let Ask::Begin(budget) = ask {
                sender.send(budget.deadline).expect("it is received");
            }
        });
        let recipe = timed(&listening).recipe([0; 3].map(|_| Stage::new(&echo)));
        let recipe = recipe.expect("sound");
        let mut session = recipe.session();
        deadlines.try_iter().for_each(drop);
        let input = Input::new(b"a").time(ENOUGH);
        for render in [
            &mut || recipe.render(input) as Result<Reply, Error>,
            &mut || session.render(input),
        ] as [&mut dyn FnMut() -> Result<Reply, Error>; 2]
        {
            let begin = Instant::now();
            for _ in 0..2 {
                render().expect("time enough");
                let of_stages: Vec<_> = deadlines.try_iter().collect();
                assert_eq!(of_stages.len(), 3);
                assert!(of_stages[0].expect("a deadline") >= begin + ENOUGH);
                assert!(of_stages.iter().all(|deadline| *deadline == of_stages[0]));
            }
        }
    });
}

const FOREVER: &str = "(loop $again (br $again))";

/// Whatever is called may loop: all of it is stopped, and not before the limit.
#[test]
fn every_call_is_stopped() {
    let module = |memory: &str, more: &str, run: &str| {
        wat(&format!(
            r#"(module {memory} {more} (func (export "run") (param i32) (result i32) {run}))"#
        ))
    };
    const MEMORY: &str = r#"(memory (export "memory") 1 1)"#;
    let mut rows = vec![
        (
            "run",
            module(MEMORY, BUFFERS, &format!("{FOREVER} (i32.const 0)")),
        ),
        (
            "start",
            module(
                MEMORY,
                &format!("{BUFFERS} (func $start {FOREVER}) (start $start)"),
                "(i32.const 0)",
            ),
        ),
        (
            "uniform",
            module(
                MEMORY,
                &format!(r#"{BUFFERS} (func (export "uniform_set_rounds") (param i64) {FOREVER})"#),
                "(i32.const 0)",
            ),
        ),
    ];
    let pair = |side: &str| {
        format!(
            r#"(global (export "{side}_content_type_ptr") i32 (i32.const 0))
               (global (export "{side}_content_type_size") i32 (i32.const 0))"#
        )
    };
    let getters = format!("{BUFFERS} {} {}", pair("input"), pair("output"));
    for name in [
        "input_ptr",
        "input_bytes_cap",
        "output_ptr",
        "output_bytes_cap",
        "input_content_type_ptr",
        "input_content_type_size",
        "output_content_type_ptr",
        "output_content_type_size",
    ] {
        let start = getters
            .find(&format!(r#"(global (export "{name}")"#))
            .expect(name);
        let end = start + getters[start..].find("))").expect("an end") + 2;
        let mut looping = getters.clone();
        looping.replace_range(
            start..end,
            &format!(r#"(func (export "{name}") (result i32) {FOREVER} (i32.const 0))"#),
        );
        rows.push((name, module(MEMORY, &looping, "(i32.const 0)")));
    }
    on_each(|engine| {
        let host = timed(engine);
        for (what, wasm) in &rows {
            let mut stage = Stage::new(wasm);
            if *what == "uniform" {
                stage = stage.uniform("rounds", "1");
            }
            let recipe = host.recipe([stage]).expect(what);
            let begin = Instant::now();
            let input = Input::new(b"").time(Duration::from_millis(20));
            let error = recipe.render(input).expect_err(what);
            let spent = begin.elapsed();
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time), "{what}");
            assert!(spent >= Duration::from_millis(20), "{what}: {spent:?}");
        }
    });
}

/// A bulk instruction of 64 MiB needs more than any slice of a metered engine has,
/// wherever it stands.
#[test]
fn a_large_fill_works_under_a_time_limit() {
    const FILL: &str = "(memory.fill (i32.const 0) (i32.const 7) (i32.const 0x4000000))";
    let module = |more: &str, run: &str| {
        wat(&format!(
            r#"(module (memory (export "memory") 1024 1024) {more} {run}
                (global (export "output_ptr") i32 (i32.const 0x3fffffe))
                (global (export "output_bytes_cap") i32 (i32.const 2))
                (global (export "input_bytes_cap") i32 (i32.const 0)))"#
        ))
    };
    const PTR: &str = r#"(global (export "input_ptr") i32 (i32.const 0))"#;
    const RUN: &str = r#"(func (export "run") (param i32) (result i32) (i32.const 2))"#;
    let rows = [
        (
            "run",
            module(
                PTR,
                &format!(r#"(func (export "run") (param i32) (result i32) {FILL} (i32.const 2))"#),
            ),
        ),
        (
            "start",
            module(&format!("{PTR} (func $start {FILL}) (start $start)"), RUN),
        ),
        (
            "getter",
            module(
                &format!(r#"(func (export "input_ptr") (result i32) {FILL} (i32.const 0))"#),
                RUN,
            ),
        ),
    ];
    on_each(|engine| {
        let host = timed(engine);
        for (what, wasm) in &rows {
            let input = Input::new(b"").time(ENOUGH);
            let reply = host.load(wasm).expect(what).render(input).expect(what);
            assert_eq!(reply.output, Output::Bytes(vec![7, 7]), "{what}");
        }
    });
}

/// A start function of many slices finishes, and has run once.
#[test]
fn a_long_start_finishes() {
    let wasm = scalar(
        "(global $times (mut i32) (i32.const 0))
         (func $start (local $left i32)
            (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
            (local.set $left (i32.const 300000))
            (loop $next
                (global.set $times (i32.add (global.get $times) (i32.const 1)))
                (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
         (start $start)",
        "(i32.add (global.get $times) (i32.load (i32.const 64)))",
    );
    on_each(|engine| {
        let reply = timed(engine)
            .load(&wasm)
            .and_then(|module| module.render(Input::new(b"").time(ENOUGH)))
            .expect("enough time");
        assert_eq!(reply.output, Output::Scalar(300_000 + 1));
    });
}

/// A stop leaves nothing behind: the next request has the whole limit again.
#[test]
fn the_next_request_has_its_own_limit() {
    let wasm = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (func (export "run") (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then {FOREVER}))
                (local.get 0)))"#
    ));
    on_each(|engine| {
        let host = timed(engine);
        let input = |text: &'static str| Input::new(text).time(Duration::from_millis(50));
        let module = host.load(&wasm).expect("sound");
        let mut session = host.recipe([Stage::new(&wasm)]).expect("sound").session();
        for _ in 0..3 {
            assert!(module.render(input("")).is_err());
            assert!(session.render(input("")).is_err());
            // On a machine that is busy fifty milliseconds may not be enough, but that they
            // never are takes a fault.
            let reply = (0..1_000).find_map(|_| module.render(input("a")).ok());
            assert_eq!(reply.expect("a reply").output, Output::Bytes(b"a".to_vec()));
            let reply = (0..1_000).find_map(|_| session.render(input("a")).ok());
            assert_eq!(reply.expect("a reply").output, Output::Bytes(b"a".to_vec()));
        }
    });
}

/// No limit that the clock cannot tell makes anything else fail.
#[test]
fn limits_without_end_and_without_time() {
    on_each(|engine| {
        for time in [
            Duration::MAX,
            Duration::from_secs(u64::MAX),
            Duration::from_secs(1 << 40),
        ] {
            let module = timed(engine).load(echo("")).expect("sound");
            let reply = module.render(Input::new(b"a").time(time));
            let reply = reply.expect("all the time in the world");
            assert_eq!(reply.output, Output::Bytes(b"a".to_vec()));
        }
        let error = timed(engine)
            .load(echo(""))
            .and_then(|module| module.render(Input::new(b"a").time(Duration::ZERO)))
            .expect_err("no time");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert_eq!(
            error.to_string(),
            "Wasm module exceeded the execution time limit (0ms)"
        );
        let reply = standard(engine)
            .load(echo(""))
            .and_then(|module| module.render(b"a"));
        assert_eq!(reply.expect("no limit").time, None);
    });
}

/// Requests with limits of their own at the same time do not disturb each other.
#[test]
fn limits_at_the_same_time() {
    let forever = scalar("", &format!("{FOREVER} (i32.const 0)"));
    let (forever, echo) = (&forever, &echo(""));
    std::thread::scope(|scope| {
        for (_, engine) in ENGINES.iter() {
            for milliseconds in [10, 40, 80, 160] {
                scope.spawn(move || {
                    let module = timed(engine).load(forever).expect("sound");
                    let limit = Duration::from_millis(milliseconds);
                    let begin = Instant::now();
                    let error = module.render(Input::new(b"").time(limit));
                    let error = error.expect_err("stopped");
                    let spent = begin.elapsed();
                    assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
                    assert!(spent >= limit, "{limit:?}: {spent:?}");
                });
                scope.spawn(move || {
                    let module = timed(engine).load(echo).expect("sound");
                    for _ in 0..50 {
                        let input = Input::new(b"a").time(ENOUGH);
                        module.render(input).expect("in time");
                    }
                });
            }
        }
    });
}
