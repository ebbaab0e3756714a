//! Corpora made for a test.

use std::fs;
use std::path::Path;

use qip_cases::Corpus;
use tempfile::TempDir;

/// A module in WebAssembly text for cases whose answers are made up.
pub(crate) const ANY_MODULE: &str = "module = { wat = '(module)' }\n";

/// Writes the files of a corpus into a directory of their own.
pub(crate) fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// A corpus of one file, `area/file.toml`.
pub(crate) fn corpus(text: &str) -> Corpus {
    let directory = files(&[("area/file.toml", text)]);
    Corpus::open_unlocked(directory.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What errors say, with the path of the test's directory taken out.
pub(crate) fn without_directory(text: &str, directory: &Path) -> String {
    text.replace(&format!("{}/", directory.display()), "")
        .replace(&directory.display().to_string(), ".")
}

/// Cases that expect the scalar 1, by name; other keys may follow a name.
pub(crate) fn cases(names: &[&str]) -> String {
    let cases = names.iter().map(|name| {
        format!("[[case]]\nname = {name:?}\nclauses = [\"IN-3\"]\nexpect = {{ scalar = 1 }}\n")
    });
    format!(
        "summary = \"made up\"\n{ANY_MODULE}{}",
        cases.collect::<String>()
    )
}
