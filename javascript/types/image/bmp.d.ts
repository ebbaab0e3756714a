/** BMP as blocks of tile filters take and give it (REC-7): uncompressed, 24 or 32 bits a pixel. */
import type { Limits } from "../limits.js";
import type { Plane } from "./tile.js";
/**
 * Refuses a picture without pixels, or over a limit (IMG-11).
 * @param {{ width: number, height: number }} size
 * @param {Limits} limits
 */
export declare function checkPicture({ width, height }: {
    width: number;
    height: number;
}, { imageSide, imagePixels }: Limits): void;
/**
 * Reads a picture. Nothing is taken of memory before the header is held against the limits and
 * the length of the bytes.
 * @param {Uint8Array} bytes
 * @param {Limits} limits
 * @returns {Plane}
 */
export declare function readBmp(bytes: Uint8Array, limits: Limits): Plane;
/**
 * Writes a picture: 32 bits a pixel, from the lowest row up.
 * @param {Plane} picture
 */
export declare function writeBmp({ width, height, data }: Plane): Uint8Array<ArrayBuffer>;
