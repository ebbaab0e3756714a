//! Generated files are those that their generators write now.

use std::process::Command;

#[track_caller]
fn assert_fresh(args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .output()
        .expect("xtask can be run");
    assert!(
        output.status.success(),
        "cargo xtask {}\n{}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// With it come unknown codes and keys, IDs that stand twice, and failure codes that
/// no clause names.
#[test]
fn the_list_of_clauses_is_fresh() {
    assert_fresh(&["clauses", "--check"]);
}

#[test]
fn the_list_of_modules_is_fresh() {
    assert_fresh(&["build", "--check"]);
}
