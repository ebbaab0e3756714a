//! One request, stage by stage (ORD-2).

use std::ops::Range;
use std::time::{Duration, Instant};

use qip_contract::{Code, Limits, Value};
use qip_host::Utf8;
use qip_host::engine::{Budget, Exhausted, Instance, Stop};

use crate::outcome::{Outcome, OutputKind};
use crate::task::{Request, Task};

use super::exports::{Getter, Pair, Plan};
use super::{Kept, Loaded, at_stage, media_type, number, refused, shown};

/// What passes from stage to stage (REC-4).
struct Passed {
    result: Output,
    content_type: Option<String>,
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

/// Answers one request.
pub(super) fn answer(
    stages: &[Loaded],
    task: &Task,
    request: &Request,
    kept: &mut Kept,
) -> Outcome {
    // RUN-6: one limit for all stages, and the copying of the input counts.
    let deadline = task
        .limits
        .time
        .and_then(|it| Instant::now().checked_add(it));
    let mut budget = Budget {
        deadline,
        fuel: task.limits.fuel,
    };
    let mut passed = Passed {
        result: Output::Buffered(OutputKind::Bytes, request.input.to_vec()),
        content_type: request
            .content_type
            .as_deref()
            .and_then(media_type::normalized),
    };
    for (index, (stage, kept)) in stages.iter().zip(kept).enumerate() {
        passed = match run(stage, task, passed, &mut budget, kept) {
            Ok(passed) => passed,
            Err(outcome) => return at_stage(outcome, index),
        };
    }
    let content_type = passed.content_type;
    match passed.result {
        Output::Buffered(kind, bytes) => Outcome::Output {
            kind,
            bytes,
            content_type,
        },
        Output::Scalar(value) => Outcome::Scalar {
            value,
            content_type,
        },
    }
}

/// One stage: an instance, what it does, what it used.
fn run(
    stage: &Loaded,
    task: &Task,
    passed: Passed,
    budget: &mut Budget,
    kept: &mut Option<Box<dyn Instance>>,
) -> Result<Passed, Outcome> {
    let mut instance = match kept.take() {
        Some(mut instance) => {
            instance.begin(budget);
            instance
        }
        None => {
            let instance = stage.code.instantiate(&task.limits, budget);
            instance.map_err(|stop| not_instantiated(stop, &task.limits))?
        }
    };
    let passed = content(&mut *instance, &stage.plan, task, passed);
    // RUN-4: after a trap or a stop, an instance is never used again.
    if !matches!(passed, Ok(_) | Err(Outcome::Refused { .. })) {
        return passed;
    }
    let used = instance.finish();
    // RUN-6: the host's own work counts, too.
    let is_late = budget.deadline.is_some_and(|it| Instant::now() > it);
    if passed.is_ok() && is_late {
        return Err(exhausted(Exhausted::Time, &task.limits));
    }
    budget.fuel = budget
        .fuel
        .map(|left| left.saturating_sub(used.fuel.unwrap_or(0)));
    // RUN-4: nothing is kept that the caller does not ask for.
    *kept = task.options.reuse.then_some(instance);
    passed
}

/// ORD-2, for a module that has been instantiated.
fn content(
    instance: &mut dyn Instance,
    plan: &Plan,
    task: &Task,
    passed: Passed,
) -> Result<Passed, Outcome> {
    let limits = &task.limits;
    let check_utf8 = task.options.utf8 == Utf8::Checked;
    // REC-2: what comes from a stage is never a scalar.
    let Output::Buffered(_, input) = passed.result else {
        return Err(Outcome::broken("a scalar was piped"));
    };

    // UNI-2.
    for (export, value) in &plan.uniforms {
        let result = instance.call(*export, &[*value]);
        result.map_err(|stop| stopped(stop, limits))?;
    }

    let numbers = read_numbers(instance, plan, limits)?;
    let current = passed.content_type;
    let content_type = check_content_types(instance.memory(), &numbers, current)?;

    // IN-4: memory as it is after the getters.
    let memory = instance.memory();
    let length = check_length(&numbers, &input)?;
    let place = check_input_bounds(memory, &numbers, length)?;
    if plan.input_is_utf8 && check_utf8 {
        check_utf8_text(&input, Code::InputNotUtf8)?;
    }
    // IN-7: nothing beyond the input is touched.
    memory[place].copy_from_slice(&input);

    // RUN-3.
    let result = instance.call(plan.entry, &[Value::I32(length.cast_signed())]);
    let result = match result.map_err(|stop| stopped(stop, limits))? {
        Some(Value::I32(result)) => result,
        other => return Err(no_i32("the entry point", other)),
    };

    let result = match numbers.output {
        // OUT-8.
        None => Output::Scalar(result),
        Some((kind, ptr, cap)) => {
            // OUT-5: memory as it is after the call.
            let bytes = read_output(instance.memory(), kind, ptr, cap, result)?;
            if kind == OutputKind::Utf8 && check_utf8 {
                check_utf8_text(&bytes, Code::OutputNotUtf8)?;
            }
            Output::Buffered(kind, bytes)
        }
    };
    Ok(Passed {
        result,
        content_type,
    })
}

/// RUN-2: each once, in this order.
fn read_numbers(
    instance: &mut dyn Instance,
    plan: &Plan,
    limits: &Limits,
) -> Result<Numbers, Outcome> {
    let mut read = |getter: &Getter| read_number(instance, getter, limits);
    let input_ptr = read(&plan.input_ptr)?;
    let input_cap = read(&plan.input_cap)?;
    let output = match &plan.output {
        Some(output) => Some((output.kind, read(&output.ptr)?, read(&output.cap)?)),
        None => None,
    };
    let mut read_pair = |pair: &Option<Pair>| match pair {
        Some(Pair { ptr, size }) => Ok(Some((read(ptr)?, read(size)?))),
        None => Ok(None),
    };
    Ok(Numbers {
        input_ptr,
        input_cap,
        output,
        input_type: read_pair(&plan.input_type)?,
        output_type: read_pair(&plan.output_type)?,
    })
}

/// MOD-3: a global is read, a function is called.
fn read_number(
    instance: &mut dyn Instance,
    getter: &Getter,
    limits: &Limits,
) -> Result<u32, Outcome> {
    let value = if getter.is_function {
        instance.call(getter.export, &[])
    } else {
        instance.global(getter.export).map(Some)
    };
    let value = value.map_err(|stop| stopped(stop, limits))?;
    let Some(value) = value else {
        return Err(no_i32(getter.name, value));
    };
    number::unsigned(value).ok_or_else(|| {
        let message = format!("the export {} is {value:?}, no finite number", getter.name);
        refused(Code::ExportShape, message)
    })
}

/// MIME-1, MIME-3, MIME-4: the content type that is current after this stage.
fn check_content_types(
    memory: &[u8],
    numbers: &Numbers,
    current: Option<String>,
) -> Result<Option<String>, Outcome> {
    let declared = |place: Option<(u32, u32)>| match place {
        Some((ptr, size)) => media_type::declared(memory, ptr, size)
            .map(media_type::normalized)
            .map_err(|why| refused(Code::ContentType, why)),
        None => Ok(None),
    };
    let input = declared(numbers.input_type)?;
    let output = declared(numbers.output_type)?;
    if let (Some(expected), Some(current)) = (&input, &current)
        && expected != current
    {
        let message = format!(
            "input content type mismatch: expected {}, got {}",
            shown(expected),
            shown(current)
        );
        return Err(refused(Code::ContentTypeMismatch, message));
    }
    Ok(output.or(current))
}

/// IN-3: the length of an input that the capacity allows.
fn check_length(numbers: &Numbers, input: &[u8]) -> Result<u32, Outcome> {
    let cap = numbers.input_cap;
    let length = u32::try_from(input.len()).ok();
    length.filter(|length| *length <= cap).ok_or_else(|| {
        let length = input.len();
        let message = format!("Input is too large: {length} bytes, the capacity is {cap}");
        refused(Code::InputTooLarge, message)
    })
}

/// IN-4: where the input is written.
fn check_input_bounds(
    memory: &[u8],
    numbers: &Numbers,
    length: u32,
) -> Result<Range<usize>, Outcome> {
    let ptr = numbers.input_ptr;
    bounds(memory, ptr, u64::from(length)).ok_or_else(|| {
        let size = memory.len();
        let message = format!("input at {ptr} of {length} bytes, in a memory of {size}");
        refused(Code::InputOutOfBounds, message)
    })
}

/// OUT-3, OUT-4, OUT-5: the bytes of the output.
fn read_output(
    memory: &[u8],
    kind: OutputKind,
    ptr: u32,
    cap: u32,
    result: i32,
) -> Result<Vec<u8>, Outcome> {
    let count = result.cast_unsigned();
    if count > cap {
        let message = format!("output of {count} elements, the capacity is {cap}");
        return Err(refused(Code::OutputTooLarge, message));
    }
    let element = match kind {
        OutputKind::Utf8 | OutputKind::Bytes => 1,
        OutputKind::I32 => 4,
    };
    let length = u64::from(count) * element;
    let Some(place) = bounds(memory, ptr, length) else {
        let size = memory.len();
        let message = format!("output at {ptr} of {length} bytes, in a memory of {size}");
        return Err(refused(Code::OutputOutOfBounds, message));
    };
    Ok(memory[place].to_vec())
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
fn check_utf8_text(bytes: &[u8], code: Code) -> Result<(), Outcome> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(error) => {
            let at = error.valid_up_to();
            Err(Outcome::Refused {
                code,
                message: format!("no UTF-8 at offset {at}"),
                stage: None,
                offset: Some(at as u64),
            })
        }
    }
}

