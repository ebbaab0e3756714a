//! The wasmtime engine: compiles to machine code with Cranelift.

mod ticker;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[cfg(feature = "winch")]
use ::wasmtime::Strategy;
use ::wasmtime::{
    Config, Enabled, Extern, ExternType, Func, Global, InstanceAllocationStrategy, InstancePre,
    Memory, ModuleExport, PoolConcurrencyLimitError, PoolingAllocationConfig, Store,
    UpdateDeadline, Val, ValRaw, ValType, WasmBacktrace, WasmBacktraceDetails, WasmFeatures,
};
use cranelift_codegen::CodegenError;
use qip_contract::{Floats, Limits, Signature, TrapKind, Value};
use ticker::Armed;
use wasmtime_environ::CompileError as Untranslated;

use crate::engine::growth::Growth;
use crate::engine::{
    Budget, Build, Compile, CompileError, CompiledModule, Engine, EngineError, EngineInfo,
    EngineLimit, Exhausted, ExportId, Feature, Frame, Instance, SourcePlace, Stop, Trap, Usage,
};

/// The most virtual registers that Cranelift can give to the code of one function
/// (`VReg::MAX` of regalloc2).
const REGISTERS: u64 = (1 << 21) - 1;

/// Memory of a pool's slot that stays mapped for the next instance, in bytes, where
/// the system can say which pages were touched (PAGEMAP_SCAN, Linux 6.7), and where
/// it cannot, so that all of it is zeroed each time.
const RESIDENT_BYTES: usize = 1 << 20;
const RESIDENT_BYTES_BLIND: usize = 64 << 10;

/// What makes code of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compiler {
    /// Machine code, optimised.
    #[default]
    Cranelift,
    /// Machine code in one pass: it is there sooner and runs more slowly. Lacks tail calls
    /// and `externref`, and cannot make NaN deterministic. A module may use 1 MiB of the
    /// thread's stack. On x86-64 and AArch64 only.
    #[cfg(feature = "winch")]
    Winch,
    /// Code for an interpreter, on every machine that Rust compiles for.
    #[cfg(feature = "pulley")]
    Pulley,
}

impl Compiler {
    /// Stack that a module may use, in bytes.
    fn stack_bytes(self) -> usize {
        match self {
            // It keeps every local on the stack: room for all that LIM-1 allows.
            #[cfg(feature = "winch")]
            Compiler::Winch => 1 << 20,
            _ => 512 << 10,
        }
    }

    /// The name of the engine with this compiler.
    pub(crate) const fn engine_name(self) -> &'static str {
        match self {
            Compiler::Cranelift => "wasmtime",
            #[cfg(feature = "winch")]
            Compiler::Winch => "wasmtime-winch",
            #[cfg(feature = "pulley")]
            Compiler::Pulley => "wasmtime-pulley",
        }
    }

    fn info(self) -> EngineInfo {
        let mut info = EngineInfo::new(self.engine_name(), wasmtime_environ::VERSION);
        info.fuel = true;
        info.backtrace = true;
        info.indirect_kinds = true;
        info.deterministic_floats = true;
        #[cfg(feature = "winch")]
        if self == Compiler::Winch {
            info.lacks = &[Feature::TailCall, Feature::Externref];
            info.deterministic_floats = false;
        }
        info
    }
}

/// How the engine is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// What makes code of a module.
    pub compiler: Compiler,
    /// Instances that a pool has room for. More live at the same time are made on
    /// demand, which takes longer. 0 is no pool.
    pub pool_slots: u32,
    /// The largest memory, in bytes, that a pool's slot can hold. A module whose
    /// memory may grow beyond is instantiated on demand. At most 4 GiB.
    pub pool_slot_bytes: u64,
}

impl Default for Configuration {
    /// 256 slots of 1 GiB, which is the memory limit of LIM-1. A slot is address
    /// space; it takes real memory only as a module touches it.
    fn default() -> Configuration {
        Configuration {
            compiler: Compiler::Cranelift,
            pool_slots: 256,
            pool_slot_bytes: 1 << 30,
        }
    }
}

