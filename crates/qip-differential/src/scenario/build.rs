//! From what a strategy drew to a scenario: addresses, exports, code.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::prop::sample::Index;
use qip_cases::{OutputKind, TaskOptions};
use qip_contract::{
    ExportName, Limits, Numeric, PAGE_BYTES, RequestLimits, TrapKind, UNIFORM_PREFIX, Value,
};
use wasm_encoder::ValType;

use super::strategy::{Body, Draft, EntryNames, Place, Style};
use super::{
    Export, Function, Item, Memory, ModulePlan, Op, Operand, Plan, RequestPlan, Scenario, StagePlan,
};

/// Where getters count their calls; setters store what they are given a little
/// further on. It is the output of [`Body::Tally`].
pub(super) const TALLY: u32 = 40_000;

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

/// A scenario whose last stage gives the `wanted` kind of output, if one is.
pub(super) fn build(
    drafts: &[Draft],
    mut inputs: Vec<Vec<u8>>,
    content_type: Option<Index>,
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
        let layout = Layout::new(draft, kind, len);
        len = layout.count * layout.element;
        stages.push(Builder::new(draft, layout).stage(kind, &mut current, options.numeric));
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
            memory_bytes: if small { 4 * PAGE_BYTES } else { 1 << 30 },
            ..Limits::standard()
        },
        request_limits: RequestLimits { time, fuel: None },
    }
}

/// Where the buffers of a stage are, and how large.
struct Layout {
    input_ptr: u32,
    input_capacity: u32,
    output_ptr: u32,
    output_capacity: u32,
    /// The elements of the output at most, and the bytes of each.
    count: u32,
    element: u32,
    /// Whether the output is in memory that the entry point has to grow.
    grows: bool,
}

impl Layout {
    /// For inputs of `len` bytes at most.
    fn new(draft: &Draft, kind: Option<OutputKind>, len: u32) -> Layout {
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
        let [input_is_tight, output_is_tight] = draft.tight;
        Layout {
            input_ptr: match draft.input_at {
                Place::At(at) => at.into(),
                Place::AtEnd | Place::Grown => end - len,
            },
            input_capacity: if input_is_tight { len } else { len + 5_000 },
            // Apart from the input, unless both end where memory ends.
            output_ptr: match (draft.body, draft.output_at) {
                (Body::Tally, _) => TALLY,
                (_, Place::At(at)) => 10_000 + u32::from(at),
                (_, Place::AtEnd) => end - count * element,
                (_, Place::Grown) => end,
            },
            output_capacity: if output_is_tight {
                count
            } else {
                count + 5_000
            },
            count,
            element,
            grows: matches!(draft.output_at, Place::Grown) && kind.is_some(),
        }
    }
}

/// A stage in the making.
struct Builder<'d> {
    draft: &'d Draft,
    layout: Layout,
    exports: Vec<Export>,
    data: Vec<(u32, Vec<u8>)>,
}

impl<'d> Builder<'d> {
    fn new(draft: &'d Draft, layout: Layout) -> Builder<'d> {
        Builder {
            draft,
            layout,
            exports: Vec::new(),
            data: Vec::new(),
        }
    }

    /// The stage, for inputs of the `current` type, which becomes that of its output.
    fn stage(
        mut self,
        kind: Option<OutputKind>,
        current: &mut &'static str,
        numeric: Numeric,
    ) -> StagePlan {
        self.export(ExportName::Memory.as_str(), Item::Memory);
        self.input(numeric);
        if let Some(kind) = kind {
            self.output(kind, numeric);
        }
        self.entry(kind);
        let uniforms = self.uniforms();
        self.types(current);
        if self.draft.noise_exports {
            self.export("_start", trapping(&[], &[]));
        }
        let Builder {
            draft,
            layout,
            mut exports,
            data,
        } = self;
        let first = draft.rotation.index(exports.len());
        exports.rotate_left(first);
        let max = |more: u32| draft.pages + more.max(layout.grows.into());
        let plan = Plan {
            import: None,
            memory: Memory {
                pages: draft.pages,
                max: draft.more_pages.map(max),
            },
            data,
            exports,
            start: Vec::new(),
            ill_typed: false,
        };
        StagePlan {
            module: ModulePlan::Built(Arc::new(plan)),
            uniforms,
        }
    }

    fn export(&mut self, name: &str, item: Item) {
        self.exports.push(Export {
            name: name.to_owned(),
            item,
        });
    }

    fn input(&mut self, numeric: Numeric) {
        let [pointer, capacity, ..] = self.draft.styles;
        let Layout {
            input_ptr,
            input_capacity,
            ..
        } = self.layout;
        self.getter(ExportName::InputPtr, pointer, input_ptr, numeric);
        let names = [
            (ExportName::InputUtf8Cap, self.draft.input_is_text),
            (
                ExportName::InputBytesCap,
                !self.draft.input_is_text || self.draft.both_inputs,
            ),
        ];
        for (name, _) in names.into_iter().filter(|(_, is_there)| *is_there) {
            self.getter(name, capacity, input_capacity, numeric);
        }
    }

    fn output(&mut self, kind: OutputKind, numeric: Numeric) {
        let [.., pointer, capacity] = self.draft.styles;
        let Layout {
            output_ptr,
            output_capacity,
            ..
        } = self.layout;
        self.getter(ExportName::OutputPtr, pointer, output_ptr, numeric);
        // The first wins (OUT-2).
        let by_rank = [
            (OutputKind::Utf8, ExportName::OutputUtf8Cap),
            (OutputKind::Bytes, ExportName::OutputBytesCap),
            (OutputKind::I32, ExportName::OutputI32Cap),
        ];
        let from = by_rank.iter().position(|(of, _)| *of == kind).unwrap_or(0);
        let to = if self.draft.losing_outputs {
            by_rank.len()
        } else {
            from + 1
        };
        for (_, name) in &by_rank[from..to] {
            self.getter(*name, capacity, output_capacity, numeric);
        }
    }

    /// Exports a number (MOD-3).
    fn getter(&mut self, name: ExportName, style: Style, value: u32, numeric: Numeric) {
        let name = name.as_str();
        let value = number(value, numeric);
        let function = |ops, result| {
            Item::Function(Function {
                params: Vec::new(),
                ops,
                results: vec![result],
            })
        };
        let global = |mutable| Item::Global { value, mutable };
        let item = match style {
            Style::Global => global(false),
            Style::Mutable => global(true),
            Style::Function => function(Vec::new(), Operand::Const(value)),
            Style::OverGlobal => {
                let behind = format!("value of {name}");
                self.export(&behind, global(true));
                function(Vec::new(), Operand::Global(behind))
            }
            Style::Counting => function(vec![Op::Count { at: TALLY }], Operand::Const(value)),
        };
        self.export(name, item);
    }

    fn entry(&mut self, kind: Option<OutputKind>) {
        let Layout {
            input_ptr,
            output_ptr,
            count,
            grows,
            ..
        } = self.layout;
        let mut ops = Vec::new();
        if grows {
            ops.push(Op::Grow(1));
        }
        ops.extend(self.draft.noise.iter().cloned());
        let all = Operand::Const(Value::I32(count.cast_signed()));
        let result = match self.draft.body {
            Body::Result(value) if kind.is_none() => Operand::Const(Value::I32(value)),
            Body::Result(_) => all,
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
                all
            }
            Body::Tally => {
                ops.push(Op::Count { at: TALLY + 1 });
                all
            }
        };
        ops.extend(self.late_change());
        let entry = Item::Function(Function {
            params: vec![ValType::I32],
            ops,
            results: vec![result],
        });
        match self.draft.names {
            EntryNames::Run => self.export(ExportName::Run.as_str(), entry),
            EntryNames::Render => self.export(ExportName::Render.as_str(), entry),
            EntryNames::Both => {
                // `render` wins (MOD-6).
                let loser = trapping(&[ValType::I32], &[Value::I32(0)]);
                self.export(ExportName::Run.as_str(), loser);
                self.export(ExportName::Render.as_str(), entry);
            }
        }
    }

