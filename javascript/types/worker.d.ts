/**
 * Modules in a thread of their own: what does not end in time is ended with its thread, and the
 * page or the server goes on meanwhile.
 */
import { QipError } from "./error.js";
import { Reply } from "./recipe.js";
import type { Picture } from "./image/block.js";
import type { Options, Stage, Uniforms } from "./recipe.js";
import type { Buffered } from "./source.js";
export type Thread = {
    postMessage: (message: any) => void;
    terminate: () => unknown;
    addEventListener: (type: "message" | "error" | "messageerror", listener: (event: any) => void) => void;
    /**
     * keeps the process alive, while an answer is awaited
     */
    ref?: () => void;
    unref?: () => void;
};
export type WorkerOptions = {
    /**
     * those of the only module
     */
    uniforms?: Uniforms;
    /**
     * whether the modules are tile filters, for `apply`
     */
    filters?: boolean;
    /**
     * abandons the loading (LIM-3)
     */
    signal?: AbortSignal;
    /**
     * makes the thread, for pages whose content security
     * policy or whose bundler wants to know of it: of `qip-host/worker-main`, as a module
     */
    createWorker?: () => Thread;
};
/** @import { Picture } from "./image/block.js" */
/** @import { Options, Stage, Uniforms } from "./recipe.js" */
/** @import { Buffered } from "./source.js" */
/**
 * What of a thread is used. A `Worker` of the web is one.
 * @typedef {object} Thread
 * @property {(message: any) => void} postMessage
 * @property {() => unknown} terminate
 * @property {(type: "message" | "error" | "messageerror", listener: (event: any) => void) => void} addEventListener
 * @property {() => void} [ref] keeps the process alive, while an answer is awaited
 * @property {() => void} [unref]
 */
/**
 * @typedef {object} WorkerOptions
 * @property {Uniforms} [uniforms] those of the only module
 * @property {boolean} [filters] whether the modules are tile filters, for `apply`
 * @property {AbortSignal} [signal] abandons the loading (LIM-3)
 * @property {() => Thread} [createWorker] makes the thread, for pages whose content security
 *   policy or whose bundler wants to know of it: of `qip-host/worker-main`, as a module
 */
/**
 * Loads modules in a worker. They are judged and compiled there, so that modules from strangers
 * hold up nothing.
 * @param {Stage | Stage[]} stages
 * @param {Options & WorkerOptions} [options]
 * @returns {Promise<InWorker>}
 * @throws {QipError}
 */
export declare function loadInWorker(stages: Stage | Stage[], options?: Options & WorkerOptions): Promise<InWorker>;
/** Modules that are loaded in a worker. Requests are carried one after the other. */
export declare class InWorker {
    #private;
    /**
     * Only `loadInWorker` makes one.
     * @param {{ stages: object[], options: object, filters: boolean }} what
     * @param {number | undefined} timeMs
     * @param {() => Thread} create
     */
    constructor(what: {
        stages: object[];
        options: object;
        filters: boolean;
    }, timeMs: number | undefined, create: () => Thread);
    /**
     * Starts the thread where none runs, and loads the modules there.
     * @param {AbortSignal} [signal]
     * @returns {Promise<Conversation>}
     */
    ready(signal?: AbortSignal): Promise<Conversation>;
    /**
     * Carries one request, as `Loaded.render` does.
     * @param {string | Buffered} input
     * @param {{ contentType?: string }} [request]
     * @returns {Promise<Reply>}
     * @throws {QipError}
     */
    render(input: string | Buffered, { contentType }?: {
        contentType?: string;
    }): Promise<Reply>;
    /**
     * Runs tile filters over a picture, as `Loaded.apply` does.
     * @param {Picture} picture
     * @returns {Promise<Picture>}
     * @throws {QipError}
     */
    apply({ width, height, data }: Picture): Promise<Picture>;
    /** Ends the thread. A later request starts another one. */
    close(): void;
}
/** Questions to a thread, one at a time. */
declare class Conversation {
    #private;
    /** Why it has ended, once it has. @type {QipError | undefined} */
    ended: QipError | undefined;
    /** @param {Thread} thread */
    constructor(thread: Thread);
    /** @param {object} question @returns {Promise<any>} */
    ask(question: object): Promise<any>;
    /** Ends the thread; what was asked fails with this. @param {QipError} error */
    end(error: QipError): void;
}
export {};
