//! Real modules under random inputs.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use proptest::prelude::*;
use qip_cases::{Bytes, Corpus, Request, Task};
use qip_contract::{Floats, Limits, Signature, to_pointer};
use qip_engine::{Budget, Build, Compile, Engine as _, ExportId};
use qip_host::wasmi::Wasmi;

use crate::trial::Trial;

/// A module with cases of its own: what they ask is where random inputs start.
#[derive(Debug)]
pub(crate) struct RealModule {
    task: Arc<Task>,
    inputs: Vec<Vec<u8>>,
    capacity: usize,
}

impl RealModule {
    /// Every module under a directory that has cases.
    ///
    /// # Errors
    ///
    /// Where cases cannot be loaded, or a module cannot be asked for its capacity.
    pub(crate) fn all(directory: &Path) -> Result<Vec<RealModule>> {
        let corpus = Corpus::open_unlocked(directory)?;
        let mut modules: Vec<RealModule> = Vec::new();
        for case in corpus.cases() {
            let [stage] = &case.task.stages[..] else {
                continue;
            };
            // Pictures are none of its inputs.
            if case.task.is_of_pictures() {
                continue;
            }
            let inputs = case.task.requests.iter();
            let inputs = inputs.filter_map(|request| request.input.bytes().map(Bytes::to_vec));
            let same = modules.iter_mut().find(|module| {
                let known = &module.task.stages[0];
                known.module.name() == stage.module.name()
                    && known.uniforms == stage.uniforms
                    && module.task.options == case.task.options
                    && module.task.limits == case.task.limits
                    && module.task.request_limits == case.task.request_limits
            });
            match same {
                Some(module) => module.inputs.extend(inputs),
                None => {
                    let wasm = stage.module.binary().map_err(|error| anyhow!("{error}"))?;
                    modules.push(RealModule {
                        inputs: inputs.collect(),
                        capacity: capacity(wasm)
                            .with_context(|| format!("the capacity of `{}`", case.id.stem()))?,
                        task: Arc::clone(&case.task),
                    });
                }
            }
        }
        Ok(modules)
    }

    /// Random inputs: of lengths around the capacity, sound text and broken, and
    /// what the module's own cases ask with a few bytes changed.
    pub(crate) fn trials(&self) -> BoxedStrategy<Trial> {
        let capacity = self.capacity;
        let edges = [capacity.saturating_sub(1), capacity, capacity + 1];
        // An input of megabytes is nothing that a shorter one does not show.
        let edges: Vec<usize> = edges.into_iter().filter(|len| *len < 1 << 18).collect();
        let edges = if edges.is_empty() { vec![0] } else { edges };
        let length = prop_oneof![
            1 => Just(0_usize),
            1 => Just(1),
            2 => prop::sample::select(edges),
            4 => 2..200_usize,
        ];
        let filled = (
            length,
            prop::collection::vec(any::<u8>(), 1..24),
            any::<bool>(),
        );
        let filled = filled.prop_map(|(len, unit, text)| {
            let unit = if text {
                String::from_utf8_lossy(&unit).into_owned().into_bytes()
            } else {
                unit
            };
            let mut bytes: Vec<u8> = unit.into_iter().cycle().take(len).collect();
            if text {
                // The cut may have gone through a character.
                let sound = match std::str::from_utf8(&bytes) {
                    Ok(text) => text.len(),
                    Err(error) => error.valid_up_to(),
                };
                bytes[sound..].fill(b'.');
            }
            bytes
        });
        let edit = (any::<prop::sample::Index>(), edited_byte());
        let edits = prop::collection::vec(edit, 0..4);
        let edited = (prop::sample::select(self.inputs.clone()), edits);
        let edited = edited.prop_map(|(mut input, edits)| {
            for (at, byte) in edits {
                if !input.is_empty() {
                    let at = at.index(input.len());
                    input[at] = byte;
                }
            }
            input
        });
        let task = Arc::clone(&self.task);
        prop_oneof![filled, edited, "\\PC{0,60}".prop_map(String::into_bytes)]
            .prop_map(move |input| {
                let request = Request {
                    input: Bytes::literal(input).into(),
                    content_type: None,
                };
                Trial::new(Task {
                    requests: vec![request],
                    ..(*task).clone()
                })
            })
            .boxed()
    }
}

fn edited_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        4 => b' '..b'~',
        1 => any::<u8>(),
        1 => prop::sample::select(b"\0\x7f\x80\xbf\xc0\xe2\xed\xf4\xff".to_vec()),
    ]
}

/// What a module says its input capacity is.
fn capacity(wasm: &[u8]) -> Result<usize> {
    let limits = Limits::standard();
    let signature = Signature::read(wasm, &limits).map_err(|refusal| anyhow!("{refusal}"))?;
    let (name, _) = signature.input().context("there is none")?;
    let shape = signature.export(name).context("there is none")?;
    let compiled = Wasmi::new().compile(&Compile {
        wasm,
        signature: &signature,
        exports: &[name.as_str().to_owned()],
        build: Build {
            clock: false,
            fuel: false,
            floats: Floats::Any,
        },
        limits: &limits,
    })?;
    let stop = |stop| anyhow!("it cannot be asked: {stop:?}");
    let mut instance = compiled
        .instantiate(&limits, &Budget::default())
        .map_err(stop)?;
    let value = match shape {
        qip_contract::Shape::Global { .. } => Some(instance.global(ExportId(0)).map_err(stop)?),
        _ => instance.call(ExportId(0), &[]).map_err(stop)?,
    };
    let value = value.and_then(to_pointer).context("it is no number")?;
    Ok(value as usize)
}
