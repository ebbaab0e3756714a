//! The contract's own crate, held against the clauses: what is read of a module,
//! which refusals follow and in which order, limits, hostile bytes, and the small
//! texts (uniforms, media types, pointers, quoting).

#[path = "contract/hostile.rs"]
mod hostile;
#[path = "contract/limits.rs"]
mod limits;
#[path = "contract/refusals.rs"]
mod refusals;
#[path = "contract/signature.rs"]
mod signature;
#[path = "contract/text.rs"]
mod text;

use std::fmt::Write as _;

use qip_contract::{Limits, Refusal, Rules, Signature};

/// The least that a content module exports besides its memory and entry point.
const INPUT: &str = r#"
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_utf8_cap") i32 (i32.const 16))"#;

/// An entry point.
const RENDER: &str = r#"
    (func (export "render") (param i32) (result i32) (local.get 0))"#;

/// A sound content module with `more` in it.
fn sound(more: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module (memory (export "memory") 1 1) {INPUT} {RENDER} {more})"#
    ))
}

#[track_caller]
fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn read(wasm: &[u8]) -> Signature {
    Signature::read(wasm, &Limits::standard()).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// What is wrong with a module that can be read, under the standard limits.
#[track_caller]
fn refusals(wasm: &[u8], rules: &Rules) -> Vec<Refusal> {
    read(wasm).refusals(rules)
}

/// The first refusal of a module, wherever it is found; `None` for a sound one.
fn first_refusal(wasm: &[u8], limits: &Limits) -> Option<Refusal> {
    match Signature::read(wasm, limits) {
        Ok(signature) => signature.refusals(&Rules::default()).into_iter().next(),
        Err(refusal) => Some(refusal),
    }
}

/// Codes and names, one a line.
fn codes(refusals: &[Refusal]) -> Vec<String> {
    let one = |refusal: &Refusal| format!("{} {}", refusal.code(), refusal.name().unwrap_or("-"));
    refusals.iter().map(one).collect()
}

/// Every field of a refusal.
fn describe(refusal: &Refusal) -> String {
    let mut text = format!("{}: {refusal}\n", refusal.code());
    let fields = [
        ("name", refusal.name().map(str::to_owned)),
        ("found", refusal.found_text().map(str::to_owned)),
        ("wanted", refusal.wanted_text().map(str::to_owned)),
        ("help", refusal.help_text().map(str::to_owned)),
        ("offset", refusal.offset().map(|offset| offset.to_string())),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    text
}

/// Compares with `tests/snapshots/contract__<name>.snap`; `INSTA_UPDATE=always`
/// writes it.
#[track_caller]
fn snapshot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}