/// The wasmtime engine.
///
/// A module may use 512 KiB of the stack of the thread that calls it. The thread must
/// have more than that, 1 MiB say: on a smaller one a module that recurses without end
/// overflows the thread's own stack, which ends the process. Rust's threads have 2 MiB.
pub struct Wasmtime {
    info: EngineInfo,
    configuration: Configuration,
    /// Metering and NaN mode belong to an engine's configuration, so there is one
    /// for each build that was asked for.
    builds: Mutex<HashMap<Build, Arc<Engines>>>,
}

/// The engines of one build. Both compile the same code; they differ in where an
/// instance's memory comes from.
struct Engines {
    pooling: Option<::wasmtime::Engine>,
    on_demand: ::wasmtime::Engine,
}

impl Wasmtime {
    /// An engine with the default configuration.
    ///
    /// Nothing is set up before the first module is loaded: where wasmtime does not
    /// support the machine, loading says so.
    pub fn new() -> Wasmtime {
        Wasmtime::with(Configuration::default())
    }

    /// An engine set up as told.
    pub fn with(configuration: Configuration) -> Wasmtime {
        Wasmtime {
            info: configuration.compiler.info(),
            configuration,
            builds: Mutex::default(),
        }
    }

    fn engines(&self, build: Build) -> Result<Arc<Engines>, EngineError> {
        // Nothing is left half-done in the map by a panic.
        let mut builds = self.builds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engines) = builds.get(&build) {
            return Ok(Arc::clone(engines));
        }
        let on_demand =
            ::wasmtime::Engine::new(&self.config(build)?).map_err(|error| failure(&error))?;
        // A pool reserves address space at once. Where there is none to be had
        // (`ulimit -v`, a small machine) every instance is made on demand.
        let pooling = (self.configuration.pool_slots > 0)
            .then(|| {
                let mut config = self.config(build).ok()?;
                config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(
                    self.configuration,
                )));
                ::wasmtime::Engine::new(&config).ok()
            })
            .flatten();
        if build.clock {
            ticker::register(pooling.iter().chain([&on_demand])).map_err(|error| {
                EngineError::new("no thread for time limits can be started").because(error)
            })?;
        }
        let engines = Arc::new(Engines { pooling, on_demand });
        builds.insert(build, Arc::clone(&engines));
        Ok(engines)
    }

    /// The configuration of wasmtime for a build.
    fn config(&self, build: Build) -> Result<Config, EngineError> {
        let lacks = |feature| self.info.lacks.contains(&feature);
        let mut config = Config::new();
        match self.configuration.compiler {
            Compiler::Cranelift => {}
            #[cfg(feature = "winch")]
            Compiler::Winch => {
                config.strategy(Strategy::Winch);
            }
            #[cfg(feature = "pulley")]
            Compiler::Pulley => {
                config.target("pulley64").map_err(|error| failure(&error))?;
            }
        }
        // MOD-8: what the contract's features leave out is off, so that the engine
        // stands ready for no more than validation lets through.
        config
            .wasm_features(
                WasmFeatures::GC
                    | WasmFeatures::FUNCTION_REFERENCES
                    | WasmFeatures::EXCEPTIONS
                    | WasmFeatures::THREADS
                    | WasmFeatures::MEMORY64
                    | WasmFeatures::MULTI_MEMORY
                    | WasmFeatures::RELAXED_SIMD,
                false,
            )
            .wasm_tail_call(!lacks(Feature::TailCall))
            .wasm_extended_const(true)
            .wasm_backtrace_details(WasmBacktraceDetails::Enable)
            .max_wasm_stack(self.configuration.compiler.stack_bytes())
            .epoch_interruption(build.clock)
            .consume_fuel(build.fuel);
        if build.floats == Floats::Deterministic {
            config.cranelift_nan_canonicalization(true);
        }
        Ok(config)
    }

    /// Why a valid module was not compiled.
    #[cold]
    fn compile_failure(&self, wasm: &[u8], error: &::wasmtime::Error) -> CompileError {
        let mut lacks = self.info.lacks.iter();
        match lacks.find(|feature| needs(wasm, **feature)) {
            Some(feature) => CompileError::Lacks(*feature),
            None => too_large(error).unwrap_or_else(|| failure(error).into()),
        }
    }

    /// Whether a pool's slot never gets in a module's way: what a slot bounds,
    /// `memory.grow` would be refused where another engine grants it.
    fn fits_pool(&self, signature: &Signature, limits: &Limits) -> bool {
        let (tables, entries) = signature.table_bound(limits);
        signature.memory_bound(limits) <= self.configuration.pool_slot_bytes
            && tables <= POOL_TABLES
            && entries <= POOL_TABLE_ENTRIES as u64
    }
}

