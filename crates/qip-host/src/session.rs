//! Where instances of content modules come from: fresh ones, or those of a session (RUN-4).

use std::fmt;

use crate::allowance::Allowance;
use crate::engine::{Instance, Stop};
use crate::error::Error;
use crate::recipe::{self, Input, Recipe};
use crate::reply::Reply;
use crate::stage::Prepared;

/// Requests that share instances: what a module leaves in its memory is there for
/// the next request (RUN-4 makes reuse the caller's choice). For modules that are
/// known to keep no state, a request costs a fraction of a fresh one.
///
/// Uniforms are applied and getters read again on every request. An instance that
/// trapped, was stopped, or whose engine failed is never used again: the next request
/// gets a fresh one for that stage. A refusal of an input, an output or a content type
/// leaves every instance in use, with what the refused request left in it.
///
/// Tile filters get fresh instances in each request: one is made ready for one picture
/// (IMG-12), and costs nothing beside its tiles.
#[derive(Debug)]
pub struct Session {
    recipe: Recipe,
    instances: Warm,
}

impl Session {
    pub(crate) fn new(recipe: &Recipe) -> Session {
        Session {
            recipe: recipe.clone(),
            instances: Warm(recipe.stages.iter().map(|_| None).collect()),
        }
    }

    /// Carries one request.
    ///
    /// # Errors
    ///
    /// As [`Recipe::render`].
    pub fn render<'a>(&mut self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        let Recipe {
            settings,
            stages,
            threads,
        } = &self.recipe;
        recipe::render(
            settings,
            stages,
            *threads,
            &mut self.instances,
            input.into(),
        )
    }
}

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
struct Warm(Vec<Option<Box<dyn Instance>>>);

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
