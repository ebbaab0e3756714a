/**
 * Modules in a thread of their own: what does not end in time is ended with its thread, and the
 * page or the server goes on meanwhile.
 */

import { outOfTime } from "./budget.js";
import { QipError, engineFailure, ofStage } from "./error.js";
import { limitsWith } from "./limits.js";
import { Reply, asStages } from "./recipe.js";
import { asBytes, bytesOf } from "./source.js";
import { encode } from "./text.js";
import { trapWords } from "./trap.js";

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
export async function loadInWorker(stages, options = {}) {
  const { uniforms, signal, createWorker = createDefault, filters = false, ...rest } = options;
  const limits = limitsWith(rest.limits ?? {});
  const sent = await Promise.all(
    asStages(stages, uniforms).map(async ({ module, uniforms }, index) => {
      try {
        const bytes = await bytesOf(module, limits.moduleBytes);
        if (bytes instanceof WebAssembly.Instance)
          throw new TypeError("an instance cannot be sent to a worker");
        return { module: bytes, uniforms };
      } catch (error) {
        throw error instanceof TypeError ? error : ofStage(index + 1, error);
      }
    }),
  );
  // One engine's threads do not end while they run nothing but WebAssembly: there, modules count.
  const clock = rest.clock === "metered" || trapWords().tellsCalls ? "metered" : "auto";
  const own = {
    ...rest,
    limits: { ...rest.limits, timeMs: clock === "metered" ? limits.timeMs : undefined },
    clock,
  };
  const loaded = new InWorker({ stages: sent, options: own, filters }, limits.timeMs, createWorker);
  await loaded.ready(signal);
  return loaded;
}

/** Modules that are loaded in a worker. Requests are carried one after the other. */
export class InWorker {
  #what;
  #timeMs;
  #create;
  /** @type {Conversation | undefined} */
  #worker;
  /** The request before. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Only `loadInWorker` makes one.
   * @param {{ stages: object[], options: object, filters: boolean }} what
   * @param {number | undefined} timeMs
   * @param {() => Thread} create
   */
  constructor(what, timeMs, create) {
    this.#what = what;
    this.#timeMs = timeMs;
    this.#create = create;
  }

  /**
   * Starts the thread where none runs, and loads the modules there.
   * @param {AbortSignal} [signal]
   * @returns {Promise<Conversation>}
   */
  async ready(signal) {
    if (this.#worker) return this.#worker;
    const worker = new Conversation(this.#create());
    const abandon = () =>
      worker.end(new QipError("stopped", "cancelled", "the loading was abandoned"));
    if (signal?.aborted) abandon();
    signal?.addEventListener("abort", abandon);
    try {
      await worker.ask({ load: this.#what });
    } catch (error) {
      worker.end(engineFailure("the worker has ended"));
      throw error;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
    return (this.#worker = worker);
  }

  /**
   * Carries one request, as `Loaded.render` does.
   * @param {string | Buffered} input
   * @param {{ contentType?: string }} [request]
   * @returns {Promise<Reply>}
   * @throws {QipError}
   */
  async render(input, { contentType } = {}) {
    const bytes = typeof input === "string" ? encode(input) : asBytes(input);
    return new Reply(await this.#ask({ render: { input: bytes, contentType } }));
  }

  /**
   * Runs tile filters over a picture, as `Loaded.apply` does.
   * @param {Picture} picture
   * @returns {Promise<Picture>}
   * @throws {QipError}
   */
  async apply({ width, height, data }) {
    return this.#ask({ apply: { width, height, data } });
  }

  /** Ends the thread. A later request starts another one. */
  close() {
    this.#worker?.end(engineFailure("the worker was closed"));
    this.#worker = undefined;
  }

  /** @param {object} request @returns {Promise<any>} */
  #ask(request) {
    const answer = this.#last.then(() => this.#held(request));
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** Asks, and ends the thread where there is no answer in time (RUN-6). @param {object} request */
  async #held(request) {
    const worker = await this.ready();
    const timeMs = this.#timeMs;
    const timer =
      timeMs === undefined ? undefined : setTimeout(() => worker.end(outOfTime(timeMs)), timeMs);
    try {
      return await worker.ask(request);
    } catch (error) {
      if (worker.ended) this.#worker = undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Questions to a thread, one at a time. */
class Conversation {
  /** Why it has ended, once it has. @type {QipError | undefined} */
  ended;
  #thread;
  /** The stage that runs there. */
  #stage = 1;
  /** @type {{ resolve: (value: any) => void, reject: (error: unknown) => void } | undefined} */
  #asked;

  /** @param {Thread} thread */
  constructor(thread) {
    this.#thread = thread;
    thread.addEventListener("message", ({ data }) => this.#hear(data));
    const fail = (/** @type {any} */ event) =>
      this.end(engineFailure(event.message ?? "the worker has ended"));
    thread.addEventListener("error", fail);
    thread.addEventListener("messageerror", fail);
  }

  /** @param {object} question @returns {Promise<any>} */
  ask(question) {
    this.#stage = 1;
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      this.#thread.ref?.();
      if (this.ended) this.#settle((asked) => asked.reject(this.ended));
      else this.#thread.postMessage(question);
    });
  }

  /** Ends the thread; what was asked fails with this. @param {QipError} error */
  end(error) {
    this.ended = error;
    this.#thread.terminate();
    this.#settle((asked) =>
      asked.reject(error.code === "time" ? ofStage(this.#stage, error) : error),
    );
  }

  /** @param {{ stage?: number, error?: any, value?: any }} said */
  #hear({ stage, error, value }) {
    if (stage !== undefined) this.#stage = stage;
    else this.#settle((asked) => (error ? asked.reject(failure(error)) : asked.resolve(value)));
  }

  /** @param {(asked: { resolve: (value: any) => void, reject: (error: unknown) => void }) => void} settle */
  #settle(settle) {
    const asked = this.#asked;
    this.#asked = undefined;
    if (!asked) return;
    this.#thread.unref?.();
    settle(asked);
  }
}

/** @param {any} said */
function failure({ kind, code, message, offset, stage, isTypeError }) {
  if (isTypeError) return new TypeError(message);
  const error = new QipError(kind, code, message, { offset });
  error.stage = stage;
  return error;
}

/** @returns {Thread} */
function createDefault() {
  if (typeof Worker === "function") {
    return new Worker(new URL("./worker-main.js", import.meta.url), { type: "module" });
  }
  const threads = /** @type {any} */ (globalThis).process?.getBuiltinModule?.(
    "node:worker_threads",
  );
  if (!threads)
    throw new QipError(
      "unsupported",
      "worker",
      "this runtime has no workers, expected `createWorker`",
    );
  const worker = new threads.Worker(new URL("./worker-main.js", import.meta.url));
  worker.unref();
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    addEventListener: (type, listener) => {
      worker.on(type, (/** @type {any} */ event) =>
        listener(type === "message" ? { data: event } : event),
      );
    },
  };
}
