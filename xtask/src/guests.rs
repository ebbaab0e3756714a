//! The example modules of `qip-module`, the same six in each language: builds them as authors
//! build theirs, runs the cases of their twins in `modules-wat`, and measures both.

mod cases;
mod measure;
mod project;

use anyhow::{Result, bail, ensure};

use crate::workspace::{Workspace, write_if_changed};
use crate::{build, program, text};

/// What is done with the modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guests {
    /// They are built.
    Build,
    /// They are judged and measured, too.
    Judge {
        /// Whether the table of the README is written.
        update: bool,
    },
}

/// A language other than WebAssembly text, which `modules-wat` is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Language {
    /// As `qip new` has it, and the directory of its examples.
    name: &'static str,
    title: &'static str,
    extension: &'static str,
    /// Whether its modules are held to the goals below.
    has_goals: bool,
}

const LANGUAGES: [Language; 4] = [
    Language {
        name: "rust",
        title: "Rust",
        extension: "rs",
        has_goals: true,
    },
    Language {
        name: "c",
        title: "C",
        extension: "c",
        has_goals: true,
    },
    Language {
        name: "zig",
        title: "Zig",
        extension: "zig",
        has_goals: true,
    },
    Language {
        name: "assemblyscript",
        title: "AssemblyScript",
        extension: "ts",
        has_goals: false,
    },
];

/// A module that is there in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Example {
    /// The directory of `modules-wat`: `content` or `tile`.
    area: &'static str,
    name: &'static str,
}

const EXAMPLES: [Example; 6] = [
    Example {
        area: "content",
        name: "trim",
    },
    Example {
        area: "content",
        name: "base64-encode",
    },
    Example {
        area: "content",
        name: "luhn",
    },
    Example {
        area: "content",
        name: "calibrate",
    },
    Example {
        area: "tile",
        name: "invert",
    },
    Example {
        area: "tile",
        name: "box-blur",
    },
];

/// Where everything about guests is built.
const DIRECTORY: &str = "guests";

/// The task.
pub(crate) fn run(workspace: &Workspace, guests: Guests) -> Result<u8> {
    // What the cases pipe to, and what is measured against.
    build::modules(workspace)?;
    let qip = program::built_qip(workspace)?;
    let mut languages = Vec::new();
    for language in LANGUAGES {
        if project::build(workspace, &qip, language)? {
            languages.push(language);
        } else if std::env::var_os("QIP_REQUIRE_TOOLS").is_some_and(|value| value == "1") {
            bail!("there is no compiler for {}", language.title);
        } else {
            println!(
                "skipped: {}, for which there is no compiler",
                language.title
            );
        }
    }
    let Guests::Judge { update } = guests else {
        return Ok(0);
    };
    let directory = cases::write(workspace, &languages)?;
    let status = program::status(
        std::process::Command::new(&qip)
            .arg("conformance")
            .arg("--cases")
            .arg(directory),
    )?;
    if status != 0 {
        return Ok(status);
    }
    let figures = measure::figures(workspace, &qip, &languages)?;
    let table = measure::table(&languages, &figures);
    print!("{table}");
    let missed = measure::missed(&languages, &figures);
    ensure!(
        missed.is_empty(),
        "{} missed\n{}",
        text::count(missed.len(), "goal"),
        missed.join("\n")
    );
    if update {
        ensure!(
            languages.len() == LANGUAGES.len(),
            "the table is of all languages, and a compiler is missing"
        );
        let readme = measure::put_into(&workspace.read("README.md")?, &table)?;
        write_if_changed(&workspace.path("README.md"), readme.as_bytes())?;
    }
    Ok(0)
}
