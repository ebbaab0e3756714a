//! RUN-6: one time limit for the request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qip_host::engine::{Engine, Exhausted};
use qip_host::{ErrorKind, Host, Limits, Output, Stage};

use crate::{BUFFERS, ENGINES, echo, host, on_each, scalar, wat};

/// How late a stop may come (RUN-6).
const GRACE: Duration = Duration::from_secs(2);

fn within(time: Duration) -> Limits {
    Limits {
        time: Some(time),
        ..Limits::standard()
    }
}

fn limited(engine: &Arc<dyn Engine>, milliseconds: u64) -> Host {
    host(engine, within(Duration::from_millis(milliseconds)))
}

/// Goes round as often as its uniform says, and gives its input back.
fn rounds() -> Vec<u8> {
    echo_with_rounds("")
}

fn echo_with_rounds(more: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS} {more}
            (global $rounds (mut i64) (i64.const 0))
            (func (export "uniform_set_rounds") (param i64) (global.set $rounds (local.get 0)))
            (func (export "run") (param i32) (result i32) (local $left i64)
                (local.set $left (global.get $rounds))
                (loop $next
                    (local.set $left (i64.sub (local.get $left) (i64.const 1)))
                    (br_if $next (i64.gt_s (local.get $left) (i64.const 0))))
                (local.get 0)))"#
    ))
}

/// How many rounds take `wanted` on this engine right now.
fn calibrate(engine: &Arc<dyn Engine>, wanted: Duration) -> u64 {
    let slow = limited(engine, 60_000);
    let module = slow.load(rounds()).expect("sound");
    let mut rounds: u64 = 1 << 14;
    loop {
        let stage = Stage::module(&module).uniform("rounds", rounds.to_string());
        let recipe = slow.recipe([stage]).expect("sound");
        let begin = Instant::now();
        recipe.render(b"").expect("a minute is enough");
        let spent = begin.elapsed();
        if spent >= wanted / 4 {
            return (rounds as f64 * wanted.as_secs_f64() / spent.as_secs_f64()) as u64;
        }
        rounds *= 2;
    }
}

/// Two stages that take 60 % of the limit each: neither is stopped alone, and
/// together they are, in the second.
#[test]
fn stages_share_one_time_limit() {
    const LIMIT: Duration = Duration::from_millis(250);
    const ATTEMPTS: u32 = 5;
    on_each(|engine| {
        let host = host(engine, within(LIMIT));
        let module = host.load(rounds()).expect("sound");
        let mut seen = Vec::new();
        let mut late = 0;
        for _ in 0..ATTEMPTS {
            let rounds = calibrate(engine, LIMIT * 6 / 10).to_string();
            let stage = || Stage::module(&module).uniform("rounds", rounds.as_str());
            let one = host.recipe([stage()]).expect("sound");
            if one.render(b"1").is_err() || one.render(b"2").is_err() {
                seen.push("a stage alone was stopped".to_owned());
                continue;
            }
            let both = host.recipe([stage(), stage()]).expect("sound");
            let begin = Instant::now();
            match both.render(b"3") {
                Ok(_) => {
                    // The machine may have become faster, or may have kept this
                    // thread waiting after a success in time: once or twice.
                    let spent = begin.elapsed();
                    late += u32::from(spent > LIMIT + LIMIT / 10);
                    assert!(late < 3, "not stopped, three times: {seen:?}");
                    seen.push(format!("both took {spent:?}"));
                }
                // The machine has become slower.
                Err(error) if error.stage() == Some(1) => seen.push(error.to_string()),
                Err(error) => {
                    let spent = begin.elapsed();
                    assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
                    assert_eq!(error.stage(), Some(2), "{error}");
                    assert_eq!(
                        error.to_string(),
                        "stage 2: Wasm module exceeded the execution time limit (250ms)"
                    );
                    assert!(spent >= LIMIT, "stopped after {spent:?}");
                    assert!(spent < LIMIT + GRACE, "stopped after {spent:?}");
                    return;
                }
            }
        }
        panic!("no attempt told anything: {seen:?}");
    });
}

const FOREVER: &str = "(loop $again (br $again))";

/// Whatever is called may loop: all of it is stopped, soon after the limit.
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
        let host = limited(engine, 20);
        for (what, wasm) in &rows {
            let mut stage = Stage::new(wasm);
            if *what == "uniform" {
                stage = stage.uniform("rounds", "1");
            }
            let recipe = host.recipe([stage]).expect(what);
            let begin = Instant::now();
            let error = recipe.render(b"").expect_err(what);
            let spent = begin.elapsed();
            assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time), "{what}");
            assert!(spent >= Duration::from_millis(20), "{what}: {spent:?}");
            assert!(
                spent < Duration::from_millis(20) + GRACE,
                "{what}: {spent:?}"
            );
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
        let host = limited(engine, 30_000);
        for (what, wasm) in &rows {
            let reply = host.load(wasm).expect(what).render(b"").expect(what);
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
        let reply = limited(engine, 30_000)
            .load(&wasm)
            .and_then(|module| module.render(b""))
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
        let host = limited(engine, 50);
        let module = host.load(&wasm).expect("sound");
        let mut session = host.recipe([Stage::new(&wasm)]).expect("sound").session();
        for _ in 0..3 {
            assert!(module.render(b"").is_err());
            assert!(session.render(b"").is_err());
            // Fifty milliseconds may not be enough on a machine that is busy.
            let reply = (0..20).find_map(|_| module.render(b"a").ok());
            assert_eq!(reply.expect("a reply").output, Output::Bytes(b"a".to_vec()));
            let reply = (0..20).find_map(|_| session.render(b"a").ok());
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
            let host = host(engine, within(time));
            let module = host.load(echo("")).expect("sound");
            let reply = module.render(b"a").expect("all the time in the world");
            assert_eq!(reply.output, Output::Bytes(b"a".to_vec()));
        }
        let none = host(engine, within(Duration::ZERO));
        let error = none
            .load(echo(""))
            .and_then(|module| module.render(b"a"))
            .expect_err("no time");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert_eq!(
            error.to_string(),
            "Wasm module exceeded the execution time limit (0ms)"
        );
        let unlimited = host(engine, Limits::standard());
        let reply = unlimited
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
                    let module = limited(engine, milliseconds).load(forever).expect("sound");
                    let begin = Instant::now();
                    let error = module.render(b"").expect_err("stopped");
                    let spent = begin.elapsed();
                    let limit = Duration::from_millis(milliseconds);
                    assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
                    assert!(
                        spent >= limit && spent < limit + GRACE,
                        "{limit:?}: {spent:?}"
                    );
                });
                scope.spawn(move || {
                    let module = limited(engine, 30_000).load(echo).expect("sound");
                    for _ in 0..50 {
                        module.render(b"a").expect("in time");
                    }
                });
            }
        }
    });
}
