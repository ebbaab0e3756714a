//! The export: whoever reads it must get every case, every module and all that is
//! expected, and twice the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use qip_cases::{
    Bytes, Case, Corpus, Expected, ExpectedImage, ExpectedOutcome, Image, OutputKind, Request,
    RequestInput, TaskOptions,
};
use qip_conformance::export;
use qip_contract::{Floats, Size, Utf8};
use qip_engine::Exhausted;
use qip_host::{Code, Limits, Numeric, RequestLimits, TrapKind};
use serde_json::Value;
use tempfile::TempDir;

use crate::fake::{ANY_MODULE, corpus};

fn exported(corpus: &Corpus) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    export(corpus, corpus.cases(), directory.path()).unwrap();
    directory
}

/// Every file under a directory, by its path.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, directory: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(directory, directory, &mut all);
    all
}

/// What an export says, read without any of the code that wrote it.
struct Reader {
    files: BTreeMap<String, Vec<u8>>,
    json: Value,
    /// The files that cases name.
    named: BTreeSet<String>,
}

impl Reader {
    fn of(directory: &Path) -> Reader {
        let files = files(directory);
        Reader {
            json: serde_json::from_slice(&files["cases.json"]).unwrap(),
            files,
            named: BTreeSet::new(),
        }
    }

    fn file(&mut self, path: &Value) -> Vec<u8> {
        let path = path.as_str().unwrap();
        self.named.insert(path.to_owned());
        self.files[path].clone()
    }

    /// Bytes under a key, or in the file that the key with `_file` names.
    fn bytes(&mut self, value: &Value, key: &str) -> Vec<u8> {
        match (value.get(key), value.get(format!("{key}_file"))) {
            (Some(text), None) => BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap(),
            (None, Some(path)) => self.file(path),
            _ => panic!("`{key}` once: {value}"),
        }
    }

    fn image(&mut self, value: &Value) -> Image {
        let side = |key: &str| u32::try_from(value[key].as_u64().unwrap()).unwrap();
        Image::new(side("width"), side("height"), self.bytes(value, "rgba")).unwrap()
    }

    fn assert_is(&mut self, value: &Value, case: &Case) {
        let id = case.id.as_str();
        assert_eq!(value["id"], id);
        assert_eq!(value["name"], *case.name, "{id}");
        assert_eq!(value["summary"], *case.summary, "{id}");
        assert_eq!(value["level"], case.level.as_str(), "{id}");
        assert_eq!(texts(&value["clauses"]), case.clauses, "{id}");
        let needs: Vec<&str> = case.needs.iter().map(|need| need.as_str()).collect();
        assert_eq!(texts(&value["needs"]), needs, "{id}");
        assert_eq!(options(&value["options"]), case.task.options, "{id}");
        let (limits, request_limits) = limits(&value["limits"]);
        assert_eq!(limits, case.task.limits, "{id}");
        assert_eq!(request_limits, case.task.request_limits, "{id}");

        let stages = list(&value["stages"]);
        assert_eq!(stages.len(), case.task.stages.len(), "{id}");
        for (value, stage) in stages.iter().zip(&case.task.stages) {
            assert_eq!(
                self.file(&value["module"]),
                stage.module.binary().unwrap(),
                "{id}"
            );
            let uniforms = value.get("uniforms").and_then(Value::as_object);
            let uniforms = uniforms.into_iter().flatten();
            let mut uniforms: Vec<(String, String)> = uniforms
                .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let mut expected = stage.uniforms.clone();
            uniforms.sort();
            expected.sort();
            assert_eq!(uniforms, expected, "{id}");
        }

        let requests = list(&value["requests"]);
        assert_eq!(requests.len(), case.task.requests.len(), "{id}");
        for (index, value) in requests.iter().enumerate() {
            let Request {
                input,
                content_type,
            } = &case.task.requests[index];
            match input {
                RequestInput::Bytes(bytes) => {
                    assert!(self.bytes(value, "input") == bytes.to_vec(), "{id}");
                }
                RequestInput::Image(image) => {
                    assert!(self.image(&value["image"]) == **image, "{id}");
                }
            }
            let given = value.get("content_type").map(|text| text.as_str().unwrap());
            assert_eq!(given, content_type.as_deref(), "{id}");
            let expected = list(&value["expect"]);
            let expected: Vec<Expected> = expected.iter().map(|one| self.expected(one)).collect();
            assert_eq!(expected, case.expectations[index].alternatives(), "{id}");
        }
    }

