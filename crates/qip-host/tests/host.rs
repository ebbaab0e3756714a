//! The host, held against the contract on each engine: time, fuel and memory
//! limits, pools, sessions, options, errors, the seam between host and engine, the
//! bounds of input and output, and the image mode.
#![cfg(any(feature = "wasmtime", feature = "wasmi"))]

#[path = "host/bounds.rs"]
mod bounds;
#[path = "host/errors.rs"]
mod errors;
#[path = "host/fuel.rs"]
mod fuel;
#[path = "host/hook.rs"]
mod hook;
#[path = "host/image.rs"]
mod image;
#[path = "host/large_code.rs"]
mod large_code;
#[path = "host/memory.rs"]
mod memory;
#[path = "host/options.rs"]
mod options;
#[path = "host/requests.rs"]
mod requests;
#[path = "host/seam.rs"]
mod seam;
#[path = "host/sessions.rs"]
mod sessions;
#[cfg(feature = "wat")]
#[path = "host/text.rs"]
mod text;
#[path = "host/time.rs"]
mod time;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use qip_host::engine::Engine;
use qip_host::{BuiltIn, Code, Error, ErrorKind, Host, Limits, Options, RequestLimits};

/// An engine and how a failure calls it.
type Named = (&'static str, Arc<dyn Engine>);

/// Every engine, set up as it comes.
static ENGINES: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let all = BuiltIn::ALL.iter();
    all.map(|engine| (engine.as_str(), engine.engine()))
        .collect()
});

/// The same, and wasmtime with each sort of pool.
static ENGINES_AND_POOLS: LazyLock<Vec<Named>> = LazyLock::new(|| {
    #[cfg_attr(
        not(feature = "wasmtime"),
        expect(unused_mut, reason = "nothing to add")
    )]
    let mut engines = ENGINES.clone();
    #[cfg(feature = "wasmtime")]
    for (name, pool_slots, pool_slot_bytes) in [
        ("wasmtime with slots of 1 MiB", 64, 1 << 20),
        ("wasmtime with two slots", 2, 1 << 30),
        ("wasmtime without a pool", 0, 1 << 30),
    ] {
        engines.push(wasmtime(
            name,
            qip_host::wasmtime::Configuration {
                pool_slots,
                pool_slot_bytes,
                ..qip_host::wasmtime::Configuration::default()
            },
        ));
    }
    engines
});

#[cfg(feature = "wasmtime")]
fn wasmtime(name: &'static str, configuration: qip_host::wasmtime::Configuration) -> Named {
    let engine = qip_host::wasmtime::Wasmtime::with(configuration);
    (name, Arc::new(engine))
}

/// Runs a test on each engine; a failure says on which.
fn on(engines: &[Named], test: impl Fn(&Arc<dyn Engine>)) {
    struct Says(&'static str);
    impl Drop for Says {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("the failure is on the engine: {}", self.0);
            }
        }
    }
    for (name, engine) in engines {
        let _says = Says(name);
        test(engine);
    }
}

fn on_each(test: impl Fn(&Arc<dyn Engine>)) {
    on(&ENGINES, test);
}

/// A strict host.
fn host(engine: &Arc<dyn Engine>, limits: Limits) -> Host {
    Host::with_options(Arc::clone(engine), limits, Options::default())
}

/// A strict host whose requests may bring these limits.
fn metered(engine: &Arc<dyn Engine>, limits: RequestLimits) -> Host {
    let options = Options {
        metering: limits.into(),
        ..Options::default()
    };
    Host::with_options(Arc::clone(engine), Limits::standard(), options)
}

/// Limits of so much time.
fn within(time: Duration) -> RequestLimits {
    RequestLimits {
        time: Some(time),
        fuel: None,
    }
}

/// Limits of so much fuel.
fn fuelled(fuel: u64) -> RequestLimits {
    RequestLimits {
        time: None,
        fuel: Some(fuel),
    }
}

/// A strict host with the limits of the contract alone.
fn standard(engine: &Arc<dyn Engine>) -> Host {
    host(engine, Limits::standard())
}

#[track_caller]
fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The exports that every module needs, with 1 KiB for bytes in and out at 0.
const BUFFERS: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_bytes_cap") i32 (i32.const 1024))
    (global (export "output_ptr") i32 (i32.const 0))
    (global (export "output_bytes_cap") i32 (i32.const 1024))"#;

/// The exports of a module that gives a number.
const SCALAR: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_bytes_cap") i32 (i32.const 1024))"#;

/// A module of one page that gives its input back, with `more` in it.
fn echo(more: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {BUFFERS} {more}
            (func $run (export "run") (param i32) (result i32) (local.get 0)))"#
    ))
}

/// A module of one page that answers with a number.
fn scalar(more: &str, body: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {SCALAR} {more}
            (func $run (export "run") (param i32) (result i32) {body}))"#
    ))
}

fn refused(error: &Error) -> Option<Code> {
    match error.kind() {
        ErrorKind::Refused(code) => Some(code),
        _ => None,
    }
}

/// Compares with `tests/snapshots/host__<name>.snap`; `INSTA_UPDATE=always` writes it.
#[track_caller]
fn snapshot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}
