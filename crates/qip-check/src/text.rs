//! WebAssembly text: the binary that it stands for, and where each part stands in it.

use std::collections::BTreeMap;
use std::ops::Range;

use qip_contract::{Code, Refusal};
use wast::core::{DataKind, FuncKind, ImportItems, MemoryKind, Module, ModuleField, ModuleKind};
use wast::parser::{ParseBuffer, parse};
use wast::token::Span;

/// Where the parts of a module stand in its text, in bytes.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    /// The word `module`, or the text's first.
    module: Range<usize>,
    /// The names of exports, with their quotes.
    exports: BTreeMap<String, Range<usize>>,
    imports: Vec<Range<usize>>,
    memory: Option<Range<usize>>,
    data: Vec<Range<usize>>,
    elements: Vec<Range<usize>>,
    globals: Vec<Range<usize>>,
    /// The functions that have a body.
    functions: Vec<Function>,
}

#[derive(Debug)]
struct Function {
    word: Range<usize>,
    instructions: Box<[Span]>,
}

/// Makes a binary of text.
///
/// # Errors
///
/// [`Code::InvalidModule`], with where in the text.
pub(crate) fn assemble(source: &str) -> Result<(Vec<u8>, Spans), (Refusal, Range<usize>)> {
    let refused = |error: wast::Error| {
        let offset = error.span().offset().min(source.len());
        let (line, column) = line_and_column(source, offset);
        let place = format!("{line}:{column}");
        // Every message of the parser is one line; the rest of its display draws the source.
        let refusal = qip_contract::text::invalid(&place, &error.message());
        (refusal, word(source, offset))
    };
    let mut buffer = ParseBuffer::new(source).map_err(refused)?;
    buffer.track_instr_spans(true);
    let mut wat = parse::<wast::Wat<'_>>(&buffer).map_err(refused)?;
    let spans = match &mut wat {
        wast::Wat::Module(module) => spans(source, module),
        wast::Wat::Component(component) => {
            let message = "the WebAssembly text is a component, expected a module";
            let refusal = Refusal::new(Code::InvalidModule, message)
                .found("a component", "a module")
                .help("qip modules are core modules: build without the component model");
            return Err((refusal, word(source, component.span.offset())));
        }
    };
    let binary = wat.encode().map_err(refused)?;
    Ok((binary, spans))
}

/// The line and the character in it, both from 1, of an offset into text.
pub(crate) fn line_and_column(source: &str, offset: usize) -> (usize, usize) {
    Lines::of(source).at(source, offset)
}

/// Where the lines of a text begin.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(source: &str) -> Lines {
        let after = source.match_indices('\n').map(|(at, _)| at + 1);
        Lines([0].into_iter().chain(after).collect())
    }

    /// The line and the character in it, both from 1.
    pub(crate) fn at(&self, source: &str, offset: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= offset).max(1);
        let before = source.get(self.0[line - 1]..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// What stands at an offset, up to a space or a bracket.
fn word(source: &str, offset: usize) -> Range<usize> {
    let rest = source.get(offset..).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
    let length = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| ends(*c))
        .map_or(rest.len(), |(at, _)| at);
    offset..offset + length
}

fn spans(source: &str, module: &mut Module<'_>) -> Spans {
    let mut spans = Spans {
        module: word(source, module.span.offset()),
        ..Spans::default()
    };
    let ModuleKind::Text(fields) = &mut module.kind else {
        return spans;
    };
    for field in fields {
        spans.field(source, field);
    }
    spans
}

