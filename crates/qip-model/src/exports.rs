//! What a host looks for in one stage before anything is instantiated (ORD-1).

mod filter;

use std::collections::BTreeSet;

use qip_cases::{Outcome, OutputKind};
use qip_contract::{Code, Numeric, PAGE_BYTES, Value};
use qip_engine::ExportId;
use wasmparser::{FuncType, MemoryType, ValType};

use super::binary::{self, Binary, Export, exceeds};
use super::{Job, Mutation, NOT_PIPEABLE, over_limit, refused, shown, uniform};

pub(super) use self::filter::Filter;

const UNIFORM: &str = "uniform_set_";
const WIDTH_AND_HEIGHT: &str = "width_and_height";
const INPUT_CAPS: [&str; 2] = ["input_utf8_cap", "input_bytes_cap"];
const OUTPUT_CAPS: [(&str, OutputKind); 3] = [
    ("output_utf8_cap", OutputKind::Utf8),
    ("output_bytes_cap", OutputKind::Bytes),
    ("output_i32_cap", OutputKind::I32),
];
const INPUT_TYPE: [&str; 2] = ["input_content_type_ptr", "input_content_type_size"];
const OUTPUT_TYPE: [&str; 2] = ["output_content_type_ptr", "output_content_type_size"];

/// What a module is, and what is asked of it.
pub(super) enum Role {
    Content(Box<Plan>),
    Filter(Box<Filter>),
    /// Of a picture's pipeline, what only a mutant leaves out.
    Nothing,
}

impl Role {
    /// The names of the exports that are used.
    pub(super) fn exports(&self) -> &[String] {
        match self {
            Role::Content(plan) => &plan.exports,
            Role::Filter(filter) => &filter.exports,
            Role::Nothing => &[],
        }
    }

    /// The size of the memory that the module declares.
    pub(super) fn declared_memory(&self) -> usize {
        match self {
            Role::Content(plan) => plan.declared_memory,
            Role::Filter(filter) => filter.declared_memory,
            Role::Nothing => 0,
        }
    }
}

/// What a request needs of a content module.
pub(super) struct Plan {
    /// The names of the exports that are used; an [`ExportId`] is a position in here.
    pub(super) exports: Vec<String>,
    /// In the order in which they are applied (UNI-2).
    pub(super) uniforms: Vec<(ExportId, Value)>,
    pub(super) input_ptr: Getter,
    /// Whether the input is UTF-8, and not any bytes (IN-2).
    pub(super) input_is_utf8: bool,
    pub(super) input_cap: Getter,
    /// Without, the result is a scalar (OUT-1).
    pub(super) output: Option<Buffer>,
    pub(super) input_type: Option<Pair>,
    pub(super) output_type: Option<Pair>,
    /// `None` only where a mutant does without.
    pub(super) entry: Option<ExportId>,
    /// The size of the memory that the module declares.
    pub(super) declared_memory: usize,
    /// What only a mutant needs.
    pub(super) by_mistake: ByMistake,
}

/// What a mutant does beyond what the clauses say: nothing, where there is no mistake.
#[derive(Default)]
pub(super) struct ByMistake {
    /// Functions that are called first.
    pub(super) called_first: Vec<ExportId>,
    /// Getters that are read although nothing asks for them.
    pub(super) also_read: Vec<Getter>,
    /// A refusal that comes only after instantiating.
    pub(super) refused_late: Option<Outcome>,
    /// A refusal that comes only before the call.
    pub(super) refused_before_call: Option<Outcome>,
}

/// An export that a number is read from (MOD-3).
#[derive(Clone, Copy)]
pub(super) struct Getter {
    pub(super) name: &'static str,
    pub(super) source: Source,
}

/// Where a number comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Global(ExportId),
    Function(ExportId),
    /// Only a mutant does without an export.
    Constant(u32),
}

/// Where output is read.
pub(super) struct Buffer {
    pub(super) kind: OutputKind,
    pub(super) ptr: Getter,
    pub(super) cap: Getter,
}

/// Where a content type stands.
pub(super) struct Pair {
    pub(super) ptr: Getter,
    pub(super) size: Getter,
}

impl Plan {
    /// The kind of the output, `None` for a scalar.
    pub(super) fn output_kind(&self) -> Option<OutputKind> {
        self.output.as_ref().map(|output| output.kind)
    }
}

