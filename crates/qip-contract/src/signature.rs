//! What one module's bytes say: its kind, its exports and their shapes, and every
//! refusal that the bytes alone justify (MOD, ORD-1).

mod rules;
mod scan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{ExportName, Limits, Refusal, Value};

pub use rules::Rules;

/// A module's kind: it decides which names concern it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Turns bytes into bytes or a number.
    Content,
    /// A tile filter of the image mode (IMG-1).
    Tile,
}

/// A type of WebAssembly value, as far as the feature set has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are WebAssembly's own")]
pub enum ValType {
    I32,
    I64,
    F32,
    F64,
    V128,
    FuncRef,
    ExternRef,
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValType::I32 => "i32",
            ValType::I64 => "i64",
            ValType::F32 => "f32",
            ValType::F64 => "f64",
            ValType::V128 => "v128",
            ValType::FuncRef => "funcref",
            ValType::ExternRef => "externref",
        })
    }
}

/// What an export is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A function.
    Function {
        /// The types of its parameters.
        params: Arc<[ValType]>,
        /// The types of its results.
        results: Arc<[ValType]>,
    },
    /// A global.
    Global {
        /// Its type.
        ty: ValType,
        /// Whether the module may change it.
        mutable: bool,
        /// Its value, where it is immutable and the binary shows it.
        value: Option<Value>,
    },
    /// A linear memory.
    Memory,
    /// A table.
    Table,
    /// An exception tag.
    Tag,
}

impl Shape {
    /// Whether this is a function with just these parameters and results.
    pub fn is_function(&self, wanted_params: &[ValType], wanted_results: &[ValType]) -> bool {
        match self {
            Shape::Function { params, results } => {
                **params == *wanted_params && **results == *wanted_results
            }
            _ => false,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Function { params, results } => {
                write!(f, "a function `{}`", FunctionType(params, results))
            }
            Shape::Global { ty, mutable, .. } => {
                let mutable = if *mutable { "mutable " } else { "" };
                write!(f, "a {mutable}global `{ty}`")
            }
            Shape::Memory => f.write_str("a memory"),
            Shape::Table => f.write_str("a table"),
            Shape::Tag => f.write_str("a tag"),
        }
    }
}

/// `(i32, i32) -> i32`, cut where it is long: it comes from a module (LIM-5).
struct FunctionType<'a>(&'a [ValType], &'a [ValType]);

impl fmt::Display for FunctionType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        let list = |types: &[ValType]| {
            let mut shown: Vec<String> =
                types.iter().take(SHOWN).map(ToString::to_string).collect();
            if types.len() > SHOWN {
                shown.push(format!("… {} in all", types.len()));
            }
            shown.join(", ")
        };
        match self.1 {
            [one] => write!(f, "({}) -> {one}", list(self.0)),
            results => write!(f, "({}) -> ({})", list(self.0), list(results)),
        }
    }
}

/// What a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name of the module that it wants.
    pub module: String,
    /// The field of that module.
    pub field: String,
    /// `function`, `global`, `memory`, `table` or `tag`.
    pub kind: &'static str,
}

/// The exported linear memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Pages at the start, 64 KiB each.
    pub min_pages: u64,
    /// Pages that it can grow to, where the module says so.
    pub max_pages: Option<u64>,
}

/// A settable uniform: an export `uniform_set_<key>` (UNI-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uniform {
    /// The key, without the prefix.
    pub key: String,
    /// The shape of the export.
    pub shape: Shape,
}

