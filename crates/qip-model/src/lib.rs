//! The model: a small, plain host, written straight from the clauses and apart from
//! `qip-host`. It reads modules by itself, does its own arithmetic, and asks an engine
//! only to execute.
//!
//! `binary.rs` reads the bytes, `exports.rs` is ORD-1 for one stage, `request.rs` is
//! ORD-2; `uniform.rs`, `media_type.rs` and `number.rs` each read one kind of value. Of
//! the image mode, `block.rs` is a run of tile filters, `ready.rs` makes one ready, `tile.rs`
//! is one tile; `picture.rs` and `bmp.rs` are what goes in and comes out. `rewritten.rs` is
//! of concern to mutants only.
//! A decision stands in one place, in a function that names its clause. Beside it stand
//! the mistakes that a host could make there, of `mutation.rs`: `job.errs` is false of
//! all of them, but for the one that a mutant makes.

mod binary;
mod block;
mod bmp;
mod exports;
mod media_type;
mod mutation;
mod number;
mod picture;
mod ready;
mod request;
mod rewritten;
mod tile;
mod uniform;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use qip_cases::{
    Bytes, Capabilities, Capability, CaseId, Outcome, OutputKind, Request, RequestInput, Subject,
    Task,
};
use qip_contract::{Code, Floats, Limits, Signature};
use qip_engine::{Build, Compile, CompileError, CompiledModule, Engine, Instance, Stop};

pub use self::mutation::Mutation;

use self::binary::exceeds;
use self::exports::Role;
use self::mutation::Flaw;

/// What the clauses say, as a host: slow and obvious. It shares
/// wasmparser with `qip-host`, but no reading of what a module declares and no
/// arithmetic, so where the two differ, one of them is wrong.
///
/// ```
/// use std::sync::Arc;
///
/// use qip_cases::{Bytes, Module, Outcome, Request, Stage, Task, TaskOptions};
/// use qip_contract::{Code, Limits};
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
    mutation: Option<Mutation>,
}

/// A stage that nothing is left to say against.
struct Loaded {
    wasm: Vec<u8>,
    role: Role,
    code: Arc<dyn CompiledModule>,
}

/// A task, and what is got wrong on the way.
#[derive(Clone, Copy)]
struct Job<'a> {
    task: &'a Task,
    flaw: Flaw<'a>,
    /// Whether checks are made in their order, also by a mutant that has another one.
    in_order: bool,
}

