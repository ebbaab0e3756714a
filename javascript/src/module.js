/** A module on its way from bytes to instances. */

import { HEADER, concat, leb, sized } from "./bytes.js";
import { check } from "./check.js";
import { MOST_ENTRIES, read } from "./declared.js";
import { engineFailure, quote, refused } from "./error.js";
import { checkFeatures } from "./features.js";
import { checkSize } from "./limits.js";
import { growsBeyond, readCode } from "./sizes.js";
import { fromModule, trapWords } from "./trap.js";

/** @import { Bytes } from "./bytes.js" */
/** @import { Plan, Rules, Setter } from "./check.js" */
/** @import { Budget } from "./budget.js" */
/** @import { Limits } from "./limits.js" */
/** @import { Added } from "./rewrite.js" */

/** Locals, vectors counted twice, of which every engine's stack holds as many. */
const SURE_CELLS = 10_000;

/**
 * What belongs to the code of a module.
 * @typedef {object} Build
 * @property {boolean} isMetered
 * @property {boolean} isTimed whether there is a limit of time
 * @property {boolean} isDeterministic
 */

/** A module that nothing is left to say against, compiled. */
export class Compiled {
  /**
   * @param {Plan} plan
   * @param {WebAssembly.Module | undefined} code none where there is only an instance
   * @param {Added} added
   * @param {Bytes} [bytes] those that were compiled
   * @param {WebAssembly.Instance} [only] the one instance that there is, if the caller gave it
   */
  constructor(plan, code, added, bytes, only) {
    this.plan = plan;
    this.code = code;
    this.added = added;
    this.bytes = bytes;
    this.only = only;
  }

  /**
   * A fresh instance (RUN-4). A trap meanwhile is a refusal (MOD-5).
   * @param {Budget} budget
   */
  instantiate(budget) {
    try {
      const instance =
        this.only ?? new WebAssembly.Instance(/** @type {WebAssembly.Module} */ (this.code));
      return new Running(this, instance.exports, budget);
    } catch (error) {
      const failure = fromModule(error, this.bytes, false);
      if (failure.kind === "trapped" || isSegmentFault(error)) {
        throw refused(
          "instantiate",
          `the module trapped while it was instantiated: ${quote(failure.message)}`,
        );
      }
      throw failure;
    }
  }
}

/**
 * Whether an exception says that a segment does not fit: where the engine has words of its own
 * for that. Modules without imports have no other fault of this class.
 * @param {unknown} error
 */
function isSegmentFault(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.LinkError;
}

/** An instance. */
export class Running {
  /**
   * @param {Compiled} compiled
   * @param {WebAssembly.Exports} exports
   * @param {Budget} budget
   */
  constructor({ plan, added, bytes }, exports, budget) {
    this.code = bytes;
    this.exports = /** @type {Record<string, any>} */ (exports);
    this.memory = /** @type {WebAssembly.Memory} */ (exports.memory);
    /** The entry point, or the tile function. */
    this.run = /** @type {Function} */ (exports[plan.entry]);
    this.names = plan.numbers;
    this.numbers = plan.numbers.map((name) => this.exports[name]);
    this.sawNaN = added.sawNaN === undefined ? undefined : this.exports[added.sawNaN];
    this.meter = added.meter?.(exports);
    this.setters = plan.setters.map((setter) => callable(this.exports, setter));
    this.meter?.begin(budget);
    if (added.start !== undefined) this.exports[added.start]();
  }

  /** The memory as it is now. */
  bytes() {
    return new Uint8Array(this.memory.buffer);
  }

  /** Sets the uniforms (UNI-2). */
  setUniforms() {
    for (const [set, value] of this.setters) set(value);
  }

  /**
   * Reads one of the numbers of the plan.
   * @param {number} index
   */
  number(index) {
    const found = this.numbers[index];
    const value = typeof found === "function" ? found() : found.value;
    // An i32, as nearly all are.
    return typeof value === "number" && value === (value | 0)
      ? value >>> 0
      : pointer(value, this.names[index]);
  }

  /** Reads a number that few modules have. @param {string} name */
  numberOf(name) {
    const found = this.exports[name];
    return pointer(typeof found === "function" ? found() : found.value, name);
  }

  /**
   * The failure that an exception out of this instance is.
   * @param {unknown} error
   */
  failure(error) {
    return fromModule(error, this.code, this.sawNaN?.value === 1);
  }
}

/**
 * A pointer, capacity or size, as 32 bits without a sign (MOD-3). Of another type than i32 it is
 * turned into an ECMAScript Number first (MOD-4).
 * @param {number | bigint} value
 * @param {string} name
 */
