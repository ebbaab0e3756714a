/** Where modules come from. */
import type { Bytes } from "./bytes.js";
export type Buffered = ArrayBufferLike | ArrayBufferView;
export type Precompiled = WebAssembly.Module | WebAssembly.Instance;
export type Source = Buffered | Response | Blob | URL | string | Precompiled;
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
export declare function bytesOf(source: Source, most: number): Promise<Bytes | Precompiled>;
/**
 * A view of the bytes that these are: a copy, where another thread could change them.
 * @param {Buffered} source
 * @returns {Bytes}
 */
export declare function asBytes(source: Buffered): Bytes;
