//! Memory and tables: growth, pools, many instances, limits (LIM-1, LIM-2, TRAP-2).

use qip_host::engine::Engine;
use qip_host::{Code, ErrorKind, Host, Limits, Output, Session, Stage, TrapKind};
use std::sync::Arc;

use crate::{
    BUFFERS, ENGINES_AND_POOLS, SCALAR, host, on, on_each, refused, scalar, standard, wat,
};

const PAGE: u64 = 65_536;

#[track_caller]
fn answer(host: &Host, wasm: &[u8], input: &[u8]) -> i32 {
    match host.load(wasm).and_then(|module| module.render(input)) {
        Ok(reply) => match reply.output {
            Output::Scalar(answer) => answer,
            other => panic!("no scalar: {other:?}"),
        },
        Err(error) => panic!("{error}"),
    }
}

/// Growing one page past a slot of a pool is an engine's own affair: what the
/// module sees depends on what it declares and on the limit alone.
#[test]
fn growing_past_a_pools_slot() {
    // 1 MiB, the smallest slot, is sixteen pages.
    for (declared, by, wanted) in [
        ("1", 16, 1),
        ("1", 15, 1),
        ("1 17", 16, 1),
        ("1 18", 16, 1),
        ("1 65536", 16, 1),
        ("1 16", 16, -1),
        ("1 16", 15, 1),
        ("16 17", 1, 16),
        ("17", 1, 17),
        ("17 17", 1, -1),
        ("17 17", 0, 17),
        ("0", 17, 0),
        ("1", 65_535, -1), // 4 GiB is over the limit of 1 GiB.
        ("1", 65_536, -1),
        ("1", -1, -1),
        ("1", 16_383, 1),
        ("1", 16_384, -1),
    ] {
        // Where it grew, the last byte of the memory can be used.
        let wasm = wat(&format!(
            r#"(module (memory (export "memory") {declared}) {SCALAR}
                (func (export "run") (param i32) (result i32) (local $was i32)
                    (local.set $was (memory.grow (i32.const {by})))
                    (if (memory.size) (then
                        (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))
                            (i32.const 1))))
                    (local.get $was)))"#
        ));
        on(&ENGINES_AND_POOLS, |engine| {
            // wasmi zeroes memory at once: a gigabyte in each of many tests is slow.
            if wanted == -1 || by < 1_000 || engine.info().name == "wasmtime" {
                assert_eq!(
                    answer(&standard(engine), &wasm, b""),
                    wanted,
                    "{declared} by {by}"
                );
            }
        });
    }
}

/// The same for tables, of which a pool's slot has few and short ones.
#[test]
fn tables_past_a_pools_slot() {
    for (tables, by, wanted) in [
        ("(table 1 funcref)", 20_000, 1),
        ("(table 1 20001 funcref)", 20_000, 1),
        ("(table 1 20000 funcref)", 20_000, -1),
        ("(table 30000 funcref)", 1, 30_000),
        ("(table 1 funcref) (table 5 funcref)", 3, 1),
        ("(table 1 funcref)", 999_999, 1),
        ("(table 1 funcref)", 1_000_000, -1),
        ("(table 1 funcref)", -1, -1),
    ] {
        let wasm = scalar(
            tables,
            &format!("(table.grow 0 (ref.null func) (i32.const {by}))"),
        );
        on(&ENGINES_AND_POOLS, |engine| {
            assert_eq!(
                answer(&standard(engine), &wasm, b""),
                wanted,
                "{tables} by {by}"
            );
        });
    }
}

/// Remembers its first byte and how often it was called, for ever.
const MEMORY_OF_ITS_OWN: &str = r#"
    (func (export "run") (param i32) (result i32)
        (i32.store8 (i32.const 2000) (i32.add (i32.load8_u (i32.const 2000)) (i32.const 1)))
        (if (i32.eqz (i32.load (i32.const 2004)))
            (then (i32.store (i32.const 2004) (i32.load (i32.const 0)))))
        (i32.store (i32.const 0) (i32.load (i32.const 2004)))
        (i32.store8 (i32.const 4) (i32.load8_u (i32.const 2000)))
        (i32.const 5))"#;

fn keeps_state() -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS} {MEMORY_OF_ITS_OWN})"#
    ))
}

