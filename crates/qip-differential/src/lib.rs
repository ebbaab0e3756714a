//! Sets engines against each other and against the contract.
//!
//! A [`Generator`] makes [`Trial`]s: made-up modules of which the contract says what
//! must come out, pictures through tile filters of which the model says it, modules with
//! random bodies or large ones, and real modules under random inputs.
//! An [`Arena`] puts a trial to every engine. Where they differ, from each other or
//! from the prediction, there is a [`Finding`]; [`shrink`] makes it small, and a
//! [`Fixture`] is what goes into `conformance/regressions`.
//!
//! `cargo xtask fuzz` runs all this for some minutes, `tests/properties.rs` for a
//! thousand trials each, and the targets in `fuzz/` under libFuzzer.

mod arena;
mod campaign;
mod codec;
mod filters;
mod fixture;
mod large_body;
mod picture;
mod planted;
mod random_body;
mod real_module;
mod reduce;
mod scenario;
mod search;
mod shrink;
pub mod target;
mod trial;
mod tried_first;

pub use arena::{Answers, Arena, Disagreement, PREDICTION};
pub use campaign::{Finding, Generator, Tally, run};
pub use fixture::Fixture;
pub use planted::{Bug, Planted};
pub use scenario::aim::Aim;
pub use search::{Note, Search, deadline};
pub use shrink::shrink;
pub use trial::Trial;
pub use tried_first::{TriedFirst, attempt, cause_of_death};
