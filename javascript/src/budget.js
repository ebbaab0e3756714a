/**
 * What a request may take of time and fuel (RUN-6), over all of its stages.
 *
 * A metered module counts down what it was granted, and calls back for more. So one mechanism
 * serves the clock and the fuel, on every engine.
 */

import { QipError } from "./error.js";
import { concat } from "./bytes.js";

/** @import { Limits } from "./limits.js" */
/** @import { Added } from "./rewrite.js" */

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
    if (this.timeMs !== undefined && performance.now() >= this.deadline) throw outOfTime(this.timeMs);
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
  return new QipError("stopped", "time", `Wasm module exceeded the execution time limit (${told}ms)`);
}

/** Counts what an instance of a metered module uses. */
export class Meter {
  /**
   * @param {WebAssembly.Exports} exports
   * @param {Added} added
   */
  constructor(exports, { counter, refill }) {
    this.counter = /** @type {WebAssembly.Global} */ (exports[/** @type {string} */ (counter)]);
    const table = /** @type {WebAssembly.Table} */ (exports[/** @type {string} */ (refill)]);
    table.set(0, bridge());
    this.granted = 0;
    /** @type {Budget | undefined} */
    this.budget = undefined;
  }

  /**
   * Lets the instance run on this budget, until it is settled.
   * @param {Budget} budget
   */
  begin(budget) {
    this.budget = budget;
    this.granted = this.counter.value = budget.grant();
    running = this;
  }

  /** Takes what was used off the budget. */
  settle() {
    const used = this.granted - this.counter.value;
    this.granted = this.counter.value;
    if (this.budget) this.budget.left -= used;
  }

  /** What the module asks for once it has used what it was granted. */
  refill() {
    const budget = /** @type {Budget} */ (this.budget);
    budget.spend(this.granted - this.counter.value);
    return (this.granted = budget.grant());
  }
}

/** The meter of the instance that runs: there is never more than one. @type {Meter | undefined} */
let running;

/** @type {WebAssembly.ExportValue | undefined} */
let made;

/** The function that metered modules call. A table takes functions of modules only, so it is one. */
function bridge() {
  if (made === undefined) {
    const bytes = concat([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      [1, 5, 1, 0x60, 0, 1, 0x7f], // a type: nothing to i32
      [2, 5, 1, 0, 0, 0, 0], // an import without names
      [7, 5, 1, 1, 0x61, 0, 0], // the same, exported as `a`
    ]);
    const refill = () => /** @type {Meter} */ (running).refill();
    made = new WebAssembly.Instance(new WebAssembly.Module(bytes), { "": { "": refill } }).exports.a;
  }
  return made;
}
