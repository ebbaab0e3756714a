/** What a host looks for before it instantiates anything, for one module, in the order of ORD-1. */
import type { Declared } from "./declared.js";
import type { Limits } from "./limits.js";
import type { uniformValue } from "./uniform.js";
export type OutputKind = "utf8" | "bytes" | "i32" | "scalar";
export type Setter = {
    name: string;
    value: number | bigint;
    shape: string;
};
export type Plan = {
    /**
     * whether it is a tile filter (IMG-1)
     */
    isFilter: boolean;
    entry: string;
    /**
     * what is read, once each and in this order (RUN-2, IMG-12): the
     * input's pointer and capacity, and where the output is buffered those of the output
     */
    numbers: string[];
    /**
     * whether the input is UTF-8 (IN-2)
     */
    isText: boolean;
    output: OutputKind;
    hasInputType: boolean;
    hasOutputType: boolean;
    /**
     * the shape of the setter of a picture's size
     */
    size: string | undefined;
    hasHalo: boolean;
    /**
     * in the order of their keys (UNI-2)
     */
    setters: Setter[];
};
export type Rules = {
    /**
     * whether text is checked (IN-6)
     */
    utf8: "checked" | "unchecked";
    /**
     * which types pointers and sizes may have (MOD-4)
     */
    numeric: "strict" | "lenient";
    /**
     * whether to insist on memory that cannot grow (MOD-7)
     */
    fixedMemory: boolean;
    /**
     * whether to insist on tile filters (IMG-1)
     */
    filters: boolean;
};
export type Given = {
    texts: ReadonlyMap<string, string>;
    read: typeof uniformValue;
};
/** What the output of a module is. @typedef {"utf8" | "bytes" | "i32" | "scalar"} OutputKind */
/**
 * A setter to call before a request. `types` are those of its parameter and its results.
 * @typedef {{ name: string, value: number | bigint, shape: string }} Setter
 */
/**
 * What a request needs of a module: the exports that win.
 * @typedef {object} Plan
 * @property {boolean} isFilter whether it is a tile filter (IMG-1)
 * @property {string} entry
 * @property {string[]} numbers what is read, once each and in this order (RUN-2, IMG-12): the
 *   input's pointer and capacity, and where the output is buffered those of the output
 * @property {boolean} isText whether the input is UTF-8 (IN-2)
 * @property {OutputKind} output
 * @property {boolean} hasInputType
 * @property {boolean} hasOutputType
 * @property {string | undefined} size the shape of the setter of a picture's size
 * @property {boolean} hasHalo
 * @property {Setter[]} setters in the order of their keys (UNI-2)
 */
/**
 * How modules are held to the contract.
 * @typedef {object} Rules
 * @property {"checked" | "unchecked"} utf8 whether text is checked (IN-6)
 * @property {"strict" | "lenient"} numeric which types pointers and sizes may have (MOD-4)
 * @property {boolean} fixedMemory whether to insist on memory that cannot grow (MOD-7)
 * @property {boolean} filters whether to insist on tile filters (IMG-1)
 */
/**
 * The uniforms of a caller: texts by key, and what reads them.
 * @typedef {{ texts: ReadonlyMap<string, string>, read: typeof uniformValue }} Given
 */
/**
 * @param {Declared} declared a valid module
 * @param {Rules} rules
 * @param {Limits} limits
 * @param {Given | undefined} uniforms
 * @returns {Plan}
 */
export declare function check(declared: Declared, rules: Rules, limits: Limits, uniforms: Given | undefined): Plan;
/** What is left of ORD-1 once the sizes are checked: all about exports and uniforms. */
export declare class Check {
    exports: ReadonlyMap<string, string>;
    trusts: boolean;
    numbers: string[];
    numberWords: string;
    /**
     * @param {ReadonlyMap<string, string>} exports shapes by name
     * @param {boolean} isLenient whether numbers may have any type (MOD-4)
     * @param {boolean} [trusts] whether every shape is taken for right
     */
    constructor(exports: ReadonlyMap<string, string>, isLenient: boolean, trusts?: boolean);
    /**
     * @param {boolean} wantsFilter
     * @param {Given | undefined} uniforms
     * @returns {Plan}
     */
    plan(wantsFilter: boolean, uniforms: Given | undefined): Plan;
    /**
     * Holds each of these exports that is there to its shape, and says which wins: the first.
     * @param {string[]} names
     * @param {string[]} wanted
     */
    first(names: string[], wanted: string[]): string;
    /** Holds an export that has to be there to the shape of a number (MOD-3). @param {string} name */
    number(name: string): void;
    /** @param {string[]} names @param {string[]} wanted */
    all(names: string[], wanted: string[]): void;
    /**
     * @param {string} name
     * @param {(shape: string) => boolean} fits
     * @param {string} wanted in words
     */
    shape(name: string, fits: (shape: string) => boolean, wanted: string, code?: string): void;
    /** @param {string[]} names */
    missing(names: string[]): import("./error.js").QipError;
    /**
     * The uniforms that are given and those that are exported, in the order of their keys (UNI).
     * @param {Given | undefined} given
     */
    setters(given: Given | undefined): Setter[];
}
/**
 * Orders keys by their bytes in UTF-8 (UNI-2), which is the order of their characters' numbers.
 * @param {string} one
 * @param {string} other
 */
export declare function byBytes(one: string, other: string): number;
