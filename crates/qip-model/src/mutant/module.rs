//! Mistakes that are made by giving the oracle other modules: exports that it does not see, or
//! sees under another name.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use wasm_encoder::{ExportKind, ExportSection};
use wasmparser::{ExternalKind, Parser, Payload, ValType, Validator, WasmFeatures};

use crate::oracle::binary::{self, Binary, Export};
use crate::oracle::exports::{
    ENTRIES, HALO, INPUT_CAPS, INPUT_TYPE, OUTPUT_CAPS, OUTPUT_TYPE, SIZE_SETTER, TILES, UNIFORM,
    is_number, is_tile_filter, setter_parameter,
};
use crate::oracle::hooks::Job;
use crate::oracle::mutation::Mutation as M;
use qip_cases::{Module, Stage, Task};

use super::{Flaw, sections};

/// A module that a mistake is made about.
pub(super) struct Seen<'a> {
    pub(super) binary: &'a Binary,
    pub(super) stage: &'a Stage,
    pub(super) job: Job<'a>,
    /// Whether it is valid in WebAssembly 1.0.
    pub(super) is_plain: OnceCell<bool>,
}

impl Seen<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.binary.exports.contains_key(name)
    }

    fn is_sound_number(&self, name: &str) -> bool {
        let found = self.binary.exports.get(name);
        found.is_some_and(|found| is_number(found, self.job))
    }

    pub(super) fn is_filter(&self) -> bool {
        is_tile_filter(self.binary)
    }

    /// Whether there is a function of this type.
    pub(super) fn has_function(&self, name: &str, params: &[ValType], results: &[ValType]) -> bool {
        matches!(
            self.binary.exports.get(name),
            Some(Export::Function(it)) if it.params() == params && it.results() == results
        )
    }

    /// Whether a module that is valid is not without some features.
    fn needs(&self, wasm: &[u8], features: WasmFeatures) -> bool {
        let all = binary::features();
        let is_plain = || is_valid(wasm, all & WasmFeatures::WASM1);
        !*self.is_plain.get_or_init(is_plain)
            && is_valid(wasm, all)
            && !is_valid(wasm, all & !features)
    }

    fn is_entry(&self, name: &str) -> bool {
        self.has_function(name, &[ValType::I32], &[ValType::I32])
    }

    fn is_tile(&self, name: &str) -> bool {
        self.has_function(name, &[ValType::F32; 2], &[])
    }
}

/// Whether it is a name of MOD-3.
fn is_numbers_name(name: &str) -> bool {
    name.starts_with("input_") || name.starts_with("output_")
}

