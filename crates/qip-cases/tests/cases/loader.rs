//! What the loader refuses, each once, and what it makes of what it takes.

use std::time::Duration;

use qip_cases::{Capability, Corpus, Level, LoadErrorKind, LoadErrors};

use crate::made_up::{ANY_MODULE, corpus, files, without_directory};

/// What is said about a corpus of these files.
fn errors(listed: &[(&str, &str)]) -> String {
    let directory = files(listed);
    match Corpus::open_unlocked(directory.path()) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(errors) => without_directory(&errors.to_string(), directory.path()),
    }
}

/// What is said about each of several files, under a heading.
fn told(files: &[(&str, String)]) -> String {
    let told = files.iter().map(|(what, text)| {
        let errors = errors(&[("area/file.toml", text)]);
        let errors: Vec<String> = errors.lines().map(|line| format!("  {line}\n")).collect();
        format!("{what}\n{}", errors.concat())
    });
    told.collect()
}

/// A file of one case with these further lines.
fn case(lines: &str) -> String {
    format!(
        "summary = \"made up\"\n{ANY_MODULE}\n[[case]]\nname = \"one\"\nclauses = [\"IN-3\"]\n{lines}\n"
    )
}

/// A file of one case with this expectation.
fn expecting(expect: &str) -> String {
    case(&format!("expect = {{ {expect} }}"))
}

/// A file of one case with this module.
fn with_module(module: &str) -> String {
    case(&format!("module = {module}\nexpect = {{ scalar = 1 }}"))
}

/// A file of one case with this input.
fn with_input(input: &str) -> String {
    case(&format!("input = {input}\nexpect = {{ scalar = 1 }}"))
}

