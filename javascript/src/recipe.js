/** Recipes: stages that pipe bytes and a content type, and nothing else (REC). */

import { Budget, outOfTime } from "./budget.js";
import { runContent } from "./content.js";
import { atStage, ofStage, refused } from "./error.js";
import { checkSize, limitsWith } from "./limits.js";
import { normalized } from "./media-type.js";
import { compile } from "./module.js";
import { asBytes, bytesOf } from "./source.js";
import { decodeUnchecked, encode } from "./text.js";
import { trapWords } from "./trap.js";

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
export class Reply {
  /** @type {string | undefined} */
  #text;
  #scalar;

  /** @param {Piped} last what came out of the last stage */
  constructor({ kind, bytes, text, scalar, contentType }) {
    /** What the last module gives: text, bytes, numbers of 32 bits, or one number (OUT-1). */
    this.kind = kind;
    /** The output's bytes, which are the caller's (OUT-10); none of a scalar. */
    this.bytes = bytes;
    /** The content type, empty where it is unknown (MIME-4). */
    this.contentType = contentType;
    this.#text = text;
    this.#scalar = scalar;
  }

  /**
   * The output: a string, a `Uint8Array`, an `Int32Array`, or a number (OUT-8). Of text that was
   * left unchecked (IN-6), what is ill-formed reads as U+FFFD; `bytes` has it as it is.
   * @returns {string | Uint8Array | Int32Array | number}
   */
  get value() {
    switch (this.kind) {
      case "utf8":
        return (this.#text ??= decodeUnchecked(this.bytes));
      case "bytes":
        return this.bytes;
      case "i32": {
        const view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
        return Int32Array.from({ length: this.bytes.length / 4 }, (_, index) =>
          view.getInt32(index * 4, true),
        );
      }
      default:
        return this.#scalar;
    }
  }

  /** The output of a module that gives text. */
  get text() {
    if (this.kind !== "utf8") throw new TypeError(`the output is ${this.kind}, expected utf8`);
    return /** @type {string} */ (this.value);
  }
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
export async function load(stages, options = {}) {
  return loadAll(asStages(stages, options.uniforms), options, false);
}

/**
 * The stages that a caller means.
 * @param {Stage | Stage[]} stages
 * @param {Uniforms} [uniforms] those of the only module
 * @returns {{ module: Source, uniforms?: Uniforms }[]}
 */
export function asStages(stages, uniforms) {
  const isOne = !Array.isArray(stages);
  if (uniforms !== undefined && (!isOne || isStage(stages))) {
    throw new TypeError(
      "`uniforms` are for one module, expected those of a recipe in `{ module, uniforms }`",
    );
  }
  const list = isOne ? [stages] : stages;
  return list.map((stage) => (isStage(stage) ? stage : { module: stage, uniforms }));
}

/** @param {Stage} stage @returns {stage is { module: Source, uniforms?: Uniforms }} */
function isStage(stage) {
  return typeof stage === "object" && "module" in stage && !(stage instanceof WebAssembly.Module);
}

/**
 * @param {{ module: Source, uniforms?: Uniforms }[]} stages
 * @param {Options} options
 * @param {boolean} filters whether all are to be tile filters (IMG-1)
 * @param {(stage: number) => void} [entered] is told each stage that begins to run, from 1
 * @returns {Promise<Loaded>}
 */
export async function loadAll(stages, options, filters, entered) {
  const { utf8 = "checked", numeric = "strict", fixedMemory = false, ...rest } = options;
  const { floats = "any", clock = "auto", reuse = false } = rest;
  const limits = limitsWith(options.limits ?? {});
  const rules = { utf8, numeric, fixedMemory, filters };
  if (stages.length === 0)
    throw refused("empty-recipe", "the recipe has no stage, expected one at least");
  checkSize("stages", stages.length, limits, "the recipe");
  const isTimed = limits.timeMs !== undefined;
  // Nothing ends a loop in WebKit's engine but the loop itself.
  const isWatched = isTimed && clock === "auto" && !trapWords().tellsCalls;
  const interruptible = isWatched ? (await import("./interrupt.js")).watchdog() : undefined;
  const isMetered = limits.fuel !== undefined || (isTimed && !interruptible);
  const build = { isMetered, isTimed, isDeterministic: floats === "deterministic" };

  /** @type {Compiled[]} */
  const compiled = [];
  for (const [index, { module, uniforms = {} }] of stages.entries()) {
    const texts = new Map(Object.entries(uniforms).map(([key, value]) => [key, asText(value)]));
    try {
      const source = await bytesOf(module, limits.moduleBytes);
      if (source instanceof Uint8Array) {
        compiled.push(await compile(source, rules, limits, texts, build));
      } else {
        const { unjudged } = await import("./unjudged.js");
        compiled.push(unjudged(/** @type {Precompiled} */ (source)));
      }
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw ofStage(index + 1, error);
    }
  }
  checkPipes(compiled);
  // Pictures take a third of the code, and are fetched where there are filters only.
  const image = compiled.some(({ plan }) => plan.isFilter)
    ? await import("./image/block.js")
    : undefined;
  return new Loaded(compiled, {
    limits,
    interruptible,
    reuse,
    checksText: utf8 === "checked",
    image,
    entered,
  });
}

/** A number as UNI-3 writes it. @param {string | number | bigint} value */
function asText(value) {
  return String(Object.is(value, -0) ? "-0" : value);
}

/** Whether the next stage can take the output of each: last in ORD-1. @param {Compiled[]} stages */
function checkPipes(stages) {
  for (const [index, { plan }] of stages.slice(0, -1).entries()) {
    const next = stages[index + 1].plan;
    if (plan.isFilter || plan.output === "bytes" || (plan.output === "utf8" && !next.isFilter))
      continue;
    const isText = plan.output === "utf8";
    const told = isText
      ? "only bytes can be piped to a tile filter"
      : "only utf8/bytes can be piped to another stage";
    throw ofStage(index + 1, refused("not-pipeable", told));
  }
}

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
export class Loaded {
  #stages;
  #settings;
  /** The instances that requests share (RUN-4). @type {(Running | undefined)[]} */
  #kept = [];
  /** The stage that runs, from 1. */
  #stage = 0;

  /**
   * Only `load` makes one.
   * @param {Compiled[]} stages
   * @param {Settings} settings
   */
  constructor(stages, settings) {
    this.#stages = stages;
    this.#settings = settings;
  }

  /**
   * Carries one request, each stage on a fresh instance unless the caller let it be reused.
   * Tile filters that stand side by side are a block, which takes a BMP picture and gives one
   * (REC-6).
   * @param {string | Buffered} input
   * @param {{ contentType?: string }} [request] the content type of the input, where it is known
   * @returns {Reply}
   * @throws {QipError} the first failure in the order of ORD-2, with its stage
   */
  render(input, { contentType = "" } = {}) {
    return this.#run((budget) => this.#carry(input, normalized(contentType), budget));
  }

  /**
   * Runs all stages, which are tile filters, over a picture.
   * @param {import("./image/block.js").Picture} picture
   * @returns {import("./image/block.js").Picture}
   */
  apply(picture) {
    const { image, limits } = this.#settings;
    if (image === undefined || this.#stages.some(({ plan }) => !plan.isFilter)) {
      throw new TypeError(
        "a picture is for tile filters, expected modules that `loadFilters` has loaded",
      );
    }
    return this.#run((budget) => {
      return image.applyFilters(this.#stages, picture, limits, budget, (stage) =>
        this.#enter(stage),
      );
    });
  }

