//! Addresses to lines: the line programs of a module, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use gimli::{DebugLineOffset, IncompleteLineProgram, LittleEndian, Reader as _};

use super::{Reader, Sections, SourceLine};

/// What a program says of its files is not read where it is longer.
const MOST_HEADER_BYTES: u64 = 1 << 20;

/// A pointer of a module has four bytes.
const ADDRESS_SIZE: u8 = 4;

/// The lines of the addresses that have one. An address counts from the begin of the code
/// section's contents.
pub(crate) fn lines(sections: &Sections<'_>, addresses: &[u64]) -> BTreeMap<u64, SourceLine> {
    let mut wanted: BTreeSet<u64> = addresses.iter().copied().collect();
    let mut found = BTreeMap::new();
    let mut offset = 0;
    while let Some((program, next)) = program(sections, offset) {
        if wanted.is_empty() {
            break;
        }
        if let Some(program) = program {
            // What cannot be read of one program leaves the others as they are.
            let _ = run(sections, program, &mut wanted, &mut found);
        }
        offset = next;
    }
    found
}

/// The line program at an offset, where it can be read, and where the next one is.
fn program<'a>(
    sections: &Sections<'a>,
    offset: usize,
) -> Option<(Option<IncompleteLineProgram<Reader<'a>>>, usize)> {
    let mut reader = Reader::new(sections.line.get(offset..)?, LittleEndian);
    let (length, format) = reader.read_initial_length().ok()?;
    let next = offset + usize::from(format.initial_length_size()) + length;
    let is_sound = reader
        .split(length)
        .ok()
        .is_some_and(|unit| header_is_sound(unit, format) == Some(true));
    let program = is_sound.then(|| header(sections, offset)).flatten();
    (next > offset).then_some((program, next))
}

/// The program at an offset that the unit of a declaration names.
pub(super) fn header<'a>(
    sections: &Sections<'a>,
    offset: usize,
) -> Option<IncompleteLineProgram<Reader<'a>>> {
    let lines = sections.debug_line();
    lines
        .program(DebugLineOffset(offset), ADDRESS_SIZE, None, None)
        .ok()
}

/// As [`header`], of an offset that has not been looked at.
pub(super) fn sound_header<'a>(
    sections: &Sections<'a>,
    offset: usize,
) -> Option<IncompleteLineProgram<Reader<'a>>> {
    program(sections, offset)?.0
}

/// Whether reading a program's header takes no more than its bytes. Version 5 says how many
/// directories and files it has and in which form; with a form that takes no bytes, that
/// could be any number of them.
fn header_is_sound(mut unit: Reader<'_>, format: gimli::Format) -> Option<bool> {
    const FIRST_WITH_FORMS: u16 = 5;
    let version = unit.read_u16().ok()?;
    if version >= FIRST_WITH_FORMS {
        // The sizes of addresses and of segment selectors.
        unit.skip(2).ok()?;
    }
    let length = unit.read_length(format).ok()?;
    if length as u64 > MOST_HEADER_BYTES {
        return Some(false);
    }
    if version < FIRST_WITH_FORMS {
        return Some(true);
    }
    // The least length of an instruction, the operations in one, whether rows are statements,
    // and the base and the range of lines.
    unit.skip(5).ok()?;
    let opcodes = unit.read_u8().ok()?;
    unit.skip(usize::from(opcodes).saturating_sub(1)).ok()?;
    // Directories, then files.
    for _ in 0..2 {
        let mut forms = Vec::new();
        for _ in 0..unit.read_u8().ok()? {
            unit.read_uleb128().ok()?;
            forms.push(gimli::DwForm(unit.read_uleb128_u16().ok()?));
        }
        let entries = unit.read_uleb128().ok()?;
        for _ in 0..entries {
            let before = unit.len();
            for form in &forms {
                skip(&mut unit, *form, format)?;
            }
            if unit.len() == before {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Skips a value in one of the forms that compilers use for files.
fn skip(unit: &mut Reader<'_>, form: gimli::DwForm, format: gimli::Format) -> Option<()> {
    let bytes = match form {
        gimli::DW_FORM_string => {
            unit.read_null_terminated_slice().ok()?;
            0
        }
        gimli::DW_FORM_udata => {
            unit.read_uleb128().ok()?;
            0
        }
        gimli::DW_FORM_block => usize::try_from(unit.read_uleb128().ok()?).ok()?,
        gimli::DW_FORM_strp | gimli::DW_FORM_line_strp => usize::from(format.word_size()),
        gimli::DW_FORM_data1 => 1,
        gimli::DW_FORM_data2 => 2,
        gimli::DW_FORM_data4 => 4,
        gimli::DW_FORM_data8 => 8,
        gimli::DW_FORM_data16 => 16,
        _ => return None,
    };
    unit.skip(bytes).ok()
}

/// Runs one program: an address belongs to the last row at or before it.
fn run<'a>(
    sections: &Sections<'a>,
    program: IncompleteLineProgram<Reader<'a>>,
    wanted: &mut BTreeSet<u64>,
    found: &mut BTreeMap<u64, SourceLine>,
) -> gimli::Result<()> {
    /// A row of the table, as far as it matters.
    struct Row {
        address: u64,
        file: u64,
        line: Option<u64>,
        column: Option<u64>,
    }
    let mut rows = program.rows();
    let mut last: Option<Row> = None;
    let mut sequence = None;
    while let Some((header, row)) = rows.next_row()? {
        let start = *sequence.get_or_insert(row.address());
        if let Some(last) = last.take()
            // A function that the linker left out keeps its lines, from address 0 on.
            && start != 0
            && last.address < row.address()
        {
            let hits: Vec<u64> = wanted.range(last.address..row.address()).copied().collect();
            for address in hits {
                wanted.remove(&address);
                if let (Some(line), Some(file)) = (last.line, sections.path(header, last.file)) {
                    let column = last.column;
                    found.insert(address, SourceLine { file, line, column });
                }
            }
        }
        if row.end_sequence() {
            sequence = None;
        } else {
            last = Some(Row {
                address: row.address(),
                file: row.file_index(),
                line: row.line().map(u64::from),
                column: match row.column() {
                    gimli::ColumnType::LeftEdge => None,
                    gimli::ColumnType::Column(column) => Some(column.into()),
                },
            });
        }
    }
    Ok(())
}
