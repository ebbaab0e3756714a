//! What a module's bytes say that the signature leaves out: where things stand, what they
//! are called, what getters return, what memory starts with. One pass, linear in time and
//! memory.

mod constant;
mod feature;

use std::collections::BTreeMap;
use std::ops::Range;

use qip_contract::{ExportName, Value, quote};
use wasmparser::{
    BinaryReader, DataKind, ElementKind, ExternalKind, KnownCustom, MemoryType, Name, NameMap,
    Parser, Payload, Result, TypeRef,
};

pub use feature::Feature;

/// The facts of one module.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The sections in their order: all but custom ones beyond a number.
    pub(crate) sections: Vec<Section<'a>>,
    /// The bytes of the custom sections that are left out.
    pub(crate) other_sections: usize,
    /// Where the last section ended.
    end: usize,
    pub(crate) imports: Vec<Import<'a>>,
    pub(crate) exports: Vec<Export<'a>>,
    /// Functions with a body, in order; the imported ones come before them.
    pub(crate) bodies: Vec<Body>,
    pub(crate) imported_functions: u32,
    /// Where each imported function is called first.
    pub(crate) calls_of_imports: BTreeMap<u32, usize>,
    imported_globals: u32,
    globals: Vec<Global>,
    pub(crate) memory: Option<Memory>,
    pub(crate) data: Vec<Data<'a>>,
    /// The fewest entries of each table, and the active segments that go there.
    tables: Vec<u64>,
    pub(crate) elements: Vec<Element>,
    pub(crate) start: Option<u32>,
    /// Names of the custom section `name`, by index.
    pub(crate) function_names: BTreeMap<u32, &'a str>,
    global_names: BTreeMap<u32, &'a str>,
    data_names: BTreeMap<u32, &'a str>,
    /// What beyond the first WebAssembly is used, with the offset of its first use.
    pub(crate) features: BTreeMap<Feature, usize>,
}

/// The magic number and the version.
pub(crate) const HEADER_BYTES: usize = 8;

/// Custom sections that are kept. An empty one takes three bytes.
const MOST_CUSTOM_SECTIONS: usize = 10_000;

/// A section.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    pub(crate) kind: &'static str,
    /// The name of a custom one.
    pub(crate) name: Option<&'a str>,
    /// Its contents, without kind and size.
    pub(crate) contents: Range<usize>,
    /// How many bytes it takes, with kind and size.
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Import<'a> {
    pub(crate) module: &'a str,
    pub(crate) field: &'a str,
    pub(crate) kind: &'static str,
    pub(crate) offset: usize,
    /// Of a function its index.
    pub(crate) function: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct Export<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ExternalKind,
    pub(crate) index: u32,
    pub(crate) offset: usize,
}

/// A function's body.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// From its locals to its last `end`, without its size.
    pub(crate) range: Range<usize>,
    /// What it always returns, where it shows that at once.
    constant: Option<Returned>,
    /// The function that it calls first, where it does nothing else before.
    pub(crate) first_call: Option<u32>,
    /// The global that it puts its parameter into, where it does that first.
    kept_in: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Returned {
    Value(i32),
    Global(u32),
}

#[derive(Debug)]
struct Global {
    is_mutable: bool,
    value: Option<i32>,
    /// What it starts with, where that is one constant.
    initial: Option<Value>,
    offset: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) ty: MemoryType,
    pub(crate) offset: usize,
}

/// A data segment.
#[derive(Debug)]
pub(crate) struct Data<'a> {
    /// Where it goes when the module is instantiated; `None` where it is passive, or goes
    /// where only the engine can tell.
    pub(crate) at: Option<u32>,
    pub(crate) bytes: &'a [u8],
    pub(crate) offset: usize,
}

impl Data<'_> {
    /// The part of memory that it fills.
    pub(crate) fn range(&self) -> Option<Range<u64>> {
        let start = u64::from(self.at?);
        Some(start..start + self.bytes.len() as u64)
    }
}

/// An active element segment of which is known where it goes.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) end: u64,
    pub(crate) table_entries: u64,
    pub(crate) index: usize,
    pub(crate) offset: usize,
}