#[test]
fn files_that_are_refused() {
    let good = "expect = { scalar = 1 }";
    let told = told(&[
        ("no TOML", "summary = ".to_owned()),
        (
            "no summary",
            format!("{ANY_MODULE}[[case]]\nname = \"one\""),
        ),
        ("an empty summary", case(good).replace("made up", " ")),
        ("no case", "summary = \"made up\"".to_owned()),
        (
            "an unknown key of the file",
            format!("modul = \"a.wat\"\n{}", case(good)),
        ),
        (
            "a default that is a case's own",
            case(good).replace(
                "[[case]]",
                "[defaults]\nname = \"all\"\nexpect = { scalar = 1 }\n[[case]]",
            ),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn cases_that_are_refused() {
    let good = "expect = { scalar = 1 }";
    let twice = "[[case]]\nname = \"One!\"\nclauses = [\"IN-3\"]\nexpect = { scalar = 1 }";
    let told = told(&[
        (
            "an unknown key",
            case("inptu = \"a\"\nexpect = { scalar = 1 }"),
        ),
        ("no name", case(good).replace("name = \"one\"", "")),
        (
            "a name without a letter",
            case(good).replace("\"one\"", "\"…\""),
        ),
        ("two names with one slug", case(&format!("{good}\n{twice}"))),
        ("no clause", case(good).replace("clauses = [\"IN-3\"]", "")),
        (
            "an empty list of clauses",
            case(good).replace("\"IN-3\"", ""),
        ),
        ("an unknown clause", case(good).replace("IN-3", "IN-33")),
        (
            "a clause named twice",
            case(good).replace("\"IN-3\"", "\"IN-3\", \"IN-3\""),
        ),
        (
            "stages with uniforms",
            case("stages = [{}, {}]\nuniforms = { a = \"1\" }\nexpect = { scalar = 1 }"),
        ),
        (
            "stages with a module",
            case("stages = [{}, {}]\nmodule = { wat = '(module)' }\nexpect = { scalar = 1 }"),
        ),
        (
            "requests with the keys of one",
            case(
                "requests = [{ expect = { scalar = 1 } }]\ninput = \"a\"\ncontent_type = \"a/b\"\nexpect = { scalar = 1 }",
            ),
        ),
        ("requests without one", case("requests = []")),
        (
            "reuse with a single request",
            case("options = { reuse = true }\nexpect = { scalar = 1 }"),
        ),
        (
            "a level that is none",
            case("level = \"shoud\"\nexpect = { scalar = 1 }"),
        ),
        (
            "an option that is unknown",
            case("options = { utf9 = \"checked\" }\nexpect = { scalar = 1 }"),
        ),
        (
            "a choice that is none",
            case("options = { utf8 = \"uncheckd\", floats = \"exact\" }\nexpect = { scalar = 1 }"),
        ),
        (
            "a limit that is unknown",
            case("limits = { time = 1 }\nexpect = { scalar = 1 }"),
        ),
        (
            "a time that is none",
            case("limits = { time_ms = \"soon\" }\nexpect = { scalar = 1 }"),
        ),
        (
            "a limit below zero",
            case("limits = { fuel = -1 }\nexpect = { scalar = 1 }"),
        ),
        (
            "a capability that is unknown",
            case("needs = [\"tail-cal\"]\nexpect = { scalar = 1 }"),
        ),
        (
            "a capability that is found by itself",
            case("needs = [\"fuel\"]\nexpect = { scalar = 1 }"),
        ),
        (
            "a uniform that is no text",
            case("uniforms = { a = 1 }\nexpect = { scalar = 1 }"),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn expectations_that_are_refused() {
    let told = told(&[
        ("none", case("")),
        ("an empty one", expecting("")),
        ("only a message", expecting("message = \"no\"")),
        ("two outcomes", expecting("scalar = 1, refused = \"limit\"")),
        ("an unknown key", expecting("outcome = 1")),
        ("an unknown code", expecting("refused = \"input-to-large\"")),
        ("an unknown trap", expecting("trap = \"unreachabel\"")),
        ("an unknown limit", expecting("stopped = \"memory\"")),
        ("a scalar that is no i32", expecting("scalar = 4294967295")),
        (
            "an element that does not fit",
            expecting("i32 = [1, 4294967296]"),
        ),
        (
            "an empty message",
            expecting("refused = \"limit\", message = \"\""),
        ),
        (
            "a message with an output",
            expecting("utf8 = \"a\", message = \"a\""),
        ),
        (
            "a stage with an output",
            expecting("utf8 = \"a\", stage = 1"),
        ),
        (
            "text of the module with an output",
            expecting("utf8 = \"a\", module_text = \"\\n\""),
        ),
        (
            "text of the module that may be shown as it is",
            expecting("refused = \"import\", module_text = { repeat = \"n\", count = 128 }"),
        ),
        ("stage zero", expecting("refused = \"limit\", stage = 0")),
        (
            "a stage beyond the last",
            expecting("refused = \"limit\", stage = 2"),
        ),
        (
            "a content type with a refusal",
            expecting("refused = \"limit\", content_type = \"a/b\""),
        ),
        (
            "a content type that no reply carries",
            expecting("utf8 = \"a\", content_type = \"Text/HTML; charset=utf-8\""),
        ),
        (
            "an offset with another code",
            expecting("refused = \"limit\", offset = 1"),
        ),
        ("any of one", expecting("any = [{ scalar = 1 }]")),
        (
            "any of two that are the same",
            expecting("any = [{ utf8 = \"a\" }, { utf8 = { hex = \"61\" } }]"),
        ),
        (
            "any within any",
            expecting("any = [{ scalar = 1 }, { any = [{ scalar = 2 }, { scalar = 3 }] }]"),
        ),
        (
            "any with another key",
            expecting("any = [{ scalar = 1 }, { scalar = 2 }], content_type = \"a/b\""),
        ),
        (
            "one of several requests without any",
            case("requests = [{ expect = { scalar = 1 } }, { input = \"a\" }]"),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn bytes_and_modules_that_are_refused() {
    let told = told(&[
        (
            "hexadecimal of half a byte",
            with_input("{ hex = \"00 f\" }"),
        ),
        ("hexadecimal that is none", with_input("{ hex = \"0x00\" }")),
        (
            "two forms of bytes",
            with_input("{ hex = \"00\", text = \"a\" }"),
        ),
        ("repeat without a count", with_input("{ repeat = \"a\" }")),
        (
            "an unknown form of bytes",
            with_input("{ base64 = \"AA==\" }"),
        ),
        ("a number for bytes", with_input("7")),
        (
            "too many bytes",
            with_input("{ repeat = { repeat = \"abcd\", count = 65536 }, count = 1025 }"),
        ),
        (
            "a wrong part",
            with_input("{ concat = [\"a\", { hex = \"g0\" }, { hex = \"0\" }] }"),
        ),
        (
            "a file that is not there",
            with_input("{ file = \"input.bin\" }"),
        ),
        (
            "a file of another directory",
            with_input("{ file = \"../input.bin\" }"),
        ),
        ("a module that is not there", with_module("\"other.wat\"")),
        (
            "no module at all",
            case("expect = { scalar = 1 }").replace(ANY_MODULE, ""),
        ),
        ("a module of another kind", with_module("\"other.c\"")),
        (
            "two forms of a module",
            with_module("{ wat = '(module)', hex = \"00\" }"),
        ),
        (
            "text of a module for bytes",
            with_input("{ wat = '(module)' }"),
        ),
        (
            "two forms of bytes for a module",
            with_module("{ concat = [], hex = \"00\" }"),
        ),
        (
            "too many bytes for a module",
            with_module("{ repeat = { hex = \"00\" }, count = 268435457 }"),
        ),
        (
            "repeated bytes that begin like WebAssembly text",
            with_module(
                "{ concat = [{ repeat = \" \", count = 5000 }, { repeat = \";\", count = 2 }] }",
            ),
        ),
        ("a module that is a number", with_module("7")),
        (
            "a uniform that is no text",
            case("uniforms = { x = { hex = \"ff\" } }\nexpect = { scalar = 1 }"),
        ),
        (
            "a uniform that is too long",
            case("uniforms = { x = { repeat = \"0\", count = 1048577 } }\nexpect = { scalar = 1 }"),
        ),
        (
            "text that begins like WebAssembly text",
            with_module("{ text = \" (module)\" }"),
        ),
        (
            "bytes that begin like a comment in it",
            with_module("{ hex = \"3b 3b\" }"),
        ),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_module_that_no_case_uses_is_refused() {
    let used = case("module = \"used.wat\"\nexpect = { scalar = 1 }");
    let found = errors(&[
        ("area/file.toml", &used),
        ("area/used.wat", "(module)"),
        ("area/unused.wat", "(module)"),
        ("area/unused.wasm", ""),
        ("area/notes.md", "not a module"),
    ]);
    insta::assert_snapshot!(found, @r"
    area/unused.wasm:1: no case uses this module
    area/unused.wat:1: no case uses this module
    ");
}

#[test]
fn a_case_file_without_an_area_is_refused() {
    let found = errors(&[("file.toml", &case("expect = { scalar = 1 }"))]);
    insta::assert_snapshot!(found, @"file.toml:1: a case file stands in the directory of its area");
}

#[test]
fn all_errors_of_all_files_are_reported_together() {
    let one = case("input = { hex = \"0\" }\nlevel = \"shall\"\nexpect = { refused = \"limits\" }");
    let found = errors(&[("b/file.toml", "summary ="), ("a/file.toml", &one)]);
    insta::assert_snapshot!(found, @r#"
    a/file.toml:7: 1 hexadecimal digits make no whole bytes
    a/file.toml:8: no level is called `shall`, expected one of `must`, `should`
    a/file.toml:9: no failure code is called `limits`, did you mean `limit`?
    b/file.toml:1: string values must be quoted, expected literal string
    "#);
}

fn locked(lock: &str) -> Result<Corpus, LoadErrors> {
    let directory = files(&[
        ("cases/area/file.toml", &case("expect = { scalar = 1 }")),
        ("cases.lock", lock),
    ]);
    Corpus::open(directory.path())
}

#[test]
fn the_lock_is_checked_both_ways() {
    let errors = locked("# a comment\narea/file#two\n").unwrap_err();
    let told: Vec<(LoadErrorKind, usize, &str)> = errors
        .errors()
        .iter()
        .map(|error| (error.kind(), error.place().line(), error.message()))
        .collect();
    assert_eq!(told.len(), 2, "{errors}");
    assert_eq!((told[0].0, told[0].1), (LoadErrorKind::Lock, 5));
    assert!(
        told[0]
            .2
            .starts_with("the case `area/file#one` is not listed in")
    );
    assert_eq!(
        told[1],
        (
            LoadErrorKind::Lock,
            2,
            "the case `area/file#two` is listed but not there"
        )
    );
    let corpus = locked("\narea/file#one\n").unwrap();
    locked(&corpus.lock()).unwrap();
}

#[test]
fn a_corpus_without_a_lock_or_directory_is_refused() {
    let directory = files(&[("cases/area/file.toml", &case("expect = { scalar = 1 }"))]);
    let errors = Corpus::open(directory.path()).unwrap_err();
    assert_eq!(errors.errors()[0].kind(), LoadErrorKind::Unreadable);
    let errors = Corpus::open_unlocked(directory.path().join("nowhere")).unwrap_err();
    assert_eq!(errors.errors()[0].kind(), LoadErrorKind::Unreadable);
}

#[test]
fn one_file_is_loaded_without_the_others() {
    let directory = files(&[
        (
            "area/file.toml",
            &case("module = \"used.wat\"\nexpect = { scalar = 1 }"),
        ),
        ("area/used.wat", "(module)"),
        ("area/broken.toml", "summary ="),
    ]);
    let corpus = Corpus::open_file(directory.path().join("area/file.toml")).unwrap();
    assert_eq!(corpus.cases()[0].id.as_str(), "area/file#one");
    corpus.assemble().unwrap();
    let not_there = Corpus::open_file(directory.path().join("area/other.toml")).unwrap_err();
    assert_eq!(not_there.errors()[0].kind(), LoadErrorKind::File);
    assert!(Corpus::open_file(directory.path().join("area/used.wat")).is_err());
    assert!(Corpus::embedded_file("in", "there-is-no-such-file").is_err());
}

#[test]
fn text_that_does_not_parse_is_found_when_it_is_assembled() {
    let inline = "'''\n(module\n  (func (export \"f\") (result i32) (i32.cost 1)))\n'''";
    let text = case(&format!(
        "stages = [{{ module = {{ wat = {inline} }} }}, {{ module = \"b.wat\" }}]\nexpect = {{ scalar = 1 }}"
    ));
    let directory = files(&[
        ("area/file.toml", &text),
        ("area/b.wat", "(module)\n(modul)"),
    ]);
    let corpus = Corpus::open_unlocked(directory.path()).unwrap();
    let errors = corpus.assemble().unwrap_err();
    insta::assert_snapshot!(without_directory(&errors.to_string(), directory.path()), @r"
    area/file.toml:9: the WebAssembly text does not parse: unknown operator or unexpected token
    area/b.wat:2: the WebAssembly text does not parse: extra tokens remaining after parse
    ");
}

#[test]
fn defaults_hold_unless_a_case_says_otherwise() {
    let text = r#"
summary = "made up"
module = { wat = '(module)' }

[defaults]
clauses = ["IN-3"]
input = "default"
content_type = "a/b"
uniforms = { z = "1", a = "2" }
limits = { fuel = 5 }
level = "should"

[[case]]
name = "As they are"
expect = { scalar = 1 }

[[case]]
name = "otherwise"
clauses = ["IN-4"]
input = { concat = [{ repeat = "ab", count = 2 }, { hex = "63" }] }
stages = [{}, { uniforms = { k = "v" } }]
limits = { time_ms = 7 }
level = "must"
requests = [{ expect = { scalar = 1 } }, { input = "own", expect = { scalar = 2 } }]
"#;
    // `requests` with an input of the case's own would be refused.
    let text = text.replace("input = { concat", "# input = { concat");
    let corpus = corpus(&text);
    let [first, second] = corpus.cases() else {
        panic!("two cases")
    };
    assert_eq!(first.id.as_str(), "area/file#as-they-are");
    assert_eq!(
        (first.id.area(), first.id.stem(), first.id.slug()),
        ("area", "file", "as-they-are")
    );
    assert_eq!(first.clauses, ["IN-3"]);
    assert_eq!(first.level, Level::Should);
    assert_eq!(
        first.task.requests[0].input.bytes().unwrap().to_vec(),
        b"default"
    );
    assert_eq!(first.task.requests[0].content_type.as_deref(), Some("a/b"));
    // In the order in which they stand, which a TOML table forgets.
    let uniforms = [
        ("z".to_owned(), "1".to_owned()),
        ("a".to_owned(), "2".to_owned()),
    ];
    assert_eq!(first.task.stages[0].uniforms, uniforms);
    assert_eq!(first.task.request_limits.fuel, Some(5));
    let time = qip_cases::DEFAULT_TIME;
    assert_eq!(
        (first.task.request_limits.time, first.task.time()),
        (Some(time), time)
    );

    assert_eq!(second.clauses, ["IN-4"]);
    assert_eq!(second.level, Level::Must);
    assert_eq!(
        second.task.requests[0].input.bytes().unwrap().to_vec(),
        b"default"
    );
    assert_eq!(
        second.task.requests[1].input.bytes().unwrap().to_vec(),
        b"own"
    );
    assert!(second.task.stages[0].uniforms.is_empty());
    assert_eq!(
        second.task.stages[1].uniforms,
        [("k".to_owned(), "v".to_owned())]
    );
    assert_eq!(
        (second.task.request_limits.fuel, second.task.time()),
        (None, Duration::from_millis(7))
    );
}

#[test]
fn bytes_come_in_every_form() {
    let text = with_input(
        "{ concat = [\"a\", { text = \"b\" }, { hex = \"63 6\\n4\" }, { repeat = \"ef\", count = 2 }, { file = \"g.bin\" }, { repeat = \"\", count = 9000000000 }] }",
    );
    let directory = files(&[("area/file.toml", &text), ("area/g.bin", "g")]);
    let corpus = Corpus::open_unlocked(directory.path()).unwrap();
    let input = corpus.cases()[0].task.requests[0].input.bytes().unwrap();
    assert_eq!(input.to_vec(), b"abcdefefg");
    assert_eq!(input.len(), 9);
}

#[test]
fn what_a_case_needs_follows_from_its_keys() {
    let needs = |lines: &str| {
        let corpus = corpus(&case(lines));
        let mut needs = corpus.cases()[0].needs.clone();
        assert!(needs.remove(&Capability::Content));
        let needs: Vec<&str> = needs.into_iter().map(Capability::as_str).collect();
        needs.join(" ")
    };
    let scalar = "expect = { scalar = 1 }";
    assert_eq!(needs(scalar), "");
    assert_eq!(needs(&format!("stages = [{{}}, {{}}]\n{scalar}")), "recipe");
    assert_eq!(
        needs("stages = []\nexpect = { refused = \"empty-recipe\" }"),
        "recipe"
    );
    assert_eq!(
        needs(&format!("uniforms = {{ a = \"1\" }}\n{scalar}")),
        "uniforms"
    );
    assert_eq!(
        needs("expect = { refused = \"uniform-shape\" }"),
        "uniforms"
    );
    assert_eq!(
        needs(&format!("content_type = \"a/b\"\n{scalar}")),
        "content-types"
    );
    assert_eq!(
        needs("expect = { scalar = 1, content_type = \"\" }"),
        "content-types"
    );
    assert_eq!(
        needs(&format!("limits = {{ time_ms = 9 }}\n{scalar}")),
        "time-limit"
    );
    assert_eq!(
        needs(&format!("limits = {{ time_ms = \"none\" }}\n{scalar}")),
        ""
    );
    assert_eq!(needs(&format!("limits = {{ fuel = 9 }}\n{scalar}")), "fuel");
    assert_eq!(
        needs(&format!("limits = {{ exports = 9 }}\n{scalar}")),
        "limits"
    );
    assert_eq!(
        needs(
            "options = { reuse = true, fixed_memory = true }\nrequests = [{ expect = { scalar = 1 } }, { expect = { scalar = 1 } }]"
        ),
        "requests reuse fixed-memory"
    );
    assert_eq!(
        needs(&format!(
            "options = {{ utf8 = \"unchecked\", numeric = \"lenient\", floats = \"deterministic\" }}\n{scalar}"
        )),
        "lenient-numbers unchecked-utf8 deterministic-floats"
    );
    assert_eq!(
        needs(&format!(
            "needs = [\"tail-call\", \"indirect-kinds\"]\n{scalar}"
        )),
        "tail-call indirect-kinds"
    );
}
