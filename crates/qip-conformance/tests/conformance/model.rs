//! The model answers the whole corpus as the clauses say, on either engine, and hostile
//! modules as the host does.

use std::sync::Arc;

use qip_cases::{Case, Corpus, Module, Outcome, Stage, Subject, Task};
use qip_conformance::{EngineSubject, Run};
use qip_engine::Engine;
use qip_host::BuiltIn;
use qip_host::wasmi::Wasmi;
use qip_model::Model;

#[track_caller]
fn assert_model_conforms(model: Model) {
    let corpus = Corpus::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let report = Run::new(&corpus).subject(model).execute(&mut |_, _| {});
    assert!(report.is_green(), "{}", report.table());
}

#[test]
fn on_every_engine_it_passes_the_corpus() {
    for engine in BuiltIn::ALL {
        assert_model_conforms(Model::shared(engine.engine()));
    }
}

/// Every change of one byte outside of long runs, and every cut.
fn changed(wasm: &[u8]) -> Vec<Vec<u8>> {
    const LONG: usize = 9;
    let mut all = Vec::new();
    for at in 8..wasm.len() {
        let byte = wasm[at];
        let around = at - LONG / 2..(at + LONG / 2).min(wasm.len());
        if around.len() + 1 >= LONG && wasm[around].iter().all(|other| *other == byte) {
            continue;
        }
        for other in [0, 1, 0x7b, 0x7f, byte ^ 0x80, byte.wrapping_add(1)] {
            let mut wasm = wasm.to_vec();
            wasm[at] = other;
            all.push(wasm);
        }
        all.push(wasm[..at].to_vec());
    }
    all
}

/// Where the validator's own limits end its help, the two readings of a module are on
/// their own (LIM-1), and must still find the same.
#[test]
fn beyond_the_validators_limits_it_answers_as_the_host_does() {
    let stem = "an-invalid-module-comes-before-any-size";
    let corpus = Corpus::embedded_file("ord", stem).unwrap_or_else(|errors| panic!("{errors}"));
    let engine: Arc<dyn Engine> = Arc::new(Wasmi::new());
    let model = Model::shared(Arc::clone(&engine));
    let host = EngineSubject::shared(engine);
    let answer = |subject: &dyn Subject, case: &Case, wasm: Vec<u8>| {
        let mut task = Task::clone(&case.task);
        task.stages = vec![Stage {
            module: Arc::new(Module::from_bytes("changed", wasm)),
            uniforms: Vec::new(),
        }];
        subject.run(&case.id, &task).remove(0)
    };
    let mut differ = Vec::new();
    for case in corpus.cases() {
        let wasm = case.task.stages[0].module.binary().expect("bytes");
        for wasm in changed(wasm) {
            let answers = [
                answer(&model, case, wasm.clone()),
                answer(&host, case, wasm.clone()),
            ];
            let same = match &answers {
                [
                    Outcome::Refused { code, .. },
                    Outcome::Refused { code: other, .. },
                ] => code == other,
                [one, other] => one == other,
            };
            if !same {
                differ.push(format!("{} {wasm:02x?}: {answers:?}", case.id));
            }
        }
    }
    assert!(
        differ.is_empty(),
        "{} differ:\n{}",
        differ.len(),
        differ[..differ.len().min(10)].join("\n")
    );
}
