//! Modules that compilers make of the mistakes that people make: found, and at their line of
//! the source where the module has DWARF.
//!
//! Each language skips without its compiler, and says so: `QIP_ZIG` (or `zig`) compiles Zig,
//! C and C++, `QIP_ASC` (or `asc`) AssemblyScript, `rustc` Rust, with its target
//! `wasm32-unknown-unknown`.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

use crate::directory::Directory;
use crate::messages::assert_text;

/// A source, and what is found in what is made of it: codes, with their lines where DWARF can
/// tell.
struct Fixture {
    source: &'static str,
    found: &'static [(&'static str, Option<u32>)],
}

const fn fixture(source: &'static str, found: &'static [(&'static str, Option<u32>)]) -> Fixture {
    Fixture { source, found }
}

const C: &[Fixture] = &[
    fixture("sound.c", &[]),
    fixture("variables.c", &[("capacity-is-address", Some(4))]),
    fixture(
        "wide.c",
        &[("export-shape", Some(8)), ("export-shape", Some(6))],
    ),
    fixture("undefined.c", &[("import", Some(10))]),
    fixture(
        "by-hand.c",
        &[
            ("capacity-beyond-memory", Some(6)),
            ("buffer-over-data", Some(5)),
            ("buffer-over-stack", Some(5)),
        ],
    ),
    fixture(
        "constructors.cc",
        &[
            ("constructors-rerun", Some(11)),
            ("getter-not-constant", Some(11)),
            ("getter-not-constant", Some(12)),
        ],
    ),
];

const ZIG: &[Fixture] = &[
    fixture("sound.zig", &[]),
    fixture("variables.zig", &[("capacity-is-address", Some(2))]),
    fixture("wide.zig", &[("export-shape", Some(11))]),
];

const RUST: &[Fixture] = &[
    fixture("sound.rs", &[]),
    fixture("variables.rs", &[("capacity-is-address", Some(12))]),
    fixture("misspelt.rs", &[("import", Some(27))]),
];

/// AssemblyScript writes no DWARF.
const ASSEMBLYSCRIPT: &[Fixture] = &[
    fixture("sound.ts", &[]),
    fixture("abort.ts", &[("import", None)]),
];

/// Four pages and a stack of one: what every compiler is told.
const MEMORY: &str = "262144";
const STACK: &str = "65536";

/// A compiler, as its command and what comes before the rest.
struct Compiler(String);

impl Compiler {
    /// The compiler that a variable names, if it is there.
    fn find(variable: &str, usual: &str, version: &str) -> Option<Compiler> {
        let program = env::var(variable).unwrap_or_else(|_| usual.to_owned());
        let found = Command::new(&program).arg(version).output();
        if found.is_ok_and(|output| output.status.success()) {
            return Some(Compiler(program));
        }
        skip(&format!("`{program}` is not there: set {variable} to one"));
        None
    }

    #[track_caller]
    fn run(&self, directory: &Directory, args: &[&str]) {
        let mut command = Command::new(&self.0);
        command.args(args).current_dir(directory.path(""));
        command.env("ZIG_LOCAL_CACHE_DIR", directory.path("cache"));
        let Output { status, stderr, .. } = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{} {args:?}: {stderr}", self.0);
    }
}

fn skip(about: &str) {
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}"
    );
    eprintln!("skipped: {about}");
}

/// A directory with the sources.
fn sources() -> Directory {
    let directory = Directory::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/check/sources");
    for entry in std::fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        directory.file(name, std::fs::read(&path).unwrap());
    }
    directory
}

/// Builds each source with and without DWARF, and compares what is found.
#[track_caller]
fn judge(fixtures: &[Fixture], build: impl Fn(&Directory, &str, bool)) -> String {
    let directory = sources();
    let mut text = String::new();
    for Fixture { source, found } in fixtures {
        for has_lines in [true, false] {
            build(&directory, source, has_lines);
            let args = ["check", "module.wasm", "--format", "concise"];
            let answer = directory.qip(&args);
            let told: Vec<&str> = answer.text().lines().collect();
            // Where the stack is, only a name says.
            let is_seen = |code: &str| has_lines || code != "buffer-over-stack";
            let found: Vec<_> = found.iter().filter(|(code, _)| is_seen(code)).collect();
            assert_eq!(told.len(), found.len(), "{source}, {has_lines}: {told:#?}");
            for (line, (code, place)) in told.iter().zip(found) {
                let place = place.filter(|_| has_lines);
                let place = place.map(|line| format!("module.wasm: {source}:{line}"));
                let place = place.unwrap_or_else(|| "module.wasm: 0x".to_owned());
                assert!(line.starts_with(&place), "{source}, {has_lines}: {line}");
                assert!(
                    line.contains(&format!("[{code}]: ")),
                    "{source}, {has_lines}: {line}"
                );
            }
        }
        build(&directory, source, true);
        let answer = directory.qip(&["check", "module.wasm"]);
        text += &format!("# {source}\n{}\n", answer.text());
    }
    text
}

