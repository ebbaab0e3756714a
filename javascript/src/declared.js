/**
 * What a module declares, read from its bytes: the JavaScript API tells neither the types of
 * functions nor any sizes before a module is compiled.
 */

import { referenceType, valueType } from "./body.js";
import { HEADER, Reader } from "./bytes.js";
import { quote, refused } from "./error.js";
import { MOST_SEGMENTS, PAGE, mostOf } from "./limits.js";

/** @import { Bytes } from "./bytes.js" */
/** @import { Found, Surroundings } from "./body.js" */
/** @import { Size } from "./limits.js" */

/** Sections by number, as they follow each other; custom ones (0) stand anywhere. */
export const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
export const section = /** @type {const} */ ({
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
});

/** Of what parsers take at most and LIM-1 does not count (the choice at LIM-1). */
const MOST_TABLES = 100;
const MOST_ITEMS = 1_000_000;
const MOST_ELEMENTS = 10_000_000;
/** The largest table that every engine compiles. */
export const MOST_ENTRIES = 10_000_000;

/** A part of the module: its first byte, and the one behind its last. */
/** @typedef {{ start: number, end: number }} Range */
/** @typedef {{ min: number, max: number | undefined }} Bounds */

/**
 * What a module declares.
 * @typedef {object} Declared
 * @property {Bytes} bytes the module
 * @property {Map<number, Range>} sections where the contents of each section are
 * @property {Range | undefined} names the custom section with the names of functions, whole
 * @property {Range[]} bodies where the body of each function is, behind its size
 * @property {Range[]} instructions where its instructions are, behind its locals
 * @property {number[]} localCounts how many locals and parameters each function has
 * @property {Surroundings} functions
 * @property {string | undefined} firstImport `module.field`, quoted
 * @property {Map<string, string>} exports shapes by name: `function (i32) -> (i32)`,
 *   `global i32`, `memory`, `table`
 * @property {Bounds[]} tables
 * @property {string[]} tableTypes
 * @property {Bounds | undefined} memory
 * @property {number} globals how many
 * @property {boolean} isExternref whether the type `externref` stands anywhere in a type
 * @property {boolean} isExtendedConst whether a constant expression calculates
 * @property {boolean} isBeyond whether more of a section was declared than engines judge
 * @property {Partial<Record<Size | "localsAndParams" | "localCells" | "elements" | "data", number>>} sizes
 *   the largest of its kind
 * @property {Found} code what all instructions have
 */

/**
 * Reads what a module declares, but for its instructions. Throws `not-wasm` and what of
 * `invalid-module` shows here: engines know more proposals than the contract (MOD-8).
 * @param {Bytes} bytes
 * @returns {Declared}
 */
export function read(bytes) {
  if (!HEADER.every((byte, index) => bytes[index] === byte)) {
    const found = bytes.length === 0 ? "nothing" : `${bytes.length} bytes with another header`;
    throw refused(
      "not-wasm",
      `not a WebAssembly module: found ${found}, expected \`\\0asm\` and version 1`,
    );
  }
  const scan = new Scan(bytes);
  const reader = new Reader(bytes, HEADER.length, bytes.length);
  let position = -1;
  while (!reader.isDone) {
    const at = reader.at;
    const kind = reader.byte();
    const size = reader.u32();
    const start = reader.skip(size);
    const part = new Reader(bytes, start, reader.at);
    if (kind === 0) {
      if (part.name() === "name") scan.declared.names = { start: at, end: part.end };
      continue;
    }
    const next = ORDER.indexOf(kind);
    if (next < 0) throw reader.invalid(`a section of the unknown kind ${kind}`, at);
    if (next <= position) throw reader.invalid("a section out of its order", at);
    position = next;
    scan.declared.sections.set(kind, { start, end: part.end });
    scan.section(kind, part);
    if (!part.isDone) throw part.invalid("more than the entries of a section");
  }
  scan.finish(reader);
  return scan.declared;
}

class Scan {
  /** @param {Bytes} bytes */
  constructor(bytes) {
    /** @type {Declared} */
    this.declared = {
      bytes,
      sections: new Map(),
      names: undefined,
      bodies: [],
      instructions: [],
      localCounts: [],
      functions: { params: [], results: [], functions: [] },
      firstImport: undefined,
      exports: new Map(),
      tables: [],
      tableTypes: [],
      memory: undefined,
      globals: 0,
      isExternref: false,
      isExtendedConst: false,
      isBeyond: false,
      sizes: {},
      code: {
        operands: 0,
        branchTargets: 0,
        growsMemory: false,
        growsTable: false,
        tailCalls: false,
        converts: false,
      },
    };
    /** Where each type begins, behind the byte that says that it is of a function. @type {number[]} */
    this.typeStarts = [];
    /** @type {string[]} */
    this.globals = [];
    this.importedFunctions = 0;
    this.importedGlobals = 0;
    this.hasMemory = false;
    /** How many bodies there are said to be. */
    this.bodies = 0;
  }

