//! One request, stage by stage (ORD-2).

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use qip_cases::{Bytes, Outcome, OutputKind, Request, RequestInput};
use qip_contract::{Code, PAGE_BYTES, TrapKind, Utf8, Value};
use qip_engine::{Budget, Exhausted, ExportId, Instance, Stop};

use super::exports::{Getter, Pair, Plan, Role, Source};
use super::{
    Job, Kept, Loaded, Mutation, at_stage, binary, block, bmp, can_be_piped, media_type,
    not_pipeable, number, refused, shown,
};

/// What passes from stage to stage (REC-4).
struct Passed {
    result: Output,
    content_type: Option<String>,
    /// Where the output was, and all memory around it, for mutants that share it.
    left: Left,
}

#[derive(Default)]
struct Left {
    place: Option<Range<usize>>,
    memory: Option<Vec<u8>>,
}

/// What a stage gives.
enum Output {
    Buffered(OutputKind, Vec<u8>),
    Scalar(i32),
}

/// What a module's getters say (RUN-2).
struct Numbers {
    input_ptr: u32,
    input_cap: u32,
    output: Option<(OutputKind, u32, u32)>,
    input_type: Option<(u32, u32)>,
    output_type: Option<(u32, u32)>,
}

/// Answers one request, and says where the output was.
pub(super) fn answer(
    stages: &[Loaded],
    job: Job<'_>,
    request: &Request,
    kept: &mut Kept,
) -> (Outcome, Option<Range<usize>>) {
    let shares = stages.len() > 1 && !job.task.options.reuse;
    if shares && job.errs(Mutation::StagesShareInstance) {
        kept.fill_with(|| None);
    }
    if let RequestInput::Image(image) = &request.input {
        return (block::answer(stages, image, job, kept), None);
    }
    match run_stages(stages, job, request, kept) {
        Ok(mut passed) => {
            let place = passed.left.place.take();
            (reply(passed, job), place)
        }
        Err(outcome) => (outcome, None),
    }
}

fn run_stages(
    stages: &[Loaded],
    job: Job<'_>,
    request: &Request,
    kept: &mut Kept,
) -> Result<Passed, Outcome> {
    // RUN-6: one limit for all stages, and the copying of the input counts.
    let mut budget = budget(job);
    let mut passed = Passed {
        result: Output::Buffered(OutputKind::Bytes, bytes_of(request)),
        content_type: callers_type(request, job),
        left: Left::default(),
    };
    let mut first_kind = None;
    if stages.len() > 1 && job.errs(Mutation::LaterStageEarly) {
        for (index, stage) in stages.iter().enumerate() {
            if kept[index].is_none() {
                let instance = instantiate(stage, job, &mut budget);
                kept[index] = Some(instance.map_err(|fault| at_stage(fault, index, job))?);
            }
        }
    }
    let mut next = 0;
    while let Some(stage) = stages.get(next) {
        let first = next;
        if first > 0 && job.errs(Mutation::FuelPerStage) {
            budget.fuel = self::budget(job).fuel;
        }
        if first > 0 && job.errs(Mutation::InputToAll) {
            passed.result = Output::Buffered(OutputKind::Bytes, bytes_of(request));
        }
        let ran = match &stage.role {
            Role::Content(plan) => {
                next += 1;
                let position = Position {
                    is_first: first == 0,
                    is_last: next == stages.len(),
                };
                let slot = slot(stages, first, job);
                let ran = check_text_input(plan, &passed, position, job).and_then(|()| {
                    run(
                        stage,
                        plan,
                        job,
                        passed,
                        &mut budget,
                        &mut kept[slot],
                        position,
                    )
                });
                ran.map_err(|outcome| at_stage(outcome, first, job))
            }
            _ => {
                next = end_of_block(stages, first, job);
                let filters = &stages[first..next];
                run_block(filters, job, passed, &mut budget, &mut kept[first..next])
                    .map_err(|fault| at_stage(fault.outcome, first + fault.stage, job))
            }
        };
        passed = ran?;
        if let Some(after) = stages.get(next) {
            let into_block = matches!(after.role, Role::Filter(_));
            let kind = match &passed.result {
                Output::Buffered(kind, _) => Some(*kind),
                Output::Scalar(_) => None,
            };
            let is_piped = can_be_piped(kind, into_block, job);
            if !is_piped && job.errs(Mutation::PipesCheckedLate) {
                return Err(at_stage(not_pipeable(kind), next - 1, job));
            }
        }
        if let (None, Output::Buffered(kind, _)) = (first_kind, &passed.result) {
            first_kind = Some(*kind);
        }
        let is_empty = matches!(&passed.result, Output::Buffered(_, bytes) if bytes.is_empty());
        let is_last = next == stages.len();
        if is_empty && !is_last && job.errs(Mutation::EmptyOutputEndsRecipe) {
            break;
        }
    }
    if let (Some(first), Output::Buffered(kind, _)) = (first_kind, &mut passed.result)
        && first != *kind
        && job.errs(Mutation::FirstKindKept)
    {
        *kind = first;
    }
    Ok(passed)
}

/// The bytes of a request, which is no picture.
fn bytes_of(request: &Request) -> Vec<u8> {
    request.input.bytes().map(Bytes::to_vec).unwrap_or_default()
}

/// REC-3: bytes may be text. Only a mutant refuses all of them.
fn check_text_input(
    plan: &Plan,
    passed: &Passed,
    position: Position,
    job: Job<'_>,
) -> Result<(), Outcome> {
    if let Output::Buffered(OutputKind::Bytes, _) = passed.result
        && !position.is_first
        && plan.input_is_utf8
        && job.errs(Mutation::BytesNeverText)
    {
        return Err(refused(Code::NotPipeable, "bytes are no text"));
    }
    Ok(())
}

/// REC-6: a block is a maximal run of tile filters.
fn end_of_block(stages: &[Loaded], first: usize, job: Job<'_>) -> usize {
    let filters = stages[first..].iter();
    let filters = filters.take_while(|stage| matches!(stage.role, Role::Filter(_)));
    let length = filters.count();
    if length > 1 && job.errs(Mutation::FiltersApart) {
        return first + 1;
    }
    first + length
}

