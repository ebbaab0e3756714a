/**
 * What a module declares, read from its bytes: the JavaScript API tells neither the types of
 * functions nor any sizes before a module is compiled.
 */
import type { Bytes } from "./bytes.js";
import type { Found, Surroundings } from "./body.js";
import type { Size } from "./limits.js";
/** @import { Bytes } from "./bytes.js" */
/** @import { Found, Surroundings } from "./body.js" */
/** @import { Size } from "./limits.js" */
/** Sections by number, as they follow each other; custom ones (0) stand anywhere. */
export declare const ORDER: number[];
export declare const section: {
    readonly type: 1;
    readonly import: 2;
    readonly function: 3;
    readonly table: 4;
    readonly memory: 5;
    readonly global: 6;
    readonly export: 7;
    readonly start: 8;
    readonly element: 9;
    readonly code: 10;
    readonly data: 11;
    readonly dataCount: 12;
};
/** The largest table that every engine compiles. */
export declare const MOST_ENTRIES = 10000000;
export type Range = {
    start: number;
    end: number;
};
export type Bounds = {
    min: number;
    max: number | undefined;
};
export type Declared = {
    /**
     * the module
     */
    bytes: Bytes;
    /**
     * where the contents of each section are
     */
    sections: Map<number, Range>;
    /**
     * the custom section with the names of functions, whole
     */
    names: Range | undefined;
    /**
     * where the body of each function is, behind its size
     */
    bodies: Range[];
    /**
     * where its instructions are, behind its locals
     */
    instructions: Range[];
    /**
     * how many locals and parameters each function has
     */
    localCounts: number[];
    functions: Surroundings;
    /**
     * `module.field`, quoted
     */
    firstImport: string | undefined;
    /**
     * shapes by name: `function (i32) -> (i32)`,
     * `global i32`, `memory`, `table`
     */
    exports: Map<string, string>;
    tables: Bounds[];
    tableTypes: string[];
    memory: Bounds | undefined;
    /**
     * how many
     */
    globals: number;
    /**
     * whether the type `externref` stands anywhere in a type
     */
    isExternref: boolean;
    /**
     * whether a constant expression calculates
     */
    isExtendedConst: boolean;
    /**
     * whether more of a section was declared than engines judge
     */
    isBeyond: boolean;
    /**
     *   the largest of its kind
     */
    sizes: Partial<Record<Size | "localsAndParams" | "localCells" | "elements" | "data", number>>;
    /**
     * what all instructions have
     */
    code: Found;
};
/** A part of the module: its first byte, and the one behind its last. */
/** @typedef {{ start: number, end: number }} Range */
/** @typedef {{ min: number, max: number | undefined }} Bounds */
/**
 * What a module declares.
 * @typedef {object} Declared
 * @property {Bytes} bytes the module
 * @property {Map<number, Range>} sections where the contents of each section are
 * @property {Range | undefined} names the custom section with the names of functions, whole
 * @property {Range[]} bodies where the body of each function is, behind its size
 * @property {Range[]} instructions where its instructions are, behind its locals
 * @property {number[]} localCounts how many locals and parameters each function has
 * @property {Surroundings} functions
 * @property {string | undefined} firstImport `module.field`, quoted
 * @property {Map<string, string>} exports shapes by name: `function (i32) -> (i32)`,
 *   `global i32`, `memory`, `table`
 * @property {Bounds[]} tables
 * @property {string[]} tableTypes
 * @property {Bounds | undefined} memory
 * @property {number} globals how many
 * @property {boolean} isExternref whether the type `externref` stands anywhere in a type
 * @property {boolean} isExtendedConst whether a constant expression calculates
 * @property {boolean} isBeyond whether more of a section was declared than engines judge
 * @property {Partial<Record<Size | "localsAndParams" | "localCells" | "elements" | "data", number>>} sizes
 *   the largest of its kind
 * @property {Found} code what all instructions have
 */
/**
 * Reads what a module declares, but for its instructions. Throws `not-wasm` and what of
 * `invalid-module` shows here: engines know more proposals than the contract (MOD-8).
 * @param {Bytes} bytes
 * @returns {Declared}
 */
export declare function read(bytes: Bytes): Declared;
