/** What a host allows a module, a recipe and a request (LIM-1, RUN-6). */
/** What a page of linear memory has, in bytes. */
export declare const PAGE = 65536;
/**
 * Each size of LIM-1 in its order: what is allowed where nothing is said, the most that is ever
 * allowed, and what a message says that there is. Beyond the most there is no verdict on a
 * module: parsers and engines stop there.
 */
declare const SIZES: {
    readonly moduleBytes: readonly [number, number, "a size in bytes of"];
    readonly functions: readonly [100000, 1000000, "a number of functions of"];
    readonly functionBytes: readonly [number, 7654321, "a function body of a size in bytes of"];
    readonly locals: readonly [50000, 50000, "a function with a number of locals of"];
    readonly branchTargets: readonly [65520, 65520, "a branch table with a number of targets of"];
    readonly operands: readonly [10000, 10000, "a function with a number of operands on its stack of"];
    readonly params: readonly [1000, 1000, "a function type with a number of parameters or results of"];
    readonly types: readonly [100000, 1000000, "a number of types of"];
    readonly exports: readonly [10000, 1000000, "a number of exports of"];
    readonly segments: readonly [100000, number, "a number of segments of"];
    readonly tableEntries: readonly [1000000, number, "a table with a number of entries of"];
    readonly memoryBytes: readonly [number, number, "a memory of a size in bytes of"];
    readonly stages: readonly [64, number, "a number of stages of"];
    readonly imagePixels: readonly [number, number, "a number of pixels of"];
    readonly imageSide: readonly [65535, number, "a side in pixels of"];
};
export type Size = keyof typeof SIZES;
export type Sizes = Record<Size, number>;
/** @typedef {keyof typeof SIZES} Size */
/** @typedef {Record<Size, number>} Sizes */
/** Data segments that are ever allowed, and as many element segments (the choice at LIM-1). */
export declare const MOST_SEGMENTS = 100000;
export type Limits = Sizes & {
    timeMs: number | undefined;
    fuel: number | undefined;
};
/**
 * The limits of a host: the sizes of LIM-1, and what each request may take.
 * @typedef {Sizes & { timeMs: number | undefined, fuel: number | undefined }} Limits
 */
/** The names of the sizes, in the order of LIM-1. */
export declare const sizeNames: Size[];
/** The sizes of LIM-1, and no limit of time or fuel. */
export declare const standardLimits: Readonly<Limits>;
/**
 * The most that is ever allowed of a size.
 * @param {Size} size
 */
export declare function mostOf(size: Size): number;
/**
 * The standard limits, but for those that are given.
 * @param {Partial<Limits>} given
 * @returns {Limits}
 */
export declare function limitsWith(given: Partial<Limits>): Limits;
/**
 * Refuses a size over its limit.
 * @param {Size} size
 * @param {number} found
 * @param {Sizes} limits
 * @param {string} [who] what has that size
 */
export declare function checkSize(size: Size, found: number, limits: Sizes, who?: string): void;
/**
 * The refusal of what is over a limit.
 * @param {string} what
 * @param {number} found
 * @param {number} allowed
 * @param {string} [who]
 */
export declare function overLimit(what: string, found: number, allowed: number, who?: string): import("./error.js").QipError;
export {};
