//! Recipes: stages that pipe bytes and a content type, and nothing else (REC).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qip_contract::{Code, Limits, Refusal, Value, normalize_media_type};

use crate::content::{self, Piped};
use crate::engine::{Budget, Exhausted, ExportId, Instance, Stop};
use crate::error::{Cause, Error};
use crate::host::{Host, Module, Settings};
use crate::reply::{Output, Reply, Usages};

/// A stage of a recipe to be: a module, or the bytes of one, with its uniforms.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    pub(crate) source: StageSource<'a>,
    pub(crate) name: Option<String>,
    pub(crate) uniforms: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(crate) enum StageSource<'a> {
    Bytes(&'a [u8]),
    Module(Module),
}

impl<'a> Stage<'a> {
    /// A stage from a module's bytes, loaded when the recipe is made.
    pub fn new(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Stage<'a> {
        Stage::from_source(StageSource::Bytes(bytes.as_ref()))
    }

    /// A stage from a module that the same host has loaded.
    pub fn module(module: &Module) -> Stage<'a> {
        Stage::from_source(StageSource::Module(module.clone()))
    }

    fn from_source(source: StageSource<'a>) -> Stage<'a> {
        Stage {
            source,
            name: None,
            uniforms: BTreeMap::new(),
        }
    }

    /// A name for errors, such as a path.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Stage<'a> {
        self.name = Some(name.into());
        self
    }

    /// Sets a uniform, given as text (UNI-3). The last value for a key wins.
    #[must_use]
    pub fn uniform(mut self, key: impl Into<String>, value: impl Into<String>) -> Stage<'a> {
        self.uniforms.insert(key.into(), value.into());
        self
    }
}

/// The bytes of a request, and their content type where it is known.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    content_type: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// Bytes of an unknown type.
    pub fn new(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Input<'a> {
        Input {
            bytes: bytes.as_ref(),
            content_type: None,
        }
    }

    /// Says what type they are; it is normalised (MIME-2).
    #[must_use]
    pub fn content_type(mut self, content_type: &'a str) -> Input<'a> {
        self.content_type = Some(content_type);
        self
    }
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Input<'a> {
    fn from(bytes: &'a T) -> Input<'a> {
        Input::new(bytes)
    }
}

/// A recipe: one stage or more, checked and ready. Cheap to clone.
#[derive(Clone)]
pub struct Recipe {
    settings: Arc<Settings>,
    stages: Arc<[Prepared]>,
}

/// A stage whose uniforms are parsed.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) module: Module,
    /// A name for this stage, where it is another than the module's.
    name: Option<String>,
    /// Setters and values, sorted bytewise by key (UNI-2).
    pub(crate) uniforms: Vec<(ExportId, Value)>,
}

impl Prepared {
    /// A stage without uniforms.
    pub(crate) fn bare(module: &Module) -> Prepared {
        Prepared {
            module: module.clone(),
            name: None,
            uniforms: Vec::new(),
        }
    }

    /// The name that errors carry (REC-5).
    fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.module.name())
    }

    fn new(module: Module, given: &BTreeMap<String, String>) -> Result<Prepared, Box<Cause>> {
        let values = module.signature().uniform_values(given)?;
        let uniforms = values
            .into_iter()
            .map(|(at, value)| (module.loaded.plan.setter(at), value))
            .collect();
        Ok(Prepared {
            module,
            name: None,
            uniforms,
        })
    }
}

impl Recipe {
    pub(crate) fn new(host: &Host, stages: &[Stage<'_>]) -> Result<Recipe, Error> {
        let count = stages.len();
        check_count(count, host.limits())?;
        let mut prepared = Vec::with_capacity(count);
        for (index, stage) in stages.iter().enumerate() {
            let name = stage.name.as_deref();
            let module = match &stage.source {
                StageSource::Bytes(bytes) => host.load_stage(name, bytes, &stage.uniforms),
                StageSource::Module(module) => same_host(host, module),
            };
            let stage = module.and_then(|module| {
                let own_name = module.name().map(str::to_owned);
                let prepared = Prepared::new(module, &stage.uniforms)
                    .map_err(|cause| Error::new(cause).in_module(name.or(own_name.as_deref())))?;
                Ok(Prepared {
                    name: name.map(str::to_owned),
                    ..prepared
                })
            });
            prepared.push(stage.map_err(|error| error.at(index, count))?);
        }
        // REC-2, last in ORD-1.
        for (index, stage) in prepared.iter().enumerate().take(count - 1) {
            if !stage.module.loaded.plan.output.is_pipeable() {
                let refusal = Refusal::new(
                    Code::NotPipeable,
                    "only utf8/bytes can be piped to another stage",
                );
                return Err(Error::new(refusal).in_module(stage.name()).at(index, count));
            }
        }
        Ok(Recipe {
            settings: Arc::clone(host.settings()),
            stages: prepared.into(),
        })
    }

    /// Carries one request, each stage on a fresh instance (RUN-4).
    ///
    /// # Errors
    ///
    /// The first failure in the order of ORD-2, with the position of its stage.
    pub fn render<'a>(&self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        render(&self.settings, &self.stages, &mut Fresh, input.into())
    }

