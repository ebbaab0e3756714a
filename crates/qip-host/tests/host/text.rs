//! WebAssembly text: the doors that take it, those that do not, and what it may cost.

use allocation_counter::measure;
use qip_host::text::{MOST_BYTES, MOST_BYTES_WITH_LINES, is_text};
use qip_host::{Code, Error, ErrorKind, Host, Limits, Output, Refusal, Stage};

use crate::{ENGINES, on_each, refused, standard};

/// Answers with the length of its input.
const LENGTH: &str = r#"
    (module (memory (export "memory") 1 1)
      (global (export "input_ptr") i32 (i32.const 0))
      (global (export "input_bytes_cap") i32 (i32.const 64))
      (func (export "run") (param i32) (result i32) (local.get 0)))"#;

/// A module of `unit` many times over, of about as many bytes as asked for.
fn module_of(before: &str, unit: &str, after: &str, bytes: usize) -> String {
    let count = (bytes - before.len() - after.len()) / unit.len();
    [before, &unit.repeat(count), after].concat()
}

#[test]
fn text_is_loaded_where_it_is_asked_for() {
    on_each(|engine| {
        let host = standard(engine);
        let five = Output::Scalar(5);
        let module = host.load_text(LENGTH).expect("sound");
        assert_eq!(module.render("hello").expect("sound").output, five);
        let recipe = host.recipe([Stage::text(LENGTH).named("length.wat")]);
        let reply = recipe.expect("sound").render("hello");
        assert_eq!(reply.expect("sound").output, five);
    });
}

/// Text at a door for binaries is no module, and the error says where to go.
#[test]
fn a_door_for_binaries_takes_no_text() {
    on_each(|engine| {
        let host = standard(engine);
        for text in [LENGTH, "(func)", ";; nothing", "  (module)"] {
            for result in [
                host.load(text).map(drop),
                host.load_named("a.wasm", text).map(drop),
                host.recipe([Stage::new(text)]).map(drop),
                host.filters([Stage::new(text)]).map(drop),
            ] {
                let error = result.expect_err(text);
                assert_eq!(refused(&error), Some(Code::NotWasm), "{text}: {error}");
                let help = error.refusal().and_then(Refusal::help_text);
                assert!(help.is_some_and(|help| help.contains("`Host::load_text`")));
            }
        }
        // What is neither gets no such help.
        let error = host.load("GIF89a").expect_err("a picture");
        assert_eq!(error.refusal().and_then(Refusal::help_text), None);
    });
}

#[test]
fn text_is_told_by_how_it_begins() {
    for text in ["(", " \n\t(module)", ";;", ";; (module)"] {
        assert!(is_text(text.as_bytes()), "{text}");
    }
    for other in ["", "\0asm", ";", "module", "\u{feff}(module)"] {
        assert!(!is_text(other.as_bytes()), "{other}");
    }
}

/// Found and allowed, of what is over a limit.
fn over(error: &Error) -> [&str; 2] {
    assert_eq!(refused(error), Some(Code::Limit), "{error}");
    let refusal = error.refusal().expect("a refusal");
    [refusal.found_text(), refusal.wanted_text()].map(|text| text.expect("a number"))
}

/// Too much text is refused before it is looked at: it takes no memory.
#[test]
fn too_much_text_is_over_a_limit() {
    let host = standard(&ENGINES[0].1);
    let most = MOST_BYTES.to_string();
    let refuse = |host: &Host, bytes: u64| {
        let text = module_of("", "(func) ", "", bytes as usize + 7);
        let text = &text[..bytes as usize];
        let mut result = None;
        let cost = measure(|| result = Some(host.load_text(text)));
        assert!(cost.bytes_max < 4096, "{cost:?}");
        result.expect("it was done").expect_err("too long")
    };
    let error = refuse(&host, 64 << 20);
    assert_eq!(over(&error), ["67108864", &most]);
    assert_eq!(
        error.to_string(),
        format!("the WebAssembly text has 67108864 bytes, over the limit of {most} for text")
    );
    assert_eq!(over(&refuse(&host, MOST_BYTES + 1)), ["4194305", &most]);
    // No more of it than a module may have, and no less than that.
    let small = Limits {
        module_bytes: 2000,
        ..Limits::standard()
    };
    let small = crate::host(&ENGINES[0].1, small);
    assert_eq!(over(&refuse(&small, 2001)), ["2001", "2000"]);
    let padded = |bytes: u64| " ".repeat(bytes as usize - LENGTH.len()) + LENGTH;
    assert!(small.load_text(padded(2000)).is_ok());
    assert!(host.load_text(padded(MOST_BYTES)).is_ok());
}