impl Job<'_> {
    /// Whether this mistake is made.
    fn errs(self, mutation: Mutation) -> bool {
        self.flaw.is(mutation)
    }

    /// Whether this mistake is made, of one that does no more than find another failure first.
    fn disorders(self, mutation: Mutation) -> bool {
        !self.in_order && self.errs(mutation)
    }

    /// Of mistakes that are to be thought about pixel by pixel, those that may be made.
    fn possible(self, mutations: &[Mutation]) -> Vec<Mutation> {
        let mut possible = mutations.to_vec();
        possible.retain(|mutation| self.flaw.may_be(*mutation));
        possible
    }

    /// What the caller allows (LIM-1).
    fn limits(self) -> Limits {
        let limits = &self.task.limits;
        let default = Limits {
            time: limits.time,
            fuel: limits.fuel,
            ..Limits::standard()
        };
        if default != *limits && self.errs(Mutation::LimitsDefault) {
            return default;
        }
        let mut limits = limits.clone();
        if limits.memory_bytes > u64::from(u32::MAX) && self.errs(Mutation::MemoryLimitWraps) {
            limits.memory_bytes %= 1 << 32;
        }
        limits
    }
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
            capabilities: Capability::of_host_on(engine.info()),
            engine,
            mutation: None,
        }
    }

    /// The model with one mistake.
    #[must_use]
    pub fn mutant(self, mutation: Mutation) -> Model {
        Model {
            mutation: Some(mutation),
            ..self
        }
    }

    /// Answers a task: one outcome for each of its requests. What is wrong with the
    /// modules is the outcome of every request.
    pub fn answer(&self, task: &Task) -> Vec<Outcome> {
        self.answer_job(Job {
            task,
            flaw: Flaw {
                mutation: self.mutation,
                asked: None,
            },
            in_order: true,
        })
    }

    /// Answers a task, and says which mistakes were possible on the way: a mutant of any
    /// other answers the same.
    pub fn answer_and_trace(&self, task: &Task) -> (Vec<Outcome>, BTreeSet<Mutation>) {
        let asked = RefCell::default();
        let outcomes = self.answer_job(Job {
            task,
            flaw: Flaw {
                mutation: self.mutation,
                asked: Some(&asked),
            },
            in_order: true,
        });
        (outcomes, asked.into_inner())
    }

    fn answer_job(&self, job: Job<'_>) -> Vec<Outcome> {
        let requests = &job.task.requests;
        if job.task.stages.is_empty() && job.errs(Mutation::EmptyRecipeEchoes) {
            return requests.iter().map(echo).collect();
        }
        let stages = match self.load(job) {
            Ok(stages) => stages,
            Err(outcome) => {
                let stage = outcome.stage().unwrap_or_default();
                if stage > 1 && job.errs(Mutation::StageAfterStage) {
                    return self.answer_until(job, stage, &outcome);
                }
                if job.task.is_of_pictures() && job.errs(Mutation::PictureBeforeModules) {
                    let sized = requests.iter().map(|request| size_of_picture(request, job));
                    return sized
                        .map(|it| it.err().unwrap_or_else(|| outcome.clone()))
                        .collect();
                }
                return vec![outcome; requests.len()];
            }
        };
        let mut kept: Kept = stages.iter().map(|_| None).collect();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut places = Vec::new();
        for request in requests {
            let is_final = match outcomes.last() {
                None => false,
                Some(Outcome::Stopped { .. }) if job.errs(Mutation::StopIsFinal) => true,
                Some(last) => {
                    !is_answer(last) && job.errs(Mutation::FailureSpoils)
                        || job.errs(Mutation::OneRequestOnly)
                }
            };
            if is_final {
                outcomes.push(refused(Code::Instantiate, "no further request"));
                continue;
            }
            let mut request = request.clone();
            if let (None, Some(last)) = (&request.content_type, outcomes.last())
                && job.errs(Mutation::TypeOutlivesRequest)
            {
                request.content_type = last.content_type().map(str::to_owned);
            }
            let (outcome, place) = request::answer(&stages, job, &request, &mut kept);
            outcomes.push(outcome);
            places.push(place);
        }
        if job.task.options.reuse && job.errs(Mutation::OutputAliased) {
            read_again(&mut outcomes, &places, &mut kept);
        }
        outcomes
    }

    /// What a mutant answers that finds a fault of a stage only when it gets there.
    fn answer_until(&self, job: Job<'_>, stage: usize, fault: &Outcome) -> Vec<Outcome> {
        let mut task = job.task.clone();
        task.stages.truncate(stage - 1);
        let mut outcomes = self.answer_job(Job { task: &task, ..job });
        for outcome in &mut outcomes {
            if is_answer(outcome) {
                *outcome = fault.clone();
            }
        }
        outcomes
    }

    /// Everything that comes before anything is instantiated (ORD-1). Another order of it
    /// makes a difference only where something fails.
    fn load(&self, job: Job<'_>) -> Result<Vec<Loaded>, Outcome> {
        let loaded = self.load_in_turn(job);
        loaded.or_else(|_| {
            self.load_in_turn(Job {
                in_order: false,
                ..job
            })
        })
    }

    fn load_in_turn(&self, job: Job<'_>) -> Result<Vec<Loaded>, Outcome> {
        let task = job.task;
        check_number_of_stages(job)?;
        let mut order: Vec<usize> = (0..task.stages.len()).collect();
        if order.len() > 1 && job.disorders(Mutation::LastStageFirst) {
            order.reverse();
        }
        let mut roles = Vec::new();
        for index in order {
            let stage = &task.stages[index];
            let role = match stage.module.binary() {
                Ok(wasm) => {
                    if job.disorders(Mutation::InstantiatedEarly) {
                        let early = self.instantiate_early(wasm, job);
                        early.map_err(|outcome| at_stage(outcome, index, job))?;
                    }
                    let is_last = index + 1 == task.stages.len();
                    let wasm = rewritten::sections(wasm, job);
                    exports::plan(&wasm, &uniforms_of(index, job), job, is_last)
                }
                Err(error) => Err(Outcome::broken(error.to_string())),
            };
            let role = role.map_err(|outcome| at_stage(outcome, index, job))?;
            if index + 1 < task.stages.len() && job.disorders(Mutation::PipesCheckedFirst) {
                check_pipe(&role, None, index, job)?;
            }
            roles.push((index, role));
        }
        roles.sort_by_key(|(index, _)| *index);
        // REC-2: every stage but the last gives what can be piped.
        let is_recipe = roles.len() > 1;
        let piped = if is_recipe && job.errs(Mutation::LastMustPipe) {
            roles.len()
        } else {
            roles.len() - 1
        };
        for (index, role) in roles.iter().take(piped) {
            let next = roles.get(index + 1).map(|(_, next)| next);
            check_pipe(role, next, *index, job)?;
        }
        let mut loaded = Vec::new();
        for (stage, (index, role)) in task.stages.iter().zip(roles) {
            let wasm = stage.module.binary().unwrap_or_default();
            let wasm = rewritten::sections(wasm, job);
            let wasm = rewritten::segments(&wasm, job);
            let code = self.compile(&wasm, role.exports(), job);
            loaded.push(Loaded {
                code: code.map_err(|outcome| at_stage(outcome, index, job))?,
                wasm: wasm.into_owned(),
                role,
            });
        }
        check_number_of_blocks(&loaded, job)?;
        if loaded.len() > 1 && job.errs(Mutation::OneStageOnly) {
            loaded.truncate(1);
        }
        if loaded.len() > 1 && job.errs(Mutation::StagesReversed) {
            loaded.reverse();
        }
        Ok(loaded)
    }

    /// What a mutant does that looks at exports too late: a module that traps while it is
    /// instantiated is refused for that.
    fn instantiate_early(&self, wasm: &[u8], job: Job<'_>) -> Result<(), Outcome> {
        let task = job.task;
        let Ok(signature) = Signature::read(wasm, &task.limits) else {
            return Ok(());
        };
        let compile = Compile {
            wasm,
            signature: &signature,
            exports: &[],
            build: build(task, task.options.floats),
            limits: &task.limits,
        };
        let code = self.engine.compile(&compile);
        let budget = request::budget(job);
        match code.map(|code| code.instantiate(&task.limits, &budget).map(|_| ())) {
            Ok(Err(Stop::Trap(_))) => Err(refused(Code::Instantiate, "a trap while instantiating")),
            _ => Ok(()),
        }
    }

    fn compile(
        &self,
        wasm: &[u8],
        exports: &[String],
        job: Job<'_>,
    ) -> Result<Arc<dyn CompiledModule>, Outcome> {
        let task = job.task;
        let limits = match job.flaw.mutation {
            None => task.limits.clone(),
            // What a mutant takes by mistake, the seam must not refuse.
            Some(_) => without_sizes(&task.limits),
        };
        let signature = Signature::read(wasm, &limits).map_err(|refusal| {
            Outcome::broken(format!(
                "the two readings differ: the model takes a module that is {}",
                refusal.code()
            ))
        })?;
        let mut floats = task.options.floats;
        if floats == Floats::Deterministic && job.errs(Mutation::FloatsIgnored) {
            floats = Floats::Any;
        }
        let compile = Compile {
            wasm,
            // Only handed over: the seam asks for it, the model never looks into it.
            signature: &signature,
            exports,
            build: build(task, floats),
            limits: &limits,
        };
        let code = self.engine.compile(&compile);
        code.map_err(|error| match error {
            // LIM-1: an engine may have limits of its own.
            CompileError::Limit(limit) => refused(Code::Limit, limit.refusal().to_string()),
            CompileError::Lacks(feature) => Outcome::Unsupported {
                capability: feature.into(),
            },
            CompileError::Engine(error) => Outcome::broken(error.to_string()),
        })
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

/// What the code of a task must be able to do.
fn build(task: &Task, floats: Floats) -> Build {
    Build {
        clock: task.limits.time.is_some(),
        fuel: task.limits.fuel.is_some(),
        floats,
    }
}

/// The limits with none on what a module declares.
fn without_sizes(limits: &Limits) -> Limits {
    Limits {
        time: limits.time,
        fuel: limits.fuel,
        module_bytes: u64::MAX,
        functions: u64::MAX,
        function_bytes: u64::MAX,
        locals: u64::MAX,
        branch_targets: u64::MAX,
        operands: u64::MAX,
        params: u64::MAX,
        types: u64::MAX,
        exports: u64::MAX,
        segments: u64::MAX,
        table_entries: u64::MAX,
        memory_bytes: u64::MAX,
        stages: u64::MAX,
        image_pixels: u64::MAX,
        image_side: u64::MAX,
    }
}

/// OUT-10: outputs that were never copied are what is there at the end.
fn read_again(outcomes: &mut [Outcome], places: &[Option<Range<usize>>], kept: &mut Kept) {
    let Some(Some(instance)) = kept.last_mut() else {
        return;
    };
    for (outcome, place) in outcomes.iter_mut().zip(places) {
        if let (Outcome::Output { bytes, .. }, Some(place)) = (outcome, place) {
            *bytes = instance.memory()[place.clone()].to_vec();
        }
    }
}

/// Whether it is what a request asks for, and no failure.
fn is_answer(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Output { .. } | Outcome::Scalar { .. } | Outcome::Image(_)
    )
}

