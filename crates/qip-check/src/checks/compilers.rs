//! What compilers and linkers leave behind: start-up code that no host calls, constructors
//! that run too often, and WebAssembly that a host may lack (MOD-8).

use qip_contract::ExportName;
use wasmparser::ExternalKind;

use super::Module;
use crate::place::Site;
use crate::{Finding, Lint};

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    never_initialised(module, found);
    constructors_rerun(module, found);
    for (feature, offset) in &module.facts.features {
        if feature.is_capability() {
            let finding = Finding::new(
                Lint::NeedsFeature,
                format!("the module needs `{feature}`, which a host may lack"),
            )
            .named(feature.as_str())
            .help("leave it out where the module is to run on every host");
            found.push((finding, Site::Offset(*offset)));
        }
    }
}

fn never_initialised(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    if module.facts.start.is_some() {
        return;
    }
    for (name, help) in [
        (
            "_initialize",
            "initialise at compile time, or in the entry point; link with `--no-entry`, not as a reactor",
        ),
        (
            "_start",
            "a qip module has no `main`: do the work in `render`, and link with `--no-entry`",
        ),
    ] {
        if let Some((position, _)) = module.facts.export(name) {
            let finding = Finding::new(
                Lint::NeverInitialised,
                format!("the module exports `{name}`, which no host calls"),
            )
            .named(name)
            .help(help)
            .unless("nothing that matters happens in it");
            found.push((finding, Site::Export(position)));
        }
    }
}

/// Where `--export` meets constructors, wasm-ld wraps every export in a function of its own,
/// which calls them first. Without names the sign is that every function of the contract
/// begins with a call of one and the same.
fn constructors_rerun(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    const WRAPPED: &str = ".command_export";
    let facts = module.facts;
    let functions = || {
        let exports = facts.exports.iter().enumerate();
        exports.filter(|(_, it)| {
            it.kind == ExternalKind::Func && ExportName::from_text(it.name).is_some()
        })
    };
    let is_named = |function: u32| {
        let name = facts.function_names.get(&function);
        name.is_some_and(|name| name.ends_with(WRAPPED))
    };
    let first_call = |function: u32| facts.body_of(function)?.first_call;
    let mut calls = functions().map(|(_, export)| first_call(export.index));
    let first = calls.next().flatten();
    let others: Vec<Option<u32>> = calls.collect();
    let all_call_one =
        first.is_some() && !others.is_empty() && others.iter().all(|it| *it == first);
    let wrapper = functions().find(|(_, it)| all_call_one || is_named(it.index));
    if let Some((position, export)) = wrapper {
        let name = export.name;
        let finding = Finding::new(
            Lint::ConstructorsRerun,
            format!("`{name}` runs the constructors of C++ first, as every other export does"),
        )
        .named(name)
        .help("leave global objects with constructors out, or make them `constexpr`")
        .unless("the constructors do nothing that a second run changes");
        found.push((finding, Site::Export(position)));
    }
}
