//! Pictures in case files are those that the scripts beside them make now. That needs
//! Python 3.11: `QIP_PYTHON`, or `python3`. Without one these tests skip, and say so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::tree::{paths, root};

/// What a script that makes pictures is called. With `--check` it writes nothing, and ends
/// with another status than 0 where a picture is not the one that it would write.
const SCRIPT: &str = "pictures.py";

fn scripts() -> Vec<PathBuf> {
    let paths = paths().into_iter().map(PathBuf::from);
    let scripts: Vec<_> = paths.filter(|path| path.ends_with(SCRIPT)).collect();
    assert!(!scripts.is_empty(), "there is no `{SCRIPT}`");
    scripts
}

fn python() -> Option<String> {
    let python = env::var("QIP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let check = "import sys; sys.exit(sys.version_info < (3, 11))";
    let found = Command::new(&python).args(["-c", check]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let about = format!("`{python}` is no Python 3.11");
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}: set QIP_PYTHON to one"
    );
    eprintln!("skipped: {about}");
    None
}

/// What the script says of its pictures, if it does not like them.
fn check(python: &str, script: &Path) -> Result<(), String> {
    // -B leaves no bytecode behind.
    let output = Command::new(python)
        .arg("-B")
        .arg(script)
        .arg("--check")
        .output()
        .expect("Python can be run");
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[test]
fn pictures_are_those_that_their_scripts_make() {
    let Some(python) = python() else { return };
    for script in scripts() {
        if let Err(text) = check(&python, &root().join(&script)) {
            panic!("{}: {text}", script.display());
        }
    }
}

#[test]
fn a_picture_that_is_missing_is_found() {
    let Some(python) = python() else { return };
    for (index, script) in scripts().iter().enumerate() {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pictures-{index}"));
        fs::create_dir_all(&directory).expect("a directory can be made");
        let alone = directory.join(SCRIPT);
        fs::copy(root().join(script), &alone).expect("the script can be copied");
        let text = check(&python, &alone).expect_err("no picture is there");
        assert!(text.contains("stale"), "{}: {text}", script.display());
    }
}
