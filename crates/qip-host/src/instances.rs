//! Where instances of content modules come from: fresh ones, or those of a session (RUN-4).

use std::fmt;

use crate::allowance::Allowance;
use crate::engine::{Instance, Stop};
use crate::stage::Prepared;

/// Where a stage's instance comes from and goes to.
pub(crate) trait Instances {
    fn take(
        &mut self,
        index: usize,
        stage: &Prepared,
        allowance: &Allowance<'_>,
    ) -> Result<Box<dyn Instance>, Stop>;

    /// Gets an instance back that may be used again.
    fn give_back(&mut self, index: usize, instance: Box<dyn Instance>);
}

/// A new instance for each stage of each request.
pub(crate) struct Fresh;

impl Instances for Fresh {
    fn take(
        &mut self,
        _: usize,
        stage: &Prepared,
        allowance: &Allowance<'_>,
    ) -> Result<Box<dyn Instance>, Stop> {
        let code = &stage.module.loaded.code;
        code.instantiate(allowance.limits, &allowance.budget)
    }

    fn give_back(&mut self, _: usize, _: Box<dyn Instance>) {}
}

/// One instance for each stage, kept between requests.
pub(crate) struct Warm(Vec<Option<Box<dyn Instance>>>);

impl Warm {
    /// For so many stages, of which none has an instance yet.
    pub(crate) fn new(stages: usize) -> Warm {
        Warm((0..stages).map(|_| None).collect())
    }
}

impl Instances for Warm {
    fn take(
        &mut self,
        index: usize,
        stage: &Prepared,
        allowance: &Allowance<'_>,
    ) -> Result<Box<dyn Instance>, Stop> {
        match self.0[index].take() {
            Some(mut instance) => {
                instance.begin(&allowance.budget);
                Ok(instance)
            }
            None => Fresh.take(index, stage, allowance),
        }
    }

    fn give_back(&mut self, index: usize, instance: Box<dyn Instance>) {
        self.0[index] = Some(instance);
    }
}

impl fmt::Debug for Warm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warm = self.0.iter().filter(|instance| instance.is_some()).count();
        write!(f, "{warm} warm of {}", self.0.len())
    }
}
