//! The model: a small, plain host, written straight from the clauses and apart from
//! `qip-host`. It reads modules by itself, does its own arithmetic, and asks an engine
//! only to execute.
//!
//! `binary.rs` reads the bytes, `exports.rs` is ORD-1 for one stage, `request.rs` is
//! ORD-2; `uniform.rs`, `media_type.rs` and `number.rs` each read one kind of value.
//! A decision stands in one place, in a function that names its clause.

mod binary;
mod exports;
mod media_type;
mod number;
mod request;
mod uniform;

use std::sync::Arc;

use qip_contract::{Code, Signature};
use qip_host::engine::{Build, Compile, CompiledModule, Engine, Instance};

use crate::capability::{Capabilities, Capability};
use crate::case::CaseId;
use crate::outcome::{Outcome, OutputKind};
use crate::subject::Subject;
use crate::task::Task;

use self::exports::Plan;

/// What the clauses say, as a host: slow and obvious. It shares
/// wasmparser with `qip-host`, but no reading of what a module declares and no
/// arithmetic, so where the two differ, one of them is wrong.
///
/// Tile filters are recognised, and answered with [`Outcome::Unsupported`].
///
/// ```
/// use std::sync::Arc;
///
/// use qip_conformance::{Bytes, Model, Module, Outcome, Request, Stage, Task, TaskOptions};
/// use qip_contract::{Code, Limits};
///
/// let model = Model::new(qip_host::wasmi::Wasmi::new());
/// let task = Task {
///     stages: vec![Stage {
///         module: Arc::new(Module::from_bytes("rubbish", "rubbish")),
///         uniforms: Vec::new(),
///     }],
///     options: TaskOptions::default(),
///     limits: Limits::standard(),
///     requests: vec![Request { input: Bytes::literal([]), content_type: None }],
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

/// A stage that nothing is left to say against.
struct Loaded {
    plan: Plan,
    code: Arc<dyn CompiledModule>,
}

/// For each stage, the instance that requests share (RUN-4).
type Kept = Vec<Option<Box<dyn Instance>>>;

impl Model {
    /// A model that executes with this engine.
    pub fn new(engine: impl Engine + 'static) -> Model {
        Model::shared(Arc::new(engine))
    }

    /// A model that executes with an engine that others use too.
    pub fn shared(engine: Arc<dyn Engine>) -> Model {
        Model {
            capabilities: capabilities_of(&*engine),
            engine,
        }
    }

    /// Answers a task: one outcome for each of its requests. What is wrong with the
    /// modules is the outcome of every request.
    pub fn answer(&self, task: &Task) -> Vec<Outcome> {
        let stages = match self.load(task) {
            Ok(stages) => stages,
            Err(outcome) => return vec![outcome; task.requests.len()],
        };
        let mut kept: Kept = stages.iter().map(|_| None).collect();
        let requests = task.requests.iter();
        requests
            .map(|request| request::answer(&stages, task, request, &mut kept))
            .collect()
    }

    /// Everything that comes before anything is instantiated (ORD-1).
    fn load(&self, task: &Task) -> Result<Vec<Loaded>, Outcome> {
        check_number_of_stages(task)?;
        let mut plans = Vec::new();
        for (index, stage) in task.stages.iter().enumerate() {
            let plan = match stage.module.binary() {
                Ok(wasm) => {
                    let most_locals = self.engine.info().most_locals;
                    exports::plan(wasm, &stage.uniforms, task, most_locals)
                }
                Err(error) => Err(Outcome::broken(error.to_string())),
            };
            plans.push(plan.map_err(|outcome| at_stage(outcome, index))?);
        }
        check_pipes(&plans)?;
        let mut loaded = Vec::new();
        for (stage, plan) in task.stages.iter().zip(plans) {
            let wasm = stage.module.binary().unwrap_or_default();
            let code = self.compile(wasm, &plan, task)?;
            loaded.push(Loaded { plan, code });
        }
        Ok(loaded)
    }