    /// Begins a session, whose requests share one instance for each stage.
    pub fn session(&self) -> Session {
        Session {
            recipe: self.clone(),
            instances: Warm(self.stages.iter().map(|_| None).collect()),
        }
    }
}

impl std::fmt::Debug for Recipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.stages.iter().map(|stage| &stage.module))
            .finish()
    }
}

/// That there is a stage (REC-1), and no more than allowed (LIM-1).
pub(crate) fn check_count(count: usize, limits: &Limits) -> Result<(), Error> {
    if count == 0 {
        return Err(Error::new(Cause::refused(
            Code::EmptyRecipe,
            "the recipe has no stage, expected one or more",
        )));
    }
    if count as u64 > limits.stages {
        let refusal = Refusal::new(
            Code::Limit,
            format!(
                "the recipe has {count} stages, over the limit of {}",
                limits.stages
            ),
        )
        .named("stages")
        .found(count, limits.stages);
        return Err(Error::new(refusal));
    }
    Ok(())
}

/// A module that this host can pipe from and to: one compiled for its limits.
pub(crate) fn same_host(host: &Host, module: &Module) -> Result<Module, Error> {
    if Arc::ptr_eq(host.settings(), &module.loaded.settings) {
        Ok(module.clone())
    } else {
        Err(Error::new(Cause::Unsupported(
            "the module was loaded by another host, expected one of this host's own".to_owned(),
        ))
        .in_module(module.name()))
    }
}

/// Requests that share instances: what a module leaves in its memory is there for
/// the next request (RUN-4 makes reuse the caller's choice). For modules that are
/// known to keep no state, a request costs a fraction of a fresh one.
///
/// Uniforms are applied and getters read again on every request. An instance that
/// trapped, was stopped, or whose engine failed is never used again: the next request
/// gets a fresh one for that stage. A refusal of an input, an output or a content type
/// leaves every instance in use, with what the refused request left in it.
#[derive(Debug)]
pub struct Session {
    recipe: Recipe,
    instances: Warm,
}

impl Session {
    /// Carries one request.
    ///
    /// # Errors
    ///
    /// As [`Recipe::render`].
    pub fn render<'a>(&mut self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        let Recipe { settings, stages } = &self.recipe;
        render(settings, stages, &mut self.instances, input.into())
    }
}

