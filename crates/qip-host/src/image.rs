//! The image mode: a pipeline of tile filters over a picture (IMG).
//!
//! A filter sees a picture as square tiles of RGBA in f32, 64 pixels a side and a halo
//! around them if it asks for one. [`Host::filters`] makes a pipeline of such modules,
//! [`Filters::apply`] runs it over a [`Picture`] of bytes, or of floats for callers who
//! have them.
//!
//! ```
//! use qip_host::image::{ImageOptions, Picture};
//! use qip_host::{Host, Limits, Stage};
//!
//! # let invert = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/invert.wat"));
//! # let invert = &wat::parse_str(invert).unwrap();
//! let host = Host::new(qip_host::wasmtime::Wasmtime::new(), Limits::standard());
//! let filters = host.filters([Stage::new(invert).named("invert.wasm")])?;
//! let orange = Picture::new(1, 1, vec![255, 165, 0, 255])?;
//! let blue = filters.apply(&orange, ImageOptions::default())?;
//! assert_eq!(blue.pixels(), [0, 90, 255, 255]);
//! # Ok::<(), qip_host::Error>(())
//! ```
//!
//! Filters may also stand in a [`Recipe`](crate::Recipe), where they take and give
//! pictures as [BMP](bmp) (REC-6).
//!
//! # Memory
//!
//! Without halos (IMG-8), nothing is held but the picture, the result, and the instances;
//! in a recipe also the BMP that the picture came as, and once it is read and the result is
//! there, the BMP that goes out.
//! With a halo anywhere (IMG-9) the result of each stage but the last is kept as a rolling
//! window of tile rows, as many as the next stage needs around one row of its own: for a
//! halo of up to 64 pixels, 3 tile rows, or `3 * 64 * width * 16` bytes, and one row more
//! with several threads. Where halos are so large that the windows together would be more
//! than two whole pictures of floats, stages run one after the other, with two such
//! pictures at most.
//!
//! # Threads
//!
//! With several threads, each has one instance of each stage. A result does not depend on
//! how many there are, as long as filters keep to IMG-10, and neither does which failure is
//! reported. A thread that cannot be started, or that the engine has no instances for, is
//! done without. With a limit of fuel one thread does all, so that what
//! the fuel buys is the same each time.
//!
//! [`Host::filters`]: crate::Host::filters

pub mod bmp;
mod board;
mod filter;
mod pipeline;
mod pixels;
mod progress;
mod tile;
mod window;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use qip_contract::{Code, Limits, Refusal, RequestLimits, Rules};

use crate::allowance::Allowance;
use crate::engine::{Cancel, Usage};
use crate::error::{Cause, Error};
use crate::settings::Settings;
use crate::stage::{Prepared, Stage};
pub(crate) use filter::Filter;
pub use pixels::Sample;
pub use progress::Progress;

/// Samples of a pixel: red, green, blue, and alpha, which is straight (IMG-2).
pub(crate) const CHANNELS: usize = 4;

/// A picture: RGBA with straight alpha, row-major, unpadded (IMG-2).
///
/// Its samples are bytes, or floats of which 0 to 1 is what bytes can say. Floats go
/// through the filters bit for bit; nothing is clamped.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture<T = u8> {
    width: u32,
    height: u32,
    pixels: Vec<T>,
}

impl<T: Sample> Picture<T> {
    /// A picture of `width` × `height` pixels with four samples each.
    ///
    /// # Errors
    ///
    /// [`Code::ImageSize`] where there are not `width * height * 4` samples.
    pub fn new(width: u32, height: u32, pixels: Vec<T>) -> Result<Picture<T>, Error> {
        let wanted = u128::from(width) * u128::from(height) * CHANNELS as u128;
        if pixels.len() as u128 != wanted {
            let found = pixels.len();
            let refusal = Refusal::new(
                Code::ImageSize,
                format!(
                    "the picture of {width} × {height} pixels has {found} samples, \
                     expected {wanted}"
                ),
            );
            return Err(Error::new(refusal.found(found, wanted)));
        }
        Ok(Picture {
            width,
            height,
            pixels,
        })
    }

