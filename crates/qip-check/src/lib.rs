//! Finds what is wrong with a qip module by its bytes alone.
//!
//! [`check`] takes a binary or WebAssembly text and gives a [`Report`] of [`Finding`]s: all
//! that a host would refuse it for, in the order of ORD-1, and what only a checker sees, each
//! with its [`Place`] in the author's source where that can be told. Nothing is run and
//! nothing is printed.
//!
//! ```
//! use qip_check::{Level, Lint, Options, check};
//!
//! let report = check(
//!     br#"(module
//!       (memory (export "memory") 1 1)
//!       (global (export "input_ptr") i32 (i32.const 0))
//!       (global (export "input_utf8_cap") i32 (i32.const 65537))
//!       (func (export "render") (param i32) (result i32) local.get 0))"#,
//!     &Options::standard(),
//! );
//! let finding = &report.findings[0];
//! assert_eq!(finding.code, Lint::CapacityBeyondMemory.into());
//! assert_eq!((finding.level, finding.clause), (Level::Error, Some("IN-5")));
//! ```
//!
//! Time and memory are linear in the size of a binary, whatever it holds. Text has a bound of
//! its own ([`qip_contract::text::MOST_BYTES`]).

mod checks;
mod dwarf;
pub mod explain;
mod facts;
mod finding;
pub mod inspect;
mod lint;
mod locate;
mod place;
mod printed;
mod text;

use qip_contract::{Code, Limits, Refusal, Rules, Signature};

use checks::Module;
use facts::Facts;
use locate::{Subject, locate};
use place::Site;

pub use facts::Feature;
pub use finding::{Finding, FindingCode, Level, Report};
pub use lint::Lint;
pub use place::Place;

/// What a module is held against.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the host that is to run it allows.
    pub limits: Limits,
    /// What its caller asks beyond the bare contract.
    pub rules: Rules,
}

impl Options {
    /// The limits of LIM-1 and the bare contract.
    pub fn standard() -> Options {
        Options {
            limits: Limits::standard(),
            rules: Rules::default(),
        }
    }
}

/// Checks a module, a binary or WebAssembly text.
pub fn check(bytes: &[u8], options: &Options) -> Report {
    let found = if qip_contract::text::is_text(bytes) {
        check_text(bytes, options)
    } else {
        Ok(check_binary(bytes, &Subject::Binary, options))
    };
    Report::new(found.unwrap_or_else(|finding| vec![*finding]))
}

fn check_text(bytes: &[u8], options: &Options) -> Result<Vec<Finding>, Box<Finding>> {
    let (source, binary, spans) = assemble(bytes, options)?;
    Ok(check_binary(
        &binary,
        &Subject::Text(source, &spans),
        options,
    ))
}

/// Text with the binary that it stands for.
fn assemble<'a>(
    bytes: &'a [u8],
    options: &Options,
) -> Result<(&'a str, Vec<u8>, text::Spans), Box<Finding>> {
    let source = qip_contract::text::read(bytes, &options.limits)
        .map_err(|refusal| Finding::of_refusal(&refusal))?;
    let (binary, spans) = text::assemble(source).map_err(|(refusal, span)| {
        let place = Some(locate::text(source, span));
        Finding {
            place,
            ..Finding::of_refusal(&refusal)
        }
    })?;
    Ok((source, binary, spans))
}

/// Does something with a binary, or with the one that text stands for.
fn with_binary<T>(
    bytes: &[u8],
    options: &Options,
    with: impl FnOnce(&[u8]) -> Result<T, Box<Finding>>,
) -> Result<T, Box<Finding>> {
    if qip_contract::text::is_text(bytes) {
        with(&assemble(bytes, options)?.1)
    } else {
        with(bytes)
    }
}

fn check_binary(wasm: &[u8], subject: &Subject<'_>, options: &Options) -> Vec<Finding> {
    let signature = match Signature::read(wasm, &options.limits) {
        Ok(signature) => signature,
        Err(refusal) => return vec![unreadable(&refusal, wasm, subject)],
    };
    let facts = Facts::read(wasm);
    let module = Module {
        signature: &signature,
        facts: &facts,
        options,
    };
    locate(checks::all(&module), subject, wasm, &facts)
}

/// What makes reading on pointless.
fn unreadable(refusal: &Refusal, wasm: &[u8], subject: &Subject<'_>) -> Finding {
    let finding = Finding::of_refusal(refusal);
    let (Code::InvalidModule, Some(offset)) = (refusal.code(), refusal.offset()) else {
        return finding;
    };
    let facts = Facts::read(wasm);
    let site = Site::Offset(usize::try_from(offset).unwrap_or(usize::MAX));
    let located = locate(vec![(finding.clone(), site)], subject, wasm, &facts);
    located.into_iter().next().unwrap_or(finding)
}