function pointer(value, name) {
  const number = Number(value);
  if (!Number.isFinite(number)) {
    throw refused(
      "export-shape",
      `\`${name}\` gives a value that is not finite, expected a number`,
    );
  }
  return number >>> 0;
}

/**
 * A setter and its value. JavaScript cannot call what gives a v128, so there a module in between
 * drops the results (UNI-1).
 * @param {Record<string, any>} exports
 * @param {Setter} setter
 * @returns {[set: (value: number | bigint) => void, value: number | bigint]}
 */
function callable(exports, { name, value, shape }) {
  return [withoutVectors(exports[name], shape), value];
}

const TYPE_BYTES = /** @type {Record<string, number>} */ ({
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
});

/**
 * A function that can be called from JavaScript, whatever it gives.
 * @param {any} run
 * @param {string} shape
 */
export function withoutVectors(run, shape) {
  if (!shape.includes("v128")) return run;
  const [params, results] = shape
    .slice("function ".length)
    .split(" -> ")
    .map((list) =>
      list
        .slice(1, -1)
        .split(" ")
        .filter(Boolean)
        .map((type) => TYPE_BYTES[type]),
    );
  const gets = params.flatMap((_, index) => [0x20, ...leb(index)]);
  const drops = results.map(() => 0x1a);
  const types = [
    [0x60, ...sized(params), ...sized(results)],
    [0x60, ...sized(params), 0],
  ];
  const bytes = concat([
    HEADER,
    [1, ...sized(concat([[2], ...types]))],
    [2, 5, 1, 0, 0, 0, 0],
    [3, 2, 1, 1],
    [7, 5, 1, 1, 0x61, 0, 1],
    [10, ...sized(concat([[1], sized([0, ...gets, 0x10, 0, ...drops, 0x0b])]))],
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { "": { "": run } }).exports.a;
}

/**
 * Judges and compiles a module (ORD-1).
 * @param {Bytes} bytes
 * @param {Rules} rules
 * @param {Limits} limits
 * @param {ReadonlyMap<string, string>} texts those of uniforms, by key
 * @param {Build} build
 */
export async function compile(bytes, rules, limits, texts, build) {
  checkSize("moduleBytes", bytes.length, limits);
  const declared = read(bytes);
  // What is beyond the bounds of engines is refused for its size, and need not be valid (LIM-1).
  if (!declared.isBeyond) {
    const unjudged = readCode(declared);
    checkFeatures(declared);
    const isTooLarge = unjudged.length > 0 || declared.tables.some(({ min }) => min > MOST_ENTRIES);
    await validate(isTooLarge ? (await rewriting()).judgeable(declared, unjudged) : bytes);
  }
  const uniforms =
    texts.size > 0 ? { texts, read: (await import("./uniform.js")).uniformValue } : undefined;
  const plan = check(declared, rules, limits, uniforms);
  const { code, sizes } = declared;
  if ((sizes.localCells ?? 0) > SURE_CELLS)
    (await import("./frame.js")).checkFrame(sizes.localCells ?? 0, SURE_CELLS);
  const marksNaN = code.converts && !trapWords().tellsNaN;
  // V8's watchdog does not see functions that go on for ever by tail calls alone.
  const isMetered = build.isMetered || (build.isTimed && code.tailCalls);
  const isChanged =
    isMetered ||
    build.isDeterministic ||
    marksNaN ||
    code.growsTable ||
    growsBeyond(declared, limits);
  const { bytes: wanted, added } = isChanged
    ? (await rewriting()).rewrite(declared, { ...build, isMetered, limits, marksNaN })
    : { bytes, added: {} };
  return new Compiled(plan, await compileCode(wanted), added, wanted);
}

/** What changes modules, which most do not need: fetched once one does. */
function rewriting() {
  return import("./rewrite.js");
}

/**
 * Whether it is valid is for the engine to say, of what is left after the other proposals.
 * @param {Bytes} bytes
 */
async function validate(bytes) {
  if (WebAssembly.validate(bytes)) return;
  const why = await WebAssembly.compile(bytes).then(
    () => "the engine does not say why",
    (error) => String(error.message),
  );
  throw refused("invalid-module", `the module is invalid: ${quote(why)}`);
}

/**
 * Compiles a valid module. What the engine does not compile is too large for it (the choice at
 * LIM-1).
 * @param {Bytes} bytes
 */
async function compileCode(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw engineFailure(error);
    throw refused("limit", `the module is too large for this engine: ${quote(error.message)}`);
  }
}
