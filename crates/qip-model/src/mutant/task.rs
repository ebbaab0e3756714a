//! Mistakes that are made by giving the oracle another task.

use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Code, Floats, Limits, Numeric, Size, Utf8};

use crate::oracle::hooks::{Job, NoMistake};
use crate::oracle::mutation::Mutation as M;
use qip_cases::{Outcome, RequestInput, Task};

use super::{Flaw, module, uniform};

/// Another task.
type Retask = fn(&mut Task);

/// What the mistake makes of options, limits, stages and keys.
const TASKS: &[(M, Retask)] = &[
    (M::LenientIgnored, |task| {
        task.options.numeric = Numeric::Strict;
    }),
    (M::LenientAlways, |task| {
        task.options.numeric = Numeric::Lenient;
    }),
    (M::FixedMemoryIgnored, |task| {
        task.options.fixed_memory = false;
    }),
    (M::FixedMemoryAlways, |task| {
        task.options.fixed_memory = true;
    }),
    (M::UncheckedIgnored, |task| {
        task.options.utf8 = Utf8::Checked;
    }),
    (M::FloatsIgnored, |task| task.options.floats = Floats::Any),
    (M::ReuseIgnored, |task| task.options.reuse = false),
    (M::EverythingTooLarge, |task| task.limits.module_bytes = 0),
    (M::StoppedAtOnce, |task| {
        task.request_limits.time = task.request_limits.time.map(|_| Duration::ZERO);
    }),
    (M::FuelAtOnce, |task| {
        task.request_limits.fuel = task.request_limits.fuel.map(|_| 0);
    }),
    (M::LimitsDefault, |task| task.limits = Limits::standard()),
    (M::LimitsExclusive, |task| {
        each_limit(&mut task.limits, |limit| limit.saturating_sub(1));
    }),
    (M::LimitsHalved, |task| {
        each_limit(&mut task.limits, |limit| limit / 2);
    }),
    (M::MemoryLimitWraps, |task| {
        task.limits.memory_bytes &= u64::from(u32::MAX);
    }),
    (M::ModuleSizeUnlimited, |task| {
        task.limits.module_bytes = u64::MAX;
    }),
    (M::FunctionsUnlimited, |task| {
        task.limits.functions = u64::MAX;
    }),
    (M::FunctionSizeUnlimited, |task| {
        task.limits.function_bytes = u64::MAX;
    }),
    (M::LocalsUnlimited, |task| task.limits.locals = u64::MAX),
    (M::ParamsUnlimited, |task| task.limits.params = u64::MAX),
    (M::TypesUnlimited, |task| task.limits.types = u64::MAX),
    (M::ExportsUnlimited, |task| task.limits.exports = u64::MAX),
    (M::SegmentsUnlimited, |task| task.limits.segments = u64::MAX),
    // What they declare: `engine.rs` sees to it that no more is taken of growth.
    (M::TableUnlimited, |task| {
        task.limits.table_entries = u64::MAX;
    }),
    (M::MemoryUnlimited, |task| {
        task.limits.memory_bytes = u64::MAX;
    }),
    (M::StagesUnlimited, |task| task.limits.stages = u64::MAX),
    (M::ImagePixelsUnlimited, |task| {
        task.limits.image_pixels = u64::MAX;
    }),
    (M::ImageSideUnlimited, |task| {
        task.limits.image_side = u64::MAX;
    }),
    (M::ImageWidthOnly, |task| {
        without_side(task, |[width, _]| width);
    }),
    (M::ImageHeightOnly, |task| {
        without_side(task, |[_, height]| height);
    }),
    (M::BmpLimitsUnchecked, |task| {
        if !task.is_of_pictures() {
            task.limits.image_pixels = u64::MAX;
            task.limits.image_side = u64::MAX;
        }
    }),
    (M::StagesShareUniforms, |task| {
        let stages = task.stages.clone();
        for (index, stage) in task.stages.iter_mut().enumerate() {
            let before = stages[..index].iter();
            let same = before.filter(|other| Arc::ptr_eq(&other.module, &stage.module));
            let uniforms = same.flat_map(|other| other.uniforms.clone());
            stage.uniforms.splice(0..0, uniforms);
        }
    }),
    (M::AllKeysUnknown, |task| {
        let keys = task.stages.iter_mut().flat_map(|stage| &mut stage.uniforms);
        keys.for_each(|(key, _)| key.push('?'));
    }),
    (M::WidthAndHeightLoosely, |task| {
        let keys = task.stages.iter_mut().flat_map(|stage| &mut stage.uniforms);
        let like = keys.filter(|(key, _)| key.to_ascii_lowercase().contains("width"));
        like.for_each(|(key, _)| key.push('?'));
    }),
];

