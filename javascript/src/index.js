/**
 * A host of qip modules.
 *
 * `load` is the door: it judges and compiles modules once, and what it gives carries requests.
 * `render` and `Recipe` are the short forms for one request.
 * @module
 */

export { QipError } from "./error.js";
export { features } from "./features.js";
export { standardLimits } from "./limits.js";
export { load, Loaded, Reply } from "./recipe.js";
export { render, Recipe } from "./runner.js";
export { trapWords } from "./trap.js";

/** @typedef {import("./recipe.js").Options} Options */
/** @typedef {import("./recipe.js").Stage} Stage */
/** @typedef {import("./recipe.js").Uniforms} Uniforms */
/** @typedef {import("./image/block.js").Picture} Picture */
/** @typedef {import("./source.js").Source} Source */
/** @typedef {import("./limits.js").Limits} Limits */
/** @typedef {import("./error.js").Kind} Kind */
