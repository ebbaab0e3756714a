//! The meaning of plans without WebAssembly: an engine that interprets the plan
//! which a binary was encoded from. With the model on top it says what must come
//! out, and no WebAssembly engine has a part in that.

use std::sync::Arc;

use qip_cases::Task;
use qip_contract::{Limits, PAGE_BYTES, TrapKind, Value};
use qip_engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo, Exhausted,
    ExportId, Instance, Stop, Trap, Usage,
};

use super::{Function, Item, ModulePlan, Op, Operand, Plan, Scenario};

/// Knows the modules of one scenario, by their bytes.
#[derive(Debug)]
pub(crate) struct PlanEngine {
    info: EngineInfo,
    plans: Vec<(Vec<u8>, Arc<Plan>)>,
}

impl PlanEngine {
    /// `task` is the scenario's own.
    pub(crate) fn new(scenario: &Scenario, task: &Task) -> PlanEngine {
        let stages = scenario.stages.iter().zip(&task.stages);
        let plans = stages.filter_map(|(stage, encoded)| match &stage.module {
            ModulePlan::Built(plan) => {
                let wasm = encoded.module.binary().ok()?;
                Some((wasm.to_vec(), Arc::clone(plan)))
            }
            ModulePlan::Rubbish(_) => None,
        });
        let mut info = EngineInfo::new("plan", env!("CARGO_PKG_VERSION"));
        info.fuel = true;
        info.indirect_kinds = true;
        info.deterministic_floats = true;
        PlanEngine {
            info,
            plans: plans.collect(),
        }
    }
}

impl Engine for PlanEngine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let plan = self.plans.iter().find(|(wasm, _)| wasm == module.wasm);
        let (_, plan) = plan.ok_or_else(|| EngineError::new("there is no plan of this module"))?;
        Ok(Arc::new(Known {
            plan: Arc::clone(plan),
            exports: module.exports.to_vec(),
        }))
    }
}

/// A plan, and the exports that are asked for.
struct Known {
    plan: Arc<Plan>,
    exports: Vec<String>,
}

impl CompiledModule for Known {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        let plan = &self.plan;
        let most = plan.memory.max.unwrap_or(65_536);
        let most = u64::from(most).min(limits.memory_bytes / PAGE_BYTES);
        let globals = plan.exports.iter().filter_map(|export| match export.item {
            Item::Global { value, .. } => Some((export.name.clone(), value)),
            _ => None,
        });
        let mut machine = Machine {
            plan: Arc::clone(plan),
            exports: self.exports.clone(),
            memory: vec![0; pages(plan.memory.pages.into())],
            most_bytes: pages(most),
            globals: globals.collect(),
            budget: budget.clone(),
        };
        for (at, bytes) in &plan.data {
            let at = u64::from(*at);
            machine
                .range(at, bytes.len() as u64)?
                .copy_from_slice(bytes);
        }
        machine.ops(&plan.start, None)?;
        Ok(Box::new(machine))
    }
}

struct Machine {
    plan: Arc<Plan>,
    exports: Vec<String>,
    memory: Vec<u8>,
    most_bytes: usize,
    globals: Vec<(String, Value)>,
    budget: Budget,
}

impl Machine {
    /// A part of the memory, or the trap of leaving it.
    fn range(&mut self, at: u64, len: u64) -> Result<&mut [u8], Stop> {
        // Both are of 32 bits: the sum is exact.
        let range = usize::try_from(at).ok().zip(usize::try_from(at + len).ok());
        range
            .and_then(|(start, end)| self.memory.get_mut(start..end))
            .ok_or_else(|| trap(TrapKind::MemoryOutOfBounds))
    }

    fn ops(&mut self, ops: &[Op], param: Option<Value>) -> Result<(), Stop> {
        ops.iter().try_for_each(|op| self.op(op, param))
    }

