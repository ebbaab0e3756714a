//! An engine around another one that compiles each module once, however often it is loaded: for
//! programs that get their modules again and again, from many users.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use qip_contract::Limits;
use qip_engine::{Build, Compile, CompileError, CompiledModule, Engine, EngineInfo};

/// The engine.
pub struct Caching<E> {
    inner: E,
    info: EngineInfo,
    code: Mutex<HashMap<Key, Slot>>,
}

/// What code depends on: all that [`Compile`] says. The signature follows from the binary.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    wasm: Box<[u8]>,
    exports: Box<[String]>,
    build: Build,
    limits: Limits,
}

/// Code, once it is there.
type Slot = Arc<OnceLock<Arc<dyn CompiledModule>>>;

impl<E: Engine> Caching<E> {
    /// Keeps what this engine compiles.
    pub fn new(inner: E) -> Caching<E> {
        let mut info = inner.info().clone();
        info.name = format!("caching-{}", info.name);
        Caching {
            inner,
            info,
            code: Mutex::default(),
        }
    }

    /// How many pieces of code it keeps.
    pub fn kept(&self) -> usize {
        let code = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        code.values().filter(|slot| slot.get().is_some()).count()
    }
}

impl<E: Engine> Engine for Caching<E> {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let key = Key {
            wasm: module.wasm.into(),
            exports: module.exports.into(),
            build: module.build,
            limits: module.limits.clone(),
        };
        let slot = {
            let mut code = self.code.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(code.entry(key).or_default())
        };
        if let Some(code) = slot.get() {
            return Ok(Arc::clone(code));
        }
        // Not under the lock: others may compile other modules meanwhile. Two that compile the
        // same one at once both do the work, and one of the results is kept.
        let code = self.inner.compile(module)?;
        Ok(Arc::clone(slot.get_or_init(|| code)))
    }
}
