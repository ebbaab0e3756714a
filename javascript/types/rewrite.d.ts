/**
 * Changes to a module's bytes, each made only where it was asked for or the engine cannot do
 * without: smaller maxima of memory and tables (TRAP-2), metering (RUN-6), one NaN (DET-1), and
 * a check that tells two traps apart (TRAP-1).
 */
import { Meter } from "./meter.js";
import type { Bytes } from "./bytes.js";
import type { Declared } from "./declared.js";
import type { Limits } from "./limits.js";
export type Wanted = {
    /**
     * maxima of memory and tables
     */
    limits: Limits;
    isMetered: boolean;
    /**
     * whether NaN has one form
     */
    isDeterministic: boolean;
    /**
     * whether a conversion of NaN is to be told from an overflow
     */
    marksNaN: boolean;
};
export type Added = {
    /**
     * makes the meter of an instance
     */
    meter?: (exports: WebAssembly.Exports) => Meter;
    /**
     * the start function, which is no longer run by itself
     */
    start?: string;
    /**
     * the global that is 1 after a trap for converting NaN
     */
    sawNaN?: string;
};
/**
 * What is to be done to a module.
 * @typedef {object} Wanted
 * @property {Limits} limits maxima of memory and tables
 * @property {boolean} isMetered
 * @property {boolean} isDeterministic whether NaN has one form
 * @property {boolean} marksNaN whether a conversion of NaN is to be told from an overflow
 */
/**
 * What a rewritten module has beside its own exports: the names are those of more exports.
 * @typedef {object} Added
 * @property {(exports: WebAssembly.Exports) => Meter} [meter] makes the meter of an instance
 * @property {string} [start] the start function, which is no longer run by itself
 * @property {string} [sawNaN] the global that is 1 after a trap for converting NaN
 */
/**
 * The module as the engine is to judge it: without the functions and sizes that the engine would
 * refuse for bounds of its own.
 * @param {Declared} declared
 * @param {number[]} unjudged bodies of functions
 */
export declare function judgeable(declared: Declared, unjudged: number[]): Uint8Array<ArrayBuffer>;
/**
 * The module as it is compiled.
 * @param {Declared} declared a module in order, without imports
 * @param {Wanted} wanted
 * @returns {{ bytes: Bytes, added: Added }}
 */
export declare function rewrite(declared: Declared, wanted: Wanted): {
    bytes: Bytes;
    added: Added;
};
export type OneNaN = {
    type: number;
    nan: number[];
    equal: number[];
    choose: number[];
};
