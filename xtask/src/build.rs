//! Builds the modules in WebAssembly text, and keeps the list of what came out.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256};

use crate::text;
use crate::workspace::{Workspace, write_if_changed};

/// Where the sources are.
pub(crate) const SOURCES: &str = "modules-wat";

/// The committed list of modules.
const LOCK: &str = "modules-wat/modules.lock";

const LOCK_HEADER: &str = "\
# Written by `cargo xtask build`: every module with its size in bytes and its SHA-256.
# A line that changes without a change of its source means another assembler.
";

/// A module that was built.
pub(crate) struct Module {
    /// Relative to the directory of sources, without an extension: `content/trim`.
    pub(crate) name: String,
    pub(crate) wasm: Vec<u8>,
}

impl Module {
    /// Its source, relative to the root.
    pub(crate) fn source(&self) -> String {
        format!("{SOURCES}/{}.wat", self.name)
    }

    /// Its cases, relative to the root.
    pub(crate) fn cases(&self) -> String {
        format!("{SOURCES}/{}.toml", self.name)
    }

    fn digest(&self) -> String {
        Sha256::digest(&self.wasm)
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }
}

/// The task: builds, prints the table, and writes or checks the list.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<u8> {
    let modules = modules(workspace)?;
    let lock = lock(&modules);
    if check {
        check_lock(workspace, &lock)?;
    } else {
        write_if_changed(&workspace.path(LOCK), lock.as_bytes())?;
    }
    let mut rows = vec![["module", "bytes", "sha256"].map(str::to_owned)];
    rows.extend(modules.iter().map(|module| {
        let digest = module.digest();
        [
            format!("{}.wasm", module.name),
            module.wasm.len().to_string(),
            digest[..16].to_owned(),
        ]
    }));
    print!("{}", text::table(&rows));
    Ok(0)
}

/// Builds every module, writes those that changed, and removes from the directory of
/// built modules what has no source any more.
///
/// # Errors
///
/// Text that is no module, with file and line, all of it at once; no module at all.
pub(crate) fn modules(workspace: &Workspace) -> Result<Vec<Module>> {
    let mut modules = Vec::new();
    let mut errors = Vec::new();
    for source in workspace.list(SOURCES, "wat")? {
        let path = format!("{SOURCES}/{source}");
        match wat::parse_str(&workspace.read(&path)?) {
            Ok(wasm) => {
                let name = source.trim_end_matches(".wat").to_owned();
                modules.push(Module { name, wasm });
            }
            Err(mut error) => {
                error.set_path(&path);
                errors.push(error.to_string());
            }
        }
    }
    if !errors.is_empty() {
        let sources = text::count(errors.len(), "module");
        bail!("{sources} cannot be built\n\n{}", errors.join("\n\n"));
    }
    if modules.is_empty() {
        bail!("there is no module in `{SOURCES}`");
    }
    let built = workspace.modules();
    for module in &modules {
        write_if_changed(&built.join(format!("{}.wasm", module.name)), &module.wasm)?;
    }
    for file in Workspace::list_at(&built, "wasm")? {
        if !modules
            .iter()
            .any(|module| file == format!("{}.wasm", module.name))
        {
            fs::remove_file(built.join(file))?;
        }
    }
    Ok(modules)
}

/// The text of the list.
fn lock(modules: &[Module]) -> String {
    modules
        .iter()
        .fold(LOCK_HEADER.to_owned(), |mut text, module| {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}.wasm {} {}",
                module.name,
                module.wasm.len(),
                module.digest()
            );
            text
        })
}

fn check_lock(workspace: &Workspace, built: &str) -> Result<()> {
    // A list that is not there is as stale as an empty one.
    let listed = workspace.read(LOCK).unwrap_or_default();
    if listed == built {
        return Ok(());
    }
    let mut differences = String::new();
    for line in lines_only_in(&listed, built) {
        let _ = write!(differences, "\n  listed  {line}");
    }
    for line in lines_only_in(built, &listed) {
        let _ = write!(differences, "\n  built   {line}");
    }
    bail!(
        "`{LOCK}` is stale{differences}\n\
         help: run `cargo xtask build` and commit `{LOCK}`"
    )
}

fn lines_only_in<'a>(text: &'a str, other: &str) -> Vec<&'a str> {
    text.lines()
        .filter(|line| !other.lines().any(|found| found == *line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(sources: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in sources {
            let path = directory.path().join(SOURCES).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let workspace = Workspace::at(directory.path());
        (directory, workspace)
    }

    #[test]
    fn a_module_is_built_and_listed() {
        let (_directory, workspace) = workspace(&[("content/empty.wat", "(module)")]);
        assert_eq!(run(&workspace, false).unwrap(), 0);
        assert_eq!(
            fs::read(workspace.modules().join("content/empty.wasm")).unwrap(),
            b"\0asm\x01\0\0\0"
        );
        let digest = "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476";
        assert_eq!(
            workspace.read(LOCK).unwrap(),
            format!("{LOCK_HEADER}content/empty.wasm 8 {digest}\n"),
        );
        assert_eq!(run(&workspace, true).unwrap(), 0);
    }

    #[test]
    fn a_stale_list_is_found_and_left_alone() {
        let (_directory, workspace) = workspace(&[("a.wat", "(module)"), ("b.wat", "(module)")]);
        let error = run(&workspace, true).unwrap_err().to_string();
        assert!(error.contains("built   a.wasm 8 93a4"), "{error}");
        assert!(error.contains("run `cargo xtask build`"), "{error}");
        assert!(!workspace.path(LOCK).exists());

        run(&workspace, false).unwrap();
        fs::remove_file(workspace.path("modules-wat/b.wat")).unwrap();
        let error = run(&workspace, true).unwrap_err().to_string();
        assert!(
            error.contains("listed  b.wasm 8 93a4") && !error.contains("a.wasm"),
            "{error}"
        );
    }

    #[test]
    fn what_has_no_source_any_more_goes() {
        let (_directory, workspace) = workspace(&[("a.wat", "(module)"), ("b.wat", "(module)")]);
        modules(&workspace).unwrap();
        fs::remove_file(workspace.path("modules-wat/b.wat")).unwrap();
        modules(&workspace).unwrap();
        assert!(workspace.modules().join("a.wasm").exists());
        assert!(!workspace.modules().join("b.wasm").exists());
    }

    #[test]
    fn all_errors_of_text_come_with_file_and_line() {
        let (_directory, workspace) = workspace(&[
            ("content/a.wat", "(module\n  (fun))"),
            ("b.wat", "(module (export))"),
        ]);
        let error = modules(&workspace).err().unwrap().to_string();
        assert!(error.contains("2 modules cannot be built"), "{error}");
        assert!(error.contains("modules-wat/content/a.wat:2:4"), "{error}");
        assert!(error.contains("modules-wat/b.wat:1:16"), "{error}");
    }

    #[test]
    fn no_module_is_an_error() {
        let (_directory, workspace) = workspace(&[("readme.md", "")]);
        assert!(modules(&workspace).is_err());
    }
}
