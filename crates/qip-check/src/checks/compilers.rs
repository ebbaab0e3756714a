//! What compilers and linkers leave behind: start-up code that no host calls, constructors
//! that run too often, and WebAssembly that a host may lack (MOD-8).

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
/// which calls them first.
fn constructors_rerun(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    const WRAPPED: &str = ".command_export";
    const CONSTRUCTORS: &str = "__wasm_call_ctors";
    let facts = module.facts;
    let name = |function: u32| facts.function_names.get(&function).copied();
    let is_wrapper = |function: u32| {
        name(function).is_some_and(|name| name.ends_with(WRAPPED))
            || facts
                .body_of(function)
                .and_then(|body| body.first_call)
                .is_some_and(|called| name(called) == Some(CONSTRUCTORS))
    };
    let mut exports = facts.exports.iter().enumerate();
    let wrapper = exports.find(|(_, export)| {
        export.kind == wasmparser::ExternalKind::Func && is_wrapper(export.index)
    });
    if let Some((position, export)) = wrapper {
        let finding = Finding::new(
            Lint::ConstructorsRerun,
            format!(
                "`{}` runs the constructors of C++ each time that it is called, as every other export does",
                qip_contract::quote(export.name)
            ),
        )
        .named(qip_contract::quote(export.name))
        .help("leave global objects with constructors out, or make them `constexpr`")
        .unless("the constructors do nothing that a second run changes");
        found.push((finding, Site::Export(position)));
    }
}
