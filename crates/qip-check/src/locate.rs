//! From what a finding is about to where that stands.

use std::collections::BTreeSet;
use std::ops::Range;

use qip_contract::quote;
use wasmparser::{BinaryReader, ExternalKind, FunctionBody};

use crate::dwarf::{self, SourceLine};
use crate::facts::Facts;
use crate::place::Site;
use crate::printed::{self, Wanted};
use crate::text::{Lines, Spans, line_and_column};
use crate::{Finding, Place};

/// Functions that are printed: each line of a module is held against all of them.
const MOST_PRINTED: usize = 64;

/// Findings in text that get a place.
const MOST_PLACED: usize = 1_000;

/// What was checked.
pub(crate) enum Subject<'a> {
    /// Text, and where its parts stand.
    Text(&'a str, &'a Spans),
    Binary,
}

/// Gives each finding its place, the best that can be told.
pub(crate) fn locate(
    found: Vec<(Finding, Site)>,
    subject: &Subject<'_>,
    wasm: &[u8],
    facts: &Facts<'_>,
) -> Vec<Finding> {
    let places: Vec<Option<Place>> = match subject {
        Subject::Text(source, spans) => {
            let lines = Lines::of(source);
            let place = |(_, site): &(_, Site)| {
                let span = in_text(site, source, spans, wasm, facts);
                span.map(|span| {
                    let (line, column) = lines.at(source, span.start);
                    Place::Text { span, line, column }
                })
            };
            // Each counts characters of its line, and lines may be long.
            let placed = found.iter().take(MOST_PLACED).map(place);
            placed
                .chain(std::iter::repeat(None))
                .take(found.len())
                .collect()
        }
        Subject::Binary => in_binary(&found, wasm, facts),
    };
    let with_place = |((finding, _), place)| Finding { place, ..finding };
    found.into_iter().zip(places).map(with_place).collect()
}

/// A place in text.
pub(crate) fn text(source: &str, span: Range<usize>) -> Place {
    let (line, column) = line_and_column(source, span.start);
    Place::Text { span, line, column }
}

fn in_text(
    site: &Site,
    source: &str,
    spans: &Spans,
    wasm: &[u8],
    facts: &Facts<'_>,
) -> Option<Range<usize>> {
    let at_offset = |offset| {
        let (function, body) = body_at(facts, offset)?;
        let instruction = instruction_at(wasm, &body, offset);
        spans.instruction(source, function, instruction)
    };
    let found = match site {
        Site::Module => None,
        Site::Export(position) => facts
            .exports
            .get(*position)
            .and_then(|it| spans.export(it.name)),
        Site::Import(position) => spans.import(*position),
        Site::Memory => spans.memory(),
        Site::Data(position) => spans.data(*position),
        Site::Element(position) => spans.element(*position),
        Site::Offset(offset) => at_offset(*offset).or_else(|| match item_at(facts, *offset)? {
            Item::Export(position) => spans.export(facts.exports[position].name),
            Item::Import(position) => spans.import(position),
            Item::Global(position) => spans.global(position),
            Item::Data(position) => spans.data(position),
        }),
    };
    found.or_else(|| Some(spans.module()).filter(|span| !span.is_empty()))
}

/// Something outside of functions.
enum Item {
    Export(usize),
    Import(usize),
    Global(usize),
    Data(usize),
}

/// The item that an offset lies in: the last one of its section that begins at or before it.
fn item_at(facts: &Facts<'_>, offset: usize) -> Option<Item> {
    let section = facts.section_at(offset)?;
    let last = |offsets: &mut dyn Iterator<Item = usize>| {
        offsets
            .take_while(|start| *start <= offset)
            .count()
            .checked_sub(1)
    };
    match section {
        "export" => last(&mut facts.exports.iter().map(|it| it.offset)).map(Item::Export),
        "import" => last(&mut facts.imports.iter().map(|it| it.offset)).map(Item::Import),
        "global" => last(&mut facts.global_offsets()).map(Item::Global),
        "data" => last(&mut facts.data.iter().map(|it| it.offset)).map(Item::Data),
        _ => None,
    }
}

/// The body that an offset lies in, and its position among the bodies.
fn body_at(facts: &Facts<'_>, offset: usize) -> Option<(usize, Range<usize>)> {
    let after = facts
        .bodies
        .partition_point(|body| body.range.start <= offset);
    let position = after.checked_sub(1)?;
    let range = facts.bodies[position].range.clone();
    // What an instruction lacks is only seen at the body's end.
    (offset <= range.end).then_some((position, range))
}

/// The position of the instruction that an offset lies in.
fn instruction_at(wasm: &[u8], body: &Range<usize>, offset: usize) -> Option<usize> {
    let bytes = wasm.get(body.clone())?;
    let body = FunctionBody::new(BinaryReader::new(bytes, body.start));
    let operators = body.get_operators_reader().ok()?.into_iter_with_offsets();
    let before = operators
        .map_while(Result::ok)
        .take_while(|(_, start)| *start <= offset);
    before.count().checked_sub(1)
}

