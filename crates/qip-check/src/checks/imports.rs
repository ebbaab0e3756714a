//! Imports (MOD-2): where each comes from, and how to get rid of it.

use qip_contract::{Code, Refusal, quote};

use super::Module;
use crate::Finding;
use crate::place::Site;

/// Imports that are told one by one; a count is enough of more.
const MOST: usize = 16;

/// What is known of an import: the start of its module's name, its field, and what to do.
/// An empty field stands for any. The first that fits counts.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "env",
        "memory",
        "the memory is to be the module's own: link without `--import-memory` (AssemblyScript: without `--importMemory`; TinyGo always imports it)",
    ),
    (
        "env",
        "abort",
        "AssemblyScript imports `abort` for its assertions: compile with `--use abort=`",
    ),
    (
        "env",
        "memcpy",
        "the compiler makes a call of a loop that copies: compile with `-mbulk-memory`, or link a `memcpy` of your own",
    ),
    (
        "env",
        "memmove",
        "the compiler makes a call of a loop that copies: compile with `-mbulk-memory`, or link a `memmove` of your own",
    ),
    (
        "env",
        "memset",
        "the compiler makes a call of a loop that fills: compile with `-mbulk-memory`, or link a `memset` of your own",
    ),
    (
        "env",
        "__stack_pointer",
        "this is an object file or a shared library: link it into a module of its own, without `-shared` and `-r`",
    ),
    (
        "env",
        "__indirect_function_table",
        "the table is to be the module's own: link without `--import-table`",
    ),
    (
        "wasi",
        "",
        "the standard library wants an operating system: build for a freestanding target (`wasm32-unknown-unknown`, `wasm32-freestanding`, `-nostdlib`)",
    ),
    (
        "__wbindgen_",
        "",
        "`wasm-bindgen` counts on JavaScript: remove it, and export plain `extern \"C\"` functions",
    ),
    (
        "wbg",
        "",
        "`wasm-bindgen` counts on JavaScript: remove it, and export plain `extern \"C\"` functions",
    ),
    (
        "./",
        "",
        "`wasm-bindgen` counts on JavaScript: remove it, and export plain `extern \"C\"` functions",
    ),
    (
        "gojs",
        "",
        "Go's runtime counts on a host of its own: write the module in another language",
    ),
    (
        "env",
        "",
        "nothing that was linked defines this name: is it misspelt, or a file missing? Link without `--allow-undefined` to be told by the linker",
    ),
];

/// Every import at its own place, the first in the words of the host.
pub(super) fn find(module: &Module<'_>, refusal: &Refusal, found: &mut Vec<(Finding, Site)>) {
    let imports = &module.facts.imports;
    for (position, import) in imports.iter().enumerate().take(MOST) {
        let mut finding = match position {
            0 => Finding::of_refusal(refusal),
            _ => {
                let name = format!("{}.{}", quote(import.module), quote(import.field));
                let kind = import.kind;
                let message =
                    format!("the module imports the {kind} `{name}`, expected no imports");
                Finding::new(Code::Import, message)
                    .named(name)
                    .found(kind, "no imports")
            }
        };
        let known = KNOWN.iter().find(|(start, field, _)| {
            import.module.starts_with(start) && (field.is_empty() || *field == import.field)
        });
        finding.help = match known {
            Some((_, _, help)) => Some((*help).to_owned()),
            None => refusal.help_text().map(str::to_owned),
        };
        found.push((finding, Site::Import(position)));
    }
}