    /// The width, in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The height, in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples: four a pixel, row by row from the top.
    pub fn pixels(&self) -> &[T] {
        &self.pixels
    }

    /// The samples, for keeps.
    pub fn into_pixels(self) -> Vec<T> {
        self.pixels
    }
}

impl<T> fmt::Debug for Picture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture {} × {}", self.width, self.height)
    }
}

/// How a picture is filtered. The default is one thread, without limits of time and fuel.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ImageOptions {
    /// The threads that run filters, of which the caller's is one. With one, tiles are
    /// taken in row-major order by one instance of each stage (IMG-10).
    pub threads: NonZeroUsize,
    /// The time and the fuel that all of it may take, as [`Input::limits`](crate::Input::limits).
    pub limits: RequestLimits,
    /// What can end it from another thread, as [`Input::cancel`](crate::Input::cancel).
    pub cancel: Option<Cancel>,
}

impl Default for ImageOptions {
    fn default() -> ImageOptions {
        ImageOptions {
            threads: NonZeroUsize::MIN,
            limits: RequestLimits::default(),
            cancel: None,
        }
    }
}

impl ImageOptions {
    /// So many threads, and all else as it is by default.
    pub fn threads(threads: NonZeroUsize) -> ImageOptions {
        ImageOptions {
            threads,
            ..ImageOptions::default()
        }
    }
}

/// A pipeline of tile filters, checked and ready. Cheap to clone.
#[derive(Clone)]
pub struct Filters {
    settings: Arc<Settings>,
    stages: Arc<[Prepared]>,
}

impl Filters {
    pub(crate) fn new(settings: &Arc<Settings>, stages: &[Stage<'_>]) -> Result<Filters, Error> {
        let rules = Rules {
            tile_filter: true,
            ..settings.rules()
        };
        Ok(Filters {
            stages: Prepared::all(settings, stages, &rules)?,
            settings: Arc::clone(settings),
        })
    }

    /// Runs the pipeline over a picture, each stage on fresh instances, and gives a new
    /// picture of the same size.
    ///
    /// Bytes become floats before the first stage and bytes again after the last (IMG-2).
    ///
    /// # Errors
    ///
    /// [`Code::ImageSize`] for a picture without pixels or over the limits (IMG-11); then
    /// what the instances answer as they are made ready, stage by stage in the order of
    /// IMG-12, with [`Code::TileTooLarge`] and [`Code::TileOutOfBounds`]; then the first
    /// failure in row-major order of the first stage that fails (IMG-10), with its
    /// [tile](Error::tile). The time limit covers all of it, and is looked at between
    /// tiles (RUN-6, LIM-4). A thread that is in a call when the failure is known ends
    /// that call first.
    pub fn apply<T: Sample>(
        &self,
        picture: &Picture<T>,
        options: ImageOptions,
    ) -> Result<Picture<T>, Error> {
        self.run(picture, options, None)
    }

    /// As [`apply`](Filters::apply), and says meanwhile and after how far it is and where
    /// the time goes. That costs two looks at the clock for each tile and stage.
    ///
    /// # Errors
    ///
    /// As [`apply`](Filters::apply).
    pub fn apply_watched<T: Sample>(
        &self,
        picture: &Picture<T>,
        options: ImageOptions,
        progress: &Progress,
    ) -> Result<Picture<T>, Error> {
        self.run(picture, options, Some(progress))
    }

    fn run<T: Sample>(
        &self,
        picture: &Picture<T>,
        options: ImageOptions,
        progress: Option<&Progress>,
    ) -> Result<Picture<T>, Error> {
        let limits = &self.settings.limits;
        check_size(picture.width, picture.height, limits)?;
        let filters = block(&self.stages);
        let cancel = options.cancel.as_ref();
        let mut allowance = Allowance::new(&self.settings, options.limits, cancel)?;
        let threads = options.threads;
        let result = pipeline::run(&filters, picture, threads, &mut allowance, progress);
        let result = result.and_then(|(picture, _)| {
            in_time(&allowance, &filters)?;
            Ok(picture)
        });
        result.map_err(|failure| {
            let error = failure.into_error(&self.stages, 0);
            error.held_to(allowance.request)
        })
    }
}

impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.stages.iter().map(Prepared::name);
        f.debug_list().entries(names).finish()
    }
}

