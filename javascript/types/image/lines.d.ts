/**
 * Lines of a picture in a memory of their own, from which a tile is filled without a copy of each
 * of its rows: for engines that let a module have two memories.
 */
import type { Convert } from "./pixels.js";
import type { Plane } from "./tile.js";
/** @import { Convert } from "./pixels.js" */
/** @import { Plane } from "./tile.js" */
/** `lines.wat`, assembled. A test holds the two together. */
export declare const BINARY = "AGFzbQEAAAABCgFgBn9/f39/fwACFAIABHRpbGUCAAAABWxpbmVzAgAAAwMCAAAHEAIEbG9hZAAABXN0b3JlAAEKhQICbwEBfwNAIAFFBEAPC0EAIQYDQCAAIAZBBHRqIAQgBkECdGr9XEIBAP2JAf2pAf37Af0MgYCAO4GAgDuBgIA7gYCAO/3mAf0LBAAgBkEBaiIGIAJJDQALIAAgA2ohACAEIAVqIQQgAUEBayEBDAALC5IBAgF/AXsDQCABRQRADwtBACEGA0AgACAGQQR0av0ABAD9DAAAf0MAAH9DAAB/QwAAf0P95gH9DAAAAD8AAAA/AAAAPwAAAD/95AH9+AEhByAHIAf9hQEhByAEIAZBAnRqIAcgB/1m/VpCAQAAIAZBAWoiBiACSQ0ACyAAIANqIQAgBCAFaiEEIAFBAWshAQwACws=";
/** The lines of a picture that a row of tiles reads, and those that it writes. */
export declare class Lines {
    code: WebAssembly.Module;
    /** The bytes of a line. */
    line: number;
    /** Where the lines are that are written. */
    output: number;
    memory: WebAssembly.Memory;
    bytes: Uint8Array<ArrayBuffer>;
    /** The first line that is there to be read, and the one behind the last. */
    start: number;
    end: number;
    /**
     * @param {WebAssembly.Module} code
     * @param {number} width of the picture
     * @param {number} rows that a tile reads
     */
    constructor(code: WebAssembly.Module, width: number, rows: number);
    /**
     * Those of a picture; none where the engine has only one memory for a module, or where they
     * would take too much.
     * @param {number} width
     * @param {number} rows that a tile reads
     */
    static of(width: number, rows: number): Lines | undefined;
    /**
     * What converts between these lines and the tile in a filter's memory.
     * @param {WebAssembly.Memory} tile
     * @returns {Across}
     */
    with(tile: WebAssembly.Memory): Across;
    /**
     * Has these lines of a picture ready to be read, from the beginning of the memory on.
     * @param {Plane} from
     * @param {number} start
     * @param {number} end
     */
    show({ data }: Plane, start: number, end: number): void;
    /**
     * Copies the lines that were written into a picture.
     * @param {Plane} to
     * @param {number} start
     * @param {number} rows
     */
    take({ data }: Plane, start: number, rows: number): void;
}
export type ConvertLines = (...args: [...Parameters<Convert>, from: number, line: number]) => void;
export type Across = {
    lines: Lines;
    load: ConvertLines;
    store: ConvertLines;
};
/**
 * Converts rows of a tile: as of one memory, and then where the first line begins, and the bytes
 * from one line to the next.
 * @typedef {(...args: [...Parameters<Convert>, from: number, line: number]) => void} ConvertLines
 */
/**
 * What converts between lines and the tile of one filter.
 * @typedef {{ lines: Lines, load: ConvertLines, store: ConvertLines }} Across
 */
