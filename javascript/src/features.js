/** What of WebAssembly the engine has: found out by asking it, never by its name. */

import { HEADER } from "./bytes.js";
import { QipError } from "./error.js";

/** @import { Declared } from "./declared.js" */

/** A smallest module for each capability of MOD-8. */
const SAMPLES = /** @type {const} */ ({
  // A function that ends by calling itself.
  "tail-call": [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0b],
  // A global of 1 + 1.
  "extended-const": [6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b],
  // A function that takes one.
  externref: [1, 5, 1, 0x60, 1, 0x6f, 0],
});

/** @typedef {keyof typeof SAMPLES} Feature */

/** @type {Map<Feature, boolean>} */
const known = new Map();

/**
 * Whether the engine has it.
 * @param {Feature} feature
 */
export function has(feature) {
  let answer = known.get(feature);
  if (answer === undefined) {
    answer = WebAssembly.validate(Uint8Array.from([...HEADER, ...SAMPLES[feature]]));
    known.set(feature, answer);
  }
  return answer;
}

/** What the engine has of what is optional (MOD-8). */
export function features() {
  return /** @type {Feature[]} */ (Object.keys(SAMPLES)).filter(has);
}

/**
 * Says what the module needs that the engine lacks.
 * @param {Declared} declared
 */
export function checkFeatures(declared) {
  /** @type {[boolean, Feature][]} */
  const needs = [
    [declared.code.tailCalls, "tail-call"],
    [declared.isExtendedConst, "extended-const"],
    [declared.isExternref, "externref"],
  ];
  for (const [isNeeded, feature] of needs) {
    if (isNeeded && !has(feature)) {
      throw new QipError(
        "unsupported",
        feature,
        `the module needs \`${feature}\`, which this engine lacks`,
      );
    }
  }
}
