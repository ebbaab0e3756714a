/** What a host looks for before it instantiates anything, for one module, in the order of ORD-1. */

import { quote, refused } from "./error.js";
import { checkSizes } from "./sizes.js";

/** @import { Declared } from "./declared.js" */
/** @import { Limits } from "./limits.js" */
/** @import { NumberType, uniformValue } from "./uniform.js" */

const TILE = ["tile_rgba32float_64x64", "tile_rgba_f32_64x64"];
const ENTRY = ["render", "run"];
const OUTPUT_CAPS = ["output_utf8_cap", "output_bytes_cap", "output_i32_cap"];
const TYPES = [
  ["input_content_type_ptr", "input_content_type_size"],
  ["output_content_type_ptr", "output_content_type_size"],
];
const HALO = "calculate_halo_px";
const SET = "uniform_set_";
const SIZE = "uniform_set_width_and_height";

const ONE_I32 = "function (i32) -> (i32)";
const TILE_FUNCTION = "function (f32 f32) -> ()";

/** What the output of a module is. @typedef {"utf8" | "bytes" | "i32" | "scalar"} OutputKind */

/**
 * A setter to call before a request. `types` are those of its parameter and its results.
 * @typedef {{ name: string, value: number | bigint, shape: string }} Setter
 */

/**
 * What a request needs of a module: the exports that win.
 * @typedef {object} Plan
 * @property {boolean} isFilter whether it is a tile filter (IMG-1)
 * @property {string} entry
 * @property {string[]} numbers what is read, once each and in this order (RUN-2, IMG-12): the
 *   input's pointer and capacity, and where the output is buffered those of the output
 * @property {boolean} isText whether the input is UTF-8 (IN-2)
 * @property {OutputKind} output
 * @property {boolean} hasInputType
 * @property {boolean} hasOutputType
 * @property {string | undefined} size the shape of the setter of a picture's size
 * @property {boolean} hasHalo
 * @property {Setter[]} setters in the order of their keys (UNI-2)
 */

/**
 * How modules are held to the contract.
 * @typedef {object} Rules
 * @property {"checked" | "unchecked"} utf8 whether text is checked (IN-6)
 * @property {"strict" | "lenient"} numeric which types pointers and sizes may have (MOD-4)
 * @property {boolean} fixedMemory whether to insist on memory that cannot grow (MOD-7)
 * @property {boolean} filters whether to insist on tile filters (IMG-1)
 */

/**
 * The uniforms of a caller: texts by key, and what reads them.
 * @typedef {{ texts: ReadonlyMap<string, string>, read: typeof uniformValue }} Given
 */

/**
 * @param {Declared} declared a valid module
 * @param {Rules} rules
 * @param {Limits} limits
 * @param {Given | undefined} uniforms
 * @returns {Plan}
 */
export function check(declared, rules, limits, uniforms) {
  const { exports } = declared;
  if (declared.firstImport !== undefined) {
    throw refused("import", `the module imports \`${declared.firstImport}\`, expected no imports`);
  }
  checkMemory(declared, rules.fixedMemory);
  checkSizes(declared, limits);
  return new Check(exports, rules.numeric === "lenient").plan(rules.filters, uniforms);
}

/** @param {Declared} declared @param {boolean} isFixed */
function checkMemory({ exports, memory, code }, isFixed) {
  const shape = exports.get("memory");
  if (shape === undefined)
    throw refused("missing-memory", "the module does not export `memory`, expected a memory");
  if (shape !== "memory") {
    throw refused(
      "memory-kind",
      `the export \`memory\` is a ${shape}, expected a 32-bit unshared memory`,
    );
  }
  if (!isFixed || !memory) return;
  const { min, max } = memory;
  const most =
    max === undefined ? "declares no maximum" : max !== min ? `may grow to ${max}` : undefined;
  const fault = most
    ? `starts at ${min} pages and ${most}`
    : code.growsMemory
      ? "is grown by the module's code"
      : "";
  if (fault) throw refused("memory-not-fixed", `the memory ${fault}, expected a fixed memory`);
}

/** What is left of ORD-1 once the sizes are checked: all about exports and uniforms. */
export class Check {
  /**
   * @param {ReadonlyMap<string, string>} exports shapes by name
   * @param {boolean} isLenient whether numbers may have any type (MOD-4)
   * @param {boolean} [trusts] whether every shape is taken for right
   */
  constructor(exports, isLenient, trusts = false) {
    this.exports = exports;
    this.trusts = trusts;
    const types = isLenient ? ["i32", "i64", "f32", "f64"] : ["i32"];
    this.numbers = types.flatMap((type) => [`global ${type}`, `function () -> (${type})`]);
    this.numberWords = isLenient
      ? "a global of a number type or a function `()` to one"
      : "a global `i32` or a function `() -> i32`";
  }

