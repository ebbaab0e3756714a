//! Recipes: stages that pipe bytes and a content type, and nothing else (REC).

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Code, Refusal, RequestLimits, normalize_media_type};

use crate::allowance::Allowance;
use crate::content::{self, Piped};
use crate::engine::{Cancel, Instance};
use crate::error::{Cause, Error};
use crate::image;
use crate::instances::{Fresh, Instances};
use crate::module::Module;
use crate::plan::{ContentPlan, Work};
use crate::reply::{Output, Reply, Usages};
use crate::settings::Settings;
use crate::stage::{Prepared, Stage};

/// The bytes of a request, and their content type where it is known.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    content_type: Option<&'a str>,
    limits: RequestLimits,
    cancel: Option<&'a Cancel>,
}

impl<'a> Input<'a> {
    /// Bytes of an unknown type.
    pub fn new(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Input<'a> {
        Input {
            bytes: bytes.as_ref(),
            content_type: None,
            limits: RequestLimits::default(),
            cancel: None,
        }
    }

    /// Holds this request to a time, over all its stages (RUN-6). Its modules must be loaded
    /// with [`Metering::clock`](crate::Metering::clock).
    #[must_use]
    pub fn time(mut self, time: Duration) -> Input<'a> {
        self.limits.time = Some(time);
        self
    }

    /// Holds this request to an amount of fuel, over all its stages (RUN-6). Its modules must
    /// be loaded with [`Metering::fuel`](crate::Metering::fuel).
    #[must_use]
    pub fn fuel(mut self, fuel: u64) -> Input<'a> {
        self.limits.fuel = Some(fuel);
        self
    }

    /// Holds this request to these limits of time and fuel, and to no others.
    #[must_use]
    pub fn limits(mut self, limits: RequestLimits) -> Input<'a> {
        self.limits = limits;
        self
    }

    /// Lets a handle end this request from another thread, which is answered with
    /// [`Exhausted::Cancelled`](crate::engine::Exhausted::Cancelled). Its modules must be loaded
    /// as for a [time](Input::time).
    #[must_use]
    pub fn cancel(mut self, cancel: &'a Cancel) -> Input<'a> {
        self.cancel = Some(cancel);
        self
    }

    /// Says what type they are; it is normalised (MIME-2).
    #[must_use]
    pub fn content_type(mut self, content_type: &'a str) -> Input<'a> {
        self.content_type = Some(content_type);
        self
    }
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Input<'a> {
    fn from(bytes: &'a T) -> Input<'a> {
        Input::new(bytes)
    }
}

/// A recipe: one stage or more, checked and ready. Cheap to clone.
///
/// Tile filters that stand side by side are a block: it takes a BMP picture and gives one
/// (REC-6), as [`image::bmp`](crate::image::bmp) reads and writes them.
#[derive(Clone)]
pub struct Recipe {
    pub(crate) settings: Arc<Settings>,
    pub(crate) stages: Arc<[Prepared]>,
    pub(crate) threads: NonZeroUsize,
}

impl Recipe {
    pub(crate) fn new(settings: &Arc<Settings>, stages: &[Stage<'_>]) -> Result<Recipe, Error> {
        let stages = Prepared::all(settings, stages, &settings.rules())?;
        check_pipes(&stages)?;
        Ok(Recipe {
            settings: Arc::clone(settings),
            stages,
            threads: NonZeroUsize::MIN,
        })
    }

    /// Runs blocks of tile filters on so many threads, of which the caller's is one: on one
    /// alone, if nothing is said.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Recipe {
        self.threads = threads;
        self
    }

    /// Whether the first stage is a tile filter, which takes a BMP picture.
    pub fn takes_picture(&self) -> bool {
        matches!(self.stages.first().map(Prepared::work), Some(Work::Tile(_)))
    }

    /// Carries one request, each stage on a fresh instance (RUN-4).
    ///
    /// # Errors
    ///
    /// The first failure in the order of ORD-2, with the position of its stage.
    ///
    /// A block of tile filters first reads its picture: what is wrong with that
    /// ([`Code::NotBmp`], [`Code::ImageSize`]) is a failure of the block's first stage,
    /// before any of its stages is instantiated. All else is as
    /// [`Filters::apply`](crate::image::Filters::apply) says.
    pub fn render<'a>(&self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        render(
            &self.settings,
            &self.stages,
            self.threads,
            &mut Fresh,
            input.into(),
        )
    }
}

impl Module {
    /// Carries one request on a fresh instance (RUN-4). A tile filter is a block of one
    /// (REC-6): it takes a BMP picture and gives one.
    ///
    /// # Errors
    ///
    /// The first failure in the order of ORD-2, as [`Recipe::render`] says.
    pub fn render<'a>(&self, input: impl Into<Input<'a>>) -> Result<Reply, Error> {
        let stage = Prepared::bare(self);
        self::render(
            &self.loaded.settings,
            &[stage],
            NonZeroUsize::MIN,
            &mut Fresh,
            input.into(),
        )
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.stages.iter().map(|stage| &stage.module))
            .finish()
    }
}