#[test]
fn c() {
    let Some(zig) = Compiler::find("QIP_ZIG", "zig", "version") else {
        return;
    };
    let build = |directory: &Directory, source: &str, has_lines: bool| {
        let compiler = if source.ends_with(".cc") { "c++" } else { "cc" };
        let memory = format!("-Wl,--initial-memory={MEMORY},--max-memory={MEMORY}");
        let stack = format!("-Wl,-z,stack-size={STACK}");
        let mut args = vec![
            compiler,
            "-target",
            "wasm32-freestanding",
            "-nostdlib",
            "-fno-exceptions",
            "-fno-sanitize=undefined",
            "-O2",
            "-Wl,--no-entry,--import-symbols",
            &memory,
            &stack,
            "-Wl,--export=render,--export=input_ptr,--export=input_utf8_cap",
            if has_lines { "-g" } else { "-s" },
            source,
            "-o",
            "module.wasm",
        ];
        if source == "sound.c" {
            args.push("-Wl,--export=output_ptr,--export=output_utf8_cap");
        }
        zig.run(directory, &args);
    };
    assert_text!("of-c", judge(C, build));
}

#[test]
fn zig() {
    let Some(zig) = Compiler::find("QIP_ZIG", "zig", "version") else {
        return;
    };
    let build = |directory: &Directory, source: &str, has_lines: bool| {
        zig.run(
            directory,
            &[
                "build-exe",
                source,
                "-target",
                "wasm32-freestanding",
                "-fno-entry",
                "-rdynamic",
                "-O",
                "ReleaseSmall",
                "--stack",
                STACK,
                &format!("--initial-memory={MEMORY}"),
                &format!("--max-memory={MEMORY}"),
                if has_lines { "-fno-strip" } else { "-fstrip" },
                "-femit-bin=module.wasm",
            ],
        );
    };
    assert_text!("of-zig", judge(ZIG, build));
}

/// A program of WASI, which has an entry of its own and asks its system for everything.
#[test]
fn a_program_of_wasi() {
    let Some(zig) = Compiler::find("QIP_ZIG", "zig", "version") else {
        return;
    };
    let directory = sources();
    let target = [
        "build-exe",
        "main.zig",
        "-target",
        "wasm32-wasi",
        "-rdynamic",
    ];
    let small = ["-O", "ReleaseSmall", "-femit-bin=module.wasm"];
    zig.run(&directory, &[&target[..], &small].concat());
    let answer = directory.qip(&["check", "module.wasm", "--format", "json"]);
    let text = answer.text();
    for found in [
        "wasi_snapshot_preview1.",
        "build for a freestanding target",
        "`_start`",
    ] {
        assert!(text.contains(found), "{found}: {text}");
    }
}

#[test]
fn rust() {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let libraries = Command::new(&rustc)
        .args([
            "--target",
            "wasm32-unknown-unknown",
            "--print",
            "target-libdir",
        ])
        .output();
    let libraries = libraries
        .ok()
        .and_then(|it| String::from_utf8(it.stdout).ok());
    if !libraries.is_some_and(|path| Path::new(path.trim()).is_dir()) {
        skip("`rustc` has no target `wasm32-unknown-unknown`");
        return;
    }
    let rustc = Compiler(rustc);
    let build = |directory: &Directory, source: &str, has_lines: bool| {
        rustc.run(
            directory,
            &[
                "--target=wasm32-unknown-unknown",
                "--crate-type=cdylib",
                "--crate-name=module",
                "--edition=2021",
                "-Copt-level=2",
                "-Cpanic=abort",
                &format!("-Clink-arg=-zstack-size={STACK}"),
                &format!("-Clink-arg=--initial-memory={MEMORY}"),
                &format!("-Clink-arg=--max-memory={MEMORY}"),
                if has_lines {
                    "-Cdebuginfo=2"
                } else {
                    "-Cstrip=symbols"
                },
                source,
                "-o",
                "module.wasm",
            ],
        );
    };
    assert_text!("of-rust", judge(RUST, build));
}

#[test]
fn assemblyscript() {
    let Some(asc) = Compiler::find("QIP_ASC", "asc", "--version") else {
        return;
    };
    let build = |directory: &Directory, source: &str, has_names: bool| {
        let mut args = vec![source, "--runtime", "stub", "-O", "-o", "module.wasm"];
        args.extend(["--initialMemory", "4", "--maximumMemory", "4"]);
        if has_names {
            args.push("--debug");
        }
        asc.run(directory, &args);
    };
    assert_text!("of-assemblyscript", judge(ASSEMBLYSCRIPT, build));
}
