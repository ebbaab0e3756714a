//! The lines that the harness writes. `harness.schema.json` describes them.

use qip_cases::{CaseId, LoadError, Request, RequestInput, Stage, Task};
use serde::Serialize;

use crate::base64::Base64;
use crate::wire::{LimitsOfCase, Options, Picture, Uniforms};

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
    let (alone, requests) = match &task.requests[..] {
        [alone] => (Some(RequestOfCase::new(alone)), None),
        all => (None, Some(all.iter().map(RequestOfCase::new).collect())),
    };
    Ok(line(&Question::Case(Case {
        id: id.as_str(),
        stages: stages.map_err(Clone::clone)?,
        alone,
        requests,
        options: Options::new(&task.options),
        limits: LimitsOfCase::new(task),
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
    #[serde(flatten)]
    alone: Option<RequestOfCase<'t>>,
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
    #[serde(flatten)]
    input: InputOfCase<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'t str>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum InputOfCase<'t> {
    Input(Base64),
    Image(Picture<'t>),
}

impl<'t> RequestOfCase<'t> {
    fn new(request: &'t Request) -> RequestOfCase<'t> {
        RequestOfCase {
            input: match &request.input {
                RequestInput::Bytes(bytes) => InputOfCase::Input(Base64(bytes.to_vec())),
                RequestInput::Image(image) => InputOfCase::Image(Picture::new(image)),
            },
            content_type: request.content_type.as_deref(),
        }
    }
}
