//! An engine that compiles each module once, however many mutants ask for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qip_contract::Limits;
use qip_engine::{Build, Compile, CompileError, CompiledModule, Engine, EngineInfo};

/// Keeps what it has compiled. Modules are known by where their bytes are, so they have to
/// outlive it: it serves one case.
pub(crate) struct Caching {
    engine: Arc<dyn Engine>,
    compiled: Mutex<HashMap<Key, Arc<dyn CompiledModule>>>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    place: (usize, usize),
    exports: Vec<String>,
    build: Build,
    limits: Limits,
}

impl Caching {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Caching {
        Caching {
            engine,
            compiled: Mutex::default(),
        }
    }
}

impl Engine for Caching {
    fn info(&self) -> &EngineInfo {
        self.engine.info()
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let key = Key {
            place: (module.wasm.as_ptr().addr(), module.wasm.len()),
            exports: module.exports.to_vec(),
            build: module.build,
            limits: module.limits.clone(),
        };
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = compiled.get(&key) {
            return Ok(Arc::clone(code));
        }
        let code = self.engine.compile(module)?;
        compiled.insert(key, Arc::clone(&code));
        Ok(code)
    }
}
