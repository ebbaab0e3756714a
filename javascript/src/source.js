/** Where modules come from. */

import { QipError, quote } from "./error.js";
import { overLimit } from "./limits.js";

/** @import { Bytes } from "./bytes.js" */

/** Bytes, also those that threads share, which are copied. @typedef {ArrayBufferLike | ArrayBufferView} Buffered */
/** What has no bytes to judge. @typedef {WebAssembly.Module | WebAssembly.Instance} Precompiled */
/**
 * A module: its bytes, whatever holds them (a `Response`, a `Blob`), or where they are to be
 * had, as a URL. In Node, Deno and Bun also a `file:` URL. A `WebAssembly.Module` or
 * `WebAssembly.Instance` has no bytes to judge and stands outside of the contract.
 * @typedef {Buffered | Response | Blob | URL | string | Precompiled} Source
 */

/**
 * The bytes of a module, or what the caller has compiled already.
 * @param {Source} source
 * @param {number} most bytes, more of which are not read
 * @returns {Promise<Bytes | Precompiled>}
 */
export async function bytesOf(source, most) {
  if (source instanceof WebAssembly.Module || source instanceof WebAssembly.Instance) return source;
  // A copy: the caller may change its bytes while they are compiled.
  if (ArrayBuffer.isView(source) || isBuffer(source)) return asBytes(source).slice();
  if (typeof source === "string" || source instanceof URL) return fetched(source, most);
  if (typeof source?.arrayBuffer === "function") return received(source, most);
  throw new TypeError(
    "no module: expected bytes, a Response, a Blob, a URL, a WebAssembly.Module or a WebAssembly.Instance",
  );
}

/**
 * A view of the bytes that these are: a copy, where another thread could change them.
 * @param {Buffered} source
 * @returns {Bytes}
 */
export function asBytes(source) {
  const isView = ArrayBuffer.isView(source);
  if (!isView && !isBuffer(source))
    throw new TypeError("no bytes: expected an ArrayBuffer, a view of one, or a text");
  const bytes = isView
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return bytes.buffer instanceof ArrayBuffer ? /** @type {Bytes} */ (bytes) : bytes.slice();
}

/** Also one of another window. @param {unknown} value @returns {value is ArrayBufferLike} */
function isBuffer(value) {
  return ["[object ArrayBuffer]", "[object SharedArrayBuffer]"].includes(
    Object.prototype.toString.call(value),
  );
}

/** @param {string | URL} url @param {number} most */
async function fetched(url, most) {
  try {
    const isFile = String(url).startsWith("file:");
    const fs = isFile
      ? /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:fs/promises")
      : undefined;
    if (fs) {
      const file = new URL(url);
      if ((await fs.stat(file)).size > most)
        throw overLimit("a size in bytes of more than", most, most);
      return new Uint8Array(await fs.readFile(file));
    }
    return await received(await fetch(url), most);
  } catch (error) {
    throw error instanceof QipError
      ? error
      : sourceFailure(`cannot be read: ${said(error)}`, String(url), error);
  }
}

/** @param {Response | Blob} source @param {number} most */
async function received(source, most) {
  if ("ok" in source && !source.ok) {
    throw sourceFailure(
      `cannot be fetched: ${source.status} ${quote(source.statusText)}`,
      source.url,
    );
  }
  const stream = "stream" in source ? source.stream() : source.body;
  if (!stream) return new Uint8Array(await source.arrayBuffer());
  /** @type {Uint8Array[]} */
  const parts = [];
  let size = 0;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (stream).getReader();
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw sourceFailure(
        `ends too early: ${said(error)}`,
        "url" in source ? source.url : "",
        error,
      );
    });
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > most) {
      await reader.cancel().catch(() => {});
      throw overLimit("a size in bytes of at least", size, most);
    }
  }
  return new Uint8Array(await new Blob(/** @type {any} */ (parts)).arrayBuffer());
}

/** @param {unknown} error */
function said(error) {
  return quote(error instanceof Error ? error.message : String(error));
}

/** @param {string} what @param {string} url @param {unknown} [cause] */
function sourceFailure(what, url, cause) {
  return new QipError("source", "source", `the module ${url ? `\`${quote(url)}\` ` : ""}${what}`, {
    cause,
  });
}
