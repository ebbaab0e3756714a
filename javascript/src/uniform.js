/** Values of uniforms as text (UNI-3). */

import { quote, refused } from "./error.js";

/** @typedef {"i32" | "i64" | "f32" | "f64"} NumberType */

const DECIMAL = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/**
 * The value that a text is, for a setter of this type.
 * @param {string} key names the uniform in the message
 * @param {string} text
 * @param {NumberType} type
 * @returns {number | bigint}
 */
export function uniformValue(key, text, type) {
  const bits = type.endsWith("64") ? 64 : 32;
  if (type === "i32" || type === "i64") {
    const value = integer(text, bits);
    if (value !== undefined) return bits === 64 ? value : Number(value);
    throw unfit(key, text, `a decimal ${type}, or 0x and up to ${bits} bits`);
  }
  if (DECIMAL.test(text)) {
    const value = bits === 64 ? Number(text) : single(text);
    if (Number.isFinite(value)) return value;
  }
  throw unfit(key, text, `a decimal number within the range of ${type}`);
}

/** @param {string} key @param {string} text @param {string} wanted */
function unfit(key, text, wanted) {
  return refused("uniform-value", `uniform \`${quote(key)}\` has the value \`${quote(text)}\`, expected ${wanted}`);
}

/** @param {string} text @param {number} bits */
function integer(text, bits) {
  const [, hexadecimal] = /^0x0*([0-9a-fA-F]+)$/.exec(text) ?? [];
  if (hexadecimal !== undefined) {
    return hexadecimal.length <= bits / 4 ? BigInt.asIntN(bits, BigInt(`0x${hexadecimal}`)) : undefined;
  }
  const [, sign, digits] = /^([+-]?)0*([0-9]+)$/.exec(text) ?? [];
  // More digits than 64 bits have are not worth reading.
  if (digits === undefined || digits.length > 20) return undefined;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/**
 * The nearest f32, rounded once. By way of f64 it is rounded twice, which is wrong where the f64
 * lies halfway between two f32 and the text does not: then the text's side decides.
 * @param {string} text a decimal number
 */
function single(text) {
  const wide = Number(text);
  if (!Number.isFinite(wide) || Math.fround(wide) === wide) return wide;
  const near = Math.max(-BEYOND, Math.min(Math.fround(wide), BEYOND));
  const other = neighbour(near, wide > near);
  const isHalfway = Math.abs(wide - near) === Math.abs(other - wide);
  const side = isHalfway ? Math.sign(wide) * compare(digitsOf(text), digitsOf(exactly(Math.abs(wide)))) : 0;
  return Math.fround(side !== 0 && side > 0 === other > near ? other : near);
}

/** What comes behind the largest f32, would there be one. */
const BEYOND = 2 ** 128;

/**
 * The next f32.
 * @param {number} value an f32, or what comes behind the largest
 * @param {boolean} isAbove
 */
function neighbour(value, isAbove) {
  if (Math.abs(value) === BEYOND) return Math.sign(value) * (2 ** 128 - 2 ** 104);
  if (value === 0) return isAbove ? 2 ** -149 : -(2 ** -149);
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] += value > 0 === isAbove ? 1 : -1;
  const [next] = new Float32Array(bits.buffer);
  return Math.max(-BEYOND, Math.min(next, BEYOND));
}

/**
 * All digits of a double.
 * @param {number} value positive
 */
function exactly(value) {
  let [whole, places] = [value, 0];
  while (!Number.isInteger(whole)) {
    whole *= 2; // exact
    places += 1;
  }
  return `${BigInt(whole) * 5n ** BigInt(places)}e-${places}`;
}

/**
 * A decimal number as 0.DIGITS times a power of ten, without its sign.
 * @param {string} text
 */
function digitsOf(text) {
  const [, whole, fraction = "", exponent = "0"] = /** @type {RegExpExecArray} */ (
    /^[+-]?([0-9]*)(?:\.([0-9]*))?(?:[eE](.*))?$/.exec(text)
  );
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first < 0) return { digits: "", power: -Infinity };
  return { digits: all.slice(first).replace(/0+$/, ""), power: Number(exponent) + whole.length - first };
}

/** @typedef {ReturnType<typeof digitsOf>} Digits */
/** 1, 0 or -1. @param {Digits} one @param {Digits} other */
function compare(one, other) {
  if (one.power !== other.power) return Math.sign(one.power - other.power);
  return one.digits === other.digits ? 0 : one.digits > other.digits ? 1 : -1;
}
