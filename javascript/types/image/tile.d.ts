/** Where tiles lie, and what of a picture goes into one (IMG-3, IMG-8, IMG-9). */
/** The width and height of a tile's core, in pixels. */
export declare const SIDE = 64;
/** The bytes of a pixel in a filter's memory: four floats. */
export declare const FLOATS = 16;
/** The bytes of a pixel of a picture. */
export declare const BYTES = 4;
import type { Filter } from "./filter.js";
export type Plane = {
    width: number;
    height: number;
    data: Uint8Array | Uint8ClampedArray;
    pixel: 4 | 16;
};
/** @import { Filter } from "./filter.js" */
/**
 * The pixels that a stage reads or writes, row by row: bytes of 8-bit RGBA, or those of floats,
 * which pass bit for bit.
 * @typedef {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray, pixel: 4 | 16 }} Plane
 */
/**
 * Fills a filter's tile, with its halo, for a core at this column and row of tiles.
 * @param {Filter} filter
 * @param {Plane} from
 * @param {number} column
 * @param {number} row
 * @param {boolean} isNearest whether what lies outside of the picture is the nearest pixel
 *   inside (IMG-9), or 0 (IMG-8)
 */
export declare function fill(filter: Filter, from: Plane, column: number, row: number, isNearest: boolean): void;
export type Inside = ReturnType<typeof inside>;
/**
 * Keeps that part of a tile's core that is inside of the picture. Its floats become bytes where
 * it lies, which nobody sees: a tile is filled anew before the next call.
 * @param {Filter} filter
 * @param {Plane} to
 * @param {number} column
 * @param {number} row
 */
export declare function keep(filter: Filter, to: Plane, column: number, row: number): void;
export type Rows = {
    bytes: Uint8Array | Uint8ClampedArray;
    at: number;
    stride: number;
};
/**
 * What of a tile is inside of the picture, in one direction: how many of its pixels lie before
 * and after, and which of the picture's are there. They are never none, for a core begins inside.
 * @param {number} first pixel of the tile, with its halo
 * @param {number} span
 * @param {number} size of the picture
 */
declare function inside(first: number, span: number, size: number): {
    start: number;
    end: number;
    before: number;
    after: number;
};
export {};
