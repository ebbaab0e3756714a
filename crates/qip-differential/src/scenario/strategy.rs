//! Sound scenarios at random, up to the edges that the contract allows: a capacity
//! that is just enough, a buffer that ends where memory ends. What is wrong with a
//! scenario is put in afterwards (`aim.rs`).

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use qip_conformance::{OutputKind, TaskOptions};
use qip_contract::{ExportName, Limits, Numeric, PAGE_BYTES, Value};
use qip_host::Utf8;
use qip_host::engine::Floats;
use wasm_encoder::ValType;

use super::aim::{self, Aim};
use super::{
    Export, Function, Item, Memory, ModulePlan, Op, Operand, Plan, RequestPlan, Scenario, StagePlan,
};

/// Where getters count their calls; setters store what they are given a little
/// further on. It is the output of [`Body::Tally`].
const TALLY: u32 = 40_000;

/// Where data segments with media types stand.
pub(super) const TYPES: u32 = 41_000;

/// Media types as they may be written, and normalised (MIME-2).
const MEDIA_TYPES: [(&str, &str); 5] = [
    ("text/html", "text/html"),
    (" Text/HTML ; charset=x", "text/html"),
    ("IMAGE/PNG;", "image/png"),
    ("\ta/b\n", "a/b"),
    (" ; q=1", ""),
];

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
struct Draft {
    pages: u32,
    more_pages: Option<u32>,
    names: EntryNames,
    output: Option<OutputKind>,
    losing_outputs: bool,
    input_is_text: bool,
    both_inputs: bool,
    styles: [Style; 4],
    input_at: Place,
    output_at: Place,
    tight: [bool; 2],
    body: Body,
    noise: Vec<Op>,
    uniforms: Vec<(u8, ValType, bool)>,
    /// Whether a type is declared for the input, and which for the output.
    declares: (bool, Option<prop::sample::Index>),
    noise_exports: bool,
    rotation: prop::sample::Index,
}

#[derive(Clone, Copy, Debug)]
enum EntryNames {
    Run,
    Render,
    Both,
}

/// How a pointer or capacity is exported (MOD-3).
#[derive(Clone, Copy, Debug)]
enum Style {
    Global,
    Mutable,
    Function,
    /// A function that returns a mutable global.
    OverGlobal,
    /// A function that also counts how often it is called (RUN-2).
    Counting,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    At(u16),
    /// The buffer ends where memory ends.
    AtEnd,
    /// The buffer begins where memory ends, and the entry point grows it (OUT-5). An
    /// input is in memory before that, so it stands at the end instead.
    Grown,
}

