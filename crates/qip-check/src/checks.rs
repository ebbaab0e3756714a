//! What is looked for: each file one question, the answers in the order of a report.

mod address;
mod buffers;
mod compilers;
mod content_type;
mod imports;
mod memory;
mod names;
mod refusals;
mod tile;

use std::ops::Range;

use qip_contract::{ExportName, Kind, PAGE_BYTES, Refusal, Signature, quote};

use crate::facts::{Facts, Number};
use crate::place::Site;
use crate::{Finding, Level, Lint, Options};

/// A module that is checked.
pub(crate) struct Module<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) options: &'a Options,
}

/// Everything that is found, what a host refuses first.
pub(crate) fn all(module: &Module<'_>) -> Vec<(Finding, Site)> {
    let mut found = refusals::find(module);
    let mut others = Vec::new();
    memory::find(module, &mut others);
    tile::find(module, &mut others);
    buffers::find(module, &mut others);
    address::find(module, &mut others);
    content_type::find(module, &mut others);
    names::find(module, &mut others);
    compilers::find(module, &mut others);
    // Within a level, in the order above.
    others.sort_by_key(|(finding, _): &(Finding, Site)| finding.level);
    debug_assert!(found.iter().all(|(it, _)| it.level == Level::Error));
    found.append(&mut others);
    found
}

/// A pointer and how much lies there.
pub(crate) struct Buffer {
    pub(crate) what: &'static str,
    /// The export that says how much.
    pub(crate) capacity: ExportName,
    pub(crate) pointer: ExportName,
    pub(crate) range: Range<u64>,
}

impl Module<'_> {
    /// Where an export of the contract is.
    pub(crate) fn site(&self, name: ExportName) -> Site {
        self.site_of(name.as_str())
    }

    pub(crate) fn site_of(&self, name: &str) -> Site {
        let export = self.facts.export(name);
        export.map_or(Site::Module, |(position, _)| Site::Export(position))
    }

    /// The export that a refusal takes for a missing one, misspelt.
    pub(crate) fn suggested(&self, refusal: &Refusal) -> Option<usize> {
        let help = refusal.help_text()?;
        let mut exports = self.facts.exports.iter();
        exports.position(|export| help.contains(&format!("`{}`", quote(export.name))))
    }

    /// A pointer or size that is known without running the module.
    pub(crate) fn number(&self, name: ExportName) -> Option<u32> {
        self.facts.number(name).map(|number| number.value)
    }

    /// A number that is exported as an address (MOD-9), and what it then is.
    pub(crate) fn address_of_number(&self, name: ExportName) -> Option<u32> {
        let Number { value, is_global } = self.facts.number(name)?;
        let bytes = self
            .facts
            .initial(u64::from(value)..u64::from(value) + 4)
            .filter(|_| is_global && value > 0)?;
        let number = u32::from_le_bytes(bytes.try_into().ok()?);
        // A number of bytes or elements is above zero, and no more than memory has.
        let is_plausible = number > 0 && u64::from(number) <= self.memory_bytes();
        is_plausible.then_some(number)
    }

    /// The bytes of memory at the start.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let memory = self.signature.memory();
        memory.map_or(0, |memory| memory.min_pages.saturating_mul(PAGE_BYTES))
    }

    /// The most bytes that memory can have, where there is one.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        self.signature.memory()?;
        Some(self.signature.memory_bound(&self.options.limits))
    }

    /// The buffers of which pointer and capacity are known without running the module: the
    /// input's, and the output's where there is one. A capacity that looks like an address is
    /// none.
    pub(crate) fn buffers(&self) -> Vec<Buffer> {
        let buffer = |what, pointer, capacity: ExportName, element: u64| {
            let start = u64::from(self.number(pointer)?);
            let length = u64::from(self.number(capacity)?) * element;
            let range = start..start + length;
            self.address_of_number(capacity)
                .is_none()
                .then_some(Buffer {
                    what,
                    capacity,
                    pointer,
                    range,
                })
        };
        let input = match self.signature.kind() {
            Kind::Tile => Some(ExportName::InputBytesCap),
            Kind::Content => self.signature.input().map(|(capacity, _)| capacity),
        };
        let output = self.signature.output();
        let output_capacity = match self.signature.kind() {
            Kind::Tile => None,
            Kind::Content => output.capacity(),
        };
        let input = input.and_then(|it| buffer("input", ExportName::InputPtr, it, 1));
        let output = output_capacity.and_then(|capacity| {
            buffer(
                "output",
                ExportName::OutputPtr,
                capacity,
                output.element_bytes(),
            )
        });
        input.into_iter().chain(output).collect()
    }
}

/// A lint at an export of the contract.
fn at(lint: Lint, name: ExportName, message: String) -> Finding {
    Finding::new(lint, message).named(name.as_str())
}

/// A part of memory, as people write it: the last byte is the one before the end.
fn shown(range: &Range<u64>) -> String {
    format!("{:#x}..{:#x}", range.start, range.end)
}
