//! Each outcome against each kind of expectation.

use qip_conformance::{Capability, Detail, Difference, Expectation, Outcome, OutputKind, judge};
use qip_host::engine::Exhausted;
use qip_host::{Code, TrapKind};

use crate::fake::{ANY_MODULE, corpus, output, refused, scalar, stopped, trapped};

const FULL: Detail = Detail {
    indirect_kinds: true,
    texts: true,
};

/// What a case file means with this text under `expect`.
fn expectation(text: &str) -> Expectation {
    let corpus = corpus(&format!(
        "summary = \"made up\"\n{ANY_MODULE}[[case]]\nname = \"one\"\nclauses = [\"IN-3\"]\n\
         stages = [{{}}, {{}}]\nexpect = {{ {text} }}\n"
    ));
    corpus.cases()[0].expectations[0].clone()
}

fn judged(text: &str, outcome: &Outcome) -> Vec<Difference> {
    judge(&expectation(text), outcome, FULL)
}

/// The differences in words.
fn told(text: &str, outcome: &Outcome) -> String {
    let differences = judged(text, outcome);
    let lines: Vec<String> = differences.iter().map(Difference::to_string).collect();
    lines.join("\n")
}

#[test]
fn only_the_declared_outcome_matches() {
    let expected = [
        "utf8 = \"abcd\"",
        "bytes = \"abcd\"",
        "i32 = [0x64636261]",
        "scalar = 1684234849",
        "refused = \"limit\"",
        "trap = \"unreachable\"",
        "stopped = \"time\"",
        "stopped = \"fuel\"",
    ];
    // The one that satisfies each, at the same place.
    let outcomes = [
        output(OutputKind::Utf8, b"abcd"),
        output(OutputKind::Bytes, b"abcd"),
        output(OutputKind::I32, b"abcd"),
        scalar(0x6463_6261),
        refused(Code::Limit),
        trapped(TrapKind::Unreachable),
        stopped(Exhausted::Time),
        stopped(Exhausted::Fuel),
        Outcome::Unsupported {
            capability: Capability::Fuel,
        },
        Outcome::broken("it crashed"),
    ];
    for (wanted, expected) in expected.iter().enumerate() {
        for (given, outcome) in outcomes.iter().enumerate() {
            let differences = judged(expected, outcome);
            assert_eq!(
                differences.is_empty(),
                wanted == given,
                "{expected} and {outcome}"
            );
        }
    }
}

#[test]
fn values_are_compared() {
    assert!(!judged("utf8 = \"abc\"", &output(OutputKind::Utf8, b"abd")).is_empty());
    assert!(!judged("utf8 = \"abc\"", &output(OutputKind::Utf8, b"abcd")).is_empty());
    assert!(!judged("utf8 = \"\"", &output(OutputKind::Utf8, b"a")).is_empty());
    assert!(judged("utf8 = \"\"", &output(OutputKind::Utf8, b"")).is_empty());
    assert!(!judged("scalar = -1", &scalar(1)).is_empty());
    assert!(
        judged(
            "i32 = [-1, 0xffffffff]",
            &output(OutputKind::I32, &[0xff; 8])
        )
        .is_empty()
    );
    assert!(!judged("refused = \"limit\"", &refused(Code::Import)).is_empty());
    assert!(!judged("trap = \"unreachable\"", &trapped(TrapKind::StackOverflow)).is_empty());
}

