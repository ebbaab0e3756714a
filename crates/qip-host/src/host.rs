//! The host, from which modules, recipes and filters come.

use std::fmt;
use std::sync::Arc;

use qip_contract::Limits;

use crate::engine::Engine;
use crate::error::Error;
use crate::image::Filters;
use crate::module::Module;
use crate::recipe::Recipe;
use crate::settings::{Options, Settings};
use crate::stage::Stage;
#[cfg(feature = "wat")]
use crate::text;

/// Loads modules for one engine, under one set of limits and options.
///
/// Cheap to clone; a clone shares everything.
#[derive(Clone)]
pub struct Host {
    settings: Arc<Settings>,
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
    /// information, so that a [frame](crate::engine::Frame) of a backtrace can name its line.
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
        Recipe::new(&self.settings, &stages)
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
        Filters::new(&self.settings, &stages)
    }

    fn load_alone(&self, name: Option<&str>, bytes: &[u8]) -> Result<Module, Error> {
        let rules = self.settings.rules();
        Module::load(&self.settings, name, bytes, &rules)
            .map_err(|cause| Error::new(cause).in_module(name))
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
