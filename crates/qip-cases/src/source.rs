//! Where the files of a corpus come from: this program itself, or a directory.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The area of cases that were found and not thought of. It stands beside `cases/`.
const REGRESSIONS: &str = "regressions";

/// The files of a corpus. Paths are `<area>/<file>`.
#[derive(Debug)]
pub(crate) enum Source {
    /// The files that are embedded.
    Embedded,
    /// A directory with areas under `cases/`, and one beside it: `regressions/`.
    Corpus(PathBuf),
    /// A directory of areas.
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
            Source::Corpus(root) => {
                let mut paths = Vec::new();
                walk(&root.join("cases"), "", &mut paths)?;
                if paths.iter().any(|path| is_regression(path)) {
                    let message = "`regressions` stands beside `cases`, not in it";
                    return Err(io::Error::other(message));
                }
                let regressions = root.join(REGRESSIONS);
                if regressions.is_dir() {
                    walk(&regressions, &format!("{REGRESSIONS}/"), &mut paths)?;
                }
                paths.sort();
                Ok(paths)
            }
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
            Source::Corpus(_) | Source::Directory(_) => match fs::read(self.path(path)) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Whether there is a file that cases are made by: it stands in an area, or above the
    /// areas. That of a case file that is opened alone may be above its directory.
    pub(crate) fn has_script(&self, path: &str) -> bool {
        match self {
            Source::Embedded => matches!(self.read(path), Ok(Some(_))),
            // Outside of `cases/` it would not be embedded.
            Source::Corpus(_) => !path.starts_with("../") && self.path(path).is_file(),
            Source::Directory(_) => self.path(path).is_file(),
        }
    }

    /// Where a file is.
    fn path(&self, path: &str) -> PathBuf {
        match self {
            Source::Corpus(root) if is_regression(path) => root.join(path),
            Source::Corpus(root) => root.join("cases").join(path),
            Source::Directory(root) => root.join(path),
            Source::Embedded if is_regression(path) => path.into(),
            Source::Embedded => Path::new("cases").join(path),
        }
    }

    /// A path for people.
    pub(crate) fn shown(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }
}

fn is_regression(path: &str) -> bool {
    path.split('/').next() == Some(REGRESSIONS)
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
