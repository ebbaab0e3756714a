//! IN-3, IN-4, OUT-4 and OUT-5, predicted from the clauses for numbers at their edges.

use proptest::prelude::*;
use qip_host::{Code, Host, Module, Output, Stage};

use crate::{ENGINES, refused, standard, wat};

const PAGE: u64 = 65_536;

/// What the module says of itself in one request.
#[derive(Clone, Debug)]
struct Says {
    pages: u32,
    input_ptr: u32,
    input_cap: u32,
    output_ptr: u32,
    output_cap: u32,
    count: u32,
    length: usize,
    /// Whether the output is of 4-byte elements.
    is_i32: bool,
    /// Pages that the call adds.
    grows: u32,
}

/// A module that says all of it by uniforms, which are set before it is read (UNI-2).
fn module(output: &str) -> Vec<u8> {
    let mut text = String::from(r#"(module (memory (export "memory") 0)"#);
    for name in ["input_ptr", "input_bytes_cap", "output_ptr", output] {
        text += &format!(
            r#"(global ${name} (export "{name}") (mut i32) (i32.const 0))
               (func (export "uniform_set_{name}") (param i32) (global.set ${name} (local.get 0)))"#
        );
    }
    text += r#"
        (global $count (mut i32) (i32.const 0))
        (func (export "uniform_set_count") (param i32) (global.set $count (local.get 0)))
        (global $grows (mut i32) (i32.const 0))
        (func (export "uniform_set_grows") (param i32) (global.set $grows (local.get 0)))
        (func (export "uniform_set_pages") (param i32) (drop (memory.grow (local.get 0))))
        (func (export "run") (param i32) (result i32)
            (drop (memory.grow (global.get $grows))) (global.get $count)))"#;
    wat(&text)
}

/// The clauses, in the order of ORD-2.
fn predict(says: &Says, input: &[u8]) -> Result<Output, Code> {
    let memory = u64::from(says.pages) * PAGE;
    let length = input.len() as u64;
    // IN-3: longer than the capacity is refused, equal is accepted.
    if length > u64::from(says.input_cap) {
        return Err(Code::InputTooLarge);
    }
    // IN-4: a pointer at the very end is in bounds, past it is not.
    if u64::from(says.input_ptr) + length > memory {
        return Err(Code::InputOutOfBounds);
    }
    let memory = memory + u64::from(says.grows) * PAGE;
    // OUT-4: elements are held against the capacity, both counted in elements.
    if says.count > says.output_cap {
        return Err(Code::OutputTooLarge);
    }
    // OUT-5: the bytes are held against memory as it is after the call.
    let size = u64::from(says.count) * if says.is_i32 { 4 } else { 1 };
    let start = u64::from(says.output_ptr);
    if start + size > memory {
        return Err(Code::OutputOutOfBounds);
    }
    // RUN-4: all else is zero.
    let input_start = u64::from(says.input_ptr);
    let byte = |at: u64| match at.checked_sub(input_start) {
        Some(index) if index < length => input[index as usize],
        _ => 0,
    };
    let bytes: Vec<u8> = (start..start + size).map(byte).collect();
    Ok(if says.is_i32 {
        // OUT-3: little-endian.
        let element = |b: &[u8]| i32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        Output::I32(bytes.chunks(4).map(element).collect())
    } else {
        Output::Bytes(bytes)
    })
}

/// A number at or near one of the edges that matter.
fn near(edges: Vec<u64>) -> impl Strategy<Value = u32> {
    let edge = (prop::sample::select(edges), -2_i64..=2)
        .prop_map(|(edge, off)| edge.saturating_add_signed(off).min(u32::MAX.into()) as u32);
    prop_oneof![4 => edge, 1 => any::<u32>(), 1 => 0_u32..70_000]
}

fn says() -> impl Strategy<Value = Says> {
    let first = (
        0_u32..3,
        0_u32..2,
        prop_oneof![0_usize..9, 65_530_usize..65_540],
        any::<bool>(),
    );
    first.prop_flat_map(|(pages, grows, length, is_i32)| {
        let memory = u64::from(pages) * PAGE;
        let grown = memory + u64::from(grows) * PAGE;
        let input = length as u64;
        let element = if is_i32 { 4 } else { 1 };
        (
            near(vec![
                0,
                memory,
                memory.saturating_sub(input),
                1 << 31,
                u32::MAX.into(),
            ]),
            near(vec![input, input, memory, u32::MAX.into()]),
            near(vec![0, 2, 4, 8, grown / element, 1 << 30, u32::MAX.into()]),
            near(vec![grown / element, 1 << 30, u32::MAX.into()]),
        )
            .prop_flat_map(move |(input_ptr, input_cap, count, output_cap)| {
                let size = u64::from(count) * element;
                near(vec![
                    0,
                    grown,
                    grown.saturating_sub(size),
                    u64::from(input_ptr),
                    u32::MAX.into(),
                ])
                .prop_map(move |output_ptr| Says {
                    pages,
                    input_ptr,
                    input_cap,
                    output_ptr,
                    output_cap,
                    count,
                    length,
                    is_i32,
                    grows,
                })
            })
    })
}

