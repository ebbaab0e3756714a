//! What a host looks for in one stage before anything is instantiated (ORD-1), and what it
//! will ask of an instance.

use std::collections::BTreeSet;

use qip_cases::{Outcome, OutputKind};
use qip_contract::{Code, Numeric, Value};
use qip_engine::ExportId;
use wasmparser::{FuncType, MemoryType, ValType};

use super::binary::{self, Binary, Export};
use super::hooks::Job;
use super::mutation::Mutation;
use super::order::{ORD_1, ORD_1_OF_FILTERS, Step};
use super::refusal::{check_limit, missing, refused, shown};
use super::uniform;

pub(crate) const UNIFORM: &str = "uniform_set_";
pub(crate) const WIDTH_AND_HEIGHT: &str = "width_and_height";
pub(crate) const SIZE_SETTER: &str = "uniform_set_width_and_height";
pub(crate) const HALO: &str = "calculate_halo_px";

/// MOD-6: the entry points, the one that wins first.
pub(crate) const ENTRIES: [&str; 2] = ["render", "run"];

/// IMG-1: the tile functions, the one that wins first.
pub(crate) const TILES: [&str; 2] = ["tile_rgba32float_64x64", "tile_rgba_f32_64x64"];

/// IN-2: the input capacities, the one that wins first.
pub(crate) const INPUT_CAPS: [&str; 2] = ["input_utf8_cap", "input_bytes_cap"];

/// OUT-2: the output capacities, the one that wins first.
pub(crate) const OUTPUT_CAPS: [(&str, OutputKind); 3] = [
    ("output_utf8_cap", OutputKind::Utf8),
    ("output_bytes_cap", OutputKind::Bytes),
    ("output_i32_cap", OutputKind::I32),
];

/// MIME-1: the pairs of exports that declare a content type.
pub(crate) const INPUT_TYPE: [&str; 2] = ["input_content_type_ptr", "input_content_type_size"];
pub(crate) const OUTPUT_TYPE: [&str; 2] = ["output_content_type_ptr", "output_content_type_size"];

/// What a request needs of a stage.
pub(crate) struct Plan {
    /// The names of the exports that are used; an [`ExportId`] is a position in here.
    pub(crate) exports: Vec<String>,
    /// In the order in which they are applied (UNI-2).
    pub(crate) uniforms: Vec<(ExportId, Value)>,
    pub(crate) input_ptr: Getter,
    pub(crate) input_cap: Getter,
    pub(crate) work: Work,
    /// A refusal that only a mutant puts off, up to this step.
    pub(crate) late: Option<(Step, Outcome)>,
}

/// What a stage does.
pub(crate) enum Work {
    Content(Content),
    Filter(Filter),
}

/// A module that turns an input into an output.
pub(crate) struct Content {
    /// Whether the input is UTF-8, and not any bytes (IN-2).
    pub(crate) input_is_utf8: bool,
    /// Without, the result is a scalar (OUT-1).
    pub(crate) output: Option<Buffer>,
    pub(crate) input_type: Option<Pair>,
    pub(crate) output_type: Option<Pair>,
    pub(crate) entry: ExportId,
}

/// A tile filter.
pub(crate) struct Filter {
    pub(crate) size_setter: Option<ExportId>,
    pub(crate) halo: Option<Getter>,
    pub(crate) tile: ExportId,
    /// Whether the tile function takes integers, which only a mutant grants.
    pub(crate) takes_integers: bool,
}

/// An export that a number is read from (MOD-3).
#[derive(Clone, Copy)]
pub(crate) struct Getter {
    pub(crate) name: &'static str,
    pub(crate) is_global: bool,
    pub(crate) id: ExportId,
}

/// Where output is read.
pub(crate) struct Buffer {
    pub(crate) kind: OutputKind,
    pub(crate) ptr: Getter,
    pub(crate) cap: Getter,
}

/// Where a content type stands.
pub(crate) struct Pair {
    pub(crate) ptr: Getter,
    pub(crate) size: Getter,
}

