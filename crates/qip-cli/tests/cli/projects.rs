//! `qip new` and `qip build`: from nothing to a module that passes its cases, in every language
//! that there is a compiler for.

#[path = "projects/mistakes.rs"]
mod mistakes;

use std::env;
use std::path::Path;
use std::process::Command;

use crate::ENGINES;
use crate::directory::Directory;
use crate::help::{asked, assert_ends_with_examples_and_exit_codes};
use crate::messages::assert_text;

/// The languages, as `--lang` has them, and the most files of a project.
const LANGUAGES: [&str; 5] = ["rust", "c", "zig", "assemblyscript", "wat"];
const MOST_FILES: usize = 6;

/// Whether there is a compiler for a language. Where one is missing, tests skip and say so.
fn has_compiler(language: &str) -> bool {
    let list = asked(&["new", "--list"]);
    let line = list.lines().find(|line| line.starts_with(language));
    let line = line.unwrap_or_else(|| panic!("{language} is not in the list\n{list}"));
    if line.contains("built with ") {
        return true;
    }
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{line}"
    );
    eprintln!("skipped: {line}");
    false
}

/// Makes a project in a directory `shout`.
#[track_caller]
fn new(directory: &Directory, language: &str, kind: &str) {
    let answer = directory.qip(&["new", "shout", "--lang", language, "--kind", kind]);
    assert_eq!((answer.code, &*answer.stderr), (0, ""));
}

