//! The subject that is `qip-host` on an engine, in this process.

use std::sync::Arc;

use qip_cases::{
    Capabilities, Capability, CaseId, Image, Outcome, OutputKind, Request, RequestInput, Subject,
    Task,
};
use qip_contract::Floats;
use qip_engine::Engine;
use qip_host::image::{ImageOptions, Picture};
use qip_host::{Error, ErrorKind, Host, Input, Options, Output, Refusal, Reply};

/// `qip-host` on one engine. Each case gets a host of its own sizes and options;
/// all share the engine.
pub struct EngineSubject {
    engine: Arc<dyn Engine>,
    capabilities: Capabilities,
}

impl EngineSubject {
    /// A subject on an engine.
    pub fn new(engine: impl Engine + 'static) -> EngineSubject {
        EngineSubject::shared(Arc::new(engine))
    }

    /// A subject on an engine that others use too.
    pub fn shared(engine: Arc<dyn Engine>) -> EngineSubject {
        EngineSubject {
            capabilities: Capability::of_host_on(engine.info()),
            engine,
        }
    }
}

impl Subject for EngineSubject {
    fn name(&self) -> &str {
        &self.engine.info().name
    }

    fn version(&self) -> &str {
        &self.engine.info().version
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn run(&self, _: &CaseId, task: &Task) -> Vec<Outcome> {
        let all = |outcome: Outcome| vec![outcome; task.requests.len()];
        let floats = Capability::DeterministicFloats;
        if task.options.floats == Floats::Deterministic && !self.capabilities.contains(&floats) {
            return all(Outcome::Unsupported { capability: floats });
        }
        let mut stages = Vec::with_capacity(task.stages.len());
        for stage in &task.stages {
            let bytes = match stage.module.binary() {
                Ok(bytes) => bytes,
                Err(error) => return all(Outcome::broken(error.to_string())),
            };
            let uniforms = stage.uniforms.iter();
            stages.push(
                uniforms.fold(qip_host::Stage::new(bytes), |stage, (key, value)| {
                    stage.uniform(key, value)
                }),
            );
        }
        let host = Host::with_options(Arc::clone(&self.engine), task.limits.clone(), options(task));
        if task.is_of_pictures() {
            filter(&host, stages, task)
        } else {
            render(&host, stages, task)
        }
    }
}

/// Bytes through a recipe.
fn render(host: &Host, stages: Vec<qip_host::Stage<'_>>, task: &Task) -> Vec<Outcome> {
    let recipe = match host.recipe(stages) {
        Ok(recipe) => recipe,
        Err(error) => return vec![failure(&error); task.requests.len()],
    };
    let mut session = task.options.reuse.then(|| recipe.session());
    let requests = task.requests.iter();
    requests
        .map(|request| {
            let RequestInput::Bytes(bytes) = &request.input else {
                return mixed();
            };
            let bytes = bytes.to_vec();
            let input = input(request, &bytes).limits(task.request_limits);
            let reply = match &mut session {
                Some(session) => session.render(input),
                None => recipe.render(input),
            };
            reply.map_or_else(|error| failure(&error), success)
        })
        .collect()
}

/// Pictures through a pipeline of filters, on one thread.
fn filter(host: &Host, stages: Vec<qip_host::Stage<'_>>, task: &Task) -> Vec<Outcome> {
    let filters = match host.filters(stages) {
        Ok(filters) => filters,
        Err(error) => return vec![failure(&error); task.requests.len()],
    };
    let mut options = ImageOptions::default();
    options.limits = task.request_limits;
    let requests = task.requests.iter();
    requests
        .map(|request| {
            let RequestInput::Image(image) = &request.input else {
                return mixed();
            };
            let picture = Picture::new(image.width, image.height, image.pixels.clone());
            let filtered = picture.and_then(|picture| filters.apply(&picture, options.clone()));
            filtered.map_or_else(|error| failure(&error), filtered_picture)
        })
        .collect()
}

/// A task that no case file can say.
fn mixed() -> Outcome {
    Outcome::broken("a task of pictures and of bytes")
}

fn filtered_picture(picture: Picture) -> Outcome {
    Outcome::Image(Image {
        width: picture.width(),
        height: picture.height(),
        pixels: picture.into_pixels(),
    })
}

fn options(task: &Task) -> Options {
    Options {
        numeric: task.options.numeric,
        utf8: task.options.utf8,
        floats: task.options.floats,
        fixed_memory: task.options.fixed_memory,
        metering: task.request_limits.into(),
    }
}

fn input<'a>(request: &'a Request, bytes: &'a [u8]) -> Input<'a> {
    let input = Input::new(bytes);
    match &request.content_type {
        Some(content_type) => input.content_type(content_type),
        None => input,
    }
}

fn success(reply: Reply) -> Outcome {
    let content_type = reply.content_type;
    let (kind, bytes) = match reply.output {
        Output::Utf8(bytes) => (OutputKind::Utf8, bytes),
        Output::Bytes(bytes) => (OutputKind::Bytes, bytes),
        Output::I32(elements) => {
            let bytes = elements.into_iter().flat_map(i32::to_le_bytes);
            (OutputKind::I32, bytes.collect())
        }
        Output::Scalar(value) => {
            return Outcome::Scalar {
                value,
                content_type,
            };
        }
    };
    Outcome::Output {
        kind,
        bytes,
        content_type,
    }
}

fn failure(error: &Error) -> Outcome {
    let stage = error.stage();
    let message = match error.tile() {
        Some((x, y)) => format!("the tile at ({x}, {y}): {}", error.message()),
        None => error.message(),
    };
    match error.kind() {
        ErrorKind::Refused(code) => {
            let offset = error.refusal().and_then(Refusal::offset);
            Outcome::Refused {
                code,
                message,
                stage,
                offset,
            }
        }
        ErrorKind::Trapped(kind) => Outcome::Trapped {
            kind,
            stage,
            message,
        },
        ErrorKind::Stopped(exhausted) => Outcome::Stopped {
            exhausted,
            stage,
            message,
        },
        ErrorKind::Lacks(feature) => Outcome::Unsupported {
            capability: feature.into(),
        },
        _ => Outcome::broken(message),
    }
}
