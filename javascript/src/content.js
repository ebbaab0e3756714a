/** One stage of a request: uniforms, getters, content types, input, call, output (ORD-2). */

import { quote, refused } from "./error.js";
import { normalized } from "./media-type.js";
import { decode } from "./text.js";

/** @import { Plan, OutputKind } from "./check.js" */
/** @import { Running } from "./module.js" */

/** The longest media type that a module may declare, in bytes (MIME-1). */
const LONGEST_TYPE = 255;

/**
 * What goes into a stage, or comes out of it.
 * @typedef {object} Piped
 * @property {OutputKind} kind
 * @property {Uint8Array} bytes
 * @property {number} scalar
 * @property {string | undefined} text what the bytes are as text, once they were checked
 * @property {string} contentType the current type, empty where it is unknown
 */

/**
 * Takes a request through one stage.
 * @param {Running} running
 * @param {Plan} plan
 * @param {Piped} input
 * @param {boolean} checksText (IN-6)
 * @returns {Piped}
 */
export function runContent(running, plan, input, checksText) {
  running.setUniforms();
  // RUN-2: once each, in this order.
  const inputPtr = running.number(0);
  const inputCap = running.number(1);
  const isBuffered = plan.output !== "scalar";
  const outputPtr = isBuffered ? running.number(2) : 0;
  const outputCap = isBuffered ? running.number(3) : 0;
  let { contentType } = input;
  if (plan.hasInputType || plan.hasOutputType) {
    contentType = declaredTypes(running, plan, contentType);
  }

  const { bytes } = input;
  const length = bytes.length;
  if (length > inputCap) {
    throw refused(
      "input-too-large",
      `Input is too large: ${length} bytes, expected at most ${inputCap}`,
    );
  }
  const memory = running.bytes();
  if (inputPtr + length > memory.length)
    throw outOfBounds("input-out-of-bounds", "input", inputPtr, length, memory);
  if (checksText && input.text === undefined && plan.isText) decode(bytes, "input-not-utf8");
  memory.set(bytes, inputPtr);

  const result = running.run(length) | 0;
  if (!isBuffered) {
    return { kind: "scalar", bytes: NO_BYTES, scalar: result, text: undefined, contentType };
  }
  const count = result >>> 0;
  if (count > outputCap) {
    const told = `the module returned a count of ${count}, expected at most its capacity of ${outputCap}`;
    throw refused("output-too-large", told);
  }
  const size = plan.output === "i32" ? count * 4 : count;
  const after = running.bytes();
  if (outputPtr + size > after.length)
    throw outOfBounds("output-out-of-bounds", "output", outputPtr, size, after);
  // The caller owns what comes out (OUT-10).
  const output = after.slice(outputPtr, outputPtr + size);
  const text = checksText && plan.output === "utf8" ? decode(output, "output-not-utf8") : undefined;
  return { kind: plan.output, bytes: output, scalar: 0, text, contentType };
}

const NO_BYTES = new Uint8Array(0);

/**
 * Of no bytes the pointer may be at the very end of memory, and no further (IN-4, OUT-5).
 * @param {string} code
 * @param {string} what
 * @param {number} ptr
 * @param {number} size
 * @param {Uint8Array} memory
 */
function outOfBounds(code, what, ptr, size, memory) {
  const where = `${size} bytes at ${ptr}, in a memory of ${memory.length} bytes`;
  return refused(code, `the ${what} is out of bounds: ${where}`);
}

/**
 * The current type after what the module declares (MIME-3, MIME-4).
 * @param {Running} running
 * @param {Plan} plan
 * @param {string} current
 */
function declaredTypes(running, plan, current) {
  const input = plan.hasInputType ? place(running, "input") : undefined;
  const output = plan.hasOutputType ? place(running, "output") : undefined;
  const wanted = mediaType(running, input);
  const given = mediaType(running, output);
  if (wanted && current && wanted !== current) {
    const told = `expected ${quote(wanted)}, got ${quote(current)}`;
    throw refused("content-type-mismatch", `input content type mismatch: ${told}`);
  }
  return given || current;
}

/** @typedef {{ name: string, ptr: number, size: number }} Place */

/** @param {Running} running @param {"input" | "output"} which @returns {Place} */
function place(running, which) {
  const name = `${which}_content_type_ptr`;
  return {
    name,
    ptr: running.numberOf(name),
    size: running.numberOf(`${which}_content_type_size`),
  };
}

/** The type that stands there, normalised (MIME-1). @param {Running} running @param {Place} [at] */
function mediaType(running, at) {
  if (at === undefined) return "";
  const { name, ptr, size } = at;
  const memory = running.bytes();
  const fault = (/** @type {string} */ what) =>
    refused("content-type", `the media type at \`${name}\` ${what}`);
  if (size > LONGEST_TYPE) throw fault(`has ${size} bytes, expected at most ${LONGEST_TYPE}`);
  if (ptr + size > memory.length) {
    throw fault(`is out of bounds: ${size} bytes at ${ptr}, in a memory of ${memory.length} bytes`);
  }
  const bytes = memory.subarray(ptr, ptr + size);
  if (bytes.some((byte) => byte > 0x7f)) throw fault("is not ASCII");
  return normalized(String.fromCharCode(...bytes));
}
