/** Failures: one class, under the codes of the contract. */

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
export class QipError extends Error {
  /**
   * @param {Kind} kind
   * @param {string} code
   * @param {string} message
   * @param {{ offset?: number, cause?: unknown }} [more]
   */
  constructor(kind, code, message, more = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "QipError";
    /** What kind of failure it is. */
    this.kind = kind;
    /**
     * The failure code of the contract for `refused`, the kind of trap (TRAP-1) for `trapped`,
     * `time` or `fuel` for `stopped`, the capability for `unsupported`, else the same as the kind.
     */
    this.code = code;
    /**
     * The position of the failing stage, from 1 (REC-5).
     * @type {number | undefined}
     */
    this.stage = undefined;
    /**
     * Where the fault is, in bytes: into the module for `invalid-module`, into the text for
     * `input-not-utf8` and `output-not-utf8`, into the picture for `not-bmp`.
     * @type {number | undefined}
     */
    this.offset = more.offset;
  }
}

/**
 * A refusal.
 * @param {string} code a failure code of the contract
 * @param {string} message
 * @param {number} [offset]
 */
export function refused(code, message, offset) {
  return new QipError("refused", code, message, { offset });
}

/**
 * What the engine itself fails at.
 * @param {unknown} cause
 */
export function engineFailure(cause) {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new QipError("engine", "engine", `the engine failed: ${quote(why)}`, { cause });
}

/**
 * Runs one stage's work, so that its failure names the stage (REC-5).
 * @template T
 * @param {number} stage from 1
 * @param {() => T} work
 * @returns {T}
 */
export function atStage(stage, work) {
  try {
    return work();
  } catch (error) {
    throw ofStage(stage, error);
  }
}

/**
 * The failure, with the stage where it knows none yet.
 * @param {number} stage from 1
 * @param {unknown} error
 */
export function ofStage(stage, error) {
  const failure = error instanceof QipError ? error : engineFailure(error);
  failure.stage ??= stage;
  return failure;
}

/** The most characters that are shown of a module's text (LIM-5). */
const SHOWN = 128;
/** Control characters, and those that break a line or turn the direction of writing. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/**
 * Text out of a module or from a caller, made safe to show: escaped, and cut at 128 characters
 * (LIM-5).
 * @param {string} text
 */
export function quote(text) {
  let shown = "";
  let left = SHOWN;
  for (const character of text) {
    const code = /** @type {number} */ (character.codePointAt(0));
    const escaped = HIDDEN.test(character) ? `\\u{${code.toString(16)}}` : character;
    left -= escaped === character ? 1 : escaped.length;
    if (left < 0) return `${shown}…`;
    shown += escaped;
  }
  return shown;
}