    fn compile(
        &self,
        wasm: &[u8],
        plan: &Plan,
        task: &Task,
    ) -> Result<Arc<dyn CompiledModule>, Outcome> {
        let signature = Signature::read(wasm, &task.limits).map_err(|refusal| {
            Outcome::broken(format!(
                "the two readings differ: the model takes a module that is {}",
                refusal.code()
            ))
        })?;
        let compile = Compile {
            wasm,
            // Only handed over: the seam asks for it, the model never looks into it.
            signature: &signature,
            exports: &plan.exports,
            build: Build {
                clock: task.limits.time.is_some(),
                fuel: task.limits.fuel.is_some(),
                floats: task.options.floats,
            },
            limits: &task.limits,
        };
        let code = self.engine.compile(&compile);
        code.map_err(|error| Outcome::broken(error.to_string()))
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

/// What the model can do by itself, and what its engine adds.
fn capabilities_of(engine: &dyn Engine) -> Capabilities {
    let info = engine.info();
    let all = [
        (Capability::Content, true),
        (Capability::Recipes, true),
        (Capability::Uniforms, true),
        (Capability::ContentTypes, true),
        (Capability::Requests, true),
        (Capability::Reuse, true),
        (Capability::TimeLimit, true),
        (Capability::Limits, true),
        (Capability::FixedMemory, true),
        (Capability::LenientNumbers, true),
        (Capability::UncheckedUtf8, true),
        (Capability::Texts, true),
        (Capability::Fuel, info.fuel),
        (Capability::DeterministicFloats, info.deterministic_floats),
        (Capability::TailCall, info.tail_call),
        (Capability::ExtendedConst, info.extended_const),
        (Capability::IndirectKinds, info.indirect_kinds),
    ];
    let has = all.into_iter().filter(|(_, has)| *has);
    has.map(|(capability, _)| capability).collect()
}

/// REC-1, and the limit of stages (LIM-1).
fn check_number_of_stages(task: &Task) -> Result<(), Outcome> {
    let (found, allowed) = (task.stages.len() as u64, task.limits.stages);
    if found == 0 {
        return Err(refused(Code::EmptyRecipe, "the recipe has no stage"));
    }
    if found > allowed {
        return Err(over_limit("stages", found, allowed));
    }
    Ok(())
}

/// REC-2: every stage but the last gives what can be piped.
fn check_pipes(plans: &[Plan]) -> Result<(), Outcome> {
    let piped = plans.len().saturating_sub(1);
    for (index, plan) in plans.iter().take(piped).enumerate() {
        let can_be_piped = matches!(
            plan.output_kind(),
            Some(OutputKind::Utf8 | OutputKind::Bytes)
        );
        if !can_be_piped {
            let message = format!(
                "stage {}: only utf8/bytes can be piped to another stage",
                index + 1
            );
            return Err(at_stage(refused(Code::NotPipeable, message), index));
        }
    }
    Ok(())
}

/// A refusal of which no stage is known yet.
fn refused(code: Code, message: impl Into<String>) -> Outcome {
    Outcome::Refused {
        code,
        message: message.into(),
        stage: None,
        offset: None,
    }
}

/// LIM-1: what was found, and what is allowed.
fn over_limit(what: &str, found: u64, allowed: u64) -> Outcome {
    refused(Code::Limit, format!("{what}: {found}, allowed {allowed}"))
}

/// REC-5: a failure names its stage, counted from 1.
fn at_stage(mut outcome: Outcome, index: usize) -> Outcome {
    match &mut outcome {
        Outcome::Refused { stage, .. }
        | Outcome::Trapped { stage, .. }
        | Outcome::Stopped { stage, .. } => *stage = Some(index + 1),
        _ => {}
    }
    outcome
}

/// LIM-5: text of a module, escaped and cut.
fn shown(text: &str) -> String {
    text.escape_debug().take(128).collect()
}
