//! What a subject is asked. What must come back stands apart, in the case.

use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Floats, Kind, Limits, Numeric, RequestLimits, Rules, Signature, Utf8};

use crate::bytes::Bytes;
use crate::image::Image;
use crate::module::Module;

/// How long a request may take where its case does not say, so that a subject
/// that never answers fails. No machine takes that long over any case.
pub const DEFAULT_TIME: Duration = Duration::from_millis(60_000);

/// Modules, and the requests that are put to them in turn.
#[derive(Clone, Debug)]
pub struct Task {
    /// The stages, none for the empty recipe. A module alone is one stage.
    pub stages: Vec<Stage>,
    /// Where the caller departs from the strict contract.
    pub options: TaskOptions,
    /// The sizes that the host allows.
    pub limits: Limits,
    /// What each request may take. A case's task has a time limit, unless it says otherwise.
    pub request_limits: RequestLimits,
    /// The requests, in order; one at least.
    pub requests: Vec<Request>,
}

/// A stage of a recipe.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The module.
    pub module: Arc<Module>,
    /// Uniforms as text, in the order in which the case gives them.
    pub uniforms: Vec<(String, String)>,
}

/// Where a caller departs from the strict contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskOptions {
    /// Whether text is checked (IN-6).
    pub utf8: Utf8,
    /// Which types pointers, capacities and sizes may have (MOD-4).
    pub numeric: Numeric,
    /// How NaN comes about (DET-1).
    pub floats: Floats,
    /// Whether all requests share an instance for each stage (RUN-4).
    pub reuse: bool,
    /// Whether memory that can grow is refused (MOD-7).
    pub fixed_memory: bool,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What goes in.
    pub input: RequestInput,
    /// The content type that bytes are said to have.
    pub content_type: Option<String>,
}

/// What goes into a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestInput {
    /// Bytes for a recipe.
    Bytes(Bytes),
    /// A picture: all stages are then filters of one pipeline.
    Image(Arc<Image>),
}

impl RequestInput {
    /// The bytes, where it is no picture.
    pub fn bytes(&self) -> Option<&Bytes> {
        match self {
            RequestInput::Bytes(bytes) => Some(bytes),
            RequestInput::Image(_) => None,
        }
    }

    /// The picture, where it is one.
    pub fn image(&self) -> Option<&Arc<Image>> {
        match self {
            RequestInput::Bytes(_) => None,
            RequestInput::Image(image) => Some(image),
        }
    }
}

impl From<Bytes> for RequestInput {
    fn from(bytes: Bytes) -> RequestInput {
        RequestInput::Bytes(bytes)
    }
}

impl From<Image> for RequestInput {
    fn from(image: Image) -> RequestInput {
        RequestInput::Image(Arc::new(image))
    }
}

impl Task {
    /// The time that each request may take before it counts as hanging, from which the
    /// harness's own grace follows.
    pub fn time(&self) -> Duration {
        self.request_limits.time.unwrap_or(DEFAULT_TIME)
    }

    /// Whether its requests are pictures, of which all are if one is.
    pub fn is_of_pictures(&self) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|request| request.input.image().is_some())
    }

    /// Whether a stage is a tile filter of which nothing is to be refused: it can only be
    /// run, by a subject that has the image mode.
    pub fn has_sound_tile_filter(&self) -> bool {
        self.stages.iter().any(|stage| {
            let wasm = stage.module.binary().unwrap_or_default();
            let Ok(signature) = Signature::read(wasm, &self.limits) else {
                return false;
            };
            let rules = Rules {
                numeric: self.options.numeric,
                fixed_memory: self.options.fixed_memory,
                tile_filter: false,
                uniforms: stage.uniforms.iter().cloned().collect(),
            };
            signature.kind() == Kind::Tile && signature.refusals(&rules).is_empty()
        })
    }
}
