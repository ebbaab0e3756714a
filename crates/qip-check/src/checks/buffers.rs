//! Where the buffers lie: over each other, over data, over the stack.

use std::ops::Range;

use super::{Buffer, Module, at, shown};
use crate::facts::Data;
use crate::place::Site;
use crate::{Finding, Lint};

/// The stack that wasm-ld puts behind the data unless it is told otherwise.
const USUAL_STACK_BYTES: u64 = 64 << 10;

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    let buffers = module.buffers();
    if let [input, output] = &buffers[..] {
        overlap(module, input, output, found);
    }
    for buffer in &buffers {
        over_data(module, buffer, found);
        over_stack(module, buffer, found);
    }
}

/// Input and output at one place is a usual way to work: what is read is then written over.
fn overlap(module: &Module<'_>, input: &Buffer, output: &Buffer, found: &mut Vec<(Finding, Site)>) {
    let shared = common(&input.range, &output.range);
    if shared.is_empty() || input.range.start == output.range.start {
        return;
    }
    let finding = at(
        Lint::BuffersOverlap,
        output.pointer,
        format!(
            "the input is {} and the output {}, which share {}",
            shown(&input.range),
            shown(&output.range),
            shown(&shared)
        ),
    )
    .found(
        format!("{} bytes in common", shared.end - shared.start),
        "none, or the same start",
    )
    .help("move one of them, or let both start at the same address")
    .unless("the module never needs an input byte after an output byte took its place");
    found.push((finding, module.site(output.pointer)));
}

/// A segment of zeros is `.bss`, where buffers belong.
fn over_data(module: &Module<'_>, buffer: &Buffer, found: &mut Vec<(Finding, Site)>) {
    for (index, data) in module.facts.data.iter().enumerate() {
        let Some(filled) = data.range() else { continue };
        let shared = common(&filled, &buffer.range);
        let start = shared.start.saturating_sub(filled.start) as usize;
        let end = shared.end.saturating_sub(filled.start) as usize;
        let is_data = data
            .bytes
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .any(|byte| *byte != 0);
        if !is_data {
            continue;
        }
        let (what, segment) = (buffer.what, module.facts.data_name(index));
        let finding = at(
            Lint::BufferOverData,
            buffer.pointer,
            format!(
                "the {what} is {} and lies over {segment}, which is {}",
                shown(&buffer.range),
                shown(&filled)
            ),
        )
        .found(
            format!("{} bytes in common", shared.end - shared.start),
            "none",
        )
        .help("let the linker place the buffer (a static array), or put it after the data")
        .unless("the data is what the buffer is to start with, and is not needed afterwards");
        found.push((finding, module.site(buffer.pointer)));
        // One segment is enough to see the fault.
        return;
    }
}

/// The stack grows down from `__stack_pointer`; how large it is, the module does not say.
fn over_stack(module: &Module<'_>, buffer: &Buffer, found: &mut Vec<(Finding, Site)>) {
    let Some(top) = module.facts.stack_top().map(u64::from) else {
        return;
    };
    let data = || module.facts.data.iter().filter_map(Data::range);
    let is_first = data().next().is_some() && data().all(|data| data.start >= top);
    let (stack, assumed) = if is_first {
        (0..top, "the linker put the stack first, below all data")
    } else {
        let below = data().map(|data| data.end).filter(|end| *end <= top).max();
        let start = top
            .saturating_sub(USUAL_STACK_BYTES)
            .max(below.unwrap_or(0));
        (
            start..top,
            "a stack of 64 KiB is assumed, as wasm-ld makes it",
        )
    };
    let shared = common(&stack, &buffer.range);
    if shared.is_empty() {
        return;
    }
    let what = buffer.what;
    let finding = at(
        Lint::BufferOverStack,
        buffer.pointer,
        format!(
            "the {what} is {} and lies over the stack, which ends at {top:#x}",
            shown(&buffer.range)
        ),
    )
    .found(format!("{} bytes in common", shared.end - shared.start), "none")
    .help("let the linker place the buffer (a static array), and put the stack first: `-Wl,--stack-first`")
    .unless(format!("the stack never reaches that far down; {assumed}"));
    found.push((finding, module.site(buffer.pointer)));
}

fn common(a: &Range<u64>, b: &Range<u64>) -> Range<u64> {
    a.start.max(b.start)..a.end.min(b.end)
}
