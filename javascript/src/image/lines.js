/**
 * Lines of a picture in a memory of their own, from which a tile is filled without a copy of each
 * of its rows: for engines that let a module have two memories.
 */

import { PAGE } from "../limits.js";
import { BYTES, SIDE } from "./tile.js";

/** @import { Convert } from "./pixels.js" */
/** @import { Plane } from "./tile.js" */

/** `lines.wat`, assembled. A test holds the two together. */
export const BINARY =
  "AGFzbQEAAAABCgFgBn9/f39/fwACFAIABHRpbGUCAAAABWxpbmVzAgAAAwMCAAAHEAIEbG9hZAAABXN0b3JlAAEKhQICbwEBfwNAIAFFBEAPC0EAIQYDQCAAIAZBBHRqIAQgBkECdGr9XEIBAP2JAf2pAf37Af0MgYCAO4GAgDuBgIA7gYCAO/3mAf0LBAAgBkEBaiIGIAJJDQALIAAgA2ohACAEIAVqIQQgAUEBayEBDAALC5IBAgF/AXsDQCABRQRADwtBACEGA0AgACAGQQR0av0ABAD9DAAAf0MAAH9DAAB/QwAAf0P95gH9DAAAAD8AAAA/AAAAPwAAAD/95AH9+AEhByAHIAf9hQEhByAEIAZBAnRqIAcgB/1m/VpCAQAAIAZBAWoiBiACSQ0ACyAAIANqIQAgBCAFaiEEIAFBAWshAQwACws=";

/** The most that lines take, in bytes. Of more, rows are copied. */
const MOST = 64 << 20;

/** @type {{ code: WebAssembly.Module | undefined } | undefined} */
let known;

/** What converts between two memories, where the engine takes it. */
function converter() {
  if (known === undefined) {
    const bytes = Uint8Array.from(atob(BINARY), (character) => character.charCodeAt(0));
    known = { code: WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined };
  }
  return known.code;
}

/** The lines of a picture that a row of tiles reads, and those that it writes. */
export class Lines {
  /**
   * @param {WebAssembly.Module} code
   * @param {number} width of the picture
   * @param {number} rows that a tile reads
   */
  constructor(code, width, rows) {
    this.code = code;
    /** The bytes of a line. */
    this.line = width * BYTES;
    /** Where the lines are that are written. */
    this.output = rows * this.line;
    const initial = Math.ceil((this.output + SIDE * this.line) / PAGE);
    this.memory = new WebAssembly.Memory({ initial, maximum: initial });
    this.bytes = new Uint8Array(this.memory.buffer);
    /** The first line that is there to be read, and the one behind the last. */
    this.start = 0;
    this.end = 0;
  }

  /**
   * Those of a picture; none where the engine has only one memory for a module, or where they
   * would take too much.
   * @param {number} width
   * @param {number} rows that a tile reads
   */
  static of(width, rows) {
    const code = converter();
    const isTooLarge = (rows + SIDE) * width * BYTES > MOST;
    return code && !isTooLarge ? new Lines(code, width, rows) : undefined;
  }

  /**
   * What converts between these lines and the tile in a filter's memory.
   * @param {WebAssembly.Memory} tile
   * @returns {Across}
   */
  with(tile) {
    const { exports } = new WebAssembly.Instance(this.code, { "": { tile, lines: this.memory } });
    const { load, store } = /** @type {Omit<Across, "lines">} */ (/** @type {unknown} */ (exports));
    return { lines: this, load, store };
  }

  /**
   * Has these lines of a picture ready to be read, from the beginning of the memory on.
   * @param {Plane} from
   * @param {number} start
   * @param {number} end
   */
  show({ data }, start, end) {
    if (start !== this.start || end !== this.end) {
      this.bytes.set(data.subarray(start * this.line, end * this.line));
      [this.start, this.end] = [start, end];
    }
  }

  /**
   * Copies the lines that were written into a picture.
   * @param {Plane} to
   * @param {number} start
   * @param {number} rows
   */
  take({ data }, start, rows) {
    data.set(this.bytes.subarray(this.output, this.output + rows * this.line), start * this.line);
  }
}

/**
 * Converts rows of a tile: as of one memory, and then where the first line begins, and the bytes
 * from one line to the next.
 * @typedef {(...args: [...Parameters<Convert>, from: number, line: number]) => void} ConvertLines
 */

/**
 * What converts between lines and the tile of one filter.
 * @typedef {{ lines: Lines, load: ConvertLines, store: ConvertLines }} Across
 */
