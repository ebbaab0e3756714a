//! Packs every package as it would be published, and checks what was packed.
//!
//! `cargo package` does that itself, but in a profile of its own, so that it builds
//! wasmtime anew for many minutes. Here the packed sources are checked as a workspace
//! with this one's profiles and lock file: what is built already serves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::program;
use crate::workspace::Workspace;

/// What every package holds besides its sources.
const NEEDED: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What is read of the output of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// The registries that it may go to: none is an empty list, all is no list.
    publish: Option<Vec<String>>,
}

impl Package {
    /// The directory in its archive.
    fn directory(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

/// The task.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    let packages = published(workspace)?;
    let mut pack = workspace.cargo();
    pack.args([
        "package",
        "--quiet",
        "--locked",
        "--allow-dirty",
        "--no-verify",
    ]);
    for package in &packages {
        pack.args(["--package", &package.name]);
    }
    let status = program::status(&mut pack)?;
    if status != 0 {
        return Ok(status);
    }
    let directory = workspace.target().join("qip").join("packages");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    for package in &packages {
        unpack(workspace, package, &directory)?;
    }
    fs::write(directory.join("Cargo.toml"), manifest(&packages))?;
    fs::copy(workspace.path("Cargo.lock"), directory.join("Cargo.lock"))?;
    let mut check = workspace.cargo();
    // Not locked: cargo takes from the lock file what only xtask needs.
    check
        .args(["check", "--quiet", "--workspace"])
        .current_dir(&directory);
    // The profiles; the rest of the file is no configuration, and is passed over.
    check.arg("--config").arg(workspace.path("Cargo.toml"));
    check
        .arg("--target-dir")
        .arg(fs::canonicalize(workspace.target())?);
    program::status(&mut check)
}

fn published(workspace: &Workspace) -> Result<Vec<Package>> {
    let output = workspace
        .cargo()
        .args(["metadata", "--no-deps", "--locked", "--format-version=1"])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("`cargo metadata` failed");
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let is_published = |package: &Package| package.publish.as_ref().is_none_or(|to| !to.is_empty());
    Ok(metadata.packages.into_iter().filter(is_published).collect())
}

fn unpack(workspace: &Workspace, package: &Package, directory: &Path) -> Result<()> {
    let name = package.directory();
    let archive = workspace
        .target()
        .join("package")
        .join(format!("{name}.crate"));
    let mut tar = Command::new("tar");
    // With the time of now: by the archive's, which never changes, cargo would take the
    // sources for those that it checked the last time.
    tar.arg("-xmzf")
        .arg(fs::canonicalize(archive)?)
        .current_dir(directory);
    if program::status(&mut tar)? != 0 {
        bail!("`{name}.crate` cannot be unpacked");
    }
    for file in NEEDED {
        let path = directory.join(&name).join(file);
        fs::metadata(path).with_context(|| format!("`{file}` is not in `{name}.crate`"))?;
    }
    Ok(())
}

/// A workspace of the packed sources, which find each other there.
fn manifest(packages: &[Package]) -> String {
    let mut members = String::new();
    let mut patches = String::new();
    for package in packages {
        let directory = package.directory();
        // Writing to a string cannot fail.
        let _ = write!(members, "{directory:?}, ");
        let _ = writeln!(patches, "{} = {{ path = {directory:?} }}", package.name);
    }
    format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[patch.crates-io]\n{patches}")
}
