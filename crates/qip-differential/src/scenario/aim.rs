//! What a scenario is meant to end in, and how a sound one is spoiled to get there.
//!
//! An aim is no prediction: a scenario may be spoiled twice, and ORD says which
//! failure wins. The model predicts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qip_cases::{Outcome, OutputKind};
use qip_contract::{Code, TrapKind, UNIFORM_PREFIX, Utf8, Value, WIDTH_AND_HEIGHT};
use qip_engine::Exhausted;
use wasm_encoder::ValType;

use super::build::{TYPES, setter};
use super::{Export, Function, Import, Item, ModulePlan, Op, Operand, Plan, Scenario};

/// A class of outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Output of this kind.
    Output(OutputKind),
    /// A scalar.
    Scalar,
    /// A refusal with this code.
    Refused(Code),
    /// A trap of this kind.
    Trapped(TrapKind),
    /// The limit of time or fuel.
    Stopped(Exhausted),
}

/// How long an endless scenario may run.
const SHORT: Duration = Duration::from_millis(20);

/// Fuel that no scenario needs but an endless one.
const SOME_FUEL: u64 = 1_000_000;

impl Aim {
    /// Everything that a content request can end in.
    pub fn all() -> Vec<Aim> {
        let outputs = [OutputKind::Utf8, OutputKind::Bytes, OutputKind::I32];
        let refusals = Code::ALL.iter().filter(|code| !is_of_pictures(**code));
        let mut all: Vec<Aim> = outputs.map(Aim::Output).to_vec();
        all.push(Aim::Scalar);
        all.extend(refusals.map(|code| Aim::Refused(*code)));
        all.extend(TrapKind::ALL.iter().map(|kind| Aim::Trapped(*kind)));
        all.extend([Exhausted::Time, Exhausted::Fuel].map(Aim::Stopped));
        all
    }
}

impl Aim {
    /// The class of an outcome that a host may give, `None` for a subject's own fault.
    pub fn of(outcome: &Outcome) -> Option<Aim> {
        match outcome {
            Outcome::Output { kind, .. } => Some(Aim::Output(*kind)),
            Outcome::Scalar { .. } => Some(Aim::Scalar),
            Outcome::Refused { code, .. } => Some(Aim::Refused(*code)),
            Outcome::Trapped { kind, .. } => Some(Aim::Trapped(*kind)),
            Outcome::Stopped { exhausted, .. } => Some(Aim::Stopped(*exhausted)),
            _ => None,
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::Output(kind) => write!(f, "output {kind}"),
            Aim::Scalar => f.write_str("scalar"),
            Aim::Refused(code) => write!(f, "refused {code}"),
            Aim::Trapped(kind) => write!(f, "trap {kind}"),
            Aim::Stopped(exhausted) => write!(f, "stopped {}", exhausted.as_str()),
        }
    }
}

fn is_of_pictures(code: Code) -> bool {
    matches!(
        code,
        Code::NotBmp | Code::TileTooLarge | Code::TileOutOfBounds | Code::ImageSize
    )
}

/// A number that is used up by choosing.
struct Choice(u32);

