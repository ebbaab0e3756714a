//! A plan as a WebAssembly binary.

use qip_contract::{TrapKind, Value};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, Ieee32, Ieee64,
    ImportSection, InstructionSink, MemArg, MemorySection, MemoryType, Module, RefType,
    StartSection, TableSection, TableType, TypeSection, ValType,
};

use super::{Function, Import, Item, Op, Operand, Plan};

/// The table of a module: one entry is null, the other a function that takes and gives
/// nothing.
const NULL_ENTRY: i32 = 0;
const FUNCTION_ENTRY: i32 = 1;
const TABLE_ENTRIES: i32 = 2;

/// Encodes a plan.
pub(crate) fn encode(plan: &Plan) -> Vec<u8> {
    Encoder::new(plan).module()
}

struct Encoder<'p> {
    plan: &'p Plan,
    functions: Vec<&'p Function>,
    /// Every type, once: the parameters and the results.
    types: Vec<(Vec<ValType>, Vec<ValType>)>,
    /// What an import puts ahead of the module's own.
    imported_functions: u32,
    imported_globals: u32,
    imported_tables: u32,
    /// Functions that only some plans need.
    idle: Option<u32>,
    endless: Option<u32>,
    has_table: bool,
}

impl<'p> Encoder<'p> {
    fn new(plan: &'p Plan) -> Encoder<'p> {
        let functions = plan.exports.iter().filter_map(|export| match &export.item {
            Item::Function(function) => Some(function),
            _ => None,
        });
        let functions: Vec<&Function> = functions.collect();
        let ops = functions.iter().flat_map(|function| &function.ops);
        let traps: Vec<TrapKind> = ops
            .chain(&plan.start)
            .filter_map(|op| match op {
                Op::Trap(kind) => Some(*kind),
                _ => None,
            })
            .collect();
        let exports_table = plan.exports.iter().any(|export| export.item == Item::Table);
        let imports = |kind| u32::from(plan.import == Some(kind));
        let mut encoder = Encoder {
            plan,
            types: Vec::new(),
            imported_functions: imports(Import::Function),
            imported_globals: imports(Import::Global),
            imported_tables: imports(Import::Table),
            idle: None,
            endless: None,
            has_table: exports_table || traps.iter().any(|kind| kind.is_table_kind()),
            functions,
        };
        // Behind the exported functions.
        let mut next = encoder.imported_functions + encoder.functions.len() as u32;
        let mut helper = |is_needed: bool| {
            let index = next;
            next += u32::from(is_needed);
            is_needed.then_some(index)
        };
        encoder.idle = helper(traps.contains(&TrapKind::BadSignature) || plan.ill_typed);
        encoder.endless = helper(traps.contains(&TrapKind::StackOverflow));
        encoder
    }

    /// The index of a type, which is added where it is new.
    fn ty(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let ty = (params.to_vec(), results.to_vec());
        let known = self.types.iter().position(|known| *known == ty);
        known.unwrap_or_else(|| {
            self.types.push(ty);
            self.types.len() - 1
        }) as u32
    }

    fn module(mut self) -> Vec<u8> {
        let plan = self.plan;
        let mut functions = FunctionSection::new();
        for function in self.functions.clone() {
            let results: Vec<ValType> = function
                .results
                .iter()
                .map(|result| self.type_of(result))
                .collect();
            functions.function(self.ty(&function.params, &results));
        }
        if self.idle.is_some() {
            functions.function(self.ty(&[], &[]));
        }
        if self.endless.is_some() {
            functions.function(self.ty(&[], &[ValType::I32]));
        }
        let start_function = self.imported_functions + functions.len();
        if !plan.start.is_empty() {
            functions.function(self.ty(&[], &[]));
        }
        // The code names types too.
        let code = self.code();
        let imports = plan.import.map(|import| {
            let mut imports = ImportSection::new();
            let nothing = self.ty(&[], &[]);
            imports.import("env", "something", entity(import, nothing));
            imports
        });
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        let mut module = Module::new();
        module.section(&types);
        if let Some(imports) = imports {
            module.section(&imports);
        }
        module.section(&functions);
        if self.has_table {
            module.section(TableSection::new().table(table()));
        }
        module.section(MemorySection::new().memory(MemoryType {
            minimum: plan.memory.pages.into(),
            maximum: plan.memory.max.map(u64::from),
            memory64: false,
            shared: false,
            page_size_log2: None,
        }));
        module.section(&self.globals());
        module.section(&self.exports());
        if !plan.start.is_empty() {
            module.section(&StartSection {
                function_index: start_function,
            });
        }
        if let Some(idle) = self.idle.filter(|_| self.has_table) {
            let mut elements = ElementSection::new();
            elements.active(
                Some(self.imported_tables),
                &ConstExpr::i32_const(FUNCTION_ENTRY),
                Elements::Functions([idle].as_slice().into()),
            );
            module.section(&elements);
        }
        module.section(&code);
        if !plan.data.is_empty() {
            module.section(&self.data());
        }
        module.finish()
    }

    fn globals(&self) -> GlobalSection {
        let mut globals = GlobalSection::new();
        for export in &self.plan.exports {
            if let Item::Global { value, mutable } = export.item {
                let ty = GlobalType {
                    val_type: type_of(value),
                    mutable,
                    shared: false,
                };
                globals.global(ty, &constant(value));
            }
        }
        globals
    }

    fn exports(&self) -> ExportSection {
        let mut exports = ExportSection::new();
        let mut function = self.imported_functions;
        let mut global = self.imported_globals;
        let next = |index: &mut u32| std::mem::replace(index, *index + 1);
        for export in &self.plan.exports {
            let (kind, index) = match export.item {
                Item::Memory => (ExportKind::Memory, 0),
                Item::Table => (ExportKind::Table, self.imported_tables),
                Item::Global { .. } => (ExportKind::Global, next(&mut global)),
                Item::Function(_) => (ExportKind::Func, next(&mut function)),
            };
            exports.export(&export.name, kind, index);
        }
        exports
    }

    fn data(&self) -> DataSection {
        let mut data = DataSection::new();
        for (at, bytes) in &self.plan.data {
            let at = ConstExpr::i32_const(at.cast_signed());
            data.active(0, &at, bytes.iter().copied());
        }
        data
    }

    fn code(&mut self) -> CodeSection {
        let mut code = CodeSection::new();
        for function in self.functions.clone() {
            code.function(&body(|sink| {
                for op in &function.ops {
                    self.op(sink, op, &function.params);
                }
                for result in &function.results {
                    self.operand(sink, result);
                }
            }));
        }
        if self.idle.is_some() {
            code.function(&body(|sink| {
                if self.plan.ill_typed {
                    sink.i32_add();
                }
            }));
        }
        if let Some(endless) = self.endless {
            // Not in tail position.
            code.function(&body(|sink| {
                sink.call(endless).i32_const(1).i32_add();
            }));
        }
        if !self.plan.start.is_empty() {
            code.function(&body(|sink| {
                for op in &self.plan.start {
                    self.op(sink, op, &[]);
                }
            }));
        }
        code
    }

    /// The index of an exported global, of all globals.
    fn global(&self, name: &str) -> u32 {
        let exports = self.plan.exports.iter();
        let globals = exports.filter(|export| matches!(export.item, Item::Global { .. }));
        let before = globals.take_while(|export| export.name != name).count();
        self.imported_globals + before as u32
    }

    fn type_of(&self, operand: &Operand) -> ValType {
        match operand {
            Operand::Const(value) => type_of(*value),
            Operand::Param => ValType::I32,
            Operand::Global(name) => match self.plan.item(name) {
                Some(Item::Global { value, .. }) => type_of(*value),
                _ => ValType::I32,
            },
        }
    }

    fn operand(&self, sink: &mut InstructionSink<'_>, operand: &Operand) {
        match operand {
            Operand::Const(Value::I32(value)) => sink.i32_const(*value),
            Operand::Const(Value::I64(value)) => sink.i64_const(*value),
            Operand::Const(Value::F32(bits)) => sink.f32_const(Ieee32::new(*bits)),
            Operand::Const(Value::F64(bits)) => sink.f64_const(Ieee64::new(*bits)),
            Operand::Param => sink.local_get(0),
            Operand::Global(name) => sink.global_get(self.global(name)),
        };
    }

    fn op(&mut self, sink: &mut InstructionSink<'_>, op: &Op, params: &[ValType]) {
        let at = |sink: &mut InstructionSink<'_>, at: u32| {
            sink.i32_const(at.cast_signed());
        };
        match op {
            Op::Grow(pages) => {
                at(sink, *pages);
                sink.memory_grow(0).drop();
            }
            Op::Fill { at: to, byte, len } => {
                at(sink, *to);
                at(sink, u32::from(*byte));
                at(sink, *len);
                sink.memory_fill(0);
            }
            Op::CopyParam { to, from } => {
                at(sink, *to);
                at(sink, *from);
                sink.local_get(0).memory_copy(0, 0);
            }
            Op::Store { at: to, byte } => {
                at(sink, *to);
                at(sink, u32::from(*byte));
                sink.i32_store8(BYTE);
            }
            Op::StoreParam { at: to } => {
                at(sink, *to);
                sink.local_get(0);
                match params.first() {
                    Some(ValType::I64) => sink.i64_store(BYTE),
                    Some(ValType::F32) => sink.f32_store(BYTE),
                    Some(ValType::F64) => sink.f64_store(BYTE),
                    _ => sink.i32_store(BYTE),
                };
            }
            Op::Count { at: to } => {
                at(sink, *to);
                at(sink, *to);
                sink.i32_load8_u(BYTE).i32_const(1).i32_add();
                sink.i32_store8(BYTE);
            }
            Op::Set { global, value } => {
                at(sink, *value);
                sink.global_set(self.global(global));
            }
            Op::Trap(kind) => self.trap(sink, *kind),
            Op::Forever => {
                sink.loop_(BlockType::Empty).br(0).end();
            }
        }
    }