/// A thousand instances live at once, more than any pool has room for, and each
/// keeps to itself.
#[test]
fn a_thousand_live_instances() {
    const COUNT: u32 = 1_000;
    let wasm = keeps_state();
    on(&ENGINES_AND_POOLS, |engine| {
        let recipe = standard(engine).recipe([Stage::new(&wasm)]).expect("sound");
        let mut sessions: Vec<Session> = (0..COUNT).map(|_| recipe.session()).collect();
        for round in 1..=3_u8 {
            for (index, session) in (1_u32..).zip(&mut sessions) {
                // Only the first request says who it is.
                let input = if round == 1 { index } else { 77 }.to_le_bytes();
                let reply = session.render(&input).expect("an instance of its own");
                let wanted = [&index.to_le_bytes()[..], &[round]].concat();
                assert_eq!(reply.output, Output::Bytes(wanted), "session {index}");
            }
        }
        // Fresh instances among them know nothing of them.
        let reply = recipe.render(&9_u32.to_le_bytes()).expect("fresh");
        assert_eq!(reply.output, Output::Bytes(vec![9, 0, 0, 0, 1]));
    });
}

/// RUN-4: a slot that is used again holds nothing of its last user.
#[test]
fn instances_start_from_nothing() {
    let wasm = wat(&format!(
        r#"(module (memory (export "memory") 2) {SCALAR}
            (table $t 2 10 funcref) (elem (i32.const 0) $run)
            (global $g (mut i32) (i32.const 3))
            (data (i32.const 70000) "\05")
            (func $run (export "run") (param i32) (result i32) (local $found i32)
                (local.set $found (i32.or (i32.or
                    (i32.xor (i32.load8_u (i32.const 70000)) (i32.const 5))
                    (i32.load (i32.const 131064)))
                    (i32.or
                        (i32.xor (global.get $g) (i32.const 3))
                        (i32.or (i32.xor (memory.size) (i32.const 2))
                            (i32.or (i32.xor (table.size $t) (i32.const 2))
                                (ref.is_null (table.get $t (i32.const 0))))))))
                (global.set $g (i32.const 4))
                (drop (table.grow $t (ref.func $run) (i32.const 1)))
                (table.set $t (i32.const 0) (ref.null func))
                (drop (memory.grow (i32.const 1)))
                (memory.fill (i32.const 1024) (i32.const 0xff) (i32.const 190000))
                (local.get $found)))"#
    ));
    on(&ENGINES_AND_POOLS, |engine| {
        let module = standard(engine).load(&wasm).expect("sound");
        for _ in 0..10 {
            let reply = module.render(b"x").expect("sound");
            assert_eq!(reply.output, Output::Scalar(0));
        }
    });
}

/// LIM-2: nothing is compiled, reserved or zeroed for what the module declares.
#[test]
fn a_memory_of_four_gigabytes_is_refused_at_once() {
    for declared in ["65536", "65536 65536", "16385"] {
        let wasm = wat(&format!(
            r#"(module (memory (export "memory") {declared}) {SCALAR}
                (func (export "run") (param i32) (result i32) (i32.const 0)))"#
        ));
        on_each(|engine| {
            let error = standard(engine).load(&wasm).expect_err("too large");
            assert_eq!(refused(&error), Some(Code::Limit));
            let refusal = error.refusal().expect("a refusal");
            assert_eq!(refusal.name(), Some("memory_bytes"));
            assert_eq!(refusal.wanted_text(), Some("1073741824"));
        });
    }
}