/// IMG-11, of a request that is a picture.
fn size_of_picture(request: &Request, job: Job<'_>) -> Result<(), Outcome> {
    match &request.input {
        RequestInput::Image(image) => picture::check_size(image.width, image.height, job),
        RequestInput::Bytes(_) => Ok(()),
    }
}

fn echo(request: &Request) -> Outcome {
    if let RequestInput::Image(image) = &request.input {
        return Outcome::Image((**image).clone());
    }
    Outcome::Output {
        kind: OutputKind::Bytes,
        bytes: request.input.bytes().map(Bytes::to_vec).unwrap_or_default(),
        content_type: request.content_type.clone(),
    }
}

/// REC-4: the uniforms of a stage are its own.
fn uniforms_of(index: usize, job: Job<'_>) -> Vec<(String, String)> {
    let (before, rest) = job.task.stages.split_at(index);
    let Some(stage) = rest.first() else {
        return Vec::new();
    };
    let mut uniforms = Vec::new();
    for other in before {
        let is_same = Arc::ptr_eq(&other.module, &stage.module);
        if is_same && job.errs(Mutation::StagesShareUniforms) {
            uniforms.extend(other.uniforms.clone());
        }
    }
    uniforms.extend(stage.uniforms.clone());
    uniforms
}

/// REC-1, and the limit of stages (LIM-1).
fn check_number_of_stages(job: Job<'_>) -> Result<(), Outcome> {
    let (found, allowed) = (job.task.stages.len() as u64, job.limits().stages);
    if found == 1 && job.errs(Mutation::SingleStageRefused) {
        return Err(refused(Code::EmptyRecipe, "the recipe has one stage"));
    }
    if found == 0 {
        return Err(refused(Code::EmptyRecipe, "the recipe has no stage"));
    }
    if exceeds(found, allowed, job) && !job.errs(Mutation::StagesUnlimited) {
        return Err(over_limit("stages", found, allowed, job));
    }
    Ok(())
}