/// Checks that the next stage can take the output of each: last in ORD-1.
fn check_pipes(stages: &[Prepared]) -> Result<(), Error> {
    use qip_contract::OutputForm as Kind;

    for (index, stage) in stages.iter().enumerate() {
        let (Work::Content(plan), Some(next)) = (stage.work(), stages.get(index + 1)) else {
            continue;
        };
        let message = match (plan.output, next.work()) {
            (Kind::I32 | Kind::Scalar, _) => "only utf8/bytes can be piped to another stage",
            // REC-6: text is no picture.
            (Kind::Utf8, Work::Tile(_)) => "only bytes can be piped to a tile filter",
            (Kind::Utf8 | Kind::Bytes, _) => continue,
        };
        let refusal = Refusal::new(Code::NotPipeable, message);
        return Err(stage.failure(refusal.into(), index, stages.len()));
    }
    Ok(())
}

/// Carries a request through its stages (ORD-2).
pub(crate) fn render<I: Instances>(
    settings: &Settings,
    stages: &[Prepared],
    threads: NonZeroUsize,
    instances: &mut I,
    input: Input<'_>,
) -> Result<Reply, Error> {
    let allowance = Allowance::new(settings, input.limits, input.cancel)?;
    let held_to = allowance.request;
    let request = Request {
        settings,
        stages,
        threads,
        instances,
        allowance,
        content_type: input.content_type.and_then(normalize_media_type),
        usages: Usages::default(),
        time: None,
    };
    request
        .carry(input.bytes)
        .map_err(|error| error.held_to(held_to))
}

/// A request on its way.
struct Request<'a, I> {
    settings: &'a Settings,
    stages: &'a [Prepared],
    threads: NonZeroUsize,
    instances: &'a mut I,
    /// What is left to it.
    allowance: Allowance<'a>,
    content_type: Option<String>,
    usages: Usages,
    time: Option<Duration>,
}

impl<I: Instances> Request<'_, I> {
    /// Carries it through its stages.
    #[inline(always)]
    fn carry(mut self, input: &[u8]) -> Result<Reply, Error> {
        let mut next = 0;
        let mut output = self.step(&mut next, Piped::unchecked(input))?;
        while next < self.stages.len() {
            let piped = match &output {
                Output::Utf8(text) => Piped::from_text(text),
                Output::Bytes(bytes) => Piped::unchecked(bytes),
                // REC-2 lets no other kind be piped.
                Output::I32(_) | Output::Scalar(_) => Piped::unchecked(&[]),
            };
            output = self.step(&mut next, piped)?;
        }
        Ok(Reply {
            output,
            content_type: self.content_type,
            stages: self.usages,
            time: self.time,
        })
    }

    /// Runs the stage at `next`, or the block of tile filters that begins there.
    #[inline(always)]
    fn step(&mut self, next: &mut usize, input: Piped<'_>) -> Result<Output, Error> {
        let index = *next;
        let stage = &self.stages[index];
        match stage.work() {
            Work::Content(plan) => {
                *next += 1;
                self.content(index, plan, input)
                    .map_err(|cause| stage.failure(cause, index, self.stages.len()))
            }
            Work::Tile(_) => {
                let (output, count) = self.block(index, input.bytes)?;
                *next += count;
                Ok(output)
            }
        }
    }

    #[inline(always)]
    fn content(
        &mut self,
        index: usize,
        plan: &ContentPlan,
        input: Piped<'_>,
    ) -> Result<Output, Box<Cause>> {
        let stage = &self.stages[index];
        let mut instance = self
            .instances
            .take(index, stage, &self.allowance)
            .map_err(Cause::instantiation)?;
        let output = content::run(
            &mut *instance,
            plan,
            &stage.uniforms,
            self.settings,
            input,
            &mut self.content_type,
        );
        let output = match output {
            Ok(output) => output,
            Err(cause) => return Err(self.give_back_refused(index, instance, cause)),
        };
        let usage = instance.finish();
        self.time = self.allowance.spent()?;
        self.instances.give_back(index, instance);
        let budget = &mut self.allowance.budget;
        if let (Some(left), Some(used)) = (&mut budget.fuel, usage.fuel) {
            *left = left.saturating_sub(used);
        }
        self.usages.push(usage);
        Ok(output)
    }

    /// Runs the tile filters from `first` on, up to the next content module, and says how
    /// many they are (REC-6). What they and the stage before declare of content types is
    /// not looked at.
    #[cold]
    #[inline(never)]
    fn block(&mut self, first: usize, input: &[u8]) -> Result<(Output, usize), Error> {
        let filters = image::block(&self.stages[first..]);
        let applied = image::apply_to_bmp(&filters, input, self.threads, &mut self.allowance)
            .map_err(|failure| failure.into_error(self.stages, first))?;
        self.usages.extend(applied.usages);
        self.time = applied.time;
        self.content_type = Some(image::bmp::MEDIA_TYPE.to_owned());
        Ok((Output::Bytes(applied.bmp), filters.len()))
    }

    /// After a trap or a stop an instance is never reused (RUN-4); a refusal is neither.
    #[cold]
    fn give_back_refused(
        &mut self,
        index: usize,
        mut instance: Box<dyn Instance>,
        cause: Box<Cause>,
    ) -> Box<Cause> {
        if matches!(*cause, Cause::Refused(..)) {
            instance.finish();
            self.instances.give_back(index, instance);
        }
        cause
    }
}