const POOL_TABLES: usize = 1;
const POOL_TABLE_ENTRIES: usize = 20_000;

impl Default for Wasmtime {
    fn default() -> Wasmtime {
        Wasmtime::new()
    }
}

fn pool(configuration: Configuration) -> PoolingAllocationConfig {
    let slots = configuration.pool_slots;
    let mut pool = PoolingAllocationConfig::new();
    let resident = if PoolingAllocationConfig::is_pagemap_scan_available() {
        RESIDENT_BYTES
    } else {
        RESIDENT_BYTES_BLIND
    };
    pool.total_core_instances(slots)
        .total_memories(slots)
        .total_tables(slots)
        .max_tables_per_module(POOL_TABLES as u32)
        .table_elements(POOL_TABLE_ENTRIES)
        .max_memory_size(usize::try_from(configuration.pool_slot_bytes).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(resident)
        .table_keep_resident(RESIDENT_BYTES_BLIND)
        .pagemap_scan(Enabled::Auto);
    pool
}

impl Engine for Wasmtime {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let engines = self.engines(module.build)?;
        let pooled = engines
            .pooling
            .as_ref()
            .filter(|_| self.fits_pool(module.signature, module.limits))
            // The pool has room for less than the engine in ways that are its own
            // (the number of globals, say): a module that it refuses is no failure.
            .and_then(|engine| ::wasmtime::Module::new(engine, module.wasm).ok());
        let is_pooled = pooled.is_some();
        let compiled = match pooled {
            Some(compiled) => compiled,
            None => ::wasmtime::Module::new(&engines.on_demand, module.wasm)
                .map_err(|error| self.compile_failure(module.wasm, &error))?,
        };
        Ok(Arc::new(CompiledCode {
            main: Linked::new(&compiled, module.exports)?,
            // Kept for the time when the pool is full.
            overflow: is_pooled.then(|| Overflow {
                engine: engines.on_demand.clone(),
                compiled,
                exports: module.exports.to_vec(),
                linked: OnceLock::new(),
            }),
            build: module.build,
        }))
    }
}

/// A compiled module.
struct CompiledCode {
    main: Linked,
    overflow: Option<Overflow>,
    build: Build,
}

/// Code that is ready to instantiate on one engine.
struct Linked {
    pre: InstancePre<State>,
    exports: Arc<Exports>,
}

/// The same code for the engine without a pool, made when it is first needed.
struct Overflow {
    engine: ::wasmtime::Engine,
    compiled: ::wasmtime::Module,
    exports: Vec<String>,
    linked: OnceLock<Result<Linked, String>>,
}

/// The exports of a module, by position.
struct Exports {
    memory: ModuleExport,
    used: Vec<Export>,
}

struct Export {
    index: ModuleExport,
    shape: Shape,
}

