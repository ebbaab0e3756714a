/**
 * Answers the questions of the host protocol (conformance/hosts/protocol), in any runtime.
 */

import { QipError, features, load, trapWords } from "../src/index.js";
import { loadFilters } from "../src/image.js";

/** @import { Options } from "../src/index.js" */

/** What does not depend on the engine. */
const CAPABILITIES = [
  ...["content", "recipe", "uniforms", "content-types", "requests", "reuse", "image", "time-limit"],
  ...[
    "fuel",
    "limits",
    "fixed-memory",
    "lenient-numbers",
    "unchecked-utf8",
    "deterministic-floats",
  ],
  "texts",
];

/**
 * The answer to a line.
 * @param {string} line
 * @param {{ host: string, version: string, engine: string }} about
 * @param {Pick<Options, "clock">} how limits of time are kept
 */
export async function answer(line, about, how) {
  const message = JSON.parse(line);
  if ("hello" in message) {
    const optional = [...features(), ...(trapWords().tellsTables ? ["indirect-kinds"] : [])];
    return { hello: { protocol: 1, ...about, capabilities: [...CAPABILITIES, ...optional] } };
  }
  const { id, requests } = message.case;
  const outcomes = await outcomesOf(message.case, how);
  return requests ? { id, outcomes } : { id, outcome: outcomes[0] };
}

/** @param {any} question @param {Pick<Options, "clock">} how */
async function outcomesOf(question, how) {
  const requests = question.requests ?? [question];
  const stages = question.stages.map((/** @type {any} */ stage) => ({
    module: fromBase64(stage.wasm),
    uniforms: stage.uniforms,
  }));
  const options = { ...how, ...asOptions(question.options), limits: asLimits(question.limits) };
  const isPicture = requests.some((/** @type {any} */ request) => request.image);
  try {
    const loaded = await (isPicture ? loadFilters(stages, options) : load(stages, options));
    return requests.map((/** @type {any} */ request) => outcome(() => carry(loaded, request)));
  } catch (error) {
    // What is wrong with the modules is the outcome of every request.
    return requests.map(() => failed(error));
  }
}

/** @param {Record<string, unknown>} options */
function asOptions({ fixed_memory, ...others }) {
  return { ...others, fixedMemory: fixed_memory === true };
}

/** @param {Record<string, number>} limits */
function asLimits(limits) {
  const camel = (/** @type {string} */ key) =>
    key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(limits).map(([key, value]) => [camel(key), value]));
}

/** @param {any} loaded @param {any} request */
function carry(loaded, request) {
  if (request.image) {
    const { width, height, rgba } = request.image;
    const picture = loaded.apply({ width, height, data: fromBase64(rgba) });
    return {
      image: { width: picture.width, height: picture.height, rgba: toBase64(picture.data) },
    };
  }
  const reply = loaded.render(fromBase64(request.input), { contentType: request.content_type });
  const type = reply.contentType ? { content_type: reply.contentType } : {};
  if (reply.kind === "scalar") return { scalar: { value: reply.value, ...type } };
  return { output: { kind: reply.kind, bytes: toBase64(reply.bytes), ...type } };
}

/** @param {() => unknown} run */
function outcome(run) {
  try {
    return run();
  } catch (error) {
    return failed(error);
  }
}

/** @param {unknown} error */
function failed(error) {
  if (!(error instanceof QipError)) {
    return { broken: { why: `no QipError: ${/** @type {any} */ (error)?.stack ?? error}` } };
  }
  const { kind, code, message } = error;
  const stage = error.stage === undefined ? {} : { stage: error.stage };
  switch (kind) {
    case "refused": {
      const isText = code === "input-not-utf8" || code === "output-not-utf8";
      return { refused: { code, message, ...stage, ...(isText ? { offset: error.offset } : {}) } };
    }
    case "trapped":
      return { trapped: { kind: code, message, ...stage } };
    case "stopped":
      return { stopped: { by: code, message, ...stage } };
    case "unsupported":
      return { unsupported: { capability: code } };
    default:
      return { broken: { why: message } };
  }
}

/** How many characters at a time: a call takes only so many arguments. */
const CHUNK = 0x8000;

/** @param {string} text */
function fromBase64(text) {
  const { Buffer } = /** @type {any} */ (globalThis);
  if (Buffer) return new Uint8Array(Buffer.from(text, "base64"));
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  const { Buffer } = /** @type {any} */ (globalThis);
  if (Buffer)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}
