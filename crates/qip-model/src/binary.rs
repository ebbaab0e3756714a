//! The bytes of a module: whether they are one (MOD-8), and what it declares.

use std::collections::BTreeMap;

use qip_contract::{Limits, PAGE_BYTES};
use wasmparser::{
    BinaryReader, ExternalKind, FromReader, FuncType, FuncValidator, FunctionBody, MemoryType,
    Operator, Parser, Payload, SectionLimited, TypeRef, TypeSectionReader, ValType, ValidPayload,
    Validator, WasmFeatures, WasmModuleResources,
};

use super::{Job, Mutation};

/// What the type of a function begins with, and in WebAssembly 2.0 every type.
const FUNCTION_TYPE: u8 = 0x60;

/// What a module declares.
#[derive(Default)]
pub(super) struct Binary {
    /// Module and field of the first in the import section (MOD-2).
    pub(super) first_import: Option<(String, String)>,
    /// By name.
    pub(super) exports: BTreeMap<String, Export>,
    /// Whether any function has the instruction `memory.grow` (MOD-7).
    pub(super) grows_memory: bool,
    sizes: Sizes,
    // The index spaces. They leave imports out: whoever imports is refused before
    // anything that is exported is looked at.
    types: Vec<FuncType>,
    functions: Vec<u32>,
    globals: Vec<ValType>,
    memories: Vec<MemoryType>,
    bodies: usize,
}

