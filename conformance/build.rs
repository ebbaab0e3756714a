//! Writes the tables of embedded files: whatever lies under `cases/`, `regressions/`
//! and `expectations/` when the package is built.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let cases = [("cases", ""), ("regressions", "regressions/")];
    let expectations = [("expectations", "")];
    let tables = [
        (
            "CASES",
            &cases[..],
            "Every file under `cases/`, and every one of `regressions/` under that name.",
        ),
        (
            "EXPECTATIONS",
            &expectations[..],
            "Every file under `expectations/`: one for each subject with known failures.",
        ),
    ];
    let mut source = String::new();
    for (name, directories, about) in tables {
        let mut files = Vec::new();
        for (directory, prefix) in directories {
            println!("cargo::rerun-if-changed={directory}");
            walk(&package.join(directory), prefix, &mut files)?;
        }
        table(&mut source, name, about, files)?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    fs::write(out.join("tables.rs"), source)
}

/// Adds one table: paths with `/` between their parts, sorted bytewise, each with the
/// bytes of its file.
fn table(
    source: &mut String,
    name: &str,
    about: &str,
    mut files: Vec<(String, PathBuf)>,
) -> io::Result<()> {
    files.sort();
    let lines = files.iter().map(|(path, file)| {
        let file = file.display().to_string();
        format!("    ({path:?}, include_bytes!({file:?})),\n")
    });
    let lines: String = lines.collect();
    writeln!(
        source,
        "/// {about} Sorted bytewise by path.\n\
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
