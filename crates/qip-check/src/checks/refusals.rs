//! What every host refuses: the refusals of ORD-1, and what constants already show that a
//! host will answer when the module is instantiated or asked.

use qip_contract::{Code, ExportName, Kind, MAX_DECLARED_BYTES, PAGE_BYTES};

use super::{Module, imports, shown};
use crate::Finding;
use crate::place::Site;

pub(super) fn find(module: &Module<'_>) -> Vec<(Finding, Site)> {
    let mut found = Vec::new();
    for refusal in module.signature.refusals(&module.options.rules) {
        let finding = Finding::of_refusal(&refusal);
        match refusal.code() {
            Code::Import => imports::find(module, &refusal, &mut found),
            Code::MemoryNotFixed => found.push((finding, Site::Memory)),
            Code::Limit => {
                // Only of memory can it be said where it is.
                let is_memory = refusal.name() == Some("memory_bytes");
                let site = if is_memory {
                    Site::Memory
                } else {
                    Site::Module
                };
                found.push((finding, site));
            }
            _ => {
                let at = |name| module.site_of(name);
                let site = refusal.name().map_or(Site::Module, at);
                let mut finding = finding;
                if matches!(refusal.code(), Code::MissingExport) && finding.help.is_none() {
                    finding.help = not_exported(module, refusal.name().unwrap_or_default());
                }
                // What is not there has no place, but what was likely meant has.
                let meant = || module.suggested(&refusal).map(Site::Export);
                let site = match site {
                    Site::Module => meant().unwrap_or(Site::Module),
                    site => site,
                };
                found.push((finding, site));
            }
        }
    }
    instantiation(module, &mut found);
    if module.signature.kind() == Kind::Content {
        pointers(module, &mut found);
        types(module, &mut found);
    }
    found
}

/// What to do about an export that a compiler or linker has most likely left out.
fn not_exported(module: &Module<'_>, name: &str) -> Option<String> {
    const HOW: &str = "in C `__attribute__((export_name(\"…\")))` or `-Wl,--export=…`, in Zig \
                       `export` and `-rdynamic`, in Rust `pub extern \"C\" fn` with `no_mangle` \
                       in a `cdylib`";
    let mut names = module.facts.function_names.values();
    if names.any(|it| *it == name) {
        return Some(format!(
            "there is a function `{name}`, which is not exported: {HOW}"
        ));
    }
    let exports = &module.facts.exports;
    let is_bare = exports
        .iter()
        .all(|it| it.name == "memory" || it.name.starts_with('_'));
    is_bare.then(|| format!("nothing of the module's own is exported: {HOW}"))
}

/// Segments that do not fit: instantiating the module traps (MOD-5).
fn instantiation(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    let memory = match module.facts.memory {
        Some(memory) => memory.ty.initial.saturating_mul(PAGE_BYTES),
        None => 0,
    };
    for (index, data) in module.facts.data.iter().enumerate() {
        if let Some(range) = data.range().filter(|range| range.end > memory) {
            let what = module.facts.data_name(index);
            let finding = Finding::new(
                Code::Instantiate,
                format!(
                    "{what} fills {}, and the memory has {memory} bytes",
                    shown(&range)
                ),
            )
            .found(format!("{:#x}", range.end), format!("{memory:#x} at most"))
            .help("give the memory more pages, or put the data lower");
            found.push((finding, Site::Data(index)));
        }
    }
    for element in &module.facts.elements {
        if element.end > element.table_entries {
            let finding = Finding::new(
                Code::Instantiate,
                format!(
                    "element segment {} fills the table up to {}, and the table has {} entries",
                    element.index, element.end, element.table_entries
                ),
            )
            .found(
                element.end.to_string(),
                format!("{} at most", element.table_entries),
            )
            .help("give the table more entries");
            found.push((finding, Site::Element(element.index)));
        }
    }
}

/// Pointers past the end of memory: no request succeeds, not even an empty one (IN-4, OUT-5).
fn pointers(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    let Some(most) = module.most_memory() else {
        return;
    };
    let output = module.signature.output().capacity();
    for (name, code, is_used) in [
        (ExportName::InputPtr, Code::InputOutOfBounds, true),
        (
            ExportName::OutputPtr,
            Code::OutputOutOfBounds,
            output.is_some(),
        ),
    ] {
        if let Some(pointer) = module.number(name).filter(|_| is_used)
            && u64::from(pointer) > most
        {
            let finding = Finding::new(
                code,
                format!("`{name}` is {pointer}, past the end of a memory of {most} bytes"),
            )
            .named(name.as_str())
            .found(pointer.to_string(), format!("{most} at most"))
            .help("give the memory more pages, or put the buffer lower");
            found.push((finding, module.site(name)));
        }
    }
}

/// Declared types that a host refuses (MIME-1).
fn types(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    for (pointer, size) in super::content_type::PAIRS {
        let (Some(at), Some(length)) = (module.number(pointer), module.number(size)) else {
            continue;
        };
        if module.address_of_number(size).is_some() {
            continue;
        }
        let most = module.most_memory().unwrap_or(u64::MAX);
        let range = u64::from(at)..u64::from(at) + u64::from(length);
        let finding = if u64::from(length) > MAX_DECLARED_BYTES {
            Finding::new(
                Code::ContentType,
                format!("`{size}` is {length}, expected at most {MAX_DECLARED_BYTES}"),
            )
            .found(length.to_string(), format!("{MAX_DECLARED_BYTES} at most"))
            .help("export the length of the media type alone")
        } else if range.end > most {
            Finding::new(
                Code::ContentType,
                format!(
                    "the media type at `{pointer}` is {}, outside of a memory of {most} bytes",
                    shown(&range)
                ),
            )
            .found(shown(&range), format!("{most:#x} at most"))
            .help("export the address of the media type's first byte")
        } else {
            continue;
        };
        found.push((finding.named(size.as_str()), module.site(size)));
    }
}
