//! What a module is: everything that one would want to know before running it.

use std::ops::Range;

use qip_contract::{
    ExportName, InputKind, Kind, OutputForm, PAGE_BYTES, Signature, UNIFORM_PREFIX, ValType, Value,
    quote,
};

use crate::checks::Module;
use crate::facts::{Data, Facts, HEADER_BYTES};
use crate::{Feature, Finding, Options, printed};

/// What a module is. A number is `None` where only running the module tells it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The bytes of the module; of text those of the binary that it stands for.
    pub bytes: usize,
    /// Content module or tile filter.
    pub kind: Kind,
    /// The entry point's name.
    pub entry: ExportName,
    /// What goes in, where the module says.
    pub input: Option<Input>,
    /// What comes out; of a tile filter the tile itself.
    pub output: Output,
    /// The halo of a tile filter, in pixels; 0 where it exports none.
    pub halo: Option<i32>,
    /// The uniforms, sorted by key.
    pub uniforms: Vec<Uniform>,
    /// The names of its imports, of which a sound module has none.
    pub imports: Vec<String>,
    /// What it uses beyond the first WebAssembly.
    pub features: Vec<Feature>,
    /// Whether functions have names.
    pub has_names: bool,
    /// Whether lines of the author's source can be told.
    pub has_lines: bool,
    /// The memory, where it exports one.
    pub memory: Option<Memory>,
    /// The sections in their order: their bytes add up to those of the module.
    pub sections: Vec<Size>,
    /// The functions in their order: their bytes add up to those of the code section.
    pub functions: Vec<Size>,
}

/// The input.
#[derive(Clone, Debug)]
pub struct Input {
    /// Text or any bytes.
    pub kind: InputKind,
    /// Where it is written.
    pub pointer: Option<u32>,
    /// The most bytes.
    pub capacity: Option<u32>,
    /// The media type that is declared: `None` where none is.
    pub content_type: Option<ContentType>,
}

/// The output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Text, bytes, elements or a number.
    pub form: OutputForm,
    /// Where it is read.
    pub pointer: Option<u32>,
    /// The most elements; `None` of a number as well.
    pub capacity: Option<u32>,
    /// The media type that is declared: `None` where none is.
    pub content_type: Option<ContentType>,
}

/// A declared media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// As it stands in memory at the start, escaped and cut.
    Known(String),
    /// Only running the module tells it.
    Unknown,
}

/// A uniform.
#[derive(Clone, Debug)]
pub struct Uniform {
    /// Its key, escaped and cut.
    pub key: String,
    /// The type that its setter takes, where it takes one number.
    pub ty: Option<ValType>,
    /// What it is before it is set, where that can be seen.
    pub default: Option<Value>,
}

/// The memory, and what lies in it.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The bytes at the start.
    pub bytes: u64,
    /// The bytes that it can grow to, where the module says.
    pub most: Option<u64>,
    /// Whether any code grows it.
    pub grows: bool,
    /// What is known of it, by address. What lies over something else stands behind it.
    pub regions: Vec<Region>,
}

/// A part of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// What lies there.
    pub what: Content,
    /// Where.
    pub range: Range<u64>,
}

/// What lies in a part of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// The stack of a compiler, as far as it is known to go.
    Stack,
    /// What a data segment fills with something else than zeros.
    Data,
    /// The buffer of the input, or of a tile.
    Input,
    /// The buffer of the output.
    Output,
}

impl Content {
    /// `stack`, `data`, `input` or `output`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Content::Stack => "stack",
            Content::Data => "data",
            Content::Input => "input",
            Content::Output => "output",
        }
    }
}

/// How many bytes something takes of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// What it is: a section, a function, or what stands around them.
    pub what: String,
    /// The bytes.
    pub bytes: usize,
}

/// Says what a module is, a binary or WebAssembly text.
///
/// # Errors
///
/// What makes reading on pointless: it is no valid module, or too large. A module that hosts
/// refuse for another reason is inspected.
pub fn inspect(bytes: &[u8], options: &Options) -> Result<Inspection, Box<Finding>> {
    crate::with_binary(bytes, options, |wasm| inspect_binary(wasm, options))
}

/// Prints one function as WebAssembly text: `function` is its name, the name of an export, or
/// its index. `None` where there is no such function with a body.
///
/// # Errors
///
/// As [`inspect`].
pub fn function_text(
    bytes: &[u8],
    function: &str,
    options: &Options,
) -> Result<Option<String>, Box<Finding>> {
    crate::with_binary(bytes, options, |wasm| {
        Signature::read(wasm, &options.limits).map_err(|it| Finding::of_refusal(&it))?;
        let facts = Facts::read(wasm);
        let body = facts.function(function).and_then(|it| facts.body_of(it));
        Ok(body.and_then(|body| printed::function(wasm, body.range.clone())))
    })
}

