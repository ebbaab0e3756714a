//! The schemas of the protocol: a validator of the part of JSON Schema that they use, and
//! whether they list what the lists of the program do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qip_cases::{
    Bytes, Capability, Corpus, Image, Module, Outcome, Request, Stage, Task, TaskOptions,
};
use qip_conformance::Run;
use qip_contract::{Code, Floats, Limits, Numeric, RequestLimits, Size, TrapKind, Utf8};
use serde_json::{Map, Value, json};

use crate::Test;
use crate::run::{corpus, patient, start};

pub(crate) const TESTS: &[Test] = &[
    (
        "schema::lists_are_those_of_the_program",
        lists_are_those_of_the_program,
    ),
    (
        "schema::keys_are_those_that_are_written",
        keys_are_those_that_are_written,
    ),
    (
        "schema::the_validator_sees_what_is_wrong",
        the_validator_sees_what_is_wrong,
    ),
    (
        "schema::a_sound_host_on_the_whole_corpus",
        a_sound_host_on_the_whole_corpus,
    ),
];

/// A schema, of which every keyword is understood.
pub(crate) struct Schema(Value);

impl Schema {
    /// The schema of the harness's lines and that of the host's, where they are there:
    /// they are not in the packaged crate.
    pub(crate) fn both() -> Option<(Schema, Schema)> {
        let directory =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/hosts/protocol");
        if !directory.is_dir() {
            eprintln!("skipped: conformance/hosts is not there");
            return None;
        }
        let read = |name: &str| {
            let text = fs::read_to_string(directory.join(name)).unwrap();
            Schema(serde_json::from_str(&text).unwrap())
        };
        Some((read("harness.schema.json"), read("host.schema.json")))
    }

    /// Whether a line is JSON that a definition of the schema takes.
    pub(crate) fn takes(&self, definition: &str, line: &str) -> bool {
        let definition = self.at(&format!("/$defs/{definition}"));
        serde_json::from_str(line).is_ok_and(|value| self.check(definition, &value).is_ok())
    }

    /// What the schema has against a value.
    pub(crate) fn problem(&self, value: &Value) -> Option<String> {
        self.check(&self.0, value).err()
    }

    fn at(&self, pointer: &str) -> &Value {
        self.0
            .pointer(pointer)
            .unwrap_or_else(|| panic!("no {pointer}"))
    }

    /// The keys of the object at a pointer.
    fn keys(&self, pointer: &str) -> BTreeSet<String> {
        self.at(pointer)
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        for (keyword, given) in schema.as_object().unwrap() {
            let holds = match &**keyword {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let pointer = given.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.at(pointer), value)?;
                    true
                }
                "type" => is_type(given.as_str().unwrap(), value),
                "const" => given == value,
                "enum" => given.as_array().unwrap().contains(value),
                "oneOf" => {
                    let all = given.as_array().unwrap().iter();
                    let taken: Vec<_> = all.map(|one| self.check(one, value)).collect();
                    let count = taken.iter().filter(|one| one.is_ok()).count();
                    if count == 0 {
                        let why: Vec<String> = taken.into_iter().filter_map(Result::err).collect();
                        return Err(format!("none of: {}", why.join("; ")));
                    }
                    count == 1
                }
                "minimum" => within(value, given, |value, least| value >= least),
                "maximum" => within(value, given, |value, most| value <= most),
                "minLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() >= size(given)),
                "maxLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() <= size(given)),
                "contentEncoding" => value
                    .as_str()
                    .is_none_or(|text| STANDARD.decode(text).is_ok()),
                "pattern" => value
                    .as_str()
                    .is_none_or(|text| matches(given.as_str().unwrap(), text)),
                "minItems" => value
                    .as_array()
                    .is_none_or(|items| items.len() >= size(given)),
                "uniqueItems" => value.as_array().is_none_or(|items| {
                    (1..items.len()).all(|index| !items[..index].contains(&items[index]))
                }),
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.check(given, item)?;
                    }
                    true
                }
                "minProperties" => value.as_object().is_none_or(|all| all.len() >= size(given)),
                "maxProperties" => value.as_object().is_none_or(|all| all.len() <= size(given)),
                "required" => value.as_object().is_none_or(|all| has_all(all, given)),
                "dependentRequired" => value.as_object().is_none_or(|all| {
                    let mut given = given.as_object().unwrap().iter();
                    given.all(|(key, needed)| !all.contains_key(key) || has_all(all, needed))
                }),
                "properties" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = given.get(key) {
                            self.check(schema, value)
                                .map_err(|why| format!("{key}: {why}"))?;
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        match given {
                            _ if schema
                                .get("properties")
                                .is_some_and(|all| all.get(key).is_some()) => {}
                            Value::Bool(false) => return Err(format!("the key {key:.40}")),
                            other => self.check(other, value)?,
                        }
                    }
                    true
                }
                other => panic!("the keyword {other} is not understood"),
            };
            if !holds {
                return Err(format!("{keyword} {given}"));
            }
        }
        Ok(())
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the type {other} is not understood"),
    }
}