/// Whether an export is one that the mistake does not see.
type IsUnseen = fn(&Seen<'_>, &str, &Export) -> bool;

/// The exports that the mistake does not see.
const UNSEEN: &[(M, IsUnseen)] = &[
    (M::MemoryKindUnseen, |_, name, export| {
        name == "memory" && !matches!(export, Export::Memory(_))
    }),
    (M::GlobalsIgnored, |_, name, export| {
        is_numbers_name(name) && matches!(export, Export::Global(_))
    }),
    (M::FunctionsIgnored, |_, name, export| {
        is_numbers_name(name) && matches!(export, Export::Function(_))
    }),
    (M::ShapesUnchecked, |it, name, _| {
        is_numbers_name(name) && !it.is_sound_number(name)
    }),
    (M::OlderEntryOnly, |_, name, _| name == ENTRIES[0]),
    (M::NewerEntryOnly, |_, name, _| name == ENTRIES[1]),
    (M::EntryFallsBack, |it, name, _| {
        name == ENTRIES[0] && !it.is_entry(name) && it.is_entry(ENTRIES[1])
    }),
    (M::EntryShapeUnchecked, |it, name, _| {
        let winning = ENTRIES.iter().find(|name| it.has(name));
        ENTRIES.contains(&name) && winning.is_some_and(|name| !it.is_entry(name))
    }),
    (M::LosingEntryUnchecked, |it, name, _| {
        name == ENTRIES[1] && it.has(ENTRIES[0])
    }),
    (M::LosingCapacitiesUnchecked, |it, name, _| {
        let losing = |names: &[&str]| {
            names
                .iter()
                .skip_while(|name| !it.has(name))
                .skip(1)
                .any(|it| *it == name)
        };
        !it.is_filter() && losing(&INPUT_CAPS) || losing(&OUTPUT_CAPS.map(|(name, _)| name))
    }),
    (M::BytesBeforeUtf8, |it, name, _| {
        name == INPUT_CAPS[0] && INPUT_CAPS.iter().all(|name| it.is_sound_number(name))
    }),
    (M::Utf8CapacityOnly, |it, name, _| {
        name == INPUT_CAPS[1] && !it.is_filter()
    }),
    (M::BytesCapacityOnly, |_, name, _| name == INPUT_CAPS[0]),
    (M::I32BeforeBytes, |it, name, _| {
        name == "output_bytes_cap"
            && it.is_sound_number("output_i32_cap")
            && !it.has("output_utf8_cap")
    }),
    (M::I32BeforeUtf8, |it, name, _| {
        ["output_utf8_cap", "output_bytes_cap"].contains(&name)
            && it.is_sound_number("output_i32_cap")
            && it.has("output_utf8_cap")
    }),
    (M::BytesOutputBeforeUtf8, |it, name, _| {
        name == "output_utf8_cap" && it.is_sound_number("output_bytes_cap")
    }),
    (M::HalfPairIgnored, |it, name, _| {
        let is_half = |pair: [&str; 2]| {
            pair.contains(&name) && it.is_sound_number(name) && !pair.iter().all(|it_| it.has(it_))
        };
        is_half(INPUT_TYPE) || is_half(OUTPUT_TYPE)
    }),
    (M::TileFunctionIgnored, |_, name, _| TILES.contains(&name)),
    (M::TileKindMatters, |_, name, export| {
        TILES.contains(&name) && !matches!(export, Export::Function(_))
    }),
    (M::EntryBeatsTile, |it, name, _| {
        TILES.contains(&name) && ENTRIES.iter().any(|name| it.has(name))
    }),
    (M::OlderTileFirst, |it, name, _| {
        name == TILES[0] && TILES.iter().all(|name| it.is_tile(name))
    }),
    (M::OlderTileOnly, |_, name, _| name == TILES[0]),
    (M::NewerTileOnly, |_, name, _| name == TILES[1]),
    (M::LosingTileUnchecked, |it, name, _| {
        name == TILES[1] && it.has(TILES[0])
    }),
    (M::TileFallsBack, |it, name, _| {
        name == TILES[0] && !it.is_tile(name) && it.is_tile(TILES[1])
    }),
    (M::TileShapeUnchecked, |it, name, _| {
        TILES.contains(&name) && !it.is_tile(name)
    }),
    (M::HaloShapeUnchecked, |it, name, _| {
        name == HALO && it.is_filter() && !it.has_function(name, &[], &[ValType::I32])
    }),
    (M::SizeSetterShapeUnchecked, |it, name, export| {
        let is_sound = matches!(export, Export::Function(it) if it.params() == [ValType::F32; 2]);
        name == SIZE_SETTER && it.is_filter() && !is_sound
    }),
    (M::SetterShapeUnchecked, |_, name, export| {
        is_callers_setter(name) && setter_parameter(export).is_none()
    }),
    (M::UngivenSettersUnchecked, |it, name, _| {
        let mut given = it.stage.uniforms.iter();
        is_callers_setter(name) && given.all(|(key, _)| name != format!("{UNIFORM}{key}"))
    }),
];

pub(super) fn is_callers_setter(name: &str) -> bool {
    name.starts_with(UNIFORM) && name != SIZE_SETTER
}

/// What the mistake takes an export for, if for another one.
type Rename = fn(&Seen<'_>, &str, &Export) -> Option<&'static str>;

/// The exports that the mistake takes for others.
const RENAMED: &[(M, Rename)] = &[
    (M::FirstMemoryTaken, |it, name, export| {
        let is_memory = |export: &Export| matches!(export, Export::Memory(_));
        let first = it
            .binary
            .exports
            .iter()
            .find(|(_, export)| is_memory(export));
        let has_own = it.binary.exports.get("memory").is_some_and(is_memory);
        let is_first = first.is_some_and(|(first, _)| first == name);
        (!has_own && is_memory(export) && is_first).then_some("memory")
    }),
    (M::EntryNamesSwapped, |it, name, _| {
        swapped(it, name, ENTRIES)
    }),
    (M::TileUtf8CapWins, |it, name, _| {
        swapped(it, name, INPUT_CAPS).filter(|_| it.is_filter())
    }),
    (M::TileUtf8CapTaken, |it, name, _| {
        let is_taken = name == INPUT_CAPS[0] && !it.has(INPUT_CAPS[1]) && it.is_filter();
        is_taken.then_some(INPUT_CAPS[1])
    }),
];

fn swapped(it: &Seen<'_>, name: &str, names: [&'static str; 2]) -> Option<&'static str> {
    let at = names.iter().position(|other| *other == name)?;
    names
        .iter()
        .all(|name| it.has(name))
        .then_some(names[1 - at])
}

