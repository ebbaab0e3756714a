//! One tile: what is written of a picture, the call, and what is kept (IMG-3, IMG-7 to
//! IMG-9).

use qip_contract::Value;
use qip_host::engine::Budget;

use crate::outcome::Outcome;

use super::picture::{Canvas, NOTHING, Pixel, SIDE};
use super::ready::{PIXEL_BYTES, Ready, spend};
use super::{Job, Mutation, request};

/// What a stage sees of a picture.
pub(super) struct View<'a> {
    /// The whole result of the stage before.
    pub(super) before: &'a Canvas,
    /// What the block got.
    pub(super) first: &'a Canvas,
    /// Whether any stage of the block has a halo (IMG-9).
    pub(super) has_halos: bool,
    /// The stage, from 0.
    pub(super) stage: usize,
}

/// Where the pixels of a tile are: row-major and unpadded.
#[derive(Clone, Copy)]
struct Layout {
    halo: i64,
    span: i64,
    /// The pixels of a row.
    row: i64,
    is_transposed: bool,
}

impl Layout {
    fn new(ready: &Ready<'_>, view: &View<'_>, x: i64, job: Job<'_>) -> Layout {
        let inside = (view.before.width - x).min(SIDE);
        let is_short = !view.has_halos && inside < SIDE && job.errs(Mutation::PartialTileShort);
        Layout {
            halo: ready.halo,
            span: ready.span,
            row: if is_short { inside } else { ready.span },
            is_transposed: job.errs(Mutation::TileTransposed),
        }
    }

    /// How many pixels there are.
    fn pixels(self) -> usize {
        usize::try_from(self.row.saturating_mul(self.span)).unwrap_or(usize::MAX)
    }

    /// Where in the tile the pixel with this index is.
    fn place(self, index: usize) -> (i64, i64) {
        let (row, at) = (index as i64 / self.row, index as i64 % self.row);
        if self.is_transposed {
            (row, at)
        } else {
            (at, row)
        }
    }
}

/// Takes one tile through one stage: the core at `x` and `y`. What is kept goes to `after`.
pub(super) fn filter(
    ready: &mut Ready<'_>,
    view: &View<'_>,
    (x, y): (i64, i64),
    after: &mut Canvas,
    job: Job<'_>,
    budget: &mut Budget,
) -> Result<(), Outcome> {
    let canvas = view.before;
    let is_whole = x + SIDE <= canvas.width && y + SIDE <= canvas.height;
    if !is_whole && job.errs(Mutation::PartialTileDropped) {
        return Ok(());
    }
    ready.instance.begin(budget);
    ready.ask_again((canvas.width as u32, canvas.height as u32), job)?;
    let layout = Layout::new(ready, view, x, job);
    let start = ready.ptr as usize;
    let memory = ready.instance.memory();
    let size = memory.len();
    let free = memory.get_mut(start..).unwrap_or_default();
    let places = free.chunks_exact_mut(PIXEL_BYTES).take(layout.pixels());
    for (index, place) in places.enumerate() {
        let (dx, dy) = layout.place(index);
        let at = (x - layout.halo + dx, y - layout.halo + dy);
        let pixel = view.seen(at, (x, y), layout.halo, after, job);
        for (float, bits) in place.chunks_exact_mut(4).zip(pixel) {
            float.copy_from_slice(&bits.to_le_bytes());
        }
    }

    let args = arguments(ready, (x, y), job);
    let mut result = ready.instance.call(ready.filter.tile, &args);
    if result.is_ok() && job.errs(Mutation::TileTwice) {
        result = ready.instance.call(ready.filter.tile, &args);
    }
    if let Err(stop) = result {
        return match request::stopped(stop, job) {
            Outcome::Trapped { .. } if job.errs(Mutation::TileTrapSkipped) => Ok(()),
            outcome => Err(outcome),
        };
    }
    spend(&mut *ready.instance, budget);

    let memory = ready.instance.memory();
    let has_grown = memory.len() > size;
    if has_grown && job.errs(Mutation::TileStaleAfterGrowth) || job.errs(Mutation::TileUnfiltered) {
        return Ok(());
    }
    let left = memory.get(ready.read_at as usize..).unwrap_or_default();
    let pixels = left.chunks_exact(PIXEL_BYTES).take(layout.pixels());
    let first = first_of_core(layout, job);
    for (index, pixel) in pixels.enumerate() {
        let (dx, dy) = layout.place(index);
        let (dx, dy) = (dx - first, dy - first);
        let is_core = (0..SIDE).contains(&dx) && (0..SIDE).contains(&dy);
        let (x, y) = (x + dx, y + dy);
        let is_kept = if canvas.has(x, y) {
            is_core || job.errs(Mutation::HaloWrittenBack)
        } else {
            // IMG-9: nothing of it. What a stage without halos leaves outside is there for
            // the next (IMG-8).
            let keeps = !view.has_halos || job.flaw.mutation == Some(Mutation::OutsideKept);
            is_core && keeps
        };
        if is_kept {
            let mut bits = NOTHING;
            for (bits, float) in bits.iter_mut().zip(pixel.as_chunks::<4>().0) {
                *bits = u32::from_le_bytes(*float);
            }
            after.put(x, y, bits);
        }
    }
    Ok(())
}

