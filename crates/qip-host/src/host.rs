//! The host and the modules that it has loaded.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use qip_contract::{Code, Floats, Limits, Numeric, RequestLimits, Rules, Signature, Utf8};

use crate::engine::{self, Build, Compile, CompileError, Engine};
use crate::error::{Cause, Error};
use crate::image::Filters;
use crate::plan::Plan;
use crate::recipe::{self, Input, Recipe};
use crate::reply::Reply;
use crate::session::Fresh;
use crate::stage::{Prepared, Stage};
use crate::text;

/// Loads modules for one engine, under one set of limits and options.
///
/// Cheap to clone; a clone shares everything.
#[derive(Clone)]
pub struct Host {
    settings: Arc<Settings>,
}

pub(crate) struct Settings {
    engine: Arc<dyn Engine>,
    pub(crate) limits: Limits,
    pub(crate) options: Options,
}

/// Where a host may depart from the strict contract, and what it can hold requests to. The
/// default is strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Which types pointers, capacities and sizes may have (MOD-4).
    pub numeric: Numeric,
    /// Whether text is checked (IN-6).
    pub utf8: Utf8,
    /// How NaN comes about (DET-1).
    pub floats: Floats,
    /// Refuse modules whose memory can grow (MOD-7).
    pub fixed_memory: bool,
    /// What requests can be held to.
    pub metering: Metering,
}

/// What the code of modules is made to be held to. It costs time in every request, so that
/// nothing is metered that is not asked for. [`From`] makes what some limits need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metering {
    /// Requests may have a time limit and can be cancelled.
    pub clock: bool,
    /// Requests may have a fuel limit.
    pub fuel: bool,
}

impl From<RequestLimits> for Metering {
    fn from(limits: RequestLimits) -> Metering {
        Metering {
            clock: limits.time.is_some(),
            fuel: limits.fuel.is_some(),
        }
    }
}

impl Host {
    /// A strict host for an engine.
    pub fn new(engine: impl Engine + 'static, limits: Limits) -> Host {
        Host::with_options(Arc::new(engine), limits, Options::default())
    }

    /// A host for a shared engine, with options.
    ///
    /// Hosts with other limits or options can share one engine: what it has set up
    /// is used by all.
    pub fn with_options(engine: Arc<dyn Engine>, limits: Limits, options: Options) -> Host {
        Host {
            settings: Arc::new(Settings {
                engine,
                limits,
                options,
            }),
        }
    }

    /// The sizes that modules and pictures are held to.
    pub fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// The engine.
    pub fn engine(&self) -> &dyn Engine {
        &*self.settings.engine
    }

    /// Loads a module: reads its signature, holds it against the contract and the
    /// limits, and compiles it. The bytes are those of a binary.
    ///
    /// # Errors
    ///
    /// What ORD-1 lists for one module, or the engine's own failure. WebAssembly text is
    /// [`Code::NotWasm`](crate::Code::NotWasm), with a help that names `Host::load_text`.
    pub fn load(&self, bytes: impl AsRef<[u8]>) -> Result<Module, Error> {
        self.load_alone(None, bytes.as_ref())
    }