/// The tile filters that `stages` begin with: a block is a maximal run of them (REC-6).
pub(crate) fn block(stages: &[Prepared]) -> Vec<Filter<'_>> {
    stages.iter().map_while(Filter::new).collect()
}

/// What a block of a recipe gives.
pub(crate) struct Applied {
    pub(crate) bmp: Vec<u8>,
    /// What each of its stages used.
    pub(crate) usages: Vec<Usage>,
    /// How long the request has taken by now, where there is a time limit.
    pub(crate) time: Option<Duration>,
}

/// Runs a block of a recipe over a BMP picture (REC-6).
///
/// The picture is read first, for its size is told to the instances (IMG-6): what is wrong
/// with it is the first stage's failure, as its input.
pub(crate) fn apply_to_bmp(
    filters: &[Filter<'_>],
    bmp: &[u8],
    threads: NonZeroUsize,
    allowance: &mut Allowance<'_>,
) -> Result<Applied, Failure> {
    let unread = |refusal: Refusal| Failure::at(0, refusal.into());
    let picture = bmp::decode(bmp, allowance.limits).map_err(unread)?;
    allowance.spent().map_err(|cause| Failure::at(0, cause))?;
    let (result, usages) = pipeline::run(filters, &picture, threads, allowance, None)?;
    drop(picture);
    let unwritten = |refusal: Refusal| Failure::at(filters.len() - 1, refusal.into());
    Ok(Applied {
        bmp: bmp::encode(&result).map_err(unwritten)?,
        usages,
        time: in_time(allowance, filters)?,
    })
}

/// The time limit covers the host's own copying too (RUN-6).
fn in_time(allowance: &Allowance<'_>, filters: &[Filter<'_>]) -> Result<Option<Duration>, Failure> {
    let spent = allowance.spent();
    spent.map_err(|cause| Failure::at(filters.len() - 1, cause))
}

/// What went wrong, and where.
pub(crate) struct Failure {
    /// The stage of the block, from 0.
    stage: usize,
    /// The top-left pixel of the core of the tile, where it was at one.
    tile: Option<(u32, u32)>,
    cause: Box<Cause>,
}

impl Failure {
    /// At a stage of the block, but at no tile.
    fn at(stage: usize, cause: Box<Cause>) -> Failure {
        Failure {
            stage,
            tile: None,
            cause,
        }
    }

    /// As an error of the recipe, where the block begins at stage `first`.
    #[cold]
    pub(crate) fn into_error(self, stages: &[Prepared], first: usize) -> Error {
        let index = first + self.stage;
        let error = stages[index].failure(self.cause, index, stages.len());
        error.at_tile(self.tile)
    }
}

/// Checks that a picture of so many pixels has some and is within the limits (IMG-11), for
/// whoever is about to decode it.
///
/// # Errors
///
/// [`Code::ImageSize`], as [`Filters::apply`] answers for such a picture.
pub fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), Error> {
    within(width, height, limits).map_err(Error::new)
}

fn within(width: u32, height: u32, limits: &Limits) -> Result<(), Refusal> {
    let pixels = u64::from(width) * u64::from(height);
    let longest = u64::from(width.max(height));
    let refuse = |what: String, found: u64, wanted: String| {
        let message = format!("the picture of {width} × {height} pixels {what}");
        Err(Refusal::new(Code::ImageSize, message).found(found, wanted))
    };
    if pixels == 0 {
        return refuse(
            "is empty, expected one pixel or more".to_owned(),
            0,
            "1 or more".to_owned(),
        );
    }
    for (what, found, allowed) in [
        ("side", longest, limits.image_side),
        ("number of pixels", pixels, limits.image_pixels),
    ] {
        if found > allowed {
            return refuse(
                format!("has a {what} of {found}, over the limit of {allowed}"),
                found,
                format!("at most {allowed}"),
            );
        }
    }
    Ok(())
}
