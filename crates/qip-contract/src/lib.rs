//! What a qip module is.
//!
//! The contract as data and as pure functions: the names that a module may
//! export ([`ExportName`]), the clauses ([`CLAUSES`]), failure codes ([`Code`]),
//! trap kinds ([`TrapKind`]) and limits ([`Limits`]); and the reading of one
//! module's bytes into its [`Signature`], with every refusal that the bytes alone
//! justify. This crate runs nothing and does no input or output.
//!
//! ```
//! use qip_contract::{Code, Limits, Rules, Signature};
//!
//! // A module that exports a memory and nothing else.
//! let wasm = wat::parse_str(r#"(module (memory (export "memory") 1))"#).unwrap();
//! let signature = Signature::read(&wasm, &Limits::standard()).unwrap();
//! let refusals = signature.refusals(&Rules::default());
//! assert_eq!(refusals[0].code(), Code::MissingExport);
//! assert_eq!(refusals[0].name(), Some("render"));
//! ```

mod clause;
mod code;
mod export;
mod features;
mod limits;
mod media_type;
mod number;
mod options;
mod quote;
mod refusal;
mod signature;
pub mod text;
mod trap;
mod uniform;

pub use clause::{Binds, CLAUSES, CONTRACT_EDITION, Clause, Level, SeenBy};
pub use code::Code;
pub use export::{ExportName, UNIFORM_PREFIX, WIDTH_AND_HEIGHT};
pub use features::features;
pub use limits::{Limits, PAGE_BYTES, RequestLimits, Size};
pub use media_type::{MAX_DECLARED_BYTES, normalize_media_type};
pub use number::{Value, to_pointer};
pub use options::{Floats, Numeric, Utf8};
pub use quote::quote;
pub use refusal::Refusal;
pub use signature::{
    Import, InputKind, Kind, Memory, OutputForm, Rules, Shape, Signature, Uniform, ValType,
};
pub use trap::TrapKind;
pub use uniform::parse_uniform;
