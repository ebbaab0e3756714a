import type { Options, Stage } from "./recipe.js";
/** @import { Options, Stage } from "./recipe.js" */
/**
 * Loads tile filters, to run one after the other over pictures.
 * @param {Stage | Stage[]} stages
 * @param {Options} [options]
 */
export declare function loadFilters(stages: Stage | Stage[], options?: Options): Promise<import("./recipe.js").Loaded>;