    /// Loads a module under a name that its errors will carry: a path, say.
    ///
    /// # Errors
    ///
    /// As [`Host::load`].
    pub fn load_named(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<Module, Error> {
        self.load_alone(Some(name), bytes.as_ref())
    }

    /// Loads a module from WebAssembly text: makes a binary of it and loads that, as
    /// [`Host::load`] does. Text of up to [`text::MOST_BYTES_WITH_LINES`] gets line
    /// information, so that a [frame](engine::Frame) of a backtrace can name its line.
    ///
    /// ```
    /// # use qip_host::{Host, Limits, Output};
    /// # let host = Host::new(qip_host::wasmtime::Wasmtime::new(), Limits::standard());
    /// let module = host.load_text(r#"(module
    ///     (memory (export "memory") 1)
    ///     (global (export "input_ptr") i32 (i32.const 0))
    ///     (global (export "input_bytes_cap") i32 (i32.const 64))
    ///     (func (export "run") (param $size i32) (result i32) (local.get $size)))"#)?;
    /// assert_eq!(module.render("hello")?.output, Output::Scalar(5));
    /// # Ok::<(), qip_host::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Code::Limit`](crate::Code::Limit) for text of more than [`text::MOST_BYTES`] or of
    /// more than [`Limits::module_bytes`];
    /// [`Code::InvalidModule`](crate::Code::InvalidModule) for text that is invalid, with its
    /// line and column; then as [`Host::load`].
    #[cfg(feature = "wat")]
    pub fn load_text(&self, text: impl AsRef<[u8]>) -> Result<Module, Error> {
        let binary = text::assemble(text.as_ref(), self.limits()).map_err(Error::new)?;
        self.load(binary)
    }

    /// Makes a recipe. Everything that can be found wrong before a stage runs is
    /// found here, in the order of ORD-1.
    ///
    /// ```
    /// # use qip_host::{Host, Limits, Stage, Output};
    /// # let echo = &wat::parse_str(r#"(module (memory (export "memory") 1 1)
    /// #   (global $bias (mut i32) (i32.const 0))
    /// #   (func (export "uniform_set_bias") (param i32) (global.set $bias (local.get 0)))
    /// #   (global (export "input_ptr") i32 (i32.const 0))
    /// #   (global (export "input_bytes_cap") i32 (i32.const 64))
    /// #   (global (export "output_ptr") i32 (i32.const 0))
    /// #   (global (export "output_bytes_cap") i32 (i32.const 64))
    /// #   (func (export "run") (param i32) (result i32)
    /// #     (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (global.get $bias)))
    /// #     (local.get 0)))"#).unwrap();
    /// # let host = Host::new(qip_host::wasmtime::Wasmtime::new(), Limits::standard());
    /// let recipe = host.recipe([
    ///     Stage::new(echo).named("first.wasm").uniform("bias", "1"),
    ///     Stage::new(echo).named("second.wasm").uniform("bias", "2"),
    /// ])?;
    /// assert_eq!(recipe.render(b"a")?.output, Output::Bytes(b"d".to_vec()));
    /// # Ok::<(), qip_host::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What ORD-1 lists, with the position of the stage;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a stage whose module
    /// another host has loaded.
    pub fn recipe<'a>(&self, stages: impl IntoIterator<Item = Stage<'a>>) -> Result<Recipe, Error> {
        let stages: Vec<Stage<'a>> = stages.into_iter().collect();
        Recipe::new(self, &stages)
    }

