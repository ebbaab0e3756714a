/** What a request may take of time and fuel (RUN-6), over all of its stages. */

import { QipError } from "./error.js";

/** @import { Limits } from "./limits.js" */

/** How many instructions run between two looks at the clock, at most. */
const SLICE = 1_000_000;

/** What is left to a request. */
export class Budget {
  /** @param {Limits} limits */
  constructor({ timeMs, fuel }) {
    this.timeMs = timeMs;
    this.deadline = timeMs === undefined ? Infinity : performance.now() + timeMs;
    this.fuel = fuel;
    this.left = fuel ?? Infinity;
  }

  /** Ends the request where its time is over (LIM-4). */
  check() {
    if (this.timeMs !== undefined && performance.now() >= this.deadline)
      throw outOfTime(this.timeMs);
  }

  /** What a module may use before it asks again. */
  grant() {
    return Math.min(SLICE, this.left);
  }

  /** @param {number} used */
  spend(used) {
    this.left -= used;
    if (this.left < 0) {
      this.left = 0;
      throw new QipError("stopped", "fuel", `the module used up its fuel limit of ${this.fuel}`);
    }
    this.check();
  }
}

/** @param {number} timeMs */
export function outOfTime(timeMs) {
  // Never told as less than it is.
  const told = Math.ceil(timeMs);
  return new QipError(
    "stopped",
    "time",
    `Wasm module exceeded the execution time limit (${told}ms)`,
  );
}
