//! Making a finding smaller while the same difference stays.
//!
//! Proptest has shrunk made-up modules already, by their plans. Modules of other
//! origin are shrunk here as WebAssembly: their code by `reduce.rs`, what nothing refers
//! to by wasm-shrink. Every input comes last.

use wasm_shrink::WasmShrink;

use crate::arena::Arena;
use crate::campaign::Finding;
use crate::reduce::reduce;
use crate::trial::Trial;

/// How many mutations in a row may fail before a module counts as smallest.
const ATTEMPTS: u32 = 600;

/// How often a subject is asked that answers now this, now that.
const TRIES: usize = 6;

/// Shrinks a finding. One that does not repeat stays as it is, and so does a hang: every
/// attempt would leave a thread behind.
pub fn shrink(finding: &mut Finding, arena: &mut Arena) {
    let Some(wanted) = Arena::disagreement(&finding.answers) else {
        return;
    };
    if wanted.is_a_hang() || !finding.repeats {
        return;
    }
    // A subject that does not repeat itself is asked more than once.
    let is_unsteady = (0..TRIES).any(|_| arena.answers(&finding.trial) != finding.answers);
    let tries = if is_unsteady { TRIES } else { 1 };
    let mut ask = |trial: &Trial| {
        (0..tries).find_map(|_| {
            let answers = arena.answers(trial);
            (Arena::disagreement(&answers).as_ref() == Some(&wanted)).then_some(answers)
        })
    };
    let mut differs = |trial: &Trial| ask(trial).is_some();
    shrink_module(&mut finding.trial, &mut differs);
    shrink_input(&mut finding.trial, &mut differs);
    if let Some(answers) = ask(&finding.trial) {
        finding.answers = answers;
    }
}

/// Only of a trial without a prediction: that belongs to the plan, not to the module.
fn shrink_module(trial: &mut Trial, differs: &mut impl FnMut(&Trial) -> bool) {
    let [stage] = &trial.task.stages[..] else {
        return;
    };
    let Ok(wasm) = stage.module.binary() else {
        return;
    };
    if trial.has_prediction() {
        return;
    }
    let from = trial.clone();
    let mut interests = |wasm: &[u8]| differs(&from.with_module(wasm.to_vec()));
    let mut wasm = wasm.to_vec();
    loop {
        let before = wasm.len();
        wasm = reduce(&wasm, &mut interests);
        let shrunk = WasmShrink::default()
            .attempts(ATTEMPTS)
            .run(wasm.clone(), |wasm| Ok(interests(wasm)));
        // It refuses a module that does not interest, which this one does.
        wasm = shrunk.map_or(wasm, |shrunk| shrunk.output);
        if wasm.len() >= before {
            break;
        }
    }
    // As an assembler would write it, so that text says the same.
    let text = wasmprinter::print_bytes(&wasm).ok();
    if let Some(assembled) = text.and_then(|text| wat::parse_str(text).ok())
        && interests(&assembled)
    {
        wasm = assembled;
    }
    *trial = from.with_module(wasm);
}

/// Of a trial with one request: shorter, then with more zeros.
fn shrink_input(trial: &mut Trial, differs: &mut impl FnMut(&Trial) -> bool) {
    let [request] = &trial.task.requests[..] else {
        return;
    };
    let Some(bytes) = request.input.bytes() else {
        return;
    };
    let mut input = bytes.to_vec();
    let mut cut = input.len();
    while cut > 0 {
        let shorter = &input[..input.len().saturating_sub(cut)];
        if shorter.len() < input.len() && differs(&trial.with_input(shorter.to_vec())) {
            input = shorter.to_vec();
        } else {
            cut /= 2;
        }
    }
    for at in 0..input.len() {
        let before = std::mem::take(&mut input[at]);
        if before != 0 && !differs(&trial.with_input(input.clone())) {
            input[at] = before;
        }
    }
    *trial = trial.with_input(input);
}