impl Uniform {
    /// The setter's parameter, where it has the one number that UNI-1 asks for.
    pub fn parameter(&self) -> Option<ValType> {
        match &self.shape {
            Shape::Function { params, .. } => match **params {
                [ty @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)] => Some(ty),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What an input must be (IN-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// Well-formed UTF-8.
    Utf8,
    /// Any bytes.
    Bytes,
}

/// What comes out, and under which capacity (OUT-1, OUT-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputForm {
    /// UTF-8 text in a buffer.
    Utf8,
    /// Bytes in a buffer.
    Bytes,
    /// 32-bit elements in a buffer.
    I32,
    /// The entry point's result itself.
    Scalar,
}

impl OutputForm {
    /// The export that holds the capacity; a scalar has none.
    pub const fn capacity(self) -> Option<ExportName> {
        match self {
            OutputForm::Utf8 => Some(ExportName::OutputUtf8Cap),
            OutputForm::Bytes => Some(ExportName::OutputBytesCap),
            OutputForm::I32 => Some(ExportName::OutputI32Cap),
            OutputForm::Scalar => None,
        }
    }

    /// The size of one counted element, in bytes (OUT-3).
    pub const fn element_bytes(self) -> u64 {
        match self {
            OutputForm::I32 => 4,
            OutputForm::Utf8 | OutputForm::Bytes | OutputForm::Scalar => 1,
        }
    }

    /// Whether another stage can take it as its input (REC-2).
    pub const fn is_pipeable(self) -> bool {
        matches!(self, OutputForm::Utf8 | OutputForm::Bytes)
    }
}

/// What a module's bytes say of it. It keeps what concerns the contract, so its
/// size is bounded by the module's.
#[derive(Clone, Debug)]
pub struct Signature {
    kind: Kind,
    exports: BTreeMap<ExportName, Shape>,
    uniforms: Vec<Uniform>,
    imports: Vec<Import>,
    import_count: usize,
    memory: Option<Memory>,
    grows_memory: bool,
    tables: Vec<Table>,
    grows_tables: bool,
    /// Names that the contract does not know, for `did you mean`.
    other_exports: Vec<String>,
    /// Functions by index that are exported under a name of the contract.
    function_names: BTreeMap<u32, String>,
    /// What is over a limit, besides the size of the bytes.
    excess: Option<Refusal>,
}

/// A table, as declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    min_entries: u64,
    max_entries: Option<u64>,
}

impl Signature {
    /// Reads a module's binary.
    ///
    /// Time and memory are linear in the size of `wasm`, whatever it holds.
    ///
    /// # Errors
    ///
    /// What makes reading on pointless, in the order of ORD-1: [`Code::Limit`]
    /// for the size of the bytes, [`Code::NotWasm`], [`Code::InvalidModule`].
    /// All other faults are what [`Signature::refusals`] gives.
    ///
    /// [`Code::Limit`]: crate::Code::Limit
    /// [`Code::NotWasm`]: crate::Code::NotWasm
    /// [`Code::InvalidModule`]: crate::Code::InvalidModule
    pub fn read(wasm: &[u8], limits: &Limits) -> Result<Signature, Refusal> {
        scan::read(wasm, limits)
    }

    /// The module's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The shape of an export of the contract, where the module has it.
    pub fn export(&self, name: ExportName) -> Option<&Shape> {
        self.exports.get(&name)
    }

    /// The exports of the contract, apart from the uniforms.
    pub fn exports(&self) -> impl Iterator<Item = (ExportName, &Shape)> {
        self.exports.iter().map(|(name, shape)| (*name, shape))
    }

    /// The settable uniforms, sorted bytewise by key.
    pub fn uniforms(&self) -> &[Uniform] {
        &self.uniforms
    }

