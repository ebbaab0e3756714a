//! What a signature must be: every refusal of one module, in the order of ORD-1.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Shape, Signature, Uniform, ValType};
use crate::{Code, ExportName, Numeric, Refusal, UNIFORM_PREFIX, Value, parse_uniform, quote};

/// What a caller asks of a module beyond the bare contract.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The types that pointers, capacities and sizes may have (MOD-4).
    pub numeric: Numeric,
    /// Insist on a memory that cannot grow (MOD-7).
    pub fixed_memory: bool,
    /// Insist on a tile filter, which is what the image mode runs (IMG-1).
    pub tile_filter: bool,
    /// The uniforms that are to be set: text by key (UNI-3).
    pub uniforms: BTreeMap<String, String>,
}

pub(super) fn refusals(signature: &Signature, rules: &Rules) -> Vec<Refusal> {
    let mut check = Check {
        signature,
        rules,
        refusals: Vec::new(),
    };
    check.imports();
    check.memory();
    check.sizes();
    check.entry();
    check.input();
    match signature.kind {
        Kind::Content => {
            check.output();
            check.content_types();
        }
        Kind::Tile => check.size_and_halo(),
    }
    check.uniforms();
    check.refusals
}

struct Check<'a> {
    signature: &'a Signature,
    rules: &'a Rules,
    refusals: Vec<Refusal>,
}

impl Check<'_> {
    fn imports(&mut self) {
        // The first is named; a count is enough of the others.
        if let Some(first) = self.signature.imports.first() {
            let name = format!("{}.{}", quote(&first.module), quote(&first.field));
            let others = match self.signature.import_count - 1 {
                0 => String::new(),
                others => format!(" (and {others} more)"),
            };
            self.refusals.push(
                Refusal::new(
                    Code::Import,
                    format!("the module imports the {} `{name}`{others}, expected no imports", first.kind),
                )
                .named(name)
                .found(first.kind, "no imports")
                .help("a qip module gets everything through its memory: build it without WASI or other host functions"),
            );
        }
    }

    fn memory(&mut self) {
        match self.signature.export(ExportName::Memory) {
            None => self.missing(ExportName::Memory, Code::MissingMemory, "a memory"),
            Some(Shape::Memory) => {
                if self.rules.fixed_memory {
                    self.fixed_memory();
                }
            }
            Some(shape) => self.refusals.push(
                Refusal::new(
                    Code::MemoryKind,
                    format!("the export `memory` is {shape}, expected a 32-bit unshared memory"),
                )
                .named("memory")
                .found(shape, "a 32-bit unshared memory"),
            ),
        }
    }

    fn fixed_memory(&mut self) {
        let Some(memory) = self.signature.memory else {
            return;
        };
        let found = match memory.max_pages {
            None => format!(
                "starts at {} pages and declares no maximum",
                memory.min_pages
            ),
            Some(max) if max != memory.min_pages => {
                format!("starts at {} pages and may grow to {max}", memory.min_pages)
            }
            Some(_) if self.signature.grows_memory => "is grown by the module's code".to_owned(),
            Some(_) => return,
        };
        self.refusals.push(
            Refusal::new(
                Code::MemoryNotFixed,
                format!("the memory {found}, expected a fixed memory"),
            )
            .named("memory")
            .found(found, "minimum equal to maximum, and no `memory.grow`"),
        );
    }

    /// One size over a limit, the first in the order of LIM-1.
    fn sizes(&mut self) {
        self.refusals.extend(self.signature.excess.clone());
    }

    /// The tile functions before `render` before `run`; the losing ones are held
    /// to their shape too (MOD-6).
    fn entry(&mut self) {
        if self.rules.tile_filter && self.signature.kind != Kind::Tile {
            self.missing(
                ExportName::Tile,
                Code::MissingExport,
                "a function `(f32, f32) -> ()`",
            );
            return;
        }
        let (names, params, results): (_, &[ValType], &[ValType]) = match self.signature.kind {
            Kind::Tile => (
                [ExportName::Tile, ExportName::TileOlder],
                &[ValType::F32, ValType::F32],
                &[],
            ),
            Kind::Content => (
                [ExportName::Render, ExportName::Run],
                &[ValType::I32],
                &[ValType::I32],
            ),
        };
        if names
            .iter()
            .all(|name| self.signature.export(*name).is_none())
        {
            self.missing(names[0], Code::MissingExport, "a function `(i32) -> i32`");
        }
        for name in names {
            self.function(name, params, results);
        }
    }

    /// What only tile filters have, after their input as in IMG-12.
    fn size_and_halo(&mut self) {
        if let Some(shape) = self.signature.export(ExportName::WidthAndHeight) {
            let fits = matches!(shape, Shape::Function { params, .. }
                if **params == [ValType::F32, ValType::F32]);
            if !fits {
                self.shape(ExportName::WidthAndHeight, shape, "a function `(f32, f32)`");
            }
        }
        self.function(ExportName::Halo, &[], &[ValType::I32]);
    }

    fn input(&mut self) {
        self.required_pointer(ExportName::InputPtr);
        let capacities: &[ExportName] = match self.signature.kind {
            Kind::Tile => &[ExportName::InputBytesCap],
            Kind::Content => &[ExportName::InputUtf8Cap, ExportName::InputBytesCap],
        };
        if capacities
            .iter()
            .all(|name| self.signature.export(*name).is_none())
        {
            self.missing(capacities[0], Code::MissingExport, self.pointer_shapes());
        }
        for name in capacities {
            self.pointer(*name);
        }
    }

    fn output(&mut self) {
        for name in [
            ExportName::OutputPtr,
            ExportName::OutputUtf8Cap,
            ExportName::OutputBytesCap,
            ExportName::OutputI32Cap,
        ] {
            self.pointer(name);
        }
    }

    fn content_types(&mut self) {
        for (ptr, size) in [
            (
                ExportName::InputContentTypePtr,
                ExportName::InputContentTypeSize,
            ),
            (
                ExportName::OutputContentTypePtr,
                ExportName::OutputContentTypeSize,
            ),
        ] {
            let either = [ptr, size]
                .iter()
                .any(|name| self.signature.export(*name).is_some());
            if either {
                self.required_pointer(ptr);
                self.required_pointer(size);
            }
        }
    }

    /// The given and the exported keys together, in bytewise order (ORD-1, UNI-1).
    fn uniforms(&mut self) {
        let exported = self.signature.uniforms.iter().map(|uniform| &uniform.key);
        let keys: BTreeSet<&String> = exported.chain(self.rules.uniforms.keys()).collect();
        for key in keys {
            let refusal = match self.rules.uniforms.get(key) {
                Some(text) => uniform_value(self.signature, key, text).err(),
                None => {
                    let uniform = self.signature.uniform(key);
                    uniform.and_then(|uniform| parameter(uniform).err())
                }
            };
            self.refusals.extend(refusal);
        }
    }

    fn pointer_shapes(&self) -> &'static str {
        match self.rules.numeric {
            Numeric::Strict => "a global `i32` or a function `() -> i32`",
            Numeric::Lenient => "a global of a number type or a function `()` to one",
        }
    }

    fn required_pointer(&mut self, name: ExportName) {
        if self.signature.export(name).is_none() {
            self.missing(name, Code::MissingExport, self.pointer_shapes());
        }
        self.pointer(name);
    }

    /// Holds a pointer, capacity or size to MOD-3, where it is exported.
    fn pointer(&mut self, name: ExportName) {
        let Some(shape) = self.signature.export(name) else {
            return;
        };
        let ty = match shape {
            Shape::Global { ty, .. } => Some(*ty),
            Shape::Function { params, results } if params.is_empty() && results.len() == 1 => {
                Some(results[0])
            }
            _ => None,
        };
        let fits = match self.rules.numeric {
            Numeric::Strict => ty == Some(ValType::I32),
            Numeric::Lenient => matches!(
                ty,
                Some(ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)
            ),
        };
        if !fits {
            self.shape(name, shape, self.pointer_shapes());
        }
    }

    fn function(&mut self, name: ExportName, params: &[ValType], results: &[ValType]) {
        if let Some(shape) = self.signature.export(name)
            && !shape.is_function(params, results)
        {
            let wanted = Shape::Function {
                params: params.into(),
                results: results.into(),
            };
            self.shape(name, shape, &wanted.to_string());
        }
    }

    fn shape(&mut self, name: ExportName, found: &Shape, wanted: &str) {
        self.refusals.push(
            Refusal::new(
                Code::ExportShape,
                format!("the export `{name}` is {found}, expected {wanted}"),
            )
            .named(name.as_str())
            .found(found, wanted),
        );
    }

    fn missing(&mut self, name: ExportName, code: Code, wanted: &str) {
        let other = match name {
            ExportName::InputUtf8Cap => Some(ExportName::InputBytesCap),
            ExportName::Render => Some(ExportName::Run),
            ExportName::Tile => Some(ExportName::TileOlder),
            _ => None,
        };
        let instead = other.map_or_else(String::new, |other| format!(" or `{other}`"));
        let refusal = Refusal::new(
            code,
            format!("the module does not export `{name}`{instead}, expected {wanted}"),
        )
        .named(name.as_str())
        .found("nothing", wanted);
        let near = self.signature.nearest(name.as_str());
        let near = near.or_else(|| self.signature.nearest(other?.as_str()));
        self.refusals.push(match near {
            Some(near) => refusal.help(format!("did you mean the export `{}`?", quote(near))),
            None => refusal,
        });
    }
}

