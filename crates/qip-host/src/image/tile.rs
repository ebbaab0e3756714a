//! Where tiles lie, and what of a picture goes into one (IMG-3, IMG-8, IMG-9).

use std::ops::Range;

use super::CHANNELS;
use super::pixels::Sample;

/// The width and height of a tile's core, in pixels.
pub(super) const SIDE: usize = 64;

/// The bytes of a pixel in a module's memory.
pub(super) const PIXEL_BYTES: usize = CHANNELS * 4;

/// A picture's size, in pixels; never 0. Tiles are counted row-major.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Grid {
    /// Tiles in a row.
    pub(super) fn columns(self) -> usize {
        self.width.div_ceil(SIDE)
    }

    /// Rows of tiles.
    pub(super) fn rows(self) -> usize {
        self.height.div_ceil(SIDE)
    }

    /// The pixels of a tile's core that are inside of the picture, columns and rows.
    pub(super) fn core(self, row: usize, column: usize) -> (Range<usize>, Range<usize>) {
        let (left, top) = (column * SIDE, row * SIDE);
        (
            left..self.width.min(left + SIDE),
            top..self.height.min(top + SIDE),
        )
    }
}

/// Where a stage's pixels come from.
pub(super) trait Pixels: Sync {
    /// Writes the pixels of the columns `xs` and the rows `ys`, which are all inside of
    /// the picture, into rows that begin `stride` bytes apart.
    fn load(&self, xs: Range<usize>, ys: Range<usize>, memory: &mut [u8], stride: usize);
}

/// A picture that is there as a whole.
pub(super) struct Whole<'a, T> {
    pub(super) width: usize,
    pub(super) samples: &'a [T],
}

impl<T: Sample> Pixels for Whole<'_, T> {
    fn load(&self, xs: Range<usize>, ys: Range<usize>, memory: &mut [u8], stride: usize) {
        for (y, line) in ys.zip(memory.chunks_mut(stride)) {
            let start = y * self.width;
            let samples = &self.samples[(start + xs.start) * CHANNELS..(start + xs.end) * CHANNELS];
            T::load(samples, &mut line[..xs.len() * PIXEL_BYTES]);
        }
    }
}

/// What lies outside of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    /// 0 in every channel (IMG-8).
    Zero,
    /// The nearest pixel inside (IMG-9).
    Nearest,
}

/// Fills a tile whose core is at `row` and `column`, with its halo.
pub(super) fn fill(
    tile: &mut [u8],
    halo: usize,
    grid: Grid,
    (row, column): (usize, usize),
    outside: Outside,
    from: &dyn Pixels,
) {
    let span = SIDE + 2 * halo;
    let stride = span * PIXEL_BYTES;
    let columns = Inside::new(column * SIDE, halo, grid.width);
    let rows = Inside::new(row * SIDE, halo, grid.height);
    let first = rows.before * stride + columns.before * PIXEL_BYTES;
    from.load(
        columns.pixels.clone(),
        rows.pixels.clone(),
        &mut tile[first..],
        stride,
    );
    let (left, right) = columns.outside(span);
    let (above, below) = rows.outside(span);
    if !(left.is_empty() && right.is_empty()) {
        for y in above.end..below.start {
            let line = &mut tile[y * stride..][..stride];
            for (missing, nearest) in [(&left, left.end), (&right, right.start.wrapping_sub(1))] {
                let missing = missing.start * PIXEL_BYTES..missing.end * PIXEL_BYTES;
                if missing.is_empty() {
                    continue;
                }
                match outside {
                    Outside::Zero => line[missing].fill(0),
                    Outside::Nearest => {
                        let nearest = nearest * PIXEL_BYTES;
                        let pixel: [u8; PIXEL_BYTES] =
                            std::array::from_fn(|byte| line[nearest + byte]);
                        for place in line[missing].as_chunks_mut::<PIXEL_BYTES>().0 {
                            *place = pixel;
                        }
                    }
                }
            }
        }
    }
    for (missing, nearest) in [(&above, above.end), (&below, below.start.wrapping_sub(1))] {
        for y in missing.clone() {
            match outside {
                Outside::Zero => tile[y * stride..][..stride].fill(0),
                Outside::Nearest => {
                    let nearest = nearest * stride;
                    tile.copy_within(nearest..nearest + stride, y * stride);
                }
            }
        }
    }
}

/// What of a tile is inside of the picture, in one direction.
struct Inside {
    /// The tile's pixels before the picture begins.
    before: usize,
    /// The pixels of the picture; never empty, for a core begins inside.
    pixels: Range<usize>,
}

impl Inside {
    fn new(core: usize, halo: usize, size: usize) -> Inside {
        Inside {
            before: halo.saturating_sub(core),
            pixels: core.saturating_sub(halo)..size.min(core + SIDE + halo),
        }
    }

    /// The tile's own pixels that are outside, before and after.
    fn outside(&self, span: usize) -> (Range<usize>, Range<usize>) {
        (0..self.before, self.before + self.pixels.len()..span)
    }
}