    /// Makes a pipeline of tile filters for pictures. Everything that can be found wrong
    /// before a picture is there is found here, in the order of ORD-1 (IMG-12).
    ///
    /// See [`image`](crate::image) for an example.
    ///
    /// # Errors
    ///
    /// What ORD-1 lists, with the position of the stage. A module that is no tile filter
    /// is [`Code::MissingExport`](crate::Code::MissingExport), where a faulty tile function
    /// would be found;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a stage whose module
    /// another host has loaded.
    pub fn filters<'a>(
        &self,
        stages: impl IntoIterator<Item = Stage<'a>>,
    ) -> Result<Filters, Error> {
        let stages: Vec<Stage<'a>> = stages.into_iter().collect();
        Filters::new(self, &stages)
    }

    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    fn load_alone(&self, name: Option<&str>, bytes: &[u8]) -> Result<Module, Error> {
        self.load_module(name, bytes, &self.rules())
            .map_err(|cause| Error::new(cause).in_module(name))
    }

    pub(crate) fn load_module(
        &self,
        name: Option<&str>,
        wasm: &[u8],
        rules: &Rules,
    ) -> Result<Module, Box<Cause>> {
        let signature = Signature::read(wasm, self.limits()).map_err(|refusal| {
            if text::is_text(wasm) && refusal.code() == Code::NotWasm {
                refusal.help(TEXT_HELP)
            } else {
                refusal
            }
        })?;
        check(&signature, rules)?;
        let plan = Plan::new(&signature).ok_or_else(|| {
            let message = "the module lacks an export that the contract requires";
            Box::new(Cause::Unsupported(message.to_owned()))
        })?;
        let code = self.compile(wasm, &signature, &plan.exports)?;
        Ok(Module {
            loaded: Arc::new(Loaded {
                name: name.map(str::to_owned),
                signature,
                plan,
                code,
                settings: Arc::clone(&self.settings),
            }),
        })
    }

    /// A module that is loaded already, as a stage: it must be this host's own, compiled
    /// for its limits, and is held against what is asked of it here.
    pub(crate) fn reload(&self, module: &Module, rules: &Rules) -> Result<Module, Box<Cause>> {
        if !Arc::ptr_eq(&self.settings, &module.loaded.settings) {
            return Err(Box::new(Cause::Unsupported(
                "the module was loaded by another host, expected one of this host's own".to_owned(),
            )));
        }
        check(module.signature(), rules)?;
        Ok(module.clone())
    }

    /// What this host asks of any module.
    pub(crate) fn rules(&self) -> Rules {
        let options = &self.settings.options;
        Rules {
            numeric: options.numeric,
            fixed_memory: options.fixed_memory,
            tile_filter: false,
            uniforms: BTreeMap::new(),
        }
    }

    fn compile(
        &self,
        wasm: &[u8],
        signature: &Signature,
        exports: &[String],
    ) -> Result<Arc<dyn engine::CompiledModule>, Box<Cause>> {
        let limits = self.limits();
        let info = self.engine().info();
        if self.settings.options.floats == Floats::Deterministic && !info.deterministic_floats {
            let message = format!("the engine {} cannot make NaN deterministic", info.name);
            return Err(Box::new(Cause::Unsupported(message)));
        }
        self.engine()
            .compile(&Compile {
                wasm,
                signature,
                exports,
                build: self.settings.build(),
                limits,
            })
            .map_err(|error| match error {
                CompileError::Limit(limit) => limit.refusal().into(),
                CompileError::Lacks(feature) => Box::new(Cause::Lacks(feature)),
                CompileError::Engine(error) => Box::new(Cause::Engine(error)),
            })
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("engine", self.engine().info())
            .field("limits", &self.settings.limits)
            .field("options", &self.settings.options)
            .finish()
    }
}

impl Settings {
    /// What the code of modules must be able to do.
    pub(crate) fn build(&self) -> Build {
        let Metering { clock, fuel } = self.options.metering;
        Build {
            clock,
            fuel,
            floats: self.options.floats,
        }
    }
}

/// What to do with text where a binary is wanted.
const TEXT_HELP: &str = "assemble it first, or load it as text: `Host::load_text` or \
                         `Stage::text`, with the feature `wat`";

/// Checks that the contract and the rules take a module.
fn check(signature: &Signature, rules: &Rules) -> Result<(), Box<Cause>> {
    match signature.refusals(rules).into_iter().next() {
        Some(first) => Err(first.into()),
        None => Ok(()),
    }
}

/// A loaded module. Cheap to clone; a clone shares the compiled code.
#[derive(Clone)]
pub struct Module {
    pub(crate) loaded: Arc<Loaded>,
}

pub(crate) struct Loaded {
    pub(crate) name: Option<String>,
    pub(crate) signature: Signature,
    pub(crate) plan: Plan,
    pub(crate) code: Arc<dyn engine::CompiledModule>,
    pub(crate) settings: Arc<Settings>,
}

impl Module {
    /// Carries one request on a fresh instance (RUN-4). A tile filter is a block of one
    /// (REC-6): it takes a BMP picture and gives one.
    ///
    /// # Errors
    ///
    /// The first failure in the order of ORD-2, as [`Recipe::render`] says.
    pub fn render<'a>(&self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        let stage = Prepared::bare(self);
        recipe::render(
            &self.loaded.settings,
            &[stage],
            NonZeroUsize::MIN,
            &mut Fresh,
            input.into(),
        )
    }

    /// What was read of the module.
    pub fn signature(&self) -> &Signature {
        &self.loaded.signature
    }

    /// The name that it was loaded under.
    pub fn name(&self) -> Option<&str> {
        self.loaded.name.as_deref()
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.loaded.name)
            .finish_non_exhaustive()
    }
}
