//! The bytes of a module: whether they are one (MOD-8), and what it declares.

use std::collections::BTreeMap;

use qip_contract::PAGE_BYTES;
use wasmparser::{
    BinaryReader, ExternalKind, FromReader, FuncType, FuncValidator, FunctionBody, MemoryType,
    Operator, Parser, Payload, SectionLimited, TypeSectionReader, ValType, ValidPayload, Validator,
    WasmFeatures, WasmModuleResources,
};

use super::hooks::Job;
use super::mutation::Mutation;

/// What the type of a function begins with, and in WebAssembly 2.0 every type.
const FUNCTION_TYPE: u8 = 0x60;

/// What a module declares.
#[derive(Default)]
pub(crate) struct Binary {
    /// Module and field of the first in the import section (MOD-2).
    pub(crate) first_import: Option<(String, String)>,
    /// By name.
    pub(crate) exports: BTreeMap<String, Export>,
    /// Whether any function has the instruction `memory.grow` (MOD-7).
    pub(crate) grows_memory: bool,
    sizes: Sizes,
    /// Why it is no valid module, if it is none (MOD-8).
    pub(crate) invalid: Option<String>,
    // The index spaces. They leave imports out: whoever imports is refused before
    // anything that is exported is looked at.
    types: Vec<FuncType>,
    functions: Vec<u32>,
    globals: Vec<ValType>,
    memories: Vec<MemoryType>,
    bodies: usize,
}

/// What stands behind a name.
pub(crate) enum Export {
    Function(FuncType),
    Global(ValType),
    Memory(MemoryType),
    /// Anything that no clause asks for.
    Other,
}

/// What LIM-1 counts; of what there are several, the largest.
#[derive(Default)]
struct Sizes {
    functions: u64,
    function_bytes: u64,
    locals: u64,
    branch_targets: u64,
    operands: u64,
    params: u64,
    results: u64,
    types: u64,
    exports: u64,
    segments: u64,
    table_entries: u64,
    memory_bytes: u64,
    /// The first that wasmparser itself does not read.
    unreadable: Option<Size>,
}

/// A size, and how much of it is allowed.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) what: &'static str,
    pub(crate) found: u64,
    pub(crate) allowed: u64,
}

/// MOD-8: whether the bytes begin as a core module does. A component does not.
pub(crate) fn has_header(wasm: &[u8]) -> bool {
    wasm.starts_with(b"\0asm\x01\0\0\0")
}

/// MOD-8: WebAssembly 2.0, which has fixed-width SIMD; tail calls; extended constant
/// expressions; nothing else.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::WASM2 | WasmFeatures::TAIL_CALL | WasmFeatures::EXTENDED_CONST
}

/// Reads what a module declares, up to where it cannot be read any more, and what makes it
/// invalid (MOD-8).
pub(crate) fn read(wasm: &[u8], job: Job<'_>) -> Binary {
    let mut binary = Binary::default();
    if let Err(why) = binary.read(wasm, job) {
        binary.invalid.get_or_insert(why);
    }
    binary
}

/// What a module declares before the bodies of its functions, whether or not it is valid: all
/// that a mutant looks at.
pub(crate) fn skim(wasm: &[u8], job: Job<'_>) -> Binary {
    let mut binary = Binary::default();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        let is_done = matches!(payload, Payload::CodeSectionStart { .. });
        if is_done || binary.note(wasm, &payload, job).is_err() {
            break;
        }
    }
    binary
}

impl Binary {
    fn read(&mut self, wasm: &[u8], job: Job<'_>) -> Result<(), String> {
        let mut validator = Some(Validator::new_with_features(features()));
        let mut parser = Parser::new(0);
        parser.set_features(features());
        for payload in parser.parse_all(wasm) {
            let payload = payload.map_err(text)?;
            match validator.as_mut().map(|it| it.payload(&payload)) {
                Some(Ok(ValidPayload::Func(function, body))) => {
                    let mut function = function.into_validator(Default::default());
                    if let Err(error) = self.validate_body(&mut function, &body, job) {
                        self.forgive(wasm, &payload, &error, job);
                    }
                }
                Some(Err(error)) => {
                    self.forgive(wasm, &payload, &error, job);
                    validator = validator.and_then(|it| go_on(it, &payload));
                }
                _ => {}
            }
            self.note(wasm, &payload, job)?;
        }
        Ok(())
    }
}

