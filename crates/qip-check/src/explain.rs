//! What codes, trap kinds, findings and clauses mean: what is wrong, why, an example, what to
//! write instead.
//!
//! The texts stand in `pages/`, one file each. Every example there is run by a test, and
//! comes to what it is an example of.

mod page;

use qip_contract::{CLAUSES, Clause, Code, TrapKind};

use crate::{FindingCode, Lint};

pub use page::{Example, Page};

/// Something that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topic {
    /// Why a host refuses something.
    Failure(Code),
    /// Why a module trapped.
    Trap(TrapKind),
    /// What only a checker finds.
    Lint(Lint),
    /// A clause of the contract.
    Clause(&'static Clause),
}

impl Topic {
    /// Everything that can be explained.
    pub fn all() -> Vec<Topic> {
        let failures = Code::ALL.iter().copied().map(Topic::Failure);
        let traps = TrapKind::ALL.iter().copied().map(Topic::Trap);
        let lints = Lint::ALL.iter().copied().map(Topic::Lint);
        let clauses = CLAUSES.iter().map(Topic::Clause);
        failures.chain(traps).chain(lints).chain(clauses).collect()
    }

    /// What has this name, in letters of either case.
    pub fn find(name: &str) -> Option<Topic> {
        let all = Topic::all().into_iter();
        all.into_iter()
            .find(|topic| topic.name().eq_ignore_ascii_case(name))
    }

    /// The code, or the clause's ID.
    pub fn name(&self) -> &'static str {
        match self {
            Topic::Failure(code) => code.as_str(),
            Topic::Trap(kind) => kind.as_str(),
            Topic::Lint(lint) => lint.as_str(),
            Topic::Clause(clause) => clause.id,
        }
    }

    /// What it means: one sentence, or what the clause asks.
    pub fn meaning(&self) -> &'static str {
        match self {
            Topic::Failure(code) => code.meaning(),
            Topic::Trap(kind) => kind.meaning(),
            Topic::Lint(lint) => lint.meaning(),
            Topic::Clause(clause) => clause.text,
        }
    }

    /// The clauses that it is about; of a clause none.
    pub fn clauses(&self) -> Vec<&'static str> {
        match self {
            Topic::Failure(code) => {
                let clauses = CLAUSES.iter().filter(|clause| clause.codes.contains(code));
                clauses.map(|clause| clause.id).collect()
            }
            Topic::Trap(_) => vec!["TRAP-1"],
            Topic::Lint(lint) => lint.clause().into_iter().collect(),
            Topic::Clause(_) => Vec::new(),
        }
    }

    /// Of a clause: the failure codes with which a host answers where it is broken, and what
    /// a checker finds.
    pub fn findings(&self) -> Vec<FindingCode> {
        let Topic::Clause(clause) = self else {
            return Vec::new();
        };
        let failures = clause.codes.iter().map(|code| FindingCode::Failure(*code));
        let lints = Lint::ALL
            .iter()
            .filter(|lint| lint.clause() == Some(clause.id));
        failures
            .chain(lints.map(|lint| FindingCode::Lint(*lint)))
            .collect()
    }

    /// Its page. A clause has none: it is its own explanation.
    pub fn page(&self) -> Option<Page> {
        let mut pages = PAGES.iter();
        let (_, text) = pages.find(|(name, _)| *name == self.name())?;
        Some(Page::parse(text))
    }
}

macro_rules! page {
    ($name:literal) => {
        ($name, include_str!(concat!("../pages/", $name, ".md")))
    };
}

/// The pages by name, in the order of [`Topic::all`].
const PAGES: &[(&str, &str)] = &[
    page!("not-wasm"),
    page!("invalid-module"),
    page!("import"),
    page!("missing-memory"),
    page!("memory-kind"),
    page!("memory-not-fixed"),
    page!("missing-export"),
    page!("export-shape"),
    page!("instantiate"),
    page!("limit"),
    page!("input-too-large"),
    page!("input-out-of-bounds"),
    page!("input-not-utf8"),
    page!("output-too-large"),
    page!("output-out-of-bounds"),
    page!("output-not-utf8"),
    page!("content-type"),
    page!("content-type-mismatch"),
    page!("empty-recipe"),
    page!("not-pipeable"),
    page!("not-bmp"),
    page!("unknown-uniform"),
    page!("uniform-value"),
    page!("uniform-shape"),
    page!("tile-too-large"),
    page!("tile-out-of-bounds"),
    page!("image-size"),
    page!("unreachable"),
    page!("memory-out-of-bounds"),
    page!("table-out-of-bounds"),
    page!("indirect-call-to-null"),
    page!("bad-signature"),
    page!("integer-overflow"),
    page!("integer-divide-by-zero"),
    page!("bad-conversion-to-integer"),
    page!("stack-overflow"),
    page!("capacity-beyond-memory"),
    page!("halo-beyond-capacity"),
    page!("capacity-is-address"),
    page!("several-capacities"),
    page!("unread-output"),
    page!("content-type-form"),
    page!("buffers-overlap"),
    page!("buffer-over-data"),
    page!("buffer-over-stack"),
    page!("never-initialised"),
    page!("constructors-rerun"),
    page!("misspelt-export"),
    page!("memory-without-maximum"),
    page!("unused-allowance"),
    page!("needs-feature"),
    page!("getter-not-constant"),
];

#[cfg(test)]
mod tests {
    use super::{PAGES, Topic};

    #[test]
    fn everything_but_clauses_has_a_page() {
        let topics = Topic::all().into_iter();
        let topics = topics.filter(|topic| !matches!(topic, Topic::Clause(_)));
        let wanted: Vec<&str> = topics.map(|topic| topic.name()).collect();
        let pages: Vec<&str> = PAGES.iter().map(|(name, _)| *name).collect();
        assert_eq!(pages, wanted);
    }

    /// One name means one thing.
    #[test]
    fn names_are_different() {
        let mut names: Vec<&str> = Topic::all().iter().map(Topic::name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
