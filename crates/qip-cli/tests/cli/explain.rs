//! `qip explain`, and that the examples of its pages come to what they are examples of.

use qip_check::explain::{Example, Topic};
use qip_host::wasmtime::Wasmtime;
use qip_host::{Error, ErrorKind, Host, Limits, Stage};

use crate::directory::Directory;
use crate::help::asked;
use crate::messages::assert_text;

/// The bytes that an example is asked with; `None` where it needs no request.
fn input(example: &Example) -> Option<Vec<u8>> {
    if let Some(text) = example.value("input") {
        return Some(text.as_bytes().to_vec());
    }
    if let Some(hex) = example.value("hex") {
        let byte = |digits| u8::from_str_radix(digits, 16).unwrap();
        return Some(hex.split(' ').map(byte).collect());
    }
    let (width, height) = example.value("bmp")?.split_once('x')?;
    Some(bmp(width.parse().unwrap(), height.parse().unwrap()))
}

/// A BMP of 32 bits a pixel that claims a size and has no pixels.
fn bmp(width: i32, height: i32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for number in [
        54_u32,
        0,
        54,
        40,
        width.cast_unsigned(),
        height.cast_unsigned(),
        0x0020_0001,
    ] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.resize(54, 0);
    bytes
}

/// Runs the modules of a page as a recipe.
fn run(examples: &[Example]) -> Result<(), Error> {
    let host = Host::new(Wasmtime::new(), Limits::standard());
    let stages = examples.iter().map(|example| {
        let stage = Stage::text(example.module.as_bytes());
        match example.value("uniforms").and_then(|it| it.split_once('=')) {
            Some((key, value)) => stage.uniform(key, value),
            None => stage,
        }
    });
    let recipe = host.recipe(stages)?;
    let input = examples.first().and_then(input).unwrap_or_default();
    recipe.render(&input[..])?;
    Ok(())
}

/// What only shows when a module is asked. What the bytes alone show, `qip-check` tests.
#[test]
fn examples_that_are_asked_fail_as_their_pages_say() {
    let mut asked = 0;
    for topic in Topic::all() {
        let Some(page) = topic.page() else { continue };
        let needs_request = page.wrong.first().is_none_or(|it| input(it).is_some());
        if !needs_request || matches!(topic, Topic::Lint(_)) {
            continue;
        }
        let error = run(&page.wrong).expect_err(topic.name());
        match (topic, error.kind()) {
            (Topic::Failure(code), ErrorKind::Refused(found)) => assert_eq!(found, code, "{error}"),
            (Topic::Trap(kind), ErrorKind::Trapped(found)) => assert_eq!(found, kind, "{error}"),
            (_, found) => panic!("{}: {found:?}: {error}", topic.name()),
        }
        if !page.mended.is_empty() {
            run(&page.mended).unwrap_or_else(|error| panic!("{}: {error}", topic.name()));
        }
        asked += 1;
    }
    // Nine kinds of traps, and what a host answers to a recipe or a request.
    assert!(asked >= 9 + 12, "{asked}");
}

#[test]
fn a_lint_a_failure_a_trap_and_a_clause() {
    let mut text = String::new();
    for name in [
        "capacity-is-address",
        "not-pipeable",
        "indirect-call-to-null",
        "MOD-7",
    ] {
        text += &format!("# qip explain {name}\n{}\n", asked(&["explain", name]));
    }
    assert_text!("explained", text);
    assert_eq!(asked(&["explain", "in-3"]), asked(&["explain", "IN-3"]));
}

#[test]
fn all_of_it_as_lines_and_as_json() {
    let text = asked(&["explain", "--all"]);
    let json = asked(&["explain", "--all", "--format", "json"]);
    let lines: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), Topic::all().len());
    for (topic, line) in Topic::all().iter().zip(lines) {
        assert_eq!(line["name"], topic.name());
        assert_eq!(line["version"], 1);
        assert!(
            text.contains(&format!("\n  {} ", topic.name())),
            "{}",
            topic.name()
        );
    }
}

#[test]
fn what_is_not_there() {
    let directory = Directory::new();
    for (name, meant) in [
        ("capacity-is-adress", "capacity-is-address"),
        ("IN3", "IN-3"),
    ] {
        let answer = directory.qip(&["explain", name]);
        let what = format!("no code or clause is called `{name}`");
        answer.assert_fails(2, &[&what, &format!("did you mean `{meant}`?")]);
    }
    assert_eq!(directory.qip(&["explain"]).code, 2);
}