/// All limits but those of time and fuel.
fn each_limit(limits: &mut Limits, change: impl Fn(u64) -> u64) {
    for size in Size::ALL {
        let limit = limits.size_mut(*size);
        *limit = change(*limit);
    }
}

/// Takes the limit of sides away, unless it is the one side that is over it.
fn without_side(task: &mut Task, limited: fn([u32; 2]) -> u32) {
    let sides = task.requests.iter().map(|request| match &request.input {
        RequestInput::Image(image) => [image.width, image.height],
        RequestInput::Bytes(bytes) => {
            let bytes = bytes.to_vec();
            let side = |at| {
                let side = bytes.get(at..at + 4).unwrap_or_default().iter().rev();
                side.fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            };
            [side(18), side(22)]
        }
    });
    if sides
        .into_iter()
        .all(|sides| u64::from(limited(sides)) <= task.limits.image_side)
    {
        task.limits.image_side = u64::MAX;
    }
}

/// The task that a mutant gives the oracle, where it is another one.
pub(super) fn spoiled(task: &Task, mutation: M) -> Option<Task> {
    if let Some((_, spoil)) = TASKS.iter().find(|(it, _)| *it == mutation) {
        let mut wrong = task.clone();
        spoil(&mut wrong);
        return (!is_same(task, &wrong)).then_some(wrong);
    }
    let job = Job {
        task,
        hooks: &NoMistake,
    };
    if uniform::is_made_here(mutation) {
        return uniform::spoiled(job, mutation);
    }
    module::spoiled(job, mutation)
}

/// Notes the mistakes that make another task, after these outcomes of the right one.
pub(super) fn note(task: &Task, outcomes: &[Outcome], flaw: &Flaw) {
    let is_over = |outcome: &Outcome| {
        let codes = [Code::Limit, Code::ImageSize];
        matches!(outcome, Outcome::Refused { code, .. } if codes.contains(code))
    };
    let is_over = outcomes.iter().any(is_over);
    for (mutation, spoil) in TASKS {
        let mut wrong = task.clone();
        spoil(&mut wrong);
        let concerns = is_over || !only_declares_more(task, &wrong, *mutation);
        if concerns && !is_same(task, &wrong) {
            flaw.is(*mutation);
        }
    }
    let job = Job {
        task,
        hooks: &NoMistake,
    };
    uniform::note(job, flaw);
    module::note(job, flaw);
}

/// Whether all that the mistake does is to allow modules or pictures to be larger.
fn only_declares_more(task: &Task, wrong: &Task, mutation: M) -> bool {
    let (right, more) = (&task.limits, &wrong.limits);
    let mut sizes = Size::ALL.iter();
    let grows = mutation == M::LimitsDefault;
    !grows && right != more && sizes.all(|size| right.size(*size) <= more.size(*size))
}

fn is_same(one: &Task, other: &Task) -> bool {
    let mut stages = one.stages.iter().zip(&other.stages);
    one.limits == other.limits
        && one.request_limits == other.request_limits
        && one.options == other.options
        && stages.all(|(one, other)| {
            Arc::ptr_eq(&one.module, &other.module) && one.uniforms == other.uniforms
        })
}