/// REC-6: the types that filters declare, and the one that is current, are of no concern.
fn run_block(
    filters: &[Loaded],
    job: Job<'_>,
    passed: Passed,
    budget: &mut Budget,
    kept: &mut [Option<Box<dyn Instance>>],
) -> Result<Passed, block::Fault> {
    let mut content_type = passed.content_type.clone();
    let input = input_of(&passed);
    let output = block::filter_bmp(filters, input, job, budget, kept, &mut content_type)?;
    let declares = |stage: &Loaded| match &stage.role {
        Role::Filter(filter) => filter.by_mistake.output_type.is_some(),
        _ => false,
    };
    let is_kept = filters.iter().any(declares)
        || content_type.as_deref() != Some(bmp::MEDIA_TYPE) && job.errs(Mutation::BlockTypeKept);
    if !is_kept {
        content_type = Some(bmp::MEDIA_TYPE.to_owned());
    }
    Ok(Passed {
        result: Output::Buffered(OutputKind::Bytes, output),
        content_type: content_type.filter(|_| !job.errs(Mutation::BlockTypeDropped)),
        left: Left::default(),
    })
}

fn reply(passed: Passed, job: Job<'_>) -> Outcome {
    let mut content_type = passed.content_type;
    match passed.result {
        Output::Buffered(_, bytes) if bytes.is_empty() && job.errs(Mutation::EmptyOutputScalar) => {
            Outcome::Scalar {
                value: 0,
                content_type,
            }
        }
        Output::Buffered(mut kind, bytes) => {
            if bytes.is_empty() && job.errs(Mutation::EmptyOutputIsBytes) {
                kind = OutputKind::Bytes;
            }
            if kind == OutputKind::Utf8 && job.errs(Mutation::TextIsBytes) {
                kind = OutputKind::Bytes;
            } else if kind == OutputKind::Bytes && job.errs(Mutation::BytesAreText) {
                kind = OutputKind::Utf8;
            }
            Outcome::Output {
                kind,
                bytes,
                content_type,
            }
        }
        Output::Scalar(mut value) => {
            if job.errs(Mutation::ScalarUnsigned) {
                value &= i32::MAX;
            }
            if job.errs(Mutation::ScalarTypeDropped) {
                content_type = None;
            }
            Outcome::Scalar {
                value,
                content_type,
            }
        }
    }
}

/// MIME-2: what the caller says, normalised.
fn callers_type(request: &Request, job: Job<'_>) -> Option<String> {
    let content_type = request.content_type.as_deref()?;
    if job.errs(Mutation::CallerTypeVerbatim) {
        return Some(content_type.to_owned());
    }
    media_type::normalized(content_type, job)
}

/// RUN-6: what one request may use.
pub(super) fn budget(job: Job<'_>) -> Budget {
    let mut time = job.task.limits.time;
    if time.is_some() && job.errs(Mutation::StoppedAtOnce) {
        time = Some(Duration::ZERO);
    }
    let mut fuel = job.task.limits.fuel;
    if fuel.is_some() && job.errs(Mutation::FuelAtOnce) {
        fuel = Some(0);
    }
    Budget {
        deadline: time.and_then(|it| Instant::now().checked_add(it)),
        fuel,
        ..Budget::default()
    }
}

/// RUN-6: from the deadline on, so that no time at all is over at once.
pub(super) fn is_late(budget: &Budget) -> bool {
    budget.deadline.is_some_and(|it| Instant::now() >= it)
}

/// REC-4: each stage has an instance of its own.
fn slot(stages: &[Loaded], index: usize, job: Job<'_>) -> usize {
    let stage = &stages[index];
    // Only an instance that has the same exports ready can be shared.
    let same =
        |other: &Loaded| other.wasm == stage.wasm && other.role.exports() == stage.role.exports();
    match stages[..index].iter().position(same) {
        Some(first) if job.errs(Mutation::StagesShareInstance) => first,
        _ => index,
    }
}

/// Where a stage stands in its recipe.
#[derive(Clone, Copy)]
struct Position {
    is_first: bool,
    is_last: bool,
}

/// One stage: an instance, what it does, what it used.
fn run(
    stage: &Loaded,
    plan: &Plan,
    job: Job<'_>,
    passed: Passed,
    budget: &mut Budget,
    kept: &mut Option<Box<dyn Instance>>,
    position: Position,
) -> Result<Passed, Outcome> {
    let is_reused = kept.is_some();
    let mut instance = match kept.take() {
        Some(mut instance) => {
            instance.begin(budget);
            instance
        }
        None => instantiate(stage, job, budget)?,
    };
    if is_reused && !job.task.options.reuse && job.errs(Mutation::MemoryDirty) {
        let memory = instance.memory().to_vec();
        instance = instantiate(stage, job, budget)?;
        put_memory(&mut *instance, &memory);
    }
    if let Some(memory) = &passed.left.memory {
        put_memory(&mut *instance, memory);
    }
    let sets_uniforms = !is_reused || !job.errs(Mutation::UniformsOnce);
    let mut given = content(&mut *instance, plan, job, &passed, position, sets_uniforms);
    if let Err(Outcome::Stopped { .. }) = given
        && binary::has_tail_calls(&stage.wasm)
        && job.errs(Mutation::TailCallsTakeStack)
    {
        given = Err(Outcome::Trapped {
            kind: TrapKind::StackOverflow,
            stage: None,
            message: "no room for a tail call".to_owned(),
        });
    }
    // REC-5: what fails ends the recipe.
    if let Err(Outcome::Trapped { .. }) = given
        && !position.is_last
        && job.errs(Mutation::FailureIsSkipped)
    {
        return Ok(passed);
    }
    // RUN-4: after a trap or a stop, an instance is never used again.
    let is_over = match &given {
        Ok(_) => false,
        Err(Outcome::Refused { .. }) => job.errs(Mutation::DroppedAfterRefusal),
        Err(_) => !job.errs(Mutation::ReusedAfterTrap),
    };
    if is_over {
        return given;
    }
    let used = instance.finish();
    if used.refused_growths > 0 && given.is_ok() && job.errs(Mutation::RefusedGrowthFails) {
        return Err(refused(Code::Limit, "growth was refused"));
    }
    // RUN-6: the host's own work counts, too.
    if given.is_ok() && is_late(budget) {
        return Err(exhausted(Exhausted::Time, job));
    }
    budget.fuel = budget
        .fuel
        .map(|left| left.saturating_sub(used.fuel.unwrap_or(0)));
    // RUN-4: nothing is kept that the caller does not ask for.
    let reuses = if job.task.options.reuse {
        !job.errs(Mutation::ReuseIgnored)
    } else {
        let is_alone = position.is_first && position.is_last;
        let is_once = job.task.requests.len() == 1;
        !is_once && (job.errs(Mutation::InstanceReused) || job.errs(Mutation::MemoryDirty))
            || !is_alone && job.errs(Mutation::StagesShareInstance)
    };
    *kept = reuses.then_some(instance);
    given
}

