//! Requests one after the other and at the same time: what they share and what not.

use std::time::Duration;

use qip_host::{Code, ErrorKind, Input, Output, Stage, TrapKind};

use crate::{BUFFERS, ENGINES, echo, metered, on_each, scalar, standard, wat, within};

/// Counts its requests in a global, its uniform's settings in another; traps where
/// the input is one byte long.
fn counter() -> Vec<u8> {
    scalar(
        r#"(global $requests (mut i32) (i32.const 0))
           (global $settings (mut i32) (i32.const 0))
           (global $step (mut i32) (i32.const 0))
           (func (export "uniform_set_step") (param i32) (result i64)
                (global.set $settings (i32.add (global.get $settings) (i32.const 1)))
                (global.set $step (local.get 0))
                (i64.const 0))"#,
        r#"(global.set $requests (i32.add (global.get $requests) (i32.const 1)))
           (if (i32.eq (local.get 0) (i32.const 1)) (then (unreachable)))
           (i32.add (i32.mul (global.get $requests) (i32.const 10000))
              (i32.add (i32.mul (global.get $settings) (i32.const 100)) (global.get $step)))"#,
    )
}

#[track_caller]
fn number(reply: Result<qip_host::Reply, qip_host::Error>) -> i32 {
    match reply.expect("a reply").output {
        Output::Scalar(number) => number,
        other => panic!("no scalar: {other:?}"),
    }
}

/// RUN-4: the state of an instance lives as long as its session, and no longer.
#[test]
fn a_session_keeps_state_and_applies_uniforms_anew() {
    on_each(|engine| {
        let wasm = counter();
        let host = standard(engine);
        let recipe = host
            .recipe([Stage::new(&wasm).uniform("step", "7")])
            .expect("sound");
        let mut session = recipe.session();
        assert_eq!(number(session.render(b"")), 1_01_07);
        assert_eq!(number(session.render(b"")), 2_02_07);
        // Another session, and a request without one, know nothing of it.
        assert_eq!(number(recipe.session().render(b"")), 1_01_07);
        assert_eq!(number(recipe.render(b"")), 1_01_07);
        assert_eq!(number(recipe.render(b"")), 1_01_07);
        assert_eq!(number(session.render(b"")), 3_03_07);
        // Without the uniform it is not set at all.
        assert_eq!(
            number(host.load(&wasm).expect("sound").render(b"")),
            1_00_00
        );
    });
}

/// An instance that trapped is never used again (RUN-4).
#[test]
fn a_session_replaces_what_trapped() {
    on_each(|engine| {
        let wasm = counter();
        let recipe = standard(engine).recipe([Stage::new(&wasm)]).expect("sound");
        let mut session = recipe.session();
        assert_eq!(number(session.render(b"")), 1_00_00);
        assert_eq!(number(session.render(b"")), 2_00_00);
        let error = session.render(b"x").expect_err("a trap");
        assert_eq!(error.kind(), ErrorKind::Trapped(TrapKind::Unreachable));
        assert_eq!(number(session.render(b"")), 1_00_00);
    });
}

/// A refusal is neither a trap nor a stop: the instance stays in use (RUN-4).
#[test]
fn a_session_keeps_what_was_refused() {
    on_each(|engine| {
        let wasm = counter();
        let recipe = standard(engine).recipe([Stage::new(&wasm)]).expect("sound");
        let mut session = recipe.session();
        assert_eq!(number(session.render(b"")), 1_00_00);
        assert_eq!(number(session.render(b"")), 2_00_00);
        let error = session.render(&[0; 1025]).expect_err("too large");
        assert_eq!(error.kind(), ErrorKind::Refused(Code::InputTooLarge));
        assert_eq!(number(session.render(b"")), 3_00_00);
        // What traps after a refusal goes all the same.
        session.render(&[0; 1025]).expect_err("too large");
        session.render(b"x").expect_err("a trap");
        assert_eq!(number(session.render(b"")), 1_00_00);
    });
}

/// The same for what comes out: of all stages none is replaced.
#[test]
fn a_session_keeps_every_stage_of_a_refused_request() {
    // Puts how often it ran behind its input; gives too much where that begins with `x`.
    let stage = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (global $runs (mut i32) (i32.const 0))
            (func (export "run") (param i32) (result i32)
                (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
                (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 0x78))
                    (then (return (i32.const 1025))))
                (i32.store8 (local.get 0) (i32.add (i32.const 0x30) (global.get $runs)))
                (i32.add (local.get 0) (i32.const 1))))"#
    ));
    on_each(|engine| {
        let limits = within(Duration::from_secs(60));
        let recipe = metered(engine, limits)
            .recipe([
                Stage::new(&echo("")),
                Stage::new(&stage),
                Stage::new(&stage),
            ])
            .expect("sound");
        let mut session = recipe.session();
        let bytes = |reply: qip_host::Reply| reply.output;
        let wanted = |text: &str| Output::Bytes(text.as_bytes().to_vec());
        let mut render = |text: &'static str| session.render(Input::new(text).limits(limits));
        assert_eq!(bytes(render("a").expect("runs")), wanted("a11"));
        let error = render("x").expect_err("too much");
        assert_eq!(error.kind(), ErrorKind::Refused(Code::OutputTooLarge));
        assert_eq!(error.stage(), Some(2));
        assert_eq!(bytes(render("a").expect("runs")), wanted("a32"));
    });
}

