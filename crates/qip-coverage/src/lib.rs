//! What the conformance corpus covers, and whether it can be believed.
//!
//! A [`Matrix`] says which case kills which mutant: the model with one mistake, which
//! fails that case. [`findings`] says what is missing: a clause without a case, a mutant
//! that survives, a case that kills none. [`sabotage`] damages the corpus at random
//! and looks whether that is noticed.

mod caching;
mod gate;
mod json;
mod markdown;
mod matrix;
mod readme;
mod sabotage;
mod table;

pub use gate::{Finding, findings};
pub use json::write_json;
pub use markdown::markdown;
pub use matrix::{Counts, Matrix, Row};
pub use readme::{NoPlace, NoRow, with_costs, with_counts};
pub use sabotage::{Kind, Sabotage, sabotage};
pub use table::{describe_mutant, summary, table};