impl Plan {
    /// The kind of what comes out, `None` for a scalar. Tile filters give a BMP.
    pub(crate) fn output_kind(&self) -> Option<OutputKind> {
        match &self.work {
            Work::Content(content) => content.output.as_ref().map(|output| output.kind),
            Work::Filter(_) => Some(OutputKind::Bytes),
        }
    }

    pub(crate) fn is_filter(&self) -> bool {
        matches!(self.work, Work::Filter(_))
    }
}

/// ORD-1: looks at a stage, step by step.
pub(crate) fn plan(
    wasm: &[u8],
    uniforms: &[(String, String)],
    job: Job<'_>,
) -> Result<Plan, Outcome> {
    let binary = binary::read(wasm, job);
    let is_filter = is_tile_filter(&binary);
    let mut exports = Exports {
        binary: &binary,
        is_filter,
        job,
        values: Vec::new(),
        used: Vec::new(),
    };
    let right = if is_filter { ORD_1_OF_FILTERS } else { ORD_1 };
    let mut late = None;
    job.hooks.look(right, &mut |step| {
        let checked = exports.check(step, wasm, uniforms);
        match checked {
            Err(fault) if step == Step::Output && job.errs(Mutation::OutputShapesLate) => {
                late = Some((Step::Write, fault));
                Ok(())
            }
            Err(fault) if is_value(&fault) && job.errs(Mutation::ValuesParsedLate) => {
                late = Some((Step::SetUniforms, fault));
                Ok(())
            }
            checked => checked,
        }
    })?;
    Ok(exports.into_plan(late))
}

fn is_value(fault: &Outcome) -> bool {
    matches!(
        fault,
        Outcome::Refused {
            code: Code::UniformValue,
            ..
        }
    )
}

/// IMG-1, MOD-6: a tile filter has a tile function, whatever the kind of that export.
pub(crate) fn is_tile_filter(binary: &Binary) -> bool {
    TILES.iter().any(|name| binary.exports.contains_key(*name))
}

/// UNI-3, UNI-4: whether a key can be one for the caller to give.
pub(crate) fn is_callers_key(key: &str, job: Job<'_>) -> bool {
    let is_hosts = key == WIDTH_AND_HEIGHT && !job.errs(Mutation::WidthAndHeightTaken);
    !key.is_empty() && !is_hosts
}

/// UNI-1: the type of a setter's one parameter.
pub(crate) fn setter_parameter(found: &Export) -> Option<ValType> {
    match found {
        Export::Function(function) => match function.params() {
            [one @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)] => Some(*one),
            _ => None,
        },
        _ => None,
    }
}

/// MOD-3, MOD-4: whether a number can be read of an export.
pub(crate) fn is_number(found: &Export, job: Job<'_>) -> bool {
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
            job.task.options.numeric == Numeric::Lenient || job.errs(lax)
        }
        _ => false,
    }
}

/// A function may have a thousand parameters: the text is cut as a module's is.
fn function_text(params: &[ValType], results: &[ValType], job: Job<'_>) -> String {
    let list = |types: &[ValType]| {
        let types: Vec<String> = types.iter().map(ValType::to_string).collect();
        shown(&types.join(" "), job)
    };
    format!("a function ({}) -> ({})", list(params), list(results))
}

/// MOD-4: the name, what was found, and what was wanted.
fn wrong_shape(code: Code, name: &str, found: &Export, wanted: &str, job: Job<'_>) -> Outcome {
    let found = match found {
        Export::Function(function) => function_text(function.params(), function.results(), job),
        Export::Global(global) => format!("a global of type {global}"),
        Export::Memory(_) => "a memory".to_owned(),
        Export::Other => "something else".to_owned(),
    };
    let name = shown(name, job);
    refused(code, format!("the export {name} is {found}, not {wanted}"))
}

/// The exports of a stage, looked at in turn.
struct Exports<'b> {
    binary: &'b Binary,
    is_filter: bool,
    job: Job<'b>,
    /// Of uniforms, those that have been looked at.
    values: Vec<(String, Value)>,
    /// What is asked of the engine.
    used: Vec<String>,
}

