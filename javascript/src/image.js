/** Tile filters over pictures (IMG): the entry of the package for those who have pictures. */

import { asStages, loadAll } from "./recipe.js";

/** @import { Loaded, Options, Stage, Uniforms } from "./recipe.js" */

/**
 * Loads tile filters, to run one after the other over pictures by `apply`.
 * @param {Stage | Stage[]} stages
 * @param {Options & { uniforms?: Uniforms }} [options] `uniforms` are those of the only filter
 * @returns {Promise<Loaded>}
 * @throws {QipError} `missing-export` where a module is no filter, else as `load`
 */
export function loadFilters(stages, options = {}) {
  return loadAll(asStages(stages, options.uniforms), options, true);
}