fn within(value: &Value, bound: &Value, holds: fn(i128, i128) -> bool) -> bool {
    let number = |value: &Value| {
        value
            .as_i64()
            .map(i128::from)
            .or(value.as_u64().map(i128::from))
    };
    number(value).is_none_or(|value| holds(value, number(bound).unwrap()))
}

fn size(given: &Value) -> usize {
    usize::try_from(given.as_u64().unwrap()).unwrap()
}

fn has_all(object: &Map<String, Value>, keys: &Value) -> bool {
    let mut keys = keys.as_array().unwrap().iter();
    keys.all(|key| object.contains_key(key.as_str().unwrap()))
}

/// The one pattern of the schemas, which needs no library.
fn matches(pattern: &str, text: &str) -> bool {
    assert_eq!(pattern, "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$");
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || "_.-".contains(one))
}

fn the_validator_sees_what_is_wrong() {
    let schema = |schema: Value| Schema(schema);
    for (given, right, wrong) in [
        (json!({ "type": "object" }), json!({}), json!([])),
        (json!({ "type": "array" }), json!([]), json!("")),
        (json!({ "type": "string" }), json!(""), json!(1)),
        (json!({ "type": "integer" }), json!(-1), json!(1.5)),
        (json!({ "const": 1 }), json!(1), json!(2)),
        (json!({ "enum": ["a", "b"] }), json!("b"), json!("c")),
        (
            json!({ "oneOf": [{ "const": 1 }, { "type": "string" }] }),
            json!(1),
            json!(2),
        ),
        (
            json!({ "oneOf": [{ "minimum": 1 }, { "minimum": 3 }] }),
            json!(2),
            json!(3),
        ),
        (json!({ "minimum": 0, "maximum": 2 }), json!(2), json!(-1)),
        (json!({ "maximum": 2 }), json!(2), json!(3)),
        (json!({ "minLength": 1 }), json!("é"), json!("")),
        (json!({ "maxLength": 1 }), json!("é"), json!("éé")),
        (
            json!({ "contentEncoding": "base64" }),
            json!("YQ=="),
            json!("YQ"),
        ),
        (json!({ "minItems": 1 }), json!([1]), json!([])),
        (
            json!({ "uniqueItems": true }),
            json!([1, 2]),
            json!([1, 2, 1]),
        ),
        (
            json!({ "items": { "const": 1 } }),
            json!([1]),
            json!([1, 2]),
        ),
        (json!({ "minProperties": 1 }), json!({ "a": 1 }), json!({})),
        (
            json!({ "maxProperties": 1 }),
            json!({ "a": 1 }),
            json!({ "a": 1, "b": 1 }),
        ),
        (
            json!({ "required": ["a"] }),
            json!({ "a": 1 }),
            json!({ "b": 1 }),
        ),
        (
            json!({ "dependentRequired": { "a": ["b"] } }),
            json!({ "b": 1 }),
            json!({ "a": 1 }),
        ),
        (
            json!({ "properties": { "a": { "const": 1 } } }),
            json!({ "b": 2 }),
            json!({ "a": 2 }),
        ),
        (
            json!({ "properties": { "a": {} }, "additionalProperties": false }),
            json!({ "a": 2 }),
            json!({ "b": 2 }),
        ),
        (
            json!({ "additionalProperties": { "const": 1 } }),
            json!({ "a": 1 }),
            json!({ "a": 2 }),
        ),
        (
            json!({ "$ref": "#/$defs/a", "$defs": { "a": { "const": 1 } } }),
            json!(1),
            json!(2),
        ),
    ] {
        assert_eq!(schema(given.clone()).problem(&right), None, "{given}");
        assert!(
            schema(given.clone()).problem(&wrong).is_some(),
            "{given} takes {wrong}"
        );
    }
}

fn texts<T: Copy>(all: &[T], text: fn(T) -> &'static str) -> Value {
    all.iter().map(|one| text(*one)).collect()
}

