//! Options of a host: lenient numbers, unchecked text, deterministic floats, fixed
//! memory; and that metering changes no answer.

use std::sync::Arc;
use std::time::Duration;

use qip_host::engine::Engine;
use qip_host::{
    Code, ErrorKind, Floats, Host, Input, Limits, Numeric, Options, Output, Refusal, Reply,
    RequestLimits, Stage, Utf8,
};

use crate::{BUFFERS, ENGINES, SCALAR, on_each, refused, standard, wat};

fn with(engine: &Arc<dyn Engine>, options: Options) -> Host {
    Host::with_options(Arc::clone(engine), Limits::standard(), options)
}

fn lenient(engine: &Arc<dyn Engine>) -> Host {
    let options = Options {
        numeric: Numeric::Lenient,
        ..Options::default()
    };
    with(engine, options)
}

/// A module whose input pointer is a number of any type, in each of three styles.
/// It answers with what the host wrote at 8.
fn with_pointer(ty: &str, number: &str) -> Vec<Vec<u8>> {
    [
        format!(r#"(global (export "input_ptr") {ty} ({ty}.const {number}))"#),
        format!(r#"(global (export "input_ptr") (mut {ty}) ({ty}.const {number}))"#),
        format!(r#"(func (export "input_ptr") (result {ty}) ({ty}.const {number}))"#),
    ]
    .iter()
    .map(|ptr| {
        wat(&format!(
            r#"(module (memory (export "memory") 1 1) {ptr}
                (global (export "input_bytes_cap") i32 (i32.const 1))
                (func (export "run") (param i32) (result i32) (i32.load8_u (i32.const 8))))"#
        ))
    })
    .collect()
}

/// MOD-4: ECMAScript Number, then ToInt32; what is not finite is refused.
#[test]
fn lenient_numbers() {
    /// Where the input is written.
    enum At {
        Eight,
        /// Somewhere out of bounds: the address.
        Outside(u32),
        Refused,
    }
    for (ty, number, wanted) in [
        ("i32", "8", At::Eight),
        ("i64", "8", At::Eight),
        ("i64", "0x100000008", At::Eight),
        ("i64", "-0xfffffff8", At::Eight),
        ("i64", "-1", At::Outside(u32::MAX)),
        // 2^53 + 8 is a double; 2^53 + 9 is half way to 2^53 + 10 and rounds to even.
        ("i64", "0x20000000000008", At::Eight),
        ("i64", "0x20000000000009", At::Eight),
        // 2^54 + 6 rounds up to 2^54 + 8, 2^54 + 10 down to it.
        ("i64", "0x40000000000006", At::Eight),
        ("i64", "0x4000000000000a", At::Eight),
        ("i64", "0x7fffffffffffffff", At::Outside(0)),
        ("f32", "8", At::Eight),
        ("f32", "8.9", At::Eight),
        ("f32", "-8", At::Outside(0xffff_fff8)),
        ("f32", "4294967296", At::Outside(0)),
        ("f64", "8.999999", At::Eight),
        ("f64", "4294967304", At::Eight),
        ("f64", "-4294967288", At::Eight),
        ("f64", "-4294967288.9", At::Eight),
        ("f64", "-0.5", At::Outside(0)),
        ("f64", "1e300", At::Outside(0)),
        ("f64", "65537", At::Outside(65_537)),
        ("f32", "inf", At::Refused),
        ("f32", "-inf", At::Refused),
        ("f32", "nan", At::Refused),
        ("f64", "inf", At::Refused),
        ("f64", "nan:0x123", At::Refused),
    ] {
        for (style, wasm) in with_pointer(ty, number).iter().enumerate() {
            on_each(|engine| {
                let what = format!("{ty} {number}, style {style}");
                let reply = lenient(engine)
                    .load(wasm)
                    .and_then(|module| module.render(b"\x63"));
                match wanted {
                    At::Eight => {
                        assert_eq!(reply.expect(&what).output, Output::Scalar(0x63), "{what}");
                    }
                    // 0 is an address like any other (IN-4).
                    At::Outside(0) => {
                        assert_eq!(reply.expect(&what).output, Output::Scalar(0), "{what}");
                    }
                    At::Outside(address) => {
                        let error = reply.expect_err(&what);
                        assert_eq!(refused(&error), Some(Code::InputOutOfBounds), "{what}");
                        let wanted = format!("1 bytes at {address}");
                        let found = error.refusal().and_then(|refusal| refusal.found_text());
                        assert_eq!(found, Some(&wanted[..]), "{what}");
                    }
                    At::Refused => {
                        let error = reply.expect_err(&what);
                        assert_eq!(refused(&error), Some(Code::ExportShape), "{what}");
                    }
                }
                if ty != "i32" {
                    let error = standard(engine).load(wasm).expect_err("strictly an i32");
                    assert_eq!(refused(&error), Some(Code::ExportShape), "{what}");
                }
            });
        }
    }
}

/// Capacities, sizes and pointers are all read so; mixed with the strict styles.
#[test]
fn lenient_capacities() {
    let wasm = wat(r#"(module (memory (export "memory") 1 1)
            (func (export "input_ptr") (result f64) (f64.const 0))
            (global (export "input_utf8_cap") (mut i64) (i64.const 5))
            (global (export "output_ptr") i32 (i32.const 0))
            (func (export "output_utf8_cap") (result f32) (f32.const 5.5))
            (global (export "output_content_type_ptr") f64 (f64.const 100))
            (func (export "output_content_type_size") (result i64) (i64.const 0x100000009))
            (data (i32.const 100) "Text/HTML")
            (func (export "run") (param i32) (result i32) (local.get 0)))"#);
    on_each(|engine| {
        let module = lenient(engine).load(&wasm).expect("leniently sound");
        let reply = module.render("hello").expect("fits");
        assert_eq!(reply.output, Output::Utf8(b"hello".to_vec()));
        assert_eq!(reply.content_type.as_deref(), Some("text/html"));
        let error = module.render("hello!").expect_err("too long");
        assert_eq!(refused(&error), Some(Code::InputTooLarge));
    });
}

/// IN-6, OUT-6 and REC-3 are turned off together.
#[test]
fn text_can_go_unchecked() {
    let text = BUFFERS.replace("bytes", "utf8");
    let echo = |buffers: &str| {
        wat(&format!(
            r#"(module (memory (export "memory") 1 1) {buffers}
                (func (export "run") (param i32) (result i32) (local.get 0)))"#
        ))
    };
    let (text, bytes) = (echo(&text), echo(BUFFERS));
    const BAD: &[u8] = b"ab\xffc";
    on_each(|engine| {
        let stages: [&[&[u8]]; 3] = [&[&text], &[&bytes, &text], &[&text, &text]];
        for stages in stages {
            let recipe = |options| {
                with(engine, options)
                    .recipe(stages.iter().map(Stage::new))
                    .expect("sound")
            };
            let error = recipe(Options::default()).render(BAD).expect_err("no text");
            assert_eq!(refused(&error), Some(Code::InputNotUtf8));
            assert_eq!(error.refusal().and_then(Refusal::offset), Some(2));
            let unchecked = recipe(Options {
                utf8: Utf8::Unchecked,
                ..Options::default()
            });
            let reply = unchecked.render(BAD).expect("not looked at");
            assert_eq!(reply.output, Output::Utf8(BAD.to_vec()));
            assert_eq!(reply.output.as_str(), None);
        }
        // A byte order mark is text (OUT-6).
        let bom = "\u{feff}a".as_bytes();
        let reply = standard(engine)
            .load(&text)
            .and_then(|module| module.render(bom));
        assert_eq!(reply.expect("text").output, Output::Utf8(bom.to_vec()));
    });
}

/// Output is checked as it comes out, also of bytes that went in unchecked.
#[test]
fn text_is_checked_as_it_comes_out() {
    let wasm = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {}
            (func (export "run") (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1))))"#,
        BUFFERS.replace("output_bytes", "output_utf8")
    ));
    on_each(|engine| {
        // Where the first incomplete sequence starts, not where it breaks off.
        for (input, offset) in [("aé", 1), ("ab€", 2), ("a𝄞", 1)] {
            let error = standard(engine)
                .load(&wasm)
                .and_then(|module| module.render(input))
                .expect_err("cut");
            assert_eq!(refused(&error), Some(Code::OutputNotUtf8), "{input}");
            assert_eq!(error.refusal().and_then(Refusal::offset), Some(offset));
        }
    });
}

