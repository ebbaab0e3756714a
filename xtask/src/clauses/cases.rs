//! Which case files name a clause: conformance/CASES.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::document::{anchor, push_paragraph};
use super::{CASES, Clause, Contract, DOCUMENT, Family};
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

/// What stands before the lists.
const INTRODUCTION: &str = "\
Which files of cases hold a host to each clause of the contract, with the number of cases in \
each file that name the clause.";

/// The document. `files` are all files of cases, in the order in which they are to stand.
pub(super) fn write(contract: &Contract, files: &[CaseFile]) -> String {
    let mut text = "<!-- Generated from the files of cases by `cargo xtask clauses`: not to be \
                    edited. -->\n\n# The cases of each clause\n\n"
        .to_owned();
    push_paragraph(&mut text, INTRODUCTION);
    text.push_str("| family | of | files of cases |\n| --- | --- | ---: |\n");
    for family in &contract.families {
        let ids: BTreeSet<&str> = clauses(contract, family)
            .map(|clause| &*clause.id)
            .collect();
        let names_one = |file: &&CaseFile| file.cases.keys().any(|id| ids.contains(&**id));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| [{}](#{}) | {} | {} |",
            family.id,
            anchor(&family.heading()),
            family.about,
            files.iter().filter(names_one).count(),
        );
    }
    for family in &contract.families {
        let _ = write!(text, "\n## {}\n", family.heading());
        for clause in clauses(contract, family) {
            push_clause(&mut text, clause, files);
        }
    }
    text
}

fn clauses<'c>(contract: &'c Contract, family: &Family) -> impl Iterator<Item = &'c Clause> {
    let clauses = contract.clauses.iter();
    clauses.filter(|clause| clause.family() == family.id)
}

fn push_clause(text: &mut String, Clause { id, .. }: &Clause, files: &[CaseFile]) {
    let clause = format!("{}#{}", from_cases(DOCUMENT), anchor(id));
    let _ = write!(text, "\n### {id}\n\n[The clause]({clause})");
    let naming = files.iter().filter_map(|file| {
        let count = file.cases.get(id)?;
        Some(format!(
            "[{}]({}) {count}",
            short(&file.path),
            from_cases(&file.path)
        ))
    });
    let naming: Vec<String> = naming.collect();
    // One a line: they are long, and so a case more is a line more in a diff.
    let naming = match &naming[..] {
        [] => " has no cases.".to_owned(),
        _ => format!(": {}", naming.join(",\n")),
    };
    let _ = writeln!(text, "{naming}");
}

/// The path of a file as seen from the document.
fn from_cases(path: &str) -> String {
    let (directory, _) = CASES.rsplit_once('/').unwrap_or_default();
    match path.strip_prefix(directory) {
        Some(beside) => beside.trim_start_matches('/').to_owned(),
        None => format!("../{path}"),
    }
}

/// `in/capacity-is-inclusive` of `conformance/cases/in/capacity-is-inclusive.toml`: as an ID
/// of a case begins.
fn short(path: &str) -> &str {
    let path = path.strip_suffix(".toml").unwrap_or(path);
    let from = path.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    &path[from..]
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
    fn every_clause_leads_to_its_cases() {
        let source = "edition = 1\n[[family]]\nid = \"IN\"\nabout = \"the input\"\n";
        let clause = |id: &str, codes: &str| {
            format!(
                "[[clause]]\nid = \"{id}\"\nbinds = \"host\"\nlevel = \"must\"\n\
                 seen_by = \"host\"\ncodes = [{codes}]\ntext = \"It holds.\"\n"
            )
        };
        let codes = qip_contract::Code::ALL.iter();
        let codes: Vec<String> = codes.map(|code| format!("\"{code}\"")).collect();
        let source = format!(
            "{source}{}{}",
            clause("IN-1", &codes.join(", ")),
            clause("IN-2", "")
        );
        let contract = super::super::source::read(&source).unwrap_or_else(|why| panic!("{why:?}"));
        let file = |path: &str, cases: &[(&str, usize)]| CaseFile {
            path: path.to_owned(),
            cases: cases
                .iter()
                .map(|(id, count)| ((*id).to_owned(), *count))
                .collect(),
        };
        let files = [
            file("conformance/cases/in/a.toml", &[("IN-1", 2), ("OUT-1", 1)]),
            file("modules-wat/content/b.toml", &[("IN-1", 1)]),
        ];
        let text = write(&contract, &files);
        let (_, found) = text.split_once("name the clause.\n\n").unwrap();
        assert_eq!(
            found,
            "\
| family | of | files of cases |
| --- | --- | ---: |
| [IN](#in-the-input) | the input | 2 |

## IN: the input

### IN-1

[The clause](../CONTRACT.md#in-1): [in/a](cases/in/a.toml) 2,
[content/b](../modules-wat/content/b.toml) 1

### IN-2

[The clause](../CONTRACT.md#in-2) has no cases.
"
        );
    }

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