/// What an export is, as far as calling it goes: the types that every request and every
/// tile calls are known beforehand, so that no instance has to look.
#[derive(Clone, Copy)]
enum Shape {
    /// `() -> i32`
    Getter,
    /// `(i32) -> i32`
    Entry,
    /// `(f32, f32) -> ()`
    Tile,
    /// A global, or a function of another type.
    Other,
}

impl Shape {
    fn of(ty: &ExternType) -> Shape {
        let ExternType::Func(function) = ty else {
            return Shape::Other;
        };
        let is_i32 = |ty: ValType| matches!(ty, ValType::I32);
        let is_f32 = |ty: ValType| matches!(ty, ValType::F32);
        if function.results().len() == 0
            && function.params().len() == 2
            && function.params().all(is_f32)
        {
            return Shape::Tile;
        }
        if function.results().len() != 1 || !function.results().all(is_i32) {
            return Shape::Other;
        }
        match function.params().len() {
            0 => Shape::Getter,
            1 if function.params().all(is_i32) => Shape::Entry,
            _ => Shape::Other,
        }
    }
}

impl Linked {
    fn new(compiled: &::wasmtime::Module, exports: &[String]) -> Result<Linked, EngineError> {
        let export = |name: &str| {
            let found = compiled
                .get_export_index(name)
                .zip(compiled.get_export(name));
            let (index, ty) = found.ok_or_else(|| {
                EngineError::new(format!("no export `{}`", qip_contract::quote(name)))
            })?;
            Ok(Export {
                index,
                shape: Shape::of(&ty),
            })
        };
        Ok(Linked {
            // The module imports nothing (MOD-2), so an empty linker serves it.
            pre: ::wasmtime::Linker::new(compiled.engine())
                .instantiate_pre(compiled)
                .map_err(|error| failure(&error))?,
            exports: Arc::new(Exports {
                memory: export("memory")?.index,
                used: exports
                    .iter()
                    .map(|name| export(name))
                    .collect::<Result<_, EngineError>>()?,
            }),
        })
    }

    fn instantiate(
        &self,
        build: Build,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Live, ::wasmtime::Error> {
        let mut store = Store::new(self.pre.module().engine(), State::new(limits));
        store.limiter(|state| state);
        if build.clock {
            store.epoch_deadline_callback(|store| {
                Ok(match store.data().budget.exhausted() {
                    Some(_) => UpdateDeadline::Interrupt,
                    None => UpdateDeadline::Continue(1),
                })
            });
        }
        let armed = arm(&mut store, build, budget);
        let instance = self.pre.instantiate(&mut store)?;
        let memory = instance
            .get_module_export(&mut store, &self.exports.memory)
            .and_then(Extern::into_memory);
        Ok(Live {
            store,
            instance,
            memory,
            exports: Arc::clone(&self.exports),
            handles: Vec::new(),
            build,
            armed,
            memory_bytes: None,
        })
    }
}

/// Gives a store the budget of a request.
fn arm(store: &mut Store<State>, build: Build, budget: &Budget) -> Option<Armed> {
    store.data_mut().budget = budget.clone();
    if build.fuel {
        // It fails only for an engine that counts no fuel.
        let _ = store.set_fuel(budget.countable_fuel());
    }
    if build.clock {
        store.set_epoch_deadline(1);
    }
    // Nothing ticks for a request that nothing ends.
    (budget.deadline.is_some() || budget.cancel.is_some()).then(Armed::new)
}

/// What a store carries: the limits that growth is held to, and those of the request.
struct State {
    growth: Growth,
    budget: Budget,
}

impl State {
    fn new(limits: &Limits) -> State {
        State {
            growth: Growth::new(limits),
            budget: Budget::default(),
        }
    }
}

impl ::wasmtime::ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> ::wasmtime::Result<bool> {
        Ok(self.growth.grants_memory(desired, maximum))
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> ::wasmtime::Result<bool> {
        Ok(self.growth.grants_table(desired, maximum))
    }
}

impl CompiledModule for CompiledCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        match self.main.instantiate(self.build, limits, budget) {
            Ok(live) => Ok(Box::new(live)),
            Err(error) => self.overflow(&error, limits, budget),
        }
    }
}

