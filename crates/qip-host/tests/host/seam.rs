//! The seam between host and engine, seen from a third engine: one that passes
//! everything on and writes down what it was asked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qip_host::engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineInfo, ExportId, Instance, Stop,
    Usage,
};
use qip_host::{Code as Refused, Host, Input, Limits, Output, RequestLimits, Stage, Value};

use crate::{ENGINES, metered, refused, wat};

/// What was asked, in order.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// Passes everything on to another engine.
pub(crate) struct Listening {
    inner: Arc<dyn Engine>,
    log: Log,
}

impl Listening {
    pub(crate) fn new(engine: &Arc<dyn Engine>, log: &Log) -> Listening {
        Listening {
            inner: Arc::clone(engine),
            log: Arc::clone(log),
        }
    }
}

struct ListeningCode {
    inner: Arc<dyn CompiledModule>,
    exports: Vec<String>,
    log: Log,
}

struct ListeningInstance {
    inner: Box<dyn Instance>,
    exports: Vec<String>,
    log: Log,
}

fn write(log: &Log, entry: String) {
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(entry);
}

impl Engine for Listening {
    fn info(&self) -> &EngineInfo {
        self.inner.info()
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        write(&self.log, "compile".to_owned());
        Ok(Arc::new(ListeningCode {
            inner: self.inner.compile(module)?,
            exports: module.exports.to_vec(),
            log: Arc::clone(&self.log),
        }))
    }
}

impl CompiledModule for ListeningCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        write(&self.log, "instantiate".to_owned());
        Ok(Box::new(ListeningInstance {
            inner: self.inner.instantiate(limits, budget)?,
            exports: self.exports.clone(),
            log: Arc::clone(&self.log),
        }))
    }
}

impl Instance for ListeningInstance {
    fn begin(&mut self, budget: &Budget) {
        write(&self.log, "begin".to_owned());
        self.inner.begin(budget);
    }

    fn memory(&mut self) -> &mut [u8] {
        self.inner.memory()
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        write(&self.log, format!("global {}", self.exports[export.0]));
        self.inner.global(export)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        write(
            &self.log,
            format!("call {}{args:?}", self.exports[export.0]),
        );
        self.inner.call(export, args)
    }

    fn finish(&mut self) -> Usage {
        self.inner.finish()
    }
}

impl Drop for ListeningInstance {
    fn drop(&mut self) {
        write(&self.log, "drop".to_owned());
    }
}

/// What was written since it was last taken.
pub(crate) fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Runs a test with a listening host over each engine.
fn listening(limits: RequestLimits, test: impl Fn(&Host, &dyn Fn() -> Vec<String>)) {
    crate::on(&ENGINES, |engine| {
        let log = Log::default();
        let listening = Listening::new(engine, &log);
        let host = metered(&(Arc::new(listening) as Arc<dyn Engine>), limits);
        test(&host, &|| taken(&log));
    });
}