  /** @param {Size | "localsAndParams" | "localCells" | "elements" | "data"} size @param {number} found */
  note(size, found) {
    const sizes = this.declared.sizes;
    if (found > (sizes[size] ?? 0)) sizes[size] = found;
  }

  /** @param {number} kind @param {Reader} part */
  section(kind, part) {
    switch (kind) {
      case section.type:
        return this.types(part);
      case section.import:
        return void part.each(() => this.import(part));
      case section.function: {
        const { functions } = this.declared.functions;
        const count = part.each(() => push(functions, part.u32()));
        return this.note("functions", count);
      }
      case section.table:
        return void part.each(() => this.table(part));
      case section.memory:
        return void part.each(() => this.memory(part));
      case section.global:
        return void part.each(() => {
          this.global(part);
          this.constant(part);
        });
      case section.export:
        return this.note(
          "exports",
          part.each(() => this.export(part)),
        );
      case section.start:
        return void part.u32();
      case section.element:
        return this.note(
          "elements",
          part.each(() => this.element(part)),
        );
      case section.dataCount:
        return this.note("data", part.u32());
      case section.code:
        this.bodies = part.each((index) => this.body(part, index));
        return;
      case section.data:
        return this.note(
          "data",
          part.each(() => this.data(part)),
        );
    }
  }

  /** @param {Reader} reader */
  finish(reader) {
    const { declared, bodies } = this;
    const { sizes } = declared;
    if ((sizes.functions ?? 0) !== bodies)
      throw reader.invalid("another number of functions than of bodies");
    this.note("segments", (sizes.elements ?? 0) + (sizes.data ?? 0));
    const isBeyond = (/** @type {Size} */ size) => (sizes[size] ?? 0) > mostOf(size);
    declared.isBeyond =
      ["types", "params", "functions", "exports"].some((size) =>
        isBeyond(/** @type {Size} */ (size)),
      ) || Math.max(sizes.elements ?? 0, sizes.data ?? 0) > MOST_SEGMENTS;
  }

  /** @param {Reader} part */
  types(part) {
    const { params, results } = this.declared.functions;
    const list = () => part.each(() => this.noteType(valueType(part)));
    const count = part.each(() => {
      if (part.byte() !== 0x60) throw part.invalid("a type other than of functions");
      push(this.typeStarts, part.at);
      const counts = [list(), list()];
      push(params, counts[0]);
      push(results, counts[1]);
      this.note("params", Math.max(...counts));
    });
    this.note("types", count);
  }

  /** @param {string} type */
  noteType(type) {
    if (type === "externref") this.declared.isExternref = true;
    return type;
  }

  /** @param {Reader} part */
  import(part) {
    const { declared } = this;
    const name = `${quote(part.name())}.${quote(part.name())}`;
    declared.firstImport ??= name;
    const kind = part.byte();
    switch (kind) {
      case 0:
        push(declared.functions.functions, part.u32());
        this.importedFunctions += 1;
        return;
      case 1:
        return this.table(part);
      case 2:
        return this.memory(part);
      case 3:
        this.global(part);
        this.importedGlobals += 1;
        return;
      default:
        throw part.invalid(`an import of the unknown kind ${kind}`);
    }
  }

  /** @param {Reader} part @returns {Bounds} */
  bounds(part) {
    const flags = part.byte();
    if (flags > 1) throw part.invalid("bounds that are 64-bit, shared or of other pages");
    return { min: part.u32(), max: flags === 1 ? part.u32() : undefined };
  }

  /** @param {Reader} part */
  table(part) {
    const { tables, tableTypes } = this.declared;
    tableTypes.push(this.noteType(referenceType(part)));
    tables.push(this.bounds(part));
    if (tables.length > MOST_TABLES) throw part.invalid("too many tables");
    this.note("tableEntries", tables[tables.length - 1].min);
  }

  /** @param {Reader} part */
  memory(part) {
    if (this.hasMemory) throw part.invalid("more than one memory");
    this.hasMemory = true;
    this.declared.memory = this.bounds(part);
    this.note("memoryBytes", this.declared.memory.min * PAGE);
  }

  /** @param {Reader} part */
  global(part) {
    if (this.globals.length >= MOST_ITEMS) throw part.invalid("too many globals");
    this.globals.push(`global ${this.noteType(valueType(part))}`);
    if (part.byte() > 1) throw part.invalid("a global that is neither constant nor mutable");
    this.declared.globals = this.globals.length;
  }

