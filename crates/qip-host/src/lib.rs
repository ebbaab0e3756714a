//! Runs qip modules.
//!
//! A qip module is a WebAssembly module that imports nothing: a host writes bytes
//! into its memory, calls one function, and reads bytes back. This crate is such a
//! host, on a choice of engines, with every limit explicit.
//!
//! ```
//! use qip_host::{Host, Input, Limits, Metering, Options, Output};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! # let upper = wat::parse_str(r#"(module
//! #   (memory (export "memory") 1 1)
//! #   (global (export "input_ptr") i32 (i32.const 0))
//! #   (global (export "input_utf8_cap") i32 (i32.const 1024))
//! #   (global (export "output_ptr") i32 (i32.const 0))
//! #   (global (export "output_utf8_cap") i32 (i32.const 1024))
//! #   (func (export "run") (param $size i32) (result i32)
//! #     (local $at i32)
//! #     (loop $next
//! #       (if (i32.lt_u (local.get $at) (local.get $size))
//! #         (then
//! #           (i32.store8 (local.get $at)
//! #             (i32.and (i32.load8_u (local.get $at)) (i32.const 0xdf)))
//! #           (local.set $at (i32.add (local.get $at) (i32.const 1)))
//! #           (br $next))))
//! #     (local.get $size)))"#).unwrap();
//! // Whoever runs a module says what it may use: the sizes of the contract here, and time,
//! // which is a request's own. Code that can be held to a time is asked for.
//! let options = Options {
//!     metering: Metering { clock: true, fuel: false },
//!     ..Options::default()
//! };
//! let engine = qip_host::wasmtime::Wasmtime::new();
//! let host = Host::with_options(Arc::new(engine), Limits::standard(), options);
//!
//! // Loading compiles, once. A module is cheap to clone and can be shared by
//! // threads; each request gets an instance of its own.
//! let module = host.load(upper)?;
//! let tenth = Duration::from_millis(100);
//! let reply = module.render(Input::new("hello").time(tenth))?;
//! assert_eq!(reply.output, Output::Utf8(b"HELLO".to_vec()));
//!
//! std::thread::scope(|scope| {
//!     for _ in 0..4 {
//!         scope.spawn(|| module.render(Input::new("hello").time(tenth)).unwrap());
//!     }
//! });
//! # Ok::<(), qip_host::Error>(())
//! ```
//!
//! Modules chain into a [`Recipe`]. Tile filters work on pictures: by themselves as the
//! [image mode](image), or in a recipe over BMP. What goes wrong is an [`Error`] with a
//! [kind](ErrorKind), the stage, and the module's name.
//!
//! # Features
//!
//! `wasmtime` and `wasmi` bring an engine each and are on by default. `winch` and `pulley`
//! bring wasmtime with other compilers. [`BuiltIn`] lists the engines of a build. With none,
//! bring your own: anything that implements [`engine::Engine`]. `wat`, which is off by
//! default, brings `Host::load_text` and `Stage::text`, which take modules in WebAssembly
//! text. Everything else takes binaries.
//!
//! # Not promised
//!
//! How deep a module may recurse, how many locals a function may have (LIM-1), what a
//! unit of fuel buys, and how late a time limit strikes differ between engines
//! (DET-1). One bulk memory instruction may finish after the limit (RUN-6). On
//! wasmtime, a thread needs a stack of 1 MiB, and of 2 MiB with Winch.

mod allowance;
mod built_in;
mod content;
mod error;
mod host;
pub mod image;
mod instances;
mod module;
mod plan;
mod recipe;
mod reply;
mod session;
mod settings;
mod stage;
pub mod text;
#[cfg(feature = "wasmi")]
pub mod wasmi;
#[cfg(feature = "wasmtime")]
pub mod wasmtime;

pub use built_in::BuiltIn;
pub use error::{Error, ErrorKind};
pub use host::Host;
pub use module::Module;
pub use qip_contract::{
    Code, ExportName, Floats, Import, InputKind, Kind, Limits, Memory, Numeric, OutputForm,
    Refusal, RequestLimits, Shape, Signature, Size, TrapKind, Uniform, Utf8, ValType, Value,
};
pub use qip_engine as engine;
pub use recipe::{Input, Recipe};
pub use reply::{Output, Reply, Usages};
pub use session::Session;
pub use settings::{Metering, Options};
pub use stage::Stage;

/// The README's example is compiled too.
#[cfg(all(doctest, feature = "wasmtime"))]
#[doc = include_str!("../README.md")]
struct Readme;