    fn op(&mut self, op: &Op, param: Option<Value>) -> Result<(), Stop> {
        match op {
            Op::Grow(more) => {
                let size = pages(u64::from(*more)).saturating_add(self.memory.len());
                if size <= self.most_bytes {
                    self.memory.resize(size, 0);
                }
            }
            Op::Fill { at, byte, len } => {
                self.range((*at).into(), (*len).into())?.fill(*byte);
            }
            Op::CopyParam { to, from } => {
                let len = match param {
                    Some(Value::I32(len)) => u64::from(len.cast_unsigned()),
                    _ => return Err(no_meaning()),
                };
                let bytes = self.range((*from).into(), len)?.to_vec();
                self.range((*to).into(), len)?.copy_from_slice(&bytes);
            }
            Op::Store { at, byte } => self.range((*at).into(), 1)?.fill(*byte),
            Op::StoreParam { at } => {
                let bytes = match param {
                    Some(Value::I32(value)) => value.to_le_bytes().to_vec(),
                    Some(Value::I64(value)) => value.to_le_bytes().to_vec(),
                    Some(Value::F32(bits)) => bits.to_le_bytes().to_vec(),
                    Some(Value::F64(bits)) => bits.to_le_bytes().to_vec(),
                    None => return Err(no_meaning()),
                };
                let len = bytes.len() as u64;
                self.range((*at).into(), len)?.copy_from_slice(&bytes);
            }
            Op::Count { at } => {
                for byte in self.range((*at).into(), 1)? {
                    *byte = byte.wrapping_add(1);
                }
            }
            Op::Set { global, value } => {
                let place = self.globals.iter_mut().find(|(name, _)| name == global);
                let (_, place) = place.ok_or_else(no_meaning)?;
                *place = Value::I32(value.cast_signed());
            }
            Op::Trap(kind) => return Err(trap(*kind)),
            Op::Forever => {
                return Err(Stop::Exhausted(if self.budget.fuel.is_some() {
                    Exhausted::Fuel
                } else {
                    Exhausted::Time
                }));
            }
        }
        Ok(())
    }

    fn named_global(&self, name: &str) -> Result<Value, Stop> {
        let found = self.globals.iter().find(|(global, _)| global == name);
        found.map(|(_, value)| *value).ok_or_else(no_meaning)
    }

    fn operand(&self, operand: &Operand, param: Option<Value>) -> Result<Value, Stop> {
        match (operand, param) {
            (Operand::Const(value), _) => Ok(*value),
            (Operand::Param, Some(param)) => Ok(param),
            (Operand::Param, None) => Err(no_meaning()),
            (Operand::Global(name), _) => self.named_global(name),
        }
    }

    fn function(&self, export: ExportId) -> Result<Function, Stop> {
        let name = self.exports.get(export.0).ok_or_else(no_meaning)?;
        match self.plan.item(name) {
            Some(Item::Function(function)) => Ok(function.clone()),
            _ => Err(no_meaning()),
        }
    }
}

impl Instance for Machine {
    fn begin(&mut self, budget: &Budget) {
        self.budget = budget.clone();
    }

    fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        let name = self.exports.get(export.0).ok_or_else(no_meaning)?;
        self.named_global(name)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        let function = self.function(export)?;
        let param = args.first().copied();
        self.ops(&function.ops, param)?;
        let results = function.results.iter();
        let results: Result<Vec<Value>, Stop> =
            results.map(|result| self.operand(result, param)).collect();
        match results?[..] {
            [only] => Ok(Some(only)),
            _ => Ok(None),
        }
    }

    fn finish(&mut self) -> Usage {
        Usage {
            fuel: self.budget.fuel.map(|_| 0),
            memory_bytes: self.memory.len() as u64,
            refused_growths: 0,
        }
    }
}

fn pages(count: u64) -> usize {
    usize::try_from(count.saturating_mul(PAGE_BYTES)).unwrap_or(usize::MAX)
}

fn trap(kind: TrapKind) -> Stop {
    Stop::Trap(Box::new(Trap {
        kind,
        backtrace: Vec::new(),
    }))
}

/// What a valid module cannot ask. Reported, not panicked: it would be a fault of
/// a generator or of the model.
fn no_meaning() -> Stop {
    Stop::Engine(EngineError::new("the plan has no meaning for this"))
}