  /** Passes over a constant expression. @param {Reader} part */
  constant(part) {
    for (;;) {
      const code = part.byte();
      if (code === 0x0b) return;
      switch (code) {
        case 0x23: {
          const index = part.u32();
          // Later proposals allow the module's own globals.
          if (index >= this.importedGlobals)
            throw part.invalid("a constant of a global that is not imported");
          break;
        }
        case 0x41:
          part.skipSigned(5);
          break;
        case 0x42:
          part.skipSigned(10);
          break;
        case 0x43:
          part.skip(4);
          break;
        case 0x44:
          part.skip(8);
          break;
        case 0x6a:
        case 0x6b:
        case 0x6c:
        case 0x7c:
        case 0x7d:
        case 0x7e:
          this.declared.isExtendedConst = true;
          break;
        case 0xd0:
          this.noteType(referenceType(part));
          break;
        case 0xd2:
          part.u32();
          break;
        case 0xfd:
          if (part.u32() !== 12) throw part.invalid("an instruction that is not constant");
          part.skip(16);
          break;
        default:
          throw part.invalid("an instruction that is not constant");
      }
    }
  }

  /** @param {Reader} part */
  export(part) {
    const { exports, functions } = this.declared;
    const at = part.at;
    const name = part.name();
    const kind = part.byte();
    const index = part.u32();
    if (kind > 3) throw part.invalid(`an export of the unknown kind ${kind}`);
    if (exports.size > MOST_ITEMS) return;
    if (exports.has(name)) throw part.invalid(`the name ${quote(name)} is exported twice`, at);
    if (kind === 0) exports.set(name, this.shape(functions.functions[index]));
    else
      exports.set(
        name,
        kind === 1 ? "table" : kind === 2 ? "memory" : (this.globals[index] ?? "global"),
      );
  }

  /** The shape of the functions of a type. @param {number} type */
  shape(type) {
    const start = this.typeStarts[type];
    // The engine refuses what has no type; what is beyond its limits is not looked at.
    if (start === undefined || (this.declared.sizes.params ?? 0) > mostOf("params"))
      return "function";
    const reader = new Reader(this.declared.bytes, start, this.declared.bytes.length);
    const list = () => {
      /** @type {string[]} */
      const types = [];
      reader.each(() => types.push(valueType(reader)));
      return types.join(" ");
    };
    return `function (${list()}) -> (${list()})`;
  }

  /** @param {Reader} part */
  element(part) {
    const flags = part.u32();
    if (flags > 7) throw part.invalid("an element segment of an unknown form");
    const isActive = (flags & 1) === 0;
    if (isActive && flags & 2) part.u32();
    if (isActive) this.constant(part);
    const hasExpressions = (flags & 4) !== 0;
    if (flags & 3) {
      if (hasExpressions) this.noteType(referenceType(part));
      else if (part.byte() !== 0) throw part.invalid("elements of an unknown kind");
    }
    const count = part.each(() => void (hasExpressions ? this.constant(part) : part.u32()));
    if (count > MOST_ELEMENTS) throw part.invalid("too many elements of a segment");
  }

  /** @param {Reader} part */
  data(part) {
    const flags = part.u32();
    if (flags > 2) throw part.invalid("a data segment of an unknown form");
    if (flags === 2 && part.u32() !== 0) throw part.invalid("a memory that is not the first");
    if (flags !== 1) this.constant(part);
    part.skip(part.u32());
  }

  /** @param {Reader} part @param {number} index */
  body(part, index) {
    const { declared } = this;
    const size = part.u32();
    const start = part.skip(size);
    const body = new Reader(part.bytes, start, part.at);
    let locals = 0;
    let cells = 0;
    body.each(() => {
      const count = body.u32();
      locals += count;
      cells += this.noteType(valueType(body)) === "v128" ? 2 * count : count;
    });
    const all = locals + (declared.functions.params[this.typeOf(index)] ?? 0);
    this.note("functionBytes", size);
    this.note("locals", locals);
    this.note("localsAndParams", all);
    this.note("localCells", cells);
    if (declared.bodies.length > MOST_ITEMS) return;
    declared.bodies.push({ start, end: part.at });
    declared.instructions.push({ start: body.at, end: part.at });
    declared.localCounts.push(all);
  }

  /** The type of a function that the module defines. @param {number} index */
  typeOf(index) {
    return this.declared.functions.functions[this.importedFunctions + index];
  }
}

/**
 * Keeps an entry, as far as engines judge sections of so many.
 * @template T
 * @param {T[]} list
 * @param {T} item
 */
function push(list, item) {
  if (list.length <= MOST_ITEMS) list.push(item);
}
