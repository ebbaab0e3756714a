//! Every refusal that the bytes of one module justify, its fields, and the order.

use std::collections::BTreeMap;

use qip_contract::{Code, Limits, Numeric, Refusal, Rules, Signature};

use crate::{INPUT, RENDER, codes, describe, read, refusals, snapshot, sound, wat};

const MEMORY: &str = r#"(memory (export "memory") 1 1)"#;

fn uniforms(pairs: &[(&str, &str)]) -> Rules {
    Rules {
        uniforms: pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..Rules::default()
    }
}

/// Each text with all that is refused of it.
fn table(texts: &[&str], rules: &Rules) -> String {
    let row = |text: &&str| {
        let refusals: String = refusals(&wat(&format!("(module {text})")), rules)
            .iter()
            .map(describe)
            .collect();
        // What all rows share is not shown.
        let text = [MEMORY, INPUT, RENDER]
            .iter()
            .fold((*text).to_owned(), |text, part| text.replace(part, ""));
        let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.len() > 300 {
            text.truncate(100);
            text.push('…');
        }
        format!("module {text}\n{refusals}")
    };
    texts.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn bytes_that_are_no_module() {
    let long = [&b"\x7fELF"[..], &[0; 100]].concat();
    let rows: [&[u8]; 15] = [
        b"",
        b"\0",
        b"\0asm",
        b"\0asm\x01\0\0",
        b"\0asm\x02\0\0\0",
        b"\0asm\x0d\0\x01\0",
        b"\0asm\x01\0\x01\0",
        b"<!DOCTYPE html><html>",
        b"  <HTML>",
        b"(module)",
        b";; a comment",
        b"\x1f\x8b\x08\0",
        b"\xff\xfe\"'",
        b"asm",
        &long,
    ];
    let mut text = String::new();
    for bytes in rows {
        let refusal = Signature::read(bytes, &Limits::standard()).expect_err("no module");
        assert_eq!(refusal.code(), Code::NotWasm);
        text += &format!("{}\n{}\n", bytes.escape_ascii(), describe(&refusal));
    }
    snapshot("not-wasm", &text);
}

/// MOD-8: each proposal that is left out, used in the smallest way.
#[test]
fn proposals_left_out_are_invalid() {
    for proposal in [
        r#"(memory (export "m") 1 1 shared)"#,
        "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        "(memory i64 1)",
        "(memory 1) (memory 1)",
        "(table i64 1 funcref)",
        "(tag)",
        "(func (try_table))",
        "(type (struct))",
        "(type (array i8))",
        "(rec (type (func)) (type (func)))",
        "(type $t (func)) (func (param (ref $t)))",
        "(type $t (func)) (func (param (ref null $t)))",
        "(func (param i31ref))",
        "(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))",
        "(memory 1 (pagesize 1))",
        "(func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))",
    ] {
        let wasm = wat(&format!("(module {proposal})"));
        let refusal = Signature::read(&wasm, &Limits::standard()).expect_err(proposal);
        assert_eq!(refusal.code(), Code::InvalidModule, "{proposal}");
        assert!(refusal.offset().is_some(), "{proposal}");
    }
}

/// MOD-8: `4f 00` before a function's type says that it is final and has no supertype,
/// which only garbage collection can say.
#[test]
fn a_final_subtype_is_invalid() {
    let wasm = b"\0asm\x01\0\0\0\x01\x06\x01\x4f\0\x60\0\0";
    let refusal = Signature::read(wasm, &Limits::standard()).expect_err("no 2.0");
    assert_eq!(refusal.code(), Code::InvalidModule);
    assert_eq!(refusal.offset(), Some(11));
}

#[test]
fn invalid_modules() {
    let mut text = String::new();
    for source in [
        "(func (result i32))",
        "(func (drop (i32.add (i32.const 0) (i64.const 0))))",
        "(memory i64 1)",
        r#"(func (export "\1b[31m")) (func (export "\1b[31m"))"#,
        "(memory 65537)",
        "(start 9)",
    ] {
        let wasm = wat(&format!("(module {source})"));
        let refusal = Signature::read(&wasm, &Limits::standard()).expect_err(source);
        assert_eq!(refusal.code(), Code::InvalidModule, "{source}");
        text += &format!("{source}\n{}\n", describe(&refusal));
    }
    snapshot("invalid-module", &text);
}

#[test]
fn imports() {
    let rest = format!("{INPUT} {RENDER}");
    let long = "x".repeat(1000);
    snapshot(
        "imports",
        &table(
            &[
                &format!(r#"(import "wasi_snapshot_preview1" "fd_write" (func)) {MEMORY} {rest}"#),
                &format!(
                    r#"(import "env" "g" (global i32)) (import "env" "t" (table 1 funcref))
                       (import "env" "f" (func)) {MEMORY} {rest}"#
                ),
                // An imported memory may be exported: the import is what is wrong.
                &format!(
                    r#"(import "env" "memory" (memory 1)) (export "memory" (memory 0)) {rest}"#
                ),
                &format!(r#"(import "" "a\1b[2Jb" (func)) {MEMORY} {rest}"#),
                &format!(r#"(import "{long}" "" (func)) {MEMORY} {rest}"#),
            ],
            &Rules::default(),
        ),
    );
}

#[test]
fn memories() {
    let rest = format!("{INPUT} {RENDER}");
    snapshot(
        "memories",
        &table(
            &[
                &rest,
                &format!(r#"(memory 1) {rest}"#),
                &format!(r#"(memory (export "Memory") 1) {rest}"#),
                &format!(r#"(func (export "memory")) {rest}"#),
                &format!(r#"(table (export "memory") 1 funcref) {rest}"#),
                &format!(r#"(global (export "memory") (mut i32) (i32.const 0)) {rest}"#),
            ],
            &Rules::default(),
        ),
    );
}

/// MOD-7.
#[test]
fn memories_that_are_not_fixed() {
    let rest = format!("{INPUT} {RENDER}");
    let rules = Rules {
        fixed_memory: true,
        ..Rules::default()
    };
    let texts = [
        &format!(r#"(memory (export "memory") 1) {rest}"#)[..],
        &format!(r#"(memory (export "memory") 1 2) {rest}"#),
        &format!(
            r#"(memory (export "memory") 1 1) (func (drop (memory.grow (i32.const 1)))) {rest}"#
        ),
    ];
    snapshot("memory-not-fixed", &table(&texts, &rules));
    for text in texts {
        assert_eq!(
            refusals(&wat(&format!("(module {text})")), &Rules::default()),
            [],
            "only where a host insists"
        );
    }
    assert_eq!(refusals(&sound(""), &rules), []);
}

#[test]
fn entry_points() {
    let head = format!("{MEMORY} {INPUT}");
    snapshot(
        "entry-points",
        &table(
            &[
                &head,
                &format!(
                    r#"{head} (func (export "rnder") (param i32) (result i32) (i32.const 0))"#
                ),
                &format!(r#"{head} (func (export "_start"))"#),
                &format!(r#"{head} (func (export "render"))"#),
                &format!(r#"{head} (func (export "run") (param i64) (result i64) (i64.const 0))"#),
                &format!(r#"{head} (global (export "render") i32 (i32.const 0))"#),
                &format!(r#"{head} (table (export "run") 1 funcref)"#),
                // The losing name is held to its shape as well (MOD-6).
                &format!(r#"{head} {RENDER} (func (export "run"))"#),
                &format!(
                    r#"{head} (func (export "run") (param i32) (result i32) (i32.const 0))
                       (func (export "render") (param i32) (result i32 i32) (i32.const 0) (i32.const 0))"#
                ),
                &format!(
                    r#"{head} (func (export "run")
                       (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result f64) (f64.const 0))"#
                ),
            ],
            &Rules::default(),
        ),
    );
}

#[test]
fn pointers_and_capacities() {
    let cap = r#"(global (export "input_utf8_cap") i32 (i32.const 16))"#;
    let ptr = r#"(global (export "input_ptr") i32 (i32.const 0))"#;
    let head = format!("{MEMORY} {RENDER}");
    snapshot(
        "pointers",
        &table(
            &[
                &format!("{head} {cap}"),
                &format!("{head} {ptr}"),
                &format!(r#"{head} {ptr} (global (export "input_byte_cap") i32 (i32.const 1))"#),
                &format!(r#"{head} {cap} (global (export "inputPtr") i32 (i32.const 1))"#),
                &format!(r#"{head} {cap} (global (export "input_ptr") i64 (i64.const 0))"#),
                &format!(r#"{head} {cap} (global (export "input_ptr") (mut f32) (f32.const 0))"#),
                &format!(
                    r#"{head} {cap} (func (export "input_ptr") (param i32) (result i32) (i32.const 0))"#
                ),
                &format!(r#"{head} {cap} (func (export "input_ptr"))"#),
                &format!(
                    r#"{head} {cap} (func (export "input_ptr") (result i32 i32) (i32.const 0) (i32.const 0))"#
                ),
                &format!(r#"{head} {cap} (table (export "input_ptr") 1 funcref)"#),
                &format!(r#"{head} {cap} (export "input_ptr" (memory 0))"#),
                // The losing capacity is held to its shape as well (MOD-6).
                &format!(
                    r#"{head} {ptr} {cap} (global (export "input_bytes_cap") f64 (f64.const 0))"#
                ),
            ],
            &Rules::default(),
        ),
    );
}

#[test]
fn outputs_and_content_types() {
    let head = format!("{MEMORY} {INPUT} {RENDER}");
    snapshot(
        "outputs",
        &table(
            &[
                // Neither is buffered, and nothing is missing (OUT-1).
                &format!(r#"{head} (global (export "output_ptr") i32 (i32.const 0))"#),
                &format!(r#"{head} (global (export "output_i32_cap") i32 (i32.const 0))"#),
                // Shapes count all the same, also of what loses (MOD-6).
                &format!(r#"{head} (global (export "output_ptr") i64 (i64.const 0))"#),
                &format!(
                    r#"{head} (global (export "output_i32_cap") i64 (i64.const 0))
                       (func (export "output_bytes_cap"))
                       (global (export "output_utf8_cap") i32 (i32.const 0))"#
                ),
                &format!(r#"{head} (global (export "input_content_type_ptr") i32 (i32.const 0))"#),
                &format!(r#"{head} (global (export "input_content_type_size") i32 (i32.const 0))"#),
                &format!(r#"{head} (global (export "output_content_type_ptr") i32 (i32.const 0))"#),
                &format!(
                    r#"{head} (global (export "output_content_type_size") f32 (f32.const 0))"#
                ),
                &format!(
                    r#"{head} (func (export "output_content_type_size") (result i32) (i32.const 0))
                            (func (export "output_content_typ_ptr") (result i32) (i32.const 0))"#
                ),
            ],
            &Rules::default(),
        ),
    );
}

#[test]
fn uniform_faults() {
    let head = format!(
        r#"{MEMORY} {INPUT} {RENDER}
        (func (export "uniform_set_radius") (param i32))
        (func (export "uniform_set_gain") (param f32))
        (func (export "uniform_set_width_and_height") (param f32 f32))"#
    );
    let mut text = String::new();
    for given in [
        ("radius", "0x80000000"),
        ("radius", "2147483648"),
        ("radius", ""),
        ("gain", "1e39"),
        ("gain", "nan"),
        ("radios", "1"),
        ("width_and_height", "1"),
        ("a\u{1b}[31m", "1"),
    ] {
        text += &format!("{given:?}\n{}\n", table(&[&head], &uniforms(&[given])));
    }
    text += &table(
        &[
            &format!("{MEMORY} {INPUT} {RENDER}"),
            &format!(r#"{MEMORY} {INPUT} {RENDER} (func (export "uniform_set_gain"))"#),
            &format!(
                r#"{MEMORY} {INPUT} {RENDER} (global (export "uniform_set_gain") f32 (f32.const 0))"#
            ),
            &format!(
                r#"{MEMORY} {INPUT} {RENDER} (func (export "uniform_set_gain") (param v128))"#
            ),
        ],
        &uniforms(&[("gain", "1")]),
    );
    snapshot("uniforms", &text);
}

#[test]
fn tile_filters() {
    let tile = r#"(func (export "tile_rgba32float_64x64") (param f32 f32))"#;
    let input = r#"(global (export "input_ptr") i32 (i32.const 0))
        (global (export "input_bytes_cap") i32 (i32.const 65536))"#;
    let sound = format!("{MEMORY} {tile} {input}");
    snapshot(
        "tiles",
        &table(
            &[
                &sound,
                // Text capacities are none for a tile (IMG-1).
                &format!("{MEMORY} {tile} {INPUT}"),
                &format!(
                    r#"{MEMORY} {tile} (global (export "input_bytes_cap") i32 (i32.const 1))"#
                ),
                &format!(r#"{MEMORY} {input} (func (export "tile_rgba_f32_64x64") (param f32))"#),
                // Both names are held to their shape (IMG-1).
                &format!(r#"{sound} (global (export "tile_rgba_f32_64x64") i32 (i32.const 0))"#),
                // A sound content module is a tile filter if it exports the name (MOD-6).
                &format!(r#"{sound} {RENDER} (table (export "tile_rgba_f32_64x64") 1 funcref)"#),
                &format!(
                    r#"{sound} (func (export "calculate_halo_px") (result f32) (f32.const 0))"#
                ),
                &format!(r#"{sound} (global (export "calculate_halo_px") i32 (i32.const 0))"#),
                &format!(
                    r#"{sound} (func (export "uniform_set_width_and_height") (param i32 i32))"#
                ),
                // Its results are ignored (IMG-6).
                &format!(
                    r#"{sound} (func (export "uniform_set_width_and_height") (param f32 f32) (result i32) (i32.const 0))"#
                ),
                &format!(r#"{sound} (func (export "uniform_set_gain"))"#),
                // What concerns content modules alone does not concern a tile filter.
                &format!(
                    r#"{sound} (global (export "output_ptr") f32 (f32.const 0)) (func (export "render"))"#
                ),
            ],
            &Rules::default(),
        ),
    );
}

/// ORD-1 and IMG-12: first the tile function, then the input, then width and height,
/// then the halo, then uniforms.
#[test]
fn faults_of_a_tile_filter_come_in_their_order() {
    let wasm = wat(r#"(module
        (func (export "tile_rgba32float_64x64"))
        (func (export "tile_rgba_f32_64x64"))
        (global (export "calculate_halo_px") i32 (i32.const 0))
        (global (export "uniform_set_width_and_height") i32 (i32.const 0))
        (func (export "uniform_set_gain"))
        (global (export "input_bytes_cap") i64 (i64.const 0)))"#);
    assert_eq!(
        codes(&refusals(&wasm, &Rules::default())),
        [
            "missing-memory memory",
            "export-shape tile_rgba32float_64x64",
            "export-shape tile_rgba_f32_64x64",
            "missing-export input_ptr",
            "export-shape input_bytes_cap",
            "export-shape uniform_set_width_and_height",
            "export-shape calculate_halo_px",
            "uniform-shape uniform_set_gain",
        ]
    );
}

/// A caller may want a tile filter and nothing else: what is none is refused where a
/// faulty tile function is (IMG-1, ORD-1).
#[test]
fn a_tile_filter_can_be_insisted_on() {
    let rules = Rules {
        tile_filter: true,
        ..Rules::default()
    };
    let tile = r#"(func (export "tile_rgba_f32_64x64") (param f32 f32))
        (global (export "input_bytes_cap") i32 (i32.const 65536))"#;
    let filter = sound(tile);
    assert_eq!(refusals(&filter, &rules), []);
    snapshot(
        "tiles-wanted",
        &table(
            &[
                &format!("{MEMORY} {INPUT} {RENDER}"),
                // Its own faults come after, or before.
                &format!(r#"{MEMORY} (func (export "render"))"#),
                &format!(r#"(import "a" "b" (func)) {INPUT}"#),
                &format!(
                    r#"{MEMORY} {INPUT} (func (export "tile_rgba32float_64x46") (param f32 f32))"#
                ),
            ],
            &rules,
        ),
    );
}

/// MOD-4: what is refused strictly is taken leniently, and no more.
#[test]
fn the_lenient_reading_takes_every_number() {
    let rules = Rules {
        numeric: Numeric::Lenient,
        ..Rules::default()
    };
    let module = |ptr: &str| {
        wat(&format!(
            r#"(module {MEMORY} {RENDER} {ptr}
               (global (export "input_utf8_cap") i32 (i32.const 16)))"#
        ))
    };
    for ty in ["i32", "i64", "f32", "f64"] {
        for style in [
            format!(r#"(global (export "input_ptr") {ty} ({ty}.const 0))"#),
            format!(r#"(global (export "input_ptr") (mut {ty}) ({ty}.const 0))"#),
            format!(r#"(func (export "input_ptr") (result {ty}) ({ty}.const 0))"#),
        ] {
            assert_eq!(refusals(&module(&style), &rules), [], "{style}");
            let strictly = refusals(&module(&style), &Rules::default());
            let wanted: &[&str] = match ty {
                "i32" => &[],
                _ => &["export-shape input_ptr"],
            };
            assert_eq!(codes(&strictly), wanted, "{style}");
        }
    }
    for style in [
        r#"(global (export "input_ptr") v128 (v128.const i64x2 0 0))"#,
        r#"(global (export "input_ptr") funcref (ref.null func))"#,
        r#"(func (export "input_ptr") (param i32) (result i32) (i32.const 0))"#,
        r#"(func (export "input_ptr"))"#,
        r#"(func (export "input_ptr") (result i32 i32) (i32.const 0) (i32.const 0))"#,
    ] {
        assert_eq!(
            codes(&refusals(&module(style), &rules)),
            ["export-shape input_ptr"],
            "{style}"
        );
    }
    // The entry point is no number that is read: its type stays (RUN-1).
    let entry = wat(&format!(
        r#"(module {MEMORY} {INPUT} (func (export "render") (param i64) (result i64) (i64.const 0)))"#
    ));
    assert_eq!(codes(&refusals(&entry, &rules)), ["export-shape render"]);
}

/// ORD-1, with as much wrong at once as one module can have.
#[test]
fn the_order_of_ord_1() {
    let everything = format!(
        r#"(module
        (import "env" "f" (func))
        (import "env" "g" (func))
        (func (export "uniform_set_b"))
        (func (export "uniform_set_d") (param i32))
        (func (export "uniform_set_f") (param f32))
        (global (export "output_content_type_size") i64 (i64.const 0))
        (global (export "input_content_type_ptr") f32 (f32.const 0))
        (func (export "output_i32_cap"))
        (func (export "output_bytes_cap"))
        (func (export "output_utf8_cap"))
        (func (export "output_ptr"))
        (func (export "input_bytes_cap"))
        (func (export "input_utf8_cap"))
        (func (export "input_ptr"))
        (func (export "run"))
        (func (export "render"))
        (table (export "memory") 0 funcref)
        (memory {})
        (func (local i32)))"#,
        20_000
    );
    let rules = uniforms(&[("a", "1"), ("c", "1"), ("d", "x"), ("e", "1"), ("f", "1")]);
    assert_eq!(
        codes(&refusals(&wat(&everything), &rules)),
        [
            "import env.f",
            "memory-kind memory",
            "limit memory_bytes",
            "export-shape render",
            "export-shape run",
            "export-shape input_ptr",
            "export-shape input_utf8_cap",
            "export-shape input_bytes_cap",
            "export-shape output_ptr",
            "export-shape output_utf8_cap",
            "export-shape output_bytes_cap",
            "export-shape output_i32_cap",
            "export-shape input_content_type_ptr",
            "missing-export input_content_type_size",
            "missing-export output_content_type_ptr",
            "export-shape output_content_type_size",
            "unknown-uniform a",
            "uniform-shape uniform_set_b",
            "unknown-uniform c",
            "uniform-value d",
            "unknown-uniform e",
        ]
    );
    let nothing = wat(r#"(module (import "env" "f" (func)) (table 2000000 funcref))"#);
    assert_eq!(
        codes(&refusals(&nothing, &uniforms(&[("z", "1"), ("y", "")]))),
        [
            "import env.f",
            "missing-memory memory",
            "limit table_entries",
            "missing-export render",
            "missing-export input_ptr",
            "missing-export input_utf8_cap",
            "unknown-uniform y",
            "unknown-uniform z",
        ]
    );
    // Bytes that cannot be read end it: size before magic before validity.
    let limits = Limits {
        module_bytes: 7,
        ..Limits::standard()
    };
    let first = |bytes: &[u8]| Signature::read(bytes, &limits).expect_err("unreadable");
    assert_eq!(first(b"no module").code(), Code::Limit);
    assert_eq!(first(b"no modu").code(), Code::NotWasm);
    let invalid = wat(r#"(module (import "env" "f" (func)) (func (result i32)))"#);
    let refusal = Signature::read(&invalid, &Limits::standard()).expect_err("invalid");
    assert_eq!(refusal.code(), Code::InvalidModule);
}

/// A misspelt name is pointed at; names that are something else are not.
#[test]
fn did_you_mean() {
    let help = |export: &str| -> Option<String> {
        let text = format!(
            r#"(module {MEMORY} {RENDER} (global (export "{export}") i32 (i32.const 0))
            (global (export "input_utf8_cap") i32 (i32.const 0)))"#
        );
        let found = refusals(&wat(&text), &Rules::default());
        assert_eq!(codes(&found), ["missing-export input_ptr"], "{export}");
        found[0].help_text().map(str::to_owned)
    };
    for near in ["input_prt", "inputptr", "input_pointer", "INPUT_ptr"] {
        let wanted = match near {
            // More letters apart than a slip of the finger.
            "input_pointer" | "INPUT_ptr" => None,
            _ => Some(format!(
                "did you mean the export `{}`?",
                qip_contract::quote(near)
            )),
        };
        assert_eq!(help(near), wanted, "{near}");
    }
    assert_eq!(
        help(r"input_p\e2\80\aetr").as_deref(),
        Some(r"did you mean the export `input_p\u{202e}tr`?")
    );
    assert_eq!(help("x"), None);
    assert_eq!(help(&"input_ptr".repeat(10)), None);
    // The nearest of several is named.
    let several = format!(
        r#"(module {MEMORY} {RENDER} {}
        (global (export "input_utf8_cap") i32 (i32.const 0)))"#,
        ["input_pt", "input_pppp", "nput_pt"]
            .map(|name| format!(r#"(func (export "{name}"))"#))
            .join(" ")
    );
    let found: Vec<Refusal> = read(&wat(&several)).refusals(&Rules::default());
    assert_eq!(
        found[0].help_text(),
        Some("did you mean the export `input_pt`?")
    );
}