/// Of several stages only the one that trapped is replaced.
#[test]
fn a_session_keeps_the_stages_that_did_not_trap() {
    // Adds how often it ran to its first byte; traps where that is `x`.
    let stage = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (global $runs (mut i32) (i32.const 0))
            (func (export "run") (param i32) (result i32)
                (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
                (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 0x78)) (then (unreachable)))
                (i32.store8 (local.get 0) (i32.add (i32.const 0x30) (global.get $runs)))
                (i32.add (local.get 0) (i32.const 1))))"#
    ));
    let passes = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (global $runs (mut i32) (i32.const 0))
            (func (export "run") (param i32) (result i32)
                (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
                (i32.store8 (local.get 0) (i32.add (i32.const 0x30) (global.get $runs)))
                (i32.add (local.get 0) (i32.const 1))))"#
    ));
    on_each(|engine| {
        let recipe = standard(engine)
            .recipe([Stage::new(&passes), Stage::new(&stage)])
            .expect("sound");
        let mut session = recipe.session();
        let text = |reply: qip_host::Reply| match reply.output {
            Output::Bytes(bytes) => String::from_utf8(bytes).expect("text"),
            other => panic!("no bytes: {other:?}"),
        };
        assert_eq!(text(session.render(b"a").expect("runs")), "a11");
        assert_eq!(text(session.render(b"a").expect("runs")), "a22");
        let error = session.render(b"x").expect_err("the second traps");
        assert_eq!(error.stage(), Some(2));
        assert_eq!(text(session.render(b"a").expect("runs")), "a41");
    });
}

/// OUT-10: a reply is the caller's own.
#[test]
fn a_reply_does_not_change() {
    let text = BUFFERS.replace("bytes", "utf8");
    let numbers = BUFFERS.replace("output_bytes", "output_i32");
    for buffers in [BUFFERS, &text, &numbers] {
        let wasm = wat(&format!(
            r#"(module (memory (export "memory") 1 1) {buffers}
                (func (export "run") (param i32) (result i32) (i32.const 1)))"#
        ));
        on_each(|engine| {
            let recipe = standard(engine).recipe([Stage::new(&wasm)]).expect("sound");
            let mut session = recipe.session();
            let first = session.render(b"aaaa").expect("sound");
            let copy = first.clone();
            let second = session.render(b"bbbb").expect("sound");
            assert_eq!(first, copy);
            assert_ne!(first.output, second.output);
            drop((session, recipe));
            assert_eq!(first, copy);
        });
    }
}

/// One module serves many threads, each request on its own instance.
#[test]
fn threads_share_a_module() {
    let wasm = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS}
            (func (export "run") (param i32) (result i32) (local $at i32)
                (loop $next
                    (i32.store8 (local.get $at) (i32.add (i32.load8_u (local.get $at)) (i32.const 1)))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $at) (local.get 0))))
                (local.get 0)))"#
    ));
    for (name, engine) in ENGINES.iter() {
        let module = standard(engine).load(&wasm).expect("sound");
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let module = module.clone();
                scope.spawn(move || {
                    for round in 0..50_u8 {
                        let input = [thread, round, thread ^ round, 0];
                        let wanted = input.map(|byte| byte + 1).to_vec();
                        let reply = module.render(&input).expect("sound");
                        assert_eq!(reply.output, Output::Bytes(wanted), "on {name}");
                    }
                });
            }
        });
    }
}

/// A session may move to another thread between its requests.
#[test]
fn a_session_moves_between_threads() {
    on_each(|engine| {
        let wasm = counter();
        let recipe = standard(engine).recipe([Stage::new(&wasm)]).expect("sound");
        let mut session = recipe.session();
        for request in 1..=4 {
            session = std::thread::spawn(move || {
                assert_eq!(number(session.render(b"")), request * 10_000);
                session
            })
            .join()
            .expect("no panic");
        }
    });
}

/// The content type of one request is not the next one's.
#[test]
fn a_content_type_belongs_to_its_request() {
    on_each(|engine| {
        let recipe = standard(engine)
            .recipe([Stage::new(&echo(""))])
            .expect("sound");
        let mut session = recipe.session();
        let typed = session.render(Input::new(b"a").content_type(" Text/HTML; a=b"));
        assert_eq!(
            typed.expect("sound").content_type.as_deref(),
            Some("text/html")
        );
        assert_eq!(session.render(b"a").expect("sound").content_type, None);
    });
}
