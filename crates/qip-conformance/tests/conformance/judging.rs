//! Each outcome against each kind of expectation.

use qip_cases::{Capability, Expectation, Outcome, OutputKind};
use qip_conformance::{Detail, Difference, judge};
use qip_engine::Exhausted;
use qip_host::{Code, TrapKind};

use crate::fake::{ANY_MODULE, corpus, output, printed, refused, scalar, stopped, trapped};

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

/// Of each expectation: what a command prints, and the exit statuses that it ends with.
const PRINTED: [(&str, &[u8], &[i32]); 15] = [
    ("utf8 = \"abc\"", b"abc\n", &[0]),
    ("utf8 = \"\"", b"\n", &[0]),
    ("utf8 = \"a\\n\"", b"a\n\n", &[0]),
    ("bytes = \"abc\"", b"abc", &[0]),
    ("bytes = \"\"", b"", &[0]),
    (
        "i32 = [1, -2, 0x0abcdef0]",
        b"00000001\nfffffffe\n0abcdef0\n",
        &[0],
    ),
    ("i32 = []", b"", &[0]),
    ("scalar = 7", b"Ran: 7\n", &[0]),
    ("scalar = -1", b"Ran: -1\n", &[0]),
    ("refused = \"import\"", b"", &[4]),
    ("refused = \"limit\"", b"", &[5]),
    ("trap = \"unreachable\"", b"", &[4]),
    ("stopped = \"time\"", b"", &[5]),
    ("stopped = \"fuel\"", b"", &[5]),
    (
        "any = [{ refused = \"limit\" }, { trap = \"unreachable\" }]",
        b"",
        &[4, 5],
    ),
];

#[test]
fn of_a_command_what_it_printed_and_its_exit_status_are_judged() {
    for (expected, stdout, statuses) in PRINTED {
        for status in [-1, 0, 1, 2, 3, 4, 5, 6, 101, 127] {
            let matches = judged(expected, &printed(status, stdout)).is_empty();
            assert_eq!(matches, statuses.contains(&status), "{expected}, {status}");
        }
        let status = statuses[0];
        // One byte more or less is another output.
        let more = [stdout, b"\n"].concat();
        assert!(
            !judged(expected, &printed(status, &more)).is_empty(),
            "{expected}"
        );
        if let Some((_, less)) = stdout.split_last() {
            assert!(
                !judged(expected, &printed(status, less)).is_empty(),
                "{expected}"
            );
        }
    }
}

#[test]
fn of_a_command_that_does_not_tell_failures_apart_one_status_is_taken() {
    for (expected, stdout, statuses) in PRINTED {
        let failure = statuses[0] != 0;
        for status in [0, 1, 2, 4, 5] {
            let mut printed = printed(status, stdout);
            if let Outcome::Printed { any_failure, .. } = &mut printed {
                *any_failure = Some(2);
            }
            let matches = judged(expected, &printed).is_empty();
            assert_eq!(matches, status == if failure { 2 } else { 0 }, "{expected}");
        }
    }
}

#[test]
fn a_command_that_fails_without_a_word_has_crashed() {
    for (expected, stdout, statuses) in PRINTED {
        for silence in ["", " \n"] {
            let mut printed = printed(statuses[0], stdout);
            if let Outcome::Printed { message, .. } = &mut printed {
                *message = silence.to_owned();
            }
            let matches = judged(expected, &printed).is_empty();
            assert_eq!(matches, statuses[0] == 0, "{expected}");
        }
    }
}

#[test]
fn of_a_command_only_the_message_is_judged_beside() {
    let details = "refused = \"input-not-utf8\", stage = 2, offset = 9";
    assert!(judged(details, &printed(4, b"")).is_empty());
    let typed = "scalar = 1, content_type = \"a/b\"";
    assert!(judged(typed, &printed(0, b"Ran: 1\n")).is_empty());
    let said = "trap = \"unreachable\", stage = 2, message = \"went wrong\"";
    assert!(judged(said, &printed(4, b"")).is_empty());
    let unsaid = "refused = \"import\", message = \"no import\"";
    assert_eq!(
        told(unsaid, &printed(4, b"")),
        "message: expected something with \"no import\", found \"error: it went wrong\""
    );
}

#[test]
fn what_a_command_should_have_printed_is_shown() {
    for (expected, status, stdout, shown) in [
        (
            "utf8 = \"abc\"",
            0,
            &b"abc"[..],
            "exit status 0, 4 bytes: \"abc\\n\", found exit status 0, 3 bytes: \"abc\"",
        ),
        (
            "scalar = -1",
            0,
            b"Ran: 4294967295\n",
            "exit status 0, 8 bytes: \"Ran: -1\\n\", \
             found exit status 0, 16 bytes: \"Ran: 4294967295\\n\"",
        ),
        (
            "i32 = [16]",
            0,
            b"16\n",
            "exit status 0, 9 bytes: \"00000010\\n\", found exit status 0, 3 bytes: \"16\\n\"",
        ),
        (
            "refused = \"import\"",
            101,
            b"a",
            "exit status 4, 0 bytes, a message (refused import), found exit status 101, 1 byte: \"a\"",
        ),
        (
            "stopped = \"time\"",
            4,
            b"",
            "exit status 5, 0 bytes, a message (stopped time), found exit status 4, 0 bytes",
        ),
        (
            "any = [{ refused = \"limit\" }, { refused = \"import\", stage = 1 }]",
            2,
            b"",
            "refused limit, or refused import, stage 1, found exit status 2, 0 bytes",
        ),
    ] {
        assert_eq!(
            told(expected, &printed(status, stdout)),
            format!("outcome: expected {shown}: error: it went wrong")
        );
    }
    // Around where it differs.
    let long = told(
        "utf8 = { repeat = \"a\", count = 100 }",
        &printed(0, &[b'a'; 100]),
    );
    assert!(long.contains("101 bytes from 61: …\"aaa"), "{long}");
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
fn text_of_a_module_is_escaped_and_cut_in_a_message() {
    let saying = |message: &str| Outcome::Refused {
        code: Code::Import,
        message: message.to_owned(),
        stage: Some(1),
        offset: None,
    };
    let long = "refused = \"import\", module_text = { repeat = \"n\", count = 200 }";
    assert_eq!(told(long, &saying(&"n".repeat(128))), "");
    let found = told(long, &saying(&"n".repeat(129)));
    let uncut = "message: expected text of the module escaped, and at most 128 characters of it \
                 (LIM-5), found more than 128 characters of the text in \"nnn";
    assert!(found.starts_with(uncut), "{found}");
    let strange = r#"refused = "import", module_text = "\u001b[2J""#;
    assert_eq!(told(strange, &saying("no \\e[2J")), "");
    let found = told(strange, &saying("no \u{1b}[2J"));
    assert!(
        found.ends_with("found U+001B as it is in \"no \\u{1b}[2J\""),
        "{found}"
    );
    let silent = Detail {
        texts: false,
        ..FULL
    };
    let found = judge(&expectation(strange), &saying("no \u{1b}[2J"), silent);
    assert_eq!(found, []);
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