/// TRAP-2: growth that a limit refuses answers -1, is no failure, and is reported.
/// (What the module's own maximum refuses an engine may count or not.)
#[test]
fn refused_growth_is_in_the_usage() {
    let limits = Limits {
        memory_bytes: 3 * PAGE,
        table_entries: 5,
        ..Limits::standard()
    };
    for (what, declared, grows, refusals, pages) in [
        ("nothing", "1", "", 0, 1),
        ("within", "1", "(memory.grow (i32.const 2))", 0, 3),
        ("the limit", "1", "(memory.grow (i32.const 3))", 1, 1),
        ("by nothing", "1 1", "(memory.grow (i32.const 0))", 0, 1),
        (
            "twice",
            "1",
            "(memory.grow (i32.const 3)) drop (memory.grow (i32.const 1)) drop (memory.grow (i32.const 2))",
            2,
            2,
        ),
        (
            "a table",
            "1",
            "(table.grow (ref.null func) (i32.const 4)) drop (table.grow (ref.null func) (i32.const 1))",
            1,
            1,
        ),
    ] {
        let drop = if grows.is_empty() { "" } else { "drop" };
        let wasm = wat(&format!(
            r#"(module (memory (export "memory") {declared}) {SCALAR}
                (table 1 funcref)
                (func (export "run") (param i32) (result i32) {grows} {drop} (memory.size)))"#
        ));
        on(&ENGINES_AND_POOLS, |engine| {
            let host = host(engine, limits.clone());
            let reply = host
                .load(&wasm)
                .and_then(|module| module.render(b""))
                .expect(what);
            assert_eq!(reply.output, Output::Scalar(pages), "{what}");
            let usage = reply.stages[0];
            assert_eq!(usage.memory_bytes, pages as u64 * PAGE, "{what}");
            assert_eq!(usage.refused_growths, refusals, "{what}");
        });
    }
}

/// Each request of a session counts its own.
#[test]
fn refused_growth_is_counted_for_each_request() {
    let wasm = wat(&format!(
        r#"(module (memory (export "memory") 1) {SCALAR}
            (func (export "run") (param i32) (result i32) (memory.grow (i32.const 1))))"#
    ));
    on_each(|engine| {
        let limits = Limits {
            memory_bytes: 2 * PAGE,
            ..Limits::standard()
        };
        let recipe = host(engine, limits)
            .recipe([Stage::new(&wasm)])
            .expect("sound");
        let mut session = recipe.session();
        for (answer, refusals, pages) in [(1, 0, 2), (-1, 1, 2), (-1, 1, 2)] {
            let reply = session.render(b"").expect("sound");
            assert_eq!(reply.output, Output::Scalar(answer));
            assert_eq!(reply.stages[0].refused_growths, refusals);
            assert_eq!(reply.stages[0].memory_bytes, pages * PAGE);
        }
    });
}

/// Growth in a getter counts for the bounds of the input (IN-4), growth in the call
/// for those of the output (OUT-5), for each stage on its own.
#[test]
fn bounds_follow_growth() {
    let wasm = wat(r#"(module (memory (export "memory") 0)
            (func (export "input_ptr") (result i32) (drop (memory.grow (i32.const 1))) (i32.const 65535))
            (global (export "input_bytes_cap") i32 (i32.const 1))
            (global (export "output_ptr") i32 (i32.const 65535))
            (global (export "output_bytes_cap") i32 (i32.const 2))
            (func (export "run") (param i32) (result i32)
                (drop (memory.grow (i32.const 1)))
                (i32.store8 (i32.const 65536) (i32.const 33))
                (i32.const 2)))"#);
    on(&ENGINES_AND_POOLS, |engine| {
        let reply = standard(engine)
            .load(&wasm)
            .and_then(|module| module.render(b"a"));
        let reply = reply.expect("within");
        assert_eq!(reply.output, Output::Bytes(b"a!".to_vec()));
        assert_eq!(reply.stages[0].memory_bytes, 2 * PAGE);
    });
}

fn overflowing(engine: &Arc<dyn Engine>, wasm: &[u8]) -> ErrorKind {
    let module = standard(engine).load(wasm).expect("sound");
    module.render(b"").expect_err("no end").kind()
}

/// How deep is the engine's own affair (DET-1); that it ends in a trap is not.
#[test]
fn endless_recursion_is_a_trap() {
    let wasm = scalar(
        "(func $f (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))",
        "(drop (call $f (i64.const 0))) (i32.const 0)",
    );
    on(&ENGINES_AND_POOLS, |engine| {
        let wanted = ErrorKind::Trapped(TrapKind::StackOverflow);
        assert_eq!(overflowing(engine, &wasm), wanted);
        // On a thread of the usual size as well, which the stack must fit.
        let on_thread = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(2 << 20);
            let thread = thread.spawn_scoped(scope, || overflowing(engine, &wasm));
            thread.expect("a thread").join().expect("no abort")
        });
        assert_eq!(on_thread, wanted);
    });
}
