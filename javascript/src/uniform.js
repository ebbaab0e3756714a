/** Values of uniforms as text (UNI-3). */

import { quote, refused } from "./error.js";

/** @typedef {"i32" | "i64" | "f32" | "f64"} NumberType */

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
  const parts = decimal(text);
  if (parts !== undefined) {
    const value = bits === 64 ? Number(text) : single(text, parts);
    if (Number.isFinite(value)) return value;
  }
  throw unfit(key, text, `a decimal number within the range of ${type}`);
}

/** @param {string} key @param {string} text @param {string} wanted */
function unfit(key, text, wanted) {
  return refused(
    "uniform-value",
    `uniform \`${quote(key)}\` has the value \`${quote(text)}\`, expected ${wanted}`,
  );
}

/**
 * Goes through a text from the front. Texts may be as long as a caller likes, and regular
 * expressions fail on long ones in some engines.
 */
class Scanner {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  get isDone() {
    return this.at === this.text.length;
  }

  /** Takes one of these characters, if it stands here. @param {string} characters */
  one(characters) {
    const found = this.text[this.at];
    if (found === undefined || !characters.includes(found)) return "";
    this.at += 1;
    return found;
  }

  /** Takes as many of these characters as stand here. @param {string} characters */
  many(characters) {
    const start = this.at;
    while (this.one(characters)) continue;
    return this.text.slice(start, this.at);
  }
}

const DIGITS = "0123456789";

/** @param {string} text @param {number} bits */
function integer(text, bits) {
  const scanner = new Scanner(text);
  if (text.startsWith("0x")) {
    scanner.at = 2;
    const zeros = scanner.many("0");
    const digits = scanner.many(`${DIGITS}abcdefABCDEF`);
    const isFit = scanner.isDone && zeros + digits !== "" && digits.length <= bits / 4;
    return isFit ? BigInt.asIntN(bits, BigInt(`0x0${digits}`)) : undefined;
  }
  const sign = scanner.one("+-");
  const zeros = scanner.many("0");
  const digits = scanner.many(DIGITS);
  // More digits than 64 bits have are not worth reading.
  if (!scanner.isDone || zeros + digits === "" || digits.length > 20) return undefined;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/**
 * The parts of a decimal number, if the text is one.
 * @param {string} text
 */
function decimal(text) {
  const scanner = new Scanner(text);
  scanner.one("+-");
  const whole = scanner.many(DIGITS);
  const fraction = scanner.one(".") ? scanner.many(DIGITS) : "";
  let exponent = "0";
  if (whole + fraction !== "" && scanner.one("eE")) {
    const sign = scanner.one("+-");
    const places = scanner.many(DIGITS);
    if (places === "") return undefined;
    exponent = sign + places;
  }
  return scanner.isDone && whole + fraction !== "" ? { whole, fraction, exponent } : undefined;
}

/**
 * The nearest f32, rounded once. By way of f64 it is rounded twice, which is wrong where the f64
 * lies halfway between two f32 and the text does not: then the text's side decides.
 * @param {string} text a decimal number
 * @param {Parts} parts of it
 */
function single(text, parts) {
  const wide = Number(text);
  if (!Number.isFinite(wide) || Math.fround(wide) === wide) return wide;
  const near = Math.max(-BEYOND, Math.min(Math.fround(wide), BEYOND));
  const other = neighbour(near, wide > near);
  const isHalfway = Math.abs(wide - near) === Math.abs(other - wide);
  const side = isHalfway
    ? Math.sign(wide) * compare(digitsOf(parts), digitsOf(exactly(Math.abs(wide))))
    : 0;
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
  return {
    whole: String(BigInt(whole) * 5n ** BigInt(places)),
    fraction: "",
    exponent: String(-places),
  };
}

/**
 * A decimal number as 0.DIGITS times a power of ten, without its sign.
 * @param {Parts} parts
 */
function digitsOf({ whole, fraction, exponent }) {
  const all = whole + fraction;
  let [first, end] = [0, all.length];
  while (all[first] === "0") first += 1;
  while (end > first && all[end - 1] === "0") end -= 1;
  if (first === end) return { digits: "", power: -Infinity };
  return { digits: all.slice(first, end), power: Number(exponent) + whole.length - first };
}

/** @typedef {NonNullable<ReturnType<typeof decimal>>} Parts */
/** @typedef {ReturnType<typeof digitsOf>} Digits */
/** 1, 0 or -1. @param {Digits} one @param {Digits} other */
function compare(one, other) {
  if (one.power !== other.power) return Math.sign(one.power - other.power);
  return one.digits === other.digits ? 0 : one.digits > other.digits ? 1 : -1;
}
