/** A module on its way from bytes to instances. */
import type { Bytes } from "./bytes.js";
import type { Plan, Rules } from "./check.js";
import type { Budget } from "./budget.js";
import type { Limits } from "./limits.js";
import type { Added } from "./rewrite.js";
export type Build = {
    isMetered: boolean;
    /**
     * whether there is a limit of time
     */
    isTimed: boolean;
    isDeterministic: boolean;
};
/**
 * What belongs to the code of a module.
 * @typedef {object} Build
 * @property {boolean} isMetered
 * @property {boolean} isTimed whether there is a limit of time
 * @property {boolean} isDeterministic
 */
/** A module that nothing is left to say against, compiled. */
export declare class Compiled {
    plan: Plan;
    code: WebAssembly.Module | undefined;
    added: Added;
    bytes: Bytes | undefined;
    only: WebAssembly.Instance | undefined;
    /**
     * @param {Plan} plan
     * @param {WebAssembly.Module | undefined} code none where there is only an instance
     * @param {Added} added
     * @param {Bytes} [bytes] those that were compiled
     * @param {WebAssembly.Instance} [only] the one instance that there is, if the caller gave it
     */
    constructor(plan: Plan, code: WebAssembly.Module | undefined, added: Added, bytes?: Bytes, only?: WebAssembly.Instance);
    /**
     * A fresh instance (RUN-4). A trap meanwhile is a refusal (MOD-5).
     * @param {Budget} budget
     */
    instantiate(budget: Budget): Running;
}
/** An instance. */
export declare class Running {
    code: Bytes | undefined;
    exports: Record<string, any>;
    memory: WebAssembly.Memory;
    /** The entry point, or the tile function. */
    run: Function;
    names: string[];
    numbers: any[];
    sawNaN: any;
    meter: import("./meter.js").Meter | undefined;
    setters: [set: (value: number | bigint) => void, value: number | bigint][];
    /**
     * @param {Compiled} compiled
     * @param {WebAssembly.Exports} exports
     * @param {Budget} budget
     */
    constructor({ plan, added, bytes }: Compiled, exports: WebAssembly.Exports, budget: Budget);
    /** The memory as it is now. */
    bytes(): Uint8Array<ArrayBuffer>;
    /** Sets the uniforms (UNI-2). */
    setUniforms(): void;
    /**
     * Reads one of the numbers of the plan.
     * @param {number} index
     */
    number(index: number): number;
    /** Reads a number that few modules have. @param {string} name */
    numberOf(name: string): number;
    /**
     * The failure that an exception out of this instance is.
     * @param {unknown} error
     */
    failure(error: unknown): import("./error.js").QipError;
}
/**
 * A function that can be called from JavaScript, whatever it gives.
 * @param {any} run
 * @param {string} shape
 */
export declare function withoutVectors(run: any, shape: string): any;
/**
 * Judges and compiles a module (ORD-1).
 * @param {Bytes} bytes
 * @param {Rules} rules
 * @param {Limits} limits
 * @param {ReadonlyMap<string, string>} texts those of uniforms, by key
 * @param {Build} build
 */
export declare function compile(bytes: Bytes, rules: Rules, limits: Limits, texts: ReadonlyMap<string, string>, build: Build): Promise<Compiled>;
