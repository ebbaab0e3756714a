/** Bytes to floats and back, in the memory of a tile filter (IMG-2). */
/** `pixels.wat`, assembled. A test holds the two together. */
export declare const BINARY = "AGFzbQEAAAABDQJgBH9/f38AYAF/AXsCBgEAAAIAAAMEAwABAAcQAgRsb2FkAAAFc3RvcmUAAgqDAgNmAQF/A0AgAUUEQA8LIAIhBANAIARBAWshBCAAIARBBHRqIAAgBEECdGr9XAIA/YkB/akB/fsB/QyBgIA7gYCAO4GAgDuBgIA7/eYB/QsEACAEDQALIAAgA2ohACABQQFrIQEMAAsLNQAgAP0ABAD9DAAAf0MAAH9DAAB/QwAAf0P95gH9DAAAAD8AAAA/AAAAPwAAAD/95AH9+AELZAIDfwF7A0AgAUUEQA8LIAAhBCAAIQUgACACQQR0aiEGA0AgBBABIQcgByAH/YUBIQcgBSAHIAf9Zv1aAgAAIAVBBGohBSAEQRBqIgQgBkcNAAsgACADaiEAIAFBAWshAQwACws=";
export type Convert = (row: number, rows: number, pixels: number, stride: number) => void;
/**
 * What turns rows of bytes into floats (`load`) and back (`store`), in this memory.
 * @param {WebAssembly.Memory} memory
 */
export declare function converter(memory: WebAssembly.Memory): {
    load: Convert;
    store: Convert;
};
