//! The targets of `fuzz/` over their seeds, without a fuzzer.

use std::path::Path;

use qip_differential::target::{self, TARGETS, Target};

#[track_caller]
fn holds(name: &str) {
    let target: Target = TARGETS
        .into_iter()
        .find(|target| target.name == name)
        .unwrap();
    let seeds = target::seeds(target).unwrap();
    assert!(seeds.len() > 40, "{name} has {} seeds", seeds.len());
    for (_, seed) in &seeds {
        (target.run)(seed);
        // And something like it.
        (target.run)(&seed[..seed.len() / 2]);
    }
    println!("{name}: {} seeds", seeds.len());
}

#[test]
fn signature() {
    holds("signature");
}

#[test]
fn check() {
    holds("check");
}

#[test]
fn run() {
    holds("run");
}

#[test]
fn case_file() {
    holds("case_file");
}

#[test]
fn differential() {
    holds("differential");
}

#[test]
fn random_body() {
    holds("random_body");
}

#[test]
fn bmp() {
    holds("bmp");
}

#[test]
fn codec() {
    holds("codec");
}

#[test]
fn pipeline() {
    holds("pipeline");
}

#[test]
fn every_target_has_its_file() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(directory.join("Cargo.toml")).unwrap();
    let mut files: Vec<String> = std::fs::read_dir(directory.join("fuzz_targets"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut expected = TARGETS.map(|target| format!("{}.rs", target.name));
    expected.sort();
    assert_eq!(files, expected);
    for file in files {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{file}\"")),
            "{file}"
        );
    }
}
