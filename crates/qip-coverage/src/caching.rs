//! An engine that compiles each module once, however many mutants ask for it.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use qip_contract::Limits;
use qip_engine::{Build, Compile, CompileError, CompiledModule, Engine, EngineInfo};

/// Keeps what it has compiled. It serves one case.
pub(crate) struct Caching {
    engine: Arc<dyn Engine>,
    hasher: RandomState,
    compiled: Mutex<HashMap<Key, Arc<dyn CompiledModule>>>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    /// Modules are known by their length and a hash: mutants make modules of their own, so where
    /// the bytes are says nothing.
    wasm: (usize, u64),
    exports: Vec<String>,
    build: Build,
    limits: Limits,
}

impl Caching {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Caching {
        Caching {
            engine,
            hasher: RandomState::new(),
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
            wasm: (module.wasm.len(), self.hasher.hash_one(module.wasm)),
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
