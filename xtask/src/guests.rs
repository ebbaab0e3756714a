//! The example modules of `qip-module`, the same six in each language: builds them as authors
//! build theirs, runs the cases of their twins in `modules-wat`, and measures both.

mod cases;
mod measure;
mod project;

use anyhow::{Result, bail, ensure};
use qip_module::templates::{Kind, Language};

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

/// The languages beside WebAssembly text, which `modules-wat` is in.
fn languages() -> impl Iterator<Item = Language> {
    let all = Language::ALL.into_iter();
    all.filter(|language| *language != Language::Wat)
}

/// A module that is there in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Example {
    kind: Kind,
    name: &'static str,
}

const EXAMPLES: [Example; 6] = [
    Example {
        kind: Kind::Content,
        name: "trim",
    },
    Example {
        kind: Kind::Content,
        name: "base64-encode",
    },
    Example {
        kind: Kind::Content,
        name: "luhn",
    },
    Example {
        kind: Kind::Content,
        name: "calibrate",
    },
    Example {
        kind: Kind::Tile,
        name: "invert",
    },
    Example {
        kind: Kind::Tile,
        name: "box-blur",
    },
];

impl Example {
    /// Its directory in `modules-wat`, and among the modules that are built.
    fn area(self) -> &'static str {
        self.kind.as_str()
    }
}

/// Where everything about guests is built.
const DIRECTORY: &str = "guests";

/// The task.
pub(crate) fn run(workspace: &Workspace, guests: Guests) -> Result<u8> {
    // What the cases pipe to, and what is measured against.
    build::modules(workspace)?;
    let qip = program::built_qip(workspace)?;
    let mut built = Vec::new();
    for language in languages() {
        if project::build(workspace, &qip, language)? {
            built.push(language);
        } else if std::env::var_os("QIP_REQUIRE_TOOLS").is_some_and(|value| value == "1") {
            bail!("there is no compiler for {}", language.title());
        } else {
            println!(
                "skipped: {}, for which there is no compiler",
                language.title()
            );
        }
    }
    let Guests::Judge { update } = guests else {
        return Ok(0);
    };
    let directory = cases::write(workspace, &built)?;
    let status = program::status(
        std::process::Command::new(&qip)
            .arg("conformance")
            .arg("--cases")
            .arg(directory),
    )?;
    if status != 0 {
        return Ok(status);
    }
    let figures = measure::figures(workspace, &qip, &built)?;
    let table = measure::table(&built, &figures);
    print!("{table}");
    let missed = measure::missed(&built, &figures);
    ensure!(
        missed.is_empty(),
        "{} missed\n{}",
        text::count(missed.len(), "goal"),
        missed.join("\n")
    );
    if update {
        ensure!(
            built.len() == languages().count(),
            "the table is of all languages, and a compiler is missing"
        );
        let readme = measure::put_into(&workspace.read("README.md")?, &table)?;
        write_if_changed(&workspace.path("README.md"), readme.as_bytes())?;
    }
    Ok(0)
}
