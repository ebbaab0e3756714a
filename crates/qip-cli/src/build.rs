//! `qip build`: compiles the module of a project that `qip new` made.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use clap::Args;
use qip_contract::{Limits, Refusal, Rules, Signature};
use qip_module::templates::Language;

use crate::compiler::{Compiler, CompilerKind};
use crate::exit::{Exit, Failure};
use crate::message::Messages;
use crate::output_file;

/// Builds the module of a project that `qip new` made.
///
/// The module NAME is the one that has its cases in NAME.toml, and is written beside it, as
/// NAME.wasm. Each command that is run is printed. What is built is held against the contract.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Build {
    /// The directory of the project.
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

const AFTER_HELP: &str = "\
Examples:
  qip build
  qip build my-module

Compilers, where they are not on the PATH, are named by QIP_CARGO, QIP_CLANG, QIP_ZIG and QIP_ASC.

Exit codes:
  0  the module is built, and keeps the contract as far as its bytes show
  1  it does not compile, or does not keep the contract
  2  the command line cannot be understood
  3  there is no such project, no compiler for it, or a file cannot be written";

/// The stack of a module, in bytes. It lies before all data, so that one that overflows leaves
/// memory, and traps.
const STACK: u32 = 65536;

/// What a page of memory has, in bytes.
const PAGE: u64 = 65536;

impl Build {
    pub(crate) fn run(&self, messages: &Messages) -> Result<Exit, Failure> {
        let project = Project::find(&self.directory)?;
        let compiler = Compiler::find(project.language, &project.directory)
            .map_err(|missing| missing.failure(project.language))?;
        messages.detail(|| compiler.version.clone());
        let Some(wasm) = project.compile(&compiler, messages)? else {
            return Ok(Exit::Findings);
        };
        let path = project.path(&project.output());
        let refusals = refusals(&wasm);
        for refusal in &refusals {
            let what = format!("{}: {}: {refusal}", path.display(), refusal.code());
            messages.finding(&what, refusal.help_text());
        }
        if !refusals.is_empty() {
            return Ok(Exit::Findings);
        }
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}: {} bytes", path.display(), wasm.len()).map_err(Failure::of_stdout)?;
        Ok(Exit::Fine)
    }
}

/// A module and where it is written.
struct Project {
    directory: PathBuf,
    name: String,
    language: Language,
}

impl Project {
    /// Looks what a directory holds: the case file gives the name, and the source the language.
    fn find(directory: &Path) -> Result<Project, Failure> {
        let shown = directory.display();
        let names = case_files(directory).with_context(|| format!("cannot read `{shown}`"))?;
        let [name] = &names[..] else {
            let found = match &names[..] {
                [] => "none".to_owned(),
                names => format!("`{}.toml`", names.join(".toml`, `")),
            };
            return Err(Failure::Lacks(
                format!(
                    "`{shown}` is no project: expected one case file `NAME.toml`, found {found}"
                ),
                "`qip new` makes a project".to_owned(),
            ));
        };
        let is_source = |language: &Language| directory.join(language.source(name)).is_file();
        let Some(language) = Language::ALL.into_iter().find(is_source) else {
            let sources = Language::ALL.map(|language| language.source(name));
            return Err(Failure::Lacks(
                format!("`{shown}` has no source for the module `{name}` of `{name}.toml`"),
                format!("it is one of `{}`", sources.join("`, `")),
            ));
        };
        Ok(Project {
            directory: directory.to_owned(),
            name: name.clone(),
            language,
        })
    }

    /// The module, in the directory of the project.
    fn output(&self) -> String {
        format!("{}.wasm", self.name)
    }

    /// Where a file of the project is.
    fn path(&self, file: &str) -> PathBuf {
        if self.directory == Path::new(".") {
            return file.into();
        }
        self.directory.join(file)
    }

