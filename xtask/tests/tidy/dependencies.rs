//! Licences and duplicate versions of everything in `Cargo.lock`, by the rules in
//! `deny.toml`: cargo-deny reads them in the workflow, this test wherever tests run.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::assert_none;
use crate::tree;

/// What is read of `deny.toml`.
#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Bans {
    multiple_versions: String,
    skip: Vec<Skip>,
}

/// A duplicate that is put up with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skip {
    /// `name@version`, where the version may be only the first parts of one.
    #[serde(rename = "crate")]
    package: String,
    reason: String,
}

/// What is read of the output of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

fn deny() -> Deny {
    toml::from_str(&tree::read("deny.toml")).expect("deny.toml can be read")
}

/// Every package that any platform and any feature brings in.
fn packages() -> Vec<Package> {
    // The network is asked only where packages of other platforms are not there yet.
    let everywhere: &[&[&str]] = &[&["--offline"], &[]];
    for args in everywhere {
        if let Ok(metadata) = cargo_metadata(args) {
            return metadata.packages;
        }
    }
    let host = format!("--filter-platform={}", host_platform());
    let metadata = cargo_metadata(&["--offline", &host]);
    let metadata = metadata.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "the packages of other platforms cannot be fetched"
    );
    eprintln!("skipped: packages of other platforms, which cannot be fetched");
    metadata.packages
}

fn cargo_metadata(args: &[&str]) -> Result<Metadata, String> {
    let output = cargo()
        .args([
            "metadata",
            "--locked",
            "--all-features",
            "--format-version=1",
        ])
        .args(args)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn host_platform() -> String {
    let output = cargo()
        .args(["--version", "--verbose"])
        .output()
        .expect("cargo can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("cargo says its host").to_owned()
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(tree::root());
    command
}

/// Whether the licences that are allowed are enough. What cannot be read is not; old manifests
/// write `/` for `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let Ok(expression) = Expression::parse_mode(expression, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|required| allowed.contains(&required.to_string()))
}

fn licence_findings(packages: &[Package], allowed: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for Package {
        name,
        version,
        license,
    } in packages
    {
        match license {
            Some(license) if is_allowed(license, allowed) => {}
            Some(license) => findings.push(format!("{name} {version}: `{license}` is not allowed")),
            None => findings.push(format!("{name} {version}: no licence is named")),
        }
    }
    findings
}

fn duplicate_findings(packages: &[Package], skips: &[Skip]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    let mut findings = Vec::new();
    for Skip { package, reason } in skips {
        let (name, version) = package.split_once('@').unwrap_or((package, ""));
        let found = versions.get(name);
        let matched = found.map_or(0, |found| {
            found.iter().filter(|v| covers(version, v)).count()
        });
        if found.is_none_or(|found| found.len() < 2) || matched != 1 {
            findings.push(format!("{package}: the exception matches no duplicate"));
        }
        if reason.trim().is_empty() {
            findings.push(format!("{package}: the exception has no reason"));
        }
    }
    for (name, versions) in versions {
        let is_skipped = |version: &str| {
            let mut names = skips.iter().filter_map(|skip| skip.package.split_once('@'));
            names.any(|(skipped, prefix)| skipped == name && covers(prefix, version))
        };
        let left: Vec<&str> = versions
            .into_iter()
            .filter(|version| !is_skipped(version))
            .collect();
        if left.len() > 1 {
            findings.push(format!(
                "{name}: versions {} without an exception",
                left.join(" and ")
            ));
        }
    }
    findings
}

/// Whether a version is the one that its first parts, or all, are given of.
fn covers(prefix: &str, version: &str) -> bool {
    let rest = version.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[test]
fn licences_are_allowed_and_duplicates_have_a_reason() {
    let deny = deny();
    let packages = packages();
    assert!(packages.iter().any(|package| package.name == "wasmparser"));
    assert_eq!(deny.bans.multiple_versions, "deny");
    let mut findings = licence_findings(&packages, &deny.licenses.allow);
    findings.extend(duplicate_findings(&packages, &deny.bans.skip));
    // A licence that nothing needs allows more than was decided.
    for licence in &deny.licenses.allow {
        let others: Vec<String> = deny
            .licenses
            .allow
            .iter()
            .filter(|other| *other != licence)
            .cloned()
            .collect();
        if licence_findings(&packages, &others).is_empty() {
            findings.push(format!("deny.toml: nothing needs `{licence}`"));
        }
    }
    assert_none(&findings);
}

#[cfg(test)]
fn package(name: &str, version: &str, license: Option<&str>) -> Package {
    Package {
        name: name.to_owned(),
        version: version.to_owned(),
        license: license.map(str::to_owned),
    }
}

#[test]
fn licences_are_enough_or_not() {
    let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for fine in [
        "MIT",
        "Unlicense/MIT",
        "(GPL-3.0-only OR MIT) AND Zlib",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
    ] {
        assert!(is_allowed(fine, &allowed), "{fine}");
    }
    for refused in [
        "",
        "Apache-2.0",
        "MIT AND GPL-3.0-only",
        "MIT WITH LLVM-exception",
        "(MIT",
        "MIT MIT",
    ] {
        assert!(!is_allowed(refused, &allowed), "{refused}");
    }
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let packages = [
        package("a", "1.0.0", Some("MIT")),
        package("b", "1.0.0", Some("GPL-3.0-only")),
        package("c", "1.0.0", None),
    ];
    assert_eq!(
        licence_findings(&packages, &["MIT".to_owned()]),
        [
            "b 1.0.0: `GPL-3.0-only` is not allowed",
            "c 1.0.0: no licence is named"
        ]
    );
}

#[test]
fn a_duplicate_without_an_exception_is_found() {
    let packages = [
        ("a", "0.1.9"),
        ("a", "0.10.2"),
        ("a", "2.0.0"),
        ("b", "1.0.0"),
    ];
    let packages = packages.map(|(name, version)| package(name, version, None));
    let skip = |package: &str, reason: &str| Skip {
        package: package.to_owned(),
        reason: reason.to_owned(),
    };
    let both = [skip("a@0.1", "c has it"), skip("a@0.10.2", "d has it")];
    assert_none(&duplicate_findings(&packages, &both));
    assert_eq!(
        duplicate_findings(&packages, &both[..1]),
        ["a: versions 0.10.2 and 2.0.0 without an exception"]
    );
    let stale = [
        skip("a@0.1", ""),
        skip("a@0.10", "d has it"),
        skip("b@1", "e has it"),
        skip("f@1", "g has it"),
    ];
    assert_eq!(
        duplicate_findings(&packages, &stale),
        [
            "a@0.1: the exception has no reason",
            "b@1: the exception matches no duplicate",
            "f@1: the exception matches no duplicate"
        ]
    );
}

/// wasmi does not say its version, so `qip-host` does. It is right where the manifest takes no
/// other, wherever the package is built.
#[test]
fn wasmi_is_exactly_the_version_that_is_said() {
    let source = tree::read("crates/qip-host/src/wasmi.rs");
    let said = source.split("const VERSION: &str = \"").nth(1);
    let said = said.and_then(|rest| rest.split('"').next());
    let said = said.expect("the version is a constant");
    let manifest = tree::read("Cargo.toml");
    for package in ["wasmi", "wasmi_core"] {
        let exact = format!("\n{package} = {{ version = \"={said}\"");
        assert!(
            manifest.contains(&exact),
            "`{package}` is not pinned to {said}"
        );
    }
}