/// The text that REC-2 gives.
const NOT_PIPEABLE: &str = "only utf8/bytes can be piped to another stage";

/// REC-2 and REC-6: whether the output of a stage can be piped to another one, or into a
/// block of tile filters.
fn can_be_piped(kind: Option<OutputKind>, into_block: bool, job: Job<'_>) -> bool {
    match kind {
        Some(OutputKind::Utf8) if into_block => job.errs(Mutation::Utf8PipedToBlock),
        Some(OutputKind::Utf8 | OutputKind::Bytes) => true,
        Some(OutputKind::I32) => job.errs(Mutation::I32Piped),
        None => job.errs(Mutation::ScalarPiped),
    }
}

/// REC-2 has a text, for what can be piped nowhere.
fn not_pipeable(kind: Option<OutputKind>) -> Outcome {
    let message = match kind {
        Some(OutputKind::Utf8) => "only bytes can be piped to a tile filter",
        _ => NOT_PIPEABLE,
    };
    refused(Code::NotPipeable, message)
}

/// REC-2, REC-6. Without the next stage it is only known that there is one.
fn check_pipe(role: &Role, next: Option<&Role>, index: usize, job: Job<'_>) -> Result<(), Outcome> {
    let into_block = matches!(next, Some(Role::Filter(_)));
    let kind = match role {
        Role::Content(plan) => plan.output_kind(),
        // It gives a BMP.
        _ => Some(OutputKind::Bytes),
    };
    let is_piped = match role {
        Role::Content(_) => {
            can_be_piped(kind, into_block, job)
                && !(into_block && job.errs(Mutation::BlockMustBeFirst))
        }
        Role::Filter(_) => {
            let ends = matches!(next, Some(Role::Content(_)));
            !(ends && job.errs(Mutation::BlockMustBeLast))
        }
        Role::Nothing => true,
    };
    if is_piped || job.errs(Mutation::PipesCheckedLate) {
        return Ok(());
    }
    let mut outcome = not_pipeable(kind);
    if let Outcome::Refused { message, .. } = &mut outcome
        && job.errs(Mutation::NotPipeableUnnamed)
    {
        message.clear();
    }
    let names_block = into_block && job.errs(Mutation::NotPipeableNamesBlock);
    Err(at_stage(outcome, index + usize::from(names_block), job))
}

