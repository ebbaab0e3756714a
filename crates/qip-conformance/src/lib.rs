//! Judges hosts and engines against the qip contract.
//!
//! A [`Corpus`] holds cases: modules, requests, and what must come back. A
//! [`Subject`] is whatever is under test. A [`Run`] puts the cases to subjects and
//! makes a [`Report`] of the verdicts. An engine for `qip-host` needs one line,
//! [`assert_conforms`].
//!
//! A subject is told a [`Task`] and not what is expected of it. [`Model`] is a subject
//! written straight from the clauses: what it answers is the prediction for a task that
//! has no case. [`HostProgram`] is a subject that is a program of its own, in any
//! language. [`Watchdog`] asks a subject that may panic or hang, outside of a run.
//! [`Corpus::parse`] takes cases that are given as text.
//!
//! ```
//! use qip_conformance::{Corpus, EngineSubject, Run};
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
//! # Not promised
//!
//! A subject in this process that hangs is left behind on its thread, and goes on
//! using it until the process ends. One that aborts takes the process with it. A
//! [`HostProgram`] is another process, which can do neither: it is ended where it hangs,
//! and where it ends, that is one broken case. But it runs with the rights of whoever runs
//! it, and so does a [`CommandLine`]. What it starts in another process group is not
//! ended with it; on Windows, and where there is no `/bin/sh`, nothing that it starts is,
//! and where this process is ended, it is only told so by the end of its stdin.

mod bytes;
mod capability;
mod case;
mod case_check;
mod case_file;
mod coarse;
mod command_line;
mod conforms;
mod corpus;
mod engine_subject;
mod expect_check;
mod expectation;
mod expectation_file;
mod export;
mod file_check;
mod group;
mod host_program;
mod image;
mod image_check;
mod input_check;
mod json_lines;
mod judge;
mod load_error;
mod lock;
mod model;
mod module;
mod mutant;
mod outcome;
mod png_file;
mod repetition;
mod report;
mod runner;
mod shown_text;
mod shuffle;
mod source;
mod subject;
mod suggest;
mod table;
mod task;
mod verdict;
mod watchdog;
mod wire;
mod words;

pub use bytes::Bytes;
pub use capability::{Capabilities, Capability};
pub use case::{Case, CaseId, Level};
pub use command_line::CommandLine;
pub use conforms::{assert_conforms, assert_shared_conforms};
pub use corpus::Corpus;
pub use engine_subject::EngineSubject;
pub use expectation::{Expectation, Expected, ExpectedImage, ExpectedOutcome};
pub use expectation_file::{Known, KnownFailures, KnownTarget, MAX_WILDCARD_CASES};
pub use export::{ExportError, Exported, export};
pub use host_program::{
    Exchange, Fault, HostProgram, HostSettings, Lint, LintReply, Log, StartError, StartErrorKind,
};
pub use image::{Image, ImageSizeError};
pub use judge::{Detail, Difference, judge};
pub use load_error::{LoadError, LoadErrorKind, LoadErrors, Place};
pub use model::Model;
pub use model::mutation::Mutation;
pub use module::Module;
pub use mutant::{Mutant, trace};
pub use outcome::{Outcome, OutputKind};
pub use report::{Counts, Report, SubjectReport};
pub use runner::{Run, run_case};
pub use subject::Subject;
pub use table::Table;
pub use task::{DEFAULT_TIME, Request, RequestInput, Stage, Task, TaskOptions};
pub use verdict::{CaseResult, JudgedRequest, Verdict};
pub use watchdog::Watchdog;
pub use wire::departing_sizes;

/// The README's example runs too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
