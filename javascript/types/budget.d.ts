/** What a request may take of time and fuel (RUN-6), over all of its stages. */
import { QipError } from "./error.js";
import type { Limits } from "./limits.js";
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