/// Where a stage's instance comes from and goes to.
pub(crate) trait Instances {
    fn take(
        &mut self,
        index: usize,
        stage: &Prepared,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Box<dyn Instance>, Stop>;

    /// Gets an instance back that may be used again.
    fn give_back(&mut self, index: usize, instance: Box<dyn Instance>);
}

/// A new instance for each stage of each request.
pub(crate) struct Fresh;

impl Instances for Fresh {
    fn take(
        &mut self,
        _: usize,
        stage: &Prepared,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Box<dyn Instance>, Stop> {
        stage.module.loaded.code.instantiate(limits, budget)
    }

    fn give_back(&mut self, _: usize, _: Box<dyn Instance>) {}
}

/// One instance for each stage, kept between requests.
struct Warm(Vec<Option<Box<dyn Instance>>>);

impl Instances for Warm {
    fn take(
        &mut self,
        index: usize,
        stage: &Prepared,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Box<dyn Instance>, Stop> {
        match self.0[index].take() {
            Some(mut instance) => {
                instance.begin(budget);
                Ok(instance)
            }
            None => Fresh.take(index, stage, limits, budget),
        }
    }

    fn give_back(&mut self, index: usize, instance: Box<dyn Instance>) {
        self.0[index] = Some(instance);
    }
}

impl std::fmt::Debug for Warm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let warm = self.0.iter().filter(|instance| instance.is_some()).count();
        write!(f, "{warm} warm of {}", self.0.len())
    }
}

/// Carries a request through its stages (ORD-2).
pub(crate) fn render<I: Instances>(
    settings: &Settings,
    stages: &[Prepared],
    instances: &mut I,
    input: Input<'_>,
) -> Result<Reply, Error> {
    let limits = &settings.limits;
    let begin = limits.time.map(|_| Instant::now());
    let mut request = Request {
        settings,
        stages,
        instances,
        begin,
        budget: budget(limits, begin),
        content_type: input.content_type.and_then(normalize_media_type),
        usages: Usages::default(),
        time: None,
    };
    let mut output = request.stage(0, Piped::unchecked(input.bytes))?;
    for index in 1..stages.len() {
        let piped = match &output {
            Output::Utf8(text) => Piped::from_text(text),
            Output::Bytes(bytes) => Piped::unchecked(bytes),
            // REC-2 lets no other kind be piped.
            Output::I32(_) | Output::Scalar(_) => Piped::unchecked(&[]),
        };
        output = request.stage(index, piped)?;
    }
    Ok(Reply {
        output,
        content_type: request.content_type,
        stages: request.usages,
        time: request.time,
    })
}

/// What a request that begins now may use.
#[inline(always)]
pub(crate) fn budget(limits: &Limits, begin: Option<Instant>) -> Budget {
    Budget {
        // A limit beyond what the clock can say is none.
        deadline: begin
            .zip(limits.time)
            .and_then(|(begin, time)| begin.checked_add(time)),
        fuel: limits.fuel,
    }
}

/// A request on its way.
struct Request<'a, I> {
    settings: &'a Settings,
    stages: &'a [Prepared],
    instances: &'a mut I,
    /// When it began, where there is a time limit.
    begin: Option<Instant>,
    /// What is left to it.
    budget: Budget,
    content_type: Option<String>,
    usages: Usages,
    time: Option<Duration>,
}

impl<I: Instances> Request<'_, I> {
    #[inline(always)]
    fn stage(&mut self, index: usize, input: Piped<'_>) -> Result<Output, Error> {
        self.run(index, input)
            .map_err(|cause| self.failure(index, cause))
    }

    #[cold]
    fn failure(&self, index: usize, cause: Box<Cause>) -> Error {
        let stage = &self.stages[index];
        Error::new(cause.named_by(stage.module.signature()))
            .in_module(stage.name())
            .at(index, self.stages.len())
    }

    #[inline(always)]
    fn run(&mut self, index: usize, input: Piped<'_>) -> Result<Output, Box<Cause>> {
        let Request {
            settings, budget, ..
        } = self;
        let limits = &settings.limits;
        let stage = &self.stages[index];
        let mut instance = self
            .instances
            .take(index, stage, limits, budget)
            .map_err(|stop| instantiation(stop, limits))?;
        let output = content::run(
            &mut *instance,
            stage,
            settings,
            input,
            &mut self.content_type,
        );
        let output = match output {
            Ok(output) => output,
            Err(cause) => return Err(self.give_back_refused(index, instance, cause)),
        };
        let usage = instance.finish();
        // The limit covers the host's own copying and checking too (RUN-6).
        if let Some(begin) = self.begin {
            let spent = begin.elapsed();
            if limits.time.is_some_and(|limit| spent > limit) {
                return Err(Cause::exhausted(Exhausted::Time, limits));
            }
            self.time = Some(spent);
        }
        self.instances.give_back(index, instance);
        if let (Some(left), Some(used)) = (&mut budget.fuel, usage.fuel) {
            *left = left.saturating_sub(used);
        }
        self.usages.push(usage);
        Ok(output)
    }

    /// After a trap or a stop an instance is never reused (RUN-4); a refusal is neither.
    #[cold]
    fn give_back_refused(
        &mut self,
        index: usize,
        mut instance: Box<dyn Instance>,
        cause: Box<Cause>,
    ) -> Box<Cause> {
        if matches!(*cause, Cause::Refused(..)) {
            instance.finish();
            self.instances.give_back(index, instance);
        }
        cause
    }
}

/// A trap while instantiating is a refusal (MOD-5).
#[cold]
pub(crate) fn instantiation(stop: Stop, limits: &Limits) -> Box<Cause> {
    match stop {
        Stop::Trap(trap) => Box::new(Cause::Refused(
            Refusal::new(
                Code::Instantiate,
                format!(
                    "the module trapped while it was instantiated: {}",
                    trap.kind
                ),
            ),
            Some(*trap),
        )),
        stop => Cause::stop(stop, limits),
    }
}