/// As much of other memory as there is room for.
fn put_memory(instance: &mut dyn Instance, memory: &[u8]) {
    let own = instance.memory();
    let length = own.len().min(memory.len());
    own[..length].copy_from_slice(&memory[..length]);
}

pub(super) fn instantiate(
    stage: &Loaded,
    job: Job<'_>,
    budget: &mut Budget,
) -> Result<Box<dyn Instance>, Outcome> {
    if job.errs(Mutation::NothingInstantiates) {
        return Err(refused(Code::Instantiate, "nothing works"));
    }
    let mut limits = job.limits();
    if job.errs(Mutation::GrowthRefused) {
        limits.memory_bytes = stage.role.declared_memory() as u64;
    }
    if job.errs(Mutation::GrowthUnlimited) {
        limits.memory_bytes = u64::from(u32::MAX) + 1;
    }
    if job.errs(Mutation::TablesUnlimited) {
        limits.table_entries = u64::from(u32::MAX);
    }
    let instance = stage.code.instantiate(&limits, budget);
    let mut instance = instance.map_err(|stop| not_instantiated(stop, job))?;
    if job.flaw.may_be(Mutation::MemoryCleared) {
        let mut parts = instance.memory().chunks_exact(PAGE_BYTES as usize);
        let is_clear = parts.all(|page| page == [0; PAGE_BYTES as usize]);
        if !is_clear && job.errs(Mutation::MemoryCleared) {
            instance.memory().fill(0);
        }
    }
    Ok(instance)
}

/// REC-2: what comes from a stage is never a scalar.
fn input_of(passed: &Passed) -> &[u8] {
    match &passed.result {
        Output::Buffered(_, bytes) => bytes,
        Output::Scalar(_) => &[],
    }
}

/// ORD-2: what is looked at before the input is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InputCheck {
    ContentTypes,
    Length,
    Bounds,
    Utf8,
}

/// ORD-2: the order of these, and which a mutant makes too early.
fn input_checks(job: Job<'_>) -> [InputCheck; 4] {
    use InputCheck::{Bounds, ContentTypes, Length, Utf8};

    let wrong = [
        (
            Mutation::LengthBeforeContentType,
            [Length, ContentTypes, Bounds, Utf8],
        ),
        (
            Mutation::BoundsBeforeLength,
            [ContentTypes, Bounds, Length, Utf8],
        ),
        (
            Mutation::Utf8BeforeLength,
            [ContentTypes, Utf8, Length, Bounds],
        ),
        (
            Mutation::Utf8BeforeBounds,
            [ContentTypes, Length, Utf8, Bounds],
        ),
    ];
    let mut wrong = wrong.into_iter().filter(|(error, _)| job.errs(*error));
    let wrong = wrong.next().map(|(_, order)| order);
    wrong.unwrap_or([ContentTypes, Length, Bounds, Utf8])
}

/// ORD-2, for a module that has been instantiated.
fn content(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    passed: &Passed,
    position: Position,
    sets_uniforms: bool,
) -> Result<Passed, Outcome> {
    make_early_mistakes(instance, plan, job)?;
    let early = Early {
        memory: instance.memory().len(),
        bytes: job
            .errs(Mutation::TypesReadEarly)
            .then(|| instance.memory().to_vec()),
        globals: early_globals(instance, plan, job),
    };
    let mut numbers = set_and_get(instance, plan, job, passed, &early, sets_uniforms)?;
    let input = check_input(instance, plan, job, passed, &early, position, &numbers)?;
    write_input(instance.memory(), &numbers, &input.bytes, job);
    make_mistakes_before_call(instance, plan, job, &numbers)?;

    let before = instance.memory().len();
    let result = call_entry(instance, plan, &numbers, &input.bytes, job)?;

    let late = read_too_late(instance, plan, job, passed, &early, &mut numbers)?;
    let start = numbers.input_ptr as usize;
    let call = Call {
        before,
        result,
        written: start..start + input.bytes.len(),
        is_last: position.is_last,
    };
    let (result, place) = take_output(instance.memory(), &numbers, &call, job)?;
    let shares_memory = !position.is_last && job.errs(Mutation::StagesShareMemory);
    Ok(Passed {
        result,
        content_type: late.unwrap_or(input.content_type),
        left: Left {
            place,
            memory: shares_memory.then(|| instance.memory().to_vec()),
        },
    })
}

/// What a mutant does as soon as there is an instance.
fn make_early_mistakes(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
) -> Result<(), Outcome> {
    if let Some(outcome) = &plan.by_mistake.refused_late {
        return Err(outcome.clone());
    }
    for export in &plan.by_mistake.called_first {
        let result = instance.call(*export, &[]);
        result.map_err(|stop| stopped(stop, job))?;
    }
    Ok(())
}

/// UNI-2, then RUN-2.
fn set_and_get(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    passed: &Passed,
    early: &Early,
    sets_uniforms: bool,
) -> Result<Numbers, Outcome> {
    let uniforms_late = job.errs(Mutation::UniformsAfterGetters);
    if sets_uniforms && !uniforms_late {
        set_uniforms(instance, &plan.uniforms, job)?;
    }
    if job.errs(Mutation::ContentTypesFirst) {
        let types = Numbers {
            input_ptr: 0,
            input_cap: 0,
            output: None,
            input_type: read_pair(instance, &plan.input_type, job, early)?,
            output_type: read_pair(instance, &plan.output_type, job, early)?,
        };
        let current = passed.content_type.clone();
        check_content_types(instance.memory(), &types, current, job)?;
    }
    let mut numbers = read_numbers(instance, plan, job, early)?;
    if job.errs(Mutation::InputAtZero) {
        numbers.input_ptr = 0;
    }
    let input_ptr = numbers.input_ptr;
    if let Some((_, ptr, _)) = &mut numbers.output
        && job.errs(Mutation::OutputAtInput)
    {
        *ptr = input_ptr;
    }
    if sets_uniforms && uniforms_late {
        set_uniforms(instance, &plan.uniforms, job)?;
    }
    Ok(numbers)
}