#[derive(Clone, Copy, Debug)]
enum Body {
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

fn build(
    drafts: &[Draft],
    mut inputs: Vec<Vec<u8>>,
    content_type: Option<prop::sample::Index>,
    (mut options, time, small): (TaskOptions, Option<Duration>, bool),
    wanted: Option<Option<OutputKind>>,
) -> Scenario {
    // The last stage may give anything; what is piped is text or bytes.
    let last = drafts.len() - 1;
    let kinds = drafts.iter().enumerate().map(|(index, draft)| {
        if index == last {
            wanted.unwrap_or(draft.output)
        } else {
            draft
                .output
                .filter(|kind| *kind != OutputKind::I32)
                .or(Some(OutputKind::Bytes))
        }
    });
    let kinds: Vec<Option<OutputKind>> = kinds.collect();
    // Only the first stage sees the caller's input; text stays text if all is text.
    let is_text =
        drafts.iter().any(|draft| draft.input_is_text) || kinds.contains(&Some(OutputKind::Utf8));
    for input in &mut inputs {
        if is_text && std::str::from_utf8(input).is_err() {
            *input = String::from_utf8_lossy(input).into_owned().into_bytes();
        }
    }
    options.reuse &= inputs.len() > 1;
    let longest = inputs.iter().map(Vec::len).max().unwrap_or_default() as u32;
    let content_type = content_type.map(|index| *index.get(&MEDIA_TYPES));
    // What the next stage gets at most, and of which type.
    let mut len = longest;
    let mut current = content_type.map_or("", |(_, normalised)| normalised);
    let mut stages = Vec::new();
    for (draft, kind) in drafts.iter().zip(kinds) {
        let stage;
        (stage, len) = build_stage(draft, kind, len, &mut current, options.numeric);
        stages.push(stage);
    }
    Scenario {
        stages,
        requests: inputs
            .into_iter()
            .map(|input| RequestPlan {
                input,
                content_type: content_type.map(|(written, _)| written.to_owned()),
            })
            .collect(),
        options,
        limits: Limits {
            time,
            memory_bytes: if small { 4 * PAGE_BYTES } else { 1 << 30 },
            ..Limits::standard()
        },
    }
}

/// A stage for inputs of `len` bytes at most and of the `current` type, which becomes
/// that of its output; and how long that is at most.
fn build_stage(
    draft: &Draft,
    kind: Option<OutputKind>,
    len: u32,
    current: &mut &'static str,
    numeric: Numeric,
) -> (StagePlan, u32) {
    let end = draft.pages * PAGE_BYTES as u32;
    let element = if kind == Some(OutputKind::I32) { 4 } else { 1 };
    let count = match draft.body {
        Body::Result(value) => value.unsigned_abs() % 50,
        Body::Echo => len,
        Body::Fill(len, _) => len.into(),
        // The two counters are text; the uniform behind them need not be.
        Body::Tally if kind == Some(OutputKind::Utf8) => 2,
        Body::Tally => 16,
    };
    let input_ptr = match draft.input_at {
        Place::At(at) => at.into(),
        Place::AtEnd | Place::Grown => end - len,
    };
    let grows = matches!(draft.output_at, Place::Grown) && kind.is_some();
    // Apart from the input, unless both end where memory ends.
    let output_ptr = match (draft.body, draft.output_at) {
        (Body::Tally, _) => TALLY,
        (_, Place::At(at)) => 10_000 + u32::from(at),
        (_, Place::AtEnd) => end - count * element,
        (_, Place::Grown) => end,
    };
    let [input_tight, output_tight] = draft.tight;
    let input_capacity = if input_tight { len } else { len + 5_000 };
    let output_capacity = if output_tight { count } else { count + 5_000 };

    let mut exports = vec![Export {
        name: ExportName::Memory.as_str().to_owned(),
        item: Item::Memory,
    }];
    let mut getter = |name: ExportName, style: Style, value: u32| {
        export_getter(&mut exports, name.as_str(), style, value, numeric);
    };
    let [
        input_style,
        capacity_style,
        output_style,
        output_capacity_style,
    ] = draft.styles;
    getter(ExportName::InputPtr, input_style, input_ptr);
    let (winning, losing) = (ExportName::InputUtf8Cap, ExportName::InputBytesCap);
    if draft.input_is_text {
        getter(winning, capacity_style, input_capacity);
    }
    if !draft.input_is_text || draft.both_inputs {
        getter(losing, capacity_style, input_capacity);
    }
    if let Some(kind) = kind {
        getter(ExportName::OutputPtr, output_style, output_ptr);
        let by_rank = [
            (OutputKind::Utf8, ExportName::OutputUtf8Cap),
            (OutputKind::Bytes, ExportName::OutputBytesCap),
            (OutputKind::I32, ExportName::OutputI32Cap),
        ];
        let from = by_rank.iter().position(|(of, _)| *of == kind).unwrap_or(0);
        let to = if draft.losing_outputs { 3 } else { from + 1 };
        for (_, name) in &by_rank[from..to] {
            getter(*name, output_capacity_style, output_capacity);
        }
    }

    let mut ops = Vec::new();
    if grows {
        ops.push(Op::Grow(1));
    }
    ops.extend(draft.noise.iter().cloned());
    let result = match draft.body {
        Body::Result(value) => Operand::Const(Value::I32(match kind {
            Some(_) => count.cast_signed(),
            None => value,
        })),
        Body::Echo => {
            ops.push(Op::CopyParam {
                to: output_ptr,
                from: input_ptr,
            });
            Operand::Param
        }
        Body::Fill(len, byte) => {
            ops.push(Op::Fill {
                at: output_ptr,
                byte,
                len: len.into(),
            });
            Operand::Const(Value::I32(len.into()))
        }
        Body::Tally => {
            ops.push(Op::Count { at: TALLY + 1 });
            Operand::Const(Value::I32(count.cast_signed()))
        }
    };
    // A pointer that changes in the call comes too late for this request (RUN-2), and
    // in time for the next on the same instance (RUN-4).
    for global in ["output_ptr", "value of output_ptr"] {
        let found = exports.iter().find(|export| export.name == global);
        if let Some(Item::Global {
            value: Value::I32(value),
            mutable: true,
        }) = found.map(|export| &export.item)
        {
            ops.push(Op::Set {
                global: global.to_owned(),
                value: value.cast_unsigned() + 1,
            });
        }
    }
    let entry = Function {
        params: vec![ValType::I32],
        ops,
        results: vec![result],
    };
    // With both names, `render` counts, and `run` would trap.
    let loser = Function {
        params: vec![ValType::I32],
        ops: vec![Op::Trap(qip_contract::TrapKind::Unreachable)],
        results: vec![Operand::Const(Value::I32(0))],
    };
    let names = match draft.names {
        EntryNames::Run => vec![(ExportName::Run, entry)],
        EntryNames::Render => vec![(ExportName::Render, entry)],
        EntryNames::Both => vec![(ExportName::Run, loser), (ExportName::Render, entry)],
    };
    exports.extend(names.into_iter().map(|(name, function)| Export {
        name: name.as_str().to_owned(),
        item: Item::Function(function),
    }));

    let mut uniforms: Vec<(String, String)> = Vec::new();
    for (key, ty, given) in &draft.uniforms {
        let key = ["a", "B", "a_b", "z"][usize::from(*key)].to_owned();
        let name = format!("{}{key}", qip_contract::UNIFORM_PREFIX);
        if exports.iter().any(|export| export.name == name) {
            continue;
        }
        exports.push(setter(name, *ty));
        if *given {
            let value = match ty {
                ValType::I32 => "-7",
                ValType::I64 => "0xffffffffffffffff",
                ValType::F32 => "1e-3",
                _ => "+.5E2",
            };
            uniforms.push((key, value.to_owned()));
        }
    }
    let mut data = Vec::new();
    let (declares_input, declared_output) = draft.declares;
    // Whatever a stage asks for is right where nothing is known (MIME-3).
    let asked = if current.is_empty() { "a/b" } else { *current };
    let mut declare = |side: &str, at: u32, text: &str| {
        data.push((at, text.as_bytes().to_vec()));
        for (name, value) in [("ptr", at), ("size", text.len() as u32)] {
            exports.push(Export {
                name: format!("{side}_content_type_{name}"),
                item: Item::Global {
                    value: Value::I32(value.cast_signed()),
                    mutable: false,
                },
            });
        }
    };
    if declares_input {
        // Another way to write the same.
        declare(
            "input",
            TYPES,
            &format!(" {} ;v=1", asked.to_ascii_uppercase()),
        );
    }
    if let Some(index) = declared_output {
        let (written, normalised) = *index.get(&MEDIA_TYPES);
        declare("output", TYPES + 300, written);
        if !normalised.is_empty() {
            *current = normalised;
        }
    }
    if draft.noise_exports {
        exports.push(Export {
            name: "_start".to_owned(),
            item: Item::Function(Function {
                params: Vec::new(),
                ops: vec![Op::Trap(qip_contract::TrapKind::Unreachable)],
                results: Vec::new(),
            }),
        });
    }
    let first = draft.rotation.index(exports.len());
    exports.rotate_left(first);
    let plan = Plan {
        import: None,
        memory: Memory {
            pages: draft.pages,
            max: draft
                .more_pages
                .map(|more| draft.pages + more.max(grows.into())),
        },
        data,
        exports,
        start: Vec::new(),
        ill_typed: false,
    };
    let stage = StagePlan {
        module: ModulePlan::Built(Arc::new(plan)),
        uniforms,
    };
    (stage, count * element)
}

/// A setter of a uniform: what it was given last shows at `TALLY`.
pub(super) fn setter(name: String, ty: ValType) -> Export {
    Export {
        name,
        item: Item::Function(Function {
            params: vec![ty],
            ops: vec![Op::StoreParam { at: TALLY + 8 }],
            results: Vec::new(),
        }),
    }
}

fn export_getter(
    exports: &mut Vec<Export>,
    name: &str,
    style: Style,
    value: u32,
    numeric: Numeric,
) {
    // The lenient reading takes any number; every one here is exact in all of them
    // but f32, which is exact up to 2^24.
    let value = match (numeric, value % 4) {
        (Numeric::Lenient, 1) => Value::I64(value.into()),
        (Numeric::Lenient, 2) => Value::F64((f64::from(value) + 0.75).to_bits()),
        (Numeric::Lenient, 3) if value < 1 << 24 => Value::F32((value as f32).to_bits()),
        _ => Value::I32(value.cast_signed()),
    };
    let mut export = |name: &str, item| {
        exports.push(Export {
            name: name.to_owned(),
            item,
        });
    };
    let function = |ops, result| {
        Item::Function(Function {
            params: Vec::new(),
            ops,
            results: vec![result],
        })
    };
    match style {
        Style::Global => export(
            name,
            Item::Global {
                value,
                mutable: false,
            },
        ),
        Style::Mutable => export(
            name,
            Item::Global {
                value,
                mutable: true,
            },
        ),
        Style::Function => export(name, function(Vec::new(), Operand::Const(value))),
        Style::OverGlobal => {
            let global = format!("value of {name}");
            export(
                &global,
                Item::Global {
                    value,
                    mutable: true,
                },
            );
            export(name, function(Vec::new(), Operand::Global(global)));
        }
        Style::Counting => export(
            name,
            function(vec![Op::Count { at: TALLY }], Operand::Const(value)),
        ),
    }
}