/// How many results of [`nans`] are of `f32`: for each of five operands five
/// operations of one, and six of two with each of five, twice.
const NARROW: usize = 5 * (5 + 5 * 6 * 2);

/// Operations that make NaN, from operands whose NaN have signs and payloads.
fn nans() -> Vec<u8> {
    let mut body = String::new();
    let mut at = 0;
    let mut store = |ty: &str, expression: String| {
        body += &format!("({ty}.store (i32.const {at}) {expression})\n");
        at += 16;
    };
    for (ty, lanes, one) in [("f32", "f32x4", "f32.const"), ("f64", "f64x2", "f64.const")] {
        // What the module computes with is not known when it is compiled.
        let number =
            |text: &str| format!("({ty}.add ({one} {text}) ({ty}.convert_i32_s (local.get 0)))");
        let values = [
            number("0"),
            format!("({one} nan:0x200001)"),
            format!("({one} -nan:0x300002)"),
            format!("({ty}.div {} {})", number("0"), number("0")),
            format!("({ty}.sqrt {})", number("-1")),
        ];
        for a in &values {
            for operation in ["sqrt", "ceil", "nearest", "trunc", "floor"] {
                store(ty, format!("({ty}.{operation} {a})"));
            }
            for b in &values {
                for operation in ["add", "sub", "mul", "div", "min", "max"] {
                    store(ty, format!("({ty}.{operation} {a} {b})"));
                    let splat = |value: &String| format!("({lanes}.splat {value})");
                    store(
                        "v128",
                        format!("({lanes}.{operation} {} {})", splat(a), splat(b)),
                    );
                }
            }
        }
    }
    store(
        "f64",
        "(f64.promote_f32 (f32.const nan:0x200001))".to_owned(),
    );
    store(
        "f32",
        "(f32.demote_f64 (f64.const -nan:0x200001))".to_owned(),
    );
    wat(&format!(
        r#"(module (memory (export "memory") 2 2) {SCALAR}
            (global (export "output_ptr") i32 (i32.const 0))
            (global (export "output_bytes_cap") i32 (i32.const {at}))
            (func (export "run") (param i32) (result i32) {body} (i32.const {at})))"#
    ))
}

