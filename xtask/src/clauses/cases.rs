//! Which case files name a clause.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::workspace::Workspace;

/// Where case files stand.
const PLACES: [&str; 3] = [
    "conformance/cases",
    "conformance/regressions",
    "modules-wat",
];

/// A file of cases.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CaseFile {
    /// Relative to the root, with `/` between its parts.
    pub(super) path: String,
    /// For each clause, how many of its cases name it.
    pub(super) cases: BTreeMap<String, usize>,
}

/// Every file of cases: those of the corpus first, those of real modules last.
///
/// # Errors
///
/// What cannot be read. What else is wrong with a case file, the corpus's loader says.
pub(super) fn find(workspace: &Workspace) -> Result<Vec<CaseFile>> {
    let mut files = Vec::new();
    for place in PLACES {
        for relative in workspace.list(place, "toml")? {
            let path = format!("{place}/{relative}");
            let cases = read(&workspace.read(&path)?)
                .with_context(|| format!("`{path}` is no file of cases"))?;
            files.push(CaseFile { path, cases });
        }
    }
    Ok(files)
}

#[derive(Deserialize)]
struct RawFile {
    #[serde(default)]
    defaults: RawCase,
    #[serde(default)]
    case: Vec<RawCase>,
}

#[derive(Deserialize, Default)]
struct RawCase {
    clauses: Option<Vec<String>>,
}

fn read(text: &str) -> Result<BTreeMap<String, usize>> {
    let RawFile { defaults, case } = toml::from_str(text)?;
    let mut counts = BTreeMap::new();
    for case in case {
        // What a case says itself stands for the whole of the default.
        let named = case.clauses.or_else(|| defaults.clauses.clone());
        for clause in named.unwrap_or_default() {
            *counts.entry(clause).or_default() += 1;
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_the_clauses_of_the_defaults_or_its_own() {
        let text = "summary = \"a\"\n[defaults]\nclauses = [\"IN-1\", \"IN-2\"]\n\
                    [[case]]\nname = \"a\"\n\
                    [[case]]\nname = \"b\"\nclauses = [\"IN-2\"]\nexpect = { scalar = 1 }\n";
        let found = read(text).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|(id, count)| (id.as_str(), *count))
            .collect();
        assert_eq!(found, [("IN-1", 1), ("IN-2", 2)]);
    }

    #[test]
    fn a_file_that_is_no_toml_is_named() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(root.path());
        for place in PLACES {
            std::fs::create_dir_all(workspace.path(place)).unwrap();
        }
        std::fs::create_dir(workspace.path("conformance/cases/in")).unwrap();
        let path = "conformance/cases/in/a.toml";
        std::fs::write(workspace.path(path), "case = 1").unwrap();
        let error = format!("{:#}", find(&workspace).unwrap_err());
        assert!(
            error.starts_with("`conformance/cases/in/a.toml` is no file of cases"),
            "{error}"
        );
    }
}
