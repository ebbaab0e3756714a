/** What a host allows a module, a recipe and a request (LIM-1, RUN-6). */

import { refused } from "./error.js";

/** What a page of linear memory has, in bytes. */
export const PAGE = 65_536;

/**
 * Each size of LIM-1 in its order: what is allowed where nothing is said, the most that is ever
 * allowed, and what a message says that there is. Beyond the most there is no verdict on a
 * module: parsers and engines stop there.
 */
const SIZES = /** @type {const} */ ({
  moduleBytes: [64 << 20, Infinity, "a size in bytes of"],
  functions: [100_000, 1_000_000, "a number of functions of"],
  functionBytes: [4 << 20, 7_654_321, "a function body of a size in bytes of"],
  locals: [50_000, 50_000, "a function with a number of locals of"],
  branchTargets: [65_520, 65_520, "a branch table with a number of targets of"],
  operands: [10_000, 10_000, "a function with a number of operands on its stack of"],
  params: [1_000, 1_000, "a function type with a number of parameters or results of"],
  types: [100_000, 1_000_000, "a number of types of"],
  exports: [10_000, 1_000_000, "a number of exports of"],
  segments: [100_000, Infinity, "a number of segments of"],
  tableEntries: [1_000_000, Infinity, "a table with a number of entries of"],
  memoryBytes: [2 ** 30, Infinity, "a memory of a size in bytes of"],
  stages: [64, Infinity, "a number of stages of"],
  imagePixels: [2 ** 28, Infinity, "a number of pixels of"],
  imageSide: [65_535, Infinity, "a side in pixels of"],
});

/** @typedef {keyof typeof SIZES} Size */
/** @typedef {Record<Size, number>} Sizes */

/** Data segments that are ever allowed, and as many element segments (the choice at LIM-1). */
export const MOST_SEGMENTS = 100_000;

/**
 * The limits of a host: the sizes of LIM-1, and what each request may take.
 * @typedef {Sizes & { timeMs: number | undefined, fuel: number | undefined }} Limits
 */

/** The names of the sizes, in the order of LIM-1. */
export const sizeNames = /** @type {Size[]} */ (Object.keys(SIZES));

/** The sizes of LIM-1, and no limit of time or fuel. */
export const standardLimits = /** @type {Readonly<Limits>} */ (
  Object.freeze({
    ...Object.fromEntries(sizeNames.map((name) => [name, SIZES[name][0]])),
    timeMs: undefined,
    fuel: undefined,
  })
);

/**
 * The most that is ever allowed of a size.
 * @param {Size} size
 */
export function mostOf(size) {
  return SIZES[size][1];
}

/**
 * The standard limits, but for those that are given.
 * @param {Partial<Limits>} given
 * @returns {Limits}
 */
export function limitsWith(given) {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in standardLimits)) {
      throw new TypeError(
        `\`${name}\` is no limit, expected one of ${Object.keys(standardLimits).join(", ")}`,
      );
    }
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new TypeError(`the limit \`${name}\` is ${value}, expected a number of 0 or more`);
    }
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...standardLimits, ...Object.fromEntries(known) };
}

/**
 * Refuses a size over its limit.
 * @param {Size} size
 * @param {number} found
 * @param {Sizes} limits
 * @param {string} [who] what has that size
 */
export function checkSize(size, found, limits, who = "the module") {
  const allowed = Math.min(limits[size], mostOf(size));
  if (found > allowed) throw overLimit(SIZES[size][2], found, allowed, who);
}

/**
 * The refusal of what is over a limit.
 * @param {string} what
 * @param {number} found
 * @param {number} allowed
 * @param {string} [who]
 */
export function overLimit(what, found, allowed, who = "the module") {
  return refused("limit", `${who} has ${what} ${found}, over the limit of ${allowed}`);
}
