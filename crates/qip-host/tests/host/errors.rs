//! Errors: kind, stage, module, message, source, backtrace.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use qip_host::engine::{CompileError, Engine, EngineError, EngineInfo, Exhausted};
use qip_host::{Code, Error, ErrorKind, Host, Input, Limits, Options, Output, Stage, TrapKind};

use crate::{BUFFERS, echo, fuelled, metered, on_each, scalar, snapshot, standard, wat, within};

/// All that an error tells, but for the backtrace.
fn describe(error: &Error) -> String {
    let mut text = format!(
        "{error}\n  kind: {:?} ({})\n",
        error.kind(),
        error.kind().as_str()
    );
    if let Some(stage) = error.stage() {
        text += &format!("  stage: {stage}\n");
    }
    if let Some(module) = error.module() {
        text += &format!("  module: {module:?}\n");
    }
    if let Some(trap) = error.trap() {
        text += &format!("  trap: {}\n", trap.kind);
    }
    if let Some(refusal) = error.refusal() {
        for (name, value) in [
            ("name", refusal.name()),
            ("found", refusal.found_text()),
            ("wanted", refusal.wanted_text()),
        ] {
            if let Some(value) = value {
                text += &format!("  {name}: {value}\n");
            }
        }
        if let Some(offset) = refusal.offset() {
            text += &format!("  offset: {offset}\n");
        }
    }
    assert!(error.source().is_none(), "nothing lies below: {error}");
    text
}

/// Fuel for all that ends.
const FUEL: u64 = 1_000_000;

/// A host for three stages at most, whose requests may bring fuel.
fn limited(engine: &Arc<dyn Engine>) -> Host {
    let limits = Limits {
        stages: 3,
        ..Limits::standard()
    };
    let options = Options {
        metering: fuelled(FUEL).into(),
        ..Options::default()
    };
    Host::with_options(Arc::clone(engine), limits, options)
}

