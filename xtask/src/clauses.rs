//! Generates what is made of `conformance/clauses.toml`: the list of clauses in
//! qip-contract, the document CONTRACT.md, and beside it the cases of each clause.

mod cases;
mod document;
mod list;
mod source;

use anyhow::{Result, bail};
use qip_contract::{Binds, Code, Level, SeenBy};

use crate::workspace::{Workspace, write_if_changed};

const SOURCE: &str = "conformance/clauses.toml";
const LIST: &str = "crates/qip-contract/src/clause/list.rs";
const DOCUMENT: &str = "CONTRACT.md";
const CASES: &str = "conformance/CASES.md";

/// The task: writes or checks the generated files.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<u8> {
    let contract = match source::read(&workspace.read(SOURCE)?) {
        Ok(contract) => contract,
        Err(findings) => bail!("`{SOURCE}` is at fault\n{}", findings.join("\n")),
    };
    let generated = [
        (LIST, list::write(workspace, &contract)?),
        (DOCUMENT, document::write(&contract)),
        (CASES, cases::write(&contract, &cases::find(workspace)?)),
    ];
    if !check {
        for (path, text) in generated {
            write_if_changed(&workspace.path(path), text.as_bytes())?;
        }
        return Ok(0);
    }
    check_fresh(workspace, &generated)?;
    Ok(0)
}

/// Fails where a file is missing or does not hold this text.
fn check_fresh(workspace: &Workspace, generated: &[(&str, String)]) -> Result<()> {
    let is_stale = |(path, text): &&(&str, String)| {
        let found = workspace.read(path);
        found.map_or(true, |found| found != *text)
    };
    let stale = generated.iter().filter(is_stale);
    let stale: Vec<String> = stale.map(|(path, _)| format!("`{path}`")).collect();
    if !stale.is_empty() {
        let stale = stale.join(" and ");
        bail!("stale: {stale}\nhelp: run `cargo xtask clauses` and commit {stale}");
    }
    Ok(())
}

/// What `conformance/clauses.toml` says.
struct Contract {
    edition: u32,
    families: Vec<Family>,
    clauses: Vec<Clause>,
    departures: Vec<Departure>,
}

/// Clauses that stand together.
struct Family {
    id: String,
    about: String,
}

impl Family {
    /// Its heading in a document.
    fn heading(&self) -> String {
        format!("{}: {}", self.id, self.about)
    }
}

struct Clause {
    id: String,
    binds: Binds,
    level: Level,
    seen_by: SeenBy,
    codes: Vec<Code>,
    text: String,
    choice: Option<String>,
    uncovered: Option<String>,
}

/// Where the contract reads otherwise, on purpose, than what it was drawn from.
struct Departure {
    place: String,
    others: String,
    ours: String,
}

impl Clause {
    /// `IN` of `IN-3`.
    fn family(&self) -> &str {
        self.id
            .split_once('-')
            .map_or(&self.id, |(family, _)| family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stale_file_is_named() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(root.path());
        let generated = ["fresh", "old", "missing"].map(|path| (path, "new\n".to_owned()));
        for (path, text) in [("fresh", "new\n"), ("old", "old\n")] {
            std::fs::write(workspace.path(path), text).unwrap();
        }
        let error = check_fresh(&workspace, &generated).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stale: `old` and `missing`\n\
             help: run `cargo xtask clauses` and commit `old` and `missing`"
        );
        assert!(check_fresh(&workspace, &generated[..1]).is_ok());
    }
}
