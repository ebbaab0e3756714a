/** What of WebAssembly the engine has: found out by asking it, never by its name. */
import type { Declared } from "./declared.js";
/** @import { Declared } from "./declared.js" */
/** A smallest module for each capability of MOD-8. */
declare const SAMPLES: {
    readonly "tail-call": readonly [1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 18, 0, 11];
    readonly "extended-const": readonly [6, 9, 1, 127, 0, 65, 1, 65, 1, 106, 11];
    readonly externref: readonly [1, 5, 1, 96, 1, 111, 0];
};
export type Feature = keyof typeof SAMPLES;
/**
 * Whether the engine has it.
 * @param {Feature} feature
 */
export declare function has(feature: Feature): boolean;
/** What the engine has of what is optional (MOD-8). */
export declare function features(): ("extended-const" | "externref" | "tail-call")[];
/**
 * Says what the module needs that the engine lacks.
 * @param {Declared} declared
 */
export declare function checkFeatures(declared: Declared): void;
export {};
