//! The cases, loaded and checked.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::{fs, io};

use sha2::{Digest, Sha256};

use crate::bytes::to_hex;
use crate::case::{Case, CaseId};
use crate::case_check::{self, FileName};
use crate::file_check::{Beside, FileCheck, Modules, Pictures, join};
use crate::load_error::{LoadError, LoadErrorKind, LoadErrors, Place};
use crate::lock::Lock;
use crate::source::{FileBytes, Source};

/// Cases: those that are embedded, those of a directory, or those of one file.
///
/// Loading reads and checks every case file and assembles no module: that is done
/// when a case is run.
#[derive(Debug)]
pub struct Corpus {
    cases: Vec<Arc<Case>>,
    /// Every file that was read, for the digest.
    files: BTreeMap<String, FileBytes>,
    digest: OnceLock<String>,
}

impl Corpus {
    /// The corpus of the contract, which is part of this program.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; nothing, in a released version.
    pub fn embedded() -> Result<Corpus, LoadErrors> {
        let lock = Lock::parse("cases.lock", qip_corpus::CASES_LOCK);
        Loader::new(Source::Embedded).load_all(Some(&lock))
    }

    /// One file of the embedded corpus, without looking at the others.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, and where it is not there.
    pub fn embedded_file(area: &str, stem: &str) -> Result<Corpus, LoadErrors> {
        let lock = Lock::parse("cases.lock", qip_corpus::CASES_LOCK);
        Loader::new(Source::Embedded).load_one(area, stem, Some(&lock))
    }

    /// A corpus in a directory that holds `cases/` and `cases.lock`, and perhaps
    /// `regressions/`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn open(directory: impl AsRef<Path>) -> Result<Corpus, LoadErrors> {
        let directory = directory.as_ref();
        let path = directory.join("cases.lock");
        let shown = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&shown, &error))?;
        let lock = Lock::parse(&shown, &text);
        Loader::new(Source::Corpus(directory.to_owned())).load_all(Some(&lock))
    }

    /// As [`Corpus::open`], without looking at `cases.lock`: to write it anew.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn open_to_lock(directory: impl AsRef<Path>) -> Result<Corpus, LoadErrors> {
        Loader::new(Source::Corpus(directory.as_ref().to_owned())).load_all(None)
    }

    /// Cases in a directory without a lock: `<area>/<stem>.toml` under it, as with
    /// modules that have their cases beside them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn open_unlocked(directory: impl AsRef<Path>) -> Result<Corpus, LoadErrors> {
        Loader::new(Source::Directory(directory.as_ref().to_owned())).load_all(None)
    }

    /// The cases of one file, without a lock and without looking at others. The
    /// name of its directory is the area.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn open_file(path: impl AsRef<Path>) -> Result<Corpus, LoadErrors> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let is_toml = path
            .extension()
            .is_some_and(|extension| extension == "toml");
        let Some(stem) = stem.filter(|_| is_toml) else {
            let place = Place::new(shown, 1);
            let message = "a case file is called `<stem>.toml`";
            return Err(LoadError::new(LoadErrorKind::File, place, message).into());
        };
        let directory = path
            .parent()
            .filter(|directory| !directory.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        // Only for the area: what errors show is the path as it was given.
        let absolute = directory
            .canonicalize()
            .map_err(|error| unreadable(&shown, &error))?;
        let area = absolute
            .file_name()
            .and_then(|area| area.to_str())
            .unwrap_or_default();
        let loader = Loader {
            area: Some(area.to_owned()),
            ..Loader::new(Source::Directory(directory.to_owned()))
        };
        loader.load_one("", stem, None)
    }

    /// The cases of one file that is given as text. No file stands beside it: its
    /// modules and bytes are inline.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(area: &str, stem: &str, text: &str) -> Result<Corpus, LoadErrors> {
        let shown = format!("{stem}.toml");
        let mut file = FileCheck::new(text, &shown, None);
        let checked = case_check::check(&mut file, FileName { area, stem });
        LoadErrors::check(file.into_errors())?;
        Ok(Corpus {
            cases: checked.cases.into_iter().map(Arc::new).collect(),
            files: BTreeMap::from([(shown, Cow::Owned(text.as_bytes().to_vec()))]),
            digest: OnceLock::new(),
        })
    }

    /// The cases, in the order of their files and within them.
    pub fn cases(&self) -> &[Arc<Case>] {
        &self.cases
    }

    /// The case with this ID.
    pub fn case(&self, id: &str) -> Option<&Arc<Case>> {
        self.cases.iter().find(|case| case.id.as_str() == id)
    }

    /// The SHA-256 over the paths and bytes of all files that were read, in
    /// hexadecimal. Two reports with one digest judged the same cases.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut hash = Sha256::new();
            for (path, bytes) in &self.files {
                // Lengths, so that no two lists of files run together alike.
                hash.update((path.len() as u64).to_le_bytes());
                hash.update(path);
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(bytes);
            }
            to_hex(&hash.finalize())
        })
    }

    /// The text that `cases.lock` should have.
    pub fn lock(&self) -> String {
        Lock::write(self.cases.iter().map(|case| &case.id))
    }

    /// Assembles every module, which loading leaves for later.
    ///
    /// # Errors
    ///
    /// Every module whose text does not parse, with file and line.
    pub fn assemble(&self) -> Result<(), LoadErrors> {
        let modules = self.cases.iter().flat_map(|case| &case.task.stages);
        let mut errors: Vec<LoadError> = Vec::new();
        for error in modules.filter_map(|stage| stage.module.binary().err()) {
            // Cases share modules.
            if !errors.contains(error) {
                errors.push(error.clone());
            }
        }
        LoadErrors::check(errors)
    }
}

