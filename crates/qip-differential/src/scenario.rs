//! A request over made-up modules, as data: what a generator makes, before it is
//! WebAssembly.
//!
//! A module is a list of exports whose functions are short lists of [`Op`]s. It is
//! encoded once (`encode.rs`) and given a meaning once more, without WebAssembly
//! (`engine.rs`), so that the model can say what a host must answer and no engine
//! has a part in it.

pub(crate) mod aim;
mod build;
pub(crate) mod encode;
pub(crate) mod engine;
pub(crate) mod strategy;

use std::sync::Arc;

use qip_cases::{Bytes, Module, Request, Stage, Task, TaskOptions};
use qip_contract::{Limits, RequestLimits, TrapKind, Value};
use wasm_encoder::ValType;

/// Stages, requests, and what the caller says about them.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) stages: Vec<StagePlan>,
    pub(crate) requests: Vec<RequestPlan>,
    pub(crate) options: TaskOptions,
    pub(crate) limits: Limits,
    pub(crate) request_limits: RequestLimits,
}

/// A stage: a module, and the uniforms that the caller gives it.
#[derive(Clone, Debug)]
pub(crate) struct StagePlan {
    pub(crate) module: ModulePlan,
    pub(crate) uniforms: Vec<(String, String)>,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct RequestPlan {
    pub(crate) input: Vec<u8>,
    pub(crate) content_type: Option<String>,
}

/// A module.
#[derive(Clone, Debug)]
pub(crate) enum ModulePlan {
    /// One that can be encoded; it may still be invalid, or break the contract.
    Built(Arc<Plan>),
    /// Bytes that are no module.
    Rubbish(Vec<u8>),
}

/// What a module is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) import: Option<Import>,
    pub(crate) memory: Memory,
    /// Active data segments: where, and the bytes.
    pub(crate) data: Vec<(u32, Vec<u8>)>,
    pub(crate) exports: Vec<Export>,
    /// The start function.
    pub(crate) start: Vec<Op>,
    /// Whether one function has a body that does not validate.
    pub(crate) ill_typed: bool,
}

/// What a module imports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Import {
    Function,
    Global,
    Table,
}

/// A module's own memory; exported or not is said by its exports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Memory {
    pub(crate) pages: u32,
    pub(crate) max: Option<u32>,
}

/// An export.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) item: Item,
}

/// What an export is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Memory,
    Table,
    Global { value: Value, mutable: bool },
    Function(Function),
}

/// A function: its operations, then its results.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) params: Vec<ValType>,
    pub(crate) ops: Vec<Op>,
    pub(crate) results: Vec<Operand>,
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Const(Value),
    /// The first parameter, an i32.
    Param,
    /// The global that is exported under this name.
    Global(String),
}

/// An operation. All numbers are of 32 bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Grows the memory by so many pages. What that answers is dropped.
    Grow(u32),
    /// Sets `len` bytes at `at` to `byte`.
    Fill { at: u32, byte: u8, len: u32 },
    /// Copies as many bytes as the first parameter says.
    CopyParam { to: u32, from: u32 },
    /// Stores one byte.
    Store { at: u32, byte: u8 },
    /// Stores the first parameter, whatever its type.
    StoreParam { at: u32 },
    /// Adds one to the byte at `at`; it wraps.
    Count { at: u32 },
    /// Sets an exported mutable i32 global.
    Set { global: String, value: u32 },
    /// Traps.
    Trap(TrapKind),
    /// Never ends.
    Forever,
}

impl Plan {
    pub(crate) fn item(&self, name: &str) -> Option<&Item> {
        let found = self.exports.iter().find(|export| export.name == name);
        found.map(|export| &export.item)
    }

    pub(crate) fn item_mut(&mut self, name: &str) -> Option<&mut Item> {
        let found = self.exports.iter_mut().find(|export| export.name == name);
        found.map(|export| &mut export.item)
    }
}

impl StagePlan {
    /// The module's bytes.
    pub(crate) fn wasm(&self) -> Vec<u8> {
        match &self.module {
            ModulePlan::Built(plan) => encode::encode(plan),
            ModulePlan::Rubbish(bytes) => bytes.clone(),
        }
    }
}

impl Scenario {
    /// The task that a subject is asked.
    pub(crate) fn task(&self) -> Task {
        let stages = self.stages.iter().map(|stage| Stage {
            module: Arc::new(Module::from_bytes("generated", stage.wasm())),
            uniforms: stage.uniforms.clone(),
        });
        let requests = self.requests.iter().map(|request| Request {
            input: Bytes::literal(request.input.clone()).into(),
            content_type: request.content_type.clone(),
        });
        Task {
            stages: stages.collect(),
            options: self.options,
            limits: self.limits.clone(),
            request_limits: self.request_limits,
            requests: requests.collect(),
        }
    }
}
