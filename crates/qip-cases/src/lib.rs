//! The cases of the contract: what a subject is asked, and what must come back.
//!
//! A [`Corpus`] is loaded from the copy that is embedded, from a directory or from text. It
//! holds [`Case`]s. Each has a [`Task`], which is all that a [`Subject`] is told, and for
//! each request an [`Expectation`], which it is not told. A subject answers with
//! [`Outcome`]s. [`KnownFailures`] are what a subject is known to get wrong.
//!
//! Nothing here runs a module or judges an answer, and nothing knows a host: the model,
//! which is the oracle, and the host under test both stand on this crate and not on each
//! other. The format of the files is described in the README of the package `qip-corpus`.
//!
//! ```
//! use qip_cases::Corpus;
//!
//! let corpus = Corpus::embedded().unwrap();
//! let case = &corpus.cases()[0];
//! assert_eq!(case.task.requests.len(), case.expectations.len());
//! ```

mod allowance;
pub mod bytes;
mod capability;
mod case;
mod case_check;
mod case_file;
mod corpus;
mod expect_check;
mod expectation;
mod file_check;
mod image;
mod image_check;
mod input_check;
mod known_failures;
mod load_error;
mod lock;
mod module;
mod outcome;
pub mod png_file;
pub mod shown_text;
mod source;
mod subject;
pub mod suggest;
mod task;

pub use allowance::{Allowance, allowances};
pub use bytes::Bytes;
pub use capability::{Capabilities, Capability};
pub use case::{Case, CaseId, Level};
pub use corpus::Corpus;
pub use expectation::{Expectation, Expected, ExpectedImage, ExpectedOutcome};
pub use image::{Image, ImageSizeError, PIXEL, PixelDifference};
pub use known_failures::{Known, KnownFailures, KnownTarget, MAX_WILDCARD_CASES};
pub use load_error::{LoadError, LoadErrorKind, LoadErrors, Place};
pub use module::Module;
pub use outcome::{Outcome, OutputKind, describe_type};
pub use subject::Subject;
pub use task::{DEFAULT_TIME, Request, RequestInput, Stage, Task, TaskOptions};
