//! Exports that have nearly a name of the contract. Where the name is required, the refusal
//! of the missing one says so already.

use std::collections::BTreeSet;

use qip_contract::{Code, ExportName, Kind, UNIFORM_PREFIX, quote};

use super::Module;
use crate::place::Site;
use crate::{Finding, Lint};

/// Letters that may be changed, added, left out or swapped.
const MOST_EDITS: usize = 2;

/// Longer names are no misspelling of one of the contract's.
const LONGEST_NAME: usize = 40;

/// Each is compared with all of the contract's, which takes a while.
const MOST_NAMES: usize = 1_000;

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    // What was likely meant for a missing name is told there.
    let refusals = module.signature.refusals(&module.options.rules);
    let missing = refusals
        .iter()
        .filter(|it| matches!(it.code(), Code::MissingExport | Code::MissingMemory));
    let told: BTreeSet<usize> = missing.filter_map(|it| module.suggested(it)).collect();
    let unknown = module.facts.exports.iter().enumerate().filter(|(_, it)| {
        let is_known = ExportName::from_text(it.name).is_some();
        // What begins with an underscore is the linker's.
        !is_known && it.name.len() <= LONGEST_NAME && !it.name.starts_with('_')
    });
    for (position, export) in unknown.take(MOST_NAMES) {
        let name = quote(export.name);
        if told.contains(&position) {
            continue;
        }
        if let Some(meant) = meant(module, export.name) {
            let finding = Finding::new(
                Lint::MisspeltExport,
                format!("the export `{name}` means nothing to a host, did you mean `{meant}`?"),
            )
            .named(name.clone())
            .found(name, meant.clone())
            .help(format!("rename it to `{meant}`"))
            .unless("it is there for somebody else than a qip host");
            found.push((finding, Site::Export(position)));
        }
    }
}

/// The name of the contract that a name is likely meant to be.
fn meant(module: &Module<'_>, name: &str) -> Option<String> {
    if let Some(key) = uniform_key(name) {
        return Some(format!("{UNIFORM_PREFIX}{}", quote(key)));
    }
    let plain = plain(name);
    ExportName::ALL
        .iter()
        .filter(|known| module.signature.export(**known).is_none())
        .filter(|known| concerns(module, **known))
        .map(|known| {
            let known = known.as_str();
            let edits = strsim::damerau_levenshtein(&plain, known);
            (edits, known)
        })
        // Of a short name two other letters make another word.
        .filter(|(edits, known)| *edits <= MOST_EDITS.min(known.len() / 4))
        .min()
        .map(|(_, known)| known.to_owned())
}

/// A name as the contract would write it: `inputPtr` and `INPUT-PTR` are `input_ptr`.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && was_lower {
            plain.push('_');
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        match c {
            '-' | '.' | ' ' => plain.push('_'),
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// The key of a name that was likely meant to be a uniform's setter.
fn uniform_key(name: &str) -> Option<&str> {
    if name.starts_with(UNIFORM_PREFIX) {
        return None;
    }
    const OTHERS: [&str; 7] = [
        "set_uniform_",
        "uniform_",
        "uniforms_set_",
        "uniform_get_",
        "unifrom_set_",
        "uniformset_",
        "unform_set_",
    ];
    let prefix = OTHERS.into_iter().find(|prefix| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })?;
    let key = &name[prefix.len()..];
    (!key.is_empty()).then_some(key)
}

/// Whether a name means something for the module's kind, or would change that.
fn concerns(module: &Module<'_>, name: ExportName) -> bool {
    match module.signature.kind() {
        Kind::Content => !matches!(name, ExportName::Halo | ExportName::WidthAndHeight),
        Kind::Tile => matches!(
            name,
            ExportName::Halo | ExportName::WidthAndHeight | ExportName::Tile
        ),
    }
}
