/** The thread's side of `loadInWorker`: loads modules, then carries requests. */

import { QipError } from "./error.js";
import { loadAll } from "./recipe.js";

/** @import { Loaded } from "./recipe.js" */

/** @type {any} */
const { process } = globalThis;
const threads =
  typeof postMessage === "function"
    ? undefined
    : process?.getBuiltinModule?.("node:worker_threads");
/** @type {{ postMessage(message: any): void, on?: Function, onmessage?: Function }} */
const port = threads?.parentPort ?? globalThis;

/** @type {Loaded} */
let loaded;

/** @param {any} question */
async function answer({ load, render, apply }) {
  if (load) {
    loaded = await loadAll(load.stages, load.options, load.filters, (stage) =>
      port.postMessage({ stage }),
    );
    return undefined;
  }
  if (apply) {
    const { width, height, data } = loaded.apply(apply);
    return { width, height, data };
  }
  const { kind, bytes, contentType, value } = loaded.render(render.input, render);
  return {
    kind,
    bytes,
    contentType,
    scalar: kind === "scalar" ? value : 0,
    text: kind === "utf8" ? value : undefined,
  };
}

/** @param {any} question */
async function hear(question) {
  try {
    port.postMessage({ value: await answer(question) });
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    const { kind = "engine", code = "engine", message = String(thrown), offset, stage } = error;
    const isTypeError = error instanceof TypeError && !(error instanceof QipError);
    port.postMessage({ error: { kind, code, message, offset, stage, isTypeError } });
  }
}

if (port.on) port.on("message", hear);
else port.onmessage = (/** @type {any} */ event) => hear(event.data);
