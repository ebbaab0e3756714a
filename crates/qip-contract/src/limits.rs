//! What a host allows a module, a recipe and a request (LIM-1, RUN-6).

use std::time::Duration;

/// The size of a page of linear memory, in bytes.
pub const PAGE_BYTES: u64 = 65_536;

/// What a host allows.
///
/// There is no default: whoever runs a module decides. [`Limits::standard`]
/// gives the sizes of LIM-1, from which a host departs by struct update:
///
/// ```
/// use qip_contract::Limits;
/// use std::time::Duration;
///
/// let limits = Limits {
///     time: Some(Duration::from_millis(100)),
///     memory_bytes: 16 << 20,
///     ..Limits::standard()
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Wall-clock time for one request over all stages; `None` is no limit (RUN-6).
    /// Messages tell it in whole milliseconds, rounded up.
    pub time: Option<Duration>,
    /// Fuel for one request over all stages, in the engine's own units; `None` is no limit (RUN-6).
    pub fuel: Option<u64>,
    /// Bytes of a module's binary (or text).
    pub module_bytes: u64,
    /// Functions that a module defines.
    pub functions: u64,
    /// Bytes of one function's body.
    pub function_bytes: u64,
    /// Locals that one function declares, not counting its parameters.
    pub locals: u64,
    /// Targets of one branch table, not counting its default. More than 65 520 are never
    /// taken, whatever is set here.
    pub branch_targets: u64,
    /// Values on the operand stack of one function at once, those of enclosing blocks
    /// included. More than 10 000 are never taken, whatever is set here.
    pub operands: u64,
    /// Parameters of one function type, and likewise its results.
    pub params: u64,
    /// Entries of the type section.
    pub types: u64,
    /// Exports.
    pub exports: u64,
    /// Data and element segments together.
    pub segments: u64,
    /// Entries of one table, when declared and when it grows.
    pub table_entries: u64,
    /// Bytes of linear memory, when declared and when it grows.
    pub memory_bytes: u64,
    /// Stages of a recipe, or filters of an image.
    pub stages: u64,
    /// Pixels of a picture (IMG-11).
    pub image_pixels: u64,
    /// Pixels of a picture's width, and likewise of its height (IMG-11).
    pub image_side: u64,
}

impl Limits {
    /// The sizes of LIM-1, without a limit of time or fuel.
    pub const fn standard() -> Limits {
        Limits {
            time: None,
            fuel: None,
            module_bytes: 64 << 20,
            functions: 100_000,
            function_bytes: 4 << 20,
            locals: 50_000,
            branch_targets: 65_520,
            operands: 10_000,
            params: 1_000,
            types: 100_000,
            exports: 10_000,
            segments: 100_000,
            table_entries: 1_000_000,
            memory_bytes: 1 << 30,
            stages: 64,
            image_pixels: 1 << 28,
            image_side: 65_535,
        }
    }
}