/// Parses the text given for a uniform: its position among the uniforms, and its value.
pub(super) fn uniform_value(
    signature: &Signature,
    key: &str,
    text: &str,
) -> Result<(usize, Value), Refusal> {
    let found = signature
        .position(key)
        .ok_or_else(|| unknown_uniform(signature, key))?;
    let ty = parameter(&signature.uniforms[found])?;
    Ok((found, parse_uniform(key, text, ty)?))
}

/// The type that a uniform's setter takes (UNI-1).
fn parameter(uniform: &Uniform) -> Result<ValType, Refusal> {
    uniform.parameter().ok_or_else(|| {
        let wanted = "a function of one i32, i64, f32 or f64";
        let name = format!("{UNIFORM_PREFIX}{}", quote(&uniform.key));
        Refusal::new(
            Code::UniformShape,
            format!(
                "the export `{name}` is {}, expected {wanted}",
                uniform.shape
            ),
        )
        .named(name)
        .found(&uniform.shape, wanted)
    })
}

fn unknown_uniform(signature: &Signature, key: &str) -> Refusal {
    /// Uniforms that are told of those that there are.
    const SHOWN: usize = 16;
    let known: Vec<String> = signature
        .uniforms
        .iter()
        .take(SHOWN)
        .map(|uniform| format!("`{}`", quote(&uniform.key)))
        .collect();
    let found = if known.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    Refusal::new(
        Code::UnknownUniform,
        format!("the module has no uniform `{}`; {found}", quote(key)),
    )
    .named(quote(key))
    .found(found, format!("an export `{UNIFORM_PREFIX}{}`", quote(key)))
}
