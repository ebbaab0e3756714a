//! Programs that cannot be started, and answers to hello that are none.

use std::time::Duration;

use qip_cases::Subject as _;
use qip_conformance::{HostProgram, HostSettings, StartErrorKind};

use crate::Test;
use crate::run::{command, patient, start};
use crate::schema::Schema;

pub(crate) const TESTS: &[Test] = &[
    (
        "starting::a_sound_host_says_who_it_is",
        a_sound_host_says_who_it_is,
    ),
    ("starting::commands_that_are_none", commands_that_are_none),
    (
        "starting::a_program_that_crashes_at_start",
        a_program_that_crashes_at_start,
    ),
    (
        "starting::a_program_that_hangs_at_hello",
        a_program_that_hangs_at_hello,
    ),
    ("starting::hellos_that_are_refused", hellos_that_are_refused),
];

/// What is said about a program that cannot be started, without the command.
#[track_caller]
fn refused(mode: &str, args: &[&str], settings: HostSettings) -> (StartErrorKind, String) {
    let command = command(mode, args);
    let Err(error) = start(mode, args, settings) else {
        panic!("it started: {command}")
    };
    let text = error.to_string();
    assert!(text.starts_with("the host program `"), "{text}");
    let (_, why) = text
        .split_once("`: ")
        .or_else(|| text.split_once("…`: "))
        .unwrap();
    (error.kind(), why.to_owned())
}

fn a_sound_host_says_who_it_is() {
    let host = start("sound", &[], patient()).unwrap();
    assert_eq!(
        (host.name(), host.version(), host.engine()),
        ("sound", env!("CARGO_PKG_VERSION"), Some("wasmi 2"))
    );
    assert!(host.keeps_time());
    assert!(host.command().ends_with("host:sound"));
}

fn commands_that_are_none() {
    let refused = |command: &str| match HostProgram::start(command) {
        Ok(_) => panic!("it started: {command}"),
        Err(error) => (error.kind(), error.to_string()),
    };
    let (kind, text) = refused("python3 'host.py");
    assert_eq!(kind, StartErrorKind::Command);
    assert!(text.contains("a quote is not closed"), "{text}");
    let (kind, text) = refused(" ");
    assert_eq!(
        (kind, &*text),
        (
            StartErrorKind::Command,
            "the host program ` `: no program is named"
        )
    );
    let (kind, text) = refused("no-such-program-anywhere --at all");
    assert_eq!(kind, StartErrorKind::Program);
    assert!(
        text.contains(
            "`no-such-program-anywhere --at all`: `no-such-program-anywhere` cannot be started"
        ),
        "{text}"
    );
}

fn a_program_that_crashes_at_start() {
    let (kind, why) = refused("crashes-at-start", &[], patient());
    assert_eq!(kind, StartErrorKind::Hello);
    let (how, stderr) = why.split_once("; the last of its stderr: ").unwrap();
    assert!(
        how.starts_with("the program ended (exit") && how.contains(": 3) without an answer"),
        "{how}"
    );
    assert_eq!(stderr, "`two \\u{1b}[31m`, `three`, `four`, `five`, `six`");
}

fn a_program_that_hangs_at_hello() {
    let settings = HostSettings {
        hello_time: Duration::from_millis(200),
        ..patient()
    };
    let (kind, why) = refused("hangs-at-hello", &[], settings);
    assert_eq!(
        (kind, &*why),
        (StartErrorKind::Hello, "no answer within 200 ms")
    );
}

fn hellos_that_are_refused() {
    let good =
        r#"{"hello": {"protocol": 1, "host": "a", "version": "1", "capabilities": ["content"]}}"#;
    assert!(start("hello", &[good], patient()).is_ok());
    let long = "a".repeat(65);
    let hellos = [
        ("rubbish", "hello!".to_owned()),
        ("an empty line", String::new()),
        (
            "an answer",
            r#"{"id": "a", "outcome": {"broken": {"why": "early"}}}"#.to_owned(),
        ),
        (
            "another protocol",
            good.replace("\"protocol\": 1", "\"protocol\": 2"),
        ),
        (
            "a protocol that is no number",
            good.replace("\"protocol\": 1", "\"protocol\": \"1\""),
        ),
        ("no name", good.replace("\"host\": \"a\", ", "")),
        ("an empty name", good.replace("\"a\"", "\"\"")),
        ("a name with a space", good.replace("\"a\"", "\"my host\"")),
        ("a long name", good.replace("\"a\"", &format!("\"{long}\""))),
        ("no version", good.replace("\"version\": \"1\", ", "")),
        ("an empty version", good.replace("\"1\"", "\"\"")),
        ("a version of two lines", good.replace("\"1\"", "\"1\\n2\"")),
        (
            "an engine that is null",
            good.replace("\"a\"", "\"a\", \"engine\": null"),
        ),
        (
            "an unknown key",
            good.replace("\"a\"", "\"a\", \"engin\": \"b\""),
        ),
        ("a key beside it", good.replace("}}", "}, \"id\": \"a\"}")),
        (
            "a key twice",
            good.replace("\"a\"", "\"a\", \"host\": \"a\""),
        ),
        (
            "a list for an object",
            r#"{"hello": [1, "a", "1", "b", []]}"#.to_owned(),
        ),
        (
            "no capabilities",
            good.replace(", \"capabilities\": [\"content\"]", ""),
        ),
        (
            "an unknown capability",
            good.replace("\"content\"", "\"contents\""),
        ),
        (
            "a capability twice",
            good.replace("\"content\"", "\"content\", \"content\""),
        ),
    ];
    let schemas = Schema::both();
    let mut text = String::new();
    for (what, hello) in hellos {
        let (kind, why) = refused("hello", &[&hello], patient());
        assert_eq!(kind, StartErrorKind::Hello, "{what}");
        text += &format!("{what}\n  {why}\n");
        // No schema can see a key that is there twice, nor characters that are no text.
        if let Some((_, host)) = &schemas
            && !["a key twice", "a version of two lines"].contains(&what)
        {
            assert!(
                !host.takes("hello_line", &hello),
                "{what}: the schema takes it"
            );
        }
    }
    insta::assert_snapshot!("hellos_that_are_refused", text);
}
