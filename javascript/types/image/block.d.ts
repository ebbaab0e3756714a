/** Tile filters that run one after the other over a picture (IMG-8 to IMG-12). */
import type { Budget } from "../budget.js";
import type { Limits } from "../limits.js";
import type { Compiled } from "../module.js";
/** @import { Budget } from "../budget.js" */
/** @import { Limits } from "../limits.js" */
/** @import { Compiled } from "../module.js" */
/** @import { Filter } from "./filter.js" */
/** @import { Plane } from "./tile.js" */
/** The media type of what a block gives (REC-6). */
export declare const MEDIA_TYPE = "image/bmp";
export type Picture = {
    width: number;
    height: number;
    /**
     * four bytes a pixel
     */
    data: Uint8Array | Uint8ClampedArray;
};
export type Running = (stage: number) => void;
/**
 * A picture: 8-bit RGBA with straight alpha, row by row from the top. An `ImageData` is one.
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array | Uint8ClampedArray} data four bytes a pixel
 */
/** Is told the stage that runs, from 1. @typedef {(stage: number) => void} Running */
/**
 * Runs filters over a BMP, and gives one.
 * @param {Compiled[]} stages
 * @param {Uint8Array} bytes
 * @param {Limits} limits
 * @param {Budget} budget
 * @param {Running} running
 * @param {number} first how many stages come before
 */
export declare function runBlock(stages: Compiled[], bytes: Uint8Array, limits: Limits, budget: Budget, running: Running, first: number): Uint8Array<ArrayBuffer>;
/**
 * Runs filters over a picture. What comes out is an `ImageData` if that is what goes in.
 * @param {Compiled[]} stages
 * @param {Picture} picture
 * @param {Limits} limits
 * @param {Budget} budget
 * @param {Running} running
 * @returns {Picture}
 */
export declare function applyFilters(stages: Compiled[], picture: Picture, limits: Limits, budget: Budget, running: Running): Picture;
