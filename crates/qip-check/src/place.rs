//! Where a finding is: in the author's source if that can be told, else in the binary.

use std::ops::Range;

/// Where a finding is, the best that could be told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the WebAssembly text that was checked.
    Text {
        /// The bytes of the text.
        span: Range<usize>,
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
    },
    /// In a source file that the module's DWARF names.
    Source {
        /// The file as the compiler was given it, escaped and cut.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column, from 1, where the compiler noted one.
        column: Option<u64>,
    },
    /// In a function of a binary without DWARF, which is shown as WebAssembly text.
    Printed {
        /// What the function is called, such as ``function `run` `` or `function 3`.
        what: String,
        /// Some lines of the function, the first of them its head.
        text: String,
        /// The bytes of `text` that are at fault.
        span: Range<usize>,
        /// Where that is in the module, in bytes.
        offset: usize,
    },
    /// In the binary.
    Binary {
        /// What is there, such as ``global 3`` or ``export `run` ``.
        what: String,
        /// The section, such as `code`.
        section: &'static str,
        /// Where it is in the module, in bytes.
        offset: usize,
    },
}

/// What a finding is about, before it is known where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// The module as a whole, or nothing that can be pointed at.
    Module,
    /// An export, by its position among the exports.
    Export(usize),
    /// An import, by its position.
    Import(usize),
    /// The memory.
    Memory,
    /// A data segment, by its position.
    Data(usize),
    /// An element segment, by its position.
    Element(usize),
    /// An instruction, or whatever else is at an offset.
    Offset(usize),
}
