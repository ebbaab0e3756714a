//! Known failures of a subject, each with a reason: `expectations/<subject>.toml`.

use std::fs;
use std::path::Path;

use qip_contract::{CLAUSES, Clause};
use serde::Deserialize;
use toml::Spanned;

use crate::case::Case;
use crate::case_file::RawExpect;
use crate::expectation::Expectation;
use crate::file_check::FileCheck;
use crate::load_error::{LoadError, LoadErrorKind, LoadErrors, Place};
use crate::suggest::no_such;

/// How many cases a wildcard may stand for.
pub const MAX_WILDCARD_CASES: usize = 20;

/// The known failures of one subject.
#[derive(Clone, Debug)]
pub struct KnownFailures {
    subject: String,
    entries: Vec<Known>,
}

/// One entry of an expectation file.
#[derive(Clone, Debug)]
pub struct Known {
    /// What it is about.
    pub target: KnownTarget,
    /// What the subject answers instead of what the contract says.
    pub outcome: Expectation,
    /// Why.
    pub reason: String,
    /// Where it is followed up.
    pub link: String,
    /// Where the entry stands.
    pub place: Place,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownTarget {
    /// The cases with this ID, in which `*` stands for anything. Each must fail.
    Case(String),
    /// Those cases of a clause that fail in the pinned way: one at least.
    Clause(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKnownFile {
    #[serde(default)]
    known: Vec<Spanned<RawKnown>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKnown {
    case: Option<Spanned<String>>,
    clause: Option<Spanned<String>>,
    outcome: Spanned<RawExpect>,
    reason: Spanned<String>,
    link: Spanned<String>,
}

impl KnownFailures {
    /// Reads an expectation file. Its stem is the subject's name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn open(path: impl AsRef<Path>) -> Result<KnownFailures, LoadErrors> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot be read: {error}");
            LoadError::new(
                LoadErrorKind::Unreadable,
                Place::new(shown.as_str(), 1),
                message,
            )
        })?;
        KnownFailures::parse(&shown, &text)
    }

    /// The expectation files that are embedded beside the corpus.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them; nothing, in a released version.
    pub fn embedded() -> Result<Vec<KnownFailures>, LoadErrors> {
        let files = qip_corpus::EXPECTATIONS
            .iter()
            .filter(|(path, _)| path.ends_with(".toml"));
        files
            .map(|(path, bytes)| {
                KnownFailures::parse(
                    &format!("expectations/{path}"),
                    &String::from_utf8_lossy(bytes),
                )
            })
            .collect()
    }

    /// Reads the text of an expectation file. The stem of `path` is the subject's name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(path: &str, text: &str) -> Result<KnownFailures, LoadErrors> {
        let mut file = FileCheck::new(text, path, None);
        let raw: Option<RawKnownFile> = file.parse();
        let known = raw.map(|raw| raw.known).unwrap_or_default();
        let entries = known
            .iter()
            .filter_map(|raw| entry(&mut file, raw))
            .collect();
        LoadErrors::check(file.into_errors())?;
        let stem = Path::new(path).file_stem().unwrap_or_default();
        Ok(KnownFailures {
            subject: stem.to_string_lossy().into_owned(),
            entries,
        })
    }

    /// The same entries for another subject.
    #[must_use]
    pub fn for_subject(mut self, subject: impl Into<String>) -> KnownFailures {
        self.subject = subject.into();
        self
    }

    /// The name of the subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> &[Known] {
        &self.entries
    }
}

fn entry(file: &mut FileCheck<'_>, raw: &Spanned<RawKnown>) -> Option<Known> {
    let RawKnown {
        case,
        clause,
        outcome,
        reason,
        link,
    } = raw.get_ref();
    let (target, span) = match (case, clause) {
        (Some(case), None) => (KnownTarget::Case(case.get_ref().clone()), case.span()),
        (None, Some(clause)) => (KnownTarget::Clause(clause.get_ref().clone()), clause.span()),
        _ => {
            return file.refuse(
                LoadErrorKind::Conflict,
                &raw.span(),
                "an entry is about a `case` or about a `clause`",
            );
        }
    };
    if let KnownTarget::Clause(id) = &target
        && Clause::find(id).is_none()
    {
        let message = no_such("clause", id, CLAUSES.iter().map(|clause| clause.id));
        return file.refuse(LoadErrorKind::Clause, &span, message);
    }
    for (key, text) in [("reason", reason), ("link", link)] {
        if text.get_ref().trim().is_empty() {
            let message = format!("the `{key}` is empty");
            return file.refuse(LoadErrorKind::Value, &text.span(), message);
        }
    }
    Some(Known {
        target,
        outcome: file.expectation(outcome)?,
        reason: reason.get_ref().clone(),
        link: link.get_ref().clone(),
        place: file.place(&span),
    })
}

impl Known {
    /// Whether it is about this case.
    pub fn covers(&self, case: &Case) -> bool {
        match &self.target {
            KnownTarget::Case(pattern) => is_match(pattern, case.id.as_str()),
            KnownTarget::Clause(clause) => case.clauses.contains(clause),
        }
    }

    /// Whether it stands for several cases by a `*`.
    pub fn is_wildcard(&self) -> bool {
        matches!(&self.target, KnownTarget::Case(pattern) if pattern.contains('*'))
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
fn is_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        // The earliest place leaves the most for the parts that follow.
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