    /// The shortest code that traps in this way.
    fn trap(&mut self, sink: &mut InstructionSink<'_>, kind: TrapKind) {
        let table = self.imported_tables;
        let nothing = |encoder: &mut Encoder<'_>| encoder.ty(&[], &[]);
        match kind {
            TrapKind::Unreachable => sink.unreachable(),
            TrapKind::MemoryOutOfBounds => sink.i32_const(-1).i32_load(BYTE).drop(),
            TrapKind::TableOutOfBounds => sink
                .i32_const(TABLE_ENTRIES)
                .call_indirect(table, nothing(self)),
            TrapKind::IndirectCallToNull => sink
                .i32_const(NULL_ENTRY)
                .call_indirect(table, nothing(self)),
            TrapKind::BadSignature => sink
                .i32_const(FUNCTION_ENTRY)
                .call_indirect(table, self.ty(&[], &[ValType::I32]))
                .drop(),
            TrapKind::IntegerOverflow => sink.i32_const(i32::MIN).i32_const(-1).i32_div_s().drop(),
            TrapKind::IntegerDivideByZero => sink.i32_const(1).i32_const(0).i32_div_u().drop(),
            TrapKind::BadConversionToInteger => {
                sink.f32_const(f32::NAN.into()).i32_trunc_f32_s().drop()
            }
            TrapKind::StackOverflow => match self.endless {
                Some(endless) => sink.call(endless).drop(),
                None => sink,
            },
        };
    }
}