/// What holds of a module.
pub(super) type Is = fn(&Seen<'_>) -> bool;

/// The numbers that the mistake does without, and what they count as then.
const WITHOUT: &[(M, &str, i32, Is)] = &[
    (M::InputPtrOptional, "input_ptr", 0, |it| {
        !it.has("input_ptr")
    }),
    (M::InputCapOptional, "input_bytes_cap", -1, |it| {
        !it.is_filter() && !INPUT_CAPS.iter().any(|name| it.has(name))
    }),
    (M::TileCapOptional, "input_bytes_cap", -1, |it| {
        it.is_filter() && !it.has("input_bytes_cap")
    }),
    (M::OutputPtrBuffers, "output_bytes_cap", 0, |it| {
        it.has("output_ptr") && !OUTPUT_CAPS.iter().any(|(name, _)| it.has(name))
    }),
];

/// Whether the mistake takes a module for an invalid one.
type IsInvalid = fn(&Seen<'_>, &[u8]) -> bool;

/// Valid modules that the mistake takes for invalid ones.
const INVALID: &[(M, IsInvalid)] = &[
    (M::AllInvalid, |_, _| true),
    (M::SimdRefused, |it, wasm| {
        it.needs(wasm, WasmFeatures::SIMD)
    }),
    (M::TailCallsRefused, |it, wasm| {
        it.needs(wasm, WasmFeatures::TAIL_CALL)
    }),
    (M::ExtendedConstRefused, |it, wasm| {
        it.needs(wasm, WasmFeatures::EXTENDED_CONST)
    }),
    (M::FirstEditionOnly, |it, wasm| {
        it.needs(wasm, binary::features() & !WasmFeatures::WASM1)
    }),
    (M::CustomSectionsRefused, |_, wasm| {
        let mut payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
        payloads.any(|payload| matches!(payload, Payload::CustomSection(_)))
    }),
];

pub(super) fn is_valid(wasm: &[u8], features: WasmFeatures) -> bool {
    let mut validator = Validator::new_with_features(features);
    validator.validate_all(wasm).is_ok()
}

/// The module that the mistake makes of another one, where it does.
fn changed(wasm: &[u8], seen: &Seen<'_>, mutation: M) -> Option<Vec<u8>> {
    if let Some((_, is_unseen)) = UNSEEN.iter().find(|(it, _)| *it == mutation) {
        return renamed(wasm, seen, |name, export| {
            // As long a name, so that no size changes.
            is_unseen(seen, name, export).then(|| format!("~{}", &name[1..]))
        });
    }
    if let Some((_, rename)) = RENAMED.iter().find(|(it, _)| *it == mutation) {
        return renamed(wasm, seen, |name, export| {
            rename(seen, name, export).map(str::to_owned)
        });
    }
    if let Some((_, name, value, lacks)) = WITHOUT.iter().find(|(it, ..)| *it == mutation) {
        return lacks(seen).then(|| sections::with_number(wasm, name, *value))?;
    }
    if let Some((_, is_refused)) = INVALID.iter().find(|(it, _)| *it == mutation) {
        return is_refused(seen, wasm).then(|| b"\0asm\x01\0\0\0\xff".to_vec());
    }
    match mutation {
        M::VersionUnchecked if wasm.starts_with(b"\0asm") && !binary::has_header(wasm) => {
            let rest = wasm.get(8..).unwrap_or_default();
            Some([b"\0asm\x01\0\0\0", rest].concat())
        }
        M::EntryOptional if lacks_entry(seen) => sections::with_entry(wasm, ENTRIES[0]),
        _ => sections::spoiled(wasm, mutation),
    }
}

fn lacks_entry(seen: &Seen<'_>) -> bool {
    let has_entry = ENTRIES.iter().any(|name| seen.has(name));
    !has_entry && !seen.is_filter()
}

/// Exports by other names; `None` where each keeps its own.
fn renamed(
    wasm: &[u8],
    seen: &Seen<'_>,
    rename: impl Fn(&str, &Export) -> Option<String>,
) -> Option<Vec<u8>> {
    let exports = &seen.binary.exports;
    if !exports
        .iter()
        .any(|(name, export)| rename(name, export).is_some())
    {
        return None;
    }
    let mut section = ExportSection::new();
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        let Payload::ExportSection(all) = payload else {
            continue;
        };
        for export in all.into_iter().flatten() {
            let name = exports
                .get(export.name)
                .and_then(|it| rename(export.name, it));
            let name = name.unwrap_or_else(|| export.name.to_owned());
            let kind = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
                ExternalKind::Table => ExportKind::Table,
                ExternalKind::Memory => ExportKind::Memory,
                ExternalKind::Global => ExportKind::Global,
                ExternalKind::Tag => ExportKind::Tag,
            };
            // What has the name already gives way.
            if names.insert(name.clone()) {
                section.export(&name, kind, export.index);
            }
        }
    }
    sections::with_exports(wasm, &section)
}

