/** Values of uniforms as text (UNI-3). */
export type NumberType = "i32" | "i64" | "f32" | "f64";
/**
 * The value that a text is, for a setter of this type.
 * @param {string} key names the uniform in the message
 * @param {string} text
 * @param {NumberType} type
 * @returns {number | bigint}
 */
export declare function uniformValue(key: string, text: string, type: NumberType): number | bigint;
/**
 * A decimal number as 0.DIGITS times a power of ten, without its sign.
 * @param {string} text
 */
declare function digitsOf(text: string): {
    digits: string;
    power: number;
};
export type Digits = ReturnType<typeof digitsOf>;
export {};