/// Where a string stands that the parser has borrowed from the text, with its quotes.
/// One with escapes is a copy, and has no place.
fn borrowed(source: &str, string: &str) -> Option<Range<usize>> {
    let start = (string.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    let end = start + string.len();
    let quoted = start.checked_sub(1)?..end + 1;
    source
        .get(quoted.clone())
        .filter(|text| text.starts_with('"') && text.ends_with('"'))?;
    Some(quoted)
}

impl Spans {
    fn field(&mut self, source: &str, field: &mut ModuleField<'_>) {
        let item = |span: &Span| word(source, span.offset());
        match field {
            ModuleField::Import(imports) => match &imports.items {
                ImportItems::Single { module, name, .. } => {
                    let place = joined(source, module, name).unwrap_or(item(&imports.span));
                    self.imports.push(place);
                }
                ImportItems::Group1 { items, .. } => {
                    self.imports.extend(items.iter().map(|it| item(&it.span)));
                }
                ImportItems::Group2 { items, .. } => {
                    self.imports.extend(items.iter().map(|it| item(&it.span)));
                }
            },
            ModuleField::Func(function) => {
                let word = item(&function.span);
                self.export_all(source, &function.exports.names, &word);
                match &mut function.kind {
                    FuncKind::Import(import, _) => self.inline(source, import, word),
                    FuncKind::Inline { expression, .. } => self.functions.push(Function {
                        word,
                        instructions: expression.instr_spans.take().unwrap_or_default(),
                    }),
                }
            }
            ModuleField::Table(table) => {
                let word = item(&table.span);
                self.export_all(source, &table.exports.names, &word);
                match &table.kind {
                    wast::core::TableKind::Import { import, .. } => {
                        self.inline(source, import, word);
                    }
                    wast::core::TableKind::Inline { .. } => self.elements.push(word),
                    wast::core::TableKind::Normal { .. } => {}
                }
            }
            ModuleField::Memory(memory) => {
                let word = item(&memory.span);
                self.export_all(source, &memory.exports.names, &word);
                self.memory.get_or_insert(word.clone());
                match &memory.kind {
                    MemoryKind::Import { import, .. } => self.inline(source, import, word),
                    MemoryKind::Inline { .. } => self.data.push(word),
                    MemoryKind::Normal(_) => {}
                }
            }
            ModuleField::Global(global) => {
                let word = item(&global.span);
                self.export_all(source, &global.exports.names, &word);
                match &global.kind {
                    wast::core::GlobalKind::Import(import) => self.inline(source, import, word),
                    wast::core::GlobalKind::Inline(_) => self.globals.push(word),
                }
            }
            ModuleField::Export(export) => {
                let word = item(&export.span);
                self.export_all(source, &[export.name], &word);
            }
            ModuleField::Elem(element) => self.elements.push(item(&element.span)),
            ModuleField::Data(data) => {
                // Of an active one its offset says where it goes.
                let offset = match &mut data.kind {
                    DataKind::Active { offset, .. } => offset.instr_spans.as_deref(),
                    DataKind::Passive => None,
                };
                let first = offset.and_then(|spans| spans.first());
                self.data.push(item(first.unwrap_or(&data.span)));
            }
            ModuleField::Type(_)
            | ModuleField::Rec(_)
            | ModuleField::Start(_)
            | ModuleField::Tag(_)
            | ModuleField::Custom(_) => {}
        }
    }

    fn export_all(&mut self, source: &str, names: &[&str], item: &Range<usize>) {
        for name in names {
            let place = borrowed(source, name).unwrap_or_else(|| item.clone());
            self.exports.entry((*name).to_owned()).or_insert(place);
        }
    }

    fn inline(&mut self, source: &str, import: &wast::core::InlineImport<'_>, item: Range<usize>) {
        let place = joined(source, import.module, import.field).unwrap_or(item);
        self.imports.push(place);
    }

    pub(crate) fn module(&self) -> Range<usize> {
        self.module.clone()
    }

    pub(crate) fn export(&self, name: &str) -> Option<Range<usize>> {
        self.exports.get(name).cloned()
    }

    pub(crate) fn import(&self, position: usize) -> Option<Range<usize>> {
        self.imports.get(position).cloned()
    }

    pub(crate) fn memory(&self) -> Option<Range<usize>> {
        self.memory.clone()
    }

    pub(crate) fn data(&self, position: usize) -> Option<Range<usize>> {
        self.data.get(position).cloned()
    }

    pub(crate) fn element(&self, position: usize) -> Option<Range<usize>> {
        self.elements.get(position).cloned()
    }

    pub(crate) fn global(&self, position: usize) -> Option<Range<usize>> {
        self.globals.get(position).cloned()
    }

    /// An instruction of a function, by the positions of both. The last `end` is not written
    /// in text: what is wrong there has come of the instruction before. Of what comes before
    /// the first, the function.
    pub(crate) fn instruction(
        &self,
        source: &str,
        function: usize,
        instruction: Option<usize>,
    ) -> Option<Range<usize>> {
        let function = self.functions.get(function)?;
        let last = function.instructions.len().saturating_sub(1);
        let span = instruction.and_then(|position| function.instructions.get(position.min(last)));
        Some(span.map_or(function.word.clone(), |span| word(source, span.offset())))
    }
}

fn joined(source: &str, module: &str, field: &str) -> Option<Range<usize>> {
    let (module, field) = (borrowed(source, module)?, borrowed(source, field)?);
    (module.end <= field.start).then_some(module.start..field.end)
}
