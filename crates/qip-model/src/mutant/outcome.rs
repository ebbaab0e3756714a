//! Mistakes that change what the oracle answers.

use std::cell::OnceCell;

use qip_contract::{Code, TrapKind, Utf8};
use qip_engine::Exhausted;
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, ValType, WasmFeatures};

use crate::oracle::binary::{self, Export};
use crate::oracle::exports::{
    INPUT_CAPS, INPUT_TYPE, OUTPUT_CAPS, OUTPUT_TYPE, SIZE_SETTER, is_number, is_tile_filter,
};
use crate::oracle::hooks::{Job, NoMistake};
use crate::oracle::mutation::Mutation as M;
use crate::oracle::refusal::{at_stage, refused, shown};
use qip_cases::{Outcome, OutputKind, Task};

use super::Flaw;
use super::again::{self, Again};
use super::module::{Is, Seen, is_callers_setter, is_valid};
use super::order::is_refused_early;

/// Another answer to a task.
type Retell = fn(&mut Outcome, &Task);

/// What the mistake makes of one answer.
const OUTCOMES: &[(M, Retell)] = &[
    (M::MemoryLeftOut, |it, _| {
        recode(it, Code::MissingMemory, Code::MissingExport);
    }),
    (M::HeaderUnchecked, |it, _| {
        recode(it, Code::NotWasm, Code::InvalidModule);
    }),
    (M::InvalidIsNoModule, |it, _| {
        recode(it, Code::InvalidModule, Code::NotWasm);
    }),
    (M::ImportsUnchecked, |it, _| {
        recode(it, Code::Import, Code::Instantiate);
    }),
    (M::FixedBeforeKind, |it, task| {
        if task.options.fixed_memory {
            recode(it, Code::MissingMemory, Code::MemoryNotFixed);
            recode(it, Code::MemoryKind, Code::MemoryNotFixed);
        }
    }),
    (M::BmpSizeIsNotBmp, |it, task| {
        if !task.is_of_pictures() {
            recode(it, Code::ImageSize, Code::NotBmp);
        }
    }),
    (M::ImageSizeIsLimit, |it, _| {
        if it.message().is_some_and(|text| text.contains(", allowed ")) {
            recode(it, Code::ImageSize, Code::Limit);
        }
    }),
    (M::MemoryLimitLate, |it, _| {
        if it
            .message()
            .is_some_and(|text| text.starts_with("bytes of memory"))
        {
            recode(it, Code::Limit, Code::Instantiate);
        }
    }),
    // What is within the limit of locals is left to the parser, which has one of its own.
    (M::LocalsUnlimited, |it, _| {
        if it
            .message()
            .is_some_and(|text| text.starts_with("locals with"))
        {
            recode(it, Code::Limit, Code::InvalidModule);
        }
    }),
    (M::InstantiationTraps, |it, _| {
        let said = it
            .message()
            .and_then(|text| text.strip_prefix("a trap while instantiating: "));
        if let Some(kind) = said.and_then(trap_kind) {
            *it = trapped(kind, it);
        }
    }),
    (M::GetterTrapsShape, |it, _| {
        refuse_trap(it, Code::ExportShape, |name| {
            name.starts_with("input_") || name.starts_with("output_") || name == "calculate_halo_px"
        });
    }),
    (M::UniformTrapsValue, |it, _| {
        refuse_trap(it, Code::UniformValue, is_callers_setter);
    }),
    (M::EntryTrapRefused, |it, _| {
        refuse_trap(it, Code::Instantiate, |name| {
            name == "render" || name == "run"
        });
    }),
    (M::StackOverflowIsLimit, |it, _| {
        if let Outcome::Trapped {
            kind: TrapKind::StackOverflow,
            stage,
            message,
        } = it
        {
            *it = Outcome::Stopped {
                exhausted: Exhausted::Time,
                stage: *stage,
                message: message.clone(),
            };
        }
    }),
    (M::StopIsTrap, |it, _| {
        if let Outcome::Stopped { .. } = it {
            *it = trapped(TrapKind::Unreachable, it);
        }
    }),
    (M::FuelIsTime, |it, _| {
        if let Outcome::Stopped { exhausted, .. } = it {
            *exhausted = Exhausted::Time;
        }
    }),
    (M::TrapsUnreachable, |it, _| {
        if let Outcome::Trapped { kind, .. } = it {
            *kind = TrapKind::Unreachable;
        }
    }),
    (M::UnreachableIsMemory, |it, _| {
        retrap(it, TrapKind::Unreachable, TrapKind::MemoryOutOfBounds);
    }),
    (M::OverflowIsDivideByZero, |it, _| {
        retrap(it, TrapKind::IntegerOverflow, TrapKind::IntegerDivideByZero);
    }),
    (M::BadConversionIsOverflow, |it, _| {
        retrap(
            it,
            TrapKind::BadConversionToInteger,
            TrapKind::IntegerOverflow,
        );
    }),
    (M::TableIsMemory, |it, _| {
        retrap(it, TrapKind::TableOutOfBounds, TrapKind::MemoryOutOfBounds);
    }),
    (M::NullIsBadSignature, |it, _| {
        retrap(it, TrapKind::IndirectCallToNull, TrapKind::BadSignature);
    }),
    (M::ImportUnnamed, |it, _| {
        retell(it, Code::Import, |_| "imports something".to_owned());
    }),
    (M::ShapeUnnamed, |it, _| {
        // What stands behind the name is not told either: it may be the same word.
        retell(it, Code::ExportShape, |_| {
            "an export has another shape".to_owned()
        });
        retell(it, Code::UniformShape, |_| {
            "a setter has another shape".to_owned()
        });
    }),
    (M::LimitUncounted, |it, _| {
        let what = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        retell(it, Code::Limit, what);
        retell(it, Code::ImageSize, what);
    }),
    (M::CapacityUnnamed, |it, _| {
        retell(it, Code::InputTooLarge, |text| {
            text.split(',').next().unwrap_or_default().to_owned()
        });
    }),
    (M::MismatchUnnamed, |it, _| {
        retell(it, Code::ContentTypeMismatch, |text| {
            text.split(':').next().unwrap_or_default().to_owned()
        });
    }),
    (M::MismatchSwapped, |it, _| {
        retell(it, Code::ContentTypeMismatch, |text| {
            let types = text
                .rsplit_once("expected ")
                .and_then(|(_, it)| it.split_once(", got "));
            let (expected, got) = types.unwrap_or_default();
            format!("input content type mismatch: expected {got}, got {expected}")
        });
    }),
    (M::NotPipeableUnnamed, |it, _| {
        retell(it, Code::NotPipeable, |_| String::new());
    }),
    (M::TileTooLargeUntold, |it, _| {
        retell(it, Code::TileTooLarge, |text| {
            let numbers = text.split_once(':').map_or("", |(_, numbers)| numbers);
            format!("the tile is too large:{numbers}")
        });
    }),
    (M::TileTooLargeUncounted, |it, _| {
        retell(it, Code::TileTooLarge, |text| {
            text.split(':').next().unwrap_or_default().to_owned()
        });
    }),
    (M::LimitUnnamed, |it, _| {
        if let Outcome::Stopped { message, .. } = it {
            message.truncate(message.find(" (").unwrap_or(message.len()));
        }
    }),
    (M::StagesFromZero, |it, _| {
        restage(it, |stage| Some(stage - 1));
    }),
    (M::StageUnnamed, |it, _| restage(it, |_| None)),
    (M::NotPipeableNamesBlock, |it, task| {
        let names_block = |stage| is_filter(task, stage) && !is_filter(task, stage - 1);
        if let Outcome::Refused {
            code: Code::NotPipeable,
            stage: Some(stage),
            ..
        } = it
            && names_block(*stage)
        {
            *stage += 1;
        }
    }),
    (M::PipeBeforeUniforms, |it, task| {
        if let Outcome::Refused {
            code,
            stage: Some(stage),
            ..
        } = it
            && matches!(
                code,
                Code::UnknownUniform | Code::UniformShape | Code::UniformValue
            )
            && *stage < task.stages.len()
            && with_seen(task, *stage - 1, is_pipeable) == Some(false)
        {
            *code = Code::NotPipeable;
        }
    }),
    (M::BlockFailureUnplaced, |it, task| {
        if task.is_of_pictures() || is_refused_early(it) {
            return;
        }
        restage(it, |stage| {
            let before = (0..stage - 1).rev().take_while(|at| is_filter(task, *at));
            let moved = if is_filter(task, stage - 1) {
                before.count()
            } else {
                0
            };
            Some(stage - moved)
        });
    }),
    (M::EmptyOutputScalar, |it, _| {
        if let Outcome::Output {
            bytes,
            content_type,
            ..
        } = it
            && bytes.is_empty()
        {
            let content_type = content_type.take();
            *it = Outcome::Scalar {
                value: 0,
                content_type,
            };
        }
    }),
    (M::EmptyOutputRefused, |it, _| {
        if let Outcome::Output { bytes, .. } = it
            && bytes.is_empty()
        {
            *it = refused(Code::OutputTooLarge, "no output");
        }
    }),
    (M::EmptyOutputIsBytes, |it, _| {
        if let Outcome::Output { kind, bytes, .. } = it
            && bytes.is_empty()
        {
            *kind = OutputKind::Bytes;
        }
    }),
    (M::TextIsBytes, |it, _| {
        rekind(it, OutputKind::Utf8, OutputKind::Bytes);
    }),
    (M::BytesAreText, |it, _| {
        rekind(it, OutputKind::Bytes, OutputKind::Utf8);
    }),
    (M::OutputOfAPage, |it, _| {
        change(it, None, |bytes| bytes.truncate(1 << 16));
    }),
    (M::I32BigEndian, |it, _| {
        change(it, Some(OutputKind::I32), |bytes| {
            bytes.chunks_mut(4).for_each(<[u8]>::reverse);
        });
    }),
    (M::OutputUtf8Repaired, |it, task| {
        if task.options.utf8 == Utf8::Checked {
            change(it, Some(OutputKind::Utf8), |bytes| {
                *bytes = String::from_utf8_lossy(bytes).into_owned().into_bytes();
            });
        }
    }),
    (M::OutputBomStripped, |it, _| {
        change(it, Some(OutputKind::Utf8), |bytes| {
            let mark = b"\xef\xbb\xbf";
            bytes.drain(
                ..if bytes.starts_with(mark) {
                    mark.len()
                } else {
                    0
                },
            );
        });
    }),
    (M::OutputTrimmed, |it, _| {
        change(it, Some(OutputKind::Utf8), |bytes| {
            *bytes = bytes.trim_ascii().to_vec();
        });
    }),
    (M::OutputEndsAtNul, |it, _| {
        change(it, Some(OutputKind::Utf8), |bytes| {
            let end = bytes.iter().position(|byte| *byte == 0);
            bytes.truncate(end.unwrap_or(bytes.len()));
        });
    }),
    (M::ScalarUnsigned, |it, _| {
        if let Outcome::Scalar { value, .. } = it {
            *value &= i32::MAX;
        }
    }),
    (M::ScalarChecked, |it, _| {
        if let Outcome::Scalar { value: ..0, .. } = it {
            *it = refused(Code::OutputTooLarge, "a negative result");
        }
    }),
    (M::ScalarTypeDropped, |it, _| {
        if let Outcome::Scalar { content_type, .. } = it {
            *content_type = None;
        }
    }),
    (M::LastMustPipe, |it, task| {
        let is_piped = !matches!(
            it,
            Outcome::Scalar { .. }
                | Outcome::Output {
                    kind: OutputKind::I32,
                    ..
                }
        );
        if task.stages.len() > 1 && !is_piped {
            *it = refused(
                Code::NotPipeable,
                "only utf8/bytes can be piped to another stage",
            );
        }
    }),
    (M::SingleStageRefused, |it, task| {
        if task.stages.len() == 1 {
            *it = refused(Code::EmptyRecipe, "the recipe has one stage");
        }
    }),
    (M::NothingIsReady, |it, _| {
        if let Outcome::Image(_) = it {
            *it = refused(Code::TileOutOfBounds, "no tile is good enough");
        }
    }),
    (M::ProposalsTaken, |it, task| {
        if let Outcome::Refused {
            code: Code::InvalidModule,
            stage: Some(stage),
            ..
        } = it
            && let Ok(wasm) = task.stages[*stage - 1].module.binary()
            && is_valid(wasm, WasmFeatures::all())
        {
            *it = Outcome::broken("no engine runs it");
        }
    }),
    (M::LastImportNamed, |it, task| {
        if let Outcome::Refused {
            code: Code::Import,
            stage: Some(stage),
            message,
            ..
        } = it
        {
            let last = imports(task, *stage - 1).pop();
            *message = format!("imports {}", last.map(|(name, _)| name).unwrap_or_default());
        }
    }),
    (M::FunctionImportsOnly, |it, task| {
        if let Outcome::Refused {
            code: Code::Import,
            stage: Some(stage),
            ..
        } = it
        {
            let mut imports = imports(task, *stage - 1).into_iter();
            if !imports.any(|(_, kind)| kind == ExternalKind::Func) {
                *it = Outcome::broken("no engine runs it");
            }
        }
    }),
];

