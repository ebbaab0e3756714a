//! The conformance corpus of the qip contract, as data.
//!
//! This package holds no logic: the clauses, the cases with their modules, the
//! list of all case IDs, and the known failures of subjects, embedded so that an
//! installed program and crates.io have them. `qip-conformance` reads them; the
//! format is described in the package's README.
//!
//! ```
//! assert!(qip_corpus::CASES.iter().any(|(path, _)| path.starts_with("in/")));
//! assert!(qip_corpus::CLAUSES.contains("id = \"IN-3\""));
//! ```

/// `clauses.toml`: every clause of the contract.
pub const CLAUSES: &str = include_str!("../clauses.toml");

/// `cases.lock`: the ID of every case, one a line.
pub const CASES_LOCK: &str = include_str!("../cases.lock");

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
