//! Mistakes of order: a step that comes too early or too late, twice or not at all.

use qip_contract::Code;

use crate::oracle::mutation::Mutation as M;
use crate::oracle::order::Step::{self, *};
use qip_cases::Outcome;

use super::Flaw;

/// When another order makes a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Where a module is refused.
    Refused,
    /// Where any request fails.
    Fails,
    Always,
}

use When::{Always, Fails, Refused};

const GETTERS: [Step; 6] = [
    ReadInputPtr,
    ReadInputCap,
    ReadOutputPtr,
    ReadOutputCap,
    ReadInputTypePlace,
    ReadOutputTypePlace,
];

const TYPES: [Step; 5] = [
    ReadInputTypePlace,
    ReadOutputTypePlace,
    ReadInputType,
    ReadOutputType,
    CompareTypes,
];

/// Another order of steps.
type Reorder = fn(&mut Vec<Step>);

/// Each does nothing to a list that lacks one of its steps.
const ORDERS: &[(M, When, Reorder)] = &[
    (M::HeaderBeforeSize, Refused, |s| put(s, &[Header], Size)),
    (M::LimitsBeforeValidity, Refused, |s| {
        put(s, &[Limits], Validity);
    }),
    (M::ImportBeforeValidity, Refused, |s| {
        put(s, &[Import], Validity);
    }),
    (M::SizeAfterValidity, Refused, |s| put(s, &[Size], Import)),
    (M::MemoryBeforeImport, Refused, |s| {
        put(s, &[Memory], Import);
    }),
    (M::LimitsBeforeImport, Refused, |s| {
        put(s, &[Limits], Import);
    }),
    (M::LimitsBeforeMemory, Refused, |s| {
        put(s, &[Limits], Memory);
    }),
    (M::EntryBeforeLimits, Refused, |s| put(s, &[Entry], Limits)),
    (M::InputPtrBeforeEntry, Refused, |s| {
        put(s, &[InputPtr], Entry);
    }),
    (M::InputCapBeforeInputPtr, Refused, |s| {
        put(s, &[InputCap], InputPtr);
    }),
    (M::OutputBeforeInputCap, Refused, |s| {
        put(s, &[Output], InputCap);
    }),
    (M::ContentTypesBeforeOutput, Refused, |s| {
        put(s, &[ContentTypes], Output);
    }),
    (M::UniformsBeforeContentTypes, Refused, |s| {
        put(s, &[Uniforms], ContentTypes);
    }),
    (M::TileUniformsFirst, Refused, |s| put(s, &[Uniforms], Halo)),
    (M::HaloBeforeSizeSetter, Refused, |s| {
        put(s, &[Halo], SizeSetter);
    }),
    (M::SizeSetterFirst, Refused, |s| {
        put(s, &[SizeSetter], InputPtr);
    }),
    (M::HaloFirst, Refused, |s| put(s, &[Halo], InputPtr)),
    (M::UniformsAfterGetters, Always, |s| {
        put(s, &[SetUniforms], ReadInputType);
    }),
    (M::ContentTypesFirst, Always, |s| {
        put(s, &TYPES, ReadInputPtr);
    }),
    (M::LengthBeforeContentType, Fails, |s| {
        put(s, &[InputLength], ReadInputType);
    }),
    (M::InputTypeAtOnce, Fails, |s| {
        put(s, &[ReadInputType], ReadOutputTypePlace);
    }),
    (M::MismatchBeforeOutputType, Fails, |s| {
        put(s, &[CompareTypes], ReadOutputType);
    }),
    (M::BoundsBeforeLength, Fails, |s| {
        put(s, &[InputBounds], InputLength);
    }),
    (M::Utf8BeforeLength, Fails, |s| {
        put(s, &[InputUtf8], InputLength);
    }),
    (M::Utf8BeforeBounds, Fails, |s| {
        put(s, &[InputUtf8], InputBounds);
    }),
    (M::OutputBoundsBeforeCount, Fails, |s| {
        put(s, &[OutputBounds], Count);
    }),
    (M::OutputPtrBeforeCall, Always, |s| {
        again(s, &[OutputBounds], Call);
    }),
    (M::CapacityBeforePointer, Always, |s| {
        of_content(s, |s| put(s, &[ReadInputCap], ReadInputPtr));
    }),
    (M::OutputGettersFirst, Always, |s| {
        put(s, &[ReadOutputPtr, ReadOutputCap], ReadInputPtr);
    }),
    (M::OutputGettersAfterCall, Always, |s| {
        put(s, &[ReadOutputPtr], Count);
    }),
    (M::OutputCapAfterCall, Always, |s| {
        put(s, &[ReadOutputCap], Count);
    }),
    (M::TypesReadAfterCall, Always, |s| {
        put(s, &[ReadOutputType], Count);
    }),
    (M::TypeGettersAfterCall, Always, |s| put(s, &TYPES, Count)),
    (M::GettersTwice, Always, |s| {
        GETTERS.iter().for_each(|step| again(s, &[*step], *step));
    }),
    (M::UniformsTwice, Always, |s| {
        again(s, &[SetUniforms], SetUniforms);
    }),
    (M::UniformsIgnored, Always, |s| drop(s, SetUniforms)),
    (M::CalledTwice, Always, |s| again(s, &[Call], Call)),
    (M::CapacityUnchecked, Fails, |s| drop(s, InputLength)),
    (M::InputBoundsUnchecked, Fails, |s| drop(s, InputBounds)),
    (M::InputUtf8Unchecked, Fails, |s| drop(s, InputUtf8)),
    (M::CountUnchecked, Fails, |s| drop(s, Count)),
    (M::OutputUtf8Unchecked, Fails, |s| drop(s, OutputUtf8)),
    // What is ill-formed is repaired by `outcome.rs`.
    (M::OutputUtf8Repaired, Fails, |s| drop(s, OutputUtf8)),
    (M::MismatchIgnored, Fails, |s| drop(s, CompareTypes)),
    (M::PointerBeforeUniforms, Always, |s| {
        of_filter(s, |s| put(s, &[ReadInputPtr], SetUniforms));
    }),
    (M::TileCapBeforePointer, Always, |s| {
        of_filter(s, |s| put(s, &[ReadInputCap], ReadInputPtr));
    }),
    (M::SizeBeforeUniforms, Always, |s| {
        put(s, &[TellSize], SetUniforms);
    }),
    (M::SizeBeforeGetters, Always, |s| {
        put(s, &[TellSize], ReadInputPtr);
    }),
    (M::HaloBeforeSize, Always, |s| put(s, &[AskHalo], TellSize)),
    (M::HaloBeforeUniforms, Always, |s| {
        put(s, &[AskHalo], SetUniforms);
    }),
    (M::TileBoundsFirst, Fails, |s| {
        put(s, &[TileFitsMemory], TileFitsCapacity);
    }),
    (M::SizeSetterIgnored, Always, |s| drop(s, TellSize)),
    (M::HaloIgnored, Always, |s| drop(s, AskHalo)),
    (M::TileCapUnchecked, Fails, |s| drop(s, TileFitsCapacity)),
    (M::TileBoundsUnchecked, Fails, |s| drop(s, TileFitsMemory)),
];

