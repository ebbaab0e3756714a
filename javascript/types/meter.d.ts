/**
 * Counts what an instance of a metered module uses. It counts down what it was granted, and calls
 * back for more: so one mechanism serves the clock and the fuel, on every engine.
 */
import type { Budget } from "./budget.js";
/** @import { Budget } from "./budget.js" */
/** What an instance has used, and may still use. */
export declare class Meter {
    counter: WebAssembly.Global<keyof WebAssembly.ValueTypeMap>;
    granted: number;
    /** @type {Budget | undefined} */
    budget: Budget | undefined;
    /**
     * @param {WebAssembly.Global} counter what is left before the instance calls back
     * @param {WebAssembly.Table} refill where it finds what to call
     */
    constructor(counter: WebAssembly.Global, refill: WebAssembly.Table);
    /**
     * Lets the instance run on this budget, until it is settled.
     * @param {Budget} budget
     */
    begin(budget: Budget): void;
    /** Takes what was used off the budget. */
    settle(): void;
    /** What the module asks for once it has used what it was granted. */
    refill(): number;
}
