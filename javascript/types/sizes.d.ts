/** What LIM-1 counts of a module: of its instructions, and held against the limits. */
import type { Declared } from "./declared.js";
import type { Sizes } from "./limits.js";
/**
 * Walks through all instructions, and notes what LIM-1 counts of them. Says of which functions
 * there is no verdict to be had of an engine.
 * @param {Declared} declared without imports of functions, or of a module that is refused anyhow
 * @returns {number[]} their bodies
 */
export declare function readCode(declared: Declared): number[];
/**
 * Whether its memory could grow beyond the limit.
 * @param {Declared} declared
 * @param {Sizes} limits
 */
export declare function growsBeyond({ memory, code }: Declared, { memoryBytes }: Sizes): boolean;
/**
 * Holds the sizes against the limits, in the order of LIM-1.
 * @param {Declared} declared
 * @param {Sizes} limits
 */
export declare function checkSizes({ sizes }: Declared, limits: Sizes): void;