fn lists_are_those_of_the_program() {
    let Some((_, host)) = Schema::both() else {
        return;
    };
    let list = |name: &str| host.at(&format!("/$defs/{name}/enum")).clone();
    assert_eq!(list("code"), texts(Code::ALL, Code::as_str));
    assert_eq!(list("trap_kind"), texts(TrapKind::ALL, TrapKind::as_str));
    assert_eq!(
        list("capability"),
        texts(Capability::ALL, Capability::as_str)
    );
    // Those that have no list in the program: each is taken by it, and no other.
    for (name, outcome) in [
        (
            "output_kind",
            json!({ "output": { "kind": "?", "bytes": "" } }),
        ),
        ("limit", json!({ "stopped": { "by": "?" } })),
    ] {
        let taken = list(name);
        for text in taken
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
        {
            ask_with(&outcome.to_string().replace('?', text)).unwrap();
        }
        let refused = ask_with(&outcome.to_string()).unwrap_err();
        let expected: Vec<String> = taken
            .as_array()
            .unwrap()
            .iter()
            .map(|text| format!("`{}`", text.as_str().unwrap()))
            .collect();
        assert!(refused.contains(&expected.join(", ")), "{refused}");
    }
    // The same for the outcomes.
    let refused = ask_with(r#"{"?": 1}"#).unwrap_err();
    let outcomes = host.keys("/$defs/outcome/properties");
    for outcome in &outcomes {
        assert!(refused.contains(&format!("`{outcome}`")), "{refused}");
    }
    assert_eq!(refused.matches("`, `").count() + 1, outcomes.len());
}

/// What is said of an answer with this outcome.
fn ask_with(outcome: &str) -> Result<Vec<Outcome>, String> {
    let corpus = corpus(crate::run::SMALL);
    let line = format!(r#"{{"id": "ID", "outcome": {outcome}}}"#);
    let host = start("says", &[&line], patient()).unwrap();
    let case = &corpus.cases()[0];
    host.ask(&case.id, &case.task)
        .map_err(|fault| fault.what().to_owned())
}

/// Every key that the harness can write is in its schema, and no other.
fn keys_are_those_that_are_written() {
    let Some((harness, _)) = Schema::both() else {
        return;
    };
    let request = |content_type: Option<&str>| Request {
        input: Bytes::literal(*b"a").into(),
        content_type: content_type.map(str::to_owned),
    };
    let mut limits = Limits::standard();
    for (size, limit) in Size::ALL.iter().zip(1..) {
        *limits.size_mut(*size) = limit;
    }
    let all = Task {
        stages: vec![Stage {
            module: Arc::new(Module::from_bytes("module", *b"\0asm")),
            uniforms: vec![("key".to_owned(), "value".to_owned())],
        }],
        options: TaskOptions {
            utf8: Utf8::Unchecked,
            numeric: Numeric::Lenient,
            floats: Floats::Deterministic,
            reuse: true,
            fixed_memory: true,
        },
        limits,
        request_limits: RequestLimits {
            time: Some(Duration::from_micros(1_001)),
            fuel: Some(0),
        },
        requests: vec![request(Some("a/b"))],
    };
    let written = |task: &Task| {
        let question = asked(task);
        assert_eq!(harness.problem(&question), None, "{question}");
        question["case"].clone()
    };
    let alone = written(&all);
    let several = written(&Task {
        requests: vec![request(Some("a/b")), request(None)],
        ..all.clone()
    });
    let picture = Request {
        input: Image::new(2, 1, (1..=8).collect()).unwrap().into(),
        content_type: None,
    };
    let pictures = |requests: &[&Request]| {
        written(&Task {
            requests: requests.iter().map(|one| (*one).clone()).collect(),
            ..all.clone()
        })
    };
    let one_picture = pictures(&[&picture]);
    let pictures = pictures(&[&picture, &picture]);
    let image = json!({ "width": 2, "height": 1, "rgba": "AQIDBAUGBwg=" });
    assert_eq!(one_picture["image"], image);
    assert_eq!(
        pictures["requests"],
        json!([{ "image": image }, { "image": image }])
    );
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let all_keys =
        |all: &[&Value]| -> BTreeSet<String> { all.iter().flat_map(|value| keys(value)).collect() };
    assert_eq!(
        all_keys(&[&alone, &several, &one_picture]),
        harness.keys("/$defs/case/properties")
    );
    assert_eq!(
        all_keys(&[&several["requests"][0], &pictures["requests"][0]]),
        harness.keys("/$defs/request/properties")
    );
    for (found, definition) in [
        (&alone["options"], "options"),
        (&alone["limits"], "limits"),
        (&alone["stages"][0], "stage"),
        (&one_picture["image"], "image"),
    ] {
        assert_eq!(
            keys(found),
            harness.keys(&format!("/$defs/{definition}/properties"))
        );
    }
    assert_eq!(
        several["requests"],
        json!([{ "input": "YQ==", "content_type": "a/b" }, { "input": "YQ==" }])
    );
    // Rounded up, or a limit of less than a millisecond would be none.
    assert_eq!(alone["limits"]["time_ms"], 2);

    let plain = written(&Task {
        stages: Vec::new(),
        options: TaskOptions::default(),
        limits: Limits::standard(),
        request_limits: RequestLimits::default(),
        requests: vec![request(None)],
    });
    assert_eq!(
        plain,
        json!({ "id": "host/small#one", "stages": [], "input": "YQ==", "options": {}, "limits": {} })
    );
}

/// The line that a host is asked with.
fn asked(task: &Task) -> Value {
    let corpus = corpus(crate::run::SMALL);
    let host = start("tells-what-it-is-asked", &[], patient()).unwrap();
    let outcomes = host.ask(&corpus.cases()[0].id, task).unwrap();
    let Outcome::Output { bytes, .. } = &outcomes[0] else {
        panic!("{outcomes:?}")
    };
    serde_json::from_slice(bytes).unwrap()
}

/// The sound host holds each line that it reads and writes against the schemas, and
/// answers `broken` where one does not fit.
fn a_sound_host_on_the_whole_corpus() {
    let corpus = Corpus::embedded().unwrap();
    let host = start("sound", &[], patient()).unwrap();
    let report = Run::new(&corpus).subject(host).execute(&mut |_, _| {});
    assert!(report.is_green(), "{}", report.table());
    assert_eq!(report.selected(), corpus.cases().len());
}