/// What is looked at in a module that is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Import,
    Memory,
    Limits,
    Entry,
    InputPtr,
    InputCap,
    Output,
    ContentTypes,
    Uniforms,
}

/// ORD-1: the order of the checks, and which a mutant makes how much too early.
fn checks(job: Job<'_>) -> Vec<Check> {
    use Check::{
        ContentTypes, Entry, Import, InputCap, InputPtr, Limits, Memory, Output, Uniforms,
    };

    let mut checks = vec![
        Import,
        Memory,
        Limits,
        Entry,
        InputPtr,
        InputCap,
        Output,
        ContentTypes,
        Uniforms,
    ];
    for (mutation, early, before) in [
        (Mutation::MemoryBeforeImport, Memory, Import),
        (Mutation::LimitsBeforeImport, Limits, Import),
        (Mutation::LimitsBeforeMemory, Limits, Memory),
        (Mutation::EntryBeforeLimits, Entry, Limits),
        (Mutation::InputPtrBeforeEntry, InputPtr, Entry),
        (Mutation::InputCapBeforeInputPtr, InputCap, InputPtr),
        (Mutation::OutputBeforeInputCap, Output, InputCap),
        (Mutation::ContentTypesBeforeOutput, ContentTypes, Output),
        (Mutation::UniformsBeforeContentTypes, Uniforms, ContentTypes),
    ] {
        if job.disorders(mutation) {
            checks.retain(|check| *check != early);
            let at = checks.iter().position(|check| *check == before);
            checks.insert(at.unwrap_or_default(), early);
        }
    }
    checks
}

/// Looks for everything that the binary alone shows to be wrong with a stage, in the
/// order of ORD-1. Of a picture's pipeline every module is a tile filter. Whether the stage
/// is the last matters to a mutant only.
pub(super) fn plan(
    wasm: &[u8],
    uniforms: &[(String, String)],
    job: Job<'_>,
    is_last: bool,
) -> Result<Role, Outcome> {
    if job.disorders(Mutation::HeaderBeforeSize) {
        check_header(wasm, job)?;
    }
    let size_late = job.disorders(Mutation::SizeAfterValidity);
    if !size_late {
        check_size(wasm, job)?;
    }
    check_header(wasm, job)?;
    if job.disorders(Mutation::ImportBeforeValidity) {
        check_import(&binary::skim(wasm, job), job)?;
    }
    if job.disorders(Mutation::LimitsBeforeValidity) {
        check_limits(&binary::skim(wasm, job), job)?;
    }
    let binary = binary::read(wasm, job).map_err(|why| {
        let code = if job.errs(Mutation::InvalidIsNoModule) {
            Code::NotWasm
        } else {
            Code::InvalidModule
        };
        // wasmparser names exports and imports in it.
        refused(code, shown(&why, job))
    })?;
    if size_late {
        check_size(wasm, job)?;
    }
    if job.errs(Mutation::AllInvalid) {
        return Err(refused(Code::InvalidModule, "not valid enough"));
    }
    let exports = Exports {
        binary: &binary,
        job,
        used: Vec::new(),
    };
    let mut found = Found::default();
    let mut too_large = None;
    for check in checks(job) {
        match check {
            Check::Import => check_import(&binary, job)?,
            Check::Memory => check_memory(&binary, job)?,
            Check::Limits => {
                let within = check_limits(&binary, job);
                if within.is_err() && job.errs(Mutation::MemoryLimitLate) {
                    too_large = Some(refused(Code::Instantiate, "no memory of this size"));
                } else {
                    within?;
                }
            }
            // MOD-6: the tile function comes before both entry points.
            Check::Entry if exports.is_tile_filter() => {
                let filter = exports.filter(uniforms)?;
                return match too_large {
                    Some(outcome) => Err(outcome),
                    None => Ok(Role::Filter(Box::new(filter))),
                };
            }
            Check::Entry if job.task.is_of_pictures() => {
                if job.errs(Mutation::ContentIsNoFault) {
                    return Ok(Role::Nothing);
                }
                return Err(filter::no_filter());
            }
            Check::Entry => found.entry = exports.check_entry_point()?,
            Check::InputPtr => exports.check_input_ptr()?,
            Check::InputCap => found.input = Some(exports.check_input_cap()?),
            Check::Output => match exports.check_output() {
                Err(fault) if job.errs(Mutation::OutputShapesLate) => {
                    found.refused_before_call = Some(fault);
                }
                output => found.output = output?,
            },
            Check::ContentTypes => {
                found.has_input_type = exports.check_pair(INPUT_TYPE)?;
                found.has_output_type = exports.check_pair(OUTPUT_TYPE)?;
            }
            Check::Uniforms
                if !is_last && !found.is_pipeable() && job.errs(Mutation::PipeBeforeUniforms) =>
            {
                return Err(refused(Code::NotPipeable, NOT_PIPEABLE));
            }
            Check::Uniforms => match exports.check_uniforms(uniforms) {
                Err(Outcome::Refused {
                    code: Code::UniformValue,
                    message,
                    ..
                }) if job.errs(Mutation::ValuesParsedLate) => {
                    found.refused_late = Some(refused(Code::UniformValue, message));
                }
                uniforms => found.uniforms = uniforms?,
            },
        }
    }
    match too_large {
        Some(outcome) => Err(outcome),
        None => Ok(Role::Content(Box::new(exports.into_plan(found)))),
    }
}

