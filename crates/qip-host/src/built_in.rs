//! The engines that this crate can be built with.

use std::fmt;
use std::sync::Arc;

use crate::engine::Engine;
#[cfg(feature = "wasmi")]
use crate::wasmi::Wasmi;
#[cfg(feature = "wasmtime")]
use crate::wasmtime::{Compiler, Configuration, Wasmtime};

/// An engine that comes with this crate: each behind the cargo feature of its own. This is the
/// one list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BuiltIn {
    /// wasmtime with Cranelift.
    #[cfg(feature = "wasmtime")]
    Wasmtime,
    /// wasmtime with Winch.
    #[cfg(feature = "winch")]
    WasmtimeWinch,
    /// wasmtime with Pulley.
    #[cfg(feature = "pulley")]
    WasmtimePulley,
    /// wasmi.
    #[cfg(feature = "wasmi")]
    Wasmi,
}

impl BuiltIn {
    /// Every engine that this build has; the first is the one to take where there is no reason
    /// for another.
    pub const ALL: &'static [BuiltIn] = &[
        #[cfg(feature = "wasmtime")]
        BuiltIn::Wasmtime,
        #[cfg(feature = "winch")]
        BuiltIn::WasmtimeWinch,
        #[cfg(feature = "pulley")]
        BuiltIn::WasmtimePulley,
        #[cfg(feature = "wasmi")]
        BuiltIn::Wasmi,
    ];

    /// The name that the engine gives itself.
    pub const fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "wasmtime")]
            BuiltIn::Wasmtime => Compiler::Cranelift.engine_name(),
            #[cfg(feature = "winch")]
            BuiltIn::WasmtimeWinch => Compiler::Winch.engine_name(),
            #[cfg(feature = "pulley")]
            BuiltIn::WasmtimePulley => Compiler::Pulley.engine_name(),
            #[cfg(feature = "wasmi")]
            BuiltIn::Wasmi => Wasmi::NAME,
        }
    }

    /// What it does, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            #[cfg(feature = "wasmtime")]
            BuiltIn::Wasmtime => "Compiles to machine code with Cranelift",
            #[cfg(feature = "winch")]
            BuiltIn::WasmtimeWinch => "Compiles to machine code with Winch, in one pass",
            #[cfg(feature = "pulley")]
            BuiltIn::WasmtimePulley => "Compiles with Cranelift for an interpreter, Pulley",
            #[cfg(feature = "wasmi")]
            BuiltIn::Wasmi => "Interprets",
        }
    }

    /// The engine as it comes, for many requests.
    pub fn engine(self) -> Arc<dyn Engine> {
        self.make(true)
    }

    /// The engine for a single request: a pool of instances would take longer to set up than
    /// it saves.
    pub fn engine_for_one_request(self) -> Arc<dyn Engine> {
        self.make(false)
    }

    fn make(self, pooling: bool) -> Arc<dyn Engine> {
        #[cfg(feature = "wasmtime")]
        let wasmtime = |compiler| -> Arc<dyn Engine> {
            let mut configuration = Configuration {
                compiler,
                ..Configuration::default()
            };
            if !pooling {
                configuration.pool_slots = 0;
            }
            Arc::new(Wasmtime::with(configuration))
        };
        #[cfg(not(feature = "wasmtime"))]
        let _ = pooling;
        match self {
            #[cfg(feature = "wasmtime")]
            BuiltIn::Wasmtime => wasmtime(Compiler::Cranelift),
            #[cfg(feature = "winch")]
            BuiltIn::WasmtimeWinch => wasmtime(Compiler::Winch),
            #[cfg(feature = "pulley")]
            BuiltIn::WasmtimePulley => wasmtime(Compiler::Pulley),
            #[cfg(feature = "wasmi")]
            BuiltIn::Wasmi => Arc::new(Wasmi::new()),
        }
    }
}

impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
