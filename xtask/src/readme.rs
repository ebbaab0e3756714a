//! Runs what the documents tell a reader to run, and holds it to what they say comes out.
//! `qip` is the one of this workspace, as a reader has installed it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, bail, ensure};

use crate::program;
use crate::workspace::Workspace;

/// The README, and the guide for host authors.
const DOCUMENTS: [&str; 2] = ["README.md", "conformance/README.md"];

/// Commands that other steps of CI run already. They take minutes, or a network.
const RUN_ELSEWHERE: [&str; 6] = [
    "cargo xtask conformance",
    "cargo xtask fuzz",
    "cargo test --workspace",
    INSTALL,
    "python3 -m venv target/python",
    "target/python/bin/python3 -m pip install",
];

/// How a reader installs `qip`. Here the one that is built for everything else stands in for
/// it: a release build takes many minutes.
const INSTALL: &str = "cargo install --locked --path crates/qip-cli";

/// The Python that the guide has a reader make. `QIP_PYTHON` may name another.
const PYTHON: &str = "target/python/bin/python3";

/// Where the guide has its reader write files.
const SCRATCH: &str = "target/guide";

/// A block of shell commands, and the block of text right after it, if any.
#[derive(Debug, PartialEq, Eq)]
struct Example {
    commands: String,
    output: Option<String>,
}

/// The task: runs every example, the first that fails ends it.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    // What is left from before could stand in for what a document forgets.
    let scratch = workspace.path(SCRATCH);
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove `{SCRATCH}`"))?;
    }
    let python = python(workspace)?;
    let path = path_with_qip(workspace)?;
    for document in DOCUMENTS {
        let examples = examples(&workspace.read(document)?);
        ensure!(!examples.is_empty(), "{document} has no ```sh block");
        for example in examples
            .iter()
            .filter(|example| !example.is_run_elsewhere())
        {
            let Some(commands) = example.commands(python.as_deref()) else {
                println!("skipped: {document}: {}", example.commands.trim_end());
                continue;
            };
            println!("{}", commands.trim_end());
            let found =
                print_of(workspace, &path, &commands).with_context(|| document.to_owned())?;
            if let Some(expected) = &example.output
                && expected.trim_end() != found.trim_end()
            {
                bail!("{document} says that this comes out:\n{expected}and found:\n{found}");
            }
        }
    }
    Ok(0)
}

/// Builds `qip`, and answers with a `PATH` on which it is the first.
fn path_with_qip(workspace: &Workspace) -> Result<OsString> {
    let status = program::status(
        workspace
            .cargo()
            .args(["build", "--quiet", "--locked", "--bin", "qip"]),
    )?;
    ensure!(status == 0, "`qip` cannot be built");
    let found = env::var_os("PATH").unwrap_or_default();
    let built = std::path::absolute(workspace.target().join("debug"))?;
    let all = std::iter::once(built).chain(env::split_paths(&found));
    env::join_paths(all).context("cannot put the target directory on `PATH`")
}

/// What the commands print, which must succeed.
fn print_of(workspace: &Workspace, path: &OsStr, commands: &str) -> Result<String> {
    let ran = Command::new("sh")
        .args(["-e", "-c", commands])
        .env("PATH", path)
        .current_dir(workspace.path("."))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run `sh`")?;
    ensure!(ran.status.success(), "the commands failed: {}", ran.status);
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

/// A Python that can run the example host, if there is one. It must be there where
/// `QIP_REQUIRE_TOOLS` is 1.
fn python(workspace: &Workspace) -> Result<Option<String>> {
    let named = env::var("QIP_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|_| workspace.path(PYTHON));
    let found = Command::new(&python)
        .args(["-c", "import wasmtime"])
        .stderr(Stdio::null())
        .status();
    let python = python.display().to_string();
    if found.is_ok_and(|status| status.success()) {
        return Ok(Some(python));
    }
    let about = format!("`{python}` is no Python with the package `wasmtime`");
    if env::var_os("QIP_REQUIRE_TOOLS").is_some_and(|value| value == "1") {
        bail!("{about}\nhelp: conformance/README.md says how to make one, or set QIP_PYTHON");
    }
    println!("skipped: what needs Python, for {about}");
    Ok(None)
}

impl Example {
    fn is_run_elsewhere(&self) -> bool {
        let is_known = |line: &str| RUN_ELSEWHERE.iter().any(|skip| line.starts_with(skip));
        self.commands.lines().all(is_known)
    }

    /// The commands with this Python; none if they need one and there is none.
    fn commands(&self, python: Option<&str>) -> Option<String> {
        match python {
            Some(python) => Some(self.commands.replace(PYTHON, python)),
            None if self.commands.contains(PYTHON) => None,
            None => Some(self.commands.clone()),
        }
    }
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

    #[test]
    fn what_needs_python_gets_the_one_that_is_there() {
        let markdown = "```sh\ntarget/python/bin/python3 a.py\n```\n```sh\ntrue\n```\n";
        let found = examples(markdown);
        let commands = |python| -> Vec<_> {
            let commands = found.iter().map(|example| example.commands(python));
            commands.collect()
        };
        let text = |text: &str| Some(format!("{text}\n"));
        assert_eq!(commands(Some("py")), [text("py a.py"), text("true")]);
        assert_eq!(commands(None), [None, text("true")]);
    }

    #[test]
    fn a_block_is_run_elsewhere_if_all_of_it_is() {
        let markdown = "```sh\ncargo xtask fuzz --minutes 1\ncargo test --workspace # all\n```\n\
                        ```sh\ncargo xtask fuzz\ntrue\n```\n";
        let found: Vec<bool> = examples(markdown)
            .iter()
            .map(Example::is_run_elsewhere)
            .collect();
        assert_eq!(found, [true, false]);
    }
}
