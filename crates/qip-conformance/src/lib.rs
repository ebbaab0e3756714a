//! Judges hosts and engines against the qip contract.
//!
//! A [`Corpus`](qip_cases::Corpus) holds cases: modules, requests, and what must come back.
//! A [`Subject`](qip_cases::Subject) is whatever is under test. A [`Run`] puts the cases to
//! subjects and makes a [`Report`] of the verdicts. An engine needs one line,
//! [`assert_conforms`]. [`Watchdog`] asks a subject that may panic or hang, outside of a run.
//!
//! ```
//! use qip_cases::Corpus;
//! use qip_conformance::{EngineSubject, Run};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let corpus = Corpus::embedded()?;
//! let report = Run::new(&corpus)
//!     .subject(EngineSubject::new(qip_host::wasmi::Wasmi::new()))
//!     .subject(EngineSubject::new(qip_host::wasmtime::Wasmtime::new()))
//!     .filter("in/capacity-is-inclusive")
//!     .execute(&mut |done, total| assert!(done <= total));
//!
//! print!("{}", report.table());
//! assert!(report.is_green());
//!
//! let mut lines = Vec::new();
//! report.write_json_lines(&mut lines)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What makes a run red
//!
//! A MUST case that fails; a subject that breaks; a known failure that no longer
//! fails or matches nothing; and a run in which a selected case has no verdict, or in
//! which none was judged. Cases that need what a subject lacks are `unsupported`, and
//! leave it green; a subject that says so of what a case does not need is broken.
//! [`Report::reasons`] says which.
//!
//! A [thorough](Run::thorough) run puts each case twice, in shuffled order. A subject that
//! answers differently the second time fails it, whatever the case allows.
//!
//! # Features
//!
//! `programs`, off by default, brings the subjects that are programs of their own,
//! `HostProgram` in any language and `CommandLine`, and `export`, which writes cases for a
//! harness of somebody else's.
//!
//! # Not promised
//!
//! A subject in this process that hangs is left behind on its thread, and goes on
//! using it until the process ends. One that aborts takes the process with it. A
//! `HostProgram` is another process, which can do neither: it is ended where it hangs,
//! and where it ends, that is one broken case. But it runs with the rights of whoever runs
//! it, and so does a `CommandLine`. What it starts in another process group is not
//! ended with it; on Windows, and where there is no `/bin/sh`, nothing that it starts is,
//! and where this process is ended, it is only told so by the end of its stdin.

mod base64;
mod coarse;
#[cfg(feature = "programs")]
mod command_line;
mod conforms;
mod engine_subject;
#[cfg(feature = "programs")]
mod export;
#[cfg(feature = "programs")]
mod host_program;
mod json_lines;
mod judge;
#[cfg(feature = "programs")]
mod process_group;
mod repetition;
mod report;
mod runner;
#[cfg(feature = "programs")]
mod shell_words;
mod shuffle;
mod table;
mod verdict;
mod watchdog;
#[cfg(feature = "programs")]
mod wire;

#[cfg(feature = "programs")]
pub use command_line::CommandLine;
pub use conforms::{assert_conforms, assert_shared_conforms};
pub use engine_subject::EngineSubject;
#[cfg(feature = "programs")]
pub use export::{ExportError, Exported, export};
#[cfg(feature = "programs")]
pub use host_program::{
    Exchange, Fault, HostProgram, HostSettings, Lint, LintReply, Log, StartError, StartErrorKind,
};
pub use judge::{Aspect, Detail, Difference, judge};
pub use report::{Counts, Report, SubjectReport};
pub use runner::{Run, run_case};
pub use table::Table;
pub use verdict::{CaseResult, JudgedRequest, Verdict};
pub use watchdog::Watchdog;

/// The README's example runs too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
