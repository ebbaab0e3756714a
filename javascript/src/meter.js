/**
 * Counts what an instance of a metered module uses. It counts down what it was granted, and calls
 * back for more: so one mechanism serves the clock and the fuel, on every engine.
 */

import { HEADER, concat } from "./bytes.js";

/** @import { Budget } from "./budget.js" */

/** What an instance has used, and may still use. */
export class Meter {
  /**
   * @param {WebAssembly.Global} counter what is left before the instance calls back
   * @param {WebAssembly.Table} refill where it finds what to call
   */
  constructor(counter, refill) {
    this.counter = counter;
    refill.set(0, bridge());
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
      HEADER,
      [1, 5, 1, 0x60, 0, 1, 0x7f], // a type: nothing to i32
      [2, 5, 1, 0, 0, 0, 0], // an import without names
      [7, 5, 1, 1, 0x61, 0, 0], // the same, exported as `a`
    ]);
    const refill = () => /** @type {Meter} */ (running).refill();
    made = new WebAssembly.Instance(new WebAssembly.Module(bytes), { "": { "": refill } }).exports
      .a;
  }
  return made;
}
