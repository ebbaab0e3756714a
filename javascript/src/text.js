/** UTF-8 at the edges of a module (IN-6, OUT-6). */

import { refused } from "./error.js";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text that bytes are. A byte order mark is kept.
 * @param {Uint8Array} bytes
 * @param {"input-not-utf8" | "output-not-utf8"} code of the refusal
 */
export function decode(bytes, code) {
  try {
    return strict.decode(bytes);
  } catch {
    const offset = firstFault(bytes);
    const what = code === "input-not-utf8" ? "input" : "output";
    throw refused(
      code,
      `the ${what} is not UTF-8: an ill-formed sequence starts at offset ${offset}`,
      offset,
    );
  }
}

/**
 * The text that bytes are, with a mark for what is ill-formed.
 * @param {Uint8Array} bytes
 */
export function decodeUnchecked(bytes) {
  return lenient.decode(bytes);
}

/**
 * The bytes of a text. One with half of a surrogate pair has none (IN-6).
 * @param {string} text
 */
export function encode(text) {
  const fault = loneSurrogate(text);
  if (fault < 0) return encoder.encode(text);
  const offset = encoder.encode(text.slice(0, fault)).length;
  throw refused(
    "input-not-utf8",
    `the input is not UTF-8: half of a surrogate pair at offset ${offset}`,
    offset,
  );
}

/** Where half of a surrogate pair stands alone, else -1. @param {string} text */
function loneSurrogate(text) {
  return text.search(/\p{Surrogate}/u);
}

/**
 * Where the first ill-formed or incomplete sequence starts: after the longest beginning that is
 * well-formed. That is found by the table of the Unicode Standard, 3-7.
 * @param {Uint8Array} bytes
 */
function firstFault(bytes) {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at];
    const length =
      lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return at;
    // The second byte keeps out what is too long, surrogates, and what is beyond U+10FFFF.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (length > 1 && (bytes[at + 1] < low || bytes[at + 1] > high)) return at;
    for (let index = 2; index < length; index += 1) if (bytes[at + index] >> 6 !== 2) return at;
    at += length;
  }
  return at;
}
