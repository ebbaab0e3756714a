//! One project for each example, as `qip new` would make it, with the example for its source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use qip_module::templates::{self, File, Language};

use super::{DIRECTORY, EXAMPLES, Example};
use crate::program;
use crate::workspace::{Workspace, write_if_changed};

const PACKAGE: &str = "crates/qip-module";

/// What `qip build` ends with where there is no compiler for a project that is in order.
const CANNOT_DO: u8 = 3;

/// Where the project of an example is.
pub(super) fn directory(workspace: &Workspace, language: Language, example: Example) -> PathBuf {
    let of_guests = workspace.target().join("qip").join(DIRECTORY);
    of_guests
        .join("projects")
        .join(language.as_str())
        .join(example.name)
}

/// Builds all examples of a language. Whether there is a compiler for it.
pub(super) fn build(workspace: &Workspace, qip: &Path, language: Language) -> Result<bool> {
    for example in EXAMPLES {
        let directory = directory(workspace, language, example);
        write(workspace, &directory, language, example)?;
        // What was built before is not what is built now.
        let built = directory.join(format!("{}.wasm", example.name));
        if built.exists() {
            fs::remove_file(&built)?;
        }
        match program::status(Command::new(qip).arg("build").arg(&directory))? {
            0 => {}
            CANNOT_DO => return Ok(false),
            status => bail!(
                "`{}` in {} does not build: exit status {status}",
                example.name,
                language.title()
            ),
        }
    }
    Ok(true)
}

/// Writes what `qip new` would, with the example in place of the source. In Rust the library is
/// the crate: a project of `qip new` has a copy of it.
fn write(
    workspace: &Workspace,
    directory: &Path,
    language: Language,
    example: Example,
) -> Result<()> {
    let name = example.name;
    let source = language.source(name);
    for File { path, text } in templates::files(language, example.kind, name) {
        let text = match &*path {
            path if path == source => workspace.read(&example_source(language, name))?,
            "Cargo.toml" => {
                let package = std::path::absolute(workspace.path(PACKAGE))?;
                let package = package.display().to_string();
                format!("{text}\n[dependencies]\nqip-module = {{ path = {package:?} }}\n")
            }
            _ => text,
        };
        write_if_changed(&directory.join(path), text.as_bytes())?;
    }
    Ok(())
}

/// The source of an example, relative to the root.
fn example_source(language: Language, name: &str) -> String {
    let source = language.source(name);
    let extension = source.rsplit('.').next().unwrap_or_default();
    format!("{PACKAGE}/examples/{language}/{name}.{extension}")
}
