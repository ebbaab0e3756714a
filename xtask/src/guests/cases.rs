//! The case files of `modules-wat`, beside modules of other languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use qip_module::templates::Language;

use super::{DIRECTORY, EXAMPLES, Example, project};
use crate::build::SOURCES;
use crate::workspace::Workspace;

/// Writes a directory of cases, by language and area: `rust/content/trim.wasm` beside
/// `rust/content/trim.toml`, and what that names.
pub(super) fn write(workspace: &Workspace, languages: &[Language]) -> Result<PathBuf> {
    let root = workspace.target().join("qip").join(DIRECTORY).join("cases");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    for language in languages {
        for example in EXAMPLES {
            let area = root.join(language.as_str()).join(example.area());
            fs::create_dir_all(&area)?;
            write_one(workspace, &area, *language, example)?;
        }
    }
    Ok(root)
}

fn write_one(
    workspace: &Workspace,
    directory: &Path,
    language: Language,
    example: Example,
) -> Result<()> {
    let (area, name) = (example.area(), example.name);
    let text = workspace.read(&format!("{SOURCES}/{area}/{name}.toml"))?;
    // Nothing else about it is changed: a module that it names is a binary here.
    fs::write(
        directory.join(format!("{name}.toml")),
        text.replace(".wat\"", ".wasm\""),
    )?;
    for module in named(&text, ".wat\"").into_iter().chain([name]) {
        let file = format!("{module}.wasm");
        let ours = EXAMPLES.iter().find(|example| example.name == module);
        let from = match ours {
            Some(example) => project::directory(workspace, language, *example).join(&file),
            None => workspace.modules().join(area).join(&file),
        };
        copy(&from, &directory.join(&file))?;
    }
    for picture in named(&text, ".png\"") {
        let file = format!("{picture}.png");
        copy(
            &workspace.path(&format!("{SOURCES}/{area}/{file}")),
            &directory.join(&file),
        )?;
    }
    for script in named(&text, ".py\"") {
        let file = format!("{script}.py");
        copy(
            &workspace.path(&format!("{SOURCES}/{area}/{file}")),
            &directory.join(&file),
        )?;
    }
    Ok(())
}

/// The stems of the files that a case file names, in quotes and with this ending.
fn named<'a>(text: &'a str, ending: &str) -> BTreeSet<&'a str> {
    text.match_indices(ending)
        .filter_map(|(end, _)| text[..end].rsplit('"').next())
        .collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy `{}`", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_named_are_found() {
        let text = r#"stages = [{ module = "a.wat" }, { module = "b-c.wat" }]
            image = { file = "scene.png", made_by = "pictures.py" } # "a.wat" again"#;
        assert_eq!(named(text, ".wat\""), BTreeSet::from(["a", "b-c"]));
        assert_eq!(named(text, ".png\""), BTreeSet::from(["scene"]));
        assert_eq!(named(text, ".py\""), BTreeSet::from(["pictures"]));
    }
}