  /**
   * Holds a request to its limits.
   * @template T
   * @param {(budget: Budget) => T} request
   * @returns {T}
   */
  #run(request) {
    const { limits, interruptible } = this.#settings;
    const budget = new Budget(limits);
    this.#stage = 1;
    if (!interruptible) return request(budget);
    const timeMs = /** @type {number} */ (limits.timeMs);
    let result = /** @type {{ value: T } | undefined} */ (undefined);
    const isDone = interruptible(timeMs, () => {
      result = { value: request(budget) };
    });
    if (!isDone || result === undefined) throw ofStage(this.#stage, outOfTime(timeMs));
    return result.value;
  }

  /** @param {string | Buffered} input @param {string} contentType @param {Budget} budget */
  #carry(input, contentType, budget) {
    const stages = this.#stages;
    const given = typeof input === "string" ? input : asBytes(input);
    let piped = atStage(1, () => {
      budget.check();
      return asPiped(given, contentType, this.#settings.checksText);
    });
    for (let index = 0; index < stages.length;) {
      this.#enter(index + 1);
      if (stages[index].plan.isFilter) {
        let end = index + 1;
        while (stages[end]?.plan.isFilter) end += 1;
        piped = this.#block(index, end, piped, budget);
        index = end;
      } else {
        piped = this.#content(index, piped, budget);
        index += 1;
      }
    }
    return new Reply(piped);
  }

  /** @param {number} stage */
  #enter(stage) {
    if (stage === this.#stage) return;
    this.#stage = stage;
    this.#settings.entered?.(stage);
  }

  /** @param {number} index @param {Piped} input @param {Budget} budget */
  #content(index, input, budget) {
    const { reuse, checksText } = this.#settings;
    const compiled = this.#stages[index];
    // After a trap or a stop an instance is never used again: so it is kept once all went well.
    let running = this.#kept[index];
    this.#kept[index] = undefined;
    try {
      if (running === undefined) running = compiled.instantiate(budget);
      else running.meter?.begin(budget);
      const output = runContent(running, compiled.plan, input, checksText);
      running.meter?.settle();
      budget.check();
      if (reuse) this.#kept[index] = running;
      return output;
    } catch (error) {
      const failure = running ? running.failure(error) : error;
      const isRefusal = /** @type {{ kind?: string }} */ (failure).kind === "refused";
      if (reuse && isRefusal) this.#kept[index] = running;
      throw ofStage(index + 1, failure);
    }
  }

  /** @param {number} first @param {number} end @param {Piped} input @param {Budget} budget */
  #block(first, end, input, budget) {
    const { image, limits } = this.#settings;
    const stages = this.#stages.slice(first, end);
    const { runBlock, MEDIA_TYPE } = /** @type {typeof import("./image/block.js")} */ (image);
    const running = (/** @type {number} */ stage) => this.#enter(first + stage);
    const bytes = runBlock(stages, input.bytes, limits, budget, running, first);
    return {
      kind: /** @type {OutputKind} */ ("bytes"),
      bytes,
      scalar: 0,
      text: undefined,
      contentType: MEDIA_TYPE,
    };
  }
}

/**
 * What goes into the first stage.
 * @param {string | Uint8Array} input
 * @param {string} contentType
 * @param {boolean} checksText
 * @returns {Piped}
 */
function asPiped(input, contentType, checksText) {
  const isText = typeof input === "string";
  return {
    kind: isText ? "utf8" : "bytes",
    bytes: isText ? encode(input) : input,
    scalar: 0,
    text: isText && checksText ? input : undefined,
    contentType,
  };
}