/// LIM-1: how many bytes the module may have.
fn check_size(wasm: &[u8], job: Job<'_>) -> Result<(), Outcome> {
    let (size, allowed) = (wasm.len() as u64, job.limits().module_bytes);
    let is_over = exceeds(size, allowed, job) && !job.errs(Mutation::ModuleSizeUnlimited);
    if is_over || job.errs(Mutation::EverythingTooLarge) {
        return Err(over_limit("bytes of the module", size, allowed, job));
    }
    Ok(())
}

/// LIM-1, LIM-2: what the module declares.
fn check_limits(binary: &Binary, job: Job<'_>) -> Result<(), Outcome> {
    match binary.over(&job.limits(), job) {
        Some(size) => Err(over_limit(size.what, size.found, size.allowed, job)),
        None => Ok(()),
    }
}

/// MOD-8: whether the bytes are a core module at all.
fn check_header(wasm: &[u8], job: Job<'_>) -> Result<(), Outcome> {
    if binary::has_header(wasm, job) {
        return Ok(());
    }
    let code = if job.errs(Mutation::HeaderUnchecked) {
        Code::InvalidModule
    } else {
        Code::NotWasm
    };
    Err(refused(code, "no WebAssembly module"))
}

/// MOD-4: strictly, unless the caller asks otherwise.
fn numeric(job: Job<'_>) -> Numeric {
    match job.task.options.numeric {
        Numeric::Strict if job.errs(Mutation::LenientAlways) => Numeric::Lenient,
        Numeric::Lenient if job.errs(Mutation::LenientIgnored) => Numeric::Strict,
        numeric => numeric,
    }
}

/// MOD-2.
fn check_import(binary: &Binary, job: Job<'_>) -> Result<(), Outcome> {
    match &binary.first_import {
        Some((module, field)) if !job.errs(Mutation::ImportsUnchecked) => {
            if job.errs(Mutation::ImportUnnamed) {
                return Err(refused(Code::Import, "imports something"));
            }
            let message = format!("imports {}.{}", shown(module, job), shown(field, job));
            Err(refused(Code::Import, message))
        }
        _ => Ok(()),
    }
}

