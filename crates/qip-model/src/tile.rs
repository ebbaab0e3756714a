//! One tile: what is written of a picture, the call, and what is kept (IMG-3, IMG-7 to
//! IMG-9).

use qip_cases::Outcome;
use qip_contract::Value;
use qip_engine::Budget;

use super::picture::{Canvas, NOTHING, Pixel, SIDE};
use super::ready::{Ready, spend};
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
    /// Of [`MISTAKES_OUTSIDE`], those that may be made.
    pub(super) mistakes: Vec<Mutation>,
}

/// What a mutant sees wrong in a halo, and outside of the picture.
pub(super) const MISTAKES_OUTSIDE: [Mutation; 13] = [
    Mutation::HaloClampedToCore,
    Mutation::HaloFromPicture,
    Mutation::FilteredInPlace,
    Mutation::LeftNotClamped,
    Mutation::RightNotClamped,
    Mutation::TopNotClamped,
    Mutation::BottomNotClamped,
    Mutation::CornersNotClamped,
    Mutation::CoreNotClamped,
    Mutation::OnlyHalosClamped,
    Mutation::OutsideKept,
    Mutation::BorderMirrored,
    Mutation::BorderWrapped,
];

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

    /// Where among the pixels in memory the one at `dx` and `dy` is. In the tiles of mutants
    /// there are places of which no index can be told.
    fn index(self, dx: i64, dy: i64) -> Option<usize> {
        let (at, row) = if self.is_transposed {
            (dy, dx)
        } else {
            (dx, dy)
        };
        let index = row.checked_mul(self.row)?.checked_add(at)?;
        usize::try_from(index).ok().filter(|_| dx < self.row)
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
    let pixels = free.as_chunks_mut::<4>().0.as_chunks_mut::<4>().0;
    'tile: for dy in 0..layout.span {
        for dx in 0..layout.row {
            let place = layout.index(dx, dy).and_then(|index| pixels.get_mut(index));
            // The tile lies within memory, but for a mutant.
            let Some(place) = place else {
                break 'tile;
            };
            let at = (x - layout.halo + dx, y - layout.halo + dy);
            *place = view.seen(at, (x, y), layout.halo, after, job);
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
    spend(&mut *ready.instance, budget, job)?;

    let memory = ready.instance.memory();
    let has_grown = memory.len() > size;
    if has_grown && job.errs(Mutation::TileStaleAfterGrowth) || job.errs(Mutation::TileUnfiltered) {
        return Ok(());
    }
    let left = memory.get(ready.read_at as usize..).unwrap_or_default();
    let pixels = left.as_chunks::<4>().0.as_chunks::<4>().0;
    let first = first_of_core(layout, job);
    let kept = if layout.halo > 0 && job.errs(Mutation::HaloWrittenBack) {
        0..layout.span
    } else {
        first..first + SIDE
    };
    for dy in kept.clone() {
        for dx in kept.clone() {
            let (x, y) = (x + dx - first, y + dy - first);
            // IMG-9: nothing of what is outside. What a stage without halos leaves there is
            // there for the next (IMG-8).
            let keeps_outside = !view.has_halos || view.mistakes == [Mutation::OutsideKept];
            let index = layout.index(dx, dy);
            if let Some(pixel) = index.and_then(|index| pixels.get(index))
                && (canvas.has(x, y) || keeps_outside)
            {
                after.put(x, y, *pixel);
            }
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
    if job.errs(Mutation::PlaceFromOne) {
        (x, y) = (x + 1, y + 1);
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
        // IMG-9: as it is, or the nearest.
        let pixel = canvas.nearest(x, y);
        for mutation in &self.mistakes {
            let Some(wrong) = self.wrongly_seen((x, y), core, halo, after, *mutation) else {
                continue;
            };
            // What is outside is kept by that mutant alone, so nobody else can tell.
            let is_possible = wrong != pixel || *mutation == Mutation::OutsideKept;
            if is_possible && job.errs(*mutation) {
                return wrong;
            }
        }
        pixel
    }

    /// What a mutant sees instead, where it is another thing at all.
    fn wrongly_seen(
        &self,
        (x, y): (i64, i64),
        core: (i64, i64),
        halo: i64,
        after: &Canvas,
        mutation: Mutation,
    ) -> Option<Pixel> {
        let canvas = self.before;
        let last = (core.0 + SIDE - 1, core.1 + SIDE - 1);
        let of_core = (x.clamp(core.0, last.0), y.clamp(core.1, last.1));
        let is_core = of_core == (x, y);
        if !is_core {
            match mutation {
                Mutation::HaloClampedToCore => return Some(canvas.nearest(of_core.0, of_core.1)),
                Mutation::HaloFromPicture => return Some(self.first.nearest(x, y)),
                Mutation::FilteredInPlace => return Some(after.nearest(x, y)),
                _ => {}
            }
        }
        if canvas.has(x, y) {
            return None;
        }
        let (width, height) = (canvas.width, canvas.height);
        let (is_beside, is_over) = (!(0..width).contains(&x), !(0..height).contains(&y));
        let sees_nothing = match mutation {
            Mutation::LeftNotClamped => x < 0,
            Mutation::RightNotClamped => x >= width,
            Mutation::TopNotClamped => y < 0,
            Mutation::BottomNotClamped => y >= height,
            Mutation::CornersNotClamped => is_beside && is_over,
            Mutation::CoreNotClamped => is_core && halo > 0,
            Mutation::OnlyHalosClamped => halo == 0,
            _ => false,
        };
        if sees_nothing {
            return Some(NOTHING);
        }
        match mutation {
            Mutation::OutsideKept if halo == 0 && self.stage > 0 => Some(canvas.at(x, y)),
            Mutation::BorderMirrored => Some(canvas.at(mirrored(x, width), mirrored(y, height))),
            Mutation::BorderWrapped => Some(canvas.at(x.rem_euclid(width), y.rem_euclid(height))),
            _ => None,
        }
    }
}

/// A place outside as one inside, where the border is a mirror.
fn mirrored(at: i64, side: i64) -> i64 {
    let at = at.rem_euclid(2 * side);
    at.min(2 * side - 1 - at)
}
