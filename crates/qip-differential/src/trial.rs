//! One thing to try: a task, and where one can be made, a prediction.

use std::sync::Arc;

use qip_conformance::{Bytes, Model, Module, Outcome, Request, Stage, Task};

use crate::scenario::Scenario;
use crate::scenario::engine::PlanEngine;

/// A task for every subject, with or without a prediction.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What the subjects are asked.
    pub task: Arc<Task>,
    oracle: Option<Arc<PlanEngine>>,
}

impl Trial {
    /// A trial without a prediction: the subjects must agree.
    pub fn new(task: Task) -> Trial {
        Trial {
            task: Arc::new(task),
            oracle: None,
        }
    }

    pub(crate) fn of_scenario(scenario: &Scenario) -> Trial {
        Trial {
            task: Arc::new(scenario.task()),
            oracle: Some(Arc::new(PlanEngine::new(scenario))),
        }
    }

    /// What the contract says must come out: the model over the meaning of the
    /// plans, without any WebAssembly engine.
    pub fn prediction(&self) -> Option<Vec<Outcome>> {
        let oracle = self.oracle.clone()?;
        Some(Model::shared(oracle).answer(&self.task))
    }

    /// Whether there is a prediction.
    pub(crate) fn has_prediction(&self) -> bool {
        self.oracle.is_some()
    }

    /// The same trial with another module in its only stage, and no prediction.
    pub(crate) fn with_module(&self, wasm: Vec<u8>) -> Trial {
        let stages = self.task.stages.iter().map(|stage| Stage {
            module: Arc::new(Module::from_bytes("shrunk", wasm.clone())),
            ..stage.clone()
        });
        Trial::new(Task {
            stages: stages.collect(),
            ..(*self.task).clone()
        })
    }

    /// The same trial with another input in its only request.
    pub(crate) fn with_input(&self, input: Vec<u8>) -> Trial {
        let input = Bytes::literal(input);
        let requests = self.task.requests.iter().map(|request| Request {
            input: input.clone(),
            ..request.clone()
        });
        Trial {
            task: Arc::new(Task {
                requests: requests.collect(),
                ..(*self.task).clone()
            }),
            oracle: self.oracle.clone(),
        }
    }
}
