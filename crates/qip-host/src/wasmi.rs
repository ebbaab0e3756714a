//! The wasmi engine: an interpreter, quick to start.

mod bounds;
mod detour;

use std::sync::Arc;

use ::wasmi::{
    CompilationMode, Config, Extern, F32, F64, Func, Global, Memory, ResumableCall, Store,
    TrapCode, Val,
};
use qip_contract::{Limits, TrapKind, Value};
use wasmi_core::LimiterError;

use crate::engine::growth::Growth;
use crate::engine::{
    Budget, Build, Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo,
    Exhausted, ExportId, Instance, Stop, Trap, Usage,
};

/// The version of wasmi, which says none itself: the one that the manifest insists on.
const VERSION: &str = "2.0.0";

/// Fuel between two looks at the clock: about 0.1 ms of work.
const SLICE: u64 = 100_000;

/// Calls that may be nested. wasmi's own limit of 1 000 is far below what a
/// compiled module reaches; its stack is on the heap and bounded by its own size.
const MAX_RECURSION: usize = 20_000;

/// The largest stack of values, in bytes.
const MAX_STACK_BYTES: usize = 16 << 20;

/// The wasmi engine.
pub struct Wasmi {
    info: EngineInfo,
}

impl Wasmi {
    /// The name that it gives itself.
    pub(crate) const NAME: &str = "wasmi";

    /// A wasmi engine.
    pub fn new() -> Wasmi {
        let mut info = EngineInfo::new(Wasmi::NAME, VERSION);
        info.fuel = true;
        info.indirect_kinds = true;
        // Compiled in by the cargo feature: it costs a few per cent at most.
        info.deterministic_floats = true;
        Wasmi { info }
    }
}

impl Default for Wasmi {
    fn default() -> Wasmi {
        Wasmi::new()
    }
}

fn config(metered: bool) -> Config {
    let mut config = Config::default();
    config
        .wasm_multi_memory(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_relaxed_simd(false)
        .wasm_simd(true)
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .set_max_recursion_depth(MAX_RECURSION)
        .set_max_stack_height(MAX_STACK_BYTES)
        // A module that has recursed once would keep that much.
        .set_max_cached_stacks(0)
        .ignore_custom_sections(true)
        // Fuel repeats only where translation is not charged to the first call.
        .compilation_mode(CompilationMode::Eager)
        .consume_fuel(metered);
    config
}

impl Engine for Wasmi {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        // The clock is looked at between slices of fuel.
        let metered = module.build.clock || module.build.fuel;
        let wasm = detour::around_faults(module.wasm);
        // One of its engines for each module: it keeps the code of all modules for as
        // long as it lives itself.
        let engine = ::wasmi::Engine::new(&config(metered));
        let compiled =
            ::wasmi::Module::new(&engine, &wasm).map_err(|error| {
                match bounds::exceeded(&wasm) {
                    Some(limit) => CompileError::Limit(limit),
                    None => failure(&error).into(),
                }
            })?;
        Ok(Arc::new(CompiledCode {
            module: compiled,
            exports: module.exports.into(),
            build: module.build,
        }))
    }
}

/// A compiled module.
struct CompiledCode {
    module: ::wasmi::Module,
    exports: Arc<[String]>,
    build: Build,
}

impl CompiledModule for CompiledCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        // A start function cannot be resumed. It can be run again, in a new store
        // with more fuel: nothing is imported, so nobody has seen the first attempt.
        let mut slice = SLICE;
        loop {
            let mut meter = Meter::new(self.build, budget);
            let mut store = Store::new(self.module.engine(), State::new(limits));
            store.limiter(|state| state);
            meter.refill(&mut store, slice);
            match ::wasmi::Instance::new(&mut store, &self.module, &[]) {
                Ok(instance) => {
                    let memory = instance.get_memory(&store, "memory");
                    return Ok(Box::new(Live {
                        store,
                        instance,
                        memory,
                        exports: Arc::clone(&self.exports),
                        handles: vec![None; self.exports.len()],
                        meter,
                    }));
                }
                Err(error) if error.as_trap_code() == Some(TrapCode::OutOfFuel) => {
                    // It had all the fuel there is, or less than that.
                    if meter.left == 0 {
                        return Err(Stop::Exhausted(Exhausted::Fuel));
                    }
                    meter.check(&store, 1)?;
                    slice = slice.saturating_mul(2);
                }
                Err(error) => return Err(instantiation(&error)),
            }
        }
    }
}

