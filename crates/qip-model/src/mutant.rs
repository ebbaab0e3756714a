//! Mutants: the oracle with one mistake. Most are made from outside of it: a mutant gives it
//! another task (`task.rs`; of modules `module.rs` and `sections.rs`, of uniforms `uniform.rs`),
//! has it do its steps in another order (`order.rs`), stands between it and the engine
//! (`engine.rs`), or changes its answers (`outcome.rs`, and `again.rs` where that takes other
//! answers of the oracle). What cannot be said so spoils a decision within (`hooks.rs`,
//! `picture.rs`, `bmp.rs`).

mod again;
mod bmp;
mod engine;
mod hooks;
mod module;
mod order;
mod outcome;
mod picture;
mod sections;
mod task;
mod uniform;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::oracle::hooks::Job;
use crate::oracle::mutation::Mutation;
use crate::oracle::recipe;
use qip_cases::{Capabilities, Capability, CaseId, Outcome, Subject, Task};
use qip_engine::Engine;

use self::again::Again;
use self::engine::Meddler;
use self::hooks::Spoiled;

/// The model with one mistake: a subject that a corpus should find wrong.
pub struct Mutant {
    engine: Arc<dyn Engine>,
    capabilities: Capabilities,
    mutation: Mutation,
}

impl Mutant {
    /// A mutant that executes with this engine.
    pub fn new(engine: impl Engine + 'static, mutation: Mutation) -> Mutant {
        Mutant::shared(Arc::new(engine), mutation)
    }

    /// A mutant that executes with an engine that others use too.
    pub fn shared(engine: Arc<dyn Engine>, mutation: Mutation) -> Mutant {
        Mutant {
            capabilities: Capability::of_host_on(engine.info()),
            engine,
            mutation,
        }
    }

    /// Answers a task, with the mistake.
    pub fn answer(&self, task: &Task) -> Vec<Outcome> {
        let flaw = Flaw::One(self.mutation);
        let limits = task.limits.clone();
        let task = match task::spoiled(task, self.mutation) {
            Some(spoiled) => Cow::Owned(spoiled),
            None => Cow::Borrowed(task),
        };
        let meddler = Meddler::new(&self.engine, flaw.clone(), &task, &limits);
        let outcomes = answer(&task, flaw.clone(), &meddler);
        let outcomes = meddler.with_views(outcomes);
        let run = |task: &Task| {
            let meddler = Meddler::new(&self.engine, flaw.clone(), task, &limits);
            answer(task, flaw.clone(), &meddler)
        };
        let again = Again {
            task: &task,
            run: &run,
            engine: &*self.engine,
        };
        outcome::spoiled(&again, outcomes, self.mutation)
    }
}

fn answer(task: &Task, flaw: Flaw, engine: &dyn Engine) -> Vec<Outcome> {
    let hooks = &Spoiled { flaw };
    recipe::answer(Job { task, hooks }, engine)
}

/// Answers a task as the model does, and says which mutants could answer otherwise.
pub fn trace(engine: &Arc<dyn Engine>, task: &Task) -> (Vec<Outcome>, BTreeSet<Mutation>) {
    let possible = Arc::new(Mutex::new(BTreeSet::new()));
    let flaw = Flaw::Any(Arc::clone(&possible));
    let meddler = Meddler::new(engine, flaw.clone(), task, &task.limits);
    let outcomes = answer(task, flaw.clone(), &meddler);
    let run = |task: &Task| {
        let flaw = Flaw::Any(Arc::default());
        answer(task, flaw, &**engine)
    };
    task::note(task, &outcomes, &flaw);
    order::note(&outcomes, &flaw);
    let again = Again {
        task,
        run: &run,
        engine: &**engine,
    };
    outcome::note(&again, &outcomes, &flaw);
    let possible = possible.lock().unwrap_or_else(PoisonError::into_inner);
    (outcomes, possible.clone())
}

impl Subject for Mutant {
    fn name(&self) -> &str {
        self.mutation.as_str()
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn run(&self, _: &CaseId, task: &Task) -> Vec<Outcome> {
        self.answer(task)
    }
}

/// Which mistake is made.
#[derive(Clone)]
enum Flaw {
    /// This one.
    One(Mutation),
    /// None; all that would make a difference are noted.
    Any(Arc<Mutex<BTreeSet<Mutation>>>),
}

impl Flaw {
    /// Whether this mistake is made. It is asked for where it makes a difference.
    fn is(&self, mutation: Mutation) -> bool {
        match self {
            Flaw::One(one) => *one == mutation,
            Flaw::Any(possible) => {
                let mut possible = possible.lock().unwrap_or_else(PoisonError::into_inner);
                possible.insert(mutation);
                false
            }
        }
    }

    /// Whether this mistake may be made, as far as can be told before it is known whether it
    /// makes a difference.
    fn may_be(&self, mutation: Mutation) -> bool {
        match self {
            Flaw::One(one) => *one == mutation,
            Flaw::Any(_) => true,
        }
    }

    /// What is right, or what the mistake makes of it: each in the list is one, and gets what
    /// is `known`.
    fn of<T: PartialEq, K: ?Sized>(&self, right: T, known: &K, wrong: &Wrong<T, K>) -> T {
        for (mutation, spoil) in wrong {
            if self.may_be(*mutation) {
                let wrong = spoil(known, &right);
                if wrong != right && self.is(*mutation) {
                    return wrong;
                }
            }
        }
        right
    }
}

/// Mistakes, and what each makes of what is known and right.
type Wrong<T, K> = [(Mutation, fn(&K, &T) -> T)];
