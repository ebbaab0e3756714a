/** One stage of a request: uniforms, getters, content types, input, call, output (ORD-2). */
import type { Plan, OutputKind } from "./check.js";
import type { Running } from "./module.js";
export type Piped = {
    kind: OutputKind;
    bytes: Uint8Array;
    scalar: number;
    /**
     * what the bytes are as text, once they were checked
     */
    text: string | undefined;
    /**
     * the current type, empty where it is unknown
     */
    contentType: string;
};
/**
 * What goes into a stage, or comes out of it.
 * @typedef {object} Piped
 * @property {OutputKind} kind
 * @property {Uint8Array} bytes
 * @property {number} scalar
 * @property {string | undefined} text what the bytes are as text, once they were checked
 * @property {string} contentType the current type, empty where it is unknown
 */
/**
 * Takes a request through one stage.
 * @param {Running} running
 * @param {Plan} plan
 * @param {Piped} input
 * @param {boolean} checksText (IN-6)
 * @returns {Piped}
 */
export declare function runContent(running: Running, plan: Plan, input: Piped, checksText: boolean): Piped;
export type Place = {
    name: string;
    ptr: number;
    size: number;
};