/// One request to a module that says all this.
fn ask(host: &Host, module: &Module, says: &Says, input: &[u8]) -> Result<Output, Code> {
    let output_cap = if says.is_i32 {
        "output_i32_cap"
    } else {
        "output_bytes_cap"
    };
    let number = |number: u32| format!("{number:#x}");
    let stage = Stage::module(module)
        .uniform("pages", number(says.pages))
        .uniform("grows", number(says.grows))
        .uniform("input_ptr", number(says.input_ptr))
        .uniform("input_bytes_cap", number(says.input_cap))
        .uniform("output_ptr", number(says.output_ptr))
        .uniform(output_cap, number(says.output_cap))
        .uniform("count", number(says.count));
    let reply = host.recipe([stage]).expect("sound").render(input);
    reply
        .map(|reply| reply.output)
        .map_err(|error| refused(&error).unwrap_or_else(|| panic!("no refusal: {error}")))
}

/// Sums and products that would wrap at 32 bits do not (OUT-3): by hand, since chance
/// seldom finds them.
#[test]
fn nothing_wraps() {
    const EMPTY: Says = Says {
        pages: 1,
        input_ptr: 0,
        input_cap: u32::MAX,
        output_ptr: 0,
        output_cap: u32::MAX,
        count: 0,
        length: 0,
        is_i32: true,
        grows: 0,
    };
    crate::on_each(|engine| {
        let host = standard(engine);
        let i32s = host.load(module("output_i32_cap")).expect("sound");
        let bytes = host.load(module("output_bytes_cap")).expect("sound");
        for count in [1 << 30, (1 << 30) + 1, 1 << 31, 3 << 30, u32::MAX] {
            let says = Says { count, ..EMPTY };
            let found = ask(&host, &i32s, &says, b"");
            assert_eq!(found, Err(Code::OutputOutOfBounds), "{count} elements");
        }
        for (output_ptr, count) in [
            (u32::MAX, 1),
            (u32::MAX, 2),
            (2, u32::MAX - 1),
            (1 << 31, 1 << 31),
        ] {
            let says = Says {
                output_ptr,
                count,
                is_i32: false,
                ..EMPTY
            };
            let found = ask(&host, &bytes, &says, b"");
            assert_eq!(
                found,
                Err(Code::OutputOutOfBounds),
                "{count} at {output_ptr}"
            );
        }
        for input_ptr in [u32::MAX, u32::MAX - 2, u32::MAX - 3] {
            let says = Says { input_ptr, ..EMPTY };
            let found = ask(&host, &i32s, &says, b"abcd");
            assert_eq!(found, Err(Code::InputOutOfBounds), "{input_ptr}");
        }
    });
}

#[test]
fn bounds_are_those_of_the_clauses() {
    let modules: Vec<_> = ENGINES
        .iter()
        .map(|(name, engine)| {
            let host = standard(engine);
            let load = |output| host.load(module(output)).expect("sound");
            let loaded = [load("output_bytes_cap"), load("output_i32_cap")];
            (*name, host, loaded)
        })
        .collect();
    // How often each answer came up, so that the test is known to reach them all.
    let seen = std::cell::RefCell::new(std::collections::BTreeMap::<String, u32>::new());
    let config = ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    };
    proptest!(config, |(says in says())| {
        let input: Vec<u8> = (0..says.length).map(|index| (index % 251) as u8 + 1).collect();
        let wanted = predict(&says, &input);
        let answer = match &wanted {
            Ok(_) => "a reply".to_owned(),
            Err(code) => code.to_string(),
        };
        *seen.borrow_mut().entry(answer).or_default() += 1;
        for (name, host, loaded) in &modules {
            let found = ask(host, &loaded[usize::from(says.is_i32)], &says, &input);
            // Not `prop_assert_eq`: it would print 64 KiB.
            prop_assert!(found == wanted, "on {name}: {:?}, wanted {:?}", found.err(), wanted.err());
        }
    });
    let seen = seen.into_inner();
    assert!(
        seen.len() == 5 && seen.values().all(|count| *count >= 10),
        "too little of something: {seen:?}"
    );
}
