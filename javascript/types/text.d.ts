/** UTF-8 at the edges of a module (IN-6, OUT-6). */
/**
 * The text that bytes are. A byte order mark is kept.
 * @param {Uint8Array} bytes
 * @param {"input-not-utf8" | "output-not-utf8"} code of the refusal
 */
export declare function decode(bytes: Uint8Array, code: "input-not-utf8" | "output-not-utf8"): string;
/**
 * The text that bytes are, with a mark for what is ill-formed.
 * @param {Uint8Array} bytes
 */
export declare function decodeUnchecked(bytes: Uint8Array): string;
/**
 * The bytes of a text. One with half of a surrogate pair has none (IN-6).
 * @param {string} text
 */
export declare function encode(text: string): Uint8Array<ArrayBuffer>;