fn recode(it: &mut Outcome, from: Code, to: Code) {
    if let Outcome::Refused { code, .. } = it
        && *code == from
    {
        *code = to;
    }
}

fn retrap(it: &mut Outcome, from: TrapKind, to: TrapKind) {
    if let Outcome::Trapped { kind, .. } = it
        && *kind == from
    {
        *kind = to;
    }
}

fn retell(it: &mut Outcome, of: Code, text: impl Fn(&str) -> String) {
    if let Outcome::Refused { code, message, .. } = it
        && *code == of
    {
        *message = text(message);
    }
}

fn restage(it: &mut Outcome, to: impl Fn(usize) -> Option<usize>) {
    if let Outcome::Refused { stage, .. }
    | Outcome::Trapped { stage, .. }
    | Outcome::Stopped { stage, .. } = it
    {
        *stage = stage.and_then(to);
    }
}

fn rekind(it: &mut Outcome, from: OutputKind, to: OutputKind) {
    if let Outcome::Output { kind, .. } = it
        && *kind == from
    {
        *kind = to;
    }
}

/// Changes the bytes of outputs of one kind, or of all.
fn change(it: &mut Outcome, of: Option<OutputKind>, change: impl Fn(&mut Vec<u8>)) {
    if let Outcome::Output { kind, bytes, .. } = it
        && of.is_none_or(|of| of == *kind)
    {
        change(bytes);
    }
}