/// MOD-1, and MOD-7 where the caller insists.
fn check_memory(binary: &Binary, job: Job<'_>) -> Result<(), Outcome> {
    let mut found = binary.exports.get("memory");
    let mut all = binary.exports.values();
    let first = all.find(|export| matches!(export, Export::Memory(_)));
    let is_memory = matches!(found, Some(Export::Memory(_)));
    if !is_memory && first.is_some() && job.errs(Mutation::FirstMemoryTaken) {
        found = first;
    }
    let insists = job.task.options.fixed_memory && !job.errs(Mutation::FixedMemoryIgnored)
        || job.errs(Mutation::FixedMemoryAlways);
    let is_memory = matches!(found, Some(Export::Memory(_)));
    if insists && !is_memory && job.errs(Mutation::FixedBeforeKind) {
        return Err(refused(Code::MemoryNotFixed, "no memory that is fixed"));
    }
    let memories = binary.exports.values();
    let memories = memories.filter(|export| matches!(export, Export::Memory(_)));
    if memories.count() > 1 && job.errs(Mutation::MemoryRefused) {
        return Err(refused(Code::MemoryKind, "a memory of two names"));
    }
    let memory = match found {
        None if job.errs(Mutation::MemoryLeftOut) => {
            return Err(missing("memory", Code::MissingExport));
        }
        None => return Err(missing("memory", Code::MissingMemory)),
        Some(Export::Memory(memory)) if !memory.memory64 && !memory.shared => memory,
        Some(_) if job.errs(Mutation::MemoryKindUnseen) => {
            return Err(missing("memory", Code::MissingMemory));
        }
        Some(_) => {
            let message = "the export memory is no 32-bit unshared memory";
            return Err(refused(Code::MemoryKind, message));
        }
    };
    if insists && !is_fixed(memory, binary.grows_memory, job) {
        let message = "the memory can grow";
        return Err(refused(Code::MemoryNotFixed, message));
    }
    Ok(())
}

/// MOD-7: the maximum is the minimum, and nothing tries to grow.
fn is_fixed(memory: &MemoryType, grows: bool, job: Job<'_>) -> bool {
    if job.errs(Mutation::FixedMemoryRefused) {
        return false;
    }
    let has_own_maximum =
        memory.maximum == Some(memory.initial) || job.errs(Mutation::MaximumUnseen);
    has_own_maximum && (!grows || job.errs(Mutation::GrowUnseen))
}

fn missing(name: &str, code: Code) -> Outcome {
    refused(code, format!("no export {name}"))
}

/// MOD-4: the name, what was found, and what was wanted.
fn wrong_shape(code: Code, name: &str, found: &Export, wanted: &str, job: Job<'_>) -> Outcome {
    let found = match found {
        Export::Function(function) => function_text(function, job),
        Export::Global(global) => format!("a global of type {global}"),
        Export::Memory(_) => "a memory".to_owned(),
        Export::Other => "something else".to_owned(),
    };
    if job.errs(Mutation::ShapeUnnamed) {
        return refused(code, format!("an export is {found}, not {wanted}"));
    }
    let name = shown(name, job);
    refused(code, format!("the export {name} is {found}, not {wanted}"))
}

/// A function may have a thousand parameters: the text is cut as a module's is.
fn function_text(function: &FuncType, job: Job<'_>) -> String {
    let list = |types: &[ValType]| {
        let types: Vec<String> = types.iter().map(ValType::to_string).collect();
        shown(&types.join(" "), job)
    };
    format!(
        "a function ({}) -> ({})",
        list(function.params()),
        list(function.results())
    )
}

/// UNI-3 and UNI-4: whether a key can be one for the caller to give.
fn is_callers_key(key: &str, job: Job<'_>) -> bool {
    let is_like_hosts = key != WIDTH_AND_HEIGHT
        && key.to_ascii_lowercase().contains("width")
        && job.errs(Mutation::WidthAndHeightLoosely);
    let is_hosts =
        is_like_hosts || key == WIDTH_AND_HEIGHT && !job.errs(Mutation::WidthAndHeightTaken);
    !key.is_empty() && !is_hosts
}

/// UNI-1: the type of a setter's one parameter.
fn setter_parameter(found: &Export, job: Job<'_>) -> Option<ValType> {
    let Export::Function(function) = found else {
        return None;
    };
    if !function.results().is_empty() && job.errs(Mutation::SetterResultsRefused) {
        return None;
    }
    if job.errs(Mutation::AllSettersMisshapen) {
        return None;
    }
    match function.params() {
        [ValType::F32 | ValType::F64] if job.errs(Mutation::IntegerSettersOnly) => None,
        [ValType::I64 | ValType::F64] if job.errs(Mutation::NarrowSettersOnly) => None,
        [one @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)] => Some(*one),
        _ => None,
    }
}