#[test]
fn details_are_judged_where_they_are_given() {
    let typed = |content_type: Option<&str>| Outcome::Scalar {
        value: 1,
        content_type: content_type.map(str::to_owned),
    };
    assert!(judged("scalar = 1", &typed(Some("a/b"))).is_empty());
    assert!(judged("scalar = 1, content_type = \"a/b\"", &typed(Some("a/b"))).is_empty());
    assert!(judged("scalar = 1, content_type = \"\"", &typed(None)).is_empty());
    insta::assert_snapshot!(
        told("scalar = 1, content_type = \"a/b\"", &typed(None)),
        @"content type: expected a/b, found unknown"
    );
    insta::assert_snapshot!(
        told("scalar = 1, content_type = \"\"", &typed(Some("a/b"))),
        @"content type: expected unknown, found a/b"
    );
    insta::assert_snapshot!(
        told("trap = \"unreachable\", stage = 2, message = \"reason\"", &trapped(TrapKind::Unreachable)),
        @r#"
    stage: expected 2, found 1
    message: expected something with "reason", found "it trapped"
    "#
    );
    let found = Outcome::Refused {
        code: Code::InputNotUtf8,
        message: String::new(),
        stage: None,
        offset: Some(4),
    };
    assert!(judged("refused = \"input-not-utf8\", offset = 4", &found).is_empty());
    insta::assert_snapshot!(
        told("refused = \"input-not-utf8\", offset = 3, stage = 1", &found),
        @r"
    stage: expected 1, found none
    offset: expected 3, found 4
    "
    );
    assert!(
        judged(
            "stopped = \"time\", stage = 1, message = \"long\"",
            &stopped(Exhausted::Time)
        )
        .is_empty()
    );
}

#[test]
fn one_of_several_is_enough() {
    let any = "any = [{ refused = \"memory-kind\" }, { refused = \"invalid-module\", stage = 1 }]";
    assert!(judged(any, &refused(Code::MemoryKind)).is_empty());
    assert!(judged(any, &refused(Code::InvalidModule)).is_empty());
    insta::assert_snapshot!(
        told(any, &refused(Code::Limit)),
        @"outcome: expected refused memory-kind, or refused invalid-module, stage 1, found refused limit, stage 1: refused for a reason"
    );
}

#[test]
fn table_traps_are_one_without_indirect_kinds() {
    let expected = expectation("trap = \"bad-signature\"");
    let merged = Detail {
        indirect_kinds: false,
        ..FULL
    };
    for kind in TrapKind::ALL.iter().copied() {
        let same = kind == TrapKind::BadSignature;
        assert_eq!(
            judge(&expected, &trapped(kind), FULL).is_empty(),
            same,
            "{kind}"
        );
        let is_table = kind.is_table_kind();
        assert_eq!(
            judge(&expected, &trapped(kind), merged).is_empty(),
            is_table,
            "{kind}"
        );
    }
}

#[test]
fn messages_are_not_judged_without_texts() {
    let expected = expectation("refused = \"limit\", message = \"nothing says this\"");
    let silent = Detail {
        texts: false,
        ..FULL
    };
    assert!(!judge(&expected, &refused(Code::Limit), FULL).is_empty());
    assert!(judge(&expected, &refused(Code::Limit), silent).is_empty());
}

#[test]
fn long_outputs_are_shown_where_they_differ() {
    let mut found = vec![b'a'; 100];
    found[70] = b'b';
    insta::assert_snapshot!(
        told("utf8 = { repeat = \"a\", count = 100 }", &output(OutputKind::Utf8, &found)),
        @r#"outcome: expected utf8 100 bytes from 60: …"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", found utf8 100 bytes from 60: …"aaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#
    );
    insta::assert_snapshot!(
        told("bytes = { hex = \"0001\" }", &output(OutputKind::Bytes, b"\x00\x02\x03\x04\xff")),
        @"outcome: expected bytes 2 bytes: 0001, found bytes 5 bytes: 00020304 ff"
    );
    insta::assert_snapshot!(
        told("i32 = [1, 2]", &output(OutputKind::I32, &[0xff; 64])),
        @"outcome: expected i32 2 elements: [1, 2], found i32 16 elements: [-1, -1, -1, -1, -1, -1, -1, -1, …]"
    );
    insta::assert_snapshot!(
        told("utf8 = \"\"", &output(OutputKind::Utf8, "tab\té\u{1b}".as_bytes())),
        @r#"outcome: expected utf8 0 bytes, found utf8 7 bytes: 74616209 c3a91b"#
    );
}
