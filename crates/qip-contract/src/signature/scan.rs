//! One pass over a module's bytes: collects what concerns the contract while
//! wasmparser validates under the pinned feature set.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use wasmparser::{
    BinaryReader, BinaryReaderError, ConstExpr, ExternalKind, FuncValidatorAllocations,
    FunctionBody, MemorySectionReader, Operator, Parser, Payload, TypeRef, TypeSectionReader,
    ValidPayload, Validator,
};

use super::{Import, Kind, Memory, Shape, Signature, Table, Uniform, ValType};
use crate::limits::PARSER_ITEMS;
use crate::{
    Code, ExportName, Limits, PAGE_BYTES, Refusal, Size, UNIFORM_PREFIX, Value, WIDTH_AND_HEIGHT,
    features,
};

pub(super) fn read(wasm: &[u8], limits: &Limits) -> Result<Signature, Refusal> {
    let size = wasm.len() as u64;
    if size > limits.module_bytes {
        let limit = Size::ModuleBytes;
        let refusal = Refusal::over_limit(limit.found(), size, limits.module_bytes);
        return Err(refusal.named(limit.as_str()));
    }
    if !(Parser::is_core_wasm(wasm)) {
        return Err(not_wasm(wasm));
    }
    let mut scan = Scan::new(wasm, limits);
    let mut validator = Some(Validator::new_with_features(features()));
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| invalid(&error))?;
        if let Some(claim) = claim(wasm, &payload) {
            return Err(claim);
        }
        let collected = scan.collect(&payload);
        if scan.is_beyond_parser(&payload) {
            // Going on finds what ORD-1 looks at before `limit`.
            validator = validator.and_then(|validator| without(validator, &payload));
        } else if let Some(validator) = &mut validator {
            // It is asked first: it says better what is wrong.
            validate(validator, &payload, &mut allocations, &mut scan)
                .map_err(|error| invalid(&error))?;
        }
        collected?;
    }
    Ok(scan.signature(limits))
}

/// The validator without a part that it would refuse for its own limits. A function's
/// body is of no concern to the others; after a section the validator knows too little
/// of the module to judge the rest, which then only has to be well-formed (LIM-1).
fn without(mut validator: Validator, payload: &Payload<'_>) -> Option<Validator> {
    let Payload::CodeSectionEntry(body) = payload else {
        return None;
    };
    // It counts the bodies: an empty one takes the place.
    let empty = FunctionBody::new(BinaryReader::new(&[], body.range().start));
    validator.code_section_entry(&empty).ok()?;
    Some(validator)
}

fn validate(
    validator: &mut Validator,
    payload: &Payload<'_>,
    allocations: &mut FuncValidatorAllocations,
    scan: &mut Scan<'_>,
) -> wasmparser::Result<()> {
    if let ValidPayload::Func(function, body) = validator.payload(payload)? {
        let mut function = function.into_validator(std::mem::take(allocations));
        scan.validate_body(&mut function, &body)?;
        *allocations = function.into_allocations();
    }
    Ok(())
}

/// Refuses a section that claims more entries than its bytes can hold: the
/// validator would reserve room for them all, and a claim is no size (LIM-1).
fn claim(wasm: &[u8], payload: &Payload<'_>) -> Option<Refusal> {
    // The count, where the entries are, and the fewest bytes that one takes.
    let (count, range, least) = match payload {
        Payload::TypeSection(section) => (section.count(), section.range(), 3),
        Payload::ImportSection(section) => (section.count(), section.range(), 4),
        Payload::FunctionSection(section) => (section.count(), section.range(), 1),
        Payload::TableSection(section) => (section.count(), section.range(), 3),
        Payload::MemorySection(section) => (section.count(), section.range(), 2),
        Payload::GlobalSection(section) => (section.count(), section.range(), 3),
        Payload::ExportSection(section) => (section.count(), section.range(), 3),
        Payload::ElementSection(section) => (section.count(), section.range(), 3),
        Payload::DataCountSection { count, range } => (*count, range.end..wasm.len(), 2),
        Payload::CodeSectionStart { count, range, .. } => (*count, range.clone(), 3),
        Payload::DataSection(section) => (section.count(), section.range(), 2),
        _ => return None,
    };
    let (start, bytes) = (range.start, range.len());
    (u64::from(count) * least > bytes as u64).then(|| {
        let what = format!("a section of {bytes} bytes claims {count} entries");
        invalid_at(start as u64, &what)
    })
}

