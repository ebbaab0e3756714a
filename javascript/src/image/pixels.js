/** Bytes to floats and back, in the memory of a tile filter (IMG-2). */

/** `pixels.wat`, assembled. A test holds the two together. */
export const BINARY =
  "AGFzbQEAAAABDQJgBH9/f38AYAF/AXsCBgEAAAIAAAMEAwABAAcQAgRsb2FkAAAFc3RvcmUAAgqDAgNmAQF/A0AgAUUEQA8LIAIhBANAIARBAWshBCAAIARBBHRqIAAgBEECdGr9XAIA/YkB/akB/fsB/QyBgIA7gYCAO4GAgDuBgIA7/eYB/QsEACAEDQALIAAgA2ohACABQQFrIQEMAAsLNQAgAP0ABAD9DAAAf0MAAH9DAAB/QwAAf0P95gH9DAAAAD8AAAA/AAAAPwAAAD/95AH9+AELZAIDfwF7A0AgAUUEQA8LIAAhBCAAIQUgACACQQR0aiEGA0AgBBABIQcgByAH/YUBIQcgBSAHIAf9Zv1aAgAAIAVBBGohBSAEQRBqIgQgBkcNAAsgACADaiEAIAFBAWshAQwACws=";

/**
 * Rows of pixels in memory: where the first begins, how many there are, the pixels of each, and
 * the bytes from one to the next. As bytes they stand at the beginning of their rows.
 * @typedef {(row: number, rows: number, pixels: number, stride: number) => void} Convert
 */

/** @type {WebAssembly.Module | undefined} */
let code;

/**
 * What turns rows of bytes into floats (`load`) and back (`store`), in this memory.
 * @param {WebAssembly.Memory} memory
 */
export function converter(memory) {
  code ??= new WebAssembly.Module(
    Uint8Array.from(atob(BINARY), (character) => character.charCodeAt(0)),
  );
  const { exports } = new WebAssembly.Instance(code, { "": { "": memory } });
  return /** @type {{ load: Convert, store: Convert }} */ (/** @type {unknown} */ (exports));
}
