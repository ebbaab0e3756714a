//! What the program says about itself.

use std::process::Command;

#[test]
fn help_of_fuzz() {
    let output = Command::new(env!("CARGO_BIN_EXE_qip-differential"))
        .args(["fuzz", "-h"])
        .output()
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn what_cannot_be_understood() {
    let told = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_qip-differential"))
            .args(args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let all = [
        told(&["fuzz", "--minutes", "nan"]),
        told(&["fuzz", "--generator", "rael"]),
        told(&[
            "fuzz",
            "--generator",
            "real",
            "--modules",
            "tests/snapshots",
            "--minutes",
            "0.01",
        ]),
        told(&["attempt", "wasm3", "case.toml"]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
