//! An engine that passes everything on and lets a test in on it. A test that needs work which
//! cannot be shorter than some time, on any machine, sleeps there.

use std::sync::Arc;

use qip_host::engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineInfo, ExportId, Instance, Stop,
    Usage,
};
use qip_host::{Limits, Value};

/// What the host is about to ask of an instance.
pub(crate) enum Ask<'a> {
    /// To begin a request, also by being instantiated.
    Begin(&'a Budget),
    Memory,
    Call(&'a [Value]),
    Finish,
}

impl Ask<'_> {
    /// Whether it is a call of a tile function: only those have two arguments.
    pub(crate) fn is_tile(&self) -> bool {
        matches!(self, Ask::Call([_, _]))
    }
}

type Hook = Arc<dyn Fn(Ask<'_>) + Send + Sync>;

/// Calls `hook` before anything is passed on to `engine`.
pub(crate) fn hooked(
    engine: &Arc<dyn Engine>,
    hook: impl Fn(Ask<'_>) + Send + Sync + 'static,
) -> Arc<dyn Engine> {
    Arc::new(Hooked(Arc::clone(engine), Arc::new(hook)))
}

struct Hooked(Arc<dyn Engine>, Hook);

struct HookedCode(Arc<dyn CompiledModule>, Hook);

struct HookedInstance(Box<dyn Instance>, Hook);

impl Engine for Hooked {
    fn info(&self) -> &EngineInfo {
        self.0.info()
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let Hooked(inner, hook) = self;
        Ok(Arc::new(HookedCode(
            inner.compile(module)?,
            Arc::clone(hook),
        )))
    }
}

impl CompiledModule for HookedCode {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        let HookedCode(inner, hook) = self;
        hook(Ask::Begin(budget));
        let inner = inner.instantiate(limits, budget)?;
        Ok(Box::new(HookedInstance(inner, Arc::clone(hook))))
    }
}

impl Instance for HookedInstance {
    fn begin(&mut self, budget: &Budget) {
        self.1(Ask::Begin(budget));
        self.0.begin(budget);
    }

    fn memory(&mut self) -> &mut [u8] {
        self.1(Ask::Memory);
        self.0.memory()
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        self.0.global(export)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Result<Option<Value>, Stop> {
        self.1(Ask::Call(args));
        self.0.call(export, args)
    }

    fn finish(&mut self) -> Usage {
        self.1(Ask::Finish);
        self.0.finish()
    }
}