    fn expected(&mut self, value: &Value) -> Expected {
        let value = value.as_object().unwrap();
        let [(key, value)] = &value.iter().collect::<Vec<_>>()[..] else {
            panic!("one outcome: {value:?}")
        };
        let text = |key: &str| value[key].as_str().unwrap();
        let outcome = match key.as_str() {
            "output" => {
                let kind = match text("kind") {
                    "utf8" => OutputKind::Utf8,
                    "bytes" => OutputKind::Bytes,
                    "i32" => OutputKind::I32,
                    kind => panic!("{kind}"),
                };
                ExpectedOutcome::Output(kind, Bytes::literal(self.bytes(value, "bytes")))
            }
            "scalar" => {
                let number = value["value"].as_i64().unwrap();
                ExpectedOutcome::Scalar(i32::try_from(number).unwrap())
            }
            "image" => ExpectedOutcome::Image(ExpectedImage {
                image: Arc::new(self.image(value)),
                max_difference: value
                    .get("max_difference")
                    .map_or(0, |most| u8::try_from(most.as_u64().unwrap()).unwrap()),
                max_pixels: value.get("max_pixels").map(|most| most.as_u64().unwrap()),
            }),
            "refused" => ExpectedOutcome::Refused(named(Code::ALL, Code::as_str, text("code"))),
            "trapped" => {
                ExpectedOutcome::Trapped(named(TrapKind::ALL, TrapKind::as_str, text("kind")))
            }
            "stopped" => ExpectedOutcome::Stopped(named(
                &[Exhausted::Time, Exhausted::Fuel],
                Exhausted::as_str,
                text("by"),
            )),
            key => panic!("{key}"),
        };
        let text = |key: &str| Some(value.get(key)?.as_str().unwrap().to_owned());
        let number = |key: &str| value.get(key).map(|number| number.as_u64().unwrap());
        Expected {
            outcome,
            content_type: text("content_type"),
            stage: number("stage").map(|stage| usize::try_from(stage).unwrap()),
            offset: number("offset"),
            message: text("message"),
            module_text: text("module_text"),
        }
    }
}

