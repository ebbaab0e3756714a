//! Modules as a mutant takes them: written anew without what it does not look at, so that
//! the engine does not look at it either. To all others a module is as it is.

use std::borrow::Cow;
use std::collections::BTreeSet;

use qip_contract::PAGE_BYTES;
use wasm_encoder::{DataSection, ElementSection, Elements, Module, RawSection, SectionId};
use wasmparser::{
    BinaryReader, ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, Operator, Parser,
    Payload,
};

use super::{Job, Mutation};

/// The bytes before the first section.
const HEADER: usize = 8;

/// The order in which sections stand, but for custom ones, which stand anywhere.
const ORDER: [SectionId; 12] = [
    SectionId::Type,
    SectionId::Import,
    SectionId::Function,
    SectionId::Table,
    SectionId::Memory,
    SectionId::Global,
    SectionId::Export,
    SectionId::Start,
    SectionId::Element,
    SectionId::DataCount,
    SectionId::Code,
    SectionId::Data,
];

/// MOD-8: a module with the sections that a mutant sees, in the order in which it sees them.
pub(super) fn sections<'w>(wasm: &'w [u8], job: Job<'_>) -> Cow<'w, [u8]> {
    let Some(mut sections) = split(wasm) else {
        return Cow::Borrowed(wasm);
    };
    let is_nameless = |(id, data): &(u8, &[u8])| {
        *id == SectionId::Custom as u8 && BinaryReader::new(data, 0).read_string().is_err()
    };
    if sections.iter().any(is_nameless) && job.errs(Mutation::CustomNamesUnchecked) {
        sections.retain(|section| !is_nameless(section));
        return joined(&sections);
    }
    let places: Vec<usize> = sections.iter().filter_map(|(id, _)| place(*id)).collect();
    if !places.is_sorted() && job.errs(Mutation::SectionsInAnyOrder) {
        sections.sort_by_key(|(id, _)| place(*id));
        return joined(&sections);
    }
    let distinct: BTreeSet<usize> = places.iter().copied().collect();
    if distinct.len() < places.len() && job.errs(Mutation::SectionsTwice) {
        let mut seen = BTreeSet::new();
        sections.reverse();
        sections.retain(|(id, _)| place(*id).is_none_or(|place| seen.insert(place)));
        sections.reverse();
        return joined(&sections);
    }
    Cow::Borrowed(wasm)
}

/// Where a section stands; custom ones anywhere, as those that there are not.
fn place(id: u8) -> Option<usize> {
    ORDER.iter().position(|section| *section as u8 == id)
}

/// The sections by ID and data, if the bytes are whole sections.
fn split(wasm: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut reader = BinaryReader::new(wasm.get(HEADER..)?, HEADER);
    let mut sections = Vec::new();
    while !reader.eof() {
        let id = reader.read_u8().ok()?;
        let size = reader.read_var_u32().ok()?;
        sections.push((id, reader.read_bytes(size as usize).ok()?));
    }
    Some(sections)
}

fn joined(sections: &[(u8, &[u8])]) -> Cow<'static, [u8]> {
    let mut module = Module::new();
    for (id, data) in sections {
        module.section(&RawSection { id: *id, data });
    }
    Cow::Owned(module.finish())
}

/// MOD-5: a module of which the segments are passive that a mutant leaves out.
pub(super) fn segments<'w>(wasm: &'w [u8], job: Job<'_>) -> Cow<'w, [u8]> {
    let mut memory = 0;
    let mut tables = Vec::new();
    let (mut elements, mut data) = (ElementSection::new(), DataSection::new());
    let mut sections = Vec::new();
    let mut is_changed = false;
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match &payload {
            Payload::TableSection(section) => {
                let section = section.clone().into_iter().flatten();
                tables.extend(section.map(|table| table.ty.initial));
            }
            Payload::MemorySection(section) => {
                let first = section.clone().into_iter().flatten().next();
                memory = first.map_or(0, |it| it.initial.saturating_mul(PAGE_BYTES));
            }
            Payload::ElementSection(section) => {
                for segment in section.clone().into_iter().flatten() {
                    if leaves_out_elements(&segment, &tables, job) {
                        elements.passive(Elements::Functions(Cow::Borrowed(&[])));
                        is_changed = true;
                    } else {
                        elements.raw(wasm.get(segment.range).unwrap_or_default());
                    }
                }
            }
            Payload::DataSection(section) => {
                for segment in section.clone().into_iter().flatten() {
                    if leaves_out_data(&segment, memory, job) {
                        data.passive(segment.data.iter().copied());
                        is_changed = true;
                    } else {
                        data.raw(wasm.get(segment.range).unwrap_or_default());
                    }
                }
            }
            _ => {}
        }
        sections.extend(payload.as_section());
    }
    if !is_changed {
        return Cow::Borrowed(wasm);
    }
    let mut module = Module::new();
    for (id, range) in sections {
        if id == SectionId::Element as u8 {
            module.section(&elements);
        } else if id == SectionId::Data as u8 {
            module.section(&data);
        } else {
            let data = wasm.get(range).unwrap_or_default();
            module.section(&RawSection { id, data });
        }
    }
    Cow::Owned(module.finish())
}

fn leaves_out_elements(segment: &Element<'_>, tables: &[u64], job: Job<'_>) -> bool {
    let ElementKind::Active {
        table_index,
        offset_expr,
    } = &segment.kind
    else {
        return false;
    };
    let count = match &segment.items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    };
    let entries = tables.get(table_index.unwrap_or_default() as usize);
    let is_past = offset(offset_expr) > entries.copied().unwrap_or_default();
    count == 0 && is_past && job.errs(Mutation::EmptySegmentsAnywhere)
}

fn leaves_out_data(segment: &Data<'_>, memory: u64, job: Job<'_>) -> bool {
    let DataKind::Active { offset_expr, .. } = &segment.kind else {
        return false;
    };
    let (start, length) = (offset(offset_expr), segment.data.len() as u64);
    let end = start + length;
    if end <= memory {
        return false;
    }
    length == 0 && job.errs(Mutation::EmptySegmentsAnywhere)
        || end >> 32 != 0 && end % (1 << 32) <= memory && job.errs(Mutation::SegmentEndWraps)
        || start >> 31 != 0 && job.errs(Mutation::SegmentOffsetSigned)
}

/// Where a segment lies; those that are computed are left to the engine.
fn offset(expression: &ConstExpr<'_>) -> u64 {
    match expression.get_operators_reader().read() {
        Ok(Operator::I32Const { value }) => value.cast_unsigned().into(),
        _ => 0,
    }
}