impl Choice {
    fn below(&mut self, count: usize) -> usize {
        let count = u32::try_from(count).unwrap_or(1).max(1);
        let chosen = self.0 % count;
        self.0 /= count;
        chosen as usize
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Spoils a scenario so that it may end as the aim says.
pub(super) fn spoil(scenario: &mut Scenario, aim: Aim, choice: u32) {
    let mut choice = Choice(choice);
    let stage = choice.below(scenario.stages.len());
    match aim {
        Aim::Output(_) | Aim::Scalar => {}
        Aim::Refused(code) => refuse(scenario, stage, code, &mut choice),
        Aim::Trapped(kind) => {
            put(scenario, stage, Op::Trap(kind), &mut choice);
        }
        Aim::Stopped(exhausted) => {
            match exhausted {
                Exhausted::Time => scenario.request_limits.time = Some(SHORT),
                Exhausted::Fuel => scenario.request_limits.fuel = Some(SOME_FUEL),
                // Nobody cancels a trial.
                Exhausted::Cancelled => return,
            }
            if put(scenario, stage, Op::Forever, &mut choice) && choice.below(4) == 0 {
                with_plan(scenario, stage, |plan| plan.start = vec![Op::Forever]);
            }
        }
    }
}

/// Puts an operation into a function that will be called.
fn put(scenario: &mut Scenario, stage: usize, op: Op, choice: &mut Choice) -> bool {
    let Some(stage) = scenario.stages.get_mut(stage) else {
        return false;
    };
    let ModulePlan::Built(plan) = &mut stage.module else {
        return false;
    };
    let plan = Arc::make_mut(plan);
    let names: &[&str] = match choice.below(4) {
        0 => &["input_ptr"],
        1 => {
            let name = format!("{UNIFORM_PREFIX}m");
            plan.exports.push(setter(name.clone(), ValType::I32));
            give(&mut stage.uniforms, "m", "1");
            return into_function(plan, &name, op);
        }
        _ => &["render", "run"],
    };
    let name = names.iter().find(|name| plan.item(name).is_some());
    name.is_some_and(|name| into_function(plan, name, op))
}

/// Puts an operation at the beginning of a function; a global becomes one.
fn into_function(plan: &mut Plan, name: &str, op: Op) -> bool {
    match plan.item_mut(name) {
        Some(Item::Function(function)) => {
            function.ops.insert(0, op);
            true
        }
        Some(item) => {
            if let Item::Global { value, .. } = *item {
                *item = Item::Function(Function {
                    params: Vec::new(),
                    ops: vec![op],
                    results: vec![Operand::Const(value)],
                });
            }
            true
        }
        None => false,
    }
}

fn with_plan(scenario: &mut Scenario, stage: usize, change: impl FnOnce(&mut Plan)) {
    if let Some(stage) = scenario.stages.get_mut(stage)
        && let ModulePlan::Built(plan) = &mut stage.module
    {
        change(Arc::make_mut(plan));
    }
}

fn is_getter(name: &str) -> bool {
    name.ends_with("_ptr") || name.ends_with("_cap")
}

const INPUT_CAPS: [&str; 2] = ["input_utf8_cap", "input_bytes_cap"];
const OUTPUT_CAPS: [&str; 3] = ["output_utf8_cap", "output_bytes_cap", "output_i32_cap"];

/// Gives a pointer or capacity another value.
fn set(plan: &mut Plan, name: &str, value: u32) {
    if let Some(item) = plan.item_mut(name) {
        *item = Item::Global {
            value: Value::I32(value.cast_signed()),
            mutable: false,
        };
    }
}

/// Has the entry point return this, after doing `ops` and nothing else.
fn enter(plan: &mut Plan, ops: Vec<Op>, result: u32) {
    for name in ["render", "run"] {
        if let Some(Item::Function(function)) = plan.item_mut(name) {
            *function = Function {
                params: vec![ValType::I32],
                ops: ops.clone(),
                results: vec![Operand::Const(Value::I32(result.cast_signed()))],
            };
        }
    }
}

/// Has the module write an output of this kind.
fn buffer(plan: &mut Plan, kind: OutputKind, ptr: u32, capacity: u32) {
    plan.exports
        .retain(|export| export.name != "output_ptr" && !OUTPUT_CAPS.contains(&&*export.name));
    let name = match kind {
        OutputKind::Utf8 => OUTPUT_CAPS[0],
        OutputKind::Bytes => OUTPUT_CAPS[1],
        OutputKind::I32 => OUTPUT_CAPS[2],
    };
    for (name, value) in [("output_ptr", ptr), (name, capacity)] {
        plan.exports.push(global(name, value));
    }
}

fn global(name: &str, value: u32) -> Export {
    Export {
        name: name.to_owned(),
        item: Item::Global {
            value: Value::I32(value.cast_signed()),
            mutable: false,
        },
    }
}

fn function(params: &[ValType], results: &[Value]) -> Item {
    Item::Function(Function {
        params: params.to_vec(),
        ops: Vec::new(),
        results: results.iter().copied().map(Operand::Const).collect(),
    })
}

/// Declares a media type.
fn declare(plan: &mut Plan, side: &str, at: u32, bytes: &[u8], size: u32) {
    if !bytes.is_empty() {
        plan.data.push((at, bytes.to_vec()));
    }
    let prefix = format!("{side}_content_type_");
    plan.exports
        .retain(|export| !export.name.starts_with(&prefix));
    plan.exports.push(global(&format!("{prefix}ptr"), at));
    plan.exports.push(global(&format!("{prefix}size"), size));
}

fn memory_bytes(plan: &Plan) -> u32 {
    plan.memory.pages * qip_contract::PAGE_BYTES as u32
}

#[expect(clippy::too_many_lines, reason = "one short arm for each code")]
fn refuse(scenario: &mut Scenario, stage: usize, code: Code, choice: &mut Choice) {
    match code {
        Code::NotWasm => {
            let rubbish: &[&[u8]] = &[
                b"",
                b"\0",
                b"\0as",
                b"hello",
                b"<!DOCTYPE html>",
                b"\0asm\x0d\0\x01\0",
                b"\0asm\x02\0\0\0",
                b"\x7fELF",
            ];
            if let Some(stage) = scenario.stages.get_mut(stage) {
                stage.module = ModulePlan::Rubbish(choice.of(rubbish).to_vec());
            }
        }
        Code::InvalidModule => match choice.below(3) {
            0 => with_plan(scenario, stage, |plan| plan.ill_typed = true),
            1 => {
                if let Some(stage) = scenario.stages.get_mut(stage) {
                    let mut wasm = stage.wasm();
                    // Behind the header; a cut may fall between two sections.
                    let cut = wasm.len().saturating_sub(9);
                    wasm.truncate(8 + choice.below(cut));
                    wasm.push(0x7f);
                    stage.module = ModulePlan::Rubbish(wasm);
                }
            }
            _ => {
                if let Some(stage) = scenario.stages.get_mut(stage) {
                    let rubbish = b"\0asm\x01\0\0\0\xff\xff";
                    stage.module = ModulePlan::Rubbish(rubbish.to_vec());
                }
            }
        },
        Code::Import => {
            let import = choice.of(&[Import::Function, Import::Global, Import::Table]);
            with_plan(scenario, stage, |plan| plan.import = Some(import));
        }
        Code::MissingMemory => with_plan(scenario, stage, |plan| {
            let other = choice.of(&["Memory", "mem", "memory ", ""]);
            for export in &mut plan.exports {
                if export.name == "memory" {
                    export.name = other.to_owned();
                }
            }
        }),
        Code::MemoryKind => {
            let other = choice.of(&[
                function(&[], &[Value::I32(0)]),
                Item::Table,
                Item::Global {
                    value: Value::I32(0),
                    mutable: false,
                },
            ]);
            with_plan(scenario, stage, |plan| {
                if let Some(item) = plan.item_mut("memory") {
                    *item = other;
                }
            });
        }
        Code::MemoryNotFixed => {
            scenario.options.fixed_memory = true;
            // The others must not be the first to be found.
            for before in 0..=stage {
                with_plan(scenario, before, |plan| {
                    plan.memory.max = Some(plan.memory.pages);
                });
            }
            with_plan(scenario, stage, |plan| {
                plan.memory.max = (choice.below(2) == 1).then_some(plan.memory.pages + 1);
            });
        }
        Code::MissingExport => with_plan(scenario, stage, |plan| {
            let gone: &[&str] = match choice.below(4) {
                0 => &["render", "run"],
                1 => &["input_ptr"],
                2 => &INPUT_CAPS,
                _ => {
                    let halves = [
                        ("input_content_type_ptr", "input_content_type_size"),
                        ("output_content_type_size", "output_content_type_ptr"),
                    ];
                    let (half, other) = choice.of(&halves);
                    plan.exports
                        .retain(|export| export.name != half && export.name != other);
                    plan.exports.push(global(half, 0));
                    &[]
                }
            };
            plan.exports.retain(|export| !gone.contains(&&*export.name));
        }),
        Code::ExportShape => with_plan(scenario, stage, |plan| {
            let names = plan.exports.iter().map(|export| export.name.clone());
            let names: Vec<String> = names
                .filter(|name| is_getter(name) || name == "run" || name == "render")
                .collect();
            if names.is_empty() {
                return;
            }
            let name = choice.of(&names);
            let zero = Value::I32(0);
            let wrong = choice.of(&[
                function(&[ValType::I64], &[zero]),
                function(&[ValType::I32], &[zero, zero]),
                function(&[ValType::I32], &[]),
                Item::Table,
                Item::Memory,
                function(&[ValType::I32, ValType::I32], &[zero]),
                function(&[ValType::I32], &[Value::F32(0)]),
            ]);
            if let Some(item) = plan.item_mut(&name) {
                *item = wrong;
            }
        }),
        Code::Instantiate => with_plan(scenario, stage, |plan| {
            let kind = choice.of(TrapKind::ALL);
            match choice.below(3) {
                0 => plan.data.push((memory_bytes(plan) - 1, vec![1, 2])),
                1 => plan.data.push((u32::MAX, vec![1])),
                _ => plan.start = vec![Op::Trap(kind)],
            }
        }),
        Code::Limit => {
            let stages = scenario.stages.len() as u64;
            let chosen = choice.below(8);
            with_plan(scenario, stage, |plan| match chosen {
                4 => plan.data.push((0, vec![0])),
                5 => plan.exports.push(Export {
                    name: "a table".to_owned(),
                    item: Item::Table,
                }),
                _ => {}
            });
            let limits = &mut scenario.limits;
            match chosen {
                0 => limits.module_bytes = 7,
                1 => limits.functions = 0,
                2 => limits.types = 0,
                3 => limits.exports = 3,
                4 => limits.segments = 0,
                5 => limits.table_entries = 1,
                6 => limits.memory_bytes = 65_535,
                _ => limits.stages = stages.saturating_sub(1),
            }
        }
        Code::InputTooLarge => {
            for request in &mut scenario.requests {
                if request.input.is_empty() {
                    request.input.push(b'a');
                }
            }
            let len = scenario
                .requests
                .iter()
                .map(|request| request.input.len())
                .min();
            let len = len.unwrap_or_default() as u32;
            let capacity = choice.of(&[len.saturating_sub(1), 0]);
            with_plan(scenario, 0, |plan| {
                for name in INPUT_CAPS {
                    set(plan, name, capacity);
                }
            });
        }
        Code::InputOutOfBounds => {
            let shortest = scenario
                .requests
                .iter()
                .map(|request| request.input.len())
                .min();
            let shortest = shortest.unwrap_or_default() as u32;
            with_plan(scenario, 0, |plan| {
                let beyond = memory_bytes(plan) - shortest + 1;
                set(
                    plan,
                    "input_ptr",
                    choice.of(&[beyond, u32::MAX, 0x8000_0000]),
                );
            });
        }
        Code::InputNotUtf8 => {
            scenario.options.utf8 = Utf8::Checked;
            with_plan(scenario, 0, |plan| {
                plan.exports.retain(|export| export.name != INPUT_CAPS[0]);
                plan.exports.push(global(INPUT_CAPS[0], 20_000));
                set(plan, "input_ptr", 0);
            });
            let ill_formed: &[&[u8]] = &[
                b"\xff",
                b"\x80",
                b"\xc0\x80",
                b"\xe0\x80\x80",
                b"\xed\xa0\x80",
                b"\xf4\x90\x80\x80",
                b"\xf0\x9f\x98",
                b"\xc3",
            ];
            let bad = choice.of(ill_formed);
            for request in &mut scenario.requests {
                let input = &mut request.input;
                let at = choice.below(input.len() + 1);
                input.splice(at..at, bad.iter().copied());
            }
        }
        Code::OutputTooLarge => with_plan(scenario, stage, |plan| {
            let capacity = choice.of(&[0, 10, 0x7fff_ffff]);
            let kind = choice.of(&[OutputKind::Bytes, OutputKind::Utf8]);
            buffer(plan, kind, 0, capacity);
            enter(plan, Vec::new(), choice.of(&[capacity + 1, u32::MAX]));
        }),
        Code::OutputOutOfBounds => {
            let last = scenario.stages.len().saturating_sub(1);
            with_plan(scenario, stage, |plan| {
                let end = memory_bytes(plan);
                // Elements of four bytes cannot be piped on.
                let kinds = [OutputKind::Bytes, OutputKind::Utf8, OutputKind::I32];
                let kind = choice.of(if stage == last { &kinds } else { &kinds[..2] });
                let size = if kind == OutputKind::I32 { 4 } else { 1 };
                let (ptr, count) = choice.of(&[
                    (end - size + 1, 1),
                    (end + 1, 0),
                    (u32::MAX, 1),
                    (0, 0x4000_0001),
                    (end - 10 * size, 11),
                ]);
                buffer(plan, kind, ptr, u32::MAX);
                enter(plan, Vec::new(), count);
            });
        }
        Code::OutputNotUtf8 => {
            scenario.options.utf8 = Utf8::Checked;
            with_plan(scenario, stage, |plan| {
                buffer(plan, OutputKind::Utf8, 100, 50);
                let at = 100 + choice.below(5) as u32;
                let byte = choice.of(&[0xff, 0x80, 0xc3, 0xf0]);
                enter(plan, vec![Op::Store { at, byte }], 5);
            });
        }
        Code::ContentType => with_plan(scenario, stage, |plan| {
            let side = choice.of(&["input", "output"]);
            match choice.below(4) {
                0 => declare(plan, side, TYPES, b"text/\xc3\xa9", 7),
                1 => declare(plan, side, TYPES, &[b'a'; 256], 256),
                2 => {
                    let end = memory_bytes(plan);
                    declare(plan, side, end - 5, b"", 6);
                }
                _ => declare(plan, side, u32::MAX, b"", 1),
            }
        }),
        Code::ContentTypeMismatch => {
            for request in &mut scenario.requests {
                let of_caller = choice.of(&["text/plain", "Text/HTMLx; a=b", " a/b "]);
                request.content_type = Some(of_caller.to_owned());
            }
            with_plan(scenario, 0, |plan| {
                declare(plan, "input", TYPES, b"text/html", 9);
            });
        }
        Code::EmptyRecipe => scenario.stages.clear(),
        Code::NotPipeable => {
            let Some(last) = scenario.stages.last().cloned() else {
                return;
            };
            scenario.stages.push(last);
            let kind = choice.below(2);
            with_plan(scenario, stage, |plan| {
                if kind == 0 {
                    plan.exports.retain(|export| export.name != "output_ptr");
                } else {
                    buffer(plan, OutputKind::I32, 0, 10);
                }
            });
        }
        Code::UnknownUniform => {
            if let Some(stage) = scenario.stages.get_mut(stage) {
                let key = choice.of(&["nobody", WIDTH_AND_HEIGHT, "", "a\n"]);
                give(&mut stage.uniforms, key, "1");
            }
        }
        Code::UniformValue => {
            let ty = choice.of(&[ValType::I32, ValType::I64, ValType::F32, ValType::F64]);
            let value = match ty {
                ValType::I32 => choice.of(&["2147483648", "0x100000000", "1.0", "", "1 "]),
                ValType::I64 => choice.of(&["9223372036854775808", "0x", "--1", "nan"]),
                ValType::F32 => choice.of(&["nan", "inf", "1e39", "0x1", "."]),
                _ => choice.of(&["infinity", "1e309", "1e", "1_0", "+"]),
            };
            uniform(
                scenario,
                stage,
                setter(format!("{UNIFORM_PREFIX}v"), ty),
                "v",
                value,
            );
        }
        Code::UniformShape => {
            let item = choice.of(&[
                function(&[], &[]),
                function(&[ValType::I32, ValType::I32], &[]),
                function(&[ValType::V128], &[]),
                Item::Table,
                Item::Global {
                    value: Value::I32(0),
                    mutable: true,
                },
            ]);
            let name = format!("{UNIFORM_PREFIX}s");
            uniform(scenario, stage, Export { name, item }, "s", "1");
        }
        // Not of content requests.
        _ => {}
    }
}

/// Exports a setter and gives it a value.
fn uniform(scenario: &mut Scenario, stage: usize, export: Export, key: &str, value: &str) {
    with_plan(scenario, stage, |plan| plan.exports.push(export));
    if let Some(stage) = scenario.stages.get_mut(stage) {
        give(&mut stage.uniforms, key, value);
    }
}

/// Gives a uniform a value; each key is given once.
fn give(uniforms: &mut Vec<(String, String)>, key: &str, value: &str) {
    uniforms.retain(|(given, _)| given != key);
    uniforms.push((key.to_owned(), value.to_owned()));
}