impl CompiledCode {
    /// Instantiates on demand where the pool was full; else says what stopped it.
    #[cold]
    fn overflow(
        &self,
        error: &::wasmtime::Error,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Box<dyn Instance>, Stop> {
        match &self.overflow {
            Some(overflow) if error.is::<PoolConcurrencyLimitError>() => {
                let linked = overflow
                    .linked
                    .get_or_init(|| overflow.link().map_err(|error| error.to_string()))
                    .as_ref()
                    .map_err(|message| Stop::Engine(EngineError::new(message.as_str())))?;
                match linked.instantiate(self.build, limits, budget) {
                    Ok(live) => Ok(Box::new(live)),
                    Err(error) => Err(stop(&error, budget)),
                }
            }
            _ => Err(stop(error, budget)),
        }
    }
}

impl Overflow {
    #[expect(unsafe_code, reason = "wasmtime can take compiled code only as bytes")]
    fn link(&self) -> Result<Linked, EngineError> {
        let bytes = self.compiled.serialize().map_err(|error| failure(&error))?;
        // SAFETY: the bytes are what this very build of wasmtime serialised on the
        // line above; nobody could change them in between.
        let compiled = unsafe { ::wasmtime::Module::deserialize(&self.engine, &bytes) }
            .map_err(|error| failure(&error))?;
        Linked::new(&compiled, &self.exports)
    }
}

/// A live instance.
struct Live {
    store: Store<State>,
    instance: ::wasmtime::Instance,
    memory: Option<Memory>,
    exports: Arc<Exports>,
    /// What has been used of the exports, by position: looked up once an instance.
    handles: Vec<Option<Handle>>,
    build: Build,
    /// Keeps the ticker awake while a request runs.
    armed: Option<Armed>,
    /// The size of the memory, where no call has been made since it was looked at.
    memory_bytes: Option<u64>,
}

/// An export of an instance that has been looked up.
#[derive(Clone, Copy)]
enum Handle {
    Function(Func, Shape),
    Global(Global),
}

impl Live {
    /// Looks an export up, the first time that an instance uses it.
    #[inline(never)]
    fn resolve(&mut self, export: ExportId) -> Option<Handle> {
        let Export { index, shape } = self.exports.used.get(export.0)?;
        let handle = match self.instance.get_module_export(&mut self.store, index)? {
            Extern::Func(function) => Handle::Function(function, *shape),
            Extern::Global(global) => Handle::Global(global),
            _ => return None,
        };
        if self.handles.is_empty() {
            self.handles.resize(self.exports.used.len(), None);
        }
        self.handles[export.0] = Some(handle);
        Some(handle)
    }
}

impl Instance for Live {
    fn begin(&mut self, budget: &Budget) {
        self.armed = arm(&mut self.store, self.build, budget);
        self.store.data_mut().growth.refused = 0;
    }

    fn memory(&mut self) -> &mut [u8] {
        let memory = match self.memory {
            Some(memory) => memory.data_mut(&mut self.store),
            None => &mut [],
        };
        self.memory_bytes = Some(memory.len() as u64);
        memory
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        let handle = match self.handles.get(export.0) {
            Some(Some(handle)) => Some(*handle),
            _ => self.resolve(export),
        };
        match handle {
            Some(Handle::Global(global)) => from_val(&global.get(&mut self.store)),
            _ => None,
        }
        .ok_or_else(|| Stop::Engine(EngineError::new("no such exported global")))
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        self.memory_bytes = None;
        // Most calls find their export looked up already: no more is read than needed.
        let (function, shape) = match self.handles.get(export.0) {
            Some(Some(Handle::Function(function, shape))) => (*function, *shape),
            _ => match self.resolve(export) {
                Some(Handle::Function(function, shape)) => (function, shape),
                _ => return Err(Stop::Engine(EngineError::new("no such exported function"))),
            },
        };
        let result = match (shape, args) {
            (Shape::Getter, []) => call_to_i32(&mut self.store, function, 0),
            (Shape::Entry, [Value::I32(arg)]) => call_to_i32(&mut self.store, function, *arg),
            (Shape::Tile, [Value::F32(x), Value::F32(y)]) => {
                call_tile(&mut self.store, function, *x, *y)
            }
            _ => call_untyped(&mut self.store, function, args),
        };
        result.map_err(|error| stop(&error, &self.store.data().budget))
    }