fn named<T: Copy>(all: &[T], text_of: fn(T) -> &'static str, text: &str) -> T {
    let found = all.iter().copied().find(|one| text_of(*one) == text);
    found.unwrap_or_else(|| panic!("{text}"))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

fn texts(value: &Value) -> Vec<String> {
    let texts = list(value).into_iter();
    texts
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn options(value: &Value) -> TaskOptions {
    let mut options = TaskOptions::default();
    for (key, value) in value.as_object().unwrap() {
        match (key.as_str(), value.as_str(), value.as_bool()) {
            ("utf8", Some("unchecked"), _) => options.utf8 = Utf8::Unchecked,
            ("numeric", Some("lenient"), _) => options.numeric = Numeric::Lenient,
            ("floats", Some("deterministic"), _) => options.floats = Floats::Deterministic,
            ("reuse", _, Some(true)) => options.reuse = true,
            ("fixed_memory", _, Some(true)) => options.fixed_memory = true,
            _ => panic!("{key}: {value}"),
        }
    }
    options
}

fn limits(value: &Value) -> (Limits, RequestLimits) {
    let (mut limits, mut request) = (Limits::standard(), RequestLimits::default());
    for (key, value) in value.as_object().unwrap() {
        let number = value.as_u64().unwrap();
        match key.as_str() {
            "time_ms" => request.time = Some(Duration::from_millis(number)),
            "fuel" => request.fuel = Some(number),
            _ => {
                let size = Size::from_key(key).unwrap_or_else(|| panic!("{key}"));
                *limits.size_mut(size) = number;
            }
        }
    }
    (limits, request)
}

#[test]
fn the_whole_corpus_can_be_read_back() {
    let corpus = Corpus::embedded().unwrap();
    let directory = exported(&corpus);
    let mut reader = Reader::of(directory.path());
    let json = reader.json.clone();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["corpus"]["sha256"], *corpus.digest());
    assert_eq!(json["corpus"]["cases"], corpus.cases().len());
    let cases = list(&json["cases"]);
    assert_eq!(cases.len(), corpus.cases().len());
    for (value, case) in cases.iter().zip(corpus.cases()) {
        reader.assert_is(value, case);
    }
    // There is nothing that no case uses, and no module is there twice.
    let own = ["README.md", "cases.json", "clauses.toml"].map(str::to_owned);
    let files: BTreeSet<String> = reader.files.keys().cloned().collect();
    assert_eq!(files, reader.named.iter().cloned().chain(own).collect());
    let modules = reader
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("modules/"));
    let contents: Vec<&[u8]> = modules.map(|(_, bytes)| &**bytes).collect();
    let distinct: BTreeSet<&[u8]> = contents.iter().copied().collect();
    assert_eq!(contents.len(), distinct.len());
    assert!(contents.len() > 100, "{}", contents.len());
    assert!(files.contains("modules/in/capacity-is-inclusive.wasm"));
}

#[test]
fn the_same_cases_give_the_same_bytes() {
    let corpora = [Corpus::embedded().unwrap(), Corpus::embedded().unwrap()];
    let [first, second] = corpora.map(|corpus| files(exported(&corpus).path()));
    assert!(first == second);
}

/// Everything that can be asked and expected, in a form that people read.
const EVERYTHING: &str = r#"
[[case]]
name = "all that can be asked"
clauses = ["IN-3", "OUT-3"]
level = "should"
stages = [{ uniforms = { b = "1", a = "" } }, { module = { hex = "0001" } }]
options = { utf8 = "unchecked", numeric = "lenient", floats = "deterministic", reuse = true, fixed_memory = true }
limits = { time_ms = "none", fuel = 9, memory_bytes = 65536 }
requests = [
  { input = "in", content_type = "a/b", expect = { utf8 = "out", content_type = "text/html" } },
  { input = { repeat = "a", count = 5000 }, expect = { bytes = { repeat = "b", count = 4097 } } },
]

[[case]]
name = "elements"
clauses = ["OUT-3"]
needs = ["tail-call"]
expect = { i32 = [1, -1], content_type = "" }

[[case]]
name = "a number"
clauses = ["OUT-8"]
limits = { time_ms = 100 }
expect = { scalar = -1, content_type = "a/b" }

[[case]]
name = "refused"
clauses = ["IN-6"]
expect = { refused = "input-not-utf8", stage = 1, offset = 3, message = "no \"text\"", module_text = "a\nb" }

[[case]]
name = "trapped"
clauses = ["TRAP-1"]
expect = { trap = "stack-overflow", stage = 1, message = "deep" }

[[case]]
name = "several outcomes"
clauses = ["RUN-6"]
expect = { any = [{ stopped = "time", stage = 1 }, { stopped = "fuel", message = "fuel" }, { refused = "limit" }] }

[[case]]
name = "no stage"
clauses = ["REC-1"]
stages = []
expect = { refused = "empty-recipe" }

[[case]]
name = "pictures"
clauses = ["IMG-3"]
limits = { image_pixels = 9000, image_side = 90 }
requests = [
  { image = { width = 2, height = 1, rows = ["01020304 05060708"] }, expect = { image = { width = 2, height = 1, rows = ["090a0b0c 0d0e0f10"], max_difference = 3, max_pixels = 1 } } },
  { image = { width = 40, height = 30, gradient = true }, expect = { image = { width = 40, height = 30, fill = "ffffffff", max_pixels = 7 } } },
  { image = { width = 0, height = 9, rows = [] }, expect = { refused = "image-size" } },
]
"#;