fn invalid(error: &wasmparser::BinaryReaderError) -> Refusal {
    invalid_at(error.offset() as u64, error.message())
}

fn invalid_at(offset: u64, what: &str) -> Refusal {
    let what = crate::quote(what);
    Refusal::new(
        Code::InvalidModule,
        format!("the module is invalid at offset {offset:#x}: {what}"),
    )
    .found(what, "a valid WebAssembly 2.0 module")
    .at(offset)
}

fn not_wasm(bytes: &[u8]) -> Refusal {
    let found = looks_like(bytes);
    let refusal = Refusal::new(
        Code::NotWasm,
        format!("not a WebAssembly module: found {found}, expected `\\0asm` and version 1"),
    )
    .found(&found, "`\\0asm` and version 1");
    if found == "a component" {
        refusal.help("qip modules are core modules: build without the component model")
    } else {
        refusal
    }
}

/// Says what bytes that are no module look like.
fn looks_like(bytes: &[u8]) -> String {
    let start = bytes.trim_ascii_start();
    let begins = |prefix: &[u8]| {
        start.len() >= prefix.len() && start[..prefix.len()].eq_ignore_ascii_case(prefix)
    };
    if bytes.is_empty() {
        "nothing".to_owned()
    } else if Parser::is_component(bytes) {
        "a component".to_owned()
    } else if bytes.starts_with(b"\0asm") && bytes.len() >= 8 {
        let version = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        format!("a module of the unknown version {version:#x}")
    } else if b"\0asm".starts_with(bytes) || bytes.starts_with(b"\0asm") {
        format!("a truncated header of {} bytes", bytes.len())
    } else if begins(b"<!doctype") || begins(b"<html") {
        "an HTML page".to_owned()
    } else if begins(b"(module") || begins(b"(;") || begins(b";;") {
        "WebAssembly text".to_owned()
    } else if bytes.starts_with(b"\x1f\x8b") {
        "gzip data".to_owned()
    } else {
        let head = &bytes[..bytes.len().min(4)];
        format!(
            "{} bytes that start with `{}`",
            bytes.len(),
            head.escape_ascii()
        )
    }
}

/// The sizes that a module declares, each the largest of its kind (LIM-1).
#[derive(Default)]
struct Declared {
    sizes: [u64; Size::ALL.len()],
    /// The parser's limit on locals counts parameters too.
    locals_and_params: u64,
    /// The validator counts the two kinds of segments apart.
    elements: u64,
    data: u64,
}

impl Declared {
    /// Notes a size: of several of its kind, the largest counts.
    fn note(&mut self, size: Size, found: u64) {
        let largest = &mut self.sizes[size as usize];
        *largest = found.max(*largest);
    }

    fn size(&self, size: Size) -> u64 {
        self.sizes[size as usize]
    }

    /// The first size over its limit, in the order of LIM-1.
    fn excess(&mut self, limits: &Limits) -> Option<Refusal> {
        self.note(Size::Segments, self.elements + self.data);
        Size::ALL.iter().find_map(|&size| {
            let found = self.size(size);
            let mut allowed = limits.size(size).min(size.most());
            if size == Size::Segments && self.elements.max(self.data) > PARSER_SEGMENTS {
                allowed = allowed.min(PARSER_SEGMENTS);
            }
            let refusal = if found > allowed {
                Refusal::over_limit(size.found(), found, allowed)
            } else if size == Size::Locals && self.locals_and_params > size.most() {
                let what = "a function with a number of locals and parameters together of";
                Refusal::over_limit(what, self.locals_and_params, size.most())
            } else {
                return None;
            };
            Some(refusal.named(size.as_str()))
        })
    }
}

/// wasmparser's own limit on data segments, and on element segments.
const PARSER_SEGMENTS: u64 = 100_000;
/// Of tables; of memories the feature set allows one.
const PARSER_TABLES: usize = 100;

/// Imports that are kept. A sound module has none, and one is enough to refuse it.
const MOST_IMPORTS: usize = 1_000;