    fn finish(&mut self) -> Usage {
        self.armed = None;
        let state = self.store.data();
        Usage {
            fuel: self
                .build
                .fuel
                .then(|| self.store.get_fuel().ok())
                .flatten()
                .map(|left| state.budget.countable_fuel().saturating_sub(left)),
            memory_bytes: self.memory_bytes.unwrap_or_else(|| {
                self.memory
                    .map_or(0, |memory| memory.data_size(&self.store) as u64)
            }),
            refused_growths: state.growth.refused,
        }
    }
}

/// Calls a function `() -> i32` or `(i32) -> i32`; the first takes no notice of the
/// argument.
#[expect(
    unsafe_code,
    reason = "a typed handle takes 0.2 µs to make, for each export of each instance"
)]
fn call_to_i32(
    store: &mut Store<State>,
    function: Func,
    arg: i32,
) -> ::wasmtime::Result<Option<Value>> {
    let mut values = [ValRaw::i32(arg)];
    // SAFETY: the type of this very export of this very module was read when the
    // module was linked (`Shape::of`), so one value is room for what goes in and for
    // what comes out, and both are i32. The function is of this store's instance.
    unsafe { function.call_unchecked(store, &raw mut values)? };
    Ok(Some(Value::I32(values[0].get_i32())))
}

/// Calls a function `(f32, f32) -> ()`, given the bits.
#[expect(unsafe_code, reason = "as for calls to i32, for each tile")]
fn call_tile(
    store: &mut Store<State>,
    function: Func,
    x: u32,
    y: u32,
) -> ::wasmtime::Result<Option<Value>> {
    let mut values = [ValRaw::f32(x), ValRaw::f32(y)];
    // SAFETY: the type of this very export of this very module was read when the
    // module was linked (`Shape::of`), so two values are room for what goes in, both are
    // f32, and nothing comes out. The function is of this store's instance.
    unsafe { function.call_unchecked(store, &raw mut values)? };
    Ok(None)
}

/// Calls a function of any type: a uniform's setter, or a getter that the lenient
/// reading takes.
fn call_untyped(
    store: &mut Store<State>,
    function: Func,
    args: &[Value],
) -> ::wasmtime::Result<Option<Value>> {
    let args: Vec<Val> = args.iter().map(|value| to_val(*value)).collect();
    let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
    function.call(store, &args, &mut results)?;
    Ok(match &results[..] {
        [one] => from_val(one),
        _ => None,
    })
}

fn to_val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
    }
}

fn from_val(value: &Val) -> Option<Value> {
    match value {
        Val::I32(value) => Some(Value::I32(*value)),
        Val::I64(value) => Some(Value::I64(*value)),
        Val::F32(bits) => Some(Value::F32(*bits)),
        Val::F64(bits) => Some(Value::F64(*bits)),
        _ => None,
    }
}