/// What a store carries: the limits that growth is held to.
struct State {
    growth: Growth,
}

impl State {
    fn new(limits: &Limits) -> State {
        State {
            growth: Growth::new(limits),
        }
    }
}

impl ::wasmi::ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.growth.grants_memory(desired, maximum))
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.growth.grants_table(desired, maximum))
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        1
    }
}

/// Counts a request's fuel and looks at its clock. The store gets fuel by slices;
/// what it has used up between two of them is taken off here.
struct Meter {
    build: Build,
    /// Of the whole request.
    budget: Budget,
    /// Fuel that the request has left, besides what the store holds.
    left: u64,
    /// Fuel given to the store with the last slice.
    given: u64,
}

impl Meter {
    fn new(build: Build, budget: &Budget) -> Meter {
        Meter {
            build,
            budget: budget.clone(),
            left: budget.countable_fuel(),
            given: 0,
        }
    }

    fn is_metered(&self) -> bool {
        self.build.clock || self.build.fuel
    }

    /// Gives the store up to `slice` of fuel; all that is left where no clock has
    /// to be looked at.
    fn refill(&mut self, store: &mut Store<State>, slice: u64) {
        if !self.is_metered() {
            return;
        }
        let held = store.get_fuel().unwrap_or(0);
        let all = self.left.saturating_add(held);
        let slice = if self.build.clock { slice } else { u64::MAX };
        let fuel = all.min(slice);
        self.left = all - fuel;
        self.given = fuel;
        // It fails only for an engine that counts no fuel.
        let _ = store.set_fuel(fuel);
    }

    /// Whether a request that wants `required` fuel at once may go on.
    fn check(&self, store: &Store<State>, required: u64) -> Result<(), Stop> {
        let held = store.get_fuel().unwrap_or(0);
        if self.left.saturating_add(held) < required.max(1) {
            return Err(Stop::Exhausted(Exhausted::Fuel));
        }
        match self.budget.exhausted() {
            Some(exhausted) => Err(Stop::Exhausted(exhausted)),
            None => Ok(()),
        }
    }

    /// Fuel used by the request so far.
    fn used(&self, store: &Store<State>) -> u64 {
        let held = store.get_fuel().unwrap_or(0);
        let all = self.budget.countable_fuel();
        all.saturating_sub(self.left.saturating_add(held))
    }
}

/// A live instance.
struct Live {
    store: Store<State>,
    instance: ::wasmi::Instance,
    memory: Option<Memory>,
    exports: Arc<[String]>,
    /// What has been used of the exports, by position: looked up once an instance.
    handles: Vec<Option<Handle>>,
    meter: Meter,
}

#[derive(Clone, Copy)]
enum Handle {
    Function { function: Func, results: usize },
    Global(Global),
}

impl Live {
    fn handle(&mut self, export: ExportId) -> Option<Handle> {
        if let Some(Some(handle)) = self.handles.get(export.0) {
            return Some(*handle);
        }
        let name = self.exports.get(export.0)?;
        let handle = match self.instance.get_export(&self.store, name)? {
            Extern::Func(function) => Handle::Function {
                function,
                results: function.ty(&self.store).results().len(),
            },
            Extern::Global(global) => Handle::Global(global),
            _ => return None,
        };
        self.handles[export.0] = Some(handle);
        Some(handle)
    }

    /// Calls a function in slices of fuel, until it ends or the budget does.
    fn call_in_slices(
        &mut self,
        function: Func,
        args: &[Val],
        results: &mut [Val],
    ) -> Result<(), Stop> {
        self.meter.refill(&mut self.store, SLICE);
        let mut call = function
            .call_resumable(&mut self.store, args, results)
            .map_err(|error| stop(&error))?;
        loop {
            match call {
                ResumableCall::Finished => return Ok(()),
                ResumableCall::OutOfFuel(paused) => {
                    // A bulk instruction asks for all its fuel at once: a smaller
                    // slice would never be enough.
                    let required = paused.required_fuel();
                    self.meter.check(&self.store, required)?;
                    self.meter.refill(&mut self.store, SLICE.max(required));
                    call = paused
                        .resume(&mut self.store, results)
                        .map_err(|error| stop(&error))?;
                }
                // Only a host function stops this way, and there is none (MOD-2).
                ResumableCall::HostTrap(_) => {
                    return Err(Stop::Engine(EngineError::new("a host function trapped")));
                }
            }
        }
    }
}