/// What can go wrong with one request, each by the smallest module.
#[test]
fn one_text_for_every_engine() {
    let text = BUFFERS.replace("bytes", "utf8");
    let module = |buffers: &str, body: &str| {
        wat(&format!(
            r#"(module (memory (export "memory") 1 1) {buffers}
                (func (export "run") (param i32) (result i32) {body}))"#
        ))
    };
    let at_the_end = BUFFERS.replacen("i32.const 0", "i32.const 65535", 1);
    let out_at_the_end = BUFFERS.replace(
        r#""output_ptr") i32 (i32.const 0"#,
        r#""output_ptr") i32 (i32.const 65535"#,
    );
    let typed = |more: &str| echo(&format!(r#"(data (i32.const 2000) "text/css") {more}"#));
    let content_type = |side: &str, ptr: i32, size: i32| {
        format!(
            r#"(global (export "{side}_content_type_ptr") i32 (i32.const {ptr}))
               (global (export "{side}_content_type_size") i32 (i32.const {size}))"#
        )
    };
    let start = |body: &str| {
        scalar(
            &format!("(func $start {body}) (start $start)"),
            "(i32.const 0)",
        )
    };
    let rows: Vec<(&str, Vec<u8>, Input)> = vec![
        (
            "input too large",
            module(BUFFERS, "(i32.const 0)"),
            Input::new(&[0; 1025]),
        ),
        (
            "input out of bounds",
            module(&at_the_end, "(i32.const 0)"),
            Input::new(b"ab"),
        ),
        (
            "input not UTF-8",
            module(&text, "(i32.const 0)"),
            Input::new(b"a\xe2\x82"),
        ),
        (
            "output too large",
            module(BUFFERS, "(i32.const 1025)"),
            Input::new(b""),
        ),
        (
            "a negative count",
            module(BUFFERS, "(i32.const -1)"),
            Input::new(b""),
        ),
        (
            "output out of bounds",
            module(&out_at_the_end, "(i32.const 2)"),
            Input::new(b""),
        ),
        (
            "output not UTF-8",
            module(
                &BUFFERS.replace("output_bytes", "output_utf8"),
                "(local.get 0)",
            ),
            Input::new(b"abc\x80"),
        ),
        ("trap", module(BUFFERS, "(unreachable)"), Input::new(b"")),
        (
            "trap of a getter",
            scalar(
                r#"(func (export "input_content_type_ptr") (result i32) (i32.load (i32.const -1)))
            (global (export "input_content_type_size") i32 (i32.const 0))"#,
                "(i32.const 0)",
            ),
            Input::new(b""),
        ),
        (
            "fuel",
            module(BUFFERS, "(loop $again (br $again)) (i32.const 0)"),
            Input::new(b""),
        ),
        (
            "trap of the start function",
            start("(unreachable)"),
            Input::new(b""),
        ),
        (
            "fuel of the start function",
            start("(loop $again (br $again))"),
            Input::new(b""),
        ),
        (
            "active data segment",
            scalar(r#"(data (i32.const 65535) "ab")"#, "(i32.const 0)"),
            Input::new(b""),
        ),
        (
            "active element segment",
            scalar(
                "(table 1 funcref) (elem (i32.const 1) $run)",
                "(i32.const 0)",
            ),
            Input::new(b""),
        ),
        (
            "content type mismatch",
            typed(&content_type("input", 2000, 8)),
            Input::new(b"").content_type("text/\u{1b}html ; q=1"),
        ),
        (
            "content type too long",
            typed(&content_type("input", 2000, 256)),
            Input::new(b""),
        ),
        (
            "content type out of bounds",
            typed(&content_type("output", 65_535, 2)),
            Input::new(b""),
        ),
        (
            "content type not ASCII",
            echo(&format!(
                r#"(data (i32.const 0) "\c3\a9") {}"#,
                content_type("output", 0, 2)
            )),
            Input::new(b""),
        ),
    ];
    let mut texts: Vec<String> = Vec::new();
    for (_, engine) in crate::ENGINES.iter() {
        let host = limited(engine);
        let mut all = String::new();
        for (what, wasm, input) in &rows {
            let module = host.load(wasm).expect(what);
            let error = module.render(input.fuel(FUEL)).expect_err(what);
            all += &format!("{what}\n{}\n", describe(&error));
        }
        texts.push(all);
    }
    for other in &texts[1..] {
        assert_eq!(&texts[0], other, "engines differ");
    }
    snapshot("requests", &texts[0]);
}

/// What is refused before anything runs, with stage and name (ORD-1, REC-5).
#[test]
fn refusals_of_recipes() {
    let sound = echo("");
    let number = scalar("", "(i32.const 0)");
    let elements = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {}
            (func (export "run") (param i32) (result i32) (i32.const 0)))"#,
        BUFFERS.replace("output_bytes", "output_i32")
    ));
    let traps = scalar(
        "(func $start (unreachable)) (start $start)",
        "(i32.const 0)",
    );
    on_each(|engine| {
        let host = limited(engine);
        let mut all = String::new();
        let mut row = |what: &str, stages: Vec<Stage<'_>>| {
            let error = host.recipe(stages).expect_err(what);
            all += &format!("{what}\n{}\n", describe(&error));
        };
        row("no stage", vec![]);
        row("too many", vec![Stage::new(&sound); 4]);
        row("one stage, no name", vec![Stage::new("")]);
        row("one stage", vec![Stage::new("").named("a.wasm")]);
        row(
            "the second",
            vec![
                Stage::new(&sound).named("a.wasm"),
                Stage::new(b"GIF89a").named("b\u{1b}.gif"),
            ],
        );
        row(
            "the first of two",
            vec![
                Stage::new(&sound).uniform("size", "1"),
                Stage::new(b"GIF89a"),
            ],
        );
        row(
            "a scalar first",
            vec![Stage::new(&number).named("n.wasm"), Stage::new(&sound)],
        );
        row(
            "elements in the middle",
            vec![
                Stage::new(&sound),
                Stage::new(&elements),
                Stage::new(&sound),
            ],
        );
        // A later module that is no module comes before an earlier one that cannot be piped.
        row("order", vec![Stage::new(&number), Stage::new(b"")]);
        snapshot("recipes", &all);

        // What would trap while instantiating is refused before it is instantiated.
        let error = host
            .recipe([Stage::new(&traps), Stage::new(&sound)])
            .expect_err("a scalar");
        assert_eq!(error.kind(), ErrorKind::Refused(Code::NotPipeable));
        // REC-5: a failure names its stage and file; later stages do not run.
        let recipe = host
            .recipe([
                Stage::new(&sound).named("1.wasm"),
                Stage::new(&traps).named("2.wasm"),
            ])
            .expect("sound");
        let error = recipe.render(b"").expect_err("traps");
        assert_eq!(error.kind(), ErrorKind::Refused(Code::Instantiate));
        assert_eq!((error.stage(), error.module()), (Some(2), Some("2.wasm")));
        assert_eq!(
            error.trap().map(|trap| trap.kind),
            Some(TrapKind::Unreachable)
        );
        assert!(
            error.to_string().starts_with("stage 2 (`2.wasm`): "),
            "{error}"
        );
    });
}