/// REC-6: there may be any number of blocks.
fn check_number_of_blocks(stages: &[Loaded], job: Job<'_>) -> Result<(), Outcome> {
    let is_filter = |stage: &Loaded| matches!(stage.role, Role::Filter(_));
    let ends = |pair: &&[Loaded]| is_filter(&pair[0]) && !is_filter(&pair[1]);
    let last = stages.last().is_some_and(is_filter);
    let blocks = stages.windows(2).filter(ends).count() + usize::from(last);
    if blocks > 1 && job.errs(Mutation::OneBlockOnly) {
        return Err(refused(Code::NotPipeable, "a second block"));
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
fn over_limit(what: &str, found: u64, allowed: u64, job: Job<'_>) -> Outcome {
    let message = if job.errs(Mutation::LimitUncounted) {
        what.to_owned()
    } else {
        format!("{what}: {found}, allowed {allowed}")
    };
    refused(Code::Limit, message)
}

/// REC-5: a failure names its stage, counted from 1.
fn at_stage(mut outcome: Outcome, index: usize, job: Job<'_>) -> Outcome {
    let position = if job.errs(Mutation::StagesFromZero) {
        Some(index)
    } else if job.errs(Mutation::StageUnnamed) {
        None
    } else {
        Some(index + 1)
    };
    match &mut outcome {
        Outcome::Refused { stage, .. }
        | Outcome::Trapped { stage, .. }
        | Outcome::Stopped { stage, .. } => *stage = position,
        _ => {}
    }
    outcome
}

/// LIM-5: text of a module, escaped and cut.
fn shown(text: &str, job: Job<'_>) -> String {
    let escaped: Vec<char> = if job.errs(Mutation::NamesUnescaped) {
        text.chars().collect()
    } else {
        text.escape_debug().collect()
    };
    let most = if escaped.len() > 128 && job.errs(Mutation::NamesUncut) {
        escaped.len()
    } else {
        128
    };
    escaped.into_iter().take(most).collect()
}
