/** A stage of a pipeline: an instance that was made ready by the steps of IMG-12. */
import type { Budget } from "../budget.js";
import type { Compiled, Running } from "../module.js";
import type { Across } from "./lines.js";
/** @import { Budget } from "../budget.js" */
/** @import { Compiled, Running } from "../module.js" */
/** @import { Across } from "./lines.js" */
/** A tile filter that is ready for its first tile. */
export declare class Filter {
    running: Running;
    halo: number;
    ptr: number;
    /** The bytes from one row of the tile to the next. */
    stride: number;
    convert: {
        load: import("./pixels.js").Convert;
        store: import("./pixels.js").Convert;
    };
    /** What converts between its tile and lines of the picture, where the engine can. */
    across: Across | undefined;
    /**
     * @param {Running} running
     * @param {number} halo in pixels
     * @param {number} ptr where its tile is
     */
    constructor(running: Running, halo: number, ptr: number);
    /**
     * Calls the tile function for a core whose top-left pixel is at `x` and `y` (IMG-7).
     * @param {number} x
     * @param {number} y
     * @param {Budget} budget
     */
    call(x: number, y: number, budget: Budget): void;
}
/**
 * Makes a filter ready for a picture (IMG-12).
 * @param {Compiled} compiled
 * @param {{ width: number, height: number }} size
 * @param {Budget} budget
 */
export declare function ready(compiled: Compiled, { width, height }: {
    width: number;
    height: number;
}, budget: Budget): Filter;
