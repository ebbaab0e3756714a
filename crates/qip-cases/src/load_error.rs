//! What is wrong with a corpus, by file and line.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// A line of a file, for people: `cases/in/x.toml:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    path: Arc<str>,
    line: usize,
}

impl Place {
    pub(crate) fn new(path: impl Into<Arc<str>>, line: usize) -> Place {
        Place {
            path: path.into(),
            line,
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// One thing that is wrong with a corpus or an expectation file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    kind: LoadErrorKind,
    place: Place,
    message: String,
}

/// The kind of a [`LoadError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// A file or directory cannot be read.
    Unreadable,
    /// The file is no TOML, or has an unknown key, or a value of another type.
    Format,
    /// A file without a case.
    NoCase,
    /// A name is missing, used twice, or makes no slug.
    Name,
    /// A case names no clause, or one that does not exist.
    Clause,
    /// Keys that do not go together.
    Conflict,
    /// A text that is none of those that may stand here, or a number out of range.
    Value,
    /// A file that is not there, or is named by more than a name.
    File,
    /// Hexadecimal that is none, or too many bytes.
    Bytes,
    /// A picture that is none, or does not say which script made it.
    Image,
    /// A module's bytes that a host may take for WebAssembly text, or text that
    /// does not parse.
    Module,
    /// An expectation that could not fail, or could not be met.
    Expectation,
    /// A `.wat`, `.wasm` or `.png` file that no case uses.
    Unused,
    /// The list of cases and the cases differ.
    Lock,
}

impl LoadError {
    pub(crate) fn new(kind: LoadErrorKind, place: Place, message: impl Into<String>) -> LoadError {
        LoadError {
            kind,
            place,
            message: message.into(),
        }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The message without the place: one line.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl StdError for LoadError {}

/// Everything that is wrong with a corpus: one error or more, in the order of the
/// files. `Display` gives each a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadErrors(Vec<LoadError>);

impl LoadErrors {
    /// `Ok` where there is no error.
    pub(crate) fn check(errors: Vec<LoadError>) -> Result<(), LoadErrors> {
        if errors.is_empty() {
            Ok(())
        } else {
            Err(LoadErrors(errors))
        }
    }

    /// The errors.
    pub fn errors(&self) -> &[LoadError] {
        &self.0
    }
}

impl From<LoadError> for LoadErrors {
    fn from(error: LoadError) -> LoadErrors {
        LoadErrors(vec![error])
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl StdError for LoadErrors {}
