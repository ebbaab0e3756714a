//! One thing to try: a task, and where one can be made, a prediction.

use std::sync::Arc;
use std::time::Duration;

use qip_conformance::{Bytes, Model, Module, Outcome, Request, Stage, Task};
use qip_host::engine::Exhausted;

use crate::scenario::Scenario;
use crate::scenario::engine::PlanEngine;

/// A time limit that nothing meets but what never ends.
const PLENTY: Duration = Duration::from_secs(10);

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
        let mut task = scenario.task();
        let oracle = Arc::new(PlanEngine::new(scenario));
        let is_stopped = |outcome: &Outcome| {
            matches!(
                outcome,
                Outcome::Stopped {
                    exhausted: Exhausted::Time,
                    ..
                }
            )
        };
        // What is not to run out of time gets enough of it, on a busy machine too.
        let prediction = Model::shared(oracle.clone()).answer(&task);
        if !prediction.iter().any(is_stopped) {
            task.limits.time = task.limits.time.map(|_| PLENTY);
        }
        Trial {
            task: Arc::new(task),
            oracle: Some(oracle),
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