/// An input that nothing is left to say against, and the type that is current after it.
struct Input {
    bytes: Vec<u8>,
    content_type: Option<String>,
}

/// MIME, IN-3, IN-4, IN-6 and REC-3, in the order of ORD-2.
fn check_input(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    passed: &Passed,
    early: &Early,
    position: Position,
    numbers: &Numbers,
) -> Result<Input, Outcome> {
    let mut bytes = input_of(passed).to_vec();
    let is_text = plan.input_is_utf8 && checks_utf8(job, Mutation::UncheckedOutputOnly);
    if is_text {
        bytes = mended_text(bytes, job, MEND_INPUT);
    }
    if !is_text && job.errs(Mutation::BytesInputChecked) {
        check_utf8_text(&bytes, Code::InputNotUtf8, job)?;
    }
    let mut content_type = None;
    for check in input_checks(job) {
        match check {
            InputCheck::ContentTypes => {
                let current = passed.content_type.clone();
                let memory = early.bytes.as_deref().unwrap_or(instance.memory());
                content_type = check_content_types(memory, numbers, current, job)?;
            }
            InputCheck::Length => check_length(instance.memory(), numbers, &mut bytes, job)?,
            // IN-4: memory as it is after the getters.
            InputCheck::Bounds => {
                let memory = if job.errs(Mutation::InputBoundsEarly) {
                    early.memory
                } else if job.errs(Mutation::DeclaredMemoryOnly) {
                    plan.declared_memory
                } else {
                    instance.memory().len()
                };
                check_input_bounds(memory, numbers, &mut bytes, job)?;
            }
            // REC-3: also what comes from another stage.
            InputCheck::Utf8 => {
                let leaves_out = job.errs(Mutation::InputUtf8Unchecked)
                    || !position.is_first && job.errs(Mutation::PipedUtf8Unchecked);
                if is_text && !leaves_out {
                    check_utf8_text(&bytes, Code::InputNotUtf8, job)?;
                }
            }
        }
    }
    Ok(Input {
        bytes,
        content_type,
    })
}

/// IN-6: unless the caller asks not to. `other_side_only` is the mistake of one who leaves
/// the option to the other side.
fn checks_utf8(job: Job<'_>, other_side_only: Mutation) -> bool {
    match job.task.options.utf8 {
        Utf8::Checked => true,
        Utf8::Unchecked => job.errs(Mutation::UncheckedIgnored) || job.errs(other_side_only),
    }
}

/// What a mutant looks at between writing and calling.
fn make_mistakes_before_call(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    numbers: &Numbers,
) -> Result<(), Outcome> {
    if let Some(outcome) = &plan.by_mistake.refused_before_call {
        return Err(outcome.clone());
    }
    if let Some((_, ptr, _)) = numbers.output
        && ptr as usize > instance.memory().len()
        && job.errs(Mutation::OutputPtrBeforeCall)
    {
        return Err(refused(Code::OutputOutOfBounds, "no memory there"));
    }
    Ok(())
}

/// What a mutant reads only after the call: numbers of the output, and content types,
/// which are given back if they were.
fn read_too_late(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    passed: &Passed,
    early: &Early,
    numbers: &mut Numbers,
) -> Result<Option<Option<String>>, Outcome> {
    if let (Some(output), Some((_, ptr, cap))) = (&plan.output, &mut numbers.output) {
        if job.errs(Mutation::OutputGettersAfterCall) {
            *ptr = read_number(instance, &output.ptr, job, early)?;
        }
        if job.errs(Mutation::OutputCapAfterCall) {
            *cap = read_number(instance, &output.cap, job, early)?;
        }
    }
    let getters_too = job.errs(Mutation::TypeGettersAfterCall);
    if getters_too {
        numbers.input_type = read_pair(instance, &plan.input_type, job, early)?;
        numbers.output_type = read_pair(instance, &plan.output_type, job, early)?;
    }
    if getters_too || job.errs(Mutation::TypesReadAfterCall) {
        let current = passed.content_type.clone();
        let types = check_content_types(instance.memory(), numbers, current, job)?;
        return Ok(Some(types));
    }
    Ok(None)
}

/// OUT-1, OUT-8: what there is, and where it was if it was in memory.
fn take_output(
    memory: &[u8],
    numbers: &Numbers,
    call: &Call,
    job: Job<'_>,
) -> Result<(Output, Option<Range<usize>>), Outcome> {
    match numbers.output {
        None if call.result < 0 && job.errs(Mutation::ScalarChecked) => {
            Err(refused(Code::OutputTooLarge, "a negative result"))
        }
        None => Ok((Output::Scalar(call.result), None)),
        Some((_, _, 0)) if job.errs(Mutation::CapacityZeroScalar) => {
            Ok((Output::Scalar(call.result), None))
        }
        Some((_, 0, _)) if job.errs(Mutation::PointerZeroScalar) => {
            Ok((Output::Scalar(call.result), None))
        }
        Some(buffer) => {
            let (output, place) = read_output(memory, buffer, call, job)?;
            Ok((output, Some(place)))
        }
    }
}

/// What is known of a call once it has returned.
struct Call {
    /// The size of the memory before.
    before: usize,
    result: i32,
    /// Where the input is.
    written: Range<usize>,
    is_last: bool,
}

/// What was so when the instance was new, for a mutant that looks too early.
#[derive(Default)]
pub(super) struct Early {
    /// The size of the memory.
    memory: usize,
    /// The memory itself, if content types are taken from it.
    bytes: Option<Vec<u8>>,
    /// Values of globals; none, unless they are read early.
    globals: BTreeMap<usize, Value>,
}

