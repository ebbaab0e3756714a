/** Tile filters over pictures (IMG). */
import { loadAll } from "./recipe.js";

/** @import { Options, Stage } from "./recipe.js" */

/**
 * Loads tile filters, to run one after the other over pictures.
 * @param {Stage | Stage[]} stages
 * @param {Options} [options]
 */
export function loadFilters(stages, options = {}) {
  return loadAll(Array.isArray(stages) ? stages : [stages], options, true);
}