const BYTE: MemArg = MemArg {
    offset: 0,
    align: 0,
    memory_index: 0,
};

fn body(write: impl FnOnce(&mut InstructionSink<'_>)) -> wasm_encoder::Function {
    let mut function = wasm_encoder::Function::new([]);
    let mut sink = function.instructions();
    write(&mut sink);
    sink.end();
    function
}

fn table() -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: TABLE_ENTRIES as u64,
        maximum: None,
        shared: false,
    }
}

fn entity(import: Import, nothing: u32) -> EntityType {
    match import {
        Import::Function => EntityType::Function(nothing),
        Import::Global => EntityType::Global(GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        }),
        Import::Table => EntityType::Table(table()),
    }
}

fn type_of(value: Value) -> ValType {
    match value {
        Value::I32(_) => ValType::I32,
        Value::I64(_) => ValType::I64,
        Value::F32(_) => ValType::F32,
        Value::F64(_) => ValType::F64,
    }
}

fn constant(value: Value) -> ConstExpr {
    match value {
        Value::I32(value) => ConstExpr::i32_const(value),
        Value::I64(value) => ConstExpr::i64_const(value),
        Value::F32(bits) => ConstExpr::f32_const(Ieee32::new(bits)),
        Value::F64(bits) => ConstExpr::f64_const(Ieee64::new(bits)),
    }
}