/// Every export in the style that makes the host ask for it: functions, but for the
/// output pointer, a mutable global. `skip` names exports that are left out.
fn asking(skip: &[&str], more: &str) -> Vec<u8> {
    let mut text = String::from(r#"(module (memory (export "memory") 1 1)"#);
    for (name, value) in [
        ("input_content_type_size", 0),
        ("input_content_type_ptr", 0),
        ("output_content_type_size", 8),
        ("output_content_type_ptr", 2000),
        ("output_i32_cap", 1),
        ("output_bytes_cap", 2),
        ("output_utf8_cap", 3),
        ("input_bytes_cap", 4),
        ("input_utf8_cap", 5),
        ("input_ptr", 6),
    ] {
        if !skip.contains(&name) {
            text += &format!(r#"(func (export "{name}") (result i32) (i32.const {value}))"#);
        }
    }
    if !skip.contains(&"output_ptr") {
        text += r#"(global (export "output_ptr") (mut i32) (i32.const 7))"#;
    }
    text += &format!(
        r#"(data (i32.const 2000) "text/css")
        (func (export "uniform_set_z") (param i64)) (func (export "uniform_set_a") (param f32))
        (func (export "uniform_set_m") (param i32))
        (func (export "_start") (unreachable)) (func (export "_initialize") (unreachable))
        (func (export "render") (param i32) (result i32) (i32.const 0))
        (func (export "run") (param i32) (result i32) (unreachable)) {more})"#
    );
    wat(&text)
}

/// RUN-2 and RUN-3, UNI-2, MOD-6, MOD-8: what is called, once each, in this order.
#[test]
fn getters_are_read_once_and_in_order() {
    listening(RequestLimits::default(), |host, log| {
        let wasm = asking(&[], "");
        let stage = Stage::new(&wasm).uniform("z", "0x10").uniform("a", "1");
        let recipe = host.recipe([stage]).expect("sound");
        assert_eq!(log(), ["compile"]);
        for _ in 0..2 {
            recipe.render("abc").expect("sound");
            assert_eq!(
                log(),
                [
                    "instantiate",
                    "call uniform_set_a[F32(1065353216)]",
                    "call uniform_set_z[I64(16)]",
                    "call input_ptr[]",
                    "call input_utf8_cap[]",
                    "global output_ptr",
                    "call output_utf8_cap[]",
                    "call input_content_type_ptr[]",
                    "call input_content_type_size[]",
                    "call output_content_type_ptr[]",
                    "call output_content_type_size[]",
                    "call render[I32(3)]",
                    "drop",
                ]
            );
        }
    });
}

/// A scalar has no output that is read, whatever capacities there are (OUT-1).
#[test]
fn a_scalars_capacities_are_not_read() {
    listening(RequestLimits::default(), |host, log| {
        let skip = [
            "output_ptr",
            "input_utf8_cap",
            "input_content_type_ptr",
            "input_content_type_size",
            "output_content_type_ptr",
            "output_content_type_size",
        ];
        let module = host.load(asking(&skip, "")).expect("sound");
        log();
        let reply = module.render(b"\xff").expect("bytes are taken");
        assert_eq!(reply.output, Output::Scalar(0));
        assert_eq!(
            log(),
            [
                "instantiate",
                "call input_ptr[]",
                "call input_bytes_cap[]",
                "call render[I32(1)]",
                "drop",
            ]
        );
    });
}

/// What the binary shows is not asked of the engine.
#[test]
fn constants_are_never_asked() {
    listening(RequestLimits::default(), |host, log| {
        let module = host
            .load(wat(r#"(module (memory (export "memory") 1 1)
                    (global (export "input_ptr") i32 (i32.add (i32.const 1) (i32.const 1)))
                    (global (export "input_utf8_cap") i32 (i32.const 9))
                    (global (export "output_ptr") i32 (i32.const 2))
                    (global (export "output_utf8_cap") i32 (i32.const 9))
                    (global (export "output_content_type_ptr") i32 (i32.const 0))
                    (global (export "output_content_type_size") i32 (i32.const 0))
                    (func (export "run") (param i32) (result i32) (local.get 0)))"#))
            .expect("sound");
        log();
        assert_eq!(
            module.render("abc").expect("sound").output.as_str(),
            Some("abc")
        );
        assert_eq!(log(), ["instantiate", "call run[I32(3)]", "drop"]);
    });
}

/// ORD-2: the first failure ends the request; nothing is called after it.
#[test]
fn nothing_is_called_after_a_failure() {
    const GETTERS: [&str; 4] = [
        "call input_ptr[]",
        "call input_utf8_cap[]",
        "global output_ptr",
        "call output_utf8_cap[]",
    ];
    let types = [
        "input_content_type_ptr",
        "input_content_type_size",
        "output_content_type_ptr",
        "output_content_type_size",
    ];
    listening(RequestLimits::default(), |host, log| {
        let expect = |wasm: &[u8], input: &[u8], code: Option<Refused>, calls: &[&str]| {
            let module = host.load(wasm).expect("sound");
            log();
            let error = module.render(input).expect_err("a failure");
            assert_eq!(refused(&error), code, "{error}");
            let wanted = [&["instantiate"], calls, &["drop"]].concat();
            assert_eq!(log(), wanted, "{error}");
        };
        let plain = asking(&types, "");
        expect(&plain, b"123456", Some(Refused::InputTooLarge), &GETTERS);
        expect(&plain, b"\xff", Some(Refused::InputNotUtf8), &GETTERS);
        // A trap in a getter.
        for (at, name) in [
            (1, "input_ptr"),
            (2, "input_utf8_cap"),
            (4, "output_utf8_cap"),
        ] {
            let skip = [&types[..], &[name]].concat();
            let traps = format!(r#"(func (export "{name}") (result i32) (unreachable))"#);
            expect(&asking(&skip, &traps), b"", None, &GETTERS[..at]);
        }
        // Getters are all read before any of them is judged (ORD-2).
        let bad = r#"(global (export "output_content_type_ptr") i32 (i32.const 65536))
            (global (export "output_content_type_size") (mut i32) (i32.const 1))"#;
        let calls = [&GETTERS[..], &["global output_content_type_size"]].concat();
        expect(
            &asking(&types, bad),
            b"123456",
            Some(Refused::ContentType),
            &calls,
        );
        // A trap while instantiating leaves no instance.
        let start = host
            .load(asking(&[], "(func $s (unreachable)) (start $s)"))
            .expect("sound");
        log();
        assert_eq!(
            refused(&start.render("").expect_err("traps")),
            Some(Refused::Instantiate)
        );
        assert_eq!(log(), ["instantiate"]);
    });
}

/// REC-5 and ORD-2: a stage is instantiated after the one before has returned, and
/// not at all after a failure.
#[test]
fn stages_run_one_after_the_other() {
    let echo = wat(r#"(module (memory (export "memory") 1 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 4))
            (global (export "output_ptr") i32 (i32.const 0))
            (global (export "output_bytes_cap") i32 (i32.const 9))
            (func (export "run") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))"#);
    listening(RequestLimits::default(), |host, log| {
        let recipe = host
            .recipe([Stage::new(&echo), Stage::new(&echo)])
            .expect("sound");
        log();
        recipe.render(b"abc").expect("fits");
        let one = |length: usize| {
            [
                "instantiate".to_owned(),
                format!("call run[I32({length})]"),
                "drop".to_owned(),
            ]
        };
        assert_eq!(log(), [one(3), one(4)].concat());
        let error = recipe
            .render(b"abcd")
            .expect_err("five are too many for the second");
        assert_eq!(
            (error.stage(), refused(&error)),
            (Some(2), Some(Refused::InputTooLarge))
        );
        assert_eq!(
            log(),
            [&one(4)[..], &["instantiate".to_owned(), "drop".to_owned()]].concat()
        );
        let error = recipe.render(b"abcde").expect_err("too many for the first");
        assert_eq!(error.stage(), Some(1));
        assert_eq!(log(), ["instantiate", "drop"]);
    });
}

/// RUN-4: after a trap or a stop an instance is dropped, and made anew when needed.
#[test]
fn what_failed_is_dropped() {
    let wasm = wat(r#"(module (memory (export "memory") 1 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (global (export "input_bytes_cap") i32 (i32.const 4))
            (func (export "run") (param i32) (result i32)
                (if (i32.eq (local.get 0) (i32.const 1)) (then (unreachable)))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (loop $again (br $again))))
                (i32.const 0)))"#);
    let limits = RequestLimits {
        fuel: Some(100_000),
        time: Some(Duration::from_secs(60)),
    };
    listening(limits, |host, log| {
        let recipe = host.recipe([Stage::new(&wasm)]).expect("sound");
        let mut session = recipe.session();
        let mut render = |input: &'static str| session.render(Input::new(input).limits(limits));
        log();
        render("").expect("sound");
        assert_eq!(log(), ["instantiate", "call run[I32(0)]"]);
        render("").expect("sound");
        assert_eq!(log(), ["begin", "call run[I32(0)]"]);
        render("1").expect_err("a trap");
        assert_eq!(log(), ["begin", "call run[I32(1)]", "drop"]);
        render("22").expect_err("a stop");
        assert_eq!(log(), ["instantiate", "call run[I32(2)]", "drop"]);
        render("").expect("sound");
        assert_eq!(log(), ["instantiate", "call run[I32(0)]"]);
        drop(session);
        assert_eq!(log(), ["drop"]);
    });
}

/// LIM-2 and ORD-1: what the bytes refuse never reaches an engine.
#[test]
fn what_is_refused_is_not_compiled() {
    listening(RequestLimits::default(), |host, log| {
        for wasm in [
            wat(r#"(module (import "env" "f" (func)))"#),
            wat(r#"(module (memory (export "memory") 65536))"#),
            wat("(module (table 1000001 funcref))"),
            wat("(module)"),
            wat("(module (func (result i32)))"),
            b"".to_vec(),
        ] {
            assert!(host.load(&wasm).is_err());
            assert_eq!(log(), [""; 0]);
        }
        // A recipe that cannot be is not instantiated, however many modules are sound.
        let scalar = asking(&["output_ptr"], "");
        let error = host
            .recipe([Stage::new(&scalar), Stage::new(&scalar)])
            .expect_err("a scalar");
        assert_eq!(refused(&error), Some(Refused::NotPipeable));
        assert!(!log().contains(&"instantiate".to_owned()));
    });
}