/// DET-1: bits of NaN are the same on every engine, those of the canonical NaN.
#[test]
fn floats_can_be_deterministic() {
    let wasm = nans();
    let options = Options {
        floats: Floats::Deterministic,
        ..Options::default()
    };
    let (able, unable): (Vec<_>, Vec<_>) = ENGINES
        .iter()
        .partition(|(_, engine)| engine.info().deterministic_floats);
    // An engine that cannot do it says so, and that it is the engine.
    for (name, engine) in unable {
        let error = with(engine, options).load(&wasm).expect_err("it cannot");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let told = format!("the engine {name} cannot make NaN deterministic");
        assert_eq!(error.message(), told);
    }
    let outputs: Vec<(&str, Vec<u8>)> = able
        .into_iter()
        .map(|(name, engine)| {
            let reply = with(engine, options)
                .load(&wasm)
                .and_then(|module| module.render(b""));
            match reply.expect("sound").output {
                Output::Bytes(bytes) => (*name, bytes),
                other => panic!("no bytes: {other:?}"),
            }
        })
        .collect();
    for (name, bytes) in &outputs {
        // A NaN that an operation made is the canonical one. Each result has 16 bytes.
        for (index, chunk) in bytes.chunks(16).enumerate().take(NARROW) {
            let bits = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            assert!(
                !f32::from_bits(bits).is_nan() || bits == 0x7fc0_0000,
                "{bits:#x} at {index} on {name}"
            );
        }
        assert_eq!(bytes, &outputs[0].1, "{name} is unlike {}", outputs[0].0);
    }
}

/// MOD-7.
#[test]
fn memory_can_be_insisted_to_be_fixed() {
    let module = |memory: &str, more: &str| {
        wat(&format!(
            r#"(module (memory (export "memory") {memory}) {SCALAR} {more}
                (func (export "run") (param i32) (result i32) (i32.const 0)))"#
        ))
    };
    on_each(|engine| {
        let options = Options {
            fixed_memory: true,
            ..Options::default()
        };
        let host = with(engine, options);
        assert!(host.load(module("1 1", "")).is_ok());
        for wasm in [
            module("1", ""),
            module("1 2", ""),
            module("1 1", "(func (drop (memory.grow (i32.const 0))))"),
        ] {
            let error = host.load(&wasm).expect_err("not fixed");
            assert_eq!(refused(&error), Some(Code::MemoryNotFixed));
            assert!(standard(engine).load(&wasm).is_ok());
        }
    });
}