impl<'b> Exports<'b> {
    fn check(
        &mut self,
        step: Step,
        wasm: &[u8],
        uniforms: &[(String, String)],
    ) -> Result<(), Outcome> {
        let (job, limits) = (self.job, &self.job.task.limits);
        match step {
            // LIM-1: how many bytes the module may have.
            Step::Size => {
                let (found, allowed) = (wasm.len() as u64, limits.module_bytes);
                check_limit(Code::Limit, "bytes of the module", found, allowed)
            }
            // MOD-8: whether the bytes are a core module at all.
            Step::Header if binary::has_header(wasm) => Ok(()),
            Step::Header => Err(refused(Code::NotWasm, "no WebAssembly module")),
            // MOD-8. wasmparser names exports and imports in it.
            Step::Validity => self.binary.invalid.as_ref().map_or(Ok(()), |why| {
                Err(refused(Code::InvalidModule, shown(why, job)))
            }),
            // MOD-2: the first import is named.
            Step::Import => self
                .binary
                .first_import
                .as_ref()
                .map_or(Ok(()), |(module, field)| {
                    let message = format!("imports {}.{}", shown(module, job), shown(field, job));
                    Err(refused(Code::Import, message))
                }),
            Step::Memory => self.check_memory(),
            // LIM-1, LIM-2: what the module declares.
            Step::Limits => match self.binary.over(job) {
                Some(size) => check_limit(Code::Limit, size.what, size.found, size.allowed),
                None => Ok(()),
            },
            // IMG-1, MOD-6: all names are shape-checked, also one that loses.
            Step::Entry if self.is_filter => self.check_tile_functions(),
            // IMG-1: of a picture's pipeline every module is a tile filter.
            Step::Entry if job.task.is_of_pictures() => Err(missing(TILES[0])),
            // RUN-1, MOD-6: all names are shape-checked, also one that loses.
            Step::Entry => {
                for name in ENTRIES {
                    self.check_function(name, &[ValType::I32], &[ValType::I32])?;
                }
                self.first_of(&ENTRIES).map(|_| ())
            }
            // IN-1.
            Step::InputPtr => self.require_number("input_ptr"),
            // IMG-1.
            Step::InputCap if self.is_filter => self.require_number("input_bytes_cap"),
            // IN-2, MOD-6.
            Step::InputCap => {
                self.check_numbers(&INPUT_CAPS)?;
                self.first_of(&INPUT_CAPS).map(|_| ())
            }
            // OUT-1, MOD-6.
            Step::Output => {
                self.check_number("output_ptr")?;
                self.check_numbers(&OUTPUT_CAPS.map(|(name, _)| name))
            }
            // MIME-1.
            Step::ContentTypes => self
                .check_pair(INPUT_TYPE)
                .and_then(|()| self.check_pair(OUTPUT_TYPE)),
            Step::SizeSetter => self.check_size_setter(),
            Step::Halo => self.check_halo(),
            Step::Uniforms => self.check_uniforms(uniforms),
            _ => Ok(()),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.binary.exports.contains_key(name)
    }

    /// The name that wins, of those that are exported.
    fn first_of(&self, names: &[&'static str]) -> Result<&'static str, Outcome> {
        let found = names.iter().copied().find(|name| self.has(name));
        found.ok_or_else(|| missing(names[0]))
    }

    /// MOD-1: a memory of 32 bits that is not shared; MOD-7 where the caller insists.
    fn check_memory(&self) -> Result<(), Outcome> {
        let memory = match self.binary.exports.get("memory") {
            Some(Export::Memory(memory)) if !memory.memory64 && !memory.shared => memory,
            Some(_) => {
                let message = "the export memory is no 32-bit unshared memory";
                return Err(refused(Code::MemoryKind, message));
            }
            None => return Err(refused(Code::MissingMemory, "no export memory")),
        };
        if self.job.task.options.fixed_memory && !self.is_fixed(memory) {
            return Err(refused(Code::MemoryNotFixed, "the memory can grow"));
        }
        Ok(())
    }

    /// MOD-7: the maximum is the minimum, and no function has `memory.grow`.
    fn is_fixed(&self, memory: &MemoryType) -> bool {
        let has_own_maximum = memory.maximum == Some(memory.initial);
        let grows = self.binary.grows_memory;
        (has_own_maximum || self.job.errs(Mutation::MaximumUnseen))
            && (!grows || self.job.errs(Mutation::GrowUnseen))
    }

    /// MOD-4: if there is an export of this name, it is a function of this type.
    fn check_function(
        &self,
        name: &str,
        params: &[ValType],
        results: &[ValType],
    ) -> Result<(), Outcome> {
        match self.binary.exports.get(name) {
            None => Ok(()),
            Some(Export::Function(function))
                if *function == FuncType::new(params.to_vec(), results.to_vec()) =>
            {
                Ok(())
            }
            Some(found) => {
                let wanted = function_text(params, results, self.job);
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

    /// MOD-4: if there is an export of this name, a number can be read of it.
    fn check_number(&self, name: &str) -> Result<(), Outcome> {
        match self.binary.exports.get(name) {
            Some(found) if !is_number(found, self.job) => {
                let wanted = "a global of type i32 or a function () -> (i32)";
                Err(wrong_shape(
                    Code::ExportShape,
                    name,
                    found,
                    wanted,
                    self.job,
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_numbers(&self, names: &[&str]) -> Result<(), Outcome> {
        names.iter().try_for_each(|name| self.check_number(name))
    }

    fn require_number(&self, name: &str) -> Result<(), Outcome> {
        if !self.has(name) {
            return Err(missing(name));
        }
        self.check_number(name)
    }

    /// MIME-1: one of a pair is not enough.
    fn check_pair(&self, names: [&str; 2]) -> Result<(), Outcome> {
        if !names.iter().any(|name| self.has(name)) {
            return Ok(());
        }
        names.iter().try_for_each(|name| self.require_number(name))
    }

    /// IMG-1: the function takes two f32 and returns nothing.
    fn check_tile_functions(&self) -> Result<(), Outcome> {
        const TWO: [ValType; 2] = [ValType::F32; 2];
        for name in TILES {
            if let Some(Export::Function(function)) = self.binary.exports.get(name)
                && (function.params() == TWO && self.job.errs(Mutation::TileResultsIgnored)
                    || takes_integers(function) && self.job.errs(Mutation::TileIntegersTaken))
            {
                continue;
            }
            self.check_function(name, &TWO, &[])?;
        }
        Ok(())
    }

    /// IMG-6: the setter that the host itself calls takes two f32, and may have results.
    fn check_size_setter(&self) -> Result<(), Outcome> {
        match self.binary.exports.get(SIZE_SETTER) {
            Some(Export::Function(function)) if function.params() == [ValType::F32; 2] => Ok(()),
            Some(found) => {
                let (code, wanted) = (Code::ExportShape, "a function of two f32");
                Err(wrong_shape(code, SIZE_SETTER, found, wanted, self.job))
            }
            None => Ok(()),
        }
    }

    /// IMG-5: a function that gives one i32. Lenient numbers do not concern it.
    fn check_halo(&self) -> Result<(), Outcome> {
        match self.binary.exports.get(HALO) {
            Some(Export::Global(ValType::I32)) if self.job.errs(Mutation::HaloGlobalTaken) => {
                Ok(())
            }
            _ => self.check_function(HALO, &[], &[ValType::I32]),
        }
    }

    /// UNI-1 to UNI-4: the values of the keys that are given, and the shapes of the setters
    /// that are exported, in the bytewise order of all keys together (ORD-1). Of equal keys
    /// the last counts.
    fn check_uniforms(&mut self, given: &[(String, String)]) -> Result<(), Outcome> {
        let job = self.job;
        let mut values = Vec::new();
        for key in self.keys(given) {
            let name = format!("{UNIFORM}{key}");
            let found = self.binary.exports.get(&name);
            let Some(found) = found.filter(|_| is_callers_key(key, job)) else {
                let message = format!("no uniform {}", shown(key, job));
                return Err(refused(Code::UnknownUniform, message));
            };
            let Some(parameter) = setter_parameter(found) else {
                let (code, wanted) = (Code::UniformShape, "a function of one number");
                return Err(wrong_shape(code, &name, found, wanted, job));
            };
            let Some((_, text)) = given.iter().rfind(|(given, _)| given == key) else {
                continue;
            };
            let Some(value) = uniform::parse(text, parameter, job) else {
                let (text, key) = (shown(text, job), shown(key, job));
                let message = format!("{text} is no {parameter} for {key}");
                return Err(refused(Code::UniformValue, message));
            };
            values.push((key.to_owned(), value));
        }
        // UNI-2.
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.values = job.hooks.uniforms(values, given);
        Ok(())
    }

    fn keys<'g>(&self, given: &'g [(String, String)]) -> Vec<&'g str>
    where
        'b: 'g,
    {
        let exported = self.binary.exports.keys();
        let exported = exported.filter_map(|name| name.strip_prefix(UNIFORM));
        let exported = exported.filter(|key| is_callers_key(key, self.job));
        let mut keys: Vec<&str> = given.iter().map(|(key, _)| key.as_str()).collect();
        keys.extend(exported);
        if !keys.is_sorted() && !self.job.errs(Mutation::UniformsCheckedAsGiven) {
            keys.sort_unstable();
        }
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(*key));
        keys
    }

    /// What is asked of a stage that nothing is left to say against.
    fn into_plan(mut self, late: Option<(Step, Outcome)>) -> Plan {
        let mut uniforms = Vec::new();
        for (key, value) in std::mem::take(&mut self.values) {
            uniforms.push((self.id(&format!("{UNIFORM}{key}")), value));
        }
        let input_ptr = self.getter("input_ptr");
        // Output exports that are found wrong too late are not read.
        let is_sound = !matches!(late, Some((Step::Write, _)));
        let (input_cap, work) = if self.is_filter {
            (self.getter("input_bytes_cap"), Work::Filter(self.filter()))
        } else {
            let winning = self.first_of(&INPUT_CAPS).unwrap_or(INPUT_CAPS[0]);
            let content = self.content(winning == "input_utf8_cap", is_sound);
            (self.getter(winning), Work::Content(content))
        };
        Plan {
            uniforms,
            input_ptr,
            input_cap,
            work,
            late,
            exports: self.used,
        }
    }

    fn content(&mut self, input_is_utf8: bool, has_output: bool) -> Content {
        // OUT-1, OUT-2.
        let winning = OUTPUT_CAPS.iter().find(|(name, _)| self.has(name));
        let winning = winning.filter(|_| has_output && self.has("output_ptr"));
        Content {
            input_is_utf8,
            output: winning.map(|(cap, kind)| Buffer {
                kind: *kind,
                ptr: self.getter("output_ptr"),
                cap: self.getter(cap),
            }),
            input_type: self.pair(INPUT_TYPE),
            output_type: self.pair(OUTPUT_TYPE),
            // MOD-6: the first name wins.
            entry: self
                .first_of(&ENTRIES)
                .map_or(ExportId(0), |name| self.id(name)),
        }
    }

    fn filter(&mut self) -> Filter {
        // IMG-1: the first name wins.
        let tile = self.first_of(&TILES).unwrap_or(TILES[0]);
        let function = self.binary.exports.get(tile);
        Filter {
            size_setter: self.has(SIZE_SETTER).then(|| self.id(SIZE_SETTER)),
            halo: self.has(HALO).then(|| self.getter(HALO)),
            tile: self.id(tile),
            takes_integers: matches!(function, Some(Export::Function(it)) if takes_integers(it)),
        }
    }

    /// Asks the engine for an export.
    fn id(&mut self, name: &str) -> ExportId {
        self.used.push(name.to_owned());
        ExportId(self.used.len() - 1)
    }

    /// Asks the engine for a number.
    fn getter(&mut self, name: &'static str) -> Getter {
        let is_global = matches!(self.binary.exports.get(name), Some(Export::Global(_)));
        let id = self.id(name);
        Getter {
            name,
            is_global,
            id,
        }
    }

    fn pair(&mut self, [ptr, size]: [&'static str; 2]) -> Option<Pair> {
        self.has(ptr).then(|| Pair {
            ptr: self.getter(ptr),
            size: self.getter(size),
        })
    }
}

fn takes_integers(function: &FuncType) -> bool {
    function.params() == [ValType::I32; 2] && function.results().is_empty()
}
