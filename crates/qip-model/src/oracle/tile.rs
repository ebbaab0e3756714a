//! One tile: what is written of a picture, the call, and what is kept (IMG-3, IMG-7 to IMG-9).

use qip_cases::Outcome;
use qip_contract::Value;
use qip_engine::Budget;

use super::hooks::Job;
use super::mutation::Mutation;
use super::picture::{Canvas, Pixel, SIDE, Sight};
use super::ready::Ready;
use super::refusal::stopped;
use super::stage::spend;

/// What a stage sees of a picture.
pub(crate) struct View<'a> {
    /// The whole result of the stage before.
    pub(crate) before: &'a Canvas,
    /// What the block got.
    pub(crate) first: &'a Canvas,
    /// Whether any stage of the block has a halo (IMG-9).
    pub(crate) has_halos: bool,
    /// The stage, from 0.
    pub(crate) stage: usize,
}

/// Takes one tile through one stage: the core at `x` and `y`. What is kept goes to `after`.
pub(crate) fn filter(
    ready: &mut Ready<'_>,
    view: &View<'_>,
    (x, y): (i64, i64),
    after: &mut Canvas,
    budget: &mut Budget,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let canvas = view.before;
    let (halo, span) = (ready.halo, ready.span);
    let is_whole = x + SIDE <= canvas.width && y + SIDE <= canvas.height;
    if !is_whole && job.errs(Mutation::PartialTileDropped) {
        return Ok(());
    }
    ready.instance.begin(budget);
    let layout = Layout::new(ready, view, x, job);
    let start = ready.ptr as usize;
    let free = ready.instance.memory().get_mut(start..).unwrap_or_default();
    let pixels = free.as_chunks_mut::<4>().0.as_chunks_mut::<4>().0;
    'tile: for dy in 0..span {
        for dx in 0..layout.row {
            let place = layout.index(dx, dy).and_then(|index| pixels.get_mut(index));
            // The tile lies within memory, but for a mutant.
            let Some(place) = place else {
                break 'tile;
            };
            *place = view.seen((x - halo + dx, y - halo + dy), (x, y), halo, after, job);
        }
    }

    // IMG-7: the core's top-left pixel, less the stage's own halo.
    let (at_x, at_y) = job.hooks.place((x - halo, y - halo), (x, y), halo);
    let args = [at_x, at_y].map(|place| match ready.filter.takes_integers {
        true => Value::I32(place as i32),
        false => Value::F32((place as f32).to_bits()),
    });
    let tile = ready.filter.tile;
    let result = ready.instance.call(tile, &args);
    result.map_err(|stop| stopped(stop, &ready.plan.exports[tile.0], job))?;
    spend(&mut *ready.instance, budget, job)?;

    let left = ready.instance.memory().get(start..).unwrap_or_default();
    let pixels = left.as_chunks::<4>().0.as_chunks::<4>().0;
    // IMG-9: the core is in the middle, and is what is kept.
    let first = if halo > 0 && job.errs(Mutation::CoreOfCorner) {
        0
    } else {
        halo
    };
    let mut kept = first..first + SIDE;
    if halo > 0 && job.errs(Mutation::HaloWrittenBack) {
        kept = 0..span;
    }
    for dy in kept.clone() {
        for dx in kept.clone() {
            let (x, y) = (x + dx - first, y + dy - first);
            // IMG-9: nothing of what is outside. What a stage without halos leaves there is
            // there for the next (IMG-8).
            let is_kept = canvas.has(x, y) || !view.has_halos || job.errs(Mutation::OutsideKept);
            let pixel = layout.index(dx, dy).and_then(|index| pixels.get(index));
            if let Some(pixel) = pixel.filter(|_| is_kept) {
                after.put(x, y, *pixel);
            }
        }
    }
    Ok(())
}

/// IMG-2, IMG-3: where the pixels of a tile are: row-major and unpadded.
struct Layout {
    /// The pixels of a row.
    row: i64,
    is_transposed: bool,
}

impl Layout {
    fn new(ready: &Ready<'_>, view: &View<'_>, x: i64, job: Job<'_>) -> Layout {
        let inside = view.before.width - x;
        let is_short = !view.has_halos && inside < SIDE && job.errs(Mutation::PartialTileShort);
        Layout {
            row: if is_short { inside } else { ready.span },
            is_transposed: job.errs(Mutation::TileTransposed),
        }
    }

    /// Where among the pixels in memory the one at `dx` and `dy` is. In the tiles of mutants
    /// there are places of which no index can be told.
    fn index(&self, dx: i64, dy: i64) -> Option<usize> {
        let (at, row) = if self.is_transposed {
            (dy, dx)
        } else {
            (dx, dy)
        };
        let index = row.checked_mul(self.row)?.checked_add(at)?;
        usize::try_from(index).ok().filter(|_| dx < self.row)
    }
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
        // IMG-8: a core without a halo is all there is.
        if !self.has_halos {
            return self.before.at(x, y);
        }
        // IMG-9: as it is, or the nearest.
        let sight = Sight {
            before: self.before,
            first: self.first,
            after,
            stage: self.stage,
            x,
            y,
            core,
            halo,
        };
        job.hooks.seen(self.before.nearest(x, y), &sight)
    }
}