/// IMG-9: the core is in the middle.
fn first_of_core(layout: Layout, job: Job<'_>) -> i64 {
    if layout.halo > 0 && job.errs(Mutation::CoreOfCorner) {
        return 0;
    }
    layout.halo
}

/// IMG-7: the core's top-left pixel, less the stage's own halo.
fn arguments(ready: &Ready<'_>, core: (i64, i64), job: Job<'_>) -> [Value; 2] {
    let halo = ready.halo;
    let (mut x, mut y) = (core.0 - halo, core.1 - halo);
    if halo > 0 {
        if job.errs(Mutation::HaloNotSubtracted) {
            (x, y) = core;
        }
        if job.errs(Mutation::HaloAdded) {
            (x, y) = (core.0 + halo, core.1 + halo);
        }
        if job.errs(Mutation::HaloSubtractedFromX) {
            y = core.1;
        }
        if x.min(y) < 0 && job.errs(Mutation::PlaceNotNegative) {
            (x, y) = (x.max(0), y.max(0));
        }
    }
    if x != y && job.errs(Mutation::XAndYSwapped) {
        (x, y) = (y, x);
    }
    if (x, y) != (0, 0) && job.errs(Mutation::PlaceInTiles) {
        (x, y) = (x / SIDE, y / SIDE);
    }
    [x, y].map(|place| match ready.filter.by_mistake.takes_integers {
        true => Value::I32(place as i32),
        false => Value::F32((place as f32).to_bits()),
    })
}

impl View<'_> {
    /// What a stage sees at `x` and `y`, in the tile of a core. `after` is what it has made
    /// so far.
    fn seen(
        &self,
        (x, y): (i64, i64),
        core: (i64, i64),
        halo: i64,
        after: &Canvas,
        job: Job<'_>,
    ) -> Pixel {
        let canvas = self.before;
        // IMG-8: a core without a halo is all there is.
        if !self.has_halos {
            return canvas.at(x, y);
        }
        let is_core = (core.0..core.0 + SIDE).contains(&x) && (core.1..core.1 + SIDE).contains(&y);
        // IMG-9: as it is, or the nearest.
        let pixel = canvas.nearest(x, y);
        let last = (core.0 + SIDE - 1, core.1 + SIDE - 1);
        let nearest_of_core = (x.clamp(core.0, last.0), y.clamp(core.1, last.1));
        let wrong_in_halo = [
            (
                Mutation::HaloClampedToCore,
                canvas.nearest(nearest_of_core.0, nearest_of_core.1),
            ),
            (Mutation::HaloFromPicture, self.first.nearest(x, y)),
            (Mutation::FilteredInPlace, after.nearest(x, y)),
        ];
        if !is_core && let Some(wrong) = mistaken(pixel, wrong_in_halo, job) {
            return wrong;
        }
        if canvas.has(x, y) {
            return pixel;
        }
        let (width, height) = (canvas.width, canvas.height);
        let (is_left, is_right) = (x < 0, x >= width);
        let (is_above, is_below) = (y < 0, y >= height);
        let is_corner = (is_left || is_right) && (is_above || is_below);
        let nothing = |is_wrong| if is_wrong { NOTHING } else { pixel };
        let mirrored = canvas.at(mirrored(x, width), mirrored(y, height));
        let wrapped = canvas.at(x.rem_euclid(width), y.rem_euclid(height));
        let wrong_outside = [
            (Mutation::LeftNotClamped, nothing(is_left)),
            (Mutation::RightNotClamped, nothing(is_right)),
            (Mutation::TopNotClamped, nothing(is_above)),
            (Mutation::BottomNotClamped, nothing(is_below)),
            (Mutation::CornersNotClamped, nothing(is_corner)),
            (Mutation::CoreNotClamped, nothing(is_core && halo > 0)),
            (Mutation::OnlyHalosClamped, nothing(halo == 0)),
            (Mutation::BorderMirrored, mirrored),
            (Mutation::BorderWrapped, wrapped),
        ];
        if halo == 0 && self.stage > 0 && job.errs(Mutation::OutsideKept) {
            return canvas.at(x, y);
        }
        mistaken(pixel, wrong_outside, job).unwrap_or(pixel)
    }
}

/// The pixel that a mutant sees instead.
fn mistaken<const N: usize>(
    pixel: Pixel,
    all: [(Mutation, Pixel); N],
    job: Job<'_>,
) -> Option<Pixel> {
    let mut wrong = all.into_iter().filter(|(_, wrong)| *wrong != pixel);
    let wrong = wrong.find(|(mutation, _)| job.errs(*mutation));
    wrong.map(|(_, wrong)| wrong)
}

/// A place outside as one inside, where the border is a mirror.
fn mirrored(at: i64, side: i64) -> i64 {
    let at = at.rem_euclid(2 * side);
    at.min(2 * side - 1 - at)
}