    /// Moves the output pointer, where it is a mutable global. That comes too late for
    /// this request (RUN-2), and in time for the next on the same instance (RUN-4).
    fn late_change(&self) -> Option<Op> {
        self.exports.iter().find_map(|export| match export.item {
            Item::Global {
                value: Value::I32(value),
                mutable: true,
            } if export.name.ends_with("output_ptr") => Some(Op::Set {
                global: export.name.clone(),
                value: value.cast_unsigned() + 1,
            }),
            _ => None,
        })
    }

    /// Exports setters, and gives the values that the caller gives.
    fn uniforms(&mut self) -> Vec<(String, String)> {
        let mut given = Vec::new();
        for (key, ty, is_given) in &self.draft.uniforms {
            let key = ["a", "B", "a_b", "z"][usize::from(*key)];
            let export = setter(format!("{UNIFORM_PREFIX}{key}"), *ty);
            if self.exports.iter().any(|other| other.name == export.name) {
                continue;
            }
            self.exports.push(export);
            if *is_given {
                let value = match ty {
                    ValType::I32 => "-7",
                    ValType::I64 => "0xffffffffffffffff",
                    ValType::F32 => "1e-3",
                    _ => "+.5E2",
                };
                given.push((key.to_owned(), value.to_owned()));
            }
        }
        given
    }

    /// Declares media types that agree with the current one.
    fn types(&mut self, current: &mut &'static str) {
        let (declares_input, declared_output) = self.draft.declares;
        if declares_input {
            // Whatever a stage asks for is right where nothing is known (MIME-3).
            let asked = if current.is_empty() { "a/b" } else { *current };
            let written = format!(" {} ;v=1", asked.to_ascii_uppercase());
            self.declare("input", TYPES, &written);
        }
        if let Some(index) = declared_output {
            let (written, normalised) = *index.get(&MEDIA_TYPES);
            self.declare("output", TYPES + 300, written);
            if !normalised.is_empty() {
                *current = normalised;
            }
        }
    }

    fn declare(&mut self, side: &str, at: u32, text: &str) {
        self.data.push((at, text.as_bytes().to_vec()));
        for (part, value) in [("ptr", at), ("size", text.len() as u32)] {
            let value = Value::I32(value.cast_signed());
            let name = format!("{side}_content_type_{part}");
            self.export(
                &name,
                Item::Global {
                    value,
                    mutable: false,
                },
            );
        }
    }
}

/// The number in a type that it is exact in. The strict reading takes one of them.
fn number(value: u32, numeric: Numeric) -> Value {
    match (numeric, value % 4) {
        (Numeric::Lenient, 1) => Value::I64(value.into()),
        // What follows the point is cut off.
        (Numeric::Lenient, 2) => Value::F64((f64::from(value) + 0.75).to_bits()),
        (Numeric::Lenient, 3) if value < 1 << 24 => Value::F32((value as f32).to_bits()),
        _ => Value::I32(value.cast_signed()),
    }
}

/// A function that must not be called.
fn trapping(params: &[ValType], results: &[Value]) -> Item {
    Item::Function(Function {
        params: params.to_vec(),
        ops: vec![Op::Trap(TrapKind::Unreachable)],
        results: results.iter().copied().map(Operand::Const).collect(),
    })
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
