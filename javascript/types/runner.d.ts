/** The short forms: a request on modules that are loaded for it. */
import type { Buffered, Source } from "./source.js";
/** @import { Loaded } from "./recipe.js" */
/** @import { Buffered, Source } from "./source.js" */
/**
 * Runs one module on one input.
 * @param {Source} module
 * @param {string | Buffered} input
 * @returns {Promise<string | Uint8Array | Int32Array | number>} what the module gives: text, bytes,
 *   numbers of 32 bits, or a scalar
 * @throws {QipError}
 */
export declare function render(module: Source, input: string | Buffered): Promise<string | Uint8Array | Int32Array | number>;
/** Modules that run one after the other. They are loaded once, by the first request. */
export declare class Recipe {
    #private;
    /** The content type of inputs, normalised (MIME-2). */
    inputMimeType: string;
    /** The modules, in order. */
    modules: Source[];
    /**
     * What is known of the last output.
     * @type {{ outputMimeType: string } | null}
     */
    lastRender: {
        outputMimeType: string;
    } | null;
    /**
     * @param {string} inputMimeType the content type of inputs, empty where it is unknown
     * @param {Source[]} modules one at least
     */
    constructor(inputMimeType: string, modules: Source[]);
    /**
     * Runs the modules on an input.
     * @param {string | Buffered} input
     * @returns {Promise<string | Uint8Array | Int32Array | number>}
     * @throws {QipError}
     */
    render(input: string | Buffered): Promise<string | Uint8Array | Int32Array | number>;
}
