//! What may stand in a file, and what a file may be called.

use qip_contract::{CLAUSES, Clause};

use crate::assert_none;
use crate::tree::{self, File};

/// Every line that a rule finds, with file and line.
fn lines(files: &[File], about: &str, finds: impl Fn(&File, usize, &str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if finds(file, index, line) {
                let File { path, .. } = file;
                findings.push(format!("{path}:{}: {about}: {}", index + 1, line.trim()));
            }
        }
    }
    findings
}

/// Whether a word stands in a text, not as part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// A line of Rust without its comment and without what its strings hold.
fn code(line: &str) -> String {
    let mut code = String::new();
    let mut in_string = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => {
                chars.next();
            }
            '"' => in_string = !in_string,
            '/' if !in_string && chars.peek() == Some(&'/') => break,
            c if !in_string => code.push(c),
            _ => {}
        }
    }
    code
}

// Put together from parts, so that this file is not found itself.
const MARKERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const UNFINISHED: &[&str] = &[
    concat!("todo", "!("),
    concat!("dbg", "!("),
    concat!("#[", "ignore"),
];
const OUTSIDE: &[&str] = &[
    concat!("..", "/shared"),
    concat!("/", "work/"),
    concat!("/", "root/"),
];

fn unfinished(files: &[File]) -> Vec<String> {
    lines(files, "unfinished", |file, _, line| {
        MARKERS.iter().any(|marker| has_word(line, marker))
            || file.is_rust() && UNFINISHED.iter().any(|text| line.contains(text))
    })
}

#[test]
fn nothing_is_left_unfinished() {
    assert_none(&unfinished(&tree::files()));
}

#[test]
fn what_is_unfinished_is_found() {
    for text in MARKERS.iter().chain(UNFINISHED) {
        let file = File::new("a.rs", &format!("fn a() {{}}\n    {text}"));
        assert_eq!(unfinished(&[file]).len(), 1, "{text}");
    }
    let fine = format!("mastodon {}S {}_LIST", MARKERS[0], MARKERS[1]);
    assert_none(&unfinished(&[File::new("a.md", &fine)]));
}

fn outside(files: &[File]) -> Vec<String> {
    lines(files, "a path outside the project", |_, _, line| {
        OUTSIDE.iter().any(|path| line.contains(path))
    })
}

#[test]
fn nothing_refers_outside_the_project() {
    assert_none(&outside(&tree::files()));
}

#[test]
fn a_path_outside_the_project_is_found() {
    for path in OUTSIDE {
        let file = File::new("a.md", &format!("see {path}x"));
        assert_eq!(outside(&[file]).len(), 1, "{path}");
    }
}

fn unexplained_unsafe(files: &[File]) -> Vec<String> {
    lines(
        files,
        "`unsafe` without a SAFETY comment",
        |file, index, line| {
            let code_line = code(line);
            if !file.is_rust() || !has_word(&code_line, "unsafe") {
                return false;
            }
            // What a method of a trait asks is said by the trait; what it does in its body
            // is in blocks of their own.
            if code_line.trim_start().starts_with("unsafe fn ") {
                return false;
            }
            let is_safety = |line: &str| line.contains("SAFETY:") || line.contains("# Safety");
            let before: Vec<&str> = file.text.lines().take(index).collect();
            // Comments, attributes and the head of the same statement may lie between.
            let above = before.iter().rev().take_while(|line| {
                let line = line.trim();
                !line.is_empty()
                    && (line.starts_with("//")
                        || line.starts_with("#[")
                        || !code(line).trim_end().ends_with([';', '{', '}']))
            });
            !is_safety(line) && !above.into_iter().any(|line| is_safety(line))
        },
    )
}

#[test]
fn every_unsafe_is_explained() {
    assert_none(&unexplained_unsafe(&tree::files()));
}

#[test]
fn an_unexplained_unsafe_is_found() {
    let found = |text| unexplained_unsafe(&[File::new("a.rs", text)]).len();
    assert_eq!(found("let a = unsafe { b() };"), 1);
    assert_eq!(
        found("// SAFETY: of another statement.\nb();\nunsafe { b() }"),
        1
    );
    assert_eq!(found("unsafe impl Send for A {}"), 1);
    assert_eq!(
        found("// SAFETY: b is fine.\nlet a =\n    unsafe { b() };"),
        0
    );
    assert_eq!(
        found("// SAFETY: b is fine.\n#[expect(x)]\nlet a = unsafe { b() };"),
        0
    );
    assert_eq!(
        found("/// # Safety\n///\n/// Always.\npub unsafe fn b() {}"),
        0
    );
    assert_eq!(found("pub unsafe fn b() {}"), 1);
    assert_eq!(found("unsafe impl A for B {\n    unsafe fn c() {}"), 1);
    assert_eq!(found("unsafe_code; // unsafe\nlet a = \"unsafe\";"), 0);
}

