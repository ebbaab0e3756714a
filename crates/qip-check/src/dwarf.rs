//! Lines of the author's own source, out of the DWARF that compilers of C, Zig and Rust
//! leave in a module.
//!
//! What DWARF says is no more to be trusted than the module. A library that looks an address
//! up follows references between its sections, and a hostile module can make many of them
//! lead to the same long list. So each section is walked once, from its begin to its end, for
//! all that is wanted together: time and memory are linear in its size.

mod declarations;
mod lines;

use gimli::{AttributeValue, DebugLine, DebugStrOffsets, EndianSlice, LittleEndian};
use qip_contract::quote;

use crate::facts::Facts;

pub(crate) use declarations::declarations;
pub(crate) use lines::lines;

type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// What is longer is not read: a real module's is far below, and a walk keeps up to a
/// hundred bytes for one of the names of files.
const MOST_SECTION_BYTES: usize = 16 << 20;

/// The longest path that is read.
const MOST_PATH_BYTES: usize = 4096;

/// The sections of a module that hold DWARF. One that is missing is empty.
#[derive(Clone, Copy)]
pub(crate) struct Sections<'a> {
    line: &'a [u8],
    line_str: &'a [u8],
    str: &'a [u8],
    str_offsets: &'a [u8],
    info: &'a [u8],
    abbrev: &'a [u8],
}

/// A place in a source file. The path is escaped and cut (LIM-5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceLine {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) column: Option<u64>,
}

impl<'a> Sections<'a> {
    /// The DWARF of a module, where it has lines.
    pub(crate) fn of(facts: &Facts<'a>, wasm: &'a [u8]) -> Option<Sections<'a>> {
        let section = |name| {
            let bytes = facts.custom(wasm, name).unwrap_or_default();
            if bytes.len() > MOST_SECTION_BYTES {
                &[]
            } else {
                bytes
            }
        };
        let sections = Sections {
            line: section(".debug_line"),
            line_str: section(".debug_line_str"),
            str: section(".debug_str"),
            str_offsets: section(".debug_str_offsets"),
            info: section(".debug_info"),
            abbrev: section(".debug_abbrev"),
        };
        (!sections.line.is_empty()).then_some(sections)
    }

    fn debug_line(&self) -> DebugLine<Reader<'a>> {
        DebugLine::new(self.line, LittleEndian)
    }

    /// The bytes of a string up to its zero, where it is no longer than `most`.
    fn string(
        &self,
        value: &AttributeValue<Reader<'a>>,
        unit: Option<(gimli::Format, gimli::DebugStrOffsetsBase)>,
        most: usize,
    ) -> Option<&'a [u8]> {
        let rest = match value {
            AttributeValue::String(string) => return Some(string.slice()),
            AttributeValue::DebugStrRef(offset) => self.str.get(offset.0..)?,
            AttributeValue::DebugLineStrRef(offset) => self.line_str.get(offset.0..)?,
            AttributeValue::DebugStrOffsetsIndex(index) => {
                let (format, base) = unit?;
                let offsets = DebugStrOffsets::from(Reader::new(self.str_offsets, LittleEndian));
                let offset = offsets.get_str_offset(format, base, *index).ok()?;
                self.str.get(offset.0..)?
            }
            _ => return None,
        };
        let rest = &rest[..rest.len().min(most + 1)];
        let end = rest.iter().position(|byte| *byte == 0)?;
        Some(&rest[..end])
    }

    /// The path of a file of a line program: as the compiler was given it, from the directory
    /// that it was started in.
    fn path(&self, header: &gimli::LineProgramHeader<Reader<'a>>, file: u64) -> Option<String> {
        let entry = header.file(file)?;
        let text = |value: &AttributeValue<Reader<'a>>| {
            let bytes = self.string(value, None, MOST_PATH_BYTES)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let name = text(&entry.path_name())?;
        let directory = entry.directory(header).and_then(|value| text(&value));
        // The directory that the compiler was started in is where the author is.
        let is_start =
            |directory: &String| entry.directory_index() == 0 && directory.starts_with('/');
        let directory = directory.filter(|directory| !is_start(directory));
        let path = match directory {
            Some(directory) if !name.starts_with('/') && !directory.is_empty() => {
                format!("{}/{name}", directory.trim_end_matches('/'))
            }
            _ => name,
        };
        Some(quote(&path))
    }
}
