/** Functions with so many locals that the stack may not hold them (the choice at LIM-1). */

import { HEADER, concat, leb, sized } from "./bytes.js";
import { overLimit } from "./limits.js";

const V128 = 0x7b;

/**
 * Asks the engine whether it can call a function of so many locals, with some room left, and
 * refuses a module where it cannot.
 * @param {number} cells of locals, two for a vector
 * @param {number} sure how many every engine takes
 * @throws {QipError} `limit`
 */
export function checkFrame(cells, sure) {
  const locals = Math.min(Math.ceil((cells / 2) * 1.1), 50_000);
  const body = sized(concat([[1], leb(locals), [V128, 0x0b]]));
  const bytes = concat([
    HEADER,
    [1, 4, 1, 0x60, 0, 0],
    [3, 2, 1, 0],
    [7, 5, 1, 1, 0x61, 0, 0],
    [10, ...leb(body.length + 1), 1],
    body,
  ]);
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    /** @type {() => void} */ (exports.a)();
  } catch {
    throw overLimit("a function with a number of locals, vectors counted twice, of", cells, sure);
  }
}
