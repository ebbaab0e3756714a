/**
 * What a request may take of time and fuel (RUN-6), over all of its stages.
 *
 * A metered module counts down what it was granted, and calls back for more. So one mechanism
 * serves the clock and the fuel, on every engine.
 */
import { QipError } from "./error.js";
import type { Limits } from "./limits.js";
import type { Added } from "./rewrite.js";
/** What is left to a request. */
export declare class Budget {
    timeMs: number | undefined;
    deadline: number;
    fuel: number | undefined;
    left: number;
    /** @param {Limits} limits */
    constructor({ timeMs, fuel }: Limits);
    /** Ends the request where its time is over (LIM-4). */
    check(): void;
    /** What a module may use before it asks again. */
    grant(): number;
    /** @param {number} used */
    spend(used: number): void;
}
/** @param {number} timeMs */
export declare function outOfTime(timeMs: number): QipError;
/** Counts what an instance of a metered module uses. */
export declare class Meter {
    counter: WebAssembly.Global<keyof WebAssembly.ValueTypeMap>;
    granted: number;
    /** @type {Budget | undefined} */
    budget: Budget | undefined;
    /**
     * @param {WebAssembly.Exports} exports
     * @param {Added} added
     */
    constructor(exports: WebAssembly.Exports, { counter, refill }: Added);
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
