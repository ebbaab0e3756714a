/** Bytes of a binary: reading from the front, and putting together. */

import { quote, refused } from "./error.js";

/** What every module begins with. */
export const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that no other thread can change. @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** The longest name that parsers take, in bytes. */
const LONGEST_NAME = 100_000;

/** Reads a part of a module from the front. What is malformed is `invalid-module` (MOD-8). */
export class Reader {
  /**
   * @param {Bytes} bytes the whole module
   * @param {number} at where to begin
   * @param {number} end where the part ends
   */
  constructor(bytes, at, end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get isDone() {
    return this.at === this.end;
  }

  /**
   * The refusal of what stands here.
   * @param {string} what
   */
  invalid(what, at = this.at) {
    const where = `0x${at.toString(16)}`;
    return refused(
      "invalid-module",
      `the module is invalid at offset ${where}: ${quote(what)}`,
      at,
    );
  }

  /**
   * Passes over bytes, and says where they began.
   * @param {number} count
   */
  skip(count) {
    const at = this.at;
    if (count > this.end - at) throw this.invalid("the bytes end too early", this.end);
    this.at = at + count;
    return at;
  }

  byte() {
    if (this.at >= this.end) throw this.invalid("the bytes end too early", this.end);
    return this.bytes[this.at++];
  }

  /** An unsigned number of 32 bits (LEB128). */
  u32() {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 0x0f) throw this.invalid("a number of more than 32 bits");
    return (value | (last << 28)) >>> 0;
  }

  /**
   * Passes over a signed number (LEB128), whose bits the engine judges.
   * @param {number} most bytes
   */
  skipSigned(most) {
    for (let count = 0; count < most; count += 1) if (this.byte() < 0x80) return;
    throw this.invalid("a number of too many bits");
  }

  /** The signed number of 33 bits that a block's type can be (LEB128). */
  s33() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (shift + 7) : value;
    }
    throw this.invalid("a number of more than 33 bits");
  }

  name() {
    const length = this.u32();
    if (length > LONGEST_NAME) throw this.invalid("a name that is too long");
    const start = this.skip(length);
    try {
      return utf8.decode(this.bytes.subarray(start, this.at));
    } catch {
      throw this.invalid("a name that is not UTF-8", start);
    }
  }

  /**
   * As many times as the next number says. A claim of more entries than there are bytes fails
   * at the end of the bytes, whatever it claims.
   * @param {(index: number) => void} read
   */
  each(read) {
    const count = this.u32();
    for (let index = 0; index < count; index += 1) read(index);
    return count;
  }
}

/**
 * An unsigned number (LEB128).
 * @param {number} value up to 32 bits
 */
export function leb(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return bytes;
}

/**
 * A signed number (LEB128).
 * @param {number} value of 32 bits
 */
export function signedLeb(value) {
  const bytes = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/**
 * A name or other bytes behind their length.
 * @param {ArrayLike<number>} bytes
 */
export function sized(bytes) {
  return concat([leb(bytes.length), bytes]);
}

/**
 * Parts, one after the other.
 * @param {ArrayLike<number>[]} parts
 */
export function concat(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