#[test]
fn everything_that_can_be_asked_and_expected() {
    let corpus = corpus(&format!("summary = \"made up\"\n{ANY_MODULE}{EVERYTHING}"));
    let directory = exported(&corpus);
    let mut reader = Reader::of(directory.path());
    let cases = list(&reader.json["cases"]);
    for (value, case) in cases.iter().zip(corpus.cases()) {
        reader.assert_is(value, case);
    }
    let paths: Vec<&str> = reader.files.keys().map(String::as_str).collect();
    let text = str::from_utf8(&reader.files["cases.json"]).unwrap();
    insta::with_settings!({ filters => vec![(r#""sha256":"[0-9a-f]{64}""#, r#""sha256":"…""#)] }, {
        insta::assert_snapshot!(format!("{}\n\n{text}", paths.join("\n")));
    });
}

#[test]
fn an_earlier_export_is_replaced() {
    let corpus = corpus(&format!("summary = \"made up\"\n{ANY_MODULE}{EVERYTHING}"));
    let directory = exported(&corpus);
    let path = |name: &str| directory.path().join(name);
    let fresh = files(directory.path());
    fs::write(path("modules/stale.wasm"), "stale").unwrap();
    fs::write(path("data/stale.bin"), "stale").unwrap();
    fs::write(path("cases.json"), "half an exp").unwrap();
    export(&corpus, corpus.cases(), directory.path()).unwrap();
    assert_eq!(files(directory.path()), fresh);
    // What is somebody else's stays.
    fs::write(path("notes.txt"), "mine").unwrap();
    let some = export(&corpus, &corpus.cases()[..1], directory.path()).unwrap();
    assert_eq!((some.cases, some.modules), (1, 2));
    assert_eq!(fs::read(path("notes.txt")).unwrap(), b"mine");
    let json = Reader::of(directory.path()).json;
    assert_eq!(json["corpus"]["cases"], 8);
    assert_eq!(json["corpus"]["selected"], 1);
    assert_eq!(list(&json["cases"]).len(), 1);
}

#[test]
fn what_holds_something_else_is_left_alone() {
    let corpus = corpus(&format!("summary = \"made up\"\n{ANY_MODULE}{EVERYTHING}"));
    for (name, text) in [
        ("notes.txt", "mine"),
        ("README.md", "# Mine\n"),
        ("README.md", ""),
        ("cases.json", "{}"),
        ("modules/a.wasm", ""),
    ] {
        let directory = crate::fake::files(&[(name, text)]);
        let before = files(directory.path());
        let error = export(&corpus, corpus.cases(), directory.path()).unwrap_err();
        assert!(error.is_occupied(), "{name}");
        let told = error.to_string();
        assert!(
            told.contains("holds something else: expected a directory that"),
            "{told}"
        );
        assert_eq!(files(directory.path()), before);
    }
}

#[test]
fn what_cannot_be_written_is_an_error_with_its_path() {
    let corpus = corpus(&format!("summary = \"made up\"\n{ANY_MODULE}{EVERYTHING}"));
    let directory = crate::fake::files(&[("file", "")]);
    let error = export(&corpus, corpus.cases(), directory.path().join("file/below")).unwrap_err();
    assert!(!error.is_occupied());
    assert!(error.to_string().ends_with("file/below`"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_module_that_does_not_parse_is_an_error_with_its_place() {
    let corpus = corpus(
        "summary = \"made up\"\n[[case]]\nname = \"one\"\nclauses = [\"IN-3\"]\n\
         module = { wat = '(nonsense' }\nexpect = { scalar = 1 }\n",
    );
    let directory = tempfile::tempdir().unwrap();
    let error = export(&corpus, corpus.cases(), directory.path()).unwrap_err();
    assert!(error.to_string().contains("area/file.toml:5: "), "{error}");
    // Nobody takes what is there for an export.
    assert!(!directory.path().join("cases.json").exists());
}