fn early_globals(instance: &mut dyn Instance, plan: &Plan, job: Job<'_>) -> BTreeMap<usize, Value> {
    let output = plan.output.iter().flat_map(|it| [it.ptr, it.cap]);
    let types = [&plan.input_type, &plan.output_type];
    let types = types.into_iter().flatten().flat_map(|it| [it.ptr, it.size]);
    let getters = [plan.input_ptr, plan.input_cap].into_iter();
    let mut globals = BTreeMap::new();
    for getter in getters.chain(output).chain(types) {
        if let Source::Global(export) = getter.source
            && job.errs(Mutation::GlobalsReadEarly)
            && let Ok(value) = instance.global(export)
        {
            globals.insert(export.0, value);
        }
    }
    globals
}

/// UNI-2.
pub(super) fn set_uniforms(
    instance: &mut dyn Instance,
    uniforms: &[(ExportId, Value)],
    job: Job<'_>,
) -> Result<(), Outcome> {
    for (export, value) in uniforms {
        if job.errs(Mutation::UniformsIgnored) {
            continue;
        }
        for _ in 0..1 + usize::from(job.errs(Mutation::UniformsTwice)) {
            let result = instance.call(*export, &[*value]);
            result.map_err(|stop| match stop {
                Stop::Trap(_) if job.errs(Mutation::UniformTrapsValue) => {
                    refused(Code::UniformValue, "the setter trapped")
                }
                stop => stopped(stop, job),
            })?;
        }
    }
    Ok(())
}

/// RUN-2: each once, in this order.
fn read_numbers(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
    early: &Early,
) -> Result<Numbers, Outcome> {
    let mut read = |getter: &Getter| read_number(instance, getter, job, early);
    let read_output = |read: &mut dyn FnMut(&Getter) -> Result<u32, Outcome>| {
        plan.output
            .as_ref()
            .map(|output| Ok((output.kind, read(&output.ptr)?, read(&output.cap)?)))
            .transpose()
    };
    let mut output = None;
    let output_first = job.errs(Mutation::OutputGettersFirst);
    if output_first {
        output = read_output(&mut read)?;
    }
    let (input_ptr, mut input_cap);
    if job.errs(Mutation::CapacityBeforePointer) {
        input_cap = read(&plan.input_cap)?;
        input_ptr = read(&plan.input_ptr)?;
    } else {
        input_ptr = read(&plan.input_ptr)?;
        input_cap = read(&plan.input_cap)?;
    }
    if !output_first {
        output = read_output(&mut read)?;
    }
    for getter in &plan.by_mistake.also_read {
        let number = read(getter)?;
        if getter.name.starts_with("input") && job.errs(Mutation::LargerCapacityWins) {
            input_cap = input_cap.max(number);
        }
    }
    let input_type = read_pair(instance, &plan.input_type, job, early)?;
    if let Some((ptr, size)) = input_type
        && job.errs(Mutation::InputTypeAtOnce)
    {
        let declared = media_type::declared(instance.memory(), ptr, size, job);
        declared.map_err(|why| refused(Code::ContentType, why))?;
    }
    Ok(Numbers {
        input_ptr,
        input_cap,
        output,
        input_type,
        output_type: read_pair(instance, &plan.output_type, job, early)?,
    })
}

fn read_pair(
    instance: &mut dyn Instance,
    pair: &Option<Pair>,
    job: Job<'_>,
    early: &Early,
) -> Result<Option<(u32, u32)>, Outcome> {
    let Some(Pair { ptr, size }) = pair else {
        return Ok(None);
    };
    let ptr = read_number(instance, ptr, job, early)?;
    let size = read_number(instance, size, job, early)?;
    Ok(Some((ptr, size)))
}

/// MOD-3: a global is read, a function is called.
pub(super) fn read_number(
    instance: &mut dyn Instance,
    getter: &Getter,
    job: Job<'_>,
    early: &Early,
) -> Result<u32, Outcome> {
    let value = match getter.source {
        Source::Constant(number) => return Ok(number),
        Source::Global(export) => match early.globals.get(&export.0) {
            Some(value) => Ok(Some(*value)),
            None => instance.global(export).map(Some),
        },
        Source::Function(export) => {
            let first = instance.call(export, &[]);
            if first.is_ok() && job.errs(Mutation::GettersTwice) {
                instance.call(export, &[])
            } else {
                first
            }
        }
    };
    let value = value.map_err(|stop| match stop {
        Stop::Trap(_) if job.errs(Mutation::GetterTrapsShape) => {
            refused(Code::ExportShape, "the getter trapped")
        }
        stop => stopped(stop, job),
    })?;
    let Some(value) = value else {
        return Err(no_i32(getter.name, value));
    };
    number::unsigned(value, job).ok_or_else(|| {
        let message = format!("the export {} is {value:?}, no finite number", getter.name);
        refused(Code::ExportShape, message)
    })
}

/// The content type that is current after a tile filter, of which only a mutant reads any
/// type (REC-6).
pub(super) fn content_types(
    instance: &mut dyn Instance,
    (input, output): (&Option<Pair>, &Option<Pair>),
    current: Option<String>,
    job: Job<'_>,
) -> Result<Option<String>, Outcome> {
    let types = Numbers {
        input_ptr: 0,
        input_cap: 0,
        output: None,
        input_type: read_pair(instance, input, job, &Early::default())?,
        output_type: read_pair(instance, output, job, &Early::default())?,
    };
    check_content_types(instance.memory(), &types, current, job)
}

/// MIME-1, MIME-3, MIME-4: the content type that is current after this stage.
fn check_content_types(
    memory: &[u8],
    numbers: &Numbers,
    current: Option<String>,
    job: Job<'_>,
) -> Result<Option<String>, Outcome> {
    let declared = |place: Option<(u32, u32)>| match place {
        Some((ptr, size)) => media_type::declared(memory, ptr, size, job)
            .map(|text| media_type::normalized(&text, job))
            .map_err(|why| refused(Code::ContentType, why)),
        None => Ok(None),
    };
    let input = declared(numbers.input_type)?;
    if job.errs(Mutation::MismatchBeforeOutputType) {
        check_match(input.as_deref(), current.as_deref(), job)?;
    }
    let output = declared(numbers.output_type)?;
    check_match(input.as_deref(), current.as_deref(), job)?;
    if output.is_some() && !job.errs(Mutation::OutputTypeDropped) {
        return Ok(output);
    }
    if input.is_some() && job.errs(Mutation::InputTypeCarried) {
        return Ok(input);
    }
    Ok(current.filter(|_| !job.errs(Mutation::CurrentTypeDropped)))
}

