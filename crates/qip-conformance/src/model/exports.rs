//! What a host looks for in one stage before anything is instantiated (ORD-1).

use std::collections::BTreeSet;

use qip_contract::{Code, Numeric, Value};
use qip_host::engine::ExportId;
use wasmparser::{FuncType, MemoryType, ValType};

use crate::capability::Capability;
use crate::outcome::{Outcome, OutputKind};
use crate::task::Task;

use super::binary::{self, Binary, Export};
use super::{over_limit, refused, shown, uniform};

const TILE: [&str; 2] = ["tile_rgba32float_64x64", "tile_rgba_f32_64x64"];
const UNIFORM: &str = "uniform_set_";
const WIDTH_AND_HEIGHT: &str = "width_and_height";

/// What a request needs of a module.
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
    pub(super) entry: ExportId,
}

/// An export that a number is read from (MOD-3).
pub(super) struct Getter {
    pub(super) name: &'static str,
    pub(super) export: ExportId,
    pub(super) is_function: bool,
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

/// Looks for everything that the binary alone shows to be wrong with a stage, in the
/// order of ORD-1. A tile filter is not supported, and that is found last. `most_locals`
/// is the engine's own bound.
pub(super) fn plan(
    wasm: &[u8],
    uniforms: &[(String, String)],
    task: &Task,
    most_locals: Option<u64>,
) -> Result<Plan, Outcome> {
    let size = wasm.len() as u64;
    if size > task.limits.module_bytes {
        return Err(over_limit(
            "bytes of the module",
            size,
            task.limits.module_bytes,
        ));
    }
    if !binary::has_header(wasm) {
        return Err(refused(Code::NotWasm, "no WebAssembly module"));
    }
    let binary = binary::read(wasm).map_err(|why| refused(Code::InvalidModule, why))?;
    if let Some((module, field)) = &binary.first_import {
        let message = format!("imports {}.{}", shown(module), shown(field));
        return Err(refused(Code::Import, message));
    }
    check_memory(&binary, task.options.fixed_memory)?;
    if let Some(size) = binary.over(&task.limits, most_locals) {
        return Err(over_limit(size.what, size.found, size.allowed));
    }
    let exports = Exports {
        binary: &binary,
        numeric: task.options.numeric,
        used: Vec::new(),
    };
    // MOD-6: the tile function comes before both entry points.
    if TILE.iter().any(|name| exports.has(name)) {
        exports.tile(uniforms)?;
        return Err(Outcome::Unsupported {
            capability: Capability::Image,
        });
    }
    exports.content(uniforms)
}

/// MOD-1, and MOD-7 where the caller insists.
fn check_memory(binary: &Binary, insist_on_fixed: bool) -> Result<(), Outcome> {
    let memory = match binary.exports.get("memory") {
        None => return Err(missing("memory", Code::MissingMemory)),
        Some(Export::Memory(memory)) if !memory.memory64 && !memory.shared => memory,
        Some(_) => {
            let message = "the export memory is no 32-bit unshared memory";
            return Err(refused(Code::MemoryKind, message));
        }
    };
    if insist_on_fixed && !is_fixed(memory, binary.grows_memory) {
        let message = "the memory can grow";
        return Err(refused(Code::MemoryNotFixed, message));
    }
    Ok(())
}

/// MOD-7: the maximum is the minimum, and nothing tries to grow.
fn is_fixed(memory: &MemoryType, grows: bool) -> bool {
    memory.maximum == Some(memory.initial) && !grows
}

fn missing(name: &str, code: Code) -> Outcome {
    refused(code, format!("no export {name}"))
}

/// MOD-4: the name, what was found, and what was wanted.
fn wrong_shape(code: Code, name: &str, found: &Export, wanted: &str) -> Outcome {
    let found = match found {
        Export::Function(function) => function_text(function),
        Export::Global(global) => format!("a global of type {global}"),
        Export::Memory(_) => "a memory".to_owned(),
        Export::Other => "something else".to_owned(),
    };
    refused(
        code,
        format!("the export {} is {found}, not {wanted}", shown(name)),
    )
}

/// A function may have a thousand parameters: the text is cut as a module's is.
fn function_text(function: &FuncType) -> String {
    let list = |types: &[ValType]| {
        let types: Vec<String> = types.iter().map(ValType::to_string).collect();
        shown(&types.join(" "))
    };
    format!(
        "a function ({}) -> ({})",
        list(function.params()),
        list(function.results())
    )
}

/// UNI-3 and UNI-4: whether a key can be one for the caller to give.
fn is_callers_key(key: &str) -> bool {
    !key.is_empty() && key != WIDTH_AND_HEIGHT
}

/// UNI-1: the type of a setter's one parameter.
fn setter_parameter(found: &Export) -> Option<ValType> {
    let Export::Function(function) = found else {
        return None;
    };
    match function.params() {
        [one @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)] => Some(*one),
        _ => None,
    }
}