/// MOD-5: a trap is a refusal here; TRAP-2: running out is not.
fn not_instantiated(stop: Stop, limits: &Limits) -> Outcome {
    match stop {
        Stop::Trap(trap) => {
            let message = format!("a trap while instantiating: {}", trap.kind);
            refused(Code::Instantiate, message)
        }
        stop => stopped(stop, limits),
    }
}

/// TRAP-2: what ends a call of an export.
fn stopped(stop: Stop, limits: &Limits) -> Outcome {
    match stop {
        Stop::Trap(trap) => Outcome::Trapped {
            kind: trap.kind,
            stage: None,
            message: format!("a trap: {}", trap.kind),
        },
        Stop::Exhausted(what) => exhausted(what, limits),
        Stop::Engine(error) => Outcome::broken(error.to_string()),
    }
}

/// RUN-6, in whole milliseconds, rounded up.
fn exhausted(what: Exhausted, limits: &Limits) -> Outcome {
    let message = match what {
        Exhausted::Time => {
            let nanoseconds = limits.time.as_ref().map_or(0, Duration::as_nanos);
            let milliseconds = nanoseconds.div_ceil(1_000_000);
            format!("Wasm module exceeded the execution time limit ({milliseconds}ms)")
        }
        Exhausted::Fuel => "Wasm module exceeded the fuel limit".to_owned(),
    };
    Outcome::Stopped {
        exhausted: what,
        stage: None,
        message,
    }
}

/// An engine that gives another value than the export's type says.
fn no_i32(name: &str, found: Option<Value>) -> Outcome {
    Outcome::broken(format!("the engine gives {found:?} for {name}"))
}
