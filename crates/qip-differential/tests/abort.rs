//! An engine that aborts the process is found all the same, by the program.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn an_engine_that_takes_the_process_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("regressions");
    let output = Command::new(env!("CARGO_BIN_EXE_qip-differential"))
        .args(["fuzz", "--plant", "abort", "--generator", "planned"])
        .args(["--seed", "1", "--minutes", "5"])
        .arg("--out")
        .arg(&out)
        .arg("--notes")
        .arg(directory.path().join("notes"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("which engine, and on what?"), "{told}");

    let files = std::fs::read_dir(&out).expect(&told);
    let paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    let of = |ending: &str| {
        let path = paths
            .iter()
            .find(|path| path.extension() == Some(ending.as_ref()));
        std::fs::read_to_string(path.expect(&told)).unwrap()
    };
    let (case, text) = (of("toml"), of("wat"));
    assert!(case.contains("planted-abort: broken"), "{case}");
    assert!(text.contains("memory.fill"), "{text}");
    assert!(text.lines().count() < 30, "{text}");
}