/// MIME-3.
fn check_match(expected: Option<&str>, current: Option<&str>, job: Job<'_>) -> Result<(), Outcome> {
    let Some(expected) = expected else {
        return Ok(());
    };
    let is_match = match current {
        Some(current) => expected == current || job.errs(Mutation::MismatchIgnored),
        None => !job.errs(Mutation::UnknownMismatches),
    };
    if is_match {
        return Ok(());
    }
    let mut types = [expected, current.unwrap_or_default()];
    if job.errs(Mutation::MismatchSwapped) {
        types.reverse();
    }
    let message = if job.errs(Mutation::MismatchUnnamed) {
        "input content type mismatch".to_owned()
    } else {
        let [expected, current] = types.map(|text| shown(text, job));
        format!("input content type mismatch: expected {expected}, got {current}")
    };
    Err(refused(Code::ContentTypeMismatch, message))
}

/// IN-3, and IN-5 by a mutant.
fn check_length(
    memory: &mut [u8],
    numbers: &Numbers,
    input: &mut Vec<u8>,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let (ptr, cap) = (numbers.input_ptr, numbers.input_cap);
    let length = input.len();
    let reaches_out = bounds(memory, ptr, u64::from(cap)).is_none();
    if reaches_out && job.errs(Mutation::CapacityWithinMemory) {
        return Err(refused(Code::InputOutOfBounds, "the capacity is not there"));
    }
    let is_signed = cap > i32::MAX.cast_unsigned() && job.errs(Mutation::CapacitySigned);
    let is_too_long = u32::try_from(length).map_or(true, |length| length > cap)
        || length == cap as usize && job.errs(Mutation::CapacityExclusive);
    if length < cap as usize && job.errs(Mutation::InputMustFill) {
        return Err(refused(Code::InputTooLarge, "Input is too small"));
    }
    if !is_too_long && !is_signed {
        return Ok(());
    }
    if job.errs(Mutation::CapacityUnchecked) {
        return Ok(());
    }
    if job.errs(Mutation::InputCut) {
        input.truncate(cap as usize);
        return Ok(());
    }
    if job.errs(Mutation::InputWrittenFirst) {
        let free = memory.get_mut(ptr as usize..).unwrap_or_default();
        let fits = length.min(free.len());
        free[..fits].copy_from_slice(&input[..fits]);
    }
    let message = if job.errs(Mutation::CapacityUnnamed) {
        format!("Input is too large: {length} bytes")
    } else {
        format!("Input is too large: {length} bytes, the capacity is {cap}")
    };
    Err(refused(Code::InputTooLarge, message))
}

/// IN-4: where the input is written.
fn check_input_bounds(
    memory: usize,
    numbers: &Numbers,
    input: &mut Vec<u8>,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let (ptr, length) = (numbers.input_ptr, input.len());
    let end = u64::from(ptr) + length as u64;
    let is_wrong = ptr == 0 && job.errs(Mutation::PointerZeroRefused)
        || !ptr.is_multiple_of(4) && job.errs(Mutation::InputAligned)
        || end == memory as u64 && job.errs(Mutation::EndOfMemoryRefused);
    if end <= memory as u64 && !is_wrong {
        return Ok(());
    }
    let wraps = end > u64::from(u32::MAX) && job.errs(Mutation::InputEndWraps);
    let is_nothing = length == 0 && job.errs(Mutation::EmptyInputAnywhere);
    if !is_wrong && (wraps || is_nothing || job.errs(Mutation::InputBoundsUnchecked)) {
        input.truncate(memory.saturating_sub(ptr as usize));
        return Ok(());
    }
    let message = format!("input at {ptr} of {length} bytes, in a memory of {memory}");
    Err(refused(Code::InputOutOfBounds, message))
}

/// IN-7: nothing beyond the input is touched.
fn write_input(memory: &mut [u8], numbers: &Numbers, input: &[u8], job: Job<'_>) {
    // A mutant may come here with a pointer that lies past memory.
    let free = memory.get_mut(numbers.input_ptr as usize..);
    let free = free.unwrap_or_default();
    let mut length = input.len().min(free.len());
    if length > PAGE_BYTES as usize && job.errs(Mutation::InputOfAPage) {
        length = PAGE_BYTES as usize;
    }
    let (written, beyond) = free.split_at_mut(length);
    written.copy_from_slice(&input[..written.len()]);
    if let [first, ..] = beyond
        && job.errs(Mutation::InputTerminated)
    {
        *first = 0;
    }
    if job.errs(Mutation::CapacityCleared) {
        let rest = (numbers.input_cap as usize).saturating_sub(written.len());
        let rest = rest.min(beyond.len());
        beyond[..rest].fill(0);
    }
}

/// RUN-3: once, with the length in bytes.
fn call_entry(
    instance: &mut dyn Instance,
    plan: &Plan,
    numbers: &Numbers,
    input: &[u8],
    job: Job<'_>,
) -> Result<i32, Outcome> {
    if input.is_empty() && job.errs(Mutation::NotCalledForNothing) {
        return Ok(0);
    }
    let mut length = input.len() as u32;
    if job.errs(Mutation::CapacityPassed) {
        length = numbers.input_cap;
    }
    if let Ok(text) = std::str::from_utf8(input)
        && text.chars().count() < text.len()
        && job.errs(Mutation::CharactersPassed)
    {
        length = text.chars().count() as u32;
    }
    let Some(entry) = plan.entry else {
        return Ok(0);
    };
    let mut args = vec![Value::I32(length.cast_signed())];
    if job.errs(Mutation::EntryTakesPointer) {
        args.insert(0, Value::I32(numbers.input_ptr.cast_signed()));
    }
    let mut result = instance.call(entry, &args);
    if result.is_ok() && job.errs(Mutation::CalledTwice) {
        result = instance.call(entry, &args);
    }
    if result.is_ok() && job.errs(Mutation::EveryCallTraps) {
        return Err(Outcome::Trapped {
            kind: TrapKind::Unreachable,
            stage: None,
            message: "a trap".to_owned(),
        });
    }
    match result {
        Ok(Some(Value::I32(result))) => Ok(result),
        Ok(other) => Err(no_i32("the entry point", other)),
        Err(Stop::Trap(_)) if job.errs(Mutation::OutputReadAfterTrap) => Ok(0),
        Err(Stop::Trap(_)) if job.errs(Mutation::EntryTrapRefused) => {
            Err(refused(Code::Instantiate, "the entry point trapped"))
        }
        Err(stop) => Err(stopped(stop, job)),
    }
}