fn inspect_binary(wasm: &[u8], options: &Options) -> Result<Inspection, Box<Finding>> {
    let signature =
        Signature::read(wasm, &options.limits).map_err(|it| Finding::of_refusal(&it))?;
    let facts = Facts::read(wasm);
    let module = Module {
        signature: &signature,
        facts: &facts,
        options,
    };
    let is_tile = signature.kind() == Kind::Tile;
    let content_type = |pointer, size| match is_tile {
        true => None,
        false => content_type(&module, pointer, size),
    };
    let input = match is_tile {
        true => Some((ExportName::InputBytesCap, InputKind::Bytes)),
        false => signature.input(),
    };
    let form = if is_tile {
        OutputForm::Bytes
    } else {
        signature.output()
    };
    let imports = facts.imports.iter();
    Ok(Inspection {
        bytes: wasm.len(),
        kind: signature.kind(),
        entry: signature.entry(),
        input: input.map(|(capacity, kind)| Input {
            kind,
            pointer: module.number(ExportName::InputPtr),
            capacity: module.number(capacity),
            content_type: content_type(
                ExportName::InputContentTypePtr,
                ExportName::InputContentTypeSize,
            ),
        }),
        output: Output {
            form,
            pointer: module.number(ExportName::OutputPtr).filter(|_| !is_tile),
            capacity: form
                .capacity()
                .and_then(|it| module.number(it))
                .filter(|_| !is_tile),
            content_type: content_type(
                ExportName::OutputContentTypePtr,
                ExportName::OutputContentTypeSize,
            ),
        },
        halo: match signature.export(ExportName::Halo) {
            None => Some(0),
            Some(_) => module
                .number(ExportName::Halo)
                .map(|it| it.cast_signed().max(0)),
        },
        uniforms: uniforms(&signature, &facts),
        imports: imports
            .map(|it| format!("{}.{}", quote(it.module), quote(it.field)))
            .collect(),
        features: facts.features.keys().copied().collect(),
        has_names: !facts.function_names.is_empty(),
        has_lines: facts.custom(wasm, ".debug_line").is_some(),
        memory: memory(&module),
        sections: sections(&facts, wasm),
        functions: functions(&facts),
    })
}

fn content_type(module: &Module<'_>, pointer: ExportName, size: ExportName) -> Option<ContentType> {
    module
        .signature
        .export(pointer)
        .or_else(|| module.signature.export(size))?;
    let known = || {
        let at = u64::from(module.number(pointer)?);
        let length = u64::from(module.number(size)?);
        let bytes = module.facts.initial(at..at + length)?;
        Some(ContentType::Known(quote(&String::from_utf8_lossy(bytes))))
    };
    Some(known().unwrap_or(ContentType::Unknown))
}

fn uniforms(signature: &Signature, facts: &Facts<'_>) -> Vec<Uniform> {
    let uniforms = signature.uniforms().iter();
    uniforms
        .map(|uniform| Uniform {
            key: quote(&uniform.key),
            ty: uniform.parameter(),
            default: facts.uniform_default(&format!("{UNIFORM_PREFIX}{}", uniform.key)),
        })
        .collect()
}

fn memory(module: &Module<'_>) -> Option<Memory> {
    let memory = module.signature.memory()?;
    let mut regions = Vec::new();
    // Above the stack's top is something else; how far it goes down nobody says.
    if let Some(top) = module.facts.stack_top().map(u64::from) {
        let data = module.facts.data.iter().filter_map(Data::range);
        let below = data.map(|data| data.end).filter(|end| *end <= top).max();
        regions.push(Region {
            what: Content::Stack,
            range: below.unwrap_or(0)..top,
        });
    }
    for data in &module.facts.data {
        if let Some(range) = data.range()
            && data.bytes.iter().any(|byte| *byte != 0)
        {
            let what = Content::Data;
            regions.push(Region { what, range });
        }
    }
    for buffer in module.buffers() {
        let what = match buffer.what {
            "input" => Content::Input,
            _ => Content::Output,
        };
        let range = buffer.range;
        regions.push(Region { what, range });
    }
    regions.sort_by_key(|region| (region.range.start, region.range.end, region.what));
    Some(Memory {
        bytes: module.memory_bytes(),
        most: memory
            .max_pages
            .map(|pages| pages.saturating_mul(PAGE_BYTES)),
        grows: module.signature.grows_memory(),
        regions,
    })
}

fn sections(facts: &Facts<'_>, wasm: &[u8]) -> Vec<Size> {
    let header = Size {
        what: "header".to_owned(),
        bytes: HEADER_BYTES.min(wasm.len()),
    };
    let sections = facts.sections.iter().map(|section| Size {
        what: match section.name {
            Some(name) => format!("custom `{}`", quote(name)),
            None => section.kind.to_owned(),
        },
        bytes: section.bytes,
    });
    let others = Some(facts.other_sections).filter(|bytes| *bytes > 0);
    let others = others.map(|bytes| Size {
        what: "more custom sections".to_owned(),
        bytes,
    });
    [header].into_iter().chain(sections).chain(others).collect()
}

fn functions(facts: &Facts<'_>) -> Vec<Size> {
    let Some(code) = facts.contents("code") else {
        return Vec::new();
    };
    let mut sizes = Vec::new();
    let mut end = code.start;
    for (index, body) in (facts.imported_functions..).zip(&facts.bodies) {
        sizes.push(Size {
            what: facts.function_name(index),
            bytes: body.range.end - end,
        });
        end = body.range.end;
    }
    sizes
}