/// The texts that take the most memory for their size: as much as may be loaded stays under
/// three quarters of a GiB.
#[test]
fn what_text_costs() {
    const BYTES: usize = 1 << 20;
    let host = standard(&ENGINES[0].1);
    for (before, unit, after) in [
        ("(module ", "(tag)", ")"),
        ("(module ", "(rec)", ")"),
        ("(module ", "(func)", ")"),
        ("(module (memory 0)", "(data)", ")"),
        ("(module (func (param ", "i32 ", ")))"),
        ("(module (func ", "(block ", "))"),
        ("(module (func ", "if end ", "))"),
    ] {
        let text = module_of(before, unit, after, BYTES);
        let mut result = None;
        let cost = measure(|| result = Some(host.load_text(&text).map(drop)));
        result
            .expect("it was done")
            .expect_err("nothing that could run");
        let most = cost.bytes_max * MOST_BYTES / BYTES as u64;
        assert!(most < 768 << 20, "{unit}: {most} bytes");
    }
}

/// Text with line information is so short that this takes a moment, however long its lines
/// are and however deep it is nested: longer text goes without.
#[test]
fn lines_are_for_short_text() {
    let host = standard(&ENGINES[0].1);
    let trap_in = |before: usize| {
        let text = LENGTH.replace("(local.get 0)", "unreachable");
        let module = host.load_text("\n".repeat(before) + &text).expect("sound");
        let error = module.render("hello").expect_err("it traps");
        let trap = error.trap().expect("a trap");
        trap.backtrace.iter().any(|frame| frame.source.is_some())
    };
    if host.engine().info().backtrace {
        assert_eq!(MOST_BYTES_WITH_LINES, 128 << 10);
        assert!(trap_in(120 << 10));
        assert!(!trap_in(128 << 10));
    }
}

/// Hostile text comes to an end as an error, not a panic or a deep stack.
#[test]
fn text_that_means_harm() {
    on_each(|engine| {
        let host = standard(engine);
        for text in [
            "(".repeat(1_000_000),
            "(;".repeat(1_000_000),
            format!("(module {}", "(func ".repeat(100_000)),
            format!("(module (func {}", "(block ".repeat(100_000)),
            format!("(module (func {}", "(nop".repeat(1_000_000)),
            "(module (memory 99999999999999999999))".to_owned(),
            "(module (func (i32.const \u{202e})))".to_owned(),
            "(".to_owned(),
            ";;".to_owned(),
            "(component)".to_owned(),
        ] {
            let error = host.load_text(&text).expect_err("no module");
            let kind = error.kind();
            assert!(
                matches!(
                    kind,
                    ErrorKind::Refused(Code::InvalidModule | Code::MissingMemory | Code::NotWasm)
                ),
                "{kind:?}"
            );
            let shown = error.to_string();
            assert!(shown.len() < 2_000 && !shown.contains(['\n', '\u{202e}']));
            if let Some((_, place)) = shown.split_once("at line and column ") {
                let place = place.split_once(": ").expect("what is wrong").0;
                let numbers = place
                    .split(':')
                    .filter(|number| number.parse::<u32>().is_ok());
                assert_eq!(numbers.count(), 2, "{shown}");
            }
        }
        assert!(host.load_text(b"(module \xff)").is_err());
    });
}
