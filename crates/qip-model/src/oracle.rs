//! The model: an oracle, a small and plain host, written straight from the clauses and apart
//! from `qip-host`. It reads modules by itself, does its own arithmetic, and asks an engine
//! only to execute.
//!
//! A decision stands in one place, beside the ID of its clause. From the bottom: `mutation.rs`
//! is the list of the mistakes that a mutant can make, `hooks.rs` where the oracle lets one in,
//! `order.rs` what is done in which order. `binary.rs` reads the bytes of a module, and
//! `uniform.rs`, `number.rs`, `media_type.rs` and `memory.rs` each one kind of value.
//! `exports.rs` is ORD-1 for one stage, `stage.rs` what runs of it, `content.rs` is ORD-2. Of
//! the image mode, `picture.rs` and `bmp.rs` are what goes in and comes out, `ready.rs` is
//! IMG-12, `tile.rs` one tile, and `block.rs` a run of filters. `recipe.rs` is all stages.

pub(crate) mod binary;
mod block;
pub(crate) mod bmp;
mod content;
pub(crate) mod exports;
pub(crate) mod hooks;
pub(crate) mod media_type;
mod memory;
pub(crate) mod mutation;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod picture;
mod ready;
pub(crate) mod recipe;
pub(crate) mod refusal;
pub(crate) mod stage;
mod tile;
pub(crate) mod uniform;

use std::sync::Arc;

use qip_cases::{Capabilities, Capability, CaseId, Outcome, Subject, Task};
use qip_engine::Engine;

use self::hooks::{Job, NoMistake};

/// What the clauses say, as a host: slow and obvious. It shares
/// wasmparser with `qip-host`, but no reading of what a module declares and no
/// arithmetic, so where the two differ, one of them is wrong.
///
/// ```
/// use std::sync::Arc;
///
/// use qip_cases::{Bytes, Module, Outcome, Request, Stage, Task, TaskOptions};
/// use qip_contract::{Code, Limits, RequestLimits};
/// use qip_model::Model;
///
/// let model = Model::new(qip_host::wasmi::Wasmi::new());
/// let task = Task {
///     stages: vec![Stage {
///         module: Arc::new(Module::from_bytes("rubbish", "rubbish")),
///         uniforms: Vec::new(),
///     }],
///     options: TaskOptions::default(),
///     limits: Limits::standard(),
///     request_limits: RequestLimits::default(),
///     requests: vec![Request { input: Bytes::literal([]).into(), content_type: None }],
/// };
/// let [Outcome::Refused { code, stage, .. }] = model.answer(&task)[..] else {
///     panic!("one refusal")
/// };
/// assert_eq!((code, stage), (Code::NotWasm, Some(1)));
/// ```
pub struct Model {
    engine: Arc<dyn Engine>,
    capabilities: Capabilities,
}

impl Model {
    /// A model that executes with this engine.
    pub fn new(engine: impl Engine + 'static) -> Model {
        Model::shared(Arc::new(engine))
    }

    /// A model that executes with an engine that others use too.
    pub fn shared(engine: Arc<dyn Engine>) -> Model {
        Model {
            capabilities: Capability::of_host_on(engine.info()),
            engine,
        }
    }

    /// Answers a task: one outcome for each of its requests. What is wrong with the
    /// modules is the outcome of every request.
    pub fn answer(&self, task: &Task) -> Vec<Outcome> {
        let hooks = &NoMistake;
        recipe::answer(Job { task, hooks }, &*self.engine)
    }
}

impl Subject for Model {
    fn name(&self) -> &str {
        "model"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn run(&self, _: &CaseId, task: &Task) -> Vec<Outcome> {
        self.answer(task)
    }
}
