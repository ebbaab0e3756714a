//! The seam between the host and whatever executes WebAssembly.
//!
//! An engine knows nothing of the contract: it compiles, instantiates, calls, and
//! lends its memory. No type of an engine's own crate crosses this seam.
//!
//! # To bring an engine of your own
//!
//! Implement [`Engine`], [`CompiledModule`] and [`Instance`], and let
//! `qip_conformance::assert_conforms` judge it. What must hold:
//!
//! - An export is known by its position in [`Compile::exports`] ([`ExportId`]).
//! - [`Budget::exhausted`] and [`Budget::fuel`] end whatever runs, also a start
//!   function, with [`Stop::Exhausted`]. The host never uses an instance again that
//!   gave a [`Stop`].
//! - Memory and tables never grow beyond [`Limits`]: growth beyond is refused, the
//!   module sees -1 and goes on (TRAP-2).
//! - What LIM-1 allows compiles, and what does not is [`CompileError::Limit`]: a size of the
//!   module with what was found and what the engine is sure to take.
//! - With [`Floats::Deterministic`], every NaN that arithmetic makes is the
//!   canonical one (DET-1).

pub mod growth;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use qip_contract::{Floats, Limits, Refusal, Signature, TrapKind, Value};

/// Executes WebAssembly.
pub trait Engine: Send + Sync {
    /// Its name and what it can do.
    fn info(&self) -> &EngineInfo;

    /// Compiles a module that has been validated and held against the limits.
    ///
    /// # Errors
    ///
    /// [`CompileError::Limit`] for a module that is larger than what the engine can
    /// compile, [`CompileError::Lacks`] for one that needs what the engine says that it
    /// lacks, [`CompileError::Engine`] for any other fault, which is the engine's own.
    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError>;
}

/// What an engine is and can do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineInfo {
    /// A short lower-case name.
    pub name: String,
    /// The version of the engine itself.
    pub version: String,
    /// Whether it can count fuel.
    pub fuel: bool,
    /// Whether a trap comes with a backtrace.
    pub backtrace: bool,
    /// What of WebAssembly it does not run, of that which the contract lets a host lack.
    pub lacks: &'static [Feature],
    /// Whether it tells the three table traps apart (TRAP-3).
    pub indirect_kinds: bool,
    /// Whether it can make NaN bits deterministic (DET-1).
    pub deterministic_floats: bool,
}

impl EngineInfo {
    /// An engine that runs all of WebAssembly that the contract has, and can do nothing else
    /// of what is optional. What it can do is set by its fields.
    ///
    /// ```
    /// let mut info = qip_engine::EngineInfo::new("my-engine", "1.0.0");
    /// info.fuel = true;
    /// ```
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> EngineInfo {
        EngineInfo {
            name: name.into(),
            version: version.into(),
            fuel: false,
            backtrace: false,
            lacks: &[],
            indirect_kinds: false,
            deterministic_floats: false,
        }
    }
}

/// A part of WebAssembly that a host may lack (MOD-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Tail calls.
    TailCall,
    /// Extended constant expressions.
    ExtendedConst,
    /// References to what the host has: the type `externref`.
    Externref,
}

impl Feature {
    /// Every feature.
    pub const ALL: &'static [Feature] = &[
        Feature::TailCall,
        Feature::ExtendedConst,
        Feature::Externref,
    ];

    /// What it is, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Feature::TailCall => "tail calls",
            Feature::ExtendedConst => "extended constant expressions",
            Feature::Externref => "the type `externref`",
        }
    }
}

/// A module to compile.
#[derive(Clone, Copy, Debug)]
pub struct Compile<'a> {
    /// The binary.
    pub wasm: &'a [u8],
    /// What has been read of it.
    pub signature: &'a Signature,
    /// The exports that will be used; an [`ExportId`] is a position in here.
    pub exports: &'a [String],
    /// What the code must be able to do.
    pub build: Build,
    /// The limits that its instances will run under.
    pub limits: &'a Limits,
}