/// Keeps what comes up to the number at which the validator refuses the section:
/// collecting comes first, and must not cost more than it.
fn push_some<T>(kept: &mut Vec<T>, most: usize, item: T) {
    // One more than the validator takes, so that nothing looks complete that is not.
    if kept.len() <= most {
        kept.push(item);
    }
}

/// A function type, as far as it matters to what has it. There may be a million.
#[derive(Clone, Copy)]
struct Type {
    /// Where it begins, from the begin of its section.
    start: u32,
    /// How many parameters. The parser takes far fewer than can stand here.
    params: u16,
}

#[derive(Default)]
struct Scan<'a> {
    wasm: &'a [u8],
    /// Uniforms and their functions that are kept: a module with more exports is
    /// over the limit anyhow.
    most_names: usize,
    declared: Declared,
    types: Vec<Type>,
    /// Where the section of the types begins.
    types_start: usize,
    /// The shapes of functions, by type, that an export has asked for: one for all,
    /// so that no module is long in many exports of one wide type.
    shapes: BTreeMap<u32, Shape>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
    globals: Vec<Shape>,
    memories: Vec<Memory>,
    tables: Vec<Table>,
    /// The first of them.
    imports: Vec<Import>,
    import_count: usize,
    /// Bodies read so far.
    bodies: usize,
    /// The locals and parameters of the last of them.
    last_locals: u64,
    exports: BTreeMap<ExportName, Shape>,
    exported_memory: Option<Memory>,
    uniforms: Vec<Uniform>,
    other_exports: Vec<String>,
    function_names: BTreeMap<u32, String>,
    grows_memory: bool,
    grows_tables: bool,
}

impl<'a> Scan<'a> {
    fn new(wasm: &'a [u8], limits: &Limits) -> Scan<'a> {
        Scan {
            wasm,
            most_names: usize::try_from(limits.exports).unwrap_or(usize::MAX),
            ..Scan::default()
        }
    }

    /// Reads by hand what the parser's own readers fail at for their own limits.
    fn reader(&self, range: Range<usize>) -> BinaryReader<'a> {
        let bytes = self.wasm.get(range.clone()).unwrap_or_default();
        BinaryReader::new(bytes, range.start)
    }

    /// Collects what a part has, which need not be valid but well-formed.
    fn collect(&mut self, payload: &Payload<'_>) -> Result<(), Refusal> {
        match payload {
            Payload::TypeSection(section) => self.types(section),
            Payload::MemorySection(section) => self.memories(section),
            Payload::TagSection(section) => Err(invalid_at(
                section.range().start as u64,
                "a section of tags",
            )),
            Payload::UnknownSection { id, range, .. } => Err(invalid_at(
                range.start as u64,
                &format!("a section of the unknown kind {id}"),
            )),
            _ => self.collect_more(payload).map_err(|error| invalid(&error)),
        }
    }

    /// Whether this part, which has been collected, is more than the parser takes.
    fn is_beyond_parser(&self, payload: &Payload<'_>) -> bool {
        let declared = &self.declared;
        let is_beyond = |size: Size| declared.size(size) > size.most();
        match payload {
            Payload::TypeSection(_) => is_beyond(Size::Types) || is_beyond(Size::Params),
            Payload::FunctionSection(_) => is_beyond(Size::Functions),
            Payload::ExportSection(_) => is_beyond(Size::Exports),
            Payload::ElementSection(_) => declared.elements > PARSER_SEGMENTS,
            Payload::DataCountSection { .. } | Payload::DataSection(_) => {
                declared.data > PARSER_SEGMENTS
            }
            Payload::CodeSectionEntry(body) => {
                body.range().len() as u64 > Size::FunctionBytes.most()
                    || self.last_locals > Size::Locals.most()
            }
            _ => false,
        }
    }

