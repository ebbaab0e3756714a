/** Where tiles lie, and what of a picture goes into one (IMG-3, IMG-8, IMG-9). */

/** The width and height of a tile's core, in pixels. */
export const SIDE = 64;
/** The bytes of a pixel in a filter's memory: four floats. */
export const FLOATS = 16;
/** The bytes of a pixel of a picture. */
export const BYTES = 4;

/** @import { Filter } from "./filter.js" */

/**
 * The pixels that a stage reads or writes, row by row: bytes of 8-bit RGBA, or those of floats,
 * which pass bit for bit.
 * @typedef {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray, pixel: 4 | 16 }} Plane
 */

/**
 * Fills a filter's tile, with its halo, for a core at this column and row of tiles.
 * @param {Filter} filter
 * @param {Plane} from
 * @param {number} column
 * @param {number} row
 * @param {boolean} isNearest whether what lies outside of the picture is the nearest pixel
 *   inside (IMG-9), or 0 (IMG-8)
 */
export function fill(filter, from, column, row, isNearest) {
  const { halo, stride, ptr } = filter;
  const span = SIDE + 2 * halo;
  const xs = inside(column * SIDE - halo, span, from.width);
  const ys = inside(row * SIDE - halo, span, from.height);
  const memory = filter.running.bytes();
  const line = ptr + ys.before * stride;
  const first = line + xs.before * FLOATS;
  const rows = ys.end - ys.start;
  place(filter, from, xs, ys, first);
  if (xs.before + xs.after > 0) {
    for (let begin = line; begin < line + rows * stride; begin += stride) {
      const [left, right] = [begin + xs.before * FLOATS, begin + stride - xs.after * FLOATS];
      if (isNearest) {
        repeat(memory, left, FLOATS, begin, left);
        repeat(memory, right - FLOATS, FLOATS, right, begin + stride);
      } else {
        memory.fill(0, begin, left).fill(0, right, begin + stride);
      }
    }
  }
  const [above, below] = [line, ptr + (span - ys.after) * stride];
  if (isNearest) {
    repeat(memory, above, stride, ptr, above);
    repeat(memory, below - stride, stride, below, ptr + span * stride);
  } else {
    memory.fill(0, ptr, above).fill(0, below, ptr + span * stride);
  }
}

/** @typedef {ReturnType<typeof inside>} Inside */

/**
 * Puts the pixels that are inside of the picture into a tile.
 * @param {Filter} filter
 * @param {Plane} from
 * @param {Inside} xs
 * @param {Inside} ys
 * @param {number} first where the first of them belongs
 */
function place(filter, from, xs, ys, first) {
  const { across, convert, stride } = filter;
  const [pixels, rows] = [xs.end - xs.start, ys.end - ys.start];
  const line = from.width * from.pixel;
  const at = xs.start * from.pixel;
  if (from.pixel === BYTES && across) {
    across.lines.show(from, ys.start, ys.end);
    across.load(first, rows, pixels, stride, at, line);
    return;
  }
  const source = { bytes: from.data, at: ys.start * line + at, stride: line };
  const target = { bytes: filter.running.bytes(), at: first, stride };
  copyRows(source, target, rows, pixels * from.pixel);
  if (from.pixel === BYTES) convert.load(first, rows, pixels, stride);
}

/**
 * Keeps that part of a tile's core that is inside of the picture. Its floats become bytes where
 * it lies, which nobody sees: a tile is filled anew before the next call.
 * @param {Filter} filter
 * @param {Plane} to
 * @param {number} column
 * @param {number} row
 */
export function keep(filter, to, column, row) {
  const { halo, stride, ptr } = filter;
  const core = ptr + halo * (stride + FLOATS);
  const pixels = Math.min(SIDE, to.width - column * SIDE);
  const rows = Math.min(SIDE, to.height - row * SIDE);
  const line = to.width * to.pixel;
  const at = column * SIDE * to.pixel;
  const { across } = filter;
  if (to.pixel === BYTES && across) {
    const { lines } = across;
    across.store(core, rows, pixels, stride, lines.output + at, line);
    const isLast = (column + 1) * SIDE >= to.width;
    if (isLast) lines.take(to, row * SIDE, rows);
    return;
  }
  if (to.pixel === BYTES) filter.convert.store(core, rows, pixels, stride);
  const source = { bytes: filter.running.bytes(), at: core, stride };
  const target = { bytes: to.data, at: row * SIDE * line + at, stride: line };
  copyRows(source, target, rows, pixels * to.pixel);
}

/** Rows of bytes: where the first begins, and how far it is from one to the next. */
/** @typedef {{ bytes: Uint8Array | Uint8ClampedArray, at: number, stride: number }} Rows */

/**
 * Copies rows.
 * @param {Rows} from
 * @param {Rows} to
 * @param {number} rows
 * @param {number} length of each, in bytes
 */
function copyRows(from, to, rows, length) {
  let [read, write] = [from.at, to.at];
  for (let row = 0; row < rows; row += 1) {
    to.bytes.set(from.bytes.subarray(read, read + length), write);
    read += from.stride;
    write += to.stride;
  }
}

/**
 * What of a tile is inside of the picture, in one direction: how many of its pixels lie before
 * and after, and which of the picture's are there. They are never none, for a core begins inside.
 * @param {number} first pixel of the tile, with its halo
 * @param {number} span
 * @param {number} size of the picture
 */
function inside(first, span, size) {
  const start = Math.max(first, 0);
  const end = Math.min(first + span, size);
  return { start, end, before: start - first, after: first + span - end };
}

/**
 * Fills a part of memory with one piece of it, again and again.
 * @param {Uint8Array} memory
 * @param {number} piece where it begins
 * @param {number} length of the piece
 * @param {number} start of what is filled, as long as several pieces
 * @param {number} end
 */
function repeat(memory, piece, length, start, end) {
  for (let to = start; to < end; to += length) memory.copyWithin(to, piece, piece + length);
}