/// What stands behind a name.
pub(super) enum Export {
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
pub(super) struct Size {
    pub(super) what: &'static str,
    pub(super) found: u64,
    pub(super) allowed: u64,
}

/// Whether the bytes begin as a core module does (MOD-8). A component does not.
pub(super) fn has_header(wasm: &[u8], job: Job<'_>) -> bool {
    wasm.starts_with(b"\0asm\x01\0\0\0")
        || wasm.starts_with(b"\0asm") && job.errs(Mutation::VersionUnchecked)
}

/// WebAssembly 2.0, which has fixed-width SIMD; tail calls; extended constant
/// expressions; nothing else (MOD-8).
fn features(wasm: &[u8], job: Job<'_>) -> WasmFeatures {
    let all = WasmFeatures::WASM2 | WasmFeatures::TAIL_CALL | WasmFeatures::EXTENDED_CONST;
    let wrong = [
        (Mutation::SimdRefused, all & !WasmFeatures::SIMD),
        (Mutation::TailCallsRefused, all & !WasmFeatures::TAIL_CALL),
        (
            Mutation::ExtendedConstRefused,
            all & !WasmFeatures::EXTENDED_CONST,
        ),
        (Mutation::FirstEditionOnly, all & WasmFeatures::WASM1),
        (Mutation::ProposalsTaken, WasmFeatures::all()),
    ];
    let is_valid = |features| {
        Validator::new_with_features(features)
            .validate_all(wasm)
            .is_ok()
    };
    // Whoever takes more makes a difference to an invalid module only, whoever takes less
    // to a valid one.
    let mut wrong = wrong.into_iter().filter(|(mutation, features)| {
        job.flaw.may_be(*mutation) && !(is_valid(all) && is_valid(*features)) && job.errs(*mutation)
    });
    wrong.next().map_or(all, |(_, features)| features)
}

/// Reads a module that has the header.
///
/// # Errors
///
/// What makes it invalid (MOD-8).
pub(super) fn read(wasm: &[u8], job: Job<'_>) -> Result<Binary, String> {
    let mut binary = Binary::default();
    binary.read(wasm, true, job).map(|()| binary)
}

/// What a module declares up to where it cannot be read any more; it is not validated.
pub(super) fn skim(wasm: &[u8], job: Job<'_>) -> Binary {
    let mut binary = Binary::default();
    // What is wrong is told by whoever reads it.
    let _ = binary.read(wasm, false, job);
    binary
}

impl Binary {
    fn read(&mut self, wasm: &[u8], validates: bool, job: Job<'_>) -> Result<(), String> {
        let features = features(wasm, job);
        let mut validator = validates.then(|| Validator::new_with_features(features));
        let mut parser = Parser::new(0);
        parser.set_features(features);
        for payload in parser.parse_all(wasm) {
            let payload = payload.map_err(text)?;
            match validator.as_mut().map(|it| it.payload(&payload)) {
                Some(Ok(ValidPayload::Func(function, body))) => {
                    let mut function = function.into_validator(Default::default());
                    let result = self.validate_body(&mut function, &body, job);
                    result.or_else(|error| self.forgive(wasm, &payload, &error))?;
                }
                Some(Err(error)) => {
                    self.forgive(wasm, &payload, &error)?;
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
            if height > job.limits().operands && job.errs(Mutation::OperandsOfBlockAlone) {
                let block = function.get_control_frame(0);
                height -= block.map_or(0, |block| block.height as u64);
            }
            self.sizes.operands = self.sizes.operands.max(height);
        }
        operators.finish()
    }

    /// The first size that is over a limit (LIM-1).
    pub(super) fn over(&self, limits: &Limits, job: Job<'_>) -> Option<Size> {
        let sizes = &self.sizes;
        let size = |what, found, allowed| Size {
            what,
            found,
            allowed,
        };
        let params = sizes.params.max(sizes.results);
        let all = [
            (
                size("functions", sizes.functions, limits.functions),
                Mutation::FunctionsUnlimited,
            ),
            (
                size(
                    "bytes of a function",
                    sizes.function_bytes,
                    limits.function_bytes,
                ),
                Mutation::FunctionSizeUnlimited,
            ),
            (
                size("locals", sizes.locals, limits.locals),
                Mutation::LocalsUnlimited,
            ),
            (
                size(
                    "targets of a branch table",
                    sizes.branch_targets,
                    limits.branch_targets.min(65_520),
                ),
                Mutation::BranchTargetsUnlimited,
            ),
            (
                size(
                    "operands on the stack of a function",
                    sizes.operands,
                    limits.operands.min(10_000),
                ),
                Mutation::OperandsUnlimited,
            ),
            (
                size("parameters or results", params, limits.params),
                Mutation::ParamsUnlimited,
            ),
            (
                size("types", sizes.types, limits.types),
                Mutation::TypesUnlimited,
            ),
            (
                size("exports", sizes.exports, limits.exports),
                Mutation::ExportsUnlimited,
            ),
            (
                size("segments", sizes.segments, limits.segments),
                Mutation::SegmentsUnlimited,
            ),
            (
                size(
                    "entries of a table",
                    sizes.table_entries,
                    limits.table_entries,
                ),
                Mutation::TableUnlimited,
            ),
            (
                size("bytes of memory", sizes.memory_bytes, limits.memory_bytes),
                Mutation::MemoryUnlimited,
            ),
        ];
        let over = all.into_iter().find(|(size, unlimited)| {
            exceeds(size.found, size.allowed, job) && !job.errs(*unlimited)
        });
        let over = over.map(|(size, _)| size);
        over.or(sizes.unreadable)
    }

    /// A part that is only too large for wasmparser is `limit`, not `invalid-module`
    /// (LIM-1). That comes after import and memory, so reading goes on.
    fn forgive(
        &mut self,
        wasm: &[u8],
        payload: &Payload<'_>,
        error: &wasmparser::Error,
    ) -> Result<(), String> {
        match self.unreadable(wasm, payload) {
            Some(size) => {
                self.sizes.unreadable.get_or_insert(size);
                Ok(())
            }
            None => Err(error.to_string()),
        }
    }

    /// What wasmparser does not read of this part for its size, though LIM-1 has a
    /// limit of its own for that.
    fn unreadable(&self, wasm: &[u8], payload: &Payload<'_>) -> Option<Size> {
        let size = |what, found, allowed| Size {
            what,
            found,
            allowed,
        };
        let sizes = match payload {
            Payload::TypeSection(section) => vec![
                size("types", entries(section), 1_000_000),
                size(
                    "parameters or results",
                    match read_types(wasm, section) {
                        (params, results, Ok(())) => params.max(results),
                        (_, _, Err(_)) => 0,
                    },
                    1_000,
                ),
            ],
            Payload::FunctionSection(section) => {
                vec![size("functions", entries(section), 1_000_000)]
            }
            Payload::ExportSection(section) => vec![size("exports", entries(section), 1_000_000)],
            Payload::ElementSection(section) => vec![size("segments", entries(section), 100_000)],
            Payload::DataCountSection { count, .. } => {
                vec![size("segments", u64::from(*count), 100_000)]
            }
            Payload::DataSection(section) => vec![size("segments", entries(section), 100_000)],
            Payload::CodeSectionEntry(body) => {
                // To wasmparser parameters are locals, too.
                let params = self.params_of_next_body().len() as u64;
                let locals = match read_locals(body) {
                    (locals, Ok(())) => locals,
                    (_, Err(_)) => 0,
                };
                vec![
                    size("bytes of a function", bytes(body), 7_654_321),
                    size("locals with parameters", locals + params, 50_000),
                ]
            }
            _ => Vec::new(),
        };
        sizes.into_iter().find(|size| size.found > size.allowed)
    }

    /// Notes what a part declares. Every part has to be well-formed, also where the
    /// validator is of no help any more.
    fn note(&mut self, wasm: &[u8], payload: &Payload<'_>, job: Job<'_>) -> Result<(), String> {
        match payload {
            Payload::TypeSection(section) => self.note_types(wasm, section, job),
            Payload::MemorySection(section) => self.note_memories(section, job),
            Payload::TagSection(_) | Payload::UnknownSection { .. }
                if !job.errs(Mutation::ProposalsTaken) =>
            {
                Err("a section that WebAssembly 2.0 does not have".to_owned())
            }
            Payload::CustomSection(_) if job.errs(Mutation::CustomSectionsRefused) => {
                Err("a custom section".to_owned())
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
        if read.is_err() && !job.errs(Mutation::ProposalsTaken) {
            read?;
        }
        if results > job.limits().params && job.errs(Mutation::ResultsUnlimited) {
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
            if is_newer && !job.errs(Mutation::ProposalsTaken) {
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
                    let is_function = matches!(import.ty, TypeRef::Func(_));
                    if !is_function && job.errs(Mutation::FunctionImportsOnly) {
                        continue;
                    }
                    let name = (import.module.to_owned(), import.name.to_owned());
                    if self.first_import.is_none() || job.errs(Mutation::LastImportNamed) {
                        self.first_import = Some(name);
                    }
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
                            let is_full = count == job.limits().branch_targets;
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

/// Whether a size is over its limit (LIM-1).
pub(super) fn exceeds(found: u64, allowed: u64, job: Job<'_>) -> bool {
    found > allowed
        || found == allowed && job.errs(Mutation::LimitsExclusive)
        || found > allowed / 2 && job.errs(Mutation::LimitsHalved)
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

/// Whether any function of a module that is valid has a tail call.
pub(super) fn has_tail_calls(wasm: &[u8]) -> bool {
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let mut bodies = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    bodies.any(|body| {
        operators(&body).any(|operator| {
            matches!(
                operator,
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. }
            )
        })
    })
}

/// The instructions of a function, up to what cannot be read.
fn operators<'a>(body: &FunctionBody<'a>) -> impl Iterator<Item = Operator<'a>> {
    let operators = body.get_operators_reader().into_iter().flatten();
    operators.map_while(Result::ok)
}