/// What compiled code must be able to do. Metering costs time, so code is made
/// only for what the limits ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Build {
    /// It can be stopped by a deadline.
    pub clock: bool,
    /// It counts fuel.
    pub fuel: bool,
    /// How it makes NaN.
    pub floats: Floats,
}

/// Compiled code, shared by threads.
pub trait CompiledModule: Send + Sync {
    /// Makes an instance and runs its start function, as the beginning of a
    /// request under `budget`.
    ///
    /// # Errors
    ///
    /// [`Stop::Trap`] where the start function or an active segment traps.
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop>;
}

/// What is left to one request.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// When it must be over.
    pub deadline: Option<Instant>,
    /// The fuel that it may use, in the engine's own units.
    pub fuel: Option<u64>,
    /// What may end it from another thread.
    pub cancel: Option<Cancel>,
}

impl Budget {
    /// Why the request may not go on, where it may not (RUN-6). Whoever runs code with
    /// [`Build::clock`] asks this every few milliseconds.
    pub fn exhausted(&self) -> Option<Exhausted> {
        // Without a deadline the clock is not read.
        match (self.deadline, &self.cancel) {
            (None, None) => None,
            _ => self.exhausted_at(Instant::now()),
        }
    }

    /// The same at a moment. The time is over at the deadline itself, so that a limit of no
    /// time is over at once, however coarse the clock is.
    pub fn exhausted_at(&self, now: Instant) -> Option<Exhausted> {
        if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return Some(Exhausted::Cancelled);
        }
        let is_late = self.deadline.is_some_and(|deadline| now >= deadline);
        is_late.then_some(Exhausted::Time)
    }

    /// The fuel for an engine's counter: where there is no limit, as much as it can count.
    pub fn countable_fuel(&self) -> u64 {
        self.fuel.unwrap_or(u64::MAX)
    }
}

/// A handle that ends requests from another thread. A clone is the same handle.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A handle that has ended nothing yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Ends every request that carries this handle, those that run and those to come. A
    /// request that runs ends about as late as a time limit strikes.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has ended its requests.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A position in [`Compile::exports`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExportId(pub usize);

/// An instance of a module. The host asks only for exports that the module's
/// signature shows, with arguments of the types that it shows.
pub trait Instance: Send {
    /// Begins another request on this instance.
    fn begin(&mut self, budget: &Budget);

    /// The memory, as it is now: it may grow in a call.
    fn memory(&mut self) -> &mut [u8];

    /// Reads a global of a number type.
    ///
    /// # Errors
    ///
    /// Only where the engine itself fails.
    fn global(&mut self, export: ExportId) -> Result<Value, Stop>;

    /// Calls a function; of its results, a single number is given back.
    ///
    /// # Errors
    ///
    /// Where it traps or the budget runs out.
    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop>;

    /// Ends the request and says what it used.
    fn finish(&mut self) -> Usage;
}

/// What one stage used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Fuel, where it was counted for a limit.
    pub fuel: Option<u64>,
    /// The size of the memory at the end, in bytes. Memory never shrinks.
    pub memory_bytes: u64,
    /// How often a limit of the host refused growth that the module's own maximum allows.
    pub refused_growths: u32,
}

/// Why execution ended early.
#[derive(Debug)]
pub enum Stop {
    /// The module trapped.
    Trap(Box<Trap>),
    /// The budget ran out.
    Exhausted(Exhausted),
    /// The engine itself failed: no memory from the system, say.
    Engine(EngineError),
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exhausted {
    /// The time limit.
    Time,
    /// The fuel limit.
    Fuel,
    /// Nothing: the caller cancelled the request.
    Cancelled,
}

impl Exhausted {
    /// The stable text: `time`, `fuel` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Exhausted::Time => "time",
            Exhausted::Fuel => "fuel",
            Exhausted::Cancelled => "cancelled",
        }
    }
}

