//! `qip new`: the files of a new module, in a language of one's own.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::Context;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use qip_contract::quote;
use qip_module::templates::{self, File, Kind, Language};

use crate::compiler::Compiler;
use crate::exit::{Exit, Failure};

/// Makes the project of a new module: its source, its cases, the guest library.
///
/// The directory is made, or is empty. Its last part is the name of the module.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct New {
    /// The directory of the project.
    #[arg(value_name = "DIR", required_unless_present = "list")]
    directory: Option<PathBuf>,
    /// The language of the module.
    #[arg(long, value_name = "LANG", required_unless_present = "list")]
    lang: Option<LanguageName>,
    /// What the module is for.
    #[arg(long, value_name = "KIND", default_value = "content")]
    kind: KindName,
    /// The name of the module, where the directory is called otherwise.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write a workflow for continuous integration, too.
    #[arg(long, value_name = "WHERE")]
    ci: Option<Ci>,
    /// Print the languages, each with its compiler, if there is one, and write nothing.
    #[arg(long, conflicts_with_all = ["directory", "lang", "name", "ci"])]
    list: bool,
}

const AFTER_HELP: &str = "\
Examples:
  qip new my-module --lang rust
  qip new my-filter --lang zig --kind tile
  qip new --list

Exit codes:
  0  the project is there
  2  the command line cannot be understood
  3  the directory is not empty, or cannot be written";

/// A language as an option names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LanguageName(Language);

impl ValueEnum for LanguageName {
    fn value_variants<'a>() -> &'a [LanguageName] {
        static ALL: LazyLock<Vec<LanguageName>> =
            LazyLock::new(|| Language::ALL.into_iter().map(LanguageName).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()).help(self.0.title()))
    }
}

/// A kind as an option names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// Turns text or bytes into others.
    Content,
    /// A filter for pictures.
    Tile,
}

impl From<KindName> for Kind {
    fn from(kind: KindName) -> Kind {
        match kind {
            KindName::Content => Kind::Content,
            KindName::Tile => Kind::Tile,
        }
    }
}

/// A service that runs workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ci {
    /// GitHub Actions.
    Github,
}

impl New {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let (Some(directory), Some(LanguageName(language))) = (&self.directory, self.lang) else {
            print(&list())?;
            return Ok(Exit::Fine);
        };
        let name = self.name(directory)?;
        let mut files = templates::files(language, self.kind.into(), &name);
        if let Some(Ci::Github) = self.ci {
            files.push(templates::github_workflow(language, &name));
        }
        check_empty(directory)?;
        for file in &files {
            write(directory, file)?;
        }
        print(&told(directory, language, self.kind, &name, &files))?;
        Ok(Exit::Fine)
    }

    /// The name of the module: it is that of a file, of a case's ID, and of a package.
    fn name(&self, directory: &Path) -> Result<String, Failure> {
        let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let last = absolute.file_name().unwrap_or_default().to_string_lossy();
        let name = self.name.clone().unwrap_or_else(|| last.into_owned());
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(is_name_byte));
        if is_name && name.len() <= 64 {
            return Ok(name);
        }
        Err(Failure::Usage(
            format!(
                "`{}` is no name for a module, expected lower-case letters and digits, in parts \
                 with `-` between them, a letter first, 64 at most",
                quote(&name)
            ),
            "give another with `--name`".to_owned(),
        ))
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn check_empty(directory: &Path) -> anyhow::Result<()> {
    let shown = directory.display();
    match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot read `{shown}`")),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(entry) => {
                let entry = entry.with_context(|| format!("cannot read `{shown}`"))?;
                let found = entry.file_name().to_string_lossy().into_owned();
                anyhow::bail!(
                    "`{shown}` is not empty, found `{}`; expected a directory that is empty, or \
                     none of this name",
                    quote(&found)
                )
            }
        },
    }
}

fn write(directory: &Path, file: &File) -> anyhow::Result<()> {
    let path = directory.join(&file.path);
    let write = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::File::create_new(&path)?.write_all(file.text.as_bytes())
    };
    write().with_context(|| format!("cannot write `{}`", path.display()))
}

/// What was written, what to type next, and whether the compiler is there.
fn told(
    directory: &Path,
    language: Language,
    kind: KindName,
    name: &str,
    files: &[File],
) -> String {
    let shown = directory.display();
    let mut text = format!("{name}, a module in {}, in `{shown}`:\n", language.title());
    for file in files {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}", file.path);
    }
    let run = match kind {
        KindName::Content => format!("printf hello | qip run {name}.wasm"),
        KindName::Tile => format!("qip image -i in.png -o out.png {name}.wasm"),
    };
    let _ = write!(
        text,
        "\nNext:\n  cd {shown}\n  qip build\n  qip conformance --cases {name}.toml\n  {run}\n\n{}\n",
        compiler(language, directory)
    );
    text
}

/// All languages, each with its compiler.
fn list() -> String {
    let mut text = String::new();
    for language in Language::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<16}{}",
            language.as_str(),
            compiler(language, Path::new("."))
        );
    }
    text
}

/// The compiler for a language in one line: its version, or how to get it.
fn compiler(language: Language, directory: &Path) -> String {
    match Compiler::find(language, directory) {
        Ok(compiler) => format!("built with {}", compiler.version),
        Err(missing) => format!(
            "there is no compiler for {}: {}",
            language.title(),
            missing.help
        ),
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(Failure::of_stdout)
}
