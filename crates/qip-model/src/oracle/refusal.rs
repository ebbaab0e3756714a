//! Outcomes that are no answers, and their texts.

use qip_cases::Outcome;
use qip_contract::Code;
use qip_engine::{Exhausted, Stop};

use super::hooks::Job;

/// A refusal of which no stage is known yet.
pub(crate) fn refused(code: Code, message: impl Into<String>) -> Outcome {
    Outcome::Refused {
        code,
        message: message.into(),
        stage: None,
        offset: None,
    }
}

/// An export that a module lacks.
pub(crate) fn missing(name: &str) -> Outcome {
    refused(Code::MissingExport, format!("no export {name}"))
}

/// LIM-1: refuses what is over a limit, with what was found and what is allowed.
pub(crate) fn check_limit(code: Code, what: &str, found: u64, allowed: u64) -> Result<(), Outcome> {
    if found <= allowed {
        return Ok(());
    }
    Err(refused(code, format!("{what}: {found}, allowed {allowed}")))
}

/// REC-5: a failure names its stage, counted from 1; `index` counts from 0.
pub(crate) fn at_stage(mut outcome: Outcome, index: usize) -> Outcome {
    match &mut outcome {
        Outcome::Refused { stage, .. }
        | Outcome::Trapped { stage, .. }
        | Outcome::Stopped { stage, .. } => *stage = Some(index + 1),
        _ => {}
    }
    outcome
}

/// LIM-5: text of a module, escaped and cut.
pub(crate) fn shown(text: &str, job: Job<'_>) -> String {
    let escaped = text.escape_debug().take(128).collect();
    job.hooks.shown(escaped, text)
}

/// TRAP-1, TRAP-2: what ends a call of the export `name`.
pub(crate) fn stopped(stop: Stop, name: &str, job: Job<'_>) -> Outcome {
    match stop {
        Stop::Trap(trap) => Outcome::Trapped {
            kind: trap.kind,
            stage: None,
            message: format!("a trap in {}: {}", shown(name, job), trap.kind),
        },
        Stop::Exhausted(what) => exhausted(what, job),
        Stop::Engine(error) => Outcome::broken(error.to_string()),
    }
}

/// MOD-5: a trap while instantiating is a refusal; running out is none.
pub(crate) fn not_instantiated(stop: Stop, job: Job<'_>) -> Outcome {
    match stop {
        Stop::Trap(trap) => {
            let message = format!("a trap while instantiating: {}", trap.kind);
            refused(Code::Instantiate, message)
        }
        stop => stopped(stop, "the start function", job),
    }
}

/// RUN-6: the text has the limit, in whole milliseconds, rounded up.
pub(crate) fn exhausted(exhausted: Exhausted, job: Job<'_>) -> Outcome {
    let message = match exhausted {
        Exhausted::Time => {
            let time = job.task.request_limits.time.unwrap_or_default();
            let milliseconds = time.as_nanos().div_ceil(1_000_000);
            format!("Wasm module exceeded the execution time limit ({milliseconds}ms)")
        }
        Exhausted::Fuel => "Wasm module exceeded the fuel limit".to_owned(),
        Exhausted::Cancelled => "the request was cancelled".to_owned(),
    };
    Outcome::Stopped {
        exhausted,
        stage: None,
        message,
    }
}
