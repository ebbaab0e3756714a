//! What is kept of one stage's result for the next: a rolling window of tile rows.

use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use super::tile::{PIXEL_BYTES, Pixels, SIDE};

/// The bytes of one row of a core.
const LINE_BYTES: usize = SIDE * PIXEL_BYTES;

/// Cores of tiles as their stage left them, bit for bit. A tile row takes the place of
/// the one that is `rows` before it; the board sees to it that nobody needs that any more.
///
/// Every core has a lock of its own: a tile with a halo reads up to nine cores, which is
/// nothing beside running a filter.
pub(super) struct Window {
    columns: usize,
    rows: usize,
    /// Empty until it is written for the first time.
    cores: Vec<RwLock<Vec<u8>>>,
}

impl Window {
    pub(super) fn new(columns: usize, rows: usize) -> Window {
        Window {
            columns,
            rows,
            cores: (0..columns * rows).map(|_| RwLock::default()).collect(),
        }
    }

    fn core(&self, row: usize, column: usize) -> &RwLock<Vec<u8>> {
        &self.cores[row % self.rows * self.columns + column]
    }

    /// Keeps the core of a tile, given from its first pixel on, in rows `stride` apart.
    pub(super) fn store(&self, row: usize, column: usize, tile: &[u8], stride: usize) {
        let core = self.core(row, column);
        // A panic elsewhere leaves bytes as good as any.
        let mut core = core.write().unwrap_or_else(PoisonError::into_inner);
        core.clear();
        core.reserve_exact(SIDE * LINE_BYTES);
        for line in tile.chunks(stride).take(SIDE) {
            core.extend_from_slice(&line[..LINE_BYTES]);
        }
    }

    /// Gives the memory back.
    pub(super) fn clear(&self) {
        for core in &self.cores {
            *core.write().unwrap_or_else(PoisonError::into_inner) = Vec::new();
        }
    }
}

impl Pixels for Window {
    fn load(&self, xs: Range<usize>, ys: Range<usize>, memory: &mut [u8], stride: usize) {
        for row in ys.start / SIDE..ys.end.div_ceil(SIDE) {
            let lines = part(&ys, row);
            for column in xs.start / SIDE..xs.end.div_ceil(SIDE) {
                let pixels = part(&xs, column);
                let core = self.core(row, column);
                let core = core.read().unwrap_or_else(PoisonError::into_inner);
                let first = (row * SIDE + lines.start - ys.start) * stride
                    + (column * SIDE + pixels.start - xs.start) * PIXEL_BYTES;
                let bytes = pixels.start * PIXEL_BYTES..pixels.end * PIXEL_BYTES;
                for (y, line) in lines.clone().zip(memory[first..].chunks_mut(stride)) {
                    line[..bytes.len()].copy_from_slice(&core[y * LINE_BYTES..][bytes.clone()]);
                }
            }
        }
    }
}

/// What of a range lies in the core at `index`, counted from the core's beginning.
fn part(range: &Range<usize>, index: usize) -> Range<usize> {
    let start = index * SIDE;
    range.start.saturating_sub(start)..SIDE.min(range.end - start)
}