/// What the checks find; what is wrong is a refusal.
#[derive(Default)]
struct Found {
    entry: Option<&'static str>,
    /// The winning capacity, and whether it is one of UTF-8.
    input: Option<(&'static str, bool)>,
    /// The winning capacity, and the kind of the output.
    output: Option<(&'static str, OutputKind)>,
    has_input_type: bool,
    has_output_type: bool,
    uniforms: Vec<(String, Value)>,
    refused_late: Option<Outcome>,
    refused_before_call: Option<Outcome>,
}

impl Found {
    fn is_pipeable(&self) -> bool {
        matches!(self.output, Some((_, OutputKind::Utf8 | OutputKind::Bytes)))
    }
}

/// The exports of a module, looked at in turn.
struct Exports<'b> {
    binary: &'b Binary,
    job: Job<'b>,
    used: Vec<String>,
}

impl<'b> Exports<'b> {
    /// A module that is no tile filter, and of which nothing is wrong.
    fn into_plan(mut self, found: Found) -> Plan {
        let mut uniforms = Vec::new();
        for (key, value) in found.uniforms {
            uniforms.push((self.id(&format!("{UNIFORM}{key}")), value));
        }
        let (input_cap, input_is_utf8) = found.input.unwrap_or_default();
        let mut by_mistake = self.by_mistake(input_cap, found.output);
        by_mistake.refused_late = found.refused_late;
        by_mistake.refused_before_call = found.refused_before_call;
        Plan {
            uniforms,
            input_ptr: self.getter("input_ptr", 0),
            input_is_utf8,
            input_cap: self.getter(input_cap, u32::MAX),
            output: found.output.map(|(cap, kind)| Buffer {
                kind,
                ptr: self.getter("output_ptr", 0),
                cap: self.getter(cap, 0),
            }),
            input_type: found.has_input_type.then(|| self.pair(INPUT_TYPE)),
            output_type: found.has_output_type.then(|| self.pair(OUTPUT_TYPE)),
            entry: found.entry.map(|name| self.id(name)),
            declared_memory: self.declared_memory(),
            by_mistake,
            exports: self.used,
        }
    }

    fn by_mistake(
        &mut self,
        input_cap: &str,
        output: Option<(&'static str, OutputKind)>,
    ) -> ByMistake {
        let job = self.job;
        let mut by_mistake = ByMistake::default();
        for (mutation, name) in [
            (Mutation::InitializeCalled, "_initialize"),
            (Mutation::StartCalled, "_start"),
        ] {
            if let Some(Export::Function(function)) = self.binary.exports.get(name)
                && function.params().is_empty()
                && job.errs(mutation)
            {
                let id = self.id(name);
                by_mistake.called_first.push(id);
            }
        }
        let mut losing = Vec::new();
        for name in INPUT_CAPS.into_iter().filter(|name| *name != input_cap) {
            let does = self.has(name)
                && (job.errs(Mutation::LosingCapacityCalled)
                    || job.errs(Mutation::LargerCapacityWins));
            losing.extend(does.then_some(name));
        }
        for (name, _) in OUTPUT_CAPS {
            let is_losing = output.is_none_or(|(winning, _)| winning != name);
            if is_losing && self.has(name) && job.errs(Mutation::LosingCapacityCalled) {
                losing.push(name);
            }
        }
        let is_scalar = output.is_none() && self.has("output_ptr");
        if is_scalar && job.errs(Mutation::ScalarOutputPtrCalled) {
            losing.push("output_ptr");
        }
        for name in losing {
            let getter = self.getter(name, 0);
            by_mistake.also_read.push(getter);
        }
        by_mistake
    }

    fn declared_memory(&self) -> usize {
        let memory = match self.binary.exports.get("memory") {
            Some(Export::Memory(memory)) => memory.initial.saturating_mul(PAGE_BYTES),
            _ => 0,
        };
        usize::try_from(memory).unwrap_or(usize::MAX)
    }

    /// What is exported under this name, to read a number of it (MOD-3).
    fn number(&self, name: &str) -> Option<&'b Export> {
        let found = self.binary.exports.get(name)?;
        let mistake = match found {
            Export::Global(_) => self.job.errs(Mutation::GlobalsIgnored),
            Export::Function(_) => self.job.errs(Mutation::FunctionsIgnored),
            _ => false,
        };
        let is_wrong = !self.is_number(found);
        let is_ignored = mistake || is_wrong && self.job.errs(Mutation::ShapesUnchecked);
        (!is_ignored).then_some(found)
    }

