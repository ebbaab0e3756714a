//! The modules that paths lead to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::exit::Failure;

/// The files among `paths`, whatever they are called, and every `.wasm` and `.wat` below the
/// directories among them, sorted.
pub(super) fn modules(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut modules = Vec::new();
    for path in paths {
        if !path.is_dir() {
            modules.push(path.clone());
            continue;
        }
        let before = modules.len();
        // A link may lead back to where the walk has been.
        walk(path, &mut BTreeSet::new(), &mut modules)?;
        if modules.len() == before {
            return Err(Failure::CannotDo(anyhow::anyhow!(
                "`{}` holds no `.wasm` and no `.wat`",
                path.display()
            )));
        }
    }
    Ok(modules)
}

fn walk(
    directory: &Path,
    seen: &mut BTreeSet<PathBuf>,
    modules: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let read = || {
        let canonical = fs::canonicalize(directory)?;
        let entries = fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?;
        Ok::<_, std::io::Error>((canonical, entries))
    };
    let cannot_read = || format!("cannot read `{}`", directory.display());
    let (canonical, entries) = read().with_context(cannot_read)?;
    if !seen.insert(canonical) {
        return Ok(());
    }
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, seen, modules)?;
        } else if path
            .extension()
            .is_some_and(|it| it == "wasm" || it == "wat")
        {
            // `.` says nothing in front of a path.
            modules.push(path.strip_prefix(".").map_or(path.clone(), Path::to_owned));
        }
    }
    Ok(())
}