fn in_binary(found: &[(Finding, Site)], wasm: &[u8], facts: &Facts<'_>) -> Vec<Option<Place>> {
    let spots: Vec<Option<Spot>> = found
        .iter()
        .map(|(_, site)| Spot::of(site, facts))
        .collect();
    let mut places: Vec<Option<Place>> = in_source(&spots, wasm, facts);
    let mut printed = Vec::new();
    for (index, spot) in spots.iter().enumerate() {
        if let (
            None,
            Some(Spot {
                body: Some(body),
                offset,
                is_instruction,
                ..
            }),
        ) = (&places[index], spot)
            && printed.len() < MOST_PRINTED
        {
            let wanted = Wanted {
                body: body.clone(),
                instruction: is_instruction.then_some(*offset),
            };
            printed.push((index, *offset, wanted));
        }
    }
    if !printed.is_empty() {
        let wanted = printed
            .iter()
            .map(|(_, _, wanted)| wanted.clone())
            .collect();
        let excerpts = printed::excerpts(wasm, wanted);
        for ((index, offset, _), excerpt) in printed.into_iter().zip(excerpts) {
            let what = spots[index].as_ref().map(|spot| spot.what.clone());
            places[index] = excerpt.map(|excerpt| Place::Printed {
                what: what.unwrap_or_default(),
                text: excerpt.text,
                span: excerpt.span,
                offset,
            });
        }
    }
    for (place, spot) in places.iter_mut().zip(spots) {
        if let (None, Some(spot)) = (&place, spot) {
            *place = Some(Place::Binary {
                what: spot.what,
                section: facts.section_at(spot.offset).unwrap_or("header"),
                offset: spot.offset,
            });
        }
    }
    places
}

/// Where something is in a binary.
struct Spot {
    what: String,
    offset: usize,
    /// The body of the function that it is in or is.
    body: Option<Range<usize>>,
    /// Whether it is an instruction, and not all of the function.
    is_instruction: bool,
    /// The name that it may be declared under in the author's source.
    declared: Option<String>,
}

impl Spot {
    fn of(site: &Site, facts: &Facts<'_>) -> Option<Spot> {
        let spot = |what: String, offset: usize| Spot {
            what,
            offset,
            body: None,
            is_instruction: false,
            declared: None,
        };
        Some(match site {
            Site::Module => return None,
            Site::Export(position) => {
                let export = facts.exports.get(*position)?;
                let declared = Some(export.name.to_owned());
                match export.kind {
                    ExternalKind::Func => {
                        let body = facts.body_of(export.index).map(|body| body.range.clone());
                        let offset = body.as_ref().map_or(export.offset, |body| body.start);
                        let what = facts.function_name(export.index);
                        Spot {
                            body,
                            declared,
                            ..spot(what, offset)
                        }
                    }
                    ExternalKind::Global => {
                        let offset = facts.global_offset(export.index).unwrap_or(export.offset);
                        let what = format!("global {}", export.index);
                        Spot {
                            declared,
                            ..spot(what, offset)
                        }
                    }
                    _ => spot(format!("export `{}`", quote(export.name)), export.offset),
                }
            }
            Site::Import(position) => {
                let import = facts.imports.get(*position)?;
                let call = import
                    .function
                    .and_then(|it| facts.calls_of_imports.get(&it));
                if let Some(spot) = call.and_then(|offset| Spot::of_instruction(*offset, facts)) {
                    return Some(spot);
                }
                let name = format!("{}.{}", quote(import.module), quote(import.field));
                spot(format!("import `{name}`"), import.offset)
            }
            Site::Memory => spot("the memory".to_owned(), facts.memory?.offset),
            Site::Data(position) => spot(
                facts.data_name(*position),
                facts.data.get(*position)?.offset,
            ),
            Site::Element(position) => {
                let elements = &mut facts.elements.iter();
                let element = elements.find(|element| element.index == *position)?;
                spot(format!("element segment {position}"), element.offset)
            }
            Site::Offset(offset) => Spot::of_instruction(*offset, facts)
                .unwrap_or_else(|| spot(format!("offset {offset:#x}"), *offset)),
        })
    }

    /// An instruction, where an offset lies in a function.
    fn of_instruction(offset: usize, facts: &Facts<'_>) -> Option<Spot> {
        let (position, body) = body_at(facts, offset)?;
        let index = u32::try_from(position).ok()? + facts.imported_functions;
        Some(Spot {
            what: facts.function_name(index),
            offset,
            body: Some(body),
            is_instruction: true,
            declared: None,
        })
    }
}

/// Lines of the author's source, where the module has DWARF.
fn in_source(spots: &[Option<Spot>], wasm: &[u8], facts: &Facts<'_>) -> Vec<Option<Place>> {
    let nothing = || spots.iter().map(|_| None).collect();
    let Some(sections) = dwarf::Sections::of(facts, wasm) else {
        return nothing();
    };
    // Addresses count from the begin of the code section's contents.
    let code = facts.contents("code").map_or(0, |contents| contents.start);
    let address = |spot: &Spot| {
        spot.body.as_ref()?;
        spot.offset.checked_sub(code).map(|address| address as u64)
    };
    let in_order = || spots.iter().flatten();
    let addresses: Vec<u64> = in_order().filter_map(address).collect();
    let names: BTreeSet<&str> = in_order()
        .filter_map(|spot| spot.declared.as_deref())
        .collect();
    if addresses.is_empty() && names.is_empty() {
        return nothing();
    }
    let lines = dwarf::lines(&sections, &addresses);
    let declarations = dwarf::declarations(&sections, &names);
    let place = |spot: &Option<Spot>| {
        let spot = spot.as_ref()?;
        let line = address(spot).and_then(|address| lines.get(&address));
        let declaration = || declarations.get(spot.declared.as_deref()?);
        let SourceLine { file, line, column } = line.or_else(declaration)?.clone();
        Some(Place::Source { file, line, column })
    };
    spots.iter().map(place).collect()
}