    /// Compiles the module and writes it. `None` where it does not compile: the compiler has
    /// told why.
    fn compile(
        &self,
        compiler: &Compiler,
        messages: &Messages,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let output = self.path(&self.output());
        // One that does not compile does not leave an older one behind.
        match fs::remove_file(&output) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::CannotDo(
                    anyhow::Error::new(error)
                        .context(format!("cannot replace `{}`", output.display())),
                ));
            }
            _ => {}
        }
        match compiler.kind {
            CompilerKind::Assembler => {
                let source = self.path(&self.language.source(&self.name));
                return match wat::parse_file(&source) {
                    Ok(wasm) => {
                        output_file::replace(&output, |file| Ok(file.write_all(&wasm)?))?;
                        Ok(Some(wasm))
                    }
                    Err(error) => {
                        messages.finding(&error.to_string(), None);
                        Ok(None)
                    }
                };
            }
            CompilerKind::Cargo => {
                if !self.call(compiler, &cargo_arguments(), messages)? {
                    return Ok(None);
                }
                let built = "target/wasm32-unknown-unknown/release/module.wasm";
                let wasm = read(&self.path(built))?;
                output_file::replace(&output, |file| Ok(file.write_all(&wasm)?))?;
                return Ok(Some(wasm));
            }
            CompilerKind::Clang | CompilerKind::Zig | CompilerKind::AssemblyScript => {}
        }
        // These do not say of themselves that memory is all there ever is. So the first call
        // tells how much is needed, and the second says so.
        if !self.call(compiler, &self.arguments(compiler.kind, None), messages)? {
            return Ok(None);
        }
        let wasm = read(&output)?;
        let memory = Signature::read(&wasm, &Limits::standard())
            .ok()
            .and_then(|signature| signature.memory());
        let Some(memory) = memory else {
            // What is wrong with it is found in what there is.
            return Ok(Some(wasm));
        };
        let arguments = self.arguments(compiler.kind, Some(memory.min_pages));
        if !self.call(compiler, &arguments, messages)? {
            return Ok(None);
        }
        Ok(Some(read(&output)?))
    }

    /// What a compiler that writes the module itself is called with.
    fn arguments(&self, kind: CompilerKind, pages: Option<u64>) -> Vec<String> {
        let source = self.language.source(&self.name);
        let output = self.output();
        let bytes = pages.map(|pages| pages * PAGE);
        let text = match kind {
            CompilerKind::Clang => {
                let maximum =
                    bytes.map_or_else(String::new, |most| format!(",--max-memory={most}"));
                format!(
                    "--target=wasm32 -std=c11 -O2 -Wall -Wextra -ffreestanding -nostdlib \
                     -fvisibility=hidden -mbulk-memory -mnontrapping-fptoint -msign-ext -msimd128 \
                     -Wl,--no-entry,--strip-all,--stack-first,-z,stack-size={STACK}{maximum} \
                     -o {output} {source}"
                )
            }
            CompilerKind::Zig => {
                let maximum =
                    bytes.map_or_else(String::new, |most| format!("--max-memory={most} "));
                // Of C only what is declared an export is one.
                let (mode, exports, source) = match self.language {
                    Language::C => (
                        "ReleaseFast",
                        "",
                        format!(
                            "-cflags -std=c11 -Wall -Wextra -ffreestanding -fvisibility=hidden -- \
                             {source}"
                        ),
                    ),
                    // Keeps the checks of bounds: they cost little, and what is out of bounds
                    // traps.
                    _ => ("ReleaseSafe", "-rdynamic ", source),
                };
                format!(
                    "build-exe -target wasm32-freestanding \
                     -mcpu=generic+bulk_memory+nontrapping_fptoint+sign_ext+simd128 -O {mode} \
                     -fno-entry {exports}-fstrip --stack {STACK} {maximum}--name {name} \
                     -femit-bin={output} {source}",
                    name = self.name
                )
            }
            CompilerKind::AssemblyScript => {
                let maximum =
                    pages.map_or_else(String::new, |most| format!("--maximumMemory {most} "));
                // Without `abort` there is nothing to import.
                format!(
                    "{source} -O3 --runtime stub --use abort= --enable simd {maximum}-o {output}"
                )
            }
            CompilerKind::Cargo | CompilerKind::Assembler => String::new(),
        };
        text.split(' ').map(str::to_owned).collect()
    }

    /// Prints a call of the compiler and makes it. Whether it succeeded.
    fn call(
        &self,
        compiler: &Compiler,
        arguments: &[String],
        messages: &Messages,
    ) -> Result<bool, Failure> {
        let program = compiler.program.iter().cloned();
        let words: Vec<OsString> = program
            .chain(arguments.iter().map(OsString::from))
            .collect();
        let shown: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        messages.say(&format!("$ {}", shown.join(" ")));
        let status = Command::new(&words[0])
            .args(&words[1..])
            .current_dir(&self.directory)
            // Flags for programs of this machine are none for a module.
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS")
            .status()
            .with_context(|| format!("cannot run `{}`", words[0].display()))?;
        if !status.success() {
            messages.finding(&format!("`{}` failed: {status}", words[0].display()), None);
        }
        Ok(status.success())
    }
}

/// The stems of the case files in a directory.
fn case_files(directory: &Path) -> io::Result<Vec<String>> {
    let mut stems = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_case_file = path
            .extension()
            .is_some_and(|extension| extension == "toml")
            && path.file_name().is_some_and(|name| name != "Cargo.toml");
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        stems.extend(stem.filter(|_| is_case_file).map(str::to_owned));
    }
    stems.sort();
    Ok(stems)
}

/// Loops over pixels are not vectorised across them: four channels at once are faster.
fn cargo_arguments() -> Vec<String> {
    let text = format!(
        "rustc --release --target wasm32-unknown-unknown --target-dir target -- \
         -Ctarget-feature=+simd128 -Cno-vectorize-loops -Clink-arg=-zstack-size={STACK} \
         -Clink-arg=--no-growable-memory"
    );
    text.split(' ').map(str::to_owned).collect()
}

/// Everything in which a module does not keep the contract, as far as its bytes show.
fn refusals(wasm: &[u8]) -> Vec<Refusal> {
    match Signature::read(wasm, &Limits::standard()) {
        Ok(signature) => signature.refusals(&Rules::default()),
        Err(refusal) => vec![refusal],
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
}