/// With and without a clock, with and without fuel, floats either way: eight builds,
/// one answer.
#[test]
fn every_build_gives_the_same_answer() {
    let sort = wat(r#"(module (memory (export "memory") 1)
            (global (export "input_ptr") i32 (i32.const 0))
            (func (export "input_bytes_cap") (result i32) (i32.const 1024))
            (global (export "output_ptr") (mut i32) (i32.const 0))
            (global (export "output_bytes_cap") i32 (i32.const 1024))
            (func (export "run") (param $size i32) (result i32) (local $i i32) (local $j i32) (local $t i32)
                (loop $outer
                    (local.set $j (i32.const 0))
                    (loop $inner
                        (if (i32.lt_u (i32.add (local.get $j) (i32.const 1)) (local.get $size)) (then
                            (if (i32.gt_u (i32.load8_u (local.get $j)) (i32.load8_u offset=1 (local.get $j))) (then
                                (local.set $t (i32.load8_u (local.get $j)))
                                (i32.store8 (local.get $j) (i32.load8_u offset=1 (local.get $j)))
                                (i32.store8 offset=1 (local.get $j) (local.get $t))))
                            (local.set $j (i32.add (local.get $j) (i32.const 1)))
                            (br $inner))))
                    (local.set $i (i32.add (local.get $i) (i32.const 1)))
                    (br_if $outer (i32.lt_u (local.get $i) (local.get $size))))
                (local.get $size)))"#);
    let sum = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {SCALAR}
            (func (export "run") (param i32) (result i32) (local $at i32) (local $sum f64)
                (loop $next
                    (local.set $sum (f64.add (f64.mul (local.get $sum) (f64.const 1.5))
                        (f64.convert_i32_u (i32.load8_u (local.get $at)))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $at) (local.get 0))))
                (i32.trunc_sat_f64_s (f64.mul (local.get $sum) (f64.const -1)))))"#
    ));
    let traps = wat(&format!(
        r#"(module (memory (export "memory") 1 1) {SCALAR}
            (func (export "run") (param i32) (result i32)
                (i32.div_s (local.get 0) (i32.load (i32.const 500)))))"#
    ));
    let input = b"the quick brown fox";
    let mut sorted = input.to_vec();
    sorted.sort_unstable();
    let total = input
        .iter()
        .fold(0.0_f64, |sum, byte| sum * 1.5 + f64::from(*byte));
    let wanted = [
        Ok(Output::Bytes(sorted)),
        Ok(Output::Scalar(-total as i32)),
        Err("integer-divide-by-zero"),
    ];
    on_each(|engine| {
        let builds = if engine.info().deterministic_floats {
            8
        } else {
            4
        };
        for build in 0..builds {
            let limits = RequestLimits {
                time: (build & 1 != 0).then_some(Duration::from_secs(60)),
                fuel: (build & 2 != 0).then_some(1 << 40),
            };
            let options = Options {
                floats: if build & 4 == 0 {
                    Floats::Any
                } else {
                    Floats::Deterministic
                },
                metering: limits.into(),
                ..Options::default()
            };
            let host = Host::with_options(Arc::clone(engine), Limits::standard(), options);
            for (wasm, wanted) in [&sort, &sum, &traps].into_iter().zip(&wanted) {
                let module = host.load(wasm).expect("sound");
                let reply = module.render(Input::new(input).limits(limits));
                let stages = |reply: &Reply| (reply.time.is_some(), reply.stages[0].fuel.is_some());
                if let Ok(reply) = &reply {
                    assert_eq!(
                        stages(reply),
                        (limits.time.is_some(), limits.fuel.is_some())
                    );
                }
                let found = reply
                    .map(|reply| reply.output)
                    .map_err(|error| error.kind().as_str());
                assert_eq!(&found, wanted, "build {build:03b}");
            }
        }
    });
}