fn trap_kind(text: &str) -> Option<TrapKind> {
    let mut all = TrapKind::ALL.iter().copied();
    all.find(|kind| kind.to_string() == text)
}

fn trapped(kind: TrapKind, at: &Outcome) -> Outcome {
    Outcome::Trapped {
        kind,
        stage: at.stage(),
        message: "a trap".to_owned(),
    }
}

/// Refuses what trapped in certain exports.
fn refuse_trap(it: &mut Outcome, code: Code, is_meant: fn(&str) -> bool) {
    if let Outcome::Trapped { stage, message, .. } = it
        && let Some(said) = message.strip_prefix("a trap in ")
        && is_meant(said.split(':').next().unwrap_or_default())
    {
        *it = Outcome::Refused {
            code,
            message: "it trapped".to_owned(),
            stage: *stage,
            offset: None,
        };
    }
}

/// Whether the stage at this position, from 0, is a tile filter.
fn is_filter(task: &Task, at: usize) -> bool {
    with_seen(task, at, |seen| is_tile_filter(seen.binary)).unwrap_or_default()
}

/// Whether a stage without faults gives what can be piped.
fn is_pipeable(it: &Seen<'_>) -> bool {
    let is_piped = it.has("output_utf8_cap") || it.has("output_bytes_cap");
    it.is_filter() || it.has("output_ptr") && is_piped
}