    /// Types are read by hand, since the parser's own reader fails at its own limit.
    fn types(&mut self, section: &TypeSectionReader<'_>) -> Result<(), Refusal> {
        const FUNCTION: u8 = 0x60;
        let malformed = |error: BinaryReaderError| invalid(&error);
        self.declared.note(Size::Types, section.count().into());
        self.types_start = section.range().start;
        let mut reader = self.reader(section.range());
        for _ in 0..reader.read_var_u32().map_err(malformed)? {
            let start = reader.original_position();
            // The validator takes one other notation for it, of garbage collection.
            if reader.read_u8().map_err(malformed)? != FUNCTION {
                return Err(invalid_at(start as u64, "a type other than of functions"));
            }
            let params = skip_types(&mut reader).map_err(malformed)?;
            let results = skip_types(&mut reader).map_err(malformed)?;
            self.declared.note(Size::Params, params.max(results).into());
            let ty = Type {
                // A section has its size in 32 bits.
                start: (start - self.types_start) as u32,
                params: u16::try_from(params).unwrap_or(u16::MAX),
            };
            push_some(&mut self.types, PARSER_ITEMS as usize, ty);
        }
        if reader.eof() {
            Ok(())
        } else {
            let offset = reader.original_position();
            Err(invalid_at(
                offset as u64,
                "more than the types of a section",
            ))
        }
    }

