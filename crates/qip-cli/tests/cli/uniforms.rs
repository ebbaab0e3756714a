//! `MODULE '?key=value&…'`: UNI-5.

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::uniforms;

/// What the module of that name writes down: letters and values, in order.
#[track_caller]
fn assert_set(queries: &[&str], expected: &str) {
    let directory = Directory::with(&uniforms());
    for engine in ENGINES {
        let args = [&["run", "--engine", engine, "module.wasm"], queries].concat();
        directory.qip(&args).assert_prints(format!("{expected}\n"));
    }
}

#[track_caller]
fn assert_refused(query: &str, texts: &[&str]) {
    let directory = Directory::with(&uniforms());
    for engine in ENGINES {
        let answer = directory.qip(&["run", "--engine", engine, "module.wasm", query]);
        answer.assert_fails(4, texts);
    }
}

#[test]
fn no_uniforms_are_set_unasked() {
    assert_set(&[], "");
    assert_set(&["?"], "");
}

#[test]
fn one_and_several() {
    assert_set(&["?a=120"], "Ax");
    assert_set(&["?a=120&b=0x79"], "AxBy");
}

#[test]
fn they_are_set_in_the_order_of_their_keys() {
    assert_set(&["?c+d=122&b=121&a=120"], "AxByCz");
}

#[test]
fn percent_is_decoded() {
    assert_set(&["?%61=%31%32%30"], "Ax");
    assert_set(&["?c%20d=122"], "Cz");
    // An encoded plus is the sign of a number.
    assert_set(&["?a=%2B120"], "Ax");
    // Encoded separators separate nothing.
    assert_refused("?a=1%26b=2", &["uniform `a`", "`1&b=2`"]);
}

#[test]
fn a_plus_is_a_space() {
    assert_set(&["?c+d=122"], "Cz");
    assert_refused("?a=+1", &["uniform `a`", "` 1`"]);
}

#[test]
fn the_last_of_equal_keys_wins_and_is_set_once() {
    assert_set(&["?a=1&b=121&a=120"], "AxBy");
    assert_set(&["?a=1", "?a=120"], "Ax");
    // The last one, before it is looked at: a bad one that loses does no harm.
    assert_set(&["?a=bad&a=120"], "Ax");
}

#[test]
fn values_out_of_their_grammar_are_refused() {
    assert_refused("?a=", &["uniform `a`", "``", "expected", "i32"]);
    assert_refused("?a", &["uniform `a`", "``"]);
    assert_refused("?a=1.5", &["`1.5`"]);
    assert_refused("?a=2147483648", &["`2147483648`"]);
    assert_refused("?gain=nan", &["uniform `gain`", "`nan`", "f32"]);
    assert_refused("?gain=1e39", &["`1e39`"]);
}

#[test]
fn an_unknown_key_is_refused_with_the_known_ones() {
    assert_refused("?z=1", &["`z`", "`a`", "`b`", "`c d`", "`gain`"]);
    assert_refused("?A=1", &["`A`"]);
    assert_refused("?width_and_height=1", &["`width_and_height`"]);
}

#[test]
fn uniforms_before_any_module_are_a_usage_error() {
    let directory = Directory::with(&uniforms());
    let answer = directory.qip(&["run", "?a=1", "module.wasm"]);
    answer.assert_fails(2, &["`?a=1`"]);
    assert!(answer.stderr.contains("\nhelp: "), "{}", answer.stderr);
}
