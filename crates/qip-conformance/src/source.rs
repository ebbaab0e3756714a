//! Where the files of a corpus come from: this program itself, or a directory.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files of a corpus. Paths are relative to `cases/`, with `/` between parts.
#[derive(Debug)]
pub(crate) enum Source {
    /// The files that are embedded.
    Embedded,
    /// The files under a directory.
    Directory(PathBuf),
}

/// The bytes of a file.
pub(crate) type FileBytes = Cow<'static, [u8]>;

impl Source {
    /// The paths of all files, sorted bytewise.
    pub(crate) fn list(&self) -> io::Result<Vec<String>> {
        match self {
            Source::Embedded => Ok(qip_corpus::CASES
                .iter()
                .map(|(path, _)| (*path).to_owned())
                .collect()),
            Source::Directory(root) => {
                let mut paths = Vec::new();
                walk(root, "", &mut paths)?;
                paths.sort();
                Ok(paths)
            }
        }
    }

    /// The bytes of a file, `None` where it is not there.
    pub(crate) fn read(&self, path: &str) -> io::Result<Option<FileBytes>> {
        match self {
            Source::Embedded => {
                let found = qip_corpus::CASES.binary_search_by(|(file, _)| (*file).cmp(path));
                Ok(found.ok().map(|at| Cow::Borrowed(qip_corpus::CASES[at].1)))
            }
            Source::Directory(root) => match fs::read(root.join(path)) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// A path for people.
    pub(crate) fn shown(&self, path: &str) -> String {
        match self {
            Source::Embedded => format!("cases/{path}"),
            Source::Directory(root) => root.join(path).display().to_string(),
        }
    }
}

fn walk(directory: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::other(format!("the file name {} is not UTF-8", name.display()))
        })?;
        // What an editor or a version control system left behind.
        if name.starts_with('.') {
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