fn with_seen<T>(task: &Task, at: usize, ask: impl Fn(&Seen<'_>) -> T) -> Option<T> {
    let hooks = &NoMistake;
    let job = Job { task, hooks };
    let stage = task.stages.get(at)?;
    let binary = binary::skim(stage.module.binary().ok()?, job);
    Some(ask(&Seen {
        binary: &binary,
        stage,
        job,
        is_plain: OnceCell::new(),
    }))
}

/// The imports of a stage, by name and kind.
fn imports(task: &Task, at: usize) -> Vec<(String, ExternalKind)> {
    let wasm = task.stages[at].module.binary().unwrap_or_default();
    let hooks = &NoMistake;
    let job = Job { task, hooks };
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let imports = payloads.filter_map(|payload| match payload {
        Payload::ImportSection(section) => Some(section.into_imports().map_while(Result::ok)),
        _ => None,
    });
    let imports = imports.flatten().map(|import| {
        let is_function = matches!(import.ty, TypeRef::Func(_));
        let kind = if is_function {
            ExternalKind::Func
        } else {
            ExternalKind::Global
        };
        let [module, name] = [import.module, import.name].map(|text| shown(text, job));
        (format!("{module}.{name}"), kind)
    });
    imports.collect()
}

/// Modules of which nothing is wrong, and the mistake refuses them.
const REFUSED: &[(M, Code, Is)] = &[
    (M::MemoryRefused, Code::MemoryKind, |it| {
        let exports = it.binary.exports.values();
        exports
            .filter(|export| matches!(export, Export::Memory(_)))
            .count()
            > 1
    }),
    (M::FixedMemoryRefused, Code::MemoryNotFixed, |it| {
        it.job.task.options.fixed_memory
    }),
    (M::NumbersRefused, Code::ExportShape, |it| {
        it.has("input_ptr")
    }),
    (M::EntryTakesPointer, Code::ExportShape, |it| {
        !it.is_filter()
    }),
    (M::BothCapacitiesRefused, Code::ExportShape, |it| {
        !it.is_filter() && INPUT_CAPS.iter().all(|name| it.has(name))
    }),
    (M::OutputPtrAlone, Code::MissingExport, |it| {
        !it.is_filter() && it.has("output_ptr") && !has_output_cap(it)
    }),
    (M::OutputCapAlone, Code::MissingExport, |it| {
        !it.is_filter() && !it.has("output_ptr") && has_output_cap(it)
    }),
    (M::ScalarRefused, Code::MissingExport, |it| {
        !(it.is_filter() || it.has("output_ptr") && has_output_cap(it))
    }),
    (M::SetterResultsRefused, Code::UniformShape, |it| {
        any_setter(it, |_, results| !results.is_empty())
    }),
    (M::AllSettersMisshapen, Code::UniformShape, |it| {
        any_setter(it, |_, _| true)
    }),
    (M::IntegerSettersOnly, Code::UniformShape, |it| {
        any_setter(it, |params, _| {
            matches!(params, [ValType::F32 | ValType::F64])
        })
    }),
    (M::NarrowSettersOnly, Code::UniformShape, |it| {
        any_setter(it, |params, _| {
            matches!(params, [ValType::I64 | ValType::F64])
        })
    }),
    (M::TileContentExportsChecked, Code::ExportShape, |it| {
        let names = ["output_ptr", INPUT_CAPS[0]]
            .into_iter()
            .chain(INPUT_TYPE)
            .chain(OUTPUT_TYPE);
        let mut all = names.chain(OUTPUT_CAPS.map(|(name, _)| name));
        it.is_filter()
            && all.any(|name| {
                it.binary
                    .exports
                    .get(name)
                    .is_some_and(|found| !is_number(found, it.job))
            })
    }),
    (M::SizeSetterRequired, Code::MissingExport, |it| {
        it.is_filter() && !it.has(SIZE_SETTER)
    }),
    (M::SizeSetterMayNotAnswer, Code::ExportShape, |it| {
        let found = it.binary.exports.get(SIZE_SETTER);
        let answers = matches!(found, Some(Export::Function(it)) if !it.results().is_empty());
        it.is_filter() && answers
    }),
];

fn has_output_cap(it: &Seen<'_>) -> bool {
    OUTPUT_CAPS.iter().any(|(name, _)| it.has(name))
}

fn any_setter(it: &Seen<'_>, is_wrong: fn(&[ValType], &[ValType]) -> bool) -> bool {
    it.binary.exports.iter().any(|(name, export)| {
        let is_wrong =
            matches!(export, Export::Function(it) if is_wrong(it.params(), it.results()));
        is_callers_setter(name) && is_wrong
    })
}

/// Whether stages of these kinds are refused.
type IsRefused = fn(&[bool]) -> bool;

/// Recipes of which nothing is wrong, and the mistake refuses them: by the kinds of their
/// stages, whether each is a tile filter.
const NOT_PIPED: &[(M, IsRefused)] = &[
    (M::BlockMustBeFirst, |kinds| {
        kinds.windows(2).any(|pair| pair == [false, true])
    }),
    (M::BlockMustBeLast, |kinds| {
        kinds.windows(2).any(|pair| pair == [true, false])
    }),
    (M::OneBlockOnly, |kinds| {
        let blocks = kinds.chunk_by(|one, other| one == other);
        blocks.filter(|block| block[0]).count() > 1
    }),
];

/// What the mistake makes of the answers to a task.
pub(super) fn spoiled(again: &Again<'_>, mut outcomes: Vec<Outcome>, mutation: M) -> Vec<Outcome> {
    let task = again.task;
    if let Some((_, spoil)) = OUTCOMES.iter().find(|(it, _)| *it == mutation) {
        outcomes.iter_mut().for_each(|outcome| spoil(outcome, task));
        return outcomes;
    }
    let is_sound = !outcomes.iter().any(is_refused_early);
    let kinds: Vec<bool> = match NOT_PIPED.iter().any(|(it, _)| *it == mutation) {
        true => (0..task.stages.len())
            .map(|at| is_filter(task, at))
            .collect(),
        false => Vec::new(),
    };
    if NOT_PIPED
        .iter()
        .any(|(it, is_wrong)| *it == mutation && is_wrong(&kinds))
        && is_sound
    {
        return vec![refused(Code::NotPipeable, "a block"); outcomes.len()];
    }
    if let Some((_, code, is_refused)) = REFUSED.iter().find(|(it, ..)| *it == mutation) {
        let mut stages = 0..task.stages.len();
        let wrong = stages.find(|at| with_seen(task, *at, is_refused) == Some(true));
        if let Some(at) = wrong.filter(|_| is_sound) {
            let fault = at_stage(refused(*code, "not good enough"), at);
            return vec![fault; outcomes.len()];
        }
        return outcomes;
    }
    again.spoiled(outcomes, mutation)
}

/// Notes the mistakes that make other answers.
pub(super) fn note(again: &Again<'_>, outcomes: &[Outcome], flaw: &Flaw) {
    let of_outcomes = OUTCOMES.iter().map(|(mutation, _)| *mutation);
    let refused = REFUSED.iter().map(|(mutation, ..)| *mutation);
    let not_piped = NOT_PIPED.iter().map(|(mutation, _)| *mutation);
    let others = again::ALL.iter().copied();
    for mutation in of_outcomes.chain(refused).chain(not_piped).chain(others) {
        if spoiled(again, outcomes.to_vec(), mutation) != outcomes {
            flaw.is(mutation);
        }
    }
}