    fn has(&self, name: &str) -> bool {
        let is_number = name.starts_with("input_") || name.starts_with("output_");
        if is_number {
            self.number(name).is_some()
        } else {
            self.binary.exports.contains_key(name)
        }
    }

    fn require(&self, name: &str) -> Result<(), Outcome> {
        if self.has(name) {
            Ok(())
        } else {
            Err(missing(name, Code::MissingExport))
        }
    }

    /// MOD-6 and RUN-1: both names are shape-checked, and the newer one is called.
    fn check_entry_point(&self) -> Result<Option<&'static str>, Outcome> {
        let mut names = vec!["render", "run"];
        if self.has("render") && self.has("run") && self.job.errs(Mutation::EntryNamesSwapped) {
            names.reverse();
        }
        if self.job.errs(Mutation::OlderEntryOnly) {
            names.retain(|name| *name == "run");
        }
        if self.job.errs(Mutation::NewerEntryOnly) {
            names.retain(|name| *name == "render");
        }
        names.retain(|name| self.has(name));
        let mut entries = names.into_iter().map(|name| {
            let mut params = vec![ValType::I32];
            if self.job.errs(Mutation::EntryTakesPointer) {
                params.push(ValType::I32);
            }
            let shape = self.check_function(name, &params, &[ValType::I32]);
            (name, shape)
        });
        let Some((name, shape)) = entries.next() else {
            if self.job.errs(Mutation::EntryOptional) {
                return Ok(None);
            }
            return Err(missing("render", Code::MissingExport));
        };
        if shape.is_err() && self.job.errs(Mutation::EntryShapeUnchecked) {
            return Err(missing(name, Code::MissingExport));
        }
        match entries.next() {
            None => shape.map(|()| Some(name)),
            Some((other, Ok(()))) if shape.is_err() && self.job.errs(Mutation::EntryFallsBack) => {
                Ok(Some(other))
            }
            Some((_, other)) => {
                shape?;
                if other.is_err() && !self.job.errs(Mutation::LosingEntryUnchecked) {
                    other?;
                }
                Ok(Some(name))
            }
        }
    }

    /// If there is an export of this name, it is a function of this type.
    fn check_function(
        &self,
        name: &str,
        params: &[ValType],
        results: &[ValType],
    ) -> Result<(), Outcome> {
        match self.binary.exports.get(name) {
            None => Ok(()),
            Some(Export::Function(found))
                if found.params() == params && found.results() == results =>
            {
                Ok(())
            }
            Some(found) => {
                let wanted = FuncType::new(params.iter().copied(), results.iter().copied());
                let wanted = function_text(&wanted, self.job);
                Err(wrong_shape(
                    Code::ExportShape,
                    name,
                    found,
                    &wanted,
                    self.job,
                ))
            }
        }
    }

    /// IN-1.
    fn check_input_ptr(&self) -> Result<(), Outcome> {
        self.check_number("input_ptr")?;
        if !self.has("input_ptr") && self.job.errs(Mutation::InputPtrOptional) {
            return Ok(());
        }
        self.require("input_ptr")
    }

    /// IN-2: the input capacity that wins, and whether it is one of UTF-8. Of the losing
    /// one the shape is checked, too (MOD-6).
    fn check_input_cap(&self) -> Result<(&'static str, bool), Outcome> {
        let mut names = INPUT_CAPS.to_vec();
        if self.job.errs(Mutation::Utf8CapacityOnly) {
            names.retain(|name| *name == "input_utf8_cap");
        }
        if self.job.errs(Mutation::BytesCapacityOnly) {
            names.retain(|name| *name == "input_bytes_cap");
        }
        let mut present = names.clone();
        present.retain(|name| self.has(name));
        if present.len() > 1 && self.job.errs(Mutation::BytesBeforeUtf8) {
            present.reverse();
        }
        if present.len() > 1 && self.job.errs(Mutation::BothCapacitiesRefused) {
            return Err(refused(Code::ExportShape, "two input capacities"));
        }
        let winning = present.first().copied();
        for name in names {
            let loses = winning.is_some_and(|winning| winning != name);
            if !loses || !self.job.errs(Mutation::LosingCapacitiesUnchecked) {
                self.check_number(name)?;
            }
        }
        match winning {
            Some(name) => Ok((name, name == "input_utf8_cap")),
            None if self.job.errs(Mutation::InputCapOptional) => Ok(("input_bytes_cap", false)),
            None => Err(missing("input_utf8_cap", Code::MissingExport)),
        }
    }

