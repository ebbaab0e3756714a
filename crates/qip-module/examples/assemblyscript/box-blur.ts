// box-blur: makes each pixel the mean of the square around it.
//
// Means are of colour times alpha, divided by the mean of alpha. How sums are put together
// from sums of 1, 2, 4 and so on pixels, and why not by adding at one end and taking away at
// the other, is told in `modules-wat/tile/box-blur.wat`.

const TILE: u32 = 64;
const MAX_RADIUS: u32 = 64;
const MAX_SPAN: u32 = TILE + MAX_RADIUS * 2;
const PIXEL: u32 = 16;

export const input_ptr = memory.data(MAX_SPAN * MAX_SPAN * PIXEL, 16);
export const input_bytes_cap = MAX_SPAN * MAX_SPAN * PIXEL;

/** A row of the tile, colour times alpha. */
const colourRow = memory.data(MAX_SPAN * PIXEL, 16);
/** The sums along each row of the tile. */
const rowSums = memory.data(MAX_SPAN * TILE * PIXEL, 16);
/** The sums of squares. */
const squareSums = memory.data(TILE * TILE * PIXEL, 16);

let radius: u32 = 2;

export function uniform_set_radius(value: i32): void {
  radius = max(value, 0);
}

export function calculate_halo_px(): u32 {
  return radius;
}

export function tile_rgba32float_64x64(x: f32, y: f32): void {
  // Nothing is to do, and colour under an alpha of 0 is kept.
  if (radius == 0) return;
  // No host comes here with a larger one (IMG-4).
  if (radius > MAX_RADIUS) unreachable();

  const span = TILE + radius * 2;
  const side = radius * 2 + 1;
  for (let row: u32 = 0; row < span; row++) {
    premultiply(input_ptr + row * span * PIXEL, span);
    addWindows(colourRow, span, 1, side, rowSums + row * TILE * PIXEL, TILE);
  }
  // All columns at once: what is one step along a column is a row in memory.
  addWindows(rowSums, span * TILE, TILE, side, squareSums, TILE * TILE);

  const count = <f32>(side * side);
  let from = squareSums;
  for (let row: u32 = 0; row < TILE; row++) {
    let to = input_ptr + ((row + radius) * span + radius) * PIXEL;
    for (let column: u32 = 0; column < TILE; column++) {
      const sum = v128.load(from);
      // Where the sum of alpha is 0, those of colour are too, and are divided by 1.
      const alpha = f32x4.extract_lane(sum, 3);
      const divisor = f32x4.splat(alpha == 0 ? 1 : alpha);
      v128.store(to, f32x4.div(sum, f32x4.replace_lane(divisor, 3, count)));
      from += PIXEL;
      to += PIXEL;
    }
  }
}

/** Writes a row of the tile to `colourRow`, colour times alpha. */
function premultiply(from: usize, pixels: u32): void {
  for (let i: u32 = 0; i < pixels; i++) {
    const alpha = v128.load_splat<f32>(from + i * PIXEL, 12);
    const factor = f32x4.replace_lane(alpha, 3, 1);
    v128.store(colourRow + i * PIXEL, f32x4.mul(v128.load(from + i * PIXEL), factor));
  }
}

/**
 * Writes to each of `sums` the sum of `side` of the `values` that are `step` apart, the first
 * as far from the beginning as the sum. The side is odd. What is in `values` is lost.
 */
function addWindows(
  values: usize, count: u32, step: u32, side: u32, sums: usize, sumCount: u32,
): void {
  memory.copy(sums, values, sumCount * PIXEL);
  let done: u32 = 1;
  // The values are sums of this many pixels.
  let length: u32 = 1;
  while (length * 2 <= side) {
    // A sum of twice the length is this and the one that begins where it ends. The last ones
    // have none behind them. Of those no more are needed.
    count -= length * step;
    add(values, values + length * step * PIXEL, count);
    length *= 2;
    if (side & length) {
      add(sums, values + done * step * PIXEL, sumCount);
      done += length;
    }
  }
}

/** Adds the pixels at `from` to those at `to`. */
function add(to: usize, from: usize, count: u32): void {
  const end = to + count * PIXEL;
  while (to < end) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += PIXEL;
    from += PIXEL;
  }
}
