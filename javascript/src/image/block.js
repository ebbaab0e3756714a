/** Tile filters that run one after the other over a picture (IMG-8 to IMG-12). */

import { atStage, ofStage } from "../error.js";
import { checkPicture, readBmp, writeBmp } from "./bmp.js";
import { ready } from "./filter.js";
import { Lines } from "./lines.js";
import { BYTES, FLOATS, SIDE, fill, keep } from "./tile.js";

/** @import { Budget } from "../budget.js" */
/** @import { Limits } from "../limits.js" */
/** @import { Compiled } from "../module.js" */
/** @import { Filter } from "./filter.js" */
/** @import { Plane } from "./tile.js" */

/** The media type of what a block gives (REC-6). */
export const MEDIA_TYPE = "image/bmp";

/**
 * A picture: 8-bit RGBA with straight alpha, row by row from the top. An `ImageData` is one.
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array | Uint8ClampedArray} data four bytes a pixel
 */

/** Is told the stage that runs, from 1. @typedef {(stage: number) => void} Running */

/**
 * Runs filters over a BMP, and gives one.
 * @param {Compiled[]} stages
 * @param {Uint8Array} bytes
 * @param {Limits} limits
 * @param {Budget} budget
 * @param {Running} running
 * @param {number} first how many stages come before
 */
export function runBlock(stages, bytes, limits, budget, running, first) {
  try {
    // Whatever is wrong with it is the fault of the first stage (REC-7).
    const picture = readBmp(bytes, limits);
    return writeBmp(run(stages, picture, budget, running));
  } catch (error) {
    const failure = ofStage(1, error);
    failure.stage = first + /** @type {number} */ (failure.stage);
    throw failure;
  }
}

/**
 * Runs filters over a picture. What comes out is an `ImageData` if that is what goes in.
 * @param {Compiled[]} stages
 * @param {Picture} picture
 * @param {Limits} limits
 * @param {Budget} budget
 * @param {Running} running
 * @returns {Picture}
 */
export function applyFilters(stages, picture, limits, budget, running) {
  const { width, height } = picture;
  const data = new Uint8Array(
    picture.data.buffer,
    picture.data.byteOffset,
    picture.data.byteLength,
  );
  // Its size is no stage's fault (IMG-11).
  checkPicture(picture, limits);
  if (data.length !== width * height * BYTES) {
    throw new TypeError(
      `a picture of ${width} × ${height} pixels has ${data.length} bytes, expected four a pixel`,
    );
  }
  const result = run(stages, { width, height, data, pixel: BYTES }, budget, running);
  const pixels = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (result.data.buffer));
  const isImageData = typeof ImageData === "function" && picture instanceof ImageData;
  return isImageData ? new ImageData(pixels, width, height) : { width, height, data: pixels };
}

/**
 * @param {Compiled[]} stages
 * @param {Plane} picture
 * @param {Budget} budget
 * @param {Running} running
 * @returns {Plane}
 */
function run(stages, picture, budget, running) {
  // All stages are made ready before the first tile (IMG-12).
  const filters = stages.map((stage, index) => {
    running(index + 1);
    return atStage(index + 1, () => ready(stage, picture, budget));
  });
  // A row of tiles is read by the first filter and written by the last.
  const rows = Math.min(SIDE + 2 * filters[0].halo, picture.height);
  const lines = Lines.of(picture.width, rows);
  for (const filter of [filters[0], filters[filters.length - 1]]) {
    filter.across = lines?.with(filter.running.memory);
  }
  const work = new Work(filters, budget, running);
  if (filters.every(({ halo }) => halo === 0)) return work.together(picture);
  return filters.reduce(
    (before, _, stage) => work.alone(stage, before, stage === filters.length - 1),
    picture,
  );
}

class Work {
  /** @param {Filter[]} filters @param {Budget} budget @param {Running} running */
  constructor(filters, budget, running) {
    this.filters = filters;
    this.budget = budget;
    this.running = running;
  }

  /**
   * Without halos each tile passes through all stages (IMG-8).
   *
   * A failure is that of the first stage that fails, wherever (IMG-10): after one, the stages
   * before it still run over the tiles that are left.
   * @param {Plane} picture
   */
  together(picture) {
    const { filters } = this;
    const result = plane(picture, BYTES);
    let wanted = filters.length;
    let failure;
    for (const [column, row] of tiles(picture)) {
      for (let stage = 0; stage < wanted; stage += 1) {
        try {
          this.stage(stage, column, row, () => {
            if (stage === 0) fill(filters[0], picture, column, row, false);
            else pass(filters[stage - 1], filters[stage]);
          });
        } catch (error) {
          failure = error;
          wanted = /** @type {{ kind?: string }} */ (error).kind === "stopped" ? 0 : stage;
        }
      }
      if (wanted === 0) break;
      if (wanted === filters.length) keep(filters[wanted - 1], result, column, row);
    }
    if (failure) throw failure;
    return result;
  }

  /**
   * With a halo anywhere each stage sees the whole result of the one before (IMG-9).
   * @param {number} stage
   * @param {Plane} before
   * @param {boolean} isLast
   */
  alone(stage, before, isLast) {
    const filter = this.filters[stage];
    const result = plane(before, isLast ? BYTES : FLOATS);
    for (const [column, row] of tiles(before)) {
      this.stage(stage, column, row, () => fill(filter, before, column, row, true));
      keep(filter, result, column, row);
    }
    return result;
  }

  /**
   * Takes one tile through one stage.
   * @param {number} stage
   * @param {number} column
   * @param {number} row
   * @param {() => void} prepare fills the tile
   */
  stage(stage, column, row, prepare) {
    this.running(stage + 1);
    atStage(stage + 1, () => {
      prepare();
      this.filters[stage].call(column * SIDE, row * SIDE, this.budget);
    });
  }
}

/** The tiles of a picture, row-major, by column and row. @param {Plane} picture */
function* tiles({ width, height }) {
  for (let row = 0; row * SIDE < height; row += 1) {
    for (let column = 0; column * SIDE < width; column += 1) yield [column, row];
  }
}

/** Passes a tile on, bit for bit. @param {Filter} from @param {Filter} to */
function pass(from, to) {
  const tile = from.running.bytes().subarray(from.ptr, from.ptr + SIDE * from.stride);
  to.running.bytes().set(tile, to.ptr);
}

/** @param {Plane} like @param {4 | 16} pixel @returns {Plane} */
function plane({ width, height }, pixel) {
  return { width, height, data: new Uint8Array(width * height * pixel), pixel };
}
