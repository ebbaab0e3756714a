//! The files of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// A file that is text.
pub(crate) struct File {
    /// Relative to the root, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reads a file that must be there.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    match fs::read_to_string(root().join(path)) {
        Ok(text) => text,
        Err(error) => panic!("cannot read `{path}`: {error}"),
    }
}

/// The path of every file that belongs to the project, sorted: what git tracks or
/// would track; all files but those of a target directory where there is no git.
pub(crate) fn paths() -> Vec<String> {
    let mut paths = git_paths().unwrap_or_else(|| {
        let mut paths = Vec::new();
        walk(&root(), "", &mut paths).expect("the root can be listed");
        paths
    });
    // A file that is deleted and not committed yet is still listed by git.
    paths.retain(|path| root().join(path).is_file());
    paths.sort();
    paths.dedup();
    assert!(
        paths.iter().any(|path| path == "Cargo.toml"),
        "the list of files does not hold the root's `Cargo.toml`"
    );
    paths
}

/// Every file that is text.
pub(crate) fn files() -> Vec<File> {
    let read = |path: String| {
        let bytes = fs::read(root().join(&path)).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(File { path, text })
    };
    paths().into_iter().filter_map(read).collect()
}

fn git_paths() -> Option<Vec<String>> {
    // Otherwise a source archive within some other repository would be judged by that.
    if !root().join(".git").exists() {
        return None;
    }
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_terminator('\0').map(str::to_owned).collect())
}

fn walk(directory: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Cargo marks a target directory, whatever its name.
        if name == ".git" || entry.path().join("CACHEDIR.TAG").exists() {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

#[test]
fn walking_finds_what_git_lists() {
    let mut walked = Vec::new();
    walk(&root(), "", &mut walked).unwrap();
    for path in paths() {
        assert!(walked.contains(&path), "`{path}` is not found by walking");
    }
}
