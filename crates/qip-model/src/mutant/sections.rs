//! Modules written anew, section by section.

use std::borrow::Cow;
use std::collections::BTreeSet;

use qip_contract::PAGE_BYTES;
use wasm_encoder::{
    DataSection, ElementSection, Elements, Encode as _, ExportSection, Module, RawSection, Section,
    SectionId,
};
use wasmparser::{
    BinaryReader, ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, Operator, Parser,
    Payload,
};

use crate::oracle::mutation::Mutation as M;

/// The mistakes that are made here.
pub(super) const ALL: [M; 6] = [
    M::CustomNamesUnchecked,
    M::SectionsInAnyOrder,
    M::SectionsTwice,
    M::EmptySegmentsAnywhere,
    M::SegmentEndWraps,
    M::SegmentOffsetSigned,
];

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

/// The module that the mistake sees, where it is another one: with sections in another order,
/// or without what it does not look at, so that the engine does not look at it either.
pub(super) fn spoiled(wasm: &[u8], mutation: M) -> Option<Vec<u8>> {
    match mutation {
        M::CustomNamesUnchecked | M::SectionsInAnyOrder | M::SectionsTwice => {
            let right = split(wasm)?;
            let mut sections = right.clone();
            match mutation {
                M::CustomNamesUnchecked => sections.retain(|section| !is_nameless(section)),
                M::SectionsInAnyOrder => sections.sort_by_key(|(id, _)| place(*id)),
                _ => {
                    let mut seen = BTreeSet::new();
                    sections.reverse();
                    let mut is_last = |id| place(id).is_none_or(|place| seen.insert(place));
                    sections.retain(|(id, _)| is_last(*id));
                    sections.reverse();
                }
            }
            // Custom sections stand anywhere: only the order of the others counts.
            let places = |sections: &[(u8, Vec<u8>)]| -> Vec<usize> {
                sections.iter().filter_map(|(id, _)| place(*id)).collect()
            };
            let is_changed = places(&right) != places(&sections) || right.len() != sections.len();
            is_changed.then(|| joined(&sections))
        }
        _ => segments(wasm, mutation),
    }
}

/// Where a section stands; custom ones anywhere, as those that there are not.
fn place(id: u8) -> Option<usize> {
    ORDER.iter().position(|section| *section as u8 == id)
}

fn is_nameless((id, data): &(u8, Vec<u8>)) -> bool {
    *id == SectionId::Custom as u8 && BinaryReader::new(data, 0).read_string().is_err()
}

/// The sections by ID and data, if the bytes are whole sections.
fn split(wasm: &[u8]) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut reader = BinaryReader::new(wasm.get(HEADER..)?, HEADER);
    let mut sections = Vec::new();
    while !reader.eof() {
        let id = reader.read_u8().ok()?;
        let size = reader.read_var_u32().ok()?;
        sections.push((id, reader.read_bytes(size as usize).ok()?.to_vec()));
    }
    Some(sections)
}

fn joined(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut module = Module::new();
    for (id, data) in sections {
        module.section(&RawSection { id: *id, data });
    }
    module.finish()
}

/// The module with other exports.
pub(super) fn with_exports(wasm: &[u8], exports: &ExportSection) -> Option<Vec<u8>> {
    let mut sections = split(wasm)?;
    let mut encoded = Vec::new();
    exports.encode(&mut encoded);
    // Its size comes first.
    let mut reader = BinaryReader::new(&encoded, 0);
    reader.read_var_u32().ok()?;
    let data = encoded[reader.original_position()..].to_vec();
    for (id, old) in &mut sections {
        if *id == exports.id() {
            old.clone_from(&data);
        }
    }
    Some(joined(&sections))
}

/// The module with one more global, an i32 that is exported.
pub(super) fn with_number(wasm: &[u8], name: &str, value: i32) -> Option<Vec<u8>> {
    let mut sections = split(wasm)?;
    let mut global = vec![0x7f, 0, 0x41];
    value.encode(&mut global);
    global.push(0x0b);
    let index = append(&mut sections, SectionId::Global, &global)?;
    export(&mut sections, name, 3, index)?;
    Some(joined(&sections))
}

/// The module with one more function, which takes an i32, gives 0 and is exported.
pub(super) fn with_entry(wasm: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut sections = split(wasm)?;
    let of_type = append(&mut sections, SectionId::Type, &[0x60, 1, 0x7f, 1, 0x7f])?;
    let mut function = Vec::new();
    of_type.encode(&mut function);
    let index = append(&mut sections, SectionId::Function, &function)?;
    append(&mut sections, SectionId::Code, &[4, 0, 0x41, 0, 0x0b])?;
    export(&mut sections, name, 0, index)?;
    Some(joined(&sections))
}

fn export(sections: &mut Vec<(u8, Vec<u8>)>, name: &str, kind: u8, index: u32) -> Option<u32> {
    let mut entry = Vec::new();
    name.encode(&mut entry);
    entry.push(kind);
    index.encode(&mut entry);
    append(sections, SectionId::Export, &entry)
}

/// Adds an entry to a section, and says which it is.
fn append(sections: &mut Vec<(u8, Vec<u8>)>, id: SectionId, entry: &[u8]) -> Option<u32> {
    if !sections.iter().any(|(other, _)| *other == id as u8) {
        let is_later = |(other, _): &(u8, Vec<u8>)| place(*other) > place(id as u8);
        let at = sections.iter().position(is_later);
        sections.insert(at.unwrap_or(sections.len()), (id as u8, vec![0]));
    }
    let (_, data) = sections.iter_mut().find(|(other, _)| *other == id as u8)?;
    let mut reader = BinaryReader::new(data, 0);
    let count = reader.read_var_u32().ok()?;
    let rest = data[reader.original_position()..].to_vec();
    data.clear();
    (count + 1).encode(data);
    data.extend(rest);
    data.extend(entry);
    Some(count)
}

/// MOD-5: a module of which the segments are passive that a mutant leaves out.
fn segments(wasm: &[u8], mutation: M) -> Option<Vec<u8>> {
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
                    if leaves_out_elements(&segment, &tables, mutation) {
                        elements.passive(Elements::Functions(Cow::Borrowed(&[])));
                        is_changed = true;
                    } else {
                        elements.raw(wasm.get(segment.range).unwrap_or_default());
                    }
                }
            }
            Payload::DataSection(section) => {
                for segment in section.clone().into_iter().flatten() {
                    if leaves_out_data(&segment, memory, mutation) {
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
        return None;
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
    Some(module.finish())
}

fn leaves_out_elements(segment: &Element<'_>, tables: &[u64], mutation: M) -> bool {
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
    count == 0 && is_past && mutation == M::EmptySegmentsAnywhere
}

fn leaves_out_data(segment: &Data<'_>, memory: u64, mutation: M) -> bool {
    let DataKind::Active { offset_expr, .. } = &segment.kind else {
        return false;
    };
    let (start, length) = (offset(offset_expr), segment.data.len() as u64);
    let end = start + length;
    if end <= memory {
        return false;
    }
    length == 0 && mutation == M::EmptySegmentsAnywhere
        || end >> 32 != 0 && end % (1 << 32) <= memory && mutation == M::SegmentEndWraps
        || start >> 31 != 0 && mutation == M::SegmentOffsetSigned
}

/// Where a segment lies; those that are computed are left to the engine.
fn offset(expression: &ConstExpr<'_>) -> u64 {
    match expression.get_operators_reader().read() {
        Ok(Operator::I32Const { value }) => value.cast_unsigned().into(),
        _ => 0,
    }
}
