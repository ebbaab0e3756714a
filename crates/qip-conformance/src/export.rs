//! Writing a corpus for those who judge a host by themselves, in any language.

mod files;
mod line;

use std::error::Error as StdError;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qip_cases::{Case, Corpus};
use qip_contract::CONTRACT_EDITION;
use serde::Serialize;

use self::files::Files;
use self::line::CaseLine;

/// The version of `cases.json`. Whatever takes something away raises it.
const SCHEMA: u32 = 1;

const README: &str = include_str!("export/README.md");

const README_FILE: &str = "README.md";
const CLAUSES: &str = "clauses.toml";
const CASES: &str = "cases.json";

/// How much was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Cases.
    pub cases: usize,
    /// Modules, each once however many cases use it.
    pub modules: usize,
}

/// Writes these cases of a corpus into a directory: `cases.json` with everything that they
/// ask and expect, the modules as binaries, `clauses.toml`, and a README that says what is
/// what. The same cases give the same bytes.
///
/// The directory is made where it is not there. One that is not empty must hold an earlier
/// export, known by its README: its files are replaced, `modules/` and `data/` as a whole,
/// and what else lies there stays.
///
/// # Errors
///
/// A directory that holds something else, a module whose text does not parse, and what
/// cannot be written. An export that failed may be tried again.
pub fn export(
    corpus: &Corpus,
    cases: &[Arc<Case>],
    directory: impl AsRef<Path>,
) -> Result<Exported, ExportError> {
    let directory = directory.as_ref();
    prepare(directory)?;
    let mut files = Files::new(directory);
    files.write(README_FILE, README.as_bytes())?;
    files.write(CLAUSES, qip_corpus::CLAUSES.as_bytes())?;
    let lines: Result<Vec<String>, ExportError> = cases
        .iter()
        .map(|case| CaseLine::new(case, &mut files).map(|line| json(&line)))
        .collect();
    write_cases(corpus, &lines?, directory)?;
    Ok(Exported {
        cases: cases.len(),
        modules: files.modules(),
    })
}

/// Makes the directory, and takes an earlier export out of it, but for the README that
/// shows that it is one: what fails half-way can be tried again.
fn prepare(directory: &Path) -> Result<(), ExportError> {
    let failed = |error| ExportError::io(directory, error);
    fs::create_dir_all(directory).map_err(failed)?;
    if fs::read_dir(directory).map_err(failed)?.next().is_none() {
        return Ok(());
    }
    let title = |text: &str| text.lines().next().map(str::to_owned);
    let readme = fs::read_to_string(directory.join(README_FILE));
    if !readme.is_ok_and(|readme| title(&readme) == title(README)) {
        return Err(ExportError(Kind::Occupied(directory.to_owned())));
    }
    gone(&directory.join(CASES), |path| fs::remove_file(path))?;
    for name in [files::MODULES, files::DATA] {
        gone(&directory.join(name), |path| fs::remove_dir_all(path))?;
    }
    Ok(())
}

/// Removes what may not be there.
fn gone(path: &Path, remove: impl Fn(&Path) -> io::Result<()>) -> Result<(), ExportError> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ExportError::io(path, error)),
        _ => Ok(()),
    }
}

/// One case a line, so that two exports can be compared.
fn write_cases(corpus: &Corpus, cases: &[String], directory: &Path) -> Result<(), ExportError> {
    let path = directory.join(CASES);
    let write = || {
        let mut file = BufWriter::new(File::create(&path)?);
        let corpus = json(&CorpusLine {
            sha256: corpus.digest(),
            cases: corpus.cases().len(),
            selected: cases.len(),
        });
        write!(
            file,
            "{{\n\"schema\": {SCHEMA},\n\"contract_edition\": {CONTRACT_EDITION},\n\
             \"corpus\": {corpus},\n\"cases\": [\n{}\n]\n}}\n",
            cases.join(",\n")
        )?;
        file.flush()
    };
    write().map_err(|error| ExportError::io(&path, error))
}

#[derive(Serialize)]
struct CorpusLine<'c> {
    sha256: &'c str,
    cases: usize,
    selected: usize,
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|error| unreachable!("texts, numbers and lists of them: {error}"))
}

/// Why an export was not written.
#[derive(Debug)]
pub struct ExportError(Kind);

#[derive(Debug)]
enum Kind {
    Occupied(PathBuf),
    Module(qip_cases::LoadError),
    Io(PathBuf, io::Error),
}

impl ExportError {
    fn io(path: &Path, error: io::Error) -> ExportError {
        ExportError(Kind::Io(path.to_owned(), error))
    }

    /// Whether the directory holds something else, which nobody wants to lose.
    pub fn is_occupied(&self) -> bool {
        matches!(self.0, Kind::Occupied(_))
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Occupied(path) => write!(
                f,
                "`{}` holds something else: expected a directory that is not there, is empty, \
                 or holds an earlier export",
                path.display()
            ),
            Kind::Module(error) => error.fmt(f),
            Kind::Io(path, _) => write!(f, "cannot write `{}`", path.display()),
        }
    }
}

impl StdError for ExportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Kind::Io(_, error) => Some(error),
            Kind::Occupied(_) | Kind::Module(_) => None,
        }
    }
}