/// OUT-3 to OUT-7: what was put out, and where.
fn read_output(
    memory: &[u8],
    (kind, ptr, cap): (OutputKind, u32, u32),
    call: &Call,
    job: Job<'_>,
) -> Result<(Output, Range<usize>), Outcome> {
    let mut count = call.result.cast_unsigned();
    if call.result < 0 && job.errs(Mutation::CountSigned) {
        count = 0;
    }
    if count < cap && job.errs(Mutation::CapacityIsCount) {
        count = cap;
    }
    if job.errs(Mutation::OutputBoundsBeforeCount) {
        check_output_bounds(memory, (kind, ptr, cap), count, call, job)?;
    }
    let is_by_mistake =
        kind == OutputKind::I32 && count > cap / 4 && job.errs(Mutation::I32CapacityIsBytes)
            || count == cap && job.errs(Mutation::CountExclusive)
            || count < cap && job.errs(Mutation::CountMustFill)
            || cap > i32::MAX.cast_unsigned() && job.errs(Mutation::OutputCapSigned);
    let is_too_large = count > cap || is_by_mistake;
    if is_too_large && job.errs(Mutation::CountCut) {
        count = cap;
    } else if is_too_large && !job.errs(Mutation::CountUnchecked) {
        let message = format!("output of {count} elements, the capacity is {cap}");
        return Err(refused(Code::OutputTooLarge, message));
    }
    // OUT-5: memory as it is after the call.
    let place = check_output_bounds(memory, (kind, ptr, cap), count, call, job)?;
    let mut bytes = memory[place.clone()].to_vec();
    if bytes.len() > PAGE_BYTES as usize && job.errs(Mutation::OutputOfAPage) {
        bytes.truncate(PAGE_BYTES as usize);
    }
    if kind == OutputKind::I32 && job.errs(Mutation::I32BigEndian) {
        bytes.chunks_mut(4).for_each(<[u8]>::reverse);
    }
    let is_text = kind == OutputKind::Utf8 && checks_utf8(job, Mutation::UncheckedInputOnly);
    if is_text {
        bytes = mended_text(bytes, job, MEND_OUTPUT);
    }
    if kind == OutputKind::Utf8 {
        check_whole_capacity(memory, ptr, cap, job)?;
        if job.errs(Mutation::OutputTrimmed) {
            bytes = bytes.trim_ascii().to_vec();
        }
        if let Some(at) = bytes.iter().position(|byte| *byte == 0)
            && job.errs(Mutation::OutputEndsAtNul)
        {
            bytes.truncate(at);
        }
    }
    let leaves_out = job.errs(Mutation::OutputUtf8Unchecked)
        || !call.is_last && job.errs(Mutation::OutputUtf8LastOnly);
    let is_checked = is_text && !leaves_out
        || kind == OutputKind::Bytes && job.errs(Mutation::BytesOutputChecked);
    if is_checked {
        check_utf8_text(&bytes, Code::OutputNotUtf8, job)?;
    }
    if bytes.is_empty() && job.errs(Mutation::EmptyOutputRefused) {
        return Err(refused(Code::OutputTooLarge, "no output"));
    }
    Ok((Output::Buffered(kind, bytes), place))
}

/// OUT-6: bytes behind the count are of no concern.
fn check_whole_capacity(memory: &[u8], ptr: u32, cap: u32, job: Job<'_>) -> Result<(), Outcome> {
    match bounds(memory, ptr, u64::from(cap)) {
        Some(whole) if job.errs(Mutation::WholeCapacityUtf8) => {
            check_utf8_text(&memory[whole], Code::OutputNotUtf8, job)
        }
        _ => Ok(()),
    }
}

/// OUT-3, OUT-5: where the output is.
fn check_output_bounds(
    memory: &[u8],
    (kind, ptr, cap): (OutputKind, u32, u32),
    count: u32,
    call: &Call,
    job: Job<'_>,
) -> Result<Range<usize>, Outcome> {
    let element: u32 = match kind {
        OutputKind::Utf8 | OutputKind::Bytes => 1,
        OutputKind::I32 if job.errs(Mutation::I32CountIsBytes) => 1,
        OutputKind::I32 => 4,
    };
    let mut length = u64::from(count) * u64::from(element);
    if length > u64::from(u32::MAX) && job.errs(Mutation::I32ProductWraps) {
        length = u64::from(count.wrapping_mul(element));
    }
    let has_grown = memory.len() > call.before;
    let memory = if has_grown && job.errs(Mutation::OutputBoundsEarly) {
        &memory[..call.before]
    } else {
        memory
    };
    let size = memory.len();
    let end = u64::from(ptr) + length;
    let whole = u64::from(ptr) + u64::from(cap) * u64::from(element);
    let overlaps = u64::from(ptr) < call.written.end as u64 && end > call.written.start as u64;
    let is_wrong = overlaps && job.errs(Mutation::OverlapRefused)
        || has_grown && job.errs(Mutation::StaleAfterGrowth)
        || ptr == 0 && job.errs(Mutation::OutputAtZeroRefused)
        || end == size as u64 && job.errs(Mutation::OutputEndRefused)
        || whole > size as u64 && job.errs(Mutation::OutputCapWithinMemory)
        || element == 4 && !ptr.is_multiple_of(4) && job.errs(Mutation::I32Aligned);
    match bounds(memory, ptr, length).filter(|_| !is_wrong) {
        Some(place) => Ok(place),
        None if length == 0 && job.errs(Mutation::EmptyOutputAnywhere) => Ok(0..0),
        None if !is_wrong && job.errs(Mutation::OutputBoundsUnchecked) => {
            Ok(size.min(ptr as usize)..size)
        }
        None => {
            let message = format!("output at {ptr} of {length} bytes, in a memory of {size}");
            Err(refused(Code::OutputOutOfBounds, message))
        }
    }
}

