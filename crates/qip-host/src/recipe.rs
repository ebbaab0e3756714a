//! Recipes: stages that pipe bytes and a content type, and nothing else (REC).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Code, Refusal, normalize_media_type};

use crate::allowance::Allowance;
use crate::content::{self, Piped};
use crate::engine::Instance;
use crate::error::{Cause, Error};
use crate::host::{Host, Settings};
use crate::image::{self, ImageOptions};
use crate::plan::{ContentPlan, Work};
use crate::reply::{Output, Reply, Usages};
use crate::session::{Fresh, Instances, Session};
use crate::stage::{Prepared, Stage};

/// The bytes of a request, and their content type where it is known.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    content_type: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// Bytes of an unknown type.
    pub fn new(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Input<'a> {
        Input {
            bytes: bytes.as_ref(),
            content_type: None,
        }
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
    pub(crate) image_options: ImageOptions,
}

impl Recipe {
    pub(crate) fn new(host: &Host, stages: &[Stage<'_>]) -> Result<Recipe, Error> {
        let stages = Prepared::all(host, stages, &host.rules())?;
        check_pipes(&stages)?;
        Ok(Recipe {
            settings: Arc::clone(host.settings()),
            stages,
            image_options: ImageOptions::default(),
        })
    }

    /// Says how blocks of tile filters are run: on one thread, if nothing else is said.
    #[must_use]
    pub fn image_options(mut self, options: ImageOptions) -> Recipe {
        self.image_options = options;
        self
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
            self.image_options,
            &mut Fresh,
            input.into(),
        )
    }

    /// Begins a session, whose requests share one instance for each stage.
    pub fn session(&self) -> Session {
        Session::new(self)
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.stages.iter().map(|stage| &stage.module))
            .finish()
    }
}

/// That the output of each stage is something that the next can take: last in ORD-1.
fn check_pipes(stages: &[Prepared]) -> Result<(), Error> {
    use qip_contract::Output as Kind;

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
    image_options: ImageOptions,
    instances: &mut I,
    input: Input<'_>,
) -> Result<Reply, Error> {
    let mut request = Request {
        settings,
        stages,
        image_options,
        instances,
        allowance: Allowance::new(&settings.limits),
        content_type: input.content_type.and_then(normalize_media_type),
        usages: Usages::default(),
        time: None,
        next: 0,
    };
    let mut output = request.step(Piped::unchecked(input.bytes))?;
    while request.next < stages.len() {
        let piped = match &output {
            Output::Utf8(text) => Piped::from_text(text),
            Output::Bytes(bytes) => Piped::unchecked(bytes),
            // REC-2 lets no other kind be piped.
            Output::I32(_) | Output::Scalar(_) => Piped::unchecked(&[]),
        };
        output = request.step(piped)?;
    }
    Ok(Reply {
        output,
        content_type: request.content_type,
        stages: request.usages,
        time: request.time,
    })
}

/// A request on its way.
struct Request<'a, I> {
    settings: &'a Settings,
    stages: &'a [Prepared],
    image_options: ImageOptions,
    instances: &'a mut I,
    /// What is left to it.
    allowance: Allowance<'a>,
    content_type: Option<String>,
    usages: Usages,
    time: Option<Duration>,
    /// The stage that is next, from 0.
    next: usize,
}

impl<I: Instances> Request<'_, I> {
    /// Runs the next stage, or the block of tile filters that is next.
    #[inline(always)]
    fn step(&mut self, input: Piped<'_>) -> Result<Output, Error> {
        let index = self.next;
        let stage = &self.stages[index];
        match stage.work() {
            Work::Content(plan) => {
                self.next = index + 1;
                self.content(index, plan, input)
                    .map_err(|cause| stage.failure(cause, index, self.stages.len()))
            }
            Work::Tile(_) => self.block(index, input.bytes),
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
            .map_err(|stop| Cause::instantiation(stop, self.allowance.limits))?;
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

    /// Runs the tile filters from `first` on, up to the next content module (REC-6). What
    /// they and the stage before declare of content types is not looked at.
    #[cold]
    #[inline(never)]
    fn block(&mut self, first: usize, input: &[u8]) -> Result<Output, Error> {
        let filters = image::block(&self.stages[first..]);
        let applied = image::apply_to_bmp(&filters, input, self.image_options, &mut self.allowance)
            .map_err(|failure| failure.into_error(self.stages, first))?;
        self.next = first + filters.len();
        self.usages.extend(applied.usages);
        self.time = applied.time;
        self.content_type = Some(image::bmp::MEDIA_TYPE.to_owned());
        Ok(Output::Bytes(applied.bmp))
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
