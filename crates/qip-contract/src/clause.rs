//! The clauses: what the contract asks, of whom, and who can see whether it is kept.

mod list;

use std::fmt;

use crate::Code;

pub use list::{CLAUSES, CONTRACT_EDITION};

/// One clause of the contract.
///
/// ```
/// use qip_contract::{Binds, Clause, Code, Level};
///
/// let clause = Clause::find("IN-3").unwrap();
/// assert_eq!(clause.binds, Binds::Host);
/// assert_eq!(clause.level, Level::Must);
/// assert_eq!(clause.codes, [Code::InputTooLarge]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clause {
    /// The ID, such as `IN-3`: never renumbered and never used again.
    pub id: &'static str,
    /// Who must keep the clause.
    pub binds: Binds,
    /// How much is asked.
    pub level: Level,
    /// Who can show whether it is kept.
    pub seen_by: SeenBy,
    /// The failure codes that it justifies.
    pub codes: &'static [Code],
    /// What it asks: one paragraph, with names in backticks.
    pub text: &'static str,
    /// Where the contract's sources left more than one reading: what was chosen,
    /// and why.
    pub choice: Option<&'static str>,
    /// Why the conformance corpus has no case for it, where it has none.
    pub uncovered: Option<&'static str>,
}

impl Clause {
    /// The clause with this ID, in capitals as it is written.
    pub fn find(id: &str) -> Option<&'static Clause> {
        CLAUSES.iter().find(|clause| clause.id == id)
    }

    /// The family of the clause: `IN` of `IN-3`.
    pub fn family(&self) -> &'static str {
        self.id
            .split_once('-')
            .map_or(self.id, |(family, _)| family)
    }
}

/// The ID alone.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident $text:literal $meaning:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $meaning] $variant,)*
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The stable text, as it stands in `clauses.toml` and in reports.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The value with this text.
            pub fn from_text(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Who must keep a clause.
    Binds {
        Host "host" "Whoever loads and drives modules.",
        Module "module" "Whoever writes a module; a host refuses one that does not keep it.",
    }
}

words! {
    /// How much a clause asks. The levels are judged apart.
    Level {
        Must "must" "Breaking it is a failure.",
        Should "should" "Breaking it is counted and is no failure.",
        May "may" "What is permitted, and what follows when it is used.",
    }
}

words! {
    /// Who can show whether a clause is kept.
    SeenBy {
        Host "host" "Any subject under test.",
        Lib "lib" "A host in the same process only.",
        Cli "cli" "A command line only.",
        Check "check" "A checker of modules only.",
    }
}