/// The exports of a module, looked at in turn.
struct Exports<'b> {
    binary: &'b Binary,
    numeric: Numeric,
    used: Vec<String>,
}

impl Exports<'_> {
    /// A module that is no tile filter.
    fn content(mut self, given: &[(String, String)]) -> Result<Plan, Outcome> {
        let entry = self.check_entry_point()?;

        self.check_number("input_ptr")?;
        self.require("input_ptr")?;

        self.check_number("input_utf8_cap")?;
        self.check_number("input_bytes_cap")?;
        let (input_cap, input_is_utf8) = self.winning_input()?;

        self.check_number("output_ptr")?;
        self.check_number("output_utf8_cap")?;
        self.check_number("output_bytes_cap")?;
        self.check_number("output_i32_cap")?;
        let output = self.winning_output();

        let input_type = ["input_content_type_ptr", "input_content_type_size"];
        let has_input_type = self.check_pair(input_type)?;
        let output_type = ["output_content_type_ptr", "output_content_type_size"];
        let has_output_type = self.check_pair(output_type)?;

        let uniforms = self.check_uniforms(given)?;
        let mut set = Vec::new();
        for (key, value) in uniforms {
            set.push((self.id(&format!("{UNIFORM}{key}")), value));
        }
        Ok(Plan {
            uniforms: set,
            input_ptr: self.getter("input_ptr"),
            input_is_utf8,
            input_cap: self.getter(input_cap),
            output: output.map(|(cap, kind)| Buffer {
                kind,
                ptr: self.getter("output_ptr"),
                cap: self.getter(cap),
            }),
            input_type: has_input_type.then(|| self.pair(input_type)),
            output_type: has_output_type.then(|| self.pair(output_type)),
            entry: self.id(entry),
            exports: self.used,
        })
    }

    /// IMG-1, IMG-5, IMG-6: the shapes of a tile filter. Its other exports are those of
    /// another kind of module, and of no concern.
    fn tile(&self, given: &[(String, String)]) -> Result<(), Outcome> {
        for name in TILE {
            self.check_function(name, &[ValType::F32; 2], &[])?;
        }
        self.check_number("input_ptr")?;
        self.require("input_ptr")?;
        self.check_number("input_bytes_cap")?;
        self.require("input_bytes_cap")?;
        self.check_size_setter()?;
        self.check_function("calculate_halo_px", &[], &[ValType::I32])?;
        self.check_uniforms(given)?;
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.binary.exports.contains_key(name)
    }

    fn require(&self, name: &str) -> Result<(), Outcome> {
        if self.has(name) {
            Ok(())
        } else {
            Err(missing(name, Code::MissingExport))
        }
    }

    /// MOD-6 and RUN-1: both names are shape-checked, and the newer one is called.
    fn check_entry_point(&self) -> Result<&'static str, Outcome> {
        for name in ["render", "run"] {
            self.check_function(name, &[ValType::I32], &[ValType::I32])?;
        }
        if self.has("render") {
            return Ok("render");
        }
        if self.has("run") {
            return Ok("run");
        }
        Err(missing("render", Code::MissingExport))
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
                let wanted = function_text(&wanted);
                Err(wrong_shape(Code::ExportShape, name, found, &wanted))
            }
        }
    }

    /// MOD-3 and MOD-4: if there is an export of this name, a number can be read of it.
    fn check_number(&self, name: &str) -> Result<(), Outcome> {
        let found = match self.binary.exports.get(name) {
            None => return Ok(()),
            Some(found) => found,
        };
        let number = match found {
            Export::Global(global) => Some(*global),
            Export::Function(function) => match (function.params(), function.results()) {
                ([], [result]) => Some(*result),
                _ => None,
            },
            Export::Memory(_) | Export::Other => None,
        };
        if number.is_some_and(|number| self.is_number(number)) {
            return Ok(());
        }
        let wanted = "a global of type i32 or a function () -> (i32)";
        Err(wrong_shape(Code::ExportShape, name, found, wanted))
    }

    /// MOD-4: the types that a number may have.
    fn is_number(&self, found: ValType) -> bool {
        match self.numeric {
            Numeric::Strict => found == ValType::I32,
            Numeric::Lenient => matches!(
                found,
                ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64
            ),
        }
    }

    /// IN-2: the input capacity that wins, and whether it is one of UTF-8.
    fn winning_input(&self) -> Result<(&'static str, bool), Outcome> {
        if self.has("input_utf8_cap") {
            return Ok(("input_utf8_cap", true));
        }
        if self.has("input_bytes_cap") {
            return Ok(("input_bytes_cap", false));
        }
        Err(missing("input_utf8_cap", Code::MissingExport))
    }

    /// OUT-1 and OUT-2: the output capacity that wins, and its kind, if the output is
    /// buffered.
    fn winning_output(&self) -> Option<(&'static str, OutputKind)> {
        let in_order = [
            ("output_utf8_cap", OutputKind::Utf8),
            ("output_bytes_cap", OutputKind::Bytes),
            ("output_i32_cap", OutputKind::I32),
        ];
        let mut present = in_order.into_iter().filter(|(name, _)| self.has(name));
        present.next().filter(|_| self.has("output_ptr"))
    }

    /// MIME-1: whether a content type is declared. One of a pair is not enough.
    fn check_pair(&self, names: [&str; 2]) -> Result<bool, Outcome> {
        let is_declared = names.iter().any(|name| self.has(name));
        for name in names {
            if is_declared {
                self.require(name)?;
            }
            self.check_number(name)?;
        }
        Ok(is_declared)
    }

    /// IMG-6: if there is the setter that the host itself calls, it takes two f32.
    fn check_size_setter(&self) -> Result<(), Outcome> {
        let name = format!("{UNIFORM}{WIDTH_AND_HEIGHT}");
        match self.binary.exports.get(&name) {
            None => Ok(()),
            Some(Export::Function(found)) if found.params() == [ValType::F32; 2] => Ok(()),
            Some(found) => {
                let wanted = "a function of two f32";
                Err(wrong_shape(Code::ExportShape, &name, found, wanted))
            }
        }
    }

    /// UNI-1 to UNI-4: the values of the given keys, in bytewise order. The keys that
    /// are given and those that are exported are looked at together. Of equal keys the
    /// last counts.
    fn check_uniforms(&self, given: &[(String, String)]) -> Result<Vec<(String, Value)>, Outcome> {
        let exported = self.binary.exports.keys();
        let exported = exported.filter_map(|name| name.strip_prefix(UNIFORM));
        let exported = exported.filter(|key| is_callers_key(key));
        let given_keys = given.iter().map(|(key, _)| key.as_str());
        let keys: BTreeSet<&str> = exported.chain(given_keys).collect();
        let mut values = Vec::new();
        for key in keys {
            let name = format!("{UNIFORM}{key}");
            let Some(found) = self
                .binary
                .exports
                .get(&name)
                .filter(|_| is_callers_key(key))
            else {
                let message = format!("no uniform {}", shown(key));
                return Err(refused(Code::UnknownUniform, message));
            };
            let Some(parameter) = setter_parameter(found) else {
                let wanted = "a function of one number";
                return Err(wrong_shape(Code::UniformShape, &name, found, wanted));
            };
            let Some((_, text)) = given.iter().rfind(|(given, _)| given == key) else {
                continue;
            };
            let Some(value) = uniform::parse(text, parameter) else {
                let message = format!("{} is no {parameter} for {}", shown(text), shown(key));
                return Err(refused(Code::UniformValue, message));
            };
            values.push((key.to_owned(), value));
        }
        Ok(values)
    }

    /// Asks the engine for an export.
    fn id(&mut self, name: &str) -> ExportId {
        self.used.push(name.to_owned());
        ExportId(self.used.len() - 1)
    }

    fn getter(&mut self, name: &'static str) -> Getter {
        Getter {
            name,
            export: self.id(name),
            is_function: matches!(self.binary.exports.get(name), Some(Export::Function(_))),
        }
    }

    fn pair(&mut self, [ptr, size]: [&'static str; 2]) -> Pair {
        Pair {
            ptr: self.getter(ptr),
            size: self.getter(size),
        }
    }
}