fn unreadable(path: &str, error: &io::Error) -> LoadErrors {
    let message = format!("cannot be read: {error}");
    LoadError::new(LoadErrorKind::Unreadable, Place::new(path, 1), message).into()
}

/// A corpus while it is loaded.
struct Loader {
    source: Source,
    /// The area of all cases, where it is not the directory under the root.
    area: Option<String>,
    modules: Modules,
    pictures: Pictures,
    used: BTreeSet<String>,
    cases: Vec<Arc<Case>>,
    ids: Vec<(CaseId, Place)>,
    files: BTreeMap<String, FileBytes>,
    errors: Vec<LoadError>,
}

impl Loader {
    fn new(source: Source) -> Loader {
        Loader {
            source,
            area: None,
            modules: Modules::new(),
            pictures: Pictures::new(),
            used: BTreeSet::new(),
            cases: Vec::new(),
            ids: Vec::new(),
            files: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    fn load_all(mut self, lock: Option<&Lock>) -> Result<Corpus, LoadErrors> {
        let root = self.source.shown("");
        let paths = self
            .source
            .list()
            .map_err(|error| unreadable(&root, &error))?;
        for path in &paths {
            if let Some(stem) = path.strip_suffix(".toml") {
                let (area, stem) = stem.rsplit_once('/').unwrap_or(("", stem));
                self.load_file(area, stem);
            }
        }
        for path in paths.iter().filter(|path| !self.used.contains(*path)) {
            let what = match path.rsplit_once('.') {
                Some((_, "wat" | "wasm")) => "module",
                Some((_, "png")) => "picture",
                _ => continue,
            };
            let place = Place::new(self.source.shown(path), 1);
            let message = format!("no case uses this {what}");
            self.errors
                .push(LoadError::new(LoadErrorKind::Unused, place, message));
        }
        self.finish(lock, "")
    }

    fn load_one(
        mut self,
        area: &str,
        stem: &str,
        lock: Option<&Lock>,
    ) -> Result<Corpus, LoadErrors> {
        self.load_file(area, stem);
        self.finish(lock, &format!("{}#", join(area, stem)))
    }

    fn load_file(&mut self, area: &str, stem: &str) {
        let path = join(area, &format!("{stem}.toml"));
        let shown = self.source.shown(&path);
        let bytes = match self.source.read(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return self.refuse(&shown, LoadErrorKind::File, "the file is not there"),
            Err(error) => {
                let message = format!("cannot be read: {error}");
                return self.refuse(&shown, LoadErrorKind::Unreadable, &message);
            }
        };
        let text = match str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("the file is no text: {error}");
                return self.refuse(&shown, LoadErrorKind::Format, &message);
            }
        };
        let Some(area_of_ids) = self
            .area
            .as_deref()
            .or(Some(area))
            .filter(|area| !area.is_empty())
        else {
            let message = "a case file stands in the directory of its area";
            return self.refuse(&shown, LoadErrorKind::File, message);
        };
        let beside = Beside {
            source: &self.source,
            area,
            modules: &mut self.modules,
            pictures: &mut self.pictures,
        };
        let mut file = FileCheck::new(text, &shown, Some(beside));
        let checked = case_check::check(
            &mut file,
            FileName {
                area: area_of_ids,
                stem,
            },
        );
        self.cases.extend(checked.cases.into_iter().map(Arc::new));
        self.ids.extend(checked.ids);
        self.used.append(&mut file.used);
        self.errors.extend(file.into_errors());
        self.files.insert(path, bytes);
    }

    fn refuse(&mut self, path: &str, kind: LoadErrorKind, message: &str) {
        self.errors
            .push(LoadError::new(kind, Place::new(path, 1), message));
    }

    fn finish(mut self, lock: Option<&Lock>, only: &str) -> Result<Corpus, LoadErrors> {
        // A file that cannot be parsed has no IDs to be missed.
        if let Some(lock) = lock.filter(|_| self.errors.is_empty()) {
            self.errors.extend(lock.check(&self.ids, only));
        }
        LoadErrors::check(self.errors)?;
        for path in self.used {
            let bytes = self
                .source
                .read(&path)
                .ok()
                .flatten()
                .unwrap_or(Cow::Borrowed(&[]));
            self.files.insert(path, bytes);
        }
        Ok(Corpus {
            cases: self.cases,
            files: self.files,
            digest: OnceLock::new(),
        })
    }
}
