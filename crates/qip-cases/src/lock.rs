//! The list of all cases, so that none can vanish unseen.

use std::collections::BTreeMap;

use crate::case::CaseId;
use crate::load_error::{LoadError, LoadErrorKind, Place};

const HEADER: &str = "\
# The ID of every case, sorted. `cargo xtask conformance --update-lock` writes it;
# it is checked both ways when the corpus is loaded.
";

/// A list of case IDs as it stands in `cases.lock`.
#[derive(Debug)]
pub(crate) struct Lock {
    path: String,
    /// The line of each ID, from 1.
    lines: BTreeMap<String, usize>,
}

impl Lock {
    /// Reads a lock: an ID a line, `#` begins a line of comment.
    pub(crate) fn parse(path: &str, text: &str) -> Lock {
        let lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (line.trim(), index + 1));
        Lock {
            path: path.to_owned(),
            lines: lines
                .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
                .map(|(line, number)| (line.to_owned(), number))
                .collect(),
        }
    }

    /// The text of a lock of these cases.
    pub(crate) fn write<'a>(cases: impl Iterator<Item = &'a CaseId>) -> String {
        let mut ids: Vec<&str> = cases.map(CaseId::as_str).collect();
        ids.sort_unstable();
        let mut text = HEADER.to_owned();
        for id in ids {
            text.push_str(id);
            text.push('\n');
        }
        text
    }

    /// Holds the cases that were found against the list, both ways. With `only`,
    /// just the part of the list that begins so is looked at.
    pub(crate) fn check(&self, found: &[(CaseId, Place)], only: &str) -> Vec<LoadError> {
        let mut errors = Vec::new();
        let mut missing: BTreeMap<&str, usize> = self
            .lines
            .iter()
            .filter(|(id, _)| id.starts_with(only))
            .map(|(id, line)| (id.as_str(), *line))
            .collect();
        for (id, place) in found {
            if missing.remove(id.as_str()).is_none() {
                errors.push(LoadError::new(
                    LoadErrorKind::Lock,
                    place.clone(),
                    format!("the case `{id}` is not listed in {}", self.path),
                ));
            }
        }
        let missing = missing.into_iter().map(|(id, line)| {
            LoadError::new(
                LoadErrorKind::Lock,
                Place::new(self.path.as_str(), line),
                format!(
                    "the case `{}` is listed but not there",
                    qip_contract::quote(id)
                ),
            )
        });
        errors.extend(missing);
        errors
    }
}
