//! The house rules that no other tool holds the workspace to. Every rule is a function
//! from what it looks at to its findings, and is seen to find something.

mod dependencies;
mod generated;
mod links;
mod packages;
mod pictures;
mod readme;
mod sources;
mod tree;

/// Fails with all findings, one a line.
#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(
        findings.is_empty(),
        "{} finding(s)\n{}\n",
        findings.len(),
        findings.join("\n")
    );
}