/// A part of memory, if all of it lies within. Of no bytes, the pointer may be at the
/// very end and no further (IN-4, OUT-5, MIME-1).
pub(super) fn bounds(memory: &[u8], pointer: u32, length: u64) -> Option<Range<usize>> {
    let start = u64::from(pointer);
    let end = start.checked_add(length)?;
    let place = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    memory.get(place.clone()).map(|_| place)
}

/// IN-6 and OUT-6: the offset is where the first ill-formed or incomplete sequence
/// starts.
fn check_utf8_text(bytes: &[u8], code: Code, job: Job<'_>) -> Result<(), Outcome> {
    if !bytes.is_ascii() && job.errs(Mutation::AsciiOnly) {
        return Err(refused(code, "no ASCII"));
    }
    let Err(error) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    let is_cut = error.error_len().is_none();
    if is_cut && job.errs(Mutation::Utf8EndUnchecked)
        || is_lax_text(bytes) && job.errs(Mutation::Utf8Lax)
    {
        return Ok(());
    }
    let mut at = error.valid_up_to();
    if job.errs(Mutation::Utf8OffsetOfError) {
        at = error.error_len().map_or(bytes.len(), |length| at + length);
    }
    Err(Outcome::Refused {
        code,
        message: format!("no UTF-8 at offset {at}"),
        stage: None,
        offset: Some(at as u64),
    })
}

/// Whether the bytes are UTF-8 to someone who only looks at how sequences begin, and that
/// as many continuations follow.
fn is_lax_text(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let length = match first {
            0..=0x7f => 0,
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => return false,
        };
        let Some((continuation, after)) = after.split_at_checked(length) else {
            return false;
        };
        if continuation.iter().any(|byte| byte & 0xc0 != 0x80) {
            return false;
        }
        rest = after;
    }
    true
}

/// Which mutants repair text, and which take a byte order mark off it.
const MEND_INPUT: [Mutation; 2] = [Mutation::InputUtf8Repaired, Mutation::InputBomStripped];
const MEND_OUTPUT: [Mutation; 2] = [Mutation::OutputUtf8Repaired, Mutation::OutputBomStripped];

/// The text, as it is: only a mutant changes it.
fn mended_text(bytes: Vec<u8>, job: Job<'_>, [repair, strip]: [Mutation; 2]) -> Vec<u8> {
    if std::str::from_utf8(&bytes).is_err() && job.errs(repair) {
        return String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }
    match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) if job.errs(strip) => rest.to_vec(),
        _ => bytes,
    }
}

/// MOD-5: a trap is a refusal here; TRAP-2: running out is not.
fn not_instantiated(stop: Stop, job: Job<'_>) -> Outcome {
    match stop {
        Stop::Trap(trap) if !job.errs(Mutation::InstantiationTraps) => {
            let message = format!("a trap while instantiating: {}", trap.kind);
            refused(Code::Instantiate, message)
        }
        // A mutant that declares no limit finds out here that there is one.
        Stop::Engine(_)
            if job.errs(Mutation::MemoryUnlimited)
                || job.errs(Mutation::MemorySizeWraps)
                || job.errs(Mutation::TableUnlimited) =>
        {
            refused(Code::Instantiate, "no room")
        }
        stop => stopped(stop, job),
    }
}

/// TRAP-2: what ends a call of an export.
pub(super) fn stopped(stop: Stop, job: Job<'_>) -> Outcome {
    match stop {
        Stop::Trap(trap) => {
            if trap.kind == TrapKind::StackOverflow && job.errs(Mutation::StackOverflowIsLimit) {
                return exhausted(Exhausted::Time, job);
            }
            Outcome::Trapped {
                kind: trap_kind(trap.kind, job),
                stage: None,
                message: format!("a trap: {}", trap.kind),
            }
        }
        Stop::Exhausted(what) => exhausted(what, job),
        Stop::Engine(error) => Outcome::broken(error.to_string()),
    }
}

/// TRAP-1: what the engine says.
fn trap_kind(kind: TrapKind, job: Job<'_>) -> TrapKind {
    let wrong = match kind {
        TrapKind::Unreachable => Some((Mutation::UnreachableIsMemory, TrapKind::MemoryOutOfBounds)),
        TrapKind::IntegerOverflow => Some((
            Mutation::OverflowIsDivideByZero,
            TrapKind::IntegerDivideByZero,
        )),
        TrapKind::BadConversionToInteger => {
            Some((Mutation::BadConversionIsOverflow, TrapKind::IntegerOverflow))
        }
        TrapKind::TableOutOfBounds => Some((Mutation::TableIsMemory, TrapKind::MemoryOutOfBounds)),
        TrapKind::IndirectCallToNull => {
            Some((Mutation::NullIsBadSignature, TrapKind::BadSignature))
        }
        _ => None,
    };
    match wrong {
        Some((mutation, wrong)) if job.errs(mutation) => wrong,
        _ if job.errs(Mutation::TrapsUnreachable) => TrapKind::Unreachable,
        _ => kind,
    }
}

/// RUN-6, in whole milliseconds, rounded up.
pub(super) fn exhausted(what: Exhausted, job: Job<'_>) -> Outcome {
    if job.errs(Mutation::StopIsTrap) {
        return Outcome::Trapped {
            kind: TrapKind::Unreachable,
            stage: None,
            message: "a limit ran out".to_owned(),
        };
    }
    let message = match what {
        Exhausted::Time => {
            let time = job.task.limits.time.unwrap_or_default();
            let milliseconds = time.as_nanos().div_ceil(1_000_000);
            let limit = if job.errs(Mutation::LimitUnnamed) {
                String::new()
            } else {
                format!(" ({milliseconds}ms)")
            };
            format!("Wasm module exceeded the execution time limit{limit}")
        }
        Exhausted::Fuel => "Wasm module exceeded the fuel limit".to_owned(),
        Exhausted::Cancelled => "the request was cancelled".to_owned(),
    };
    let exhausted = if what == Exhausted::Fuel && job.errs(Mutation::FuelIsTime) {
        Exhausted::Time
    } else {
        what
    };
    Outcome::Stopped {
        exhausted,
        stage: None,
        message,
    }
}

/// An engine that gives another value than the export's type says.
fn no_i32(name: &str, found: Option<Value>) -> Outcome {
    Outcome::broken(format!("the engine gives {found:?} for {name}"))
}