/// The task with the modules of the mistake, where they are other ones.
pub(super) fn spoiled(job: Job<'_>, mutation: M) -> Option<Task> {
    if !is_made_here(mutation) {
        return None;
    }
    let mut task = job.task.clone();
    let mut is_changed = false;
    for stage in &mut task.stages {
        let wasm = stage.module.binary().ok()?;
        let binary = binary::skim(wasm, job);
        let seen = Seen {
            binary: &binary,
            stage,
            job,
            is_plain: OnceCell::new(),
        };
        if let Some(wasm) = changed(wasm, &seen, mutation) {
            let name = stage.module.name().to_owned();
            stage.module = Arc::new(Module::from_bytes(name, wasm));
            is_changed = true;
        }
    }
    is_changed.then_some(task)
}

/// All mistakes of this kind.
fn all() -> impl Iterator<Item = M> {
    let unseen = UNSEEN.iter().map(|(mutation, _)| *mutation);
    let renamed = RENAMED.iter().map(|(mutation, _)| *mutation);
    let without = WITHOUT.iter().map(|(mutation, ..)| *mutation);
    let invalid = INVALID.iter().map(|(mutation, _)| *mutation);
    let others = [M::VersionUnchecked, M::EntryOptional]
        .into_iter()
        .chain(sections::ALL);
    unseen
        .chain(renamed)
        .chain(without)
        .chain(invalid)
        .chain(others)
}

fn is_made_here(mutation: M) -> bool {
    all().any(|it| it == mutation)
}

/// Notes the mistakes that make other modules.
pub(super) fn note(job: Job<'_>, flaw: &Flaw) {
    for stage in &job.task.stages {
        let Ok(wasm) = stage.module.binary() else {
            continue;
        };
        let binary = binary::skim(wasm, job);
        let seen = Seen {
            binary: &binary,
            stage,
            job,
            is_plain: OnceCell::new(),
        };
        for mutation in all() {
            if changed(wasm, &seen, mutation).is_some() {
                flaw.is(mutation);
            }
        }
    }
}
