/** Values of uniforms as text (UNI-3). */
export type NumberType = "i32" | "i64" | "f32" | "f64";
/** @typedef {"i32" | "i64" | "f32" | "f64"} NumberType */
/**
 * The value that a text is, for a setter of this type.
 * @param {string} key names the uniform in the message
 * @param {string} text
 * @param {NumberType} type
 * @returns {number | bigint}
 */
export declare function uniformValue(key: string, text: string, type: NumberType): number | bigint;
/**
 * The parts of a decimal number, if the text is one.
 * @param {string} text
 */
declare function decimal(text: string): {
    whole: string;
    fraction: string;
    exponent: string;
} | undefined;
/**
 * A decimal number as 0.DIGITS times a power of ten, without its sign.
 * @param {Parts} parts
 */
declare function digitsOf({ whole, fraction, exponent }: Parts): {
    digits: string;
    power: number;
};
export type Parts = NonNullable<ReturnType<typeof decimal>>;
export type Digits = ReturnType<typeof digitsOf>;
export {};
