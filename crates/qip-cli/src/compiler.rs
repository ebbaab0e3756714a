//! The compilers that modules are built with: which are there, and how to get them.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use qip_module::templates::Language;

use crate::exit::Failure;

/// A compiler that was found.
pub(crate) struct Compiler {
    pub(crate) kind: CompilerKind,
    /// The program, and the arguments that every call of it begins with.
    pub(crate) program: Vec<OsString>,
    /// What it says of itself, in one line.
    pub(crate) version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompilerKind {
    Cargo,
    Clang,
    Zig,
    AssemblyScript,
    /// The assembler that `qip` has itself.
    Assembler,
}

/// A language without a compiler.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// What was not found.
    pub(crate) what: &'static str,
    /// How to get it.
    pub(crate) help: &'static str,
}

impl Missing {
    /// Why a module in this language cannot be built.
    pub(crate) fn failure(&self, language: Language) -> Failure {
        let Missing { what, help } = self;
        Failure::Lacks(
            format!("cannot find {what} to compile {}", language.title()),
            (*help).to_owned(),
        )
    }
}

impl Compiler {
    /// The compiler for a language. One may be installed in the directory of the project, and
    /// `QIP_CARGO`, `QIP_CLANG`, `QIP_ZIG` and `QIP_ASC` name others.
    pub(crate) fn find(language: Language, project: &Path) -> Result<Compiler, Missing> {
        match language {
            Language::Rust => cargo().ok_or(Missing {
                what: "cargo with the target wasm32-unknown-unknown",
                help: "get Rust with rustup, then `rustup target add wasm32-unknown-unknown`",
            }),
            Language::C => clang().or_else(zig).ok_or(Missing {
                what: "clang for wasm32 with wasm-ld, or zig,",
                help: "`apt-get install clang lld`, or set QIP_CLANG; or get zig: \
                       `pip install ziglang==0.15.2`",
            }),
            Language::Zig => zig().ok_or(Missing {
                what: "zig",
                help: "`pip install ziglang==0.15.2`, or set QIP_ZIG to a zig 0.15",
            }),
            Language::AssemblyScript => asc(project).ok_or(Missing {
                what: "asc",
                help: "`npm install` in the directory of the project, or set QIP_ASC",
            }),
            Language::Wat => Ok(Compiler {
                kind: CompilerKind::Assembler,
                program: Vec::new(),
                version: format!("the assembler of qip {}", env!("CARGO_PKG_VERSION")),
            }),
        }
    }
}

fn cargo() -> Option<Compiler> {
    // Cargo tells those that it runs where it is.
    let cargo = named("QIP_CARGO").or_else(|| named("CARGO"));
    let cargo = vec![cargo.unwrap_or_else(|| "cargo".into())];
    let version = answer(&cargo, &["--version"])?;
    let rustc = [env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())];
    let libraries = answer(
        &rustc,
        &["--print=target-libdir", "--target=wasm32-unknown-unknown"],
    )?;
    let compiler = Compiler {
        kind: CompilerKind::Cargo,
        program: cargo,
        version,
    };
    Path::new(&libraries).is_dir().then_some(compiler)
}

fn clang() -> Option<Compiler> {
    let clang = vec![named("QIP_CLANG").unwrap_or_else(|| "clang".into())];
    let version = answer(&clang, &["--version"])?;
    // Some come without this target, and many without the linker for it.
    let targets = output(&clang, &["--print-targets"])?;
    let linker = answer(&clang, &["--target=wasm32", "--print-prog-name=wasm-ld"])?;
    answer(&[linker.into()], &["--version"])?;
    let compiler = Compiler {
        kind: CompilerKind::Clang,
        program: clang,
        version,
    };
    targets.contains("wasm32").then_some(compiler)
}

fn zig() -> Option<Compiler> {
    let own = named("QIP_ZIG").map(|zig| vec![zig]);
    // Which of these there is depends on where it came from: the second is PyPI's.
    let usual = [&["zig"][..], &["python3", "-m", "ziglang"]];
    let usual = usual.map(|words| words.iter().map(OsString::from).collect());
    let candidates = own.map_or_else(|| usual.to_vec(), |own| vec![own]);
    candidates.into_iter().find_map(|program: Vec<OsString>| {
        let version = answer(&program, &["version"])?;
        Some(Compiler {
            kind: CompilerKind::Zig,
            program,
            version: format!("zig {version}"),
        })
    })
}

fn asc(project: &Path) -> Option<Compiler> {
    let name = if cfg!(windows) { "asc.cmd" } else { "asc" };
    let local = project.join("node_modules").join(".bin").join(name);
    let local = std::path::absolute(local).ok().filter(|asc| asc.is_file());
    let asc = named("QIP_ASC").or_else(|| local.map(OsString::from));
    let program = vec![asc.unwrap_or_else(|| name.into())];
    let version = answer(&program, &["--version"])?;
    Some(Compiler {
        kind: CompilerKind::AssemblyScript,
        program,
        version: format!("asc {}", version.trim_start_matches("Version ")),
    })
}

/// The program that a variable names. It is called from the directory of the project, so that a
/// path must not depend on where this is.
fn named(variable: &str) -> Option<OsString> {
    let name = env::var_os(variable)?;
    let path = Path::new(&name);
    let is_path = path.components().nth(1).is_some();
    let absolute = is_path.then(|| std::path::absolute(path).ok()).flatten();
    Some(absolute.map_or(name, OsString::from))
}

/// The first line that a program prints, where there is such a program and it succeeds.
fn answer(program: &[OsString], args: &[&str]) -> Option<String> {
    let text = output(program, args)?;
    text.lines().next().map(|line| line.trim().to_owned())
}

fn output(program: &[OsString], args: &[&str]) -> Option<String> {
    let (first, rest) = program.split_first()?;
    let output = Command::new(first).args(rest).args(args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}
