//! The oracle of the contract, and what it takes to see whether a corpus is worth anything.
//!
//! [`Model`] is a host that is written straight from the clauses, apart from `qip-host`: what
//! it answers is the prediction for a task that has no case. A [`Mutant`] is the model with
//! one [`Mutation`], a mistake that a host may make: a corpus whose cases kill every mutant
//! would notice each of these mistakes in a real host.
//!
//! `oracle/` is read beside the clauses, and knows of mutants only where they may spoil a
//! decision (`hooks.rs`). `mutant/` stands around it.

mod mutant;
mod oracle;

pub use mutant::{Mutant, trace};
pub use oracle::Model;
pub use oracle::mutation::Mutation;
