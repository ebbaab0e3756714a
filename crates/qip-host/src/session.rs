//! Sessions: requests that share instances (RUN-4).

use crate::error::Error;
use crate::instances::Warm;
use crate::recipe::{self, Input, Recipe};
use crate::reply::Reply;

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
            instances: Warm::new(recipe.stages.len()),
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

impl Recipe {
    /// Begins a session, whose requests share one instance for each stage.
    pub fn session(&self) -> Session {
        Session::new(self)
    }
}