    /// OUT-1 and OUT-2: the output capacity that wins, and its kind, if the output is
    /// buffered. Of the losing ones the shapes are checked, too (MOD-6).
    fn check_output(&self) -> Result<Option<(&'static str, OutputKind)>, Outcome> {
        let mut present = OUTPUT_CAPS.to_vec();
        present.retain(|(name, _)| self.has(name));
        if present.len() > 1 && self.job.errs(Mutation::I32BeforeBytes) {
            present.sort_by_key(|(_, kind)| *kind == OutputKind::Bytes);
        }
        if present.len() > 1 && self.job.errs(Mutation::BytesOutputBeforeUtf8) {
            present.sort_by_key(|(_, kind)| *kind != OutputKind::Bytes);
        }
        if present.len() > 1 && self.job.errs(Mutation::I32BeforeUtf8) {
            present.sort_by_key(|(_, kind)| *kind != OutputKind::I32);
        }
        let winning = present.first().copied();
        self.check_number("output_ptr")?;
        for (name, _) in OUTPUT_CAPS {
            let loses = winning.is_some_and(|(winning, _)| winning != name);
            if !loses || !self.job.errs(Mutation::LosingCapacitiesUnchecked) {
                self.check_number(name)?;
            }
        }
        match (self.has("output_ptr"), winning) {
            (true, Some(winning)) => Ok(Some(winning)),
            (true, None) if self.job.errs(Mutation::OutputPtrAlone) => {
                Err(missing("output_bytes_cap", Code::MissingExport))
            }
            (true, None) if self.job.errs(Mutation::OutputPtrBuffers) => {
                Ok(Some(("output_bytes_cap", OutputKind::Bytes)))
            }
            (false, Some(_)) if self.job.errs(Mutation::OutputCapAlone) => {
                Err(missing("output_ptr", Code::MissingExport))
            }
            _ if self.job.errs(Mutation::ScalarRefused) => {
                Err(missing("output_ptr", Code::MissingExport))
            }
            _ => Ok(None),
        }
    }

    /// MOD-3 and MOD-4: if there is an export of this name, a number can be read of it.
    fn check_number(&self, name: &str) -> Result<(), Outcome> {
        match self.number(name) {
            Some(found) if !self.is_number(found) || self.job.errs(Mutation::NumbersRefused) => {
                let wanted = "a global of type i32 or a function () -> (i32)";
                let code = Code::ExportShape;
                Err(wrong_shape(code, name, found, wanted, self.job))
            }
            _ => Ok(()),
        }
    }

    /// MOD-4: the shapes that a number may have.
    fn is_number(&self, found: &Export) -> bool {
        let (number, lax) = match found {
            Export::Global(global) => (*global, Mutation::GlobalTypesUnchecked),
            Export::Function(function) => match (function.params(), function.results()) {
                ([], [result]) => (*result, Mutation::FunctionTypesUnchecked),
                _ => return false,
            },
            Export::Memory(_) | Export::Other => return false,
        };
        match number {
            ValType::I32 => true,
            ValType::I64 | ValType::F32 | ValType::F64 => {
                numeric(self.job) == Numeric::Lenient || self.job.errs(lax)
            }
            _ => false,
        }
    }

    /// MIME-1: whether a content type is declared. One of a pair is not enough.
    fn check_pair(&self, names: [&str; 2]) -> Result<bool, Outcome> {
        let count = names.iter().filter(|name| self.has(name)).count();
        let is_declared = match count {
            0 => false,
            1 => !self.job.errs(Mutation::HalfPairIgnored),
            _ => true,
        };
        for name in names {
            if is_declared {
                self.require(name)?;
            }
            self.check_number(name)?;
        }
        Ok(is_declared)
    }

