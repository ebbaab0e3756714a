//! Links between the documents lead somewhere.

use std::collections::BTreeSet;

use crate::assert_none;
use crate::tree::{self, File};

/// The targets of a Markdown text's links, each with its line, from 1. Blocks of code have
/// none.
fn links(markdown: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut is_code = false;
    for (index, line) in markdown.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            let targets = line.split("](").skip(1);
            let targets = targets.filter_map(|rest| rest.split_once(')'));
            links.extend(targets.map(|(target, _)| (index + 1, target)));
        }
    }
    links
}

/// The anchors of the headings.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().map(|c| if c == ' ' { '-' } else { c });
        kept.filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
            .collect()
    };
    headings.map(anchor).collect()
}

/// The path that a relative link leads to, seen from the root; `.` and `..` are taken out.
fn resolved(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Links that lead nowhere. `paths` is every file there is.
fn findings(files: &[File], paths: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for File { path, text } in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (line, target) in links(text) {
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let to = match file {
                "" => path.clone(),
                _ => resolved(path, file),
            };
            let directory = format!("{to}/");
            let is_there = paths
                .iter()
                .any(|path| *path == to || path.starts_with(&directory));
            let document = files.iter().find(|file| file.path == to);
            let has_anchor = anchor.is_empty()
                || document.is_some_and(|document| anchors(&document.text).contains(anchor));
            if !is_there || !has_anchor {
                findings.push(format!("{path}:{line}: `{target}` leads nowhere"));
            }
        }
    }
    findings
}

#[test]
fn every_link_leads_somewhere() {
    let files = tree::files();
    let count: usize = files.iter().map(|file| links(&file.text).len()).sum();
    assert!(count > 100, "only {count} links are seen");
    assert_none(&findings(&files, &tree::paths()));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let paths = ["README.md", "a/b.md", "a/c/d.toml"].map(str::to_owned);
    let found = |text: &str| {
        let files = [
            File::new("README.md", "# Some Thing: else\n"),
            File::new("a/b.md", text),
        ];
        findings(&files, &paths)
    };
    for fine in [
        "[a](https://example.org/x#y)",
        "[a](../README.md) [b](c/d.toml) [c](c)",
        "[a](../README.md#some-thing-else)",
        "## Here\n[a](#here)",
        "```\n[a](x.md)\n```",
    ] {
        assert_none(&found(fine));
    }
    for wrong in [
        "x.md",
        "../b.md",
        "../README.md#other",
        "#here",
        "c/d.toml#x",
    ] {
        let wanted = format!("a/b.md:2: `{wrong}` leads nowhere");
        assert_eq!(found(&format!("\n[a]({wrong})")), [wanted]);
    }
}
