//! Answers that are none: what is said about each, and whether the schema says so too.

use qip_cases::Outcome;
use qip_conformance::Fault;

use crate::Test;
use crate::run::{corpus, patient, small, start};
use crate::schema::Schema;

pub(crate) const TESTS: &[Test] = &[
    ("messages::answers_that_are_taken", answers_that_are_taken),
    (
        "messages::answers_that_are_refused",
        answers_that_are_refused,
    ),
    (
        "messages::answers_to_several_requests",
        answers_to_several_requests,
    ),
];

fn ask(line: &str) -> Result<Vec<Outcome>, Fault> {
    let corpus = small();
    let host = start("says", &[line], patient()).unwrap_or_else(|error| panic!("{error}"));
    host.ask(&corpus.cases()[0].id, &corpus.cases()[0].task)
}

fn outcome(outcome: &str) -> String {
    format!(r#"{{"id": "ID", "outcome": {outcome}}}"#)
}

fn answers_that_are_taken() {
    let lines = [
        (
            r#"{"output": {"kind": "utf8", "bytes": ""}}"#,
            "utf8 0 bytes",
        ),
        (
            r#"{"output": {"kind": "bytes", "bytes": "AP8=", "content_type": "a/b"}}"#,
            "bytes 2 bytes: 00ff, content type a/b",
        ),
        (
            r#"{"output": {"kind": "i32", "bytes": "/////w=="}}"#,
            "i32 1 elements: [-1]",
        ),
        (
            r#"{"scalar": {"value": -2147483648}}"#,
            "scalar -2147483648",
        ),
        (
            r#"{"image": {"width": 2, "height": 1, "rgba": "AAAAAAAAAAA="}}"#,
            "image 2 × 1",
        ),
        (r#"{"refused": {"code": "limit"}}"#, "refused limit"),
        (
            r#"{"refused": {"code": "input-not-utf8", "message": "a", "stage": 1, "offset": 0}}"#,
            "refused input-not-utf8, stage 1, offset 0: a",
        ),
        (
            r#"{"trapped": {"kind": "unreachable", "stage": 2}}"#,
            "trap unreachable, stage 2",
        ),
        (
            r#"{"stopped": {"by": "time", "message": ""}}"#,
            "stopped time",
        ),
        (
            r#"{"unsupported": {"capability": "image"}}"#,
            "unsupported image",
        ),
        (r#"{"broken": {"why": "a\u001b"}}"#, "broken: a\\u{1b}"),
    ];
    let schemas = Schema::both();
    for (given, expected) in lines {
        let line = outcome(given);
        let answer = ask(&line).unwrap_or_else(|fault| panic!("{fault}"));
        let shown: Vec<String> = answer.iter().map(Outcome::to_string).collect();
        assert_eq!(shown, [expected]);
        if let Some((_, host)) = &schemas {
            assert!(host.takes("answer_line", &line), "{line}");
        }
    }
    // White space is as it is in JSON, and a carriage return is white space.
    let spaced = "\t{ \"outcome\": {\"scalar\": {\"value\": 1}} , \"id\" : \"\\u0049D\" } \r";
    assert!(ask(&spaced.replace("\\u0049D", "ID")).is_ok());
}

fn answers_that_are_refused() {
    let deep = "[".repeat(100_000);
    let wide = format!(r#"{{"{}": 1}}"#, "k".repeat(100_000));
    let lines = [
        ("no JSON", "Segmentation fault".to_owned()),
        ("half of one", r#"{"id": "ID", "outcome": {"#.to_owned()),
        (
            "two in a line",
            format!("{0} {0}", outcome(r#"{"scalar": {"value": 1}}"#)),
        ),
        ("an empty line", String::new()),
        ("a list", r#"["ID", {"scalar": {"value": 1}}]"#.to_owned()),
        ("a deep one", deep),
        ("a long unknown key", wide),
        ("null", "null".to_owned()),
        ("a question", r#"{"case": {}}"#.to_owned()),
        (
            "no id",
            r#"{"outcome": {"scalar": {"value": 1}}}"#.to_owned(),
        ),
        ("no outcome", r#"{"id": "ID"}"#.to_owned()),
        ("an outcome that is null", outcome("null")),
        (
            "both outcome and outcomes",
            r#"{"id": "ID", "outcome": {"scalar": {"value": 1}}, "outcomes": []}"#.to_owned(),
        ),
        (
            "outcomes for one request",
            r#"{"id": "ID", "outcomes": [{"scalar": {"value": 1}}]}"#.to_owned(),
        ),
        (
            "an unknown key beside it",
            r#"{"id": "ID", "outcome": {"scalar": {"value": 1}}, "time": 3}"#.to_owned(),
        ),
        (
            "an id twice",
            r#"{"id": "ID", "id": "ID", "outcome": {"scalar": {"value": 1}}}"#.to_owned(),
        ),
        ("no outcome in it", outcome("{}")),
        (
            "two outcomes in it",
            outcome(r#"{"scalar": {"value": 1}, "broken": {"why": "a"}}"#),
        ),
        (
            "an unknown outcome",
            outcome(r#"{"trap": {"kind": "unreachable"}}"#),
        ),
        (
            "an outcome like no other",
            outcome(r#"{"result": {"value": 1}}"#),
        ),
        ("an outcome that is a text", outcome(r#""broken""#)),
        (
            "an outcome that is a list",
            outcome(r#"{"broken": ["why"]}"#),
        ),
        (
            "an unknown key in it",
            outcome(r#"{"scalar": {"value": 1, "stage": 1}}"#),
        ),
        (
            "a key in it twice",
            outcome(r#"{"scalar": {"value": 1, "value": 1}}"#),
        ),
        ("no value", outcome(r#"{"scalar": {}}"#)),
        (
            "an unsigned value",
            outcome(r#"{"scalar": {"value": 4294967295}}"#),
        ),
        (
            "a value with a fraction",
            outcome(r#"{"scalar": {"value": 1.5}}"#),
        ),
        (
            "a value that is a text",
            outcome(r#"{"scalar": {"value": "1"}}"#),
        ),
        ("no kind", outcome(r#"{"output": {"bytes": ""}}"#)),
        (
            "an unknown kind",
            outcome(r#"{"output": {"kind": "utf-8", "bytes": ""}}"#),
        ),
        ("no bytes", outcome(r#"{"output": {"kind": "utf8"}}"#)),
        (
            "bytes that are a list",
            outcome(r#"{"output": {"kind": "bytes", "bytes": [1]}}"#),
        ),
        (
            "no base64",
            outcome(r#"{"output": {"kind": "bytes", "bytes": "a b"}}"#),
        ),
        (
            "base64 without padding",
            outcome(r#"{"output": {"kind": "bytes", "bytes": "YQ"}}"#),
        ),
        (
            "base64 for URLs",
            outcome(r#"{"output": {"kind": "bytes", "bytes": "__8="}}"#),
        ),
        (
            "base64 with bits left over",
            outcome(r#"{"output": {"kind": "bytes", "bytes": "YR=="}}"#),
        ),
        (
            "elements that are cut",
            outcome(r#"{"output": {"kind": "i32", "bytes": "AAAAAAA="}}"#),
        ),
        (
            "a picture with too few bytes",
            outcome(r#"{"image": {"width": 2, "height": 1, "rgba": "AAAAAA=="}}"#),
        ),
        (
            "a picture with too many bytes",
            outcome(r#"{"image": {"width": 1, "height": 1, "rgba": "AAAAAAAAAAA="}}"#),
        ),
        (
            "a picture whose size is beyond all numbers",
            outcome(r#"{"image": {"width": 4294967295, "height": 4294967295, "rgba": ""}}"#),
        ),
        (
            "a picture of no pixels",
            outcome(r#"{"image": {"width": 0, "height": 0, "rgba": ""}}"#),
        ),
        (
            "a picture of no rows",
            outcome(r#"{"image": {"width": 1, "height": 0, "rgba": ""}}"#),
        ),
        (
            "a picture with a negative width",
            outcome(r#"{"image": {"width": -1, "height": 1, "rgba": ""}}"#),
        ),
        (
            "a picture that is no base64",
            outcome(r#"{"image": {"width": 1, "height": 1, "rgba": "AAAAAA"}}"#),
        ),
        (
            "a picture as a list",
            outcome(r#"{"image": {"width": 1, "height": 1, "rgba": [1, 2, 3, 4]}}"#),
        ),
        (
            "a picture without a height",
            outcome(r#"{"image": {"width": 1, "rgba": "AAAAAA=="}}"#),
        ),
        (
            "a picture with a content type",
            outcome(
                r#"{"image": {"width": 1, "height": 1, "rgba": "AAAAAA==", "content_type": "image/png"}}"#,
            ),
        ),
        (
            "a content type that is null",
            outcome(r#"{"output": {"kind": "utf8", "bytes": "", "content_type": null}}"#),
        ),
        (
            "a content type that is empty",
            outcome(r#"{"scalar": {"value": 1, "content_type": ""}}"#),
        ),
        (
            "an unknown code",
            outcome(r#"{"refused": {"code": "inptu-too-large"}}"#),
        ),
        (
            "a code like no other",
            outcome(r#"{"refused": {"code": "oops"}}"#),
        ),
        ("no code", outcome(r#"{"refused": {"message": "no"}}"#)),
        (
            "a message that is null",
            outcome(r#"{"refused": {"code": "limit", "message": null}}"#),
        ),
        (
            "a stage from 0",
            outcome(r#"{"refused": {"code": "limit", "stage": 0}}"#),
        ),
        (
            "a stage that is null",
            outcome(r#"{"refused": {"code": "limit", "stage": null}}"#),
        ),
        (
            "a negative offset",
            outcome(r#"{"refused": {"code": "input-not-utf8", "offset": -1}}"#),
        ),
        (
            "an unknown trap kind",
            outcome(r#"{"trapped": {"kind": "Unreachable"}}"#),
        ),
        (
            "a trap kind like no other",
            outcome(r#"{"trapped": {"kind": "oops"}}"#),
        ),
        (
            "an offset of a trap",
            outcome(r#"{"trapped": {"kind": "unreachable", "offset": 1}}"#),
        ),
        (
            "an unknown limit",
            outcome(r#"{"stopped": {"by": "memory"}}"#),
        ),
        (
            "an unknown capability",
            outcome(r#"{"unsupported": {"capability": "images"}}"#),
        ),
        (
            "a capability like no other",
            outcome(r#"{"unsupported": {"capability": "oops"}}"#),
        ),
        ("no why", outcome(r#"{"broken": {}}"#)),
    ];
    // What no schema can see.
    let unseen = [
        "outcomes for one request",
        "an id twice",
        "a key in it twice",
        "elements that are cut",
        "a picture with too few bytes",
        "a picture with too many bytes",
        "a picture whose size is beyond all numbers",
    ];
    let schemas = Schema::both();
    let mut text = String::new();
    for (what, line) in lines {
        let fault = match ask(&line) {
            Ok(outcomes) => panic!("{what}: {outcomes:?}"),
            Err(fault) => fault,
        };
        assert!(fault.to_string().len() < 1000, "{fault}");
        let expected = fault.what_was_expected();
        let expected = expected.map(|expected| format!("\n  expected {expected}"));
        text += &format!(
            "{what}\n  {}{}\n",
            fault.what(),
            expected.unwrap_or_default()
        );
        assert!(fault.offending_line().is_some(), "{what}");
        if let Some((_, host)) = schemas.as_ref().filter(|_| !unseen.contains(&what)) {
            assert!(
                !host.takes("answer_line", &line),
                "{what}: the schema takes it"
            );
        }
    }
    insta::assert_snapshot!("answers_that_are_refused", text);
}

fn answers_to_several_requests() {
    let text = crate::run::SMALL.replace(
        "input = \"1\"\nexpect = { utf8 = \"1\" }",
        "requests = [{ expect = { scalar = 1 } }, { expect = { scalar = 2 } }]",
    );
    let corpus = corpus(&text);
    let ask = |line: &str| {
        let host = start("says", &[line], patient()).unwrap_or_else(|error| panic!("{error}"));
        host.ask(&corpus.cases()[0].id, &corpus.cases()[0].task)
    };
    let scalars = |count: usize| {
        let scalars = vec![r#"{"scalar": {"value": 1}}"#; count];
        format!(r#"{{"id": "ID", "outcomes": [{}]}}"#, scalars.join(", "))
    };
    assert_eq!(ask(&scalars(2)).unwrap().len(), 2);
    for (line, why) in [
        (
            scalars(1),
            "`outcomes` has 1 of them, expected one for each of 2 requests",
        ),
        (
            scalars(3),
            "`outcomes` has 3 of them, expected one for each of 2 requests",
        ),
        (
            scalars(0),
            "`outcomes` has 0 of them, expected one for each of 2 requests",
        ),
        (
            outcome(r#"{"scalar": {"value": 1}}"#),
            "`outcome` for a case with `requests`, expected `outcomes`",
        ),
    ] {
        let fault = ask(&line).unwrap_err().to_string();
        assert!(fault.starts_with(why), "{fault}");
    }
}
