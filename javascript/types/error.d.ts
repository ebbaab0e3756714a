/** Failures: one class, under the codes of the contract. */
export type Kind = "refused" | "trapped" | "stopped" | "unsupported" | "source" | "engine";
/**
 * What kind of failure it is. `refused`: the module, recipe or input breaks the contract.
 * `trapped`: the module trapped. `stopped`: a limit of the request ran out. `unsupported`: the
 * engine or this host lacks what is needed. `source`: the module could not be fetched or read.
 * `engine`: the engine itself failed.
 * @typedef {"refused" | "trapped" | "stopped" | "unsupported" | "source" | "engine"} Kind
 */
/**
 * Why a module did not load or a request did not succeed. Nothing else is thrown, whatever a
 * module or an input holds.
 */
export declare class QipError extends Error {
    /** What kind of failure it is. */
    kind: Kind;
    /**
     * The failure code of the contract for `refused`, the kind of trap (TRAP-1) for `trapped`,
     * `time` or `fuel` for `stopped`, the capability for `unsupported`, else the same as the kind.
     */
    code: string;
    /**
     * The position of the failing stage, from 1 (REC-5).
     * @type {number | undefined}
     */
    stage: number | undefined;
    /**
     * Where the fault is, in bytes: into the module for `invalid-module`, into the text for
     * `input-not-utf8` and `output-not-utf8`, into the picture for `not-bmp`.
     * @type {number | undefined}
     */
    offset: number | undefined;
    /**
     * @param {Kind} kind
     * @param {string} code
     * @param {string} message
     * @param {{ offset?: number, cause?: unknown }} [more]
     */
    constructor(kind: Kind, code: string, message: string, more?: {
        offset?: number;
        cause?: unknown;
    });
}
/**
 * A refusal.
 * @param {string} code a failure code of the contract
 * @param {string} message
 * @param {number} [offset]
 */
export declare function refused(code: string, message: string, offset?: number): QipError;
/**
 * What the engine itself fails at.
 * @param {unknown} cause
 */
export declare function engineFailure(cause: unknown): QipError;
/**
 * Runs one stage's work, so that its failure names the stage (REC-5).
 * @template T
 * @param {number} stage from 1
 * @param {() => T} work
 * @returns {T}
 */
export declare function atStage<T>(stage: number, work: () => T): T;
/**
 * The failure, with the stage where it knows none yet.
 * @param {number} stage from 1
 * @param {unknown} error
 */
export declare function ofStage(stage: number, error: unknown): QipError;
/**
 * Text out of a module or from a caller, made safe to show: escaped, and cut at 128 characters
 * (LIM-5).
 * @param {string} text
 */
export declare function quote(text: string): string;
