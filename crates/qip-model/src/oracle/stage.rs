//! A stage that nothing is left to say against, and what it may use.

use std::sync::Arc;
use std::time::Instant;

use qip_cases::{Module, Outcome, Task};
use qip_contract::{Code, Limits, Signature};
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
        // Only handed over: the seam asks for it, the model never looks into it. The limits
        // have been looked at.
        let signature = Signature::read(wasm, &without_sizes(&task.limits)).map_err(|refusal| {
            Outcome::broken(format!(
                "the two readings differ: the model takes a module that is {}",
                refusal.code()
            ))
        })?;
        let compile = Compile {
            wasm,
            signature: &signature,
            exports: &plan.exports,
            build: Build {
                clock: task.limits.time.is_some(),
                fuel: task.limits.fuel.is_some(),
                floats: task.options.floats,
            },
            limits: &task.limits,
        };
        let code = engine.compile(&compile).map_err(|error| match error {
            // LIM-1: an engine may have limits of its own.
            CompileError::Limit(limit) => refused(Code::Limit, limit.refusal().to_string()),
            CompileError::Lacks(feature) => Outcome::Unsupported {
                capability: feature.into(),
            },
            CompileError::Engine(error) => Outcome::broken(error.to_string()),
        })?;
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

/// The limits with none on what a module declares.
pub(crate) fn without_sizes(limits: &Limits) -> Limits {
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

/// RUN-6: what one request may use, over all its stages.
pub(crate) fn budget(task: &Task) -> Budget {
    let time = task.limits.time;
    Budget {
        deadline: time.and_then(|it| Instant::now().checked_add(it)),
        fuel: task.limits.fuel,
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
