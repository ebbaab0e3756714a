//! A stage that nothing is left to say against, and what it may use.

use std::sync::Arc;
use std::time::Instant;

use qip_cases::{Module, Outcome, Task};
use qip_contract::{Code, Limits, Signature, Size};
use qip_engine::{
    Budget, Build, Compile, CompileError, CompiledModule, Engine, Exhausted, Instance,
};

use super::exports::Plan;
use super::hooks::Job;
use super::mutation::Mutation;
use super::refusal::{exhausted, not_instantiated, refused};

/// What runs of a stage, and how.
pub(crate) struct Loaded<'a> {
    pub(crate) module: &'a Arc<Module>,
    pub(crate) plan: Plan,
    code: Arc<dyn CompiledModule>,
}

impl<'a> Loaded<'a> {
    pub(crate) fn new(
        module: &'a Arc<Module>,
        plan: Plan,
        engine: &dyn Engine,
        task: &Task,
    ) -> Result<Loaded<'a>, Outcome> {
        let wasm = module.binary().unwrap_or_default();
        let code = compile(wasm, &plan.exports, engine, task)?;
        Ok(Loaded { module, plan, code })
    }

    /// RUN-4, REC-4: an instance of its own.
    pub(crate) fn instantiate(
        &self,
        budget: &Budget,
        job: Job<'_>,
    ) -> Result<Box<dyn Instance>, Outcome> {
        let instance = self.code.instantiate(&job.task.limits, budget);
        instance.map_err(|stop| not_instantiated(stop, job))
    }
}

/// The code of a module that nothing is left to say against, with these exports.
pub(crate) fn compile(
    wasm: &[u8],
    exports: &[String],
    engine: &dyn Engine,
    task: &Task,
) -> Result<Arc<dyn CompiledModule>, Outcome> {
    let mut unlimited = Limits::standard();
    for size in Size::ALL {
        *unlimited.size_mut(*size) = u64::MAX;
    }
    // Only handed over: the seam asks for it, the model never looks into it. The limits
    // have been looked at.
    let signature = Signature::read(wasm, &unlimited).map_err(|refusal| {
        Outcome::broken(format!(
            "the two readings differ: the model takes a module that is {}",
            refusal.code()
        ))
    })?;
    let compile = Compile {
        wasm,
        signature: &signature,
        exports,
        build: Build {
            clock: task.request_limits.time.is_some(),
            fuel: task.request_limits.fuel.is_some(),
            floats: task.options.floats,
        },
        limits: &task.limits,
    };
    engine.compile(&compile).map_err(|error| match error {
        // LIM-1: an engine may have limits of its own.
        CompileError::Limit(limit) => refused(Code::Limit, limit.refusal().to_string()),
        CompileError::Lacks(feature) => Outcome::Unsupported {
            capability: feature.into(),
        },
        CompileError::Engine(error) => Outcome::broken(error.to_string()),
    })
}

/// RUN-6: what one request may use, over all its stages.
pub(crate) fn budget(task: &Task) -> Budget {
    let time = task.request_limits.time;
    Budget {
        deadline: time.and_then(|it| Instant::now().checked_add(it)),
        fuel: task.request_limits.fuel,
        ..Budget::default()
    }
}

/// RUN-6: the host's own work counts, too.
pub(crate) fn check_time(budget: &Budget, job: Job<'_>) -> Result<(), Outcome> {
    if budget.exhausted().is_some() {
        return Err(exhausted(Exhausted::Time, job));
    }
    Ok(())
}

/// RUN-6: takes what an instance has used off what is left. Growth that was refused is no
/// outcome (TRAP-2).
pub(crate) fn spend(
    instance: &mut dyn Instance,
    budget: &mut Budget,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let used = instance.finish();
    if used.refused_growths > 0 && job.errs(Mutation::RefusedGrowthFails) {
        return Err(refused(Code::Limit, "growth was refused"));
    }
    let fuel = used.fuel.unwrap_or(0);
    budget.fuel = budget.fuel.map(|left| left.saturating_sub(fuel));
    Ok(())
}