/// Names are the caller's: shown whole in `module`, quoted in the text.
#[test]
fn names_are_quoted() {
    on_each(|engine| {
        let name = format!("{}\n{}", "a".repeat(126), "b".repeat(200));
        let error = standard(engine)
            .load_named(&name, b"")
            .expect_err("no module");
        assert_eq!(error.module(), Some(&name[..]));
        let shown = format!("`{}\\n…`: not a WebAssembly module", "a".repeat(126));
        assert!(error.to_string().starts_with(&shown), "{error}");
        assert_eq!(error.stage(), None);
        assert!(!format!("{error:?}").contains('\n'));
    });
}

/// A module of another host was compiled for other limits.
#[test]
fn modules_belong_to_their_host() {
    on_each(|engine| {
        let other = standard(engine)
            .load_named("a.wasm", echo(""))
            .expect("sound");
        let error = standard(engine)
            .recipe([Stage::module(&other)])
            .expect_err("another's");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!((error.stage(), error.module()), (Some(1), Some("a.wasm")));
        // A clone of the host is the host.
        let host = standard(engine);
        let own = host.clone().load(echo("")).expect("sound");
        let recipe = host
            .recipe([Stage::module(&own), Stage::module(&own)])
            .expect("sound");
        assert_eq!(
            recipe.render(b"a").expect("sound").output,
            Output::Bytes(b"a".to_vec())
        );
    });
}

/// RUN-5: where the engine can, a backtrace goes with a trap.
#[test]
fn backtraces_name_the_functions() {
    let wasm = scalar(
        "(func $inner (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0)))
         (func (param i32) (result i32) (call $inner (local.get 0)))",
        "(call 1 (local.get 0))",
    );
    on_each(|engine| {
        let error = standard(engine)
            .load(&wasm)
            .and_then(|module| module.render(b""))
            .expect_err("a trap");
        let trap = error.trap().expect("a trap");
        assert_eq!(trap.kind, TrapKind::IntegerDivideByZero);
        let frames: Vec<_> = trap
            .backtrace
            .iter()
            .map(|frame| (frame.index, frame.name.as_deref()))
            .collect();
        if engine.info().backtrace {
            assert_eq!(frames, [(0, Some("inner")), (1, None), (2, Some("run"))]);
            let offsets = trap.backtrace.iter().filter_map(|frame| frame.offset);
            let within: Vec<_> = offsets.filter(|at| *at < wasm.len() as u64).collect();
            assert_eq!(within.len(), 3, "{within:?}");
            // The innermost is where the division is: opcode 0x6e.
            assert_eq!(wasm[within[0] as usize], 0x6e);
        } else {
            assert_eq!(frames, []);
        }
    });
}

