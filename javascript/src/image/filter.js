/** A stage of a pipeline: an instance that was made ready by the steps of IMG-12. */

import { refused } from "../error.js";
import { withoutVectors } from "../module.js";
import { converter } from "./pixels.js";
import { FLOATS, SIDE } from "./tile.js";

/** @import { Budget } from "../budget.js" */
/** @import { Compiled, Running } from "../module.js" */
/** @import { Across } from "./lines.js" */

/** A tile filter that is ready for its first tile. */
export class Filter {
  /**
   * @param {Running} running
   * @param {number} halo in pixels
   * @param {number} ptr where its tile is
   */
  constructor(running, halo, ptr) {
    this.running = running;
    this.halo = halo;
    this.ptr = ptr;
    /** The bytes from one row of the tile to the next. */
    this.stride = (SIDE + 2 * halo) * FLOATS;
    this.convert = converter(running.memory);
    /** What converts between its tile and lines of the picture, where the engine can. */
    this.across = /** @type {Across | undefined} */ (undefined);
  }

  /**
   * Calls the tile function for a core whose top-left pixel is at `x` and `y` (IMG-7).
   * @param {number} x
   * @param {number} y
   * @param {Budget} budget
   */
  call(x, y, budget) {
    const { meter } = this.running;
    budget.check();
    meter?.begin(budget);
    try {
      this.running.run(x - this.halo, y - this.halo);
    } catch (error) {
      throw this.running.failure(error);
    }
    meter?.settle();
  }
}

/**
 * Makes a filter ready for a picture (IMG-12).
 * @param {Compiled} compiled
 * @param {{ width: number, height: number }} size
 * @param {Budget} budget
 */
export function ready(compiled, { width, height }, budget) {
  const { plan } = compiled;
  budget.check();
  const running = compiled.instantiate(budget);
  try {
    running.setUniforms();
    const ptr = running.number(0);
    const capacity = running.number(1);
    if (plan.size !== undefined) {
      withoutVectors(running.exports.uniform_set_width_and_height, plan.size)(width, height);
    }
    const halo = plan.hasHalo ? Math.max(running.exports.calculate_halo_px(), 0) : 0;
    const span = BigInt(SIDE + 2 * halo);
    const size = span * span * BigInt(FLOATS);
    if (size > capacity) {
      const told = `${size} bytes for a halo of ${halo} pixels, expected at most ${capacity}`;
      throw refused("tile-too-large", `Tile buffer exceeds module input_bytes_cap: ${told}`);
    }
    const memory = running.bytes().length;
    if (ptr + Number(size) > memory) {
      const told = `${size} bytes at ${ptr}, in a memory of ${memory} bytes`;
      throw refused("tile-out-of-bounds", `the tile is out of bounds: ${told}`);
    }
    running.meter?.settle();
    return new Filter(running, halo, ptr);
  } catch (error) {
    throw running.failure(error);
  }
}