impl Instance for Live {
    fn begin(&mut self, budget: &Budget) {
        self.meter = Meter::new(self.meter.build, budget);
        if self.meter.is_metered() {
            // What the last request left in the store is not this one's.
            let _ = self.store.set_fuel(0);
        }
        self.store.data_mut().growth.refused = 0;
    }

    fn memory(&mut self) -> &mut [u8] {
        match self.memory {
            Some(memory) => memory.data_mut(&mut self.store),
            None => &mut [],
        }
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        match self.handle(export) {
            Some(Handle::Global(global)) => from_val(&global.get(&self.store)),
            _ => None,
        }
        .ok_or_else(|| Stop::Engine(EngineError::new("no such exported global")))
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        let Some(Handle::Function { function, results }) = self.handle(export) else {
            return Err(Stop::Engine(EngineError::new("no such exported function")));
        };
        let mut vals = [Val::I32(0), Val::I32(0)];
        for (val, arg) in vals.iter_mut().zip(args) {
            *val = to_val(*arg);
        }
        let args = vals.get(..args.len()).ok_or_else(|| {
            Stop::Engine(EngineError::new("no export of the contract takes so many"))
        })?;
        // The contract's functions have one result or none; setters may have any.
        let mut one = [Val::I32(0)];
        let mut many;
        let results = match results {
            0 => &mut one[..0],
            1 => &mut one[..],
            count => {
                many = vec![Val::I32(0); count];
                &mut many[..]
            }
        };
        if self.meter.is_metered() {
            self.call_in_slices(function, args, results)?;
        } else {
            function
                .call(&mut self.store, args, results)
                .map_err(|error| stop(&error))?;
        }
        Ok(match results {
            [result] => from_val(result),
            _ => None,
        })
    }

    fn finish(&mut self) -> Usage {
        Usage {
            fuel: self.meter.build.fuel.then(|| self.meter.used(&self.store)),
            memory_bytes: self
                .memory
                .map_or(0, |memory| memory.data_size(&self.store) as u64),
            refused_growths: self.store.data().growth.refused,
        }
    }
}

fn to_val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(bits)),
    }
}

fn from_val(value: &Val) -> Option<Value> {
    match value {
        Val::I32(value) => Some(Value::I32(*value)),
        Val::I64(value) => Some(Value::I64(*value)),
        Val::F32(value) => Some(Value::F32(value.to_bits())),
        Val::F64(value) => Some(Value::F64(value.to_bits())),
        _ => None,
    }
}

/// What ended execution.
#[cold]
fn stop(error: &::wasmi::Error) -> Stop {
    let kind = match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => TrapKind::Unreachable,
        Some(TrapCode::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
        Some(TrapCode::TableOutOfBounds) => TrapKind::TableOutOfBounds,
        Some(TrapCode::IndirectCallToNull) => TrapKind::IndirectCallToNull,
        Some(TrapCode::BadSignature) => TrapKind::BadSignature,
        Some(TrapCode::IntegerOverflow) => TrapKind::IntegerOverflow,
        Some(TrapCode::IntegerDivisionByZero) => TrapKind::IntegerDivideByZero,
        Some(TrapCode::BadConversionToInteger) => TrapKind::BadConversionToInteger,
        Some(TrapCode::StackOverflow) => TrapKind::StackOverflow,
        Some(TrapCode::OutOfFuel) => return Stop::Exhausted(Exhausted::Fuel),
        Some(TrapCode::GrowthOperationLimited | TrapCode::OutOfSystemMemory) | None => {
            return Stop::Engine(failure(error));
        }
    };
    Stop::Trap(Box::new(Trap {
        kind,
        backtrace: Vec::new(),
    }))
}

/// As [`stop`], for what instantiation alone can meet: a segment that does not fit
/// is an error of its own in wasmi, not a trap code.
#[cold]
fn instantiation(error: &::wasmi::Error) -> Stop {
    use ::wasmi::errors::{ErrorKind, InstantiationError};

    let kind = match error.kind() {
        ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => {
            TrapKind::TableOutOfBounds
        }
        _ => return stop(error),
    };
    Stop::Trap(Box::new(Trap {
        kind,
        backtrace: Vec::new(),
    }))
}

/// wasmi's own failure as text.
#[cold]
fn failure(error: &::wasmi::Error) -> EngineError {
    EngineError::new(error.to_string().replace('\n', " "))
}