/// What ended execution.
#[cold]
fn stop(error: &::wasmtime::Error, budget: &Budget) -> Stop {
    use ::wasmtime::Trap as Theirs;

    let kind = match error.downcast_ref::<Theirs>() {
        Some(Theirs::UnreachableCodeReached) => TrapKind::Unreachable,
        Some(Theirs::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
        Some(Theirs::TableOutOfBounds) => TrapKind::TableOutOfBounds,
        Some(Theirs::IndirectCallToNull) => TrapKind::IndirectCallToNull,
        Some(Theirs::BadSignature) => TrapKind::BadSignature,
        Some(Theirs::IntegerOverflow) => TrapKind::IntegerOverflow,
        Some(Theirs::IntegerDivisionByZero) => TrapKind::IntegerDivideByZero,
        Some(Theirs::BadConversionToInteger) => TrapKind::BadConversionToInteger,
        Some(Theirs::StackOverflow) => TrapKind::StackOverflow,
        Some(Theirs::Interrupt) => {
            return Stop::Exhausted(budget.exhausted().unwrap_or(Exhausted::Time));
        }
        Some(Theirs::OutOfFuel) => return Stop::Exhausted(Exhausted::Fuel),
        // The feature set has no other trap.
        _ => return Stop::Engine(failure(error)),
    };
    let backtrace = error
        .downcast_ref::<WasmBacktrace>()
        .map(|backtrace| backtrace.frames().iter().map(frame).collect())
        .unwrap_or_default();
    Stop::Trap(Box::new(Trap { kind, backtrace }))
}

fn frame(frame: &::wasmtime::FrameInfo) -> Frame {
    Frame {
        index: frame.func_index(),
        name: frame.func_name().map(str::to_owned),
        offset: frame.module_offset().map(|offset| offset as u64),
        source: frame.symbols().iter().find_map(|symbol| {
            Some(SourcePlace {
                line: symbol.line()?,
                column: symbol.column()?,
            })
        }),
    }
}

/// Whether a valid module needs a feature: without it, it is invalid.
fn needs(wasm: &[u8], feature: Feature) -> bool {
    let feature = match feature {
        Feature::TailCall => wasmparser::WasmFeatures::TAIL_CALL,
        Feature::ExtendedConst => wasmparser::WasmFeatures::EXTENDED_CONST,
        // Of the types that this turns off, validation lets no other through (MOD-8).
        Feature::Externref => wasmparser::WasmFeatures::GC_TYPES,
    };
    let without = qip_contract::features().difference(feature);
    wasmparser::Validator::new_with_features(without)
        .validate_all(wasm)
        .is_err()
}

/// The limit of the compiler that a valid module is over. Cranelift stops at the first value
/// for which no virtual register is left; how many instructions that takes depends on the
/// code.
fn too_large(error: &::wasmtime::Error) -> Option<CompileError> {
    let too_large = CodegenError::CodeTooLarge.to_string();
    match error.downcast_ref() {
        Some(Untranslated::Codegen(why)) if *why == too_large => {
            Some(CompileError::Limit(EngineLimit {
                what: "a function whose code takes a number of virtual registers of at least",
                found: REGISTERS + 1,
                allowed: REGISTERS,
            }))
        }
        _ => None,
    }
}

/// wasmtime's own failure as text, its causes in one line.
#[cold]
fn failure(error: &::wasmtime::Error) -> EngineError {
    EngineError::new(format!("{error:#}").replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use ::wasmtime::error::Context as _;

    use super::*;

    /// The error as `Module::new` gives it, with what it happened in.
    fn of(why: &str) -> CompileError {
        let failed: Result<(), _> = Err(Untranslated::Codegen(why.to_owned()));
        let failed = failed.context("failed to compile: wasm[0]::function[1]");
        Wasmtime::new().compile_failure(b"", &failed.expect_err("it is one"))
    }

    #[test]
    fn what_is_too_large_for_cranelift_is_a_limit() {
        let limit = of(&CodegenError::CodeTooLarge.to_string());
        assert!(matches!(&limit, CompileError::Limit(limit) if limit.found > limit.allowed));
        assert_eq!(
            limit.to_string(),
            "the module has a function whose code takes a number of virtual registers of at \
             least 2097152, over the limit of 2097151"
        );
        let failure = of("the sky is falling");
        assert!(matches!(failure, CompileError::Engine(_)), "{failure}");
    }
}
