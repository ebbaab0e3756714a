//! The files of an export: each content once, under a name that says what it is.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ExportError;

/// Where modules are.
pub(super) const MODULES: &str = "modules";

/// Where bytes are that are too long for `cases.json`.
pub(super) const DATA: &str = "data";

/// The most characters of a file's name, without its extension.
const MAX_NAME: usize = 120;

/// The files that were written.
pub(super) struct Files {
    root: PathBuf,
    /// The path of each content, by its directory and digest.
    written: HashMap<(&'static str, Vec<u8>), String>,
    /// Every path in lower case: some file systems do not tell the cases of letters apart.
    taken: BTreeSet<String>,
}

impl Files {
    pub(super) fn new(root: &Path) -> Files {
        Files {
            root: root.to_owned(),
            written: HashMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// How many modules there are.
    pub(super) fn modules(&self) -> usize {
        let written = self.written.keys();
        written
            .filter(|(directory, _)| *directory == MODULES)
            .count()
    }

    /// Writes a module, and answers its path. `name` has no extension.
    pub(super) fn module(
        &mut self,
        area: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<String, ExportError> {
        self.keep(MODULES, area, name, "wasm", bytes)
    }

    /// Writes bytes, and answers their path.
    pub(super) fn data(
        &mut self,
        area: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<String, ExportError> {
        self.keep(DATA, area, name, "bin", bytes)
    }

    fn keep(
        &mut self,
        directory: &'static str,
        area: &str,
        name: &str,
        extension: &str,
        bytes: &[u8],
    ) -> Result<String, ExportError> {
        let key = (directory, Sha256::digest(bytes).to_vec());
        if let Some(path) = self.written.get(&key) {
            return Ok(path.clone());
        }
        let parts = [directory].into_iter().chain(area.split('/'));
        let parts: Vec<String> = parts.chain([name]).map(plain).collect();
        let stem = parts.join("/");
        let mut path = format!("{stem}.{extension}");
        let mut number = 2;
        while !self.taken.insert(path.to_ascii_lowercase()) {
            path = format!("{stem}-{number}.{extension}");
            number += 1;
        }
        self.write(&path, bytes)?;
        self.written.insert(key, path.clone());
        Ok(path)
    }

    /// Writes a file of the export by its path, and the directories on the way.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.root.join(path);
        let parent = path.parent().unwrap_or(&self.root);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| ExportError::io(&path, error))
    }
}

/// A part of a path that every file system takes, and that leads nowhere else.
fn plain(part: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => c,
        _ => '-',
    };
    let part: String = part.chars().map(plain).take(MAX_NAME).collect();
    let part = part.trim_start_matches('.');
    if part.is_empty() {
        "-".to_owned()
    } else {
        part.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Files, plain};

    #[test]
    fn each_content_is_written_once() {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Files::new(directory.path());
        let mut module = |area, name, bytes: &[u8]| files.module(area, name, bytes).unwrap();
        assert_eq!(module("in", "a", b"1"), "modules/in/a.wasm");
        assert_eq!(module("out", "b", b"1"), "modules/in/a.wasm");
        assert_eq!(module("in", "a", b"2"), "modules/in/a-2.wasm");
        assert_eq!(module("in", "A", b"3"), "modules/in/A-3.wasm");
        assert_eq!(module("in/deep", "a", b"4"), "modules/in/deep/a.wasm");
        assert_eq!(files.modules(), 4);
        // Data is apart.
        assert_eq!(files.data("in", "a", b"1").unwrap(), "data/in/a.bin");
        assert_eq!(files.modules(), 4);
        for (path, bytes) in [("modules/in/a-2.wasm", b"2"), ("data/in/a.bin", b"1")] {
            assert_eq!(fs::read(directory.path().join(path)).unwrap(), bytes);
        }
    }

    #[test]
    fn no_name_leads_out_of_the_export() {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Files::new(directory.path());
        for (area, name, path) in [
            ("..", "a", "modules/-/a.wasm"),
            ("", "..", "modules/-/-.wasm"),
            ("/a//b", "c/d", "modules/-/a/-/b/c-d.wasm"),
            ("C:\\x", "né?", "modules/C--x/n--.wasm"),
        ] {
            assert_eq!(files.module(area, name, path.as_bytes()).unwrap(), path);
        }
        assert_eq!(plain(&"a".repeat(1000)).len(), super::MAX_NAME);
    }
}
