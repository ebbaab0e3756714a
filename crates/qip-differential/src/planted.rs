//! Engines that are broken on purpose: whether the search finds what is there.

use std::sync::Arc;

use qip_contract::{Limits, Signature, TrapKind, Value};
use qip_engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo, ExportId,
    Instance, Stop, Usage,
};
use qip_host::wasmi::Wasmi;
use wasm_encoder::Instruction;
use wasm_encoder::reencode::{self, Reencode};

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Bug {
    /// `i32.shr_s` shifts in zeros.
    Shift,
    /// Overflow of an integer is told as a division by zero.
    TrapKind,
    /// The host sees the memory as it was before it grew.
    StaleMemory,
    /// The process is aborted where there is a `memory.fill`.
    Abort,
}

impl Bug {
    /// The name that the command line has for it.
    pub fn name(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// The bug in the engine of this name.
    pub fn of_engine(name: &str) -> Option<Bug> {
        let bug = name.strip_prefix("planted-")?;
        clap::ValueEnum::from_str(bug, false).ok()
    }
}

/// wasmi with a bug.
pub struct Planted {
    inner: Wasmi,
    info: EngineInfo,
    bug: Bug,
}

impl Planted {
    /// wasmi with this bug, under the name `planted-<bug>`.
    pub fn new(bug: Bug) -> Planted {
        let inner = Wasmi::new();
        let mut info = inner.info().clone();
        info.name = format!("planted-{}", bug.name());
        Planted { inner, info, bug }
    }
}

impl Engine for Planted {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        if self.bug == Bug::Abort && has_fill(module.wasm) {
            std::process::abort();
        }
        let code = if self.bug == Bug::Shift {
            let unreadable = || EngineError::new("the module cannot be rewritten");
            let wasm = with_zeros_shifted_in(module.wasm).ok_or_else(unreadable)?;
            let signature = Signature::read(&wasm, module.limits).map_err(|_| unreadable())?;
            self.inner.compile(&Compile {
                wasm: &wasm,
                signature: &signature,
                ..*module
            })?
        } else {
            self.inner.compile(module)?
        };
        Ok(Arc::new(PlantedCode {
            inner: code,
            bug: self.bug,
        }))
    }
}

struct PlantedCode {
    inner: Arc<dyn CompiledModule>,
    bug: Bug,
}

impl CompiledModule for PlantedCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        let bug = self.bug;
        let inner = self.inner.instantiate(limits, budget);
        let mut inner = inner.map_err(|stop| told_by(bug, stop))?;
        Ok(Box::new(PlantedInstance {
            first_len: inner.memory().len(),
            inner,
            bug,
        }))
    }
}

struct PlantedInstance {
    inner: Box<dyn Instance>,
    first_len: usize,
    bug: Bug,
}

impl Instance for PlantedInstance {
    fn begin(&mut self, budget: &Budget) {
        self.inner.begin(budget);
    }

    fn memory(&mut self) -> &mut [u8] {
        let memory = self.inner.memory();
        match self.bug {
            Bug::StaleMemory => &mut memory[..self.first_len],
            _ => memory,
        }
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        self.inner.global(export)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        let result = self.inner.call(export, args);
        result.map_err(|stop| told_by(self.bug, stop))
    }

    fn finish(&mut self) -> Usage {
        self.inner.finish()
    }
}

fn told_by(bug: Bug, mut stop: Stop) -> Stop {
    if let Stop::Trap(trap) = &mut stop
        && bug == Bug::TrapKind
        && trap.kind == TrapKind::IntegerOverflow
    {
        trap.kind = TrapKind::IntegerDivideByZero;
    }
    stop
}

fn has_fill(wasm: &[u8]) -> bool {
    let bodies = wasmparser::Parser::new(0)
        .parse_all(wasm)
        .filter_map(|payload| match payload {
            Ok(wasmparser::Payload::CodeSectionEntry(body)) => body.get_operators_reader().ok(),
            _ => None,
        });
    bodies
        .flatten()
        .any(|operator| matches!(operator, Ok(wasmparser::Operator::MemoryFill { .. })))
}

fn with_zeros_shifted_in(wasm: &[u8]) -> Option<Vec<u8>> {
    struct Shifts;

    impl Reencode for Shifts {
        type Error = std::convert::Infallible;

        fn instruction<'a>(
            &mut self,
            operator: wasmparser::Operator<'a>,
        ) -> Result<Instruction<'a>, reencode::Error<Self::Error>> {
            match operator {
                wasmparser::Operator::I32ShrS => Ok(Instruction::I32ShrU),
                other => reencode::utils::instruction(self, other),
            }
        }
    }

    let mut module = wasm_encoder::Module::new();
    Shifts
        .parse_core_module(&mut module, wasmparser::Parser::new(0), wasm)
        .ok()?;
    Some(module.finish())
}