/// A name that says nothing about what a file holds, and the old form of a module.
fn vague_names(paths: &[String]) -> Vec<String> {
    let is_vague = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        ["util", "utils", "common", "helper", "helpers"].contains(&stem) || part == "mod.rs"
    };
    let found = paths.iter().filter(|path| path.split('/').any(is_vague));
    found
        .map(|path| format!("{path}: a name says what a thing holds"))
        .collect()
}

#[test]
fn names_say_what_a_thing_holds() {
    assert_none(&vague_names(&tree::paths()));
}

#[test]
fn a_vague_name_is_found() {
    let paths = [
        "a/utils.rs",
        "a/mod.rs",
        "helpers/a.rs",
        "tests/common/a.rs",
    ];
    assert_eq!(vague_names(&paths.map(str::to_owned)).len(), 4);
    let paths = ["cases/mod/memory.wat", "modes.rs", "a/module.rs"];
    assert_none(&vague_names(&paths.map(str::to_owned)));
}

/// An engine's crate is named in that engine's own file and in benchmarks alone; the
/// host's modules of the same names are named everywhere.
fn engine_types(files: &[File]) -> Vec<String> {
    let may = |path: &str| {
        let own = ["wasmtime", "wasmi"].iter().any(|engine| {
            path == format!("crates/qip-host/src/{engine}.rs")
                || path.starts_with(&format!("crates/qip-host/src/{engine}/"))
        });
        own || path.contains("/benches/")
    };
    let names_crate = |line: &str| {
        ["wasmtime", "wasmi", "wasmi_core"].iter().any(|engine| {
            let path = format!("{engine}::");
            line.match_indices(&path).any(|(at, _)| {
                let before = &line[..at];
                let is_longer = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let is_ours = ["crate::", "qip_host::", "self::", "super::"]
                    .iter()
                    .any(|ours| before.ends_with(ours));
                !is_longer && !is_ours
            }) || line.trim_start().starts_with(&format!("use {engine};"))
        })
    };
    let rust = |file: &File| file.is_rust() && !may(&file.path);
    lines(files, "a type of an engine's crate", |file, _, line| {
        rust(file) && names_crate(&code(line))
    })
}

#[test]
fn engines_stay_behind_their_seam() {
    assert_none(&engine_types(&tree::files()));
}

#[test]
fn an_engine_type_outside_its_file_is_found() {
    let found = |path, text| engine_types(&[File::new(path, text)]).len();
    let host = "crates/qip-host/src/host.rs";
    assert_eq!(found(host, "fn a(_: wasmtime::Store<()>) {}"), 1);
    assert_eq!(found(host, "use ::wasmi::Store;"), 1);
    assert_eq!(found(host, "use wasmi_core::Limiter;"), 1);
    assert_eq!(found(host, "use crate::wasmtime::Wasmtime;"), 0);
    assert_eq!(found(host, "// wasmtime::Store"), 0);
    assert_eq!(
        found("crates/qip-host/src/wasmi.rs", "use ::wasmi::Store;"),
        0
    );
    assert_eq!(
        found("crates/qip-cli/src/run.rs", "qip_host::wasmi::Wasmi::new()"),
        0
    );
}

/// IDs that look like those of clauses and are none.
fn unknown_clauses(files: &[File]) -> Vec<String> {
    let is_family = |family: &str| CLAUSES.iter().any(|clause| clause.family() == family);
    lines(files, "there is no such clause", |file, _, line| {
        // Tests name such on purpose.
        if file.path.contains("/tests/") {
            return false;
        }
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .any(|word| {
                word.split_once('-').is_some_and(|(family, number)| {
                    let is_id =
                        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
                    is_id && is_family(family) && Clause::find(word).is_none()
                })
            })
    })
}

#[test]
fn clauses_that_are_named_exist() {
    assert!(!CLAUSES.is_empty());
    assert_none(&unknown_clauses(&tree::files()));
}

#[test]
fn a_clause_that_does_not_exist_is_found() {
    let gone = format!("as {}-{} asks, in UTF-8 and IN-3", "IN", 99);
    assert_eq!(unknown_clauses(&[File::new("a.rs", &gone)]).len(), 1);
    assert_none(&unknown_clauses(&[File::new(
        "a.rs",
        "UTF-8, IN-3, OUT-10, IN-",
    )]));
}
