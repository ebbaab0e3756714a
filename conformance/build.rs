//! Writes the tables of embedded files: whatever lies under `cases/` and
//! `expectations/` when the package is built.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let tables = [
        ("CASES", "cases", "Every file under `cases/`."),
        (
            "EXPECTATIONS",
            "expectations",
            "Every file under `expectations/`: one for each subject with known failures.",
        ),
    ];
    let mut source = String::new();
    for (name, directory, about) in tables {
        println!("cargo::rerun-if-changed={directory}");
        table(&mut source, name, about, &package.join(directory))?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    fs::write(out.join("tables.rs"), source)
}

/// Adds one table: paths relative to `root` with `/` between their parts, sorted
/// bytewise, each with its bytes.
fn table(source: &mut String, name: &str, about: &str, root: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort();
    let lines = files.iter().map(|(path, file)| {
        let file = file.display().to_string();
        format!("    ({path:?}, include_bytes!({file:?})),\n")
    });
    let lines: String = lines.collect();
    writeln!(
        source,
        "/// {about} Paths are relative to it, sorted bytewise.\n\
         pub static {name}: &[(&str, &[u8])] = &[\n{lines}];"
    )
    .map_err(io::Error::other)
}

fn walk(directory: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
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
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push((path, entry.path()));
        }
    }
    Ok(())
}
