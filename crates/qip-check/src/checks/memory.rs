//! The memory itself, and capacities that go beyond it (MOD-7, IN-5).

use qip_contract::Kind;

use super::{Module, at};
use crate::place::Site;
use crate::{Finding, Lint};

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    if let Some(memory) = module.signature.memory()
        && memory.max_pages.is_none()
    {
        let pages = memory.min_pages;
        let finding = Finding::new(
            Lint::MemoryWithoutMaximum,
            "the memory declares no maximum",
        )
        .named("memory")
        .found("no maximum", "one, as small as will do")
        .help(format!(
            "declare one: `(memory (export \"memory\") {pages} {pages})`, or for the linker `--max-memory={}`",
            module.memory_bytes()
        ))
        .unless("the module is to grow as far as its host lets it");
        found.push((finding, Site::Memory));
    }
    let (Some(most), Kind::Content) = (module.most_memory(), module.signature.kind()) else {
        // Of a filter it is the tile that has to fit.
        return;
    };
    for buffer in module.buffers() {
        // A pointer past the end is a fault of its own.
        if buffer.range.end > most && buffer.range.start <= most {
            let room = most - buffer.range.start;
            let (what, name) = (buffer.what, buffer.capacity);
            let length = buffer.range.end - buffer.range.start;
            let finding = at(
                Lint::CapacityBeyondMemory,
                name,
                format!(
                    "an {what} of {length} bytes at `{}` goes past the end of a memory of {most} bytes",
                    buffer.pointer
                ),
            )
            .found(format!("{length} bytes"), format!("{room} bytes at most"))
            .help("give the memory more pages, or export what fits as the capacity");
            let finding = if what == "output" {
                finding.about("OUT-5")
            } else {
                finding
            };
            found.push((finding, module.site(name)));
        }
    }
}
