//! Code in documents. The README of the repository is part of no package: its Rust must be
//! that of a package's README, where it is compiled. The guide for host authors shows parts
//! of the host in Python.

use crate::assert_none;
use crate::tree::{self, read};

/// The blocks of Rust of a Markdown text that are meant to compile.
fn rust_blocks(markdown: &str) -> Vec<&str> {
    let starts = markdown.match_indices("```rust").map(|(at, _)| at);
    starts
        .filter(|at| !markdown[*at..].starts_with("```rust,ignore"))
        .filter_map(|at| {
            let length = markdown[at + 3..].find("```")?;
            Some(&markdown[at..at + 3 + length])
        })
        .collect()
}

fn findings(readme: &str, compiled: &str) -> Vec<String> {
    rust_blocks(readme)
        .into_iter()
        .filter(|block| !compiled.contains(block))
        .map(|block| {
            format!("README.md: this block is not in crates/qip-host/README.md, where it would be compiled:\n{block}")
        })
        .collect()
}

#[test]
fn the_rust_of_the_readme_is_compiled_in_a_package() {
    let (readme, compiled) = (read("README.md"), read("crates/qip-host/README.md"));
    assert!(!rust_blocks(&readme).is_empty(), "README.md shows no Rust");
    assert_none(&findings(&readme, &compiled));
}

#[test]
fn a_block_that_differs_is_found() {
    let readme = "```rust\nlet a = 1;\n```\n```rust,ignore\nno\n```\n";
    assert_eq!(findings(readme, readme).len(), 0);
    assert_eq!(findings(readme, "```rust\nlet a = 2;\n```\n").len(), 1);
}

/// The blocks of Python in the guide that are in none of these texts.
fn made_up_python(guide: &str, sources: &[String]) -> Vec<String> {
    let blocks = guide.split("```python\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .filter(|block| !sources.iter().any(|source| source.contains(block)))
        .map(|block| {
            format!("conformance/README.md: this block is in no file of conformance/hosts/python:\n{block}")
        })
        .collect()
}

#[test]
fn the_python_of_the_guide_is_that_of_the_host() {
    let files = tree::files().into_iter();
    let sources: Vec<String> = files
        .filter(|file| file.path.starts_with("conformance/hosts/python/"))
        .map(|file| file.text)
        .collect();
    let guide = read("conformance/README.md");
    assert!(guide.contains("```python\n"), "the guide shows no Python");
    assert_none(&made_up_python(&guide, &sources));
}

#[test]
fn python_that_is_made_up_is_found() {
    let guide = "```python\na = 1\n```\n```python\nb = 2\n```\n";
    let found = |source: &str| made_up_python(guide, &[source.to_owned()]).len();
    assert_eq!(found("a = 1\nb = 2\n"), 0);
    assert_eq!(found("a = 1\nb = 3\n"), 1);
}

/// The number of cases in the table that the README shows is that of the corpus.
#[test]
fn the_table_of_the_readme_is_of_this_corpus() {
    let cases = read("conformance/cases.lock")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    let shown = format!("green: {cases} of {cases} cases judged");
    assert!(
        read("README.md").contains(&shown),
        "README.md does not show `{shown}`: put in what `cargo xtask conformance` ends with"
    );
}
