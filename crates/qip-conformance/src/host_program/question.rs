//! The lines that the harness writes. `harness.schema.json` describes them.

use serde::Serialize;

use crate::case::CaseId;
use crate::load_error::LoadError;
use crate::task::{Request, Stage, Task};
use crate::wire::{Base64, LimitsOfCase, Options, Uniforms};

/// The version of the protocol.
pub(super) const PROTOCOL: u32 = 1;

/// What the harness says first.
pub(super) fn hello() -> Vec<u8> {
    line(&Question::Hello(Hello { protocol: PROTOCOL }))
}

/// A case to answer.
///
/// # Errors
///
/// Where the text of a module does not assemble.
pub(super) fn case(id: &CaseId, task: &Task) -> Result<Vec<u8>, LoadError> {
    let stages: Result<Vec<StageOfCase<'_>>, &LoadError> =
        task.stages.iter().map(StageOfCase::new).collect();
    let alone = match &task.requests[..] {
        [alone] => Some(RequestOfCase::new(alone)),
        _ => None,
    };
    let requests = match alone {
        Some(_) => None,
        None => Some(task.requests.iter().map(RequestOfCase::new).collect()),
    };
    let (input, content_type) = match alone {
        Some(RequestOfCase {
            input,
            content_type,
        }) => (Some(input), content_type),
        None => (None, None),
    };
    Ok(line(&Question::Case(Case {
        id: id.as_str(),
        stages: stages.map_err(Clone::clone)?,
        input,
        content_type,
        requests,
        options: Options::new(&task.options),
        limits: LimitsOfCase::new(&task.limits),
    })))
}

/// A message as a line, with its end.
fn line(question: &Question<'_>) -> Vec<u8> {
    let mut line = serde_json::to_vec(question)
        .unwrap_or_else(|error| unreachable!("texts, numbers and lists of them: {error}"));
    line.push(b'\n');
    line
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Question<'t> {
    Hello(Hello),
    Case(Case<'t>),
}

#[derive(Serialize)]
struct Hello {
    protocol: u32,
}

#[derive(Serialize)]
struct Case<'t> {
    id: &'t str,
    stages: Vec<StageOfCase<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Base64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Vec<RequestOfCase<'t>>>,
    options: Options,
    limits: LimitsOfCase,
}

#[derive(Serialize)]
struct StageOfCase<'t> {
    wasm: Base64<&'t [u8]>,
    #[serde(skip_serializing_if = "Uniforms::is_empty")]
    uniforms: Uniforms<'t>,
}

impl<'t> StageOfCase<'t> {
    fn new(stage: &'t Stage) -> Result<StageOfCase<'t>, &'t LoadError> {
        Ok(StageOfCase {
            wasm: Base64(stage.module.binary()?),
            uniforms: Uniforms(&stage.uniforms),
        })
    }
}

#[derive(Serialize)]
struct RequestOfCase<'t> {
    input: Base64,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'t str>,
}

impl<'t> RequestOfCase<'t> {
    fn new(request: &'t Request) -> RequestOfCase<'t> {
        RequestOfCase {
            input: Base64(request.input.to_vec()),
            content_type: request.content_type.as_deref(),
        }
    }
}
