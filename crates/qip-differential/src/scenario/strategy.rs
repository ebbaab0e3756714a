//! Sound scenarios at random, up to the edges that the contract allows: a capacity
//! that is just enough, a buffer that ends where memory ends. What is wrong with a
//! scenario is put in afterwards (`aim.rs`).

use std::time::Duration;

use proptest::prelude::*;
use qip_cases::{OutputKind, TaskOptions};
use qip_contract::{Floats, Numeric, Utf8};
use wasm_encoder::ValType;

use super::aim::{self, Aim};
use super::build::{TALLY, build};
use super::{Op, Scenario};

/// Scenarios that mostly end as the aim says.
pub(crate) fn scenarios(aim: Aim) -> impl Strategy<Value = Scenario> {
    let wanted = match aim {
        Aim::Output(kind) => Some(Some(kind)),
        Aim::Scalar => Some(None),
        _ => None,
    };
    let second = prop_oneof![
        7 => Just(None),
        1 => (any::<prop::sample::Index>(), any::<u32>()).prop_map(Some),
    ];
    (
        prop::collection::vec(stage(), 1..=3),
        prop_oneof![4 => Just(1_usize), 1 => 1..=3_usize],
        prop::collection::vec(input(), 1..=2),
        (
            options(),
            prop::option::weighted(0.3, any::<prop::sample::Index>()),
        ),
        any::<u32>(),
        second,
    )
        .prop_map(
            move |(mut drafts, stages, inputs, (options, content_type), choice, second)| {
                drafts.truncate(stages);
                let mut scenario = build(&drafts, inputs, content_type, options, wanted);
                aim::spoil(&mut scenario, aim, choice);
                if let Some((other, choice)) = second {
                    aim::spoil(&mut scenario, *other.get(&Aim::all()), choice);
                }
                scenario
            },
        )
}

/// A stage before its addresses are known.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) pages: u32,
    pub(super) more_pages: Option<u32>,
    pub(super) names: EntryNames,
    pub(super) output: Option<OutputKind>,
    pub(super) losing_outputs: bool,
    pub(super) input_is_text: bool,
    pub(super) both_inputs: bool,
    pub(super) styles: [Style; 4],
    pub(super) input_at: Place,
    pub(super) output_at: Place,
    pub(super) tight: [bool; 2],
    pub(super) body: Body,
    pub(super) noise: Vec<Op>,
    pub(super) uniforms: Vec<(u8, ValType, bool)>,
    /// Whether a type is declared for the input, and which for the output.
    pub(super) declares: (bool, Option<prop::sample::Index>),
    pub(super) noise_exports: bool,
    pub(super) rotation: prop::sample::Index,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum EntryNames {
    Run,
    Render,
    Both,
}

/// How a pointer or capacity is exported (MOD-3).
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    Global,
    Mutable,
    Function,
    /// A function that returns a mutable global.
    OverGlobal,
    /// A function that also counts how often it is called (RUN-2).
    Counting,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    At(u16),
    /// The buffer ends where memory ends.
    AtEnd,
    /// The buffer begins where memory ends, and the entry point grows it (OUT-5). An
    /// input is in memory before that, so it stands at the end instead.
    Grown,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// A scalar, or so many bytes of whatever is in memory.
    Result(i32),
    /// The input is the output.
    Echo,
    /// So many times this byte.
    Fill(u16, u8),
    /// What getters and setters have counted.
    Tally,
}

fn stage() -> impl Strategy<Value = Draft> {
    let shape = (
        1..=3_u32,
        prop::option::of(0..=2_u32),
        prop_oneof![
            Just(EntryNames::Run),
            Just(EntryNames::Render),
            Just(EntryNames::Both)
        ],
        prop::option::weighted(
            0.75,
            prop_oneof![
                Just(OutputKind::Bytes),
                Just(OutputKind::Utf8),
                Just(OutputKind::I32)
            ],
        ),
        prop::bool::weighted(0.2),
        any::<bool>(),
        prop::bool::weighted(0.2),
    );
    let sides = (
        prop::array::uniform4(style()),
        place(),
        place(),
        any::<[bool; 2]>(),
        body(),
        prop::collection::vec(noise(), 0..3),
        prop::collection::vec((0..4_u8, number_type(), any::<bool>()), 0..3),
        (
            prop::bool::weighted(0.3),
            prop::option::weighted(0.3, any::<prop::sample::Index>()),
        ),
        (prop::bool::weighted(0.2), any::<prop::sample::Index>()),
    );
    (shape, sides).prop_map(|(shape, sides)| {
        let (pages, more_pages, names, output, losing_outputs, input_is_text, both_inputs) = shape;
        let (styles, input_at, output_at, tight, body, noise, uniforms, declares, last) = sides;
        let (noise_exports, rotation) = last;
        Draft {
            pages,
            more_pages,
            names,
            output,
            losing_outputs,
            input_is_text,
            both_inputs,
            styles,
            input_at,
            output_at,
            tight,
            body,
            noise,
            uniforms,
            declares,
            noise_exports,
            rotation,
        }
    })
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        Just(Style::Global),
        Just(Style::Mutable),
        Just(Style::Function),
        Just(Style::OverGlobal),
        Just(Style::Counting),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        3 => (0..2_000_u16).prop_map(Place::At),
        1 => Just(Place::AtEnd),
        1 => Just(Place::Grown),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    let edges = prop::sample::select(vec![0, 1, -1, i32::MIN, i32::MAX]);
    prop_oneof![
        1 => edges.prop_map(Body::Result),
        1 => any::<i32>().prop_map(Body::Result),
        3 => Just(Body::Echo),
        2 => (0..300_u16, 0..128_u8).prop_map(|(len, byte)| Body::Fill(len, byte)),
        1 => Just(Body::Tally),
    ]
}

fn noise() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..3_u32).prop_map(Op::Grow),
        Just(Op::Grow(65_536)),
        Just(Op::Count { at: TALLY }),
        (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Op::Store {
            at: TALLY + 2 + u32::from(at) % 900,
            byte
        }),
        (any::<u8>(), 0..900_u32).prop_map(|(byte, len)| Op::Fill {
            at: TALLY + 2,
            byte,
            len
        }),
    ]
}

fn number_type() -> impl Strategy<Value = ValType> {
    prop_oneof![
        Just(ValType::I32),
        Just(ValType::I64),
        Just(ValType::F32),
        Just(ValType::F64)
    ]
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    let bytes = |len| prop::collection::vec(any::<u8>(), len);
    prop_oneof![
        1 => Just(Vec::new()),
        1 => "[ -~]".prop_map(String::into_bytes),
        3 => "\\PC{0,40}".prop_map(String::into_bytes),
        1 => bytes(1..200),
    ]
}

/// Options and limits that change nothing for a sound module, or nearly so.
fn options() -> impl Strategy<Value = (TaskOptions, Option<Duration>, bool)> {
    (
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.5),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(lenient, deterministic, reuse, timed, small, unchecked)| {
            let options = TaskOptions {
                numeric: if lenient {
                    Numeric::Lenient
                } else {
                    Numeric::Strict
                },
                floats: if deterministic {
                    Floats::Deterministic
                } else {
                    Floats::Any
                },
                utf8: if unchecked {
                    Utf8::Unchecked
                } else {
                    Utf8::Checked
                },
                reuse,
                ..TaskOptions::default()
            };
            (options, timed.then_some(Duration::from_secs(5)), small)
        })
}
