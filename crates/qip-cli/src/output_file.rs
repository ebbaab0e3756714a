//! Where output goes that is no text for a terminal, or that `-o` names a file for.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::exit::Failure;

/// Writes a file as a whole or not at all: to a temporary file beside it, which is
/// then renamed. A link to a file that is there is followed, the permissions of a file
/// that was there stay, and a device or a pipe is written to as it stands.
///
/// # Errors
///
/// With the path: what the system refuses, and what `write` says.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let replace = || {
        let old = fs::metadata(path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return write(&mut fs::File::create(path)?);
        }
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let directory = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        // Opened here, so that its permissions are those of any new file, and an error
        // does not name a file that nobody asked for.
        let mut file = tempfile::Builder::new()
            .prefix(".qip-")
            .make_in(directory, |path| fs::File::create_new(path))?;
        write(file.as_file_mut())?;
        if let Some(old) = old {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    replace().with_context(|| format!("cannot write `{}`", path.display()))
}

/// What to say instead of writing bytes to a terminal.
pub(crate) fn no_text_to_a_terminal() -> Failure {
    Failure::Usage(
        "the output is no text, and stdout is a terminal".to_owned(),
        "write it to a file with -o, or to the terminal with --force".to_owned(),
    )
}
