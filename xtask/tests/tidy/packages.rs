//! What every package has: no dependency of its own making and, where it is published,
//! licences and a README.

use std::collections::BTreeSet;

use crate::assert_none;
use crate::tree::{self, File};

/// The manifests of the workspace's members: not of those that are a workspace of their own.
fn manifests() -> Vec<File> {
    let mut files = tree::files();
    files.retain(|file| {
        file.path.ends_with("/Cargo.toml") && !table(file).contains_key("workspace")
    });
    assert!(
        files.len() > 4,
        "the members of the workspace are not found"
    );
    files
}

fn table(file: &File) -> toml::Table {
    match file.text.parse() {
        Ok(table) => table,
        Err(error) => panic!("{}: {error}", file.path),
    }
}

/// Every table of dependencies of a manifest, those for one platform included.
fn dependency_tables(manifest: &toml::Table) -> Vec<&toml::Table> {
    let mut tables = Vec::new();
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values());
    for owner in std::iter::once(manifest).chain(targets.filter_map(toml::Value::as_table)) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            tables.extend(owner.get(kind).and_then(toml::Value::as_table));
        }
    }
    tables
}

fn dependency_findings(root: &toml::Table, manifests: &[File]) -> Vec<String> {
    let shared = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let shared = shared
        .and_then(toml::Value::as_table)
        .cloned()
        .unwrap_or_default();
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for file in manifests {
        let manifest = table(file);
        for (name, value) in dependency_tables(&manifest).into_iter().flatten() {
            used.insert(name.clone());
            let inherits = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            if !inherits {
                findings.push(format!(
                    "{}: `{name}` has its version outside `[workspace.dependencies]`",
                    file.path
                ));
            }
        }
    }
    for name in shared.keys().filter(|name| !used.contains(*name)) {
        findings.push(format!("Cargo.toml: no package depends on `{name}`"));
    }
    findings
}

#[test]
fn every_dependency_stands_in_the_root_once() {
    let root = table(&File::new("Cargo.toml", &tree::read("Cargo.toml")));
    assert_none(&dependency_findings(&root, &manifests()));
}

#[test]
fn a_dependency_with_a_version_of_its_own_is_found() {
    let root = "[workspace.dependencies]\na = '1'\nb = '1'\nc = '1'\nd = '1'"
        .parse()
        .unwrap();
    let manifest = "[dependencies]\na.workspace = true\nb = { workspace = true }\n\
                    [dev-dependencies]\nc = '1'\n\
                    [target.'cfg(unix)'.dependencies]\ne = { version = '1' }";
    let findings = dependency_findings(&root, &[File::new("x/Cargo.toml", manifest)]);
    assert_eq!(
        findings,
        [
            "x/Cargo.toml: `c` has its version outside `[workspace.dependencies]`",
            "x/Cargo.toml: `e` has its version outside `[workspace.dependencies]`",
            "Cargo.toml: no package depends on `d`",
        ]
    );
}

/// The files that a package without `publish = false` lacks.
fn package_findings(manifests: &[File], file: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for manifest in manifests {
        let directory = manifest.path.trim_end_matches("Cargo.toml");
        let read = table(manifest);
        let package = read
            .get("package")
            .and_then(toml::Value::as_table)
            .cloned()
            .unwrap_or_default();
        if package.get("publish").and_then(toml::Value::as_bool) == Some(false) {
            continue;
        }
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let path = format!("{directory}{name}");
            match file(&path) {
                None => findings.push(format!("{path}: not there, copy the root's")),
                Some(text) if Some(&text) != file(name).as_ref() => {
                    findings.push(format!("{path}: differs from the root's"));
                }
                Some(_) => {}
            }
        }
        if file(&format!("{directory}README.md")).is_none_or(|text| text.trim().is_empty()) {
            findings.push(format!("{directory}README.md: not there, or empty"));
        }
        for key in ["description", "license", "readme", "rust-version"] {
            if !package.contains_key(key) {
                findings.push(format!("{}: no `{key}`", manifest.path));
            }
        }
        let inherits = read.get("lints").and_then(|lints| lints.get("workspace"));
        if inherits.and_then(toml::Value::as_bool) != Some(true) {
            findings.push(format!("{}: no `[lints] workspace = true`", manifest.path));
        }
    }
    findings
}

#[test]
fn every_package_can_be_published() {
    let file = |path: &str| std::fs::read_to_string(tree::root().join(path)).ok();
    assert!(file("LICENSE-APACHE").is_some() && file("LICENSE-MIT").is_some());
    assert_none(&package_findings(&manifests(), file));
}

#[test]
fn what_a_package_lacks_is_found() {
    let file = |path: &str| match path {
        "LICENSE-APACHE" | "LICENSE-MIT" | "x/LICENSE-MIT" => Some(path.to_owned()),
        "x/README.md" => Some("# x".to_owned()),
        _ => None,
    };
    let manifest = "[package]\nlicense = ''\nreadme = ''\nrust-version = ''";
    let findings = package_findings(&[File::new("x/Cargo.toml", manifest)], file);
    assert_eq!(
        findings,
        [
            "x/LICENSE-APACHE: not there, copy the root's",
            "x/LICENSE-MIT: differs from the root's",
            "x/Cargo.toml: no `description`",
            "x/Cargo.toml: no `[lints] workspace = true`",
        ]
    );
    let private = File::new("x/Cargo.toml", "[package]\npublish = false");
    assert_none(&package_findings(&[private], file));
}