    /// Parses the texts that are given for uniforms: positions in
    /// [`Signature::uniforms`] with values, sorted bytewise by key (UNI-2, UNI-3).
    ///
    /// # Errors
    ///
    /// The first of [`Code::UnknownUniform`], [`Code::UniformShape`] and
    /// [`Code::UniformValue`] in the order of the keys.
    ///
    /// [`Code::UnknownUniform`]: crate::Code::UnknownUniform
    /// [`Code::UniformShape`]: crate::Code::UniformShape
    /// [`Code::UniformValue`]: crate::Code::UniformValue
    pub fn uniform_values(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<Vec<(usize, Value)>, Refusal> {
        given
            .iter()
            .map(|(key, text)| rules::uniform_value(self, key, text))
            .collect()
    }

    /// The uniform with this key.
    pub fn uniform(&self, key: &str) -> Option<&Uniform> {
        self.position(key).map(|index| &self.uniforms[index])
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.uniforms
            .binary_search_by(|uniform| uniform.key.as_str().cmp(key))
            .ok()
    }

    /// What the module imports, up to the first 1 000; a sound module imports nothing
    /// (MOD-2).
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// The memory exported as `memory`, where there is one.
    pub fn memory(&self) -> Option<Memory> {
        self.memory
    }

    /// The most bytes that the memory can ever have under a limit: its minimum
    /// where the code never grows it, else the smaller of limit and maximum.
    pub fn memory_bound(&self, limits: &Limits) -> u64 {
        let memory = self.memory.unwrap_or(Memory {
            min_pages: 0,
            max_pages: None,
        });
        let bytes = |pages: u64| pages.saturating_mul(crate::PAGE_BYTES);
        if self.grows_memory {
            let max = memory.max_pages.map_or(u64::MAX, bytes);
            max.min(limits.memory_bytes).max(bytes(memory.min_pages))
        } else {
            bytes(memory.min_pages)
        }
    }

    /// The number of tables, and the most entries that one of them can ever have
    /// under a limit.
    pub fn table_bound(&self, limits: &Limits) -> (usize, u64) {
        let bound = |table: &Table| {
            if self.grows_tables {
                let max = table.max_entries.unwrap_or(u64::MAX);
                max.min(limits.table_entries).max(table.min_entries)
            } else {
                table.min_entries
            }
        };
        (
            self.tables.len(),
            self.tables.iter().map(bound).max().unwrap_or(0),
        )
    }

    /// Whether any code of the module grows its memory.
    pub fn grows_memory(&self) -> bool {
        self.grows_memory
    }

    /// The entry point: `render` if exported under that name, else `run`; of a tile
    /// filter, `tile_rgba32float_64x64`, else the older name (MOD-6, IMG-1).
    pub fn entry(&self) -> ExportName {
        let (first, other) = match self.kind {
            Kind::Content => (ExportName::Render, ExportName::Run),
            Kind::Tile => (ExportName::Tile, ExportName::TileOlder),
        };
        if self.exports.contains_key(&first) {
            first
        } else {
            other
        }
    }

    /// The input capacity that wins, and with it what an input must be (IN-2).
    pub fn input(&self) -> Option<(ExportName, InputKind)> {
        [
            (ExportName::InputUtf8Cap, InputKind::Utf8),
            (ExportName::InputBytesCap, InputKind::Bytes),
        ]
        .into_iter()
        .find(|(name, _)| self.exports.contains_key(name))
    }

    /// What comes out: buffered if there are `output_ptr` and a capacity, of
    /// which UTF-8 wins over bytes over i32, else scalar (OUT-1, OUT-2).
    pub fn output(&self) -> OutputForm {
        if !self.exports.contains_key(&ExportName::OutputPtr) {
            return OutputForm::Scalar;
        }
        [OutputForm::Utf8, OutputForm::Bytes, OutputForm::I32]
            .into_iter()
            .find(|output| {
                output
                    .capacity()
                    .is_some_and(|name| self.exports.contains_key(&name))
            })
            .unwrap_or(OutputForm::Scalar)
    }

    /// The contract's name for the function with this index, where the module
    /// exports it under one: it serves a backtrace where the module has no names.
    pub fn function_name(&self, index: u32) -> Option<&str> {
        self.function_names.get(&index).map(String::as_str)
    }

    /// Everything that is wrong with the module under `rules`, in the order of
    /// ORD-1: imports, memory, limits, entry point, `input_ptr`, input capacity,
    /// output exports, content-type exports, uniforms.
    pub fn refusals(&self, rules: &Rules) -> Vec<Refusal> {
        rules::refusals(self, rules)
    }

    /// The exported name that is most like a missing one.
    fn nearest(&self, wanted: &str) -> Option<&str> {
        /// Letters that may be changed, added, left out or swapped.
        const MOST_EDITS: usize = 3;
        self.other_exports
            .iter()
            .map(|name| (strsim::damerau_levenshtein(name, wanted), name))
            .filter(|(distance, _)| *distance <= MOST_EDITS)
            .min()
            .map(|(_, name)| name.as_str())
    }
}
