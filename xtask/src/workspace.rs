//! Where things lie in the workspace.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};

/// The directories of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that this program was built in.
    pub(crate) fn find() -> Workspace {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
        let package = PathBuf::from(package);
        let root = package.parent().unwrap_or(&package).to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            // Like cargo, relative to the current directory.
            Some(target) if !target.is_empty() => PathBuf::from(target),
            _ => root.join("target"),
        };
        Workspace { root, target }
    }

    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Workspace {
        Workspace {
            root: root.to_path_buf(),
            target: root.join("target"),
        }
    }

    /// The path of something that is named relative to the root, with `/`.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where built modules go.
    pub(crate) fn modules(&self) -> PathBuf {
        self.target.join("qip").join("modules")
    }

    /// The target directory, for a `cargo` that runs elsewhere.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// `cargo`, in the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        // What the cargo that started this program set for it is not for another package.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Reads a file that is named relative to the root.
    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        fs::read_to_string(self.path(relative)).with_context(|| format!("cannot read `{relative}`"))
    }

    /// Every file under a directory with this extension: paths relative to it with
    /// `/` between their parts, sorted bytewise.
    pub(crate) fn list(&self, directory: &str, extension: &str) -> Result<Vec<String>> {
        Workspace::list_at(&self.path(directory), extension)
    }

    /// The same for a directory anywhere.
    pub(crate) fn list_at(directory: &Path, extension: &str) -> Result<Vec<String>> {
        let mut files = Vec::new();
        walk(directory, "", extension, &mut files)
            .with_context(|| format!("cannot list `{}`", directory.display()))?;
        files.sort();
        Ok(files)
    }
}

fn walk(
    directory: &Path,
    prefix: &str,
    extension: &str,
    files: &mut Vec<String>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), extension, files)?;
        } else if entry
            .path()
            .extension()
            .is_some_and(|found| found == extension)
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes a file unless it already holds these bytes, and makes the directories that
/// lead to it. Readers see the old file or the new one, never a part.
///
/// # Errors
///
/// What the file system refuses, with the path.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(false);
    }
    let write = || -> std::io::Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(format!(".{}.partial", std::process::id()));
        fs::write(&partial, bytes)?;
        fs::rename(&partial, path)
    };
    write().with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(true)
}