fn text(error: wasmparser::Error) -> String {
    error.to_string()
}

/// A validator that has refused a body for its size judges the next one as before, if
/// only it knows that there was one. After a section it knows too little of the module:
/// the rest has to be well-formed, and no more is asked of it (LIM-1).
fn go_on(mut validator: Validator, refused: &Payload<'_>) -> Option<Validator> {
    let Payload::CodeSectionEntry(body) = refused else {
        return None;
    };
    let no_body = FunctionBody::new(BinaryReader::new(&[], body.range().start));
    let counted = validator.code_section_entry(&no_body).is_ok();
    counted.then_some(validator)
}

impl Binary {
    /// Validates the instructions of a function, and notes the height of its operand stack.
    fn validate_body<T: WasmModuleResources>(
        &mut self,
        function: &mut FuncValidator<T>,
        body: &FunctionBody<'_>,
        job: Job<'_>,
    ) -> wasmparser::Result<()> {
        function.read_locals(&mut body.get_binary_reader())?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            function.op(offset, &operator)?;
            let mut height = u64::from(function.operand_stack_height());
            if height > job.task.limits.operands && job.errs(Mutation::OperandsOfBlockAlone) {
                let block = function.get_control_frame(0);
                height -= block.map_or(0, |block| block.height as u64);
            }
            self.sizes.operands = self.sizes.operands.max(height);
        }
        operators.finish()
    }

    /// LIM-1: the first size that is over its limit.
    pub(crate) fn over(&self, job: Job<'_>) -> Option<Size> {
        let (sizes, limits) = (&self.sizes, &job.task.limits);
        let params = sizes.params.max(sizes.results);
        // Of targets and operands no more can be allowed than these.
        let mut targets = limits.branch_targets.min(65_520);
        let mut operands = limits.operands.min(10_000);
        if sizes.branch_targets > targets && job.errs(Mutation::BranchTargetsUnlimited) {
            targets = u64::MAX;
        }
        if sizes.operands > operands && job.errs(Mutation::OperandsUnlimited) {
            operands = u64::MAX;
        }
        let all = [
            ("functions", sizes.functions, limits.functions),
            (
                "bytes of a function",
                sizes.function_bytes,
                limits.function_bytes,
            ),
            ("locals", sizes.locals, limits.locals),
            ("targets of a branch table", sizes.branch_targets, targets),
            (
                "operands on the stack of a function",
                sizes.operands,
                operands,
            ),
            ("parameters or results", params, limits.params),
            ("types", sizes.types, limits.types),
            ("exports", sizes.exports, limits.exports),
            ("segments", sizes.segments, limits.segments),
            (
                "entries of a table",
                sizes.table_entries,
                limits.table_entries,
            ),
            ("bytes of memory", sizes.memory_bytes, limits.memory_bytes),
        ];
        first_over(&all).or(sizes.unreadable)
    }

    /// LIM-1: a part that is only too large for wasmparser is `limit`, not `invalid-module`,
    /// and that comes after import and memory. So reading goes on.
    fn forgive(
        &mut self,
        wasm: &[u8],
        payload: &Payload<'_>,
        error: &wasmparser::Error,
        job: Job<'_>,
    ) {
        match self.unreadable(wasm, payload) {
            Some(size) if !job.errs(Mutation::UnreadableIsInvalid) => {
                self.sizes.unreadable.get_or_insert(size);
            }
            _ => {
                self.invalid.get_or_insert(error.to_string());
            }
        }
    }

    /// What wasmparser does not read of this part for its size, though LIM-1 has a
    /// limit of its own for that.
    fn unreadable(&self, wasm: &[u8], payload: &Payload<'_>) -> Option<Size> {
        match payload {
            Payload::TypeSection(section) => {
                let params = match read_types(wasm, section) {
                    (params, results, Ok(())) => params.max(results),
                    (_, _, Err(_)) => 0,
                };
                first_over(&[
                    ("types", entries(section), 1_000_000),
                    ("parameters or results", params, 1_000),
                ])
            }
            Payload::FunctionSection(section) => {
                first_over(&[("functions", entries(section), 1_000_000)])
            }
            Payload::ExportSection(section) => {
                first_over(&[("exports", entries(section), 1_000_000)])
            }
            Payload::ElementSection(section) => {
                first_over(&[("segments", entries(section), 100_000)])
            }
            Payload::DataCountSection { count, .. } => {
                first_over(&[("segments", u64::from(*count), 100_000)])
            }
            Payload::DataSection(section) => first_over(&[("segments", entries(section), 100_000)]),
            Payload::CodeSectionEntry(body) => {
                let locals = match read_locals(body) {
                    (locals, Ok(())) => locals,
                    (_, Err(_)) => 0,
                };
                // To wasmparser parameters are locals, too.
                let locals_and_params = locals + self.params_of_next_body().len() as u64;
                first_over(&[
                    ("bytes of a function", bytes(body), 7_654_321),
                    ("locals with parameters", locals_and_params, 50_000),
                ])
            }
            _ => None,
        }
    }

    /// Notes what a part declares. Every part has to be well-formed, also where the
    /// validator is of no help any more.
    fn note(&mut self, wasm: &[u8], payload: &Payload<'_>, job: Job<'_>) -> Result<(), String> {
        match payload {
            Payload::TypeSection(section) => self.note_types(wasm, section, job),
            Payload::MemorySection(section) => self.note_memories(section, job),
            Payload::TagSection(_) | Payload::UnknownSection { .. } => {
                Err("a section that WebAssembly 2.0 does not have".to_owned())
            }
            _ => self.note_other(payload, job).map_err(text),
        }
    }

    fn note_types(
        &mut self,
        wasm: &[u8],
        section: &TypeSectionReader<'_>,
        job: Job<'_>,
    ) -> Result<(), String> {
        self.sizes.types = u64::from(section.count());
        let (params, results, read) = read_types(wasm, section);
        (self.sizes.params, self.sizes.results) = (params, results);
        read?;
        if results > job.task.limits.params && job.errs(Mutation::ResultsUnlimited) {
            self.sizes.results = 0;
        }
        // Those behind a type that is too large cannot be read.
        let types = section.clone().into_iter_err_on_gc_types();
        self.types.extend(types.map_while(Result::ok));
        Ok(())
    }

    fn note_memories(
        &mut self,
        section: &SectionLimited<'_, MemoryType>,
        job: Job<'_>,
    ) -> Result<(), String> {
        for memory in section.clone() {
            let memory = memory.map_err(text)?;
            let is_newer = memory.memory64 || memory.shared || memory.page_size_log2.is_some();
            if is_newer {
                return Err("a memory that WebAssembly 2.0 does not have".to_owned());
            }
            let mut bytes = memory.initial.saturating_mul(PAGE_BYTES);
            if bytes > u64::from(u32::MAX) && job.errs(Mutation::MemorySizeWraps) {
                bytes %= 1 << 32;
            }
            self.sizes.memory_bytes = self.sizes.memory_bytes.max(bytes);
            self.memories.push(memory);
        }
        Ok(())
    }

    fn note_other(&mut self, payload: &Payload<'_>, job: Job<'_>) -> wasmparser::Result<()> {
        let sizes = &mut self.sizes;
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    let name = (import.module.to_owned(), import.name.to_owned());
                    self.first_import.get_or_insert(name);
                }
            }
            Payload::FunctionSection(section) => {
                sizes.functions = u64::from(section.count());
                for function in section.clone() {
                    self.functions.push(function?);
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    sizes.table_entries = sizes.table_entries.max(table?.ty.initial);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section.clone() {
                    self.globals.push(global?.ty.content_type);
                }
            }
            Payload::ExportSection(section) => {
                sizes.exports = u64::from(section.count());
                for export in section.clone() {
                    let export = export?;
                    let found = self.export(export.kind, export.index);
                    self.exports.insert(export.name.to_owned(), found);
                }
            }
            Payload::ElementSection(section) => {
                sizes.segments += u64::from(section.count());
                for segment in section.clone() {
                    segment?;
                }
            }
            Payload::DataSection(section) => {
                sizes.segments += u64::from(section.count());
                for segment in section.clone() {
                    segment?;
                }
            }
            Payload::CodeSectionEntry(body) => {
                self.bodies += 1;
                sizes.function_bytes = sizes.function_bytes.max(bytes(body));
                let (locals, read) = read_locals(body);
                sizes.locals = sizes.locals.max(locals);
                read?;
                for operator in operators(body) {
                    match operator {
                        Operator::MemoryGrow { .. } => self.grows_memory = true,
                        Operator::BrTable { targets } => {
                            let mut count = u64::from(targets.len());
                            let is_full = count == job.task.limits.branch_targets;
                            if is_full && job.errs(Mutation::DefaultTargetCounts) {
                                count += 1;
                            }
                            sizes.branch_targets = sizes.branch_targets.max(count);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn export(&self, kind: ExternalKind, index: u32) -> Export {
        let at = index as usize;
        let found = match kind {
            ExternalKind::Func => self
                .functions
                .get(at)
                .and_then(|index| self.function_type(*index))
                .map(|function| Export::Function(function.clone())),
            ExternalKind::Global => self.globals.get(at).copied().map(Export::Global),
            ExternalKind::Memory => self.memories.get(at).copied().map(Export::Memory),
            _ => None,
        };
        found.unwrap_or(Export::Other)
    }

    fn function_type(&self, index: u32) -> Option<&FuncType> {
        self.types.get(index as usize)
    }

    /// The parameters of the function that the next body is of.
    fn params_of_next_body(&self) -> &[ValType] {
        let function = self.functions.get(self.bodies);
        let function = function.and_then(|index| self.function_type(*index));
        function.map_or(&[], FuncType::params)
    }
}

/// LIM-1: the first of what was found that is more than what is allowed.
fn first_over(all: &[(&'static str, u64, u64)]) -> Option<Size> {
    let mut over = all.iter().filter(|(_, found, allowed)| found > allowed);
    over.next().map(|&(what, found, allowed)| Size {
        what,
        found,
        allowed,
    })
}

/// The entries of a section; 0 where they cannot all be read.
fn entries<'a, T: FromReader<'a>>(section: &SectionLimited<'a, T>) -> u64 {
    let all_read = section.clone().into_iter().all(|entry| entry.is_ok());
    if all_read {
        u64::from(section.count())
    } else {
        0
    }
}

/// The most parameters of any type, and the most results; up to what cannot be read, if
/// there is anything. Counted by hand, since wasmparser reads no type that has more than a
/// thousand.
fn read_types(wasm: &[u8], section: &TypeSectionReader<'_>) -> (u64, u64, Result<(), String>) {
    let range = section.range();
    let bytes = wasm.get(range.clone()).unwrap_or_default();
    let mut reader = BinaryReader::new(bytes, range.start);
    let (mut params, mut results) = (0, 0);
    let mut read = || {
        for _ in 0..reader.read_var_u32().map_err(text)? {
            if reader.read_u8().map_err(text)? != FUNCTION_TYPE {
                return Err("a type that is not one of functions".to_owned());
            }
            read_list(&mut reader, &mut params).map_err(text)?;
            read_list(&mut reader, &mut results).map_err(text)?;
        }
        if !reader.eof() {
            return Err("bytes behind the last type".to_owned());
        }
        Ok(())
    };
    let read = read();
    (params, results, read)
}

fn read_list(reader: &mut BinaryReader<'_>, most: &mut u64) -> wasmparser::Result<()> {
    let count = reader.read_var_u32()?;
    *most = u64::from(count).max(*most);
    for _ in 0..count {
        reader.read::<ValType>()?;
    }
    Ok(())
}

fn bytes(body: &FunctionBody<'_>) -> u64 {
    body.range().len() as u64
}

/// How many locals a function declares; up to what cannot be read, if there is anything.
/// Counted by hand, since wasmparser's own reader stops where the sum leaves 32 bits.
fn read_locals(body: &FunctionBody<'_>) -> (u64, wasmparser::Result<()>) {
    let mut reader = body.get_binary_reader();
    let mut locals = 0;
    let mut read = || {
        for _ in 0..reader.read_var_u32()? {
            locals += u64::from(reader.read_var_u32()?);
            reader.read::<ValType>()?;
        }
        Ok(())
    };
    let read = read();
    (locals, read)
}

/// The instructions of a function, up to what cannot be read.
fn operators<'a>(body: &FunctionBody<'a>) -> impl Iterator<Item = Operator<'a>> {
    let operators = body.get_operators_reader().into_iter().flatten();
    operators.map_while(Result::ok)
}