    fn memories(&mut self, section: &MemorySectionReader<'_>) -> Result<(), Refusal> {
        for memory in section.clone() {
            let memory = memory.map_err(|error| invalid(&error))?;
            if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
                let offset = section.range().start;
                let what = "a memory that is 64-bit, shared or of other pages";
                return Err(invalid_at(offset as u64, what));
            }
            self.memory(&memory);
        }
        Ok(())
    }

    fn collect_more(&mut self, payload: &Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    self.import(import.module, import.name, import.ty);
                }
            }
            Payload::FunctionSection(section) => {
                self.declared.note(Size::Functions, section.count().into());
                for ty in section.clone() {
                    push_some(&mut self.functions, PARSER_ITEMS as usize, ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    self.table(&table?.ty);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section.clone() {
                    let global = global?;
                    let value = (!global.ty.mutable)
                        .then(|| Scan::constant(&global.init_expr))
                        .flatten();
                    let shape = Shape::Global {
                        ty: val_type(global.ty.content_type),
                        mutable: global.ty.mutable,
                        value,
                    };
                    push_some(&mut self.globals, PARSER_ITEMS as usize, shape);
                }
            }
            Payload::ExportSection(section) => {
                self.declared.note(Size::Exports, section.count().into());
                for export in section.clone() {
                    let export = export?;
                    self.export(export.name, export.kind, export.index);
                }
            }
            Payload::ElementSection(section) => {
                self.declared.elements = u64::from(section.count());
                for segment in section.clone() {
                    segment?;
                }
            }
            Payload::DataCountSection { count, .. } => {
                self.declared.data = u64::from(*count);
            }
            Payload::DataSection(section) => {
                self.declared.data = u64::from(section.count());
                for segment in section.clone() {
                    segment?;
                }
            }
            Payload::CodeSectionEntry(body) => self.body(body)?,
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, module: &str, field: &str, ty: TypeRef) {
        let kind = match ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                push_some(&mut self.functions, PARSER_ITEMS as usize, index);
                "function"
            }
            TypeRef::Table(table) => {
                self.table(&table);
                "table"
            }
            TypeRef::Memory(memory) => {
                self.memory(&memory);
                "memory"
            }
            TypeRef::Global(global) => {
                let shape = Shape::Global {
                    ty: val_type(global.content_type),
                    mutable: global.mutable,
                    value: None,
                };
                push_some(&mut self.globals, PARSER_ITEMS as usize, shape);
                "global"
            }
            TypeRef::Tag(_) => "tag",
        };
        self.import_count += 1;
        if self.imports.len() < MOST_IMPORTS {
            self.imports.push(Import {
                module: module.to_owned(),
                field: field.to_owned(),
                kind,
            });
        }
    }

    fn table(&mut self, ty: &wasmparser::TableType) {
        self.declared.note(Size::TableEntries, ty.initial);
        let table = Table {
            min_entries: ty.initial,
            max_entries: ty.maximum,
        };
        push_some(&mut self.tables, PARSER_TABLES, table);
    }

    fn memory(&mut self, ty: &wasmparser::MemoryType) {
        let bytes = ty.initial.saturating_mul(PAGE_BYTES);
        self.declared.note(Size::MemoryBytes, bytes);
        let memory = Memory {
            min_pages: ty.initial,
            max_pages: ty.maximum,
        };
        push_some(&mut self.memories, PARSER_TABLES, memory);
    }

    fn export(&mut self, name: &str, kind: ExternalKind, index: u32) {
        let key = name
            .strip_prefix(UNIFORM_PREFIX)
            .filter(|key| !key.is_empty() && *key != WIDTH_AND_HEIGHT);
        let known = ExportName::from_text(name);
        if key.is_none() && known.is_none() {
            /// Longer names are no misspelling of one of the contract's.
            const LONGEST_NAME: usize = 40;
            /// Each is compared with every missing name, which takes a while.
            const MOST_NAMES: usize = 1_000;
            if name.len() <= LONGEST_NAME && self.other_exports.len() < MOST_NAMES {
                self.other_exports.push(name.to_owned());
            }
            return;
        }
        if key.is_some() && self.uniforms.len() >= self.most_names {
            return;
        }
        if kind == ExternalKind::Func {
            self.function_names
                .entry(index)
                .or_insert_with(|| name.to_owned());
        }
        let Some(shape) = self.shape(kind, index) else {
            // An index out of range: the validator refuses the module.
            return;
        };
        if let Some(key) = key {
            self.uniforms.push(Uniform {
                key: key.to_owned(),
                shape,
            });
        } else if let Some(known) = known {
            if known == ExportName::Memory && shape == Shape::Memory {
                self.exported_memory = self.memories.get(index as usize).copied();
            }
            self.exports.insert(known, shape);
        }
    }

    fn shape(&mut self, kind: ExternalKind, index: u32) -> Option<Shape> {
        Some(match kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                let ty = *self.functions.get(index as usize)?;
                if let Some(shape) = self.shapes.get(&ty) {
                    return Some(shape.clone());
                }
                let shape = self.function(ty)?;
                self.shapes.insert(ty, shape.clone());
                shape
            }
            ExternalKind::Global => self.globals.get(index as usize)?.clone(),
            ExternalKind::Memory => Shape::Memory,
            ExternalKind::Table => Shape::Table,
            ExternalKind::Tag => Shape::Tag,
        })
    }

    /// The shape of the functions of a type; `None` where the validator refuses it.
    fn function(&self, ty: u32) -> Option<Shape> {
        let start = self.types_start + self.types.get(ty as usize)?.start as usize;
        let mut reader = self.reader(start..self.wasm.len());
        reader.read_u8().ok()?;
        let mut list = || -> Option<Arc<[ValType]>> {
            let count = reader.read_var_u32().ok()?;
            (0..Some(count).filter(|count| u64::from(*count) <= Size::Params.most())?)
                .map(|_| reader.read().ok().map(val_type))
                .collect()
        };
        Some(Shape::Function {
            params: list()?,
            results: list()?,
        })
    }

    /// The value of a constant expression, where it is a number that this reading
    /// can see: constants and extended arithmetic. (A module's own globals cannot be
    /// read here, and it imports none.)
    fn constant(expression: &ConstExpr<'_>) -> Option<Value> {
        /// Deeper expressions are left to the engine.
        const MOST_OPERANDS: usize = 64;
        let mut stack: Vec<Value> = Vec::new();
        for operator in expression.get_operators_reader() {
            let value = match operator.ok()? {
                Operator::I32Const { value } => Value::I32(value),
                Operator::I64Const { value } => Value::I64(value),
                Operator::F32Const { value } => Value::F32(value.bits()),
                Operator::F64Const { value } => Value::F64(value.bits()),
                Operator::I32Add => on_i32(&mut stack, i32::wrapping_add)?,
                Operator::I32Sub => on_i32(&mut stack, i32::wrapping_sub)?,
                Operator::I32Mul => on_i32(&mut stack, i32::wrapping_mul)?,
                Operator::I64Add => on_i64(&mut stack, i64::wrapping_add)?,
                Operator::I64Sub => on_i64(&mut stack, i64::wrapping_sub)?,
                Operator::I64Mul => on_i64(&mut stack, i64::wrapping_mul)?,
                Operator::End => break,
                _ => return None,
            };
            if stack.len() == MOST_OPERANDS {
                return None;
            }
            stack.push(value);
        }
        stack.pop()
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        let params = self
            .type_of_next_body()
            .map_or(0, |ty| u64::from(ty.params));
        let declared = &mut self.declared;
        declared.note(Size::FunctionBytes, body.range().len() as u64);
        // Groups of locals are counted by hand: the parser's own reader fails at
        // its own limit.
        let mut reader = body.get_binary_reader();
        let mut locals = 0_u64;
        for _ in 0..reader.read_var_u32()? {
            locals += u64::from(reader.read_var_u32()?);
            reader.read::<wasmparser::ValType>()?;
        }
        self.last_locals = locals + params;
        declared.note(Size::Locals, locals);
        declared.locals_and_params = declared.locals_and_params.max(self.last_locals);
        Ok(())
    }

    /// The type of the function that the next body is of.
    fn type_of_next_body(&mut self) -> Option<Type> {
        let functions = self.functions.len() as u64;
        let imported = functions.saturating_sub(self.declared.size(Size::Functions));
        let index = usize::try_from(imported).ok()?.checked_add(self.bodies)?;
        self.bodies += 1;
        let ty = *self.functions.get(index)?;
        self.types.get(ty as usize).copied()
    }

    fn validate_body<T: wasmparser::WasmModuleResources>(
        &mut self,
        validator: &mut wasmparser::FuncValidator<T>,
        body: &FunctionBody<'_>,
    ) -> wasmparser::Result<()> {
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        reader.set_features(features());
        while !reader.eof() {
            self.note_operator(reader.clone());
            reader.visit_operator(&mut validator.visitor(reader.original_position()))??;
            let operands = u64::from(validator.operand_stack_height());
            self.declared.note(Size::Operands, operands);
        }
        reader.finish_expression(&validator.visitor(reader.original_position()))
    }

    /// Notes whether the next instruction grows a memory or a table, and how many targets
    /// it has.
    fn note_operator(&mut self, mut reader: BinaryReader<'_>) {
        const BR_TABLE: u8 = 0x0e;
        const MEMORY_GROW: u8 = 0x40;
        const PREFIX: u8 = 0xfc;
        const TABLE_GROW: u32 = 15;
        match reader.read_u8() {
            Ok(BR_TABLE) => {
                let targets = u64::from(reader.read_var_u32().unwrap_or(0));
                self.declared.note(Size::BranchTargets, targets);
            }
            Ok(MEMORY_GROW) => self.grows_memory = true,
            Ok(PREFIX) => self.grows_tables |= matches!(reader.read_var_u32(), Ok(TABLE_GROW)),
            _ => {}
        }
    }

    fn signature(mut self, limits: &Limits) -> Signature {
        self.uniforms.sort_by(|a, b| a.key.cmp(&b.key));
        let is_tile = [ExportName::Tile, ExportName::TileOlder]
            .iter()
            .any(|name| self.exports.contains_key(name));
        Signature {
            kind: if is_tile { Kind::Tile } else { Kind::Content },
            exports: self.exports,
            uniforms: self.uniforms,
            imports: self.imports,
            import_count: self.import_count,
            memory: self.exported_memory,
            grows_memory: self.grows_memory,
            tables: self.tables,
            grows_tables: self.grows_tables,
            other_exports: self.other_exports,
            function_names: self.function_names,
            excess: self.declared.excess(limits),
        }
    }
}

/// Reads past a list of types, and says how many they are.
fn skip_types(reader: &mut BinaryReader<'_>) -> wasmparser::Result<u32> {
    let count = reader.read_var_u32()?;
    for _ in 0..count {
        reader.read::<wasmparser::ValType>()?;
    }
    Ok(count)
}

fn on_i32(stack: &mut Vec<Value>, operation: fn(i32, i32) -> i32) -> Option<Value> {
    match (stack.pop()?, stack.pop()?) {
        (Value::I32(right), Value::I32(left)) => Some(Value::I32(operation(left, right))),
        _ => None,
    }
}

fn on_i64(stack: &mut Vec<Value>, operation: fn(i64, i64) -> i64) -> Option<Value> {
    match (stack.pop()?, stack.pop()?) {
        (Value::I64(right), Value::I64(left)) => Some(Value::I64(operation(left, right))),
        _ => None,
    }
}

fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        // The feature set has these two reference types only; the validator
        // refuses a module with any other.
        wasmparser::ValType::Ref(ty) if ty.is_func_ref() => ValType::FuncRef,
        wasmparser::ValType::Ref(_) => ValType::ExternRef,
    }
}
