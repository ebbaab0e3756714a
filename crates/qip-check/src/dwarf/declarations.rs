//! Names to lines: where functions and variables are declared.

use std::collections::{BTreeMap, BTreeSet};

use gimli::{
    Abbreviations, AttributeValue, DebugAbbrev, DebugAbbrevOffset, DebugInfo, DebugStrOffsetsBase,
    LittleEndian, UnitHeader,
};

use super::lines::sound_header;
use super::{Reader, Sections, SourceLine};

/// How many attributes are read for each byte of the section. Some take no bytes, so that a
/// hostile unit could have any number of them in every entry.
const ATTRIBUTES_PER_BYTE: usize = 4;

/// Where functions and variables with these names are declared. Of several with one name, the
/// first counts.
pub(crate) fn declarations(
    sections: &Sections<'_>,
    names: &BTreeSet<&str>,
) -> BTreeMap<String, SourceLine> {
    let mut search = Search {
        sections,
        names,
        longest: names.iter().map(|name| name.len()).max().unwrap_or(0),
        budget: sections.info.len().saturating_mul(ATTRIBUTES_PER_BYTE),
        tried: BTreeSet::new(),
        found: BTreeMap::new(),
    };
    let mut units = Vec::new();
    let mut headers = DebugInfo::new(sections.info, LittleEndian).units();
    while let Ok(Some(unit)) = headers.next() {
        units.push(unit);
    }
    let abbreviations = Tables::read(sections, &units);
    for unit in &units {
        if search.tried.len() == names.len() {
            break;
        }
        if let Some(table) = abbreviations.of(unit) {
            // What cannot be read of one unit leaves the others as they are.
            let _ = search.unit(unit, table);
        }
    }
    search.found
}

/// The tables of abbreviations that units name, each read once and up to the next: a hostile
/// module could have them overlap.
struct Tables(BTreeMap<usize, Abbreviations>);

impl Tables {
    fn read(sections: &Sections<'_>, units: &[UnitHeader<Reader<'_>>]) -> Tables {
        let offsets: BTreeSet<usize> = units
            .iter()
            .map(|unit| unit.debug_abbrev_offset().0)
            .collect();
        let ends = offsets.iter().skip(1).copied().chain([usize::MAX]);
        let tables = offsets.iter().zip(ends).filter_map(|(start, end)| {
            let end = end.min(sections.abbrev.len());
            let bytes = sections.abbrev.get(*start..end)?;
            let section = DebugAbbrev::new(bytes, LittleEndian);
            Some((*start, section.abbreviations(DebugAbbrevOffset(0)).ok()?))
        });
        Tables(tables.collect())
    }

    fn of(&self, unit: &UnitHeader<Reader<'_>>) -> Option<&Abbreviations> {
        self.0.get(&unit.debug_abbrev_offset().0)
    }
}

struct Search<'s, 'a> {
    sections: &'s Sections<'a>,
    names: &'s BTreeSet<&'s str>,
    longest: usize,
    budget: usize,
    /// The names that were met: looking for a file once is enough.
    tried: BTreeSet<String>,
    found: BTreeMap<String, SourceLine>,
}

/// What a unit's first entry says that others need.
#[derive(Default)]
struct UnitFacts {
    lines: Option<usize>,
    strings: Option<DebugStrOffsetsBase>,
}

impl<'a> Search<'_, 'a> {
    fn unit(
        &mut self,
        unit: &UnitHeader<Reader<'a>>,
        abbreviations: &Abbreviations,
    ) -> gimli::Result<()> {
        let mut facts = UnitFacts::default();
        let mut entries = unit.entries_raw(abbreviations, None)?;
        while !entries.is_empty() {
            let Some(abbreviation) = entries.read_abbreviation()? else {
                continue;
            };
            let cost = abbreviation.attributes().len() + 1;
            self.budget = match self.budget.checked_sub(cost) {
                Some(left) => left,
                None => return Ok(()),
            };
            let tag = abbreviation.tag();
            let is_declaration = matches!(tag, gimli::DW_TAG_subprogram | gimli::DW_TAG_variable);
            if !is_declaration && tag != gimli::DW_TAG_compile_unit {
                entries.skip_attributes(abbreviation.attributes())?;
                continue;
            }
            let mut names = [None, None];
            let (mut file, mut line) = (None, None);
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                match attribute.name() {
                    gimli::DW_AT_name => names[0] = Some(attribute.value()),
                    gimli::DW_AT_linkage_name => names[1] = Some(attribute.value()),
                    gimli::DW_AT_decl_file => file = file_index(&attribute.value()),
                    gimli::DW_AT_decl_line => line = attribute.udata_value(),
                    gimli::DW_AT_stmt_list if !is_declaration => {
                        facts.lines = match attribute.value() {
                            AttributeValue::DebugLineRef(offset) => Some(offset.0),
                            _ => None,
                        };
                    }
                    gimli::DW_AT_str_offsets_base if !is_declaration => {
                        facts.strings = match attribute.value() {
                            AttributeValue::DebugStrOffsetsBase(base) => Some(base),
                            _ => None,
                        };
                    }
                    _ => {}
                }
            }
            if let (true, Some(file), Some(line)) = (is_declaration, file, line) {
                let strings = facts.strings.map(|base| (unit.format(), base));
                for value in names.iter().flatten() {
                    self.declared(value, strings, &facts, file, line);
                }
            }
        }
        Ok(())
    }

    fn declared(
        &mut self,
        name: &AttributeValue<Reader<'a>>,
        strings: Option<(gimli::Format, DebugStrOffsetsBase)>,
        facts: &UnitFacts,
        file: u64,
        line: u64,
    ) {
        let name = self.sections.string(name, strings, self.longest);
        let Some(name) = name.and_then(|name| std::str::from_utf8(name).ok()) else {
            return;
        };
        if !self.names.contains(name) || !self.tried.insert(name.to_owned()) {
            return;
        }
        let program = facts.lines.and_then(|at| sound_header(self.sections, at));
        let path = program.and_then(|program| self.sections.path(program.header(), file));
        if let Some(file) = path {
            let column = None;
            self.found
                .insert(name.to_owned(), SourceLine { file, line, column });
        }
    }
}

fn file_index(value: &AttributeValue<Reader<'_>>) -> Option<u64> {
    match value {
        AttributeValue::FileIndex(index) => Some(*index),
        value => value.udata_value(),
    }
}
