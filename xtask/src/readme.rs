//! Runs what the README tells a reader to run, and holds it to what the README says
//! comes out.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::Workspace;

/// Commands that the other steps of CI run already. They take minutes.
const RUN_ELSEWHERE: [&str; 3] = [
    "cargo xtask conformance",
    "cargo xtask fuzz",
    "cargo test --workspace",
];

/// A block of shell commands, and the block of text right after it, if any.
#[derive(Debug, PartialEq, Eq)]
struct Example {
    commands: String,
    output: Option<String>,
}

/// The task: runs every example, the first that fails ends it.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    let readme = fs::read_to_string(workspace.path("README.md")).context("no README.md")?;
    let examples = examples(&readme);
    ensure!(!examples.is_empty(), "README.md has no ```sh block");
    for example in examples {
        let Example { commands, output } = example;
        if commands
            .lines()
            .all(|line| RUN_ELSEWHERE.iter().any(|skip| line.starts_with(skip)))
        {
            continue;
        }
        println!("{}", commands.trim_end());
        let ran = Command::new("sh")
            .args(["-e", "-c", &commands])
            .current_dir(workspace.path("."))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run `sh`")?;
        ensure!(ran.status.success(), "the commands failed: {}", ran.status);
        let found = String::from_utf8_lossy(&ran.stdout);
        if let Some(expected) = output
            && expected != found
        {
            bail!("README.md says that this comes out:\n{expected}and found:\n{found}");
        }
    }
    Ok(0)
}

/// The `sh` blocks of a Markdown text. A `text` block that follows one with nothing
/// but blank lines between is what its commands print.
fn examples(markdown: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = markdown.lines();
    let mut is_adjacent = false;
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            is_adjacent &= line.trim().is_empty();
            continue;
        };
        let block: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        match (language, examples.last_mut()) {
            ("sh", _) => examples.push(Example {
                commands: block,
                output: None,
            }),
            ("text", Some(last)) if is_adjacent => last.output = Some(block),
            _ => {}
        }
        is_adjacent = language == "sh";
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_right_after_commands_is_their_output() {
        let markdown =
            "a\n```sh\necho a\n```\n\n```text\na\n```\n```sh\necho b\n```\nb\n```text\nc\n```\n";
        let expected = [("echo a\n", Some("a\n")), ("echo b\n", None)];
        let found = examples(markdown);
        let found: Vec<_> = found
            .iter()
            .map(|example| (example.commands.as_str(), example.output.as_deref()))
            .collect();
        assert_eq!(found, expected);
    }
}