  /**
   * @param {boolean} wantsFilter
   * @param {Given | undefined} uniforms
   * @returns {Plan}
   */
  plan(wantsFilter, uniforms) {
    const { exports } = this;
    const isFilter = TILE.some((name) => exports.has(name));
    if (wantsFilter && !isFilter) throw this.missing(TILE);
    const entry = isFilter ? this.first(TILE, [TILE_FUNCTION]) : this.first(ENTRY, [ONE_I32]);
    this.number("input_ptr");
    const inputCap = isFilter
      ? this.first(["input_bytes_cap"], this.numbers)
      : this.first(["input_utf8_cap", "input_bytes_cap"], this.numbers);
    const numbers = ["input_ptr", inputCap];
    const plan = {
      isFilter,
      entry,
      numbers,
      isText: inputCap === "input_utf8_cap",
      size: undefined,
      hasHalo: false,
    };
    if (isFilter) {
      const size = exports.get(SIZE);
      this.shape(
        SIZE,
        (shape) => shape.startsWith("function (f32 f32) "),
        "a function `(f32, f32)`",
      );
      this.all([HALO], ["function () -> (i32)"]);
      const setters = this.setters(uniforms);
      const types = { hasInputType: false, hasOutputType: false };
      return { ...plan, ...types, output: "bytes", size, hasHalo: exports.has(HALO), setters };
    }
    this.all(["output_ptr", ...OUTPUT_CAPS], this.numbers);
    const outputCap = exports.has("output_ptr")
      ? OUTPUT_CAPS.find((name) => exports.has(name))
      : undefined;
    const [hasInputType, hasOutputType] = TYPES.map((pair) => {
      const isThere = pair.some((name) => exports.has(name));
      if (isThere) pair.forEach((name) => this.number(name));
      return isThere;
    });
    if (outputCap !== undefined) numbers.push("output_ptr", outputCap);
    const output = /** @type {OutputKind} */ (outputCap?.split("_")[1] ?? "scalar");
    return { ...plan, output, hasInputType, hasOutputType, setters: this.setters(uniforms) };
  }

  /**
   * Holds each of these exports that is there to its shape, and says which wins: the first.
   * @param {string[]} names
   * @param {string[]} wanted
   */
  first(names, wanted) {
    const winner = names.find((name) => this.exports.has(name));
    if (winner === undefined) throw this.missing(names);
    this.all(names, wanted);
    return winner;
  }

  /** Holds an export that has to be there to the shape of a number (MOD-3). @param {string} name */
  number(name) {
    this.first([name], this.numbers);
  }

  /** @param {string[]} names @param {string[]} wanted */
  all(names, wanted) {
    const words = wanted === this.numbers ? this.numberWords : wanted.join(" or ");
    for (const name of names) this.shape(name, (shape) => wanted.includes(shape), words);
  }

  /**
   * @param {string} name
   * @param {(shape: string) => boolean} fits
   * @param {string} wanted in words
   */
  shape(name, fits, wanted, code = "export-shape") {
    const found = this.exports.get(name);
    if (found === undefined || this.trusts || fits(found)) return;
    throw refused(code, `the export \`${quote(name)}\` is a ${quote(found)}, expected ${wanted}`);
  }

  /** @param {string[]} names */
  missing(names) {
    const wanted = names === TILE ? TILE_FUNCTION : names === ENTRY ? ONE_I32 : this.numberWords;
    return refused(
      "missing-export",
      `the module does not export \`${names.join("` or `")}\`, expected ${wanted}`,
    );
  }

  /**
   * The uniforms that are given and those that are exported, in the order of their keys (UNI).
   * @param {Given | undefined} given
   */
  setters(given) {
    const texts = given?.texts ?? new Map();
    const exported = [...this.exports.keys()].filter(
      (name) => name.startsWith(SET) && name !== SET && name !== SIZE,
    );
    const known = new Set(exported.map((name) => name.slice(SET.length)));
    const keys = [...new Set([...known, ...texts.keys()])].sort(byBytes);
    /** @type {Setter[]} */
    const setters = [];
    for (const key of keys) {
      const text = texts.get(key);
      if (!known.has(key)) {
        const some = [...known].slice(0, 16).map((other) => `\`${quote(other)}\``);
        const found = some.length > 0 ? `it has ${some.join(", ")}` : "it has none";
        throw refused("unknown-uniform", `the module has no uniform \`${quote(key)}\`; ${found}`);
      }
      const name = SET + key;
      const wanted = "a function of one i32, i64, f32 or f64";
      this.shape(
        name,
        (shape) => /^function \([if](32|64)\) /.test(shape),
        wanted,
        "uniform-shape",
      );
      if (given === undefined || text === undefined) continue;
      const shape = /** @type {string} */ (this.exports.get(name));
      const type = /** @type {NumberType} */ (shape.slice("function (".length).slice(0, 3));
      setters.push({ name, value: given.read(key, text, type), shape });
    }
    return setters;
  }
}

/**
 * Orders keys by their bytes in UTF-8 (UNI-2), which is the order of their characters' numbers.
 * @param {string} one
 * @param {string} other
 */
export function byBytes(one, other) {
  const [left, right] = [Array.from(one), Array.from(other)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length - right.length;
  return (left[at].codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