/// Each kind of trap, by the smallest module, the same on each engine (TRAP-1).
#[test]
fn every_trap_kind() {
    const TABLE: &str = "(type $v (func)) (table 2 funcref) (elem (i32.const 0) $run)";
    for (kind, body) in [
        (TrapKind::Unreachable, "(unreachable)"),
        (TrapKind::MemoryOutOfBounds, "(i32.load (i32.const 65533))"),
        (
            TrapKind::MemoryOutOfBounds,
            "(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536)) (i32.const 0)",
        ),
        (
            TrapKind::TableOutOfBounds,
            "(ref.is_null (table.get 0 (i32.const 2)))",
        ),
        (
            TrapKind::TableOutOfBounds,
            "(call_indirect (type $v) (i32.const 2)) (i32.const 0)",
        ),
        (
            TrapKind::IndirectCallToNull,
            "(call_indirect (type $v) (i32.const 1)) (i32.const 0)",
        ),
        (
            TrapKind::BadSignature,
            "(call_indirect (type $v) (i32.const 0)) (i32.const 0)",
        ),
        (
            TrapKind::IntegerOverflow,
            "(i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1)))",
        ),
        (
            TrapKind::IntegerOverflow,
            "(i32.trunc_f32_s (f32.const 3e9))",
        ),
        (
            TrapKind::IntegerDivideByZero,
            "(i32.rem_u (i32.const 1) (local.get 0))",
        ),
        (
            TrapKind::BadConversionToInteger,
            "(i32.trunc_f64_u (f64.const nan))",
        ),
        (
            TrapKind::StackOverflow,
            "(call $run (local.get 0))  (i32.const 1) (i32.add)",
        ),
    ] {
        let wasm = scalar(TABLE, body);
        on_each(|engine| {
            let error = standard(engine)
                .load(&wasm)
                .and_then(|module| module.render(b""))
                .expect_err(body);
            assert_eq!(error.kind(), ErrorKind::Trapped(kind), "{body}");
            assert_eq!(error.kind().as_str(), kind.as_str());
            assert_eq!(error.message(), format!("the module trapped: {kind}"));
        });
    }
}

/// An engine that cannot do anything.
struct Broken(EngineInfo);

#[derive(Debug)]
struct Cause;

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the machine is on fire")
    }
}

impl std::error::Error for Cause {}

impl Engine for Broken {
    fn info(&self) -> &EngineInfo {
        &self.0
    }

    fn compile(
        &self,
        _: &qip_host::engine::Compile<'_>,
    ) -> Result<Arc<dyn qip_host::engine::CompiledModule>, CompileError> {
        Err(EngineError::new("no code today").because(Cause).into())
    }
}

/// The engine's own failure is told apart, and its cause can be asked for.
#[test]
fn an_engines_failure_has_a_source() {
    let broken = Broken(EngineInfo::new("broken", "0"));
    let host = Host::with_options(Arc::new(broken), Limits::standard(), Options::default());
    let error = host.load_named("a.wasm", echo("")).expect_err("broken");
    assert_eq!(error.kind(), ErrorKind::Engine);
    assert_eq!(error.kind().as_str(), "engine");
    assert_eq!(
        error.to_string(),
        "`a.wasm`: the engine failed: no code today"
    );
    let source = error.source().expect("a cause");
    assert_eq!(source.to_string(), "the machine is on fire");
    assert!(source.is::<Cause>());
    // What the bytes alone refuse does not reach it.
    let error = host.load(b"").expect_err("no module");
    assert_eq!(error.kind(), ErrorKind::Refused(Code::NotWasm));
}

/// The limit in force stands in the text (RUN-6).
#[test]
fn the_time_limit_is_in_the_text() {
    let forever = scalar("", "(loop $again (br $again)) (i32.const 0)");
    on_each(|engine| {
        let limits = within(Duration::from_millis(33));
        let module = metered(engine, limits)
            .load_named("f.wasm", &forever)
            .expect("sound");
        let error = module.render(Input::new(b"").limits(limits));
        let error = error.expect_err("endless");
        assert_eq!(error.kind(), ErrorKind::Stopped(Exhausted::Time));
        assert_eq!(error.kind().as_str(), "time");
        assert_eq!(
            error.to_string(),
            "`f.wasm`: Wasm module exceeded the execution time limit (33ms)"
        );
        assert!(error.refusal().is_none() && error.trap().is_none());
    });
}
