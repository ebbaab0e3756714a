/** Recipes: stages that pipe bytes and a content type, and nothing else (REC). */
import type { OutputKind } from "./check.js";
import type { Piped } from "./content.js";
import type { Limits } from "./limits.js";
import type { Compiled } from "./module.js";
import type { Buffered, Source } from "./source.js";
export type Uniforms = Record<string, string | number | bigint>;
export type Stage = Source | {
    module: Source;
    uniforms?: Uniforms;
};
export type Options = {
    /**
     * other limits than those of LIM-1, and of what a request
     * may take: `timeMs` and `fuel`
     */
    limits?: Partial<Limits>;
    /**
     * `unchecked` leaves text unchecked (IN-6)
     */
    utf8?: "checked" | "unchecked";
    /**
     * `lenient` takes pointers, capacities and sizes of
     * all number types (MOD-4)
     */
    numeric?: "strict" | "lenient";
    /**
     * `deterministic` gives every NaN that arithmetic
     * makes the same bits (DET-1)
     */
    floats?: "any" | "deterministic";
    /**
     * insists on memory that cannot grow (MOD-7)
     */
    fixedMemory?: boolean;
    /**
     * lets requests share an instance (RUN-4): only for modules that keep
     * no state
     */
    reuse?: boolean;
    /**
     * `metered` never leaves a limit of time to the runtime's
     * own watchdog, where it has one, but counts instructions
     */
    clock?: "auto" | "metered";
};
/** @import { OutputKind } from "./check.js" */
/** @import { Piped } from "./content.js" */
/** @import { Limits } from "./limits.js" */
/** @import { Compiled, Running } from "./module.js" */
/** @import { Buffered, Precompiled, Source } from "./source.js" */
/** What the uniforms of a stage are set to, by key: numbers, or texts as UNI-3 has them. */
/** @typedef {Record<string, string | number | bigint>} Uniforms */
/**
 * A stage: a module, or a module with uniforms.
 * @typedef {Source | { module: Source, uniforms?: Uniforms }} Stage
 */
/**
 * How modules are loaded and run. What is left out is as the strict contract has it.
 * @typedef {object} Options
 * @property {Partial<Limits>} [limits] other limits than those of LIM-1, and of what a request
 *   may take: `timeMs` and `fuel`
 * @property {"checked" | "unchecked"} [utf8] `unchecked` leaves text unchecked (IN-6)
 * @property {"strict" | "lenient"} [numeric] `lenient` takes pointers, capacities and sizes of
 *   all number types (MOD-4)
 * @property {"any" | "deterministic"} [floats] `deterministic` gives every NaN that arithmetic
 *   makes the same bits (DET-1)
 * @property {boolean} [fixedMemory] insists on memory that cannot grow (MOD-7)
 * @property {boolean} [reuse] lets requests share an instance (RUN-4): only for modules that keep
 *   no state
 * @property {"auto" | "metered"} [clock] `metered` never leaves a limit of time to the runtime's
 *   own watchdog, where it has one, but counts instructions
 */
/** What a request gives: the output, and the content type that is current at the end. */
export declare class Reply {
    #private;
    /** What the last module gives: text, bytes, numbers of 32 bits, or one number (OUT-1). */
    kind: OutputKind;
    /** The output's bytes, which are the caller's (OUT-10); none of a scalar. */
    bytes: Uint8Array<ArrayBufferLike>;
    /** The content type, empty where it is unknown (MIME-4). */
    contentType: string;
    /** @param {Piped} last what came out of the last stage */
    constructor({ kind, bytes, text, scalar, contentType }: Piped);
    /**
     * The output: a string, a `Uint8Array`, an `Int32Array`, or a number (OUT-8). Of text that was
     * left unchecked (IN-6), what is ill-formed reads as U+FFFD; `bytes` has it as it is.
     * @returns {string | Uint8Array | Int32Array | number}
     */
    get value(): string | Uint8Array | Int32Array | number;
    /** The output of a module that gives text. */
    get text(): string;
}
/**
 * Loads a module, or the modules of a recipe: fetches them where they are named by a URL, judges
 * and compiles them, once for any number of requests.
 *
 * @example
 * ```js
 * const trim = await load(new URL("trim.wasm", import.meta.url), { limits: { timeMs: 100 } });
 * trim.render("  hello  ").value; // "hello"
 * ```
 *
 * @param {Stage | Stage[]} stages one module, or several that are run one after the other
 * @param {Options & { uniforms?: Uniforms }} [options] `uniforms` are those of the only module
 * @returns {Promise<Loaded>}
 * @throws {QipError} the first fault in the order of ORD-1, with its stage
 */
export declare function load(stages: Stage | Stage[], options?: Options & {
    uniforms?: Uniforms;
}): Promise<Loaded>;
/**
 * The stages that a caller means.
 * @param {Stage | Stage[]} stages
 * @param {Uniforms} [uniforms] those of the only module
 * @returns {{ module: Source, uniforms?: Uniforms }[]}
 */
export declare function asStages(stages: Stage | Stage[], uniforms?: Uniforms): {
    module: Source;
    uniforms?: Uniforms;
}[];
/**
 * @param {{ module: Source, uniforms?: Uniforms }[]} stages
 * @param {Options} options
 * @param {boolean} filters whether all are to be tile filters (IMG-1)
 * @param {(stage: number) => void} [entered] is told each stage that begins to run, from 1
 * @returns {Promise<Loaded>}
 */
export declare function loadAll(stages: {
    module: Source;
    uniforms?: Uniforms;
}[], options: Options, filters: boolean, entered?: (stage: number) => void): Promise<Loaded>;
export type Settings = {
    limits: Limits;
    /**
     * has a watchdog of
     * the runtime end a request
     */
    interruptible: import("./interrupt.js").Interruptible | undefined;
    reuse: boolean;
    checksText: boolean;
    image: typeof import("./image/block.js") | undefined;
    entered: ((stage: number) => void) | undefined;
};
/**
 * How the requests of a recipe are carried.
 * @typedef {object} Settings
 * @property {Limits} limits
 * @property {import("./interrupt.js").Interruptible | undefined} interruptible has a watchdog of
 *   the runtime end a request
 * @property {boolean} reuse
 * @property {boolean} checksText
 * @property {typeof import("./image/block.js") | undefined} image
 * @property {((stage: number) => void) | undefined} entered
 */
/** A module, or the modules of a recipe, ready for any number of requests. */
export declare class Loaded {
    #private;
    /**
     * Only `load` makes one.
     * @param {Compiled[]} stages
     * @param {Settings} settings
     */
    constructor(stages: Compiled[], settings: Settings);
    /**
     * Carries one request, each stage on a fresh instance unless the caller let it be reused.
     * Tile filters that stand side by side are a block, which takes a BMP picture and gives one
     * (REC-6).
     * @param {string | Buffered} input
     * @param {{ contentType?: string }} [request] the content type of the input, where it is known
     * @returns {Reply}
     * @throws {QipError} the first failure in the order of ORD-2, with its stage
     */
    render(input: string | Buffered, { contentType }?: {
        contentType?: string;
    }): Reply;
    /**
     * Runs all stages, which are tile filters, over a picture.
     * @param {import("./image/block.js").Picture} picture
     * @returns {import("./image/block.js").Picture}
     */
    apply(picture: import("./image/block.js").Picture): import("./image/block.js").Picture;
}
