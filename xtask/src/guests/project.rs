//! One project for each example, as `qip new` would make it, with the example for its source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{DIRECTORY, EXAMPLES, Example, Language};
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
        .join(language.name)
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
                language.title
            ),
        }
    }
    Ok(true)
}

fn write(
    workspace: &Workspace,
    directory: &Path,
    language: Language,
    Example { area, name }: Example,
) -> Result<()> {
    let copy = |from: &str, to: &str| -> Result<()> {
        write_if_changed(&directory.join(to), workspace.read(from)?.as_bytes())?;
        Ok(())
    };
    // It gives the module its name.
    copy(
        &format!("modules-wat/{area}/{name}.toml"),
        &format!("{name}.toml"),
    )?;
    let extension = language.extension;
    let source = format!("{PACKAGE}/examples/{}/{name}.{extension}", language.name);
    match language.name {
        "rust" => {
            copy(&source, "src/lib.rs")?;
            let template = workspace.read(&format!("{PACKAGE}/templates/rust/Cargo.toml.txt"))?;
            let package = std::path::absolute(workspace.path(PACKAGE))?;
            let manifest = format!(
                "{}\n[dependencies]\nqip-module = {{ path = {:?} }}\n",
                template.replace("{{name}}", name),
                package.display().to_string()
            );
            write_if_changed(&directory.join("Cargo.toml"), manifest.as_bytes())?;
        }
        "c" => {
            copy(&source, &format!("{name}.c"))?;
            copy(&format!("{PACKAGE}/c/qip.h"), "qip.h")?;
        }
        "zig" => {
            copy(&source, &format!("{name}.zig"))?;
            copy(&format!("{PACKAGE}/zig/qip.zig"), "qip.zig")?;
        }
        _ => copy(&source, &format!("{name}.{extension}"))?,
    }
    Ok(())
}
