//! Stages: as a caller gives them, and as they are ready to run.

use std::collections::BTreeMap;
use std::sync::Arc;

use qip_contract::{Code, Limits, Refusal, Rules, Value};

use crate::engine::ExportId;
use crate::error::{Cause, Error};
use crate::module::Module;
use crate::plan::Work;
use crate::settings::Settings;

/// A stage of a recipe to be: a module, or what one is loaded from, with its uniforms.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    source: Source<'a>,
    name: Option<String>,
    uniforms: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
enum Source<'a> {
    Binary(&'a [u8]),
    #[cfg(feature = "wat")]
    Text(&'a [u8]),
    Module(Module),
}

impl<'a> Stage<'a> {
    /// A stage from a module's binary, loaded when the recipe is made.
    pub fn new(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Stage<'a> {
        Stage::from_source(Source::Binary(bytes.as_ref()))
    }

    /// A stage from a module in WebAssembly text, loaded when the recipe is made, as
    /// [`Host::load_text`](crate::Host::load_text) does.
    #[cfg(feature = "wat")]
    pub fn text(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Stage<'a> {
        Stage::from_source(Source::Text(text.as_ref()))
    }

    /// A stage from a module that the same host has loaded.
    pub fn module(module: &Module) -> Stage<'a> {
        Stage::from_source(Source::Module(module.clone()))
    }

    fn from_source(source: Source<'a>) -> Stage<'a> {
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

/// A stage whose module is loaded and whose uniforms are parsed.
pub(crate) struct Prepared {
    pub(crate) module: Module,
    /// A name for this stage, where it is another than the module's.
    name: Option<String>,
    /// Setters and values, sorted bytewise by key (UNI-2).
    pub(crate) uniforms: Vec<(ExportId, Value)>,
}

impl Prepared {
    /// Stages in the order of ORD-1, up to what only a recipe can be refused for.
    ///
    /// # Errors
    ///
    /// The first failure, with the position of its stage.
    pub(crate) fn all(
        settings: &Arc<Settings>,
        stages: &[Stage<'_>],
        rules: &Rules,
    ) -> Result<Arc<[Prepared]>, Error> {
        let count = stages.len();
        check_count(count, &settings.limits)?;
        let prepared = stages.iter().enumerate().map(|(index, stage)| {
            Prepared::new(settings, stage, rules).map_err(|error| error.at(index, count))
        });
        prepared.collect()
    }

    fn new(settings: &Arc<Settings>, stage: &Stage<'_>, rules: &Rules) -> Result<Prepared, Error> {
        let name = stage.name.as_deref();
        let rules = Rules {
            uniforms: stage.uniforms.clone(),
            ..rules.clone()
        };
        let (name, module) = match &stage.source {
            Source::Binary(bytes) => (name, Module::load(settings, name, bytes, &rules)),
            #[cfg(feature = "wat")]
            Source::Text(text) => {
                let binary = crate::text::assemble(text, &settings.limits);
                let load = |binary: Vec<u8>| Module::load(settings, name, &binary, &rules);
                (name, binary.map_err(Into::into).and_then(load))
            }
            Source::Module(module) => {
                let checked = module.check_again(settings, &rules);
                (name.or(module.name()), checked.map(|()| module.clone()))
            }
        };
        let prepared = module.and_then(|module| {
            let values = module.signature().uniform_values(&stage.uniforms)?;
            let setter = |(at, value)| (module.loaded.plan.setter(at), value);
            Ok(Prepared {
                uniforms: values.into_iter().map(setter).collect(),
                name: stage.name.clone(),
                module,
            })
        });
        prepared.map_err(|cause| Error::new(cause).in_module(name))
    }

    /// A stage without uniforms.
    pub(crate) fn bare(module: &Module) -> Prepared {
        Prepared {
            module: module.clone(),
            name: None,
            uniforms: Vec::new(),
        }
    }

    /// What is to be done.
    #[inline(always)]
    pub(crate) fn work(&self) -> &Work {
        &self.module.loaded.plan.work
    }

    /// The name that errors carry (REC-5).
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.module.name())
    }

    /// What happened at this stage, the one at `index` from 0 of `stages`.
    #[cold]
    pub(crate) fn failure(&self, cause: Box<Cause>, index: usize, stages: usize) -> Error {
        Error::new(cause.named_by(self.module.signature()))
            .in_module(self.name())
            .at(index, stages)
    }
}

/// Checks that there is a stage (REC-1), and no more than allowed (LIM-1).
fn check_count(count: usize, limits: &Limits) -> Result<(), Error> {
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