    /// UNI-1 to UNI-4: the values of the given keys, in bytewise order. The keys that
    /// are given and those that are exported are looked at together. Of equal keys the
    /// last counts.
    fn check_uniforms(&self, given: &[(String, String)]) -> Result<Vec<(String, Value)>, Outcome> {
        let job = self.job;
        let mut values = Vec::new();
        if job.disorders(Mutation::ShapesBeforeValues) {
            let mut found = self.keys(given).into_iter().filter_map(|key| {
                let name = format!("{UNIFORM}{key}");
                Some((self.binary.exports.get(&name)?, name))
            });
            if let Some((found, name)) = found.find(|(it, _)| setter_parameter(it, job).is_none()) {
                let (code, wanted) = (Code::UniformShape, "a function of one number");
                return Err(wrong_shape(code, &name, found, wanted, job));
            }
        }
        for key in self.keys(given) {
            let name = format!("{UNIFORM}{key}");
            let found = self.binary.exports.get(&name);
            let found = found.filter(|_| is_callers_key(key, job));
            let is_given = given.iter().any(|(given, _)| given == key);
            let found = found.filter(|_| !is_given || !job.errs(Mutation::AllKeysUnknown));
            let Some(found) = found else {
                if job.errs(Mutation::UnknownKeyIgnored) {
                    continue;
                }
                let message = format!("no uniform {}", shown(key, job));
                return Err(refused(Code::UnknownUniform, message));
            };
            let given = given.iter().rfind(|(given, _)| given == key);
            let Some(parameter) = setter_parameter(found, job) else {
                if job.errs(Mutation::SetterShapeUnchecked)
                    || given.is_none() && job.errs(Mutation::UngivenSettersUnchecked)
                {
                    continue;
                }
                let (code, wanted) = (Code::UniformShape, "a function of one number");
                return Err(wrong_shape(code, &name, found, wanted, job));
            };
            let text = match given {
                Some((_, text)) => text,
                None if job.errs(Mutation::UngivenUniformsZero) => "0",
                None => continue,
            };
            let Some(value) = uniform::parse(text, parameter, job) else {
                let (text, key) = (shown(text, job), shown(key, job));
                let message = format!("{text} is no {parameter} for {key}");
                return Err(refused(Code::UniformValue, message));
            };
            values.push((key.to_owned(), value));
        }
        self.sort_uniforms(&mut values, given);
        Ok(values)
    }

    /// UNI-2: which are looked at in bytewise order, and applied in it.
    fn keys<'g>(&self, given: &'g [(String, String)]) -> Vec<&'g str>
    where
        'b: 'g,
    {
        let exported = self.binary.exports.keys();
        let exported = exported.filter_map(|name| name.strip_prefix(UNIFORM));
        let exported = exported.filter(|key| is_callers_key(key, self.job));
        let mut keys: Vec<&str> = given.iter().map(|(key, _)| key.as_str()).collect();
        keys.extend(exported);
        let is_ordered = keys.is_sorted();
        if is_ordered || !self.job.errs(Mutation::UniformsCheckedAsGiven) {
            keys.sort_unstable();
        }
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(*key));
        keys
    }

    fn sort_uniforms(&self, values: &mut [(String, Value)], given: &[(String, String)]) {
        if values.len() < 2 {
            return;
        }
        if self.job.errs(Mutation::UniformsUnsorted) {
            values.sort_by_key(|(key, _)| given.iter().position(|(given, _)| given == key));
        } else if self.job.errs(Mutation::UniformsCaseless) {
            values.sort_by_key(|(key, _)| key.to_ascii_lowercase());
        } else if self.job.errs(Mutation::UniformsReversed) {
            values.reverse();
        } else {
            values.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }

    /// Asks the engine for an export.
    fn id(&mut self, name: &str) -> ExportId {
        self.used.push(name.to_owned());
        ExportId(self.used.len() - 1)
    }

    /// Asks the engine for a number. Without an export it is always `otherwise`, but only
    /// a mutant goes on without.
    fn getter(&mut self, name: &'static str, otherwise: u32) -> Getter {
        let source = match self.number(name) {
            Some(Export::Function(_)) => Source::Function(self.id(name)),
            Some(_) => Source::Global(self.id(name)),
            None => Source::Constant(otherwise),
        };
        Getter { name, source }
    }

    fn pair(&mut self, [ptr, size]: [&'static str; 2]) -> Pair {
        Pair {
            ptr: self.getter(ptr, 0),
            size: self.getter(size, 0),
        }
    }
}
