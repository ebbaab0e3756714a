//! One thing to try: a task, and where one can be made, a prediction.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qip_cases::{Bytes, Module, Outcome, Request, RequestInput, Stage, Task};
use qip_engine::{Engine, Exhausted};
use qip_host::wasmi::Wasmi;
use qip_model::Model;

use crate::scenario::Scenario;
use crate::scenario::engine::PlanEngine;

/// A time limit that nothing meets but what never ends.
const PLENTY: Duration = Duration::from_secs(60);

/// A task for every subject, with or without a prediction.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What the subjects are asked.
    pub task: Arc<Task>,
    prediction: Option<Prediction>,
}

#[derive(Clone)]
struct Prediction {
    outcomes: Arc<[Outcome]>,
    /// What the model executes with, for another input.
    oracle: Arc<dyn Engine>,
}

impl fmt::Debug for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcomes.fmt(f)
    }
}

impl Trial {
    /// A trial without a prediction: the subjects must agree.
    pub fn new(task: Task) -> Trial {
        Trial {
            task: Arc::new(task),
            prediction: None,
        }
    }

    pub(crate) fn of_scenario(scenario: &Scenario) -> Trial {
        let task = scenario.task();
        let oracle = PlanEngine::new(scenario, &task);
        Trial::predicted(task, Arc::new(oracle))
    }

    /// A trial of filters that do little by themselves. The model is right by the clauses,
    /// as far as its engine is.
    pub(crate) fn of_filters(task: Task) -> Trial {
        Trial::predicted(task, Arc::new(Wasmi::new()))
    }

    /// A trial of modules that the oracle can execute.
    fn predicted(mut task: Task, oracle: Arc<dyn Engine>) -> Trial {
        let is_stopped = |outcome: &Outcome| {
            matches!(
                outcome,
                Outcome::Stopped {
                    exhausted: Exhausted::Time,
                    ..
                }
            )
        };
        // A plan that never ends says so at once, whatever the limit. What is not to run
        // out of time gets enough of it, here as in every subject on a busy machine.
        let limit = task.request_limits.time;
        task.request_limits.time = limit.map(|_| PLENTY);
        let prediction = Model::shared(oracle.clone()).answer(&task);
        if prediction.iter().any(is_stopped) {
            task.request_limits.time = limit;
        }
        Trial {
            task: Arc::new(task),
            prediction: Some(Prediction {
                outcomes: prediction.into(),
                oracle,
            }),
        }
    }

    /// What the contract says must come out: of plans, the model over their meaning,
    /// without any WebAssembly engine; of filters, the model on one of the engines.
    pub fn prediction(&self) -> Option<&[Outcome]> {
        let prediction = self.prediction.as_ref()?;
        Some(&prediction.outcomes)
    }

    /// Whether there is a prediction.
    pub(crate) fn has_prediction(&self) -> bool {
        self.prediction.is_some()
    }

    /// The same trial under another time limit, of which the prediction is the same.
    pub(crate) fn with_time(&self, time: Duration) -> Trial {
        let mut task = (*self.task).clone();
        task.request_limits.time = Some(time);
        Trial {
            task: Arc::new(task),
            prediction: self.prediction.clone(),
        }
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
        let input = RequestInput::from(Bytes::literal(input));
        let requests = self.task.requests.iter().map(|request| Request {
            input: input.clone(),
            ..request.clone()
        });
        let task = Task {
            requests: requests.collect(),
            ..(*self.task).clone()
        };
        match &self.prediction {
            Some(prediction) => Trial::predicted(task, prediction.oracle.clone()),
            None => Trial::new(task),
        }
    }
}
