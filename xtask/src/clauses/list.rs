//! The contract crate's list of clauses, as Rust.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use super::{Clause, Contract, SOURCE};
use crate::workspace::Workspace;

/// How far a generated line reaches, its quotes and indent left out.
const TEXT_WIDTH: usize = 84;

/// The generated file.
///
/// # Errors
///
/// `rustfmt` cannot be run.
pub(super) fn write(workspace: &Workspace, contract: &Contract) -> Result<String> {
    format(workspace, &generate(contract))
}

/// The same before formatting.
fn generate(contract: &Contract) -> String {
    let mut source = format!(
        "//! Generated from `{SOURCE}` by `cargo xtask clauses`: not to be edited.\n\n\
         use super::{{Binds, Clause, Level, SeenBy}};\n\
         use crate::Code;\n\n\
         /// The edition of the contract: it grows when what a clause asks changes.\n\
         pub const CONTRACT_EDITION: u32 = {};\n\n\
         /// Every clause, in the order in which the contract is read.\n\
         pub static CLAUSES: &[Clause] = &[\n",
        contract.edition
    );
    for clause in &contract.clauses {
        let Clause {
            id,
            binds,
            level,
            seen_by,
            codes,
            text,
            choice,
            uncovered,
        } = clause;
        let codes: Vec<String> = codes.iter().map(|code| format!("Code::{code:?}")).collect();
        let [choice, uncovered] = [choice, uncovered].map(|text| match text {
            Some(text) => format!("Some({})", literal(text)),
            None => "None".to_owned(),
        });
        // Writing to a string cannot fail.
        let _ = writeln!(
            source,
            "Clause {{\n id: {id:?},\n binds: Binds::{binds:?},\n level: Level::{level:?},\n \
             seen_by: SeenBy::{seen_by:?},\n codes: &[{}],\n text: {},\n choice: {choice},\n \
             uncovered: {uncovered},\n }},",
            codes.join(", "),
            literal(text),
        );
    }
    source.push_str("];\n");
    source
}

/// A string literal over several lines.
fn literal(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = word.escape_debug().to_string().replace("\\'", "'");
        let last = lines.len() - 1;
        if lines[last].is_empty() && last == 0 {
            lines[last].push_str(&word);
        } else if lines[last].chars().count() + 1 + word.chars().count() <= TEXT_WIDTH {
            let _ = write!(lines[last], " {word}");
        } else {
            lines[last].push(' ');
            lines.push(word);
        }
    }
    format!("\"\\\n            {}\"", lines.join("\\\n            "))
}

/// The source as rustfmt leaves it.
fn format(workspace: &Workspace, source: &str) -> Result<String> {
    let about = "cannot run `rustfmt`, which rust-toolchain.toml asks for";
    let mut child = std::process::Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .current_dir(workspace.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context(about)?;
    let mut stdin = child.stdin.take().context(about)?;
    stdin.write_all(source.as_bytes()).context(about)?;
    drop(stdin);
    let output = child.wait_with_output().context(about)?;
    if !output.status.success() {
        bail!("`rustfmt` does not take the generated text");
    }
    String::from_utf8(output.stdout).context("`rustfmt` gave no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_keeps_its_text() {
        let text = literal(&"a `b` \"c\" \\d isn't ".repeat(20));
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= TEXT_WIDTH + 16),
            "{text}"
        );
        assert!(text.contains(r#"a `b` \"c\" \\d isn't"#), "{text}");
    }
}