/// A number that a module exports, known without running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) value: u32,
    /// Whether it is a global, not a getter.
    pub(crate) is_global: bool,
}

impl<'a> Facts<'a> {
    /// Reads a module as far as its sections are well-formed. Of a section that holds what
    /// cannot be read, or more than the parser takes, the rest is left out.
    pub(crate) fn read(wasm: &'a [u8]) -> Facts<'a> {
        let mut facts = Facts::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let Ok(payload) = payload else { break };
            facts.section(&payload);
            let _ = facts.payload(&payload);
        }
        facts
    }

    fn section(&mut self, payload: &Payload<'a>) {
        let Some((id, range)) = payload.as_section() else {
            return;
        };
        let name = match payload {
            Payload::CustomSection(custom) => Some(custom.name()),
            _ => None,
        };
        let bytes = range.end - self.end.max(HEADER_BYTES);
        self.end = range.end;
        if name.is_none() || self.sections.len() < MOST_CUSTOM_SECTIONS {
            self.sections.push(Section {
                kind: section_kind(id),
                name,
                contents: range,
                bytes,
            });
        } else {
            self.other_sections += bytes;
        }
    }

    fn payload(&mut self, payload: &Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section.clone() {
                    for ty in group?.into_types() {
                        if let wasmparser::CompositeInnerType::Func(ty) = ty.composite_type.inner {
                            let types = ty.params().iter().chain(ty.results());
                            self.note_types(types, section.range().start);
                            if ty.results().len() > 1 {
                                self.note(Feature::MultiValue, section.range().start);
                            }
                        }
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports_with_offsets() {
                    let (offset, import) = import?;
                    self.import(offset, &import);
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone().into_iter_with_offsets() {
                    let (offset, table) = table?;
                    self.tables.push(table.ty.initial);
                    if self.tables.len() > 1 {
                        self.note(Feature::ReferenceTypes, offset);
                    }
                }
            }
            Payload::MemorySection(section) => {
                for memory in section.clone().into_iter_with_offsets() {
                    let (offset, ty) = memory?;
                    self.memory.get_or_insert(Memory { ty, offset });
                }
            }
            Payload::GlobalSection(section) => {
                for global in section.clone().into_iter_with_offsets() {
                    let (offset, global) = global?;
                    self.note_types([&global.ty.content_type], offset);
                    let value = self.constant(&global.init_expr, offset)?;
                    self.globals.push(Global {
                        is_mutable: global.ty.mutable,
                        value,
                        initial: constant::number(&global.init_expr),
                        offset,
                    });
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone().into_iter_with_offsets() {
                    let (offset, export) = export?;
                    self.exports.push(Export {
                        name: export.name,
                        kind: export.kind,
                        index: export.index,
                        offset,
                    });
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(*func),
            Payload::ElementSection(section) => {
                for (index, element) in section.clone().into_iter_with_offsets().enumerate() {
                    let (offset, element) = element?;
                    let ElementKind::Active {
                        table_index,
                        offset_expr,
                    } = &element.kind
                    else {
                        continue;
                    };
                    let count = match &element.items {
                        wasmparser::ElementItems::Functions(items) => items.count(),
                        wasmparser::ElementItems::Expressions(_, items) => items.count(),
                    };
                    let at = self.constant(offset_expr, offset)?;
                    let table = self.tables.get(table_index.unwrap_or(0) as usize).copied();
                    if let (Some(at), Some(table_entries)) = (at, table) {
                        let end = u64::from(at.cast_unsigned()) + u64::from(count);
                        self.elements.push(Element {
                            end,
                            table_entries,
                            index,
                            offset,
                        });
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.body(body),
            Payload::DataSection(section) => {
                for data in section.clone().into_iter_with_offsets() {
                    let (offset, data) = data?;
                    let at = match &data.kind {
                        DataKind::Active { offset_expr, .. } => {
                            self.constant(offset_expr, offset)?.map(i32::cast_unsigned)
                        }
                        DataKind::Passive => {
                            self.note(Feature::BulkMemory, offset);
                            None
                        }
                    };
                    self.data.push(Data {
                        at,
                        bytes: data.data,
                        offset,
                    });
                }
            }
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    // Names that cannot be read are none: they never matter (MOD-8).
                    for name in names {
                        match name {
                            Ok(Name::Function(map)) => keep(&mut self.function_names, map),
                            Ok(Name::Global(map)) => keep(&mut self.global_names, map),
                            Ok(Name::Data(map)) => keep(&mut self.data_names, map),
                            Ok(_) => {}
                            Err(_) => break,
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, offset: usize, import: &wasmparser::Import<'a>) {
        let mut function = None;
        let kind = match import.ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                function = Some(self.imported_functions);
                self.imported_functions += 1;
                "function"
            }
            TypeRef::Global(_) => {
                self.imported_globals += 1;
                "global"
            }
            TypeRef::Memory(ty) => {
                self.memory.get_or_insert(Memory { ty, offset });
                "memory"
            }
            TypeRef::Table(ty) => {
                self.tables.push(ty.initial);
                "table"
            }
            TypeRef::Tag(_) => "tag",
        };
        self.imports.push(Import {
            module: import.module,
            field: import.name,
            kind,
            offset,
            function,
        });
    }

    /// The export under a name of the contract, with its position.
    pub(crate) fn export(&self, name: &str) -> Option<(usize, &Export<'a>)> {
        let mut exports = self.exports.iter().enumerate();
        exports.find(|(_, export)| export.name == name)
    }

    /// The number that a module exports under a name, where it is known without running it:
    /// the value of an immutable global, or what a getter always returns.
    pub(crate) fn number(&self, name: ExportName) -> Option<Number> {
        let (_, export) = self.export(name.as_str())?;
        let (value, is_global) = match export.kind {
            ExternalKind::Global => (self.immutable(export.index)?, true),
            ExternalKind::Func => match self.body_of(export.index)?.constant? {
                Returned::Value(value) => (value, false),
                Returned::Global(index) => (self.immutable(index)?, false),
            },
            _ => return None,
        };
        Some(Number {
            value: value.cast_unsigned(),
            is_global,
        })
    }

    fn global(&self, index: u32) -> Option<&Global> {
        let own = index.checked_sub(self.imported_globals)?;
        self.globals.get(own as usize)
    }

    fn immutable(&self, index: u32) -> Option<i32> {
        let global = self.global(index).filter(|global| !global.is_mutable)?;
        global.value
    }

    /// What a uniform is before it is set: what the global starts with that its setter keeps
    /// its parameter in.
    pub(crate) fn uniform_default(&self, setter: &str) -> Option<Value> {
        let (_, export) = self.export(setter)?;
        let body = self
            .body_of(export.index)
            .filter(|_| export.kind == ExternalKind::Func)?;
        self.global(body.kept_in?)?.initial
    }

    /// Where a global stands in the module.
    pub(crate) fn global_offset(&self, index: u32) -> Option<usize> {
        Some(self.global(index)?.offset)
    }

    /// The body of a function that is not imported.
    pub(crate) fn body_of(&self, function: u32) -> Option<&Body> {
        let own = function.checked_sub(self.imported_functions)?;
        self.bodies.get(own as usize)
    }

    /// Where the globals stand that are not imported.
    pub(crate) fn global_offsets(&self) -> impl Iterator<Item = usize> {
        self.globals.iter().map(|global| global.offset)
    }

    /// The kind of the section that an offset lies in.
    pub(crate) fn section_at(&self, offset: usize) -> Option<&'static str> {
        let sections = &self.sections;
        let after = sections.partition_point(|section| section.contents.start <= offset);
        let section = sections.get(after.checked_sub(1)?)?;
        section.contents.contains(&offset).then_some(section.kind)
    }

    /// The contents of the section of a kind that there is once at most.
    pub(crate) fn contents(&self, kind: &str) -> Option<Range<usize>> {
        let mut sections = self.sections.iter();
        let section = sections.find(|section| section.kind == kind)?;
        Some(section.contents.clone())
    }

    /// The top of the stack that compilers of C, Zig and Rust keep in memory: the value that
    /// the global `__stack_pointer` starts with.
    pub(crate) fn stack_top(&self) -> Option<u32> {
        const NAME: &str = "__stack_pointer";
        let exported = self.export(NAME).map(|(_, export)| export);
        let exported = exported.filter(|export| export.kind == ExternalKind::Global);
        let named = || {
            let mut names = self.global_names.iter();
            names
                .find(|(_, name)| **name == NAME)
                .map(|(index, _)| *index)
        };
        let index = exported.map(|export| export.index).or_else(named)?;
        self.global(index)?.value.map(i32::cast_unsigned)
    }

    /// What a data segment is called: by its name, else by its position.
    pub(crate) fn data_name(&self, index: usize) -> String {
        let name = u32::try_from(index).ok();
        match name.and_then(|index| self.data_names.get(&index)) {
            Some(name) => format!("data segment `{}`", quote(name)),
            None => format!("data segment {index}"),
        }
    }

    /// The function with a name, that of an export, or an index as a number.
    pub(crate) fn function(&self, name: &str) -> Option<u32> {
        let named = || {
            let mut names = self.function_names.iter();
            names.find(|(_, it)| **it == name).map(|(index, _)| *index)
        };
        let exported = self.export(name).map(|(_, export)| export);
        let exported = exported.filter(|export| export.kind == ExternalKind::Func);
        let exported = exported.map(|export| export.index);
        exported.or_else(named).or_else(|| name.parse().ok())
    }

    /// What a function is called: by its name, else by its position.
    pub(crate) fn function_name(&self, index: u32) -> String {
        let exported = || {
            let mut exports = self.exports.iter();
            exports
                .find(|export| export.kind == ExternalKind::Func && export.index == index)
                .map(|export| export.name)
        };
        match self.function_names.get(&index).copied().or_else(exported) {
            Some(name) => format!("function `{}`", quote(name)),
            None => format!("function {index}"),
        }
    }

    /// The bytes that a part of memory starts with; `None` where data segments do not fill
    /// all of it.
    pub(crate) fn initial(&self, range: Range<u64>) -> Option<&'a [u8]> {
        // A later segment replaces what an earlier one has put there.
        self.data.iter().rev().find_map(|data| {
            let filled = data.range()?;
            (filled.start <= range.start && range.end <= filled.end).then(|| {
                let start = (range.start - filled.start) as usize;
                &data.bytes[start..start + (range.end - range.start) as usize]
            })
        })
    }

    fn note(&mut self, feature: Feature, offset: usize) {
        self.features.entry(feature).or_insert(offset);
    }

    fn note_types<'t>(
        &mut self,
        types: impl IntoIterator<Item = &'t wasmparser::ValType>,
        offset: usize,
    ) {
        for ty in types {
            match ty {
                wasmparser::ValType::V128 => self.note(Feature::Simd, offset),
                wasmparser::ValType::Ref(ty) if ty.is_extern_ref() => {
                    self.note(Feature::Externref, offset);
                }
                wasmparser::ValType::Ref(_) => self.note(Feature::ReferenceTypes, offset),
                _ => {}
            }
        }
    }

    /// The bytes of a custom section.
    pub(crate) fn custom(&self, wasm: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let mut sections = self.sections.iter();
        let section = sections.find(|section| section.name == Some(name))?;
        let mut reader =
            BinaryReader::new(wasm.get(section.contents.clone())?, section.contents.start);
        reader.read_string().ok()?;
        wasm.get(reader.original_position()..section.contents.end)
    }
}

/// Keeps the names of a map; what cannot be read ends it.
fn keep<'a>(names: &mut BTreeMap<u32, &'a str>, map: NameMap<'a>) {
    for naming in map {
        let Ok(naming) = naming else { break };
        names.entry(naming.index).or_insert(naming.name);
    }
}

/// What a section is called, by its number.
fn section_kind(id: u8) -> &'static str {
    const KINDS: [&str; 13] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
    ];
    KINDS.get(usize::from(id)).copied().unwrap_or("unknown")
}