/// A trap, with where it happened if the engine can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Its kind.
    pub kind: TrapKind,
    /// The frames of the stack, innermost first; empty where the engine cannot tell.
    pub backtrace: Vec<Frame>,
}

/// A frame of a backtrace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The index of the function.
    pub index: u32,
    /// Its name, where the module carries names.
    pub name: Option<String>,
    /// The offset of the instruction in the binary.
    pub offset: Option<u64>,
    /// The place in the source, where the module carries line information.
    pub source: Option<SourcePlace>,
}

/// A place in a source text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Why an engine did not compile a module.
#[derive(Debug)]
pub enum CompileError {
    /// A size of the module is within LIM-1 and more than the engine can compile. The host
    /// answers `limit`.
    Limit(EngineLimit),
    /// The module needs what the engine says that it lacks ([`EngineInfo::lacks`]).
    Lacks(Feature),
    /// The engine itself failed.
    Engine(EngineError),
}

/// A size of a module that is more than an engine can compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineLimit {
    /// What is counted, such as "a number of functions of".
    pub what: &'static str,
    /// How many the module has, at least.
    pub found: u64,
    /// How many the engine is sure to take.
    pub allowed: u64,
}

impl EngineLimit {
    /// The refusal that the host answers (LIM-1).
    pub fn refusal(&self) -> Refusal {
        Refusal::over_limit(self.what, self.found, self.allowed)
            .help("that limit is the engine's own: another engine may take the module")
    }
}

impl From<EngineError> for CompileError {
    fn from(error: EngineError) -> CompileError {
        CompileError::Engine(error)
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Limit(limit) => limit.refusal().fmt(f),
            CompileError::Lacks(feature) => {
                write!(
                    f,
                    "the module needs {}, which the engine lacks",
                    feature.as_str()
                )
            }
            CompileError::Engine(error) => error.fmt(f),
        }
    }
}

impl StdError for CompileError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            CompileError::Limit(_) | CompileError::Lacks(_) => None,
            CompileError::Engine(error) => error.source(),
        }
    }
}

/// An engine's own failure, as text: its type stays behind the seam.
#[derive(Debug)]
pub struct EngineError(Box<EngineErrorInner>);

// Behind a pointer, so that a `Stop` stays small: it is part of what every call
// gives back.
#[derive(Debug)]
struct EngineErrorInner {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl EngineError {
    /// A failure with a message: one line.
    pub fn new(message: impl Into<String>) -> EngineError {
        EngineError(Box::new(EngineErrorInner {
            message: message.into(),
            source: None,
        }))
    }

    /// Adds what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> EngineError {
        self.0.source = Some(source.into());
        self
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for EngineError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Budget, Cancel, Exhausted};

    #[test]
    fn the_time_is_over_from_the_deadline_on() {
        let (deadline, moment) = (Instant::now(), Duration::from_nanos(1));
        let budget = Budget {
            deadline: Some(deadline),
            ..Budget::default()
        };
        assert_eq!(budget.exhausted_at(deadline - moment), None);
        assert_eq!(budget.exhausted_at(deadline), Some(Exhausted::Time));
        let later = budget.exhausted_at(deadline + moment);
        assert_eq!(later, Some(Exhausted::Time));
        // Time does not go back.
        assert_eq!(budget.exhausted(), Some(Exhausted::Time));
    }

    #[test]
    fn without_a_deadline_the_time_is_never_over() {
        let budget = Budget::default();
        assert_eq!(budget.exhausted(), None);
        assert_eq!(budget.exhausted_at(Instant::now()), None);
    }

    #[test]
    fn cancelling_ends_whoever_has_the_handle() {
        let cancel = Cancel::new();
        let budget = Budget {
            cancel: Some(cancel.clone()),
            ..Budget::default()
        };
        assert_eq!(budget.exhausted(), None);
        cancel.cancel();
        assert_eq!(budget.exhausted(), Some(Exhausted::Cancelled));
    }
}
