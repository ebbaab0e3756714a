//! Modules that are loaded: read, checked and compiled.

use std::fmt;
use std::sync::Arc;

use qip_contract::{Code, Floats, Rules, Signature};

use crate::engine::{Compile, CompileError, CompiledModule};
use crate::error::Cause;
use crate::plan::Plan;
use crate::settings::Settings;
use crate::text;

/// What to do with text where a binary is wanted.
const TEXT_HELP: &str = "assemble it first, or load it as text: `Host::load_text` or \
                         `Stage::text`, with the feature `wat`";

/// A loaded module. Cheap to clone; a clone shares the compiled code.
#[derive(Clone)]
pub struct Module {
    pub(crate) loaded: Arc<Loaded>,
}

pub(crate) struct Loaded {
    pub(crate) name: Option<String>,
    pub(crate) signature: Signature,
    pub(crate) plan: Plan,
    pub(crate) code: Arc<dyn CompiledModule>,
    pub(crate) settings: Arc<Settings>,
}

impl Module {
    /// Reads a binary, holds it against the contract, the limits and these rules, and compiles
    /// it.
    pub(crate) fn load(
        settings: &Arc<Settings>,
        name: Option<&str>,
        wasm: &[u8],
        rules: &Rules,
    ) -> Result<Module, Box<Cause>> {
        let signature = Signature::read(wasm, &settings.limits).map_err(|refusal| {
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
        let code = compile(settings, wasm, &signature, &plan.exports)?;
        Ok(Module {
            loaded: Arc::new(Loaded {
                name: name.map(str::to_owned),
                signature,
                plan,
                code,
                settings: Arc::clone(settings),
            }),
        })
    }

    /// Checks that a module, which is loaded already, may be a stage: it must be this host's
    /// own, compiled for its limits, and keep to these rules.
    pub(crate) fn check_again(
        &self,
        settings: &Arc<Settings>,
        rules: &Rules,
    ) -> Result<(), Box<Cause>> {
        if !Arc::ptr_eq(settings, &self.loaded.settings) {
            return Err(Box::new(Cause::Unsupported(
                "the module was loaded by another host, expected one of this host's own".to_owned(),
            )));
        }
        check(self.signature(), rules)
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

/// Checks that the contract and the rules take a module.
fn check(signature: &Signature, rules: &Rules) -> Result<(), Box<Cause>> {
    match signature.refusals(rules).into_iter().next() {
        Some(first) => Err(first.into()),
        None => Ok(()),
    }
}

fn compile(
    settings: &Settings,
    wasm: &[u8],
    signature: &Signature,
    exports: &[String],
) -> Result<Arc<dyn CompiledModule>, Box<Cause>> {
    let info = settings.engine.info();
    if settings.options.floats == Floats::Deterministic && !info.deterministic_floats {
        let message = format!("the engine {} cannot make NaN deterministic", info.name);
        return Err(Box::new(Cause::Unsupported(message)));
    }
    let compile = Compile {
        wasm,
        signature,
        exports,
        build: settings.build(),
        limits: &settings.limits,
    };
    settings
        .engine
        .compile(&compile)
        .map_err(|error| match error {
            CompileError::Limit(limit) => limit.refusal().into(),
            CompileError::Lacks(feature) => Box::new(Cause::Lacks(feature)),
            CompileError::Engine(error) => Box::new(Cause::Engine(error)),
        })
}
