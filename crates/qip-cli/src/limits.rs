//! Options that say how modules run: engine, limits, departures from the strict contract.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use qip_host::engine::{Engine, Floats};
use qip_host::wasmi::Wasmi;
use qip_host::wasmtime::{Configuration, Wasmtime};
use qip_host::{Host, Limits, Options, Utf8};

/// The engines that this command is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineName {
    /// Compiles to machine code with Cranelift.
    Wasmtime,
    /// Interprets.
    Wasmi,
}

impl EngineName {
    /// The engine as it comes, for many requests.
    pub(crate) fn make(self) -> Arc<dyn Engine> {
        match self {
            EngineName::Wasmtime => Arc::new(Wasmtime::new()),
            EngineName::Wasmi => Arc::new(Wasmi::new()),
        }
    }

    /// The engine for a single request: a pool of instances would take longer to
    /// set up than it saves.
    fn make_for_one(self) -> Arc<dyn Engine> {
        match self {
            EngineName::Wasmtime => Arc::new(Wasmtime::with(Configuration {
                pool_slots: 0,
                ..Configuration::default()
            })),
            EngineName::Wasmi => self.make(),
        }
    }
}

/// The heading of these options in help.
pub(crate) const HEADING: &str = "How modules run";

/// The options that every subcommand has which carries requests. How long one may take is
/// theirs to say, for they have defaults of their own.
#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct RunOptions {
    /// The engine.
    #[arg(long, value_name = "ENGINE", default_value = "wasmtime")]
    engine: EngineName,
    /// The fuel that one request may use, in the engine's own units.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// The linear memory that a module may have, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::standard().memory_bytes)]
    max_memory: u64,
    /// Refuse modules whose memory can grow.
    #[arg(long)]
    fixed_memory: bool,
    /// Make the bits of NaN the same on every engine and machine.
    #[arg(long)]
    deterministic: bool,
}

impl RunOptions {
    pub(crate) fn limits(&self, timeout_ms: u64) -> Limits {
        Limits {
            time: Some(Duration::from_millis(timeout_ms)),
            fuel: self.fuel,
            memory_bytes: self.max_memory,
            ..Limits::standard()
        }
    }

    /// A host for one request, under these limits.
    pub(crate) fn host(&self, limits: Limits, utf8: Utf8) -> Host {
        let options = Options {
            utf8,
            floats: if self.deterministic {
                Floats::Deterministic
            } else {
                Floats::Any
            },
            fixed_memory: self.fixed_memory,
            ..Options::default()
        };
        Host::with(self.engine.make_for_one(), limits, options)
    }
}