/// Builds it; what the command printed on stderr.
#[track_caller]
fn build(directory: &Directory) -> String {
    let answer = directory.qip(&["build", "shout"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(answer.text().contains("shout.wasm: "), "{}", answer.text());
    answer.stderr
}

/// Runs its cases on every engine.
#[track_caller]
fn assert_green(directory: &Directory, cases: usize) {
    let answer = directory.qip(&["conformance", "--cases", "shout/shout.toml"]);
    assert_eq!(answer.code, 0, "{}{}", answer.text(), answer.stderr);
    let green = format!("green: {cases} of {cases} cases judged");
    assert_eq!(answer.text().matches(&green).count(), ENGINES.len());
}

/// The number of cases in a case file of the templates.
fn cases(directory: &Directory) -> usize {
    directory
        .read_text("shout/shout.toml")
        .matches("[[case]]")
        .count()
}

fn from_nothing_to_green(language: &str) {
    if !has_compiler(language) {
        return;
    }
    for kind in ["content", "tile"] {
        let directory = Directory::new();
        new(&directory, language, kind);
        let commands = build(&directory);
        // Only our own assembler is no command.
        assert_eq!(commands.contains("$ "), language != "wat", "{commands}");
        assert_green(&directory, cases(&directory));
        // Memory is all there ever is (MOD-7).
        match kind {
            "content" => directory
                .pipe(
                    &["run", "--fixed-memory", "shout/shout.wasm", "?marks=3"],
                    "hello",
                )
                .assert_prints("HELLO!!!\n"),
            _ => {
                let picture = image::RgbaImage::from_pixel(65, 2, image::Rgba([200, 100, 50, 7]));
                picture.save(directory.path("in.png")).unwrap();
                let args = ["image", "--fixed-memory", "-i", "in.png", "-o", "out.png"];
                let answer = directory.qip(&[&args[..], &["shout/shout.wasm"]].concat());
                assert_eq!((answer.code, &*answer.stderr), (0, ""));
                let result = image::open(directory.path("out.png")).unwrap().to_rgba8();
                assert!(result.pixels().all(|pixel| pixel.0 == [100, 50, 25, 7]));
            }
        }
    }
}

#[test]
fn rust() {
    from_nothing_to_green("rust");
}

#[test]
fn c() {
    from_nothing_to_green("c");
}

/// Where there is no clang for WebAssembly, zig compiles C.
#[test]
fn c_by_zig() {
    if !has_compiler("zig") {
        return;
    }
    for kind in ["content", "tile"] {
        let directory = Directory::new();
        new(&directory, "c", kind);
        let mut command = directory.command(&["build", "shout"]);
        let output = command.env("QIP_CLANG", "no-clang").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(" build-exe "), "{said}");
        assert_green(&directory, cases(&directory));
    }
}

#[test]
fn zig() {
    from_nothing_to_green("zig");
}

#[test]
fn assemblyscript() {
    from_nothing_to_green("assemblyscript");
}

#[test]
fn wat() {
    from_nothing_to_green("wat");
}

/// Runs a program in the project, which must succeed.
#[track_caller]
fn succeeds(directory: &Directory, program: &str, args: &[&str]) {
    let mut command = Command::new(program);
    command.args(args).current_dir(directory.path("shout"));
    // What cargo set for this test is not for another package.
    for (name, _) in env::vars() {
        if name.starts_with("CARGO_") && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{program} {args:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Whether there is a C compiler for this machine.
fn has_c_compiler() -> bool {
    if Command::new("cc").arg("--version").output().is_ok() {
        return true;
    }
    let about = "there is no C compiler `cc`";
    assert!(
        env::var_os("QIP_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{about}"
    );
    eprintln!("skipped: {about}");
    false
}

/// The functions of a module are plain functions, which tests call natively.
#[test]
fn unit_tests_run_natively() {
    for kind in ["content", "tile"] {
        let directory = Directory::new();
        new(&directory, "rust", kind);
        succeeds(&directory, "cargo", &["test", "--offline"]);

        if has_compiler("zig") {
            let directory = Directory::new();
            new(&directory, "zig", kind);
            match env::var("QIP_ZIG") {
                Ok(zig) => succeeds(&directory, &zig, &["test", "shout.zig"]),
                Err(_) => {
                    let zig = ["-m", "ziglang", "test", "shout.zig"];
                    succeeds(&directory, "python3", &zig);
                }
            }
        }
        if !has_c_compiler() {
            continue;
        }
        let directory = Directory::new();
        new(&directory, "c", kind);
        let args = [
            "-Wall",
            "-Wextra",
            "-Werror",
            "shout-test.c",
            "-o",
            "shout-test",
        ];
        succeeds(&directory, "cc", &args);
        succeeds(&directory, "./shout-test", &[]);
    }
}

#[test]
fn a_project_is_told_and_has_few_files() {
    for language in LANGUAGES {
        let directory = Directory::new();
        let answer = directory.qip(&["new", "my-module", "--lang", language]);
        assert_eq!((answer.code, &*answer.stderr), (0, ""));
        let files = answer.text().lines().filter(|line| line.starts_with("  "));
        let files: Vec<&str> = files
            .map(str::trim)
            .take_while(|line| *line != "cd my-module")
            .collect();
        assert!((4..=MOST_FILES).contains(&files.len()), "{files:?}");
        for file in files {
            assert!(directory.path("my-module").join(file).is_file(), "{file}");
        }
        for command in [
            "qip build\n",
            "qip conformance --cases my-module.toml\n",
            "qip run my-module.wasm\n",
        ] {
            assert!(answer.text().contains(command), "{}", answer.text());
        }
    }
}

#[test]
fn a_workflow_is_written_where_it_is_asked_for() {
    let directory = Directory::new();
    let args = ["new", "shout", "--lang", "wat", "--ci", "github"];
    assert_eq!(directory.qip(&args).code, 0);
    let workflow = directory.read_text("shout/.github/workflows/ci.yml");
    assert!(
        workflow.contains("qip conformance --cases shout.toml"),
        "{workflow}"
    );
}

/// The name may be that of the directory or another.
#[test]
fn a_directory_that_is_there_and_empty_will_do() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("My Module")).unwrap();
    let args = ["new", "My Module", "--lang", "wat", "--name", "shout"];
    assert_eq!(directory.qip(&args).code, 0);
    assert_eq!(directory.qip(&["build", "My Module"]).code, 0);
    assert!(directory.path("My Module/shout.wasm").is_file());
}

#[test]
fn nothing_is_overwritten() {
    let directory = Directory::new();
    directory.file("full/.hidden", "");
    let answer = directory.qip(&["new", "full", "--lang", "c"]);
    answer.assert_fails(3, &["`full` is not empty", "`.hidden`"]);
    assert!(!directory.path("full/full.c").exists());
}

#[test]
fn failures() {
    let directory = Directory::new();
    directory.file("empty/README.md", "");
    directory.file("two/a.toml", "");
    directory.file("two/b.toml", "");
    directory.file("two/Cargo.toml", "");
    directory.file("bare/bare.toml", "");
    directory.file("broken/broken.toml", "");
    directory.file("broken/broken.wat", "(module\n  (fun))\n");
    directory.file("odd/odd.toml", "");
    directory.file("odd/odd.wat", "(module (memory (export \"memory\") 1))\n");
    let mut text = String::new();
    for (args, code) in [
        (&["new"][..], 2),
        (&["new", "a"], 2),
        (&["new", "a", "--lang", "go"], 2),
        (&["new", "Upper", "--lang", "c"], 2),
        (&["new", "a--b", "--lang", "c"], 2),
        (&["new", "a", "--lang", "c", "--name", "1st"], 2),
        (&["new", "a", "--list"], 2),
        (&["new", "empty", "--lang", "c"], 3),
        (&["build", "missing"], 3),
        (&["build", "empty"], 3),
        (&["build", "two"], 3),
        (&["build", "bare"], 3),
        (&["build", "broken"], 1),
        (&["build", "odd"], 1),
    ] {
        let answer = directory.qip(args);
        assert_eq!(answer.code, code, "{args:?}\n{}", answer.stderr);
        assert_eq!(answer.text(), "", "{args:?}");
        text.push_str(&format!("$ qip {}\n{}\n", args.join(" "), answer.stderr));
    }
    assert_text!("failures-of-new-and-build", text);
}

/// What to do is said where a compiler is missing.
#[test]
fn a_compiler_that_is_missing_is_named() {
    let mut text = String::new();
    for language in ["rust", "c", "zig", "assemblyscript"] {
        let directory = Directory::new();
        new(&directory, language, "content");
        let mut command = directory.command(&["build", "shout"]);
        for variable in ["CARGO", "QIP_CARGO", "QIP_CLANG", "QIP_ZIG", "QIP_ASC"] {
            command.env_remove(variable);
        }
        let output = command
            .env("PATH", directory.path("nothing"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        text.push_str(str::from_utf8(&output.stderr).unwrap());
    }
    assert_text!("compilers-that-are-missing", text);
}

#[test]
fn help_of_new() {
    let help = asked(&["new", "--help"]);
    assert_ends_with_examples_and_exit_codes(&help, &["0", "2", "3"]);
    assert_text!("help-of-new", help);
}

#[test]
fn help_of_build() {
    let help = asked(&["build", "--help"]);
    assert!(help.contains("Examples:\n") && help.contains("Exit codes:\n"));
    assert_text!("help-of-build", help);
}

/// Built for release, the example `trim` in Rust has no machinery for panics in it: no message,
/// no name of a file, and no more than 2 KB.
#[test]
fn trim_in_rust_is_small() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../qip-module");
    if !package.is_dir() {
        eprintln!("skipped: the example is not part of the published package");
        return;
    }
    if !has_compiler("rust") {
        return;
    }
    let directory = Directory::new();
    new(&directory, "rust", "content");
    let source = std::fs::read_to_string(package.join("examples/rust/trim.rs")).unwrap();
    // The library is a file of the project here, and no crate.
    let source = source
        .replace("use qip_module::", "mod qip;\nuse qip::")
        .replace("qip_module::content!", "crate::content!");
    directory.file("shout/src/lib.rs", source);
    build(&directory);
    let wasm = directory.read("shout/shout.wasm");
    assert!(wasm.len() <= 2048, "{} bytes", wasm.len());
    for text in ["panic", ".rs", "called", "index", "slice", "len"] {
        let is_there = wasm
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes());
        assert!(!is_there, "`{text}` is in the module");
    }
}