/// Moves steps to right before another one.
fn put(steps: &mut Vec<Step>, moved: &[Step], before: Step) {
    let has = |step: &Step| steps.contains(step);
    if has(&before) && moved.iter().all(has) {
        steps.retain(|step| !moved.contains(step));
        again(steps, moved, before);
    }
}

/// Has steps done right before another one, wherever else they are.
fn again(steps: &mut Vec<Step>, more: &[Step], before: Step) {
    if let Some(at) = steps.iter().position(|step| *step == before) {
        steps.splice(at..at, more.iter().copied());
    }
}

/// Leaves a step out.
fn drop(steps: &mut Vec<Step>, left_out: Step) {
    steps.retain(|step| *step != left_out);
}

fn of_content(steps: &mut Vec<Step>, spoil: fn(&mut Vec<Step>)) {
    if steps.contains(&Call) {
        spoil(steps);
    }
}

fn of_filter(steps: &mut Vec<Step>, spoil: fn(&mut Vec<Step>)) {
    if steps.contains(&AskHalo) {
        spoil(steps);
    }
}

/// The steps in the order of the mistake.
pub(super) fn spoiled(right: &[Step], flaw: &Flaw) -> Vec<Step> {
    let mut steps = right.to_vec();
    for (mutation, when, spoil) in ORDERS {
        let concerns = *when == Always || *when == Fails && matches!(flaw, Flaw::One(_));
        if concerns && flaw.may_be(*mutation) {
            let mut wrong = right.to_vec();
            spoil(&mut wrong);
            if wrong != right && flaw.is(*mutation) {
                steps = wrong;
            }
        }
    }
    steps
}

/// Looks at a module in the order of the mistake.
pub(super) fn look(
    right: &[Step],
    check: &mut dyn FnMut(Step) -> Result<(), Outcome>,
    flaw: &Flaw,
) -> Result<(), Outcome> {
    let found = right.iter().try_for_each(|step| check(*step));
    for (mutation, when, spoil) in ORDERS {
        if *when == Refused && found.is_err() && flaw.may_be(*mutation) {
            let mut steps = right.to_vec();
            spoil(&mut steps);
            let wrong = steps.iter().try_for_each(|step| check(*step));
            if wrong != found && flaw.is(*mutation) {
                return wrong;
            }
        }
    }
    found
}

/// Notes what makes a difference to these outcomes only because they are failures.
pub(super) fn note(outcomes: &[Outcome], flaw: &Flaw) {
    let is_sound = outcomes.iter().all(is_answer) || outcomes.iter().all(is_refused_early);
    for (mutation, when, _) in ORDERS {
        if *when == Fails && !is_sound {
            flaw.is(*mutation);
        }
    }
}

/// Whether it is what a request asks for, and no failure.
pub(super) fn is_answer(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Output { .. } | Outcome::Scalar { .. } | Outcome::Image(_)
    )
}

/// Whether it is a refusal that may come before anything is instantiated (ORD-1).
pub(super) fn is_refused_early(outcome: &Outcome) -> bool {
    use Code as C;

    let Outcome::Refused { code, .. } = outcome else {
        return false;
    };
    matches!(
        code,
        C::EmptyRecipe
            | C::Limit
            | C::NotWasm
            | C::InvalidModule
            | C::Import
            | C::MissingMemory
            | C::MemoryKind
            | C::MemoryNotFixed
            | C::MissingExport
            | C::ExportShape
            | C::UnknownUniform
            | C::UniformShape
            | C::UniformValue
            | C::NotPipeable
    )
}
