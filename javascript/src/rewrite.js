/**
 * Changes to a module's bytes, each made only where it was asked for or the engine cannot do
 * without: smaller maxima of memory and tables (TRAP-2), metering (RUN-6), one NaN (DET-1), and
 * a check that tells two traps apart (TRAP-1).
 */

import { walk } from "./body.js";
import { Reader, concat, leb, signedLeb, sized } from "./bytes.js";
import { ORDER, section } from "./declared.js";
import { PAGE } from "./limits.js";
import * as op from "./opcodes.js";

/** @import { Bytes } from "./bytes.js" */
/** @import { Declared } from "./declared.js" */
/** @import { Limits } from "./limits.js" */

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const encoder = new TextEncoder();

const I32 = 0x7f;
const FUNCREF = 0x70;
const UNREACHABLE = 0x00;
const LOOP = 0x03;
const IF = 0x04;
const EMPTY = 0x40;
const END = 0x0b;
const CALL_INDIRECT = 0x11;
const SELECT = 0x1b;
const LOCAL_GET = 0x20;
const LOCAL_TEE = 0x22;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const I32_CONST = 0x41;
const I32_LT_S = 0x48;
const I32_SUB = 0x6b;
const SIMD = 0xfd;

/** The largest table that every engine compiles. */
const MOST_ENTRIES = 10_000_000;

/**
 * What is to be done to a module.
 * @typedef {object} Wanted
 * @property {Limits} limits maxima of memory and tables
 * @property {boolean} isMetered
 * @property {boolean} isDeterministic whether NaN has one form
 * @property {boolean} marksNaN whether a conversion of NaN is to be told from an overflow
 */

/**
 * The exports that a rewritten module has beside its own.
 * @typedef {object} Added
 * @property {string} [counter] the global that counts down what a metered module has left
 * @property {string} [refill] the table with the function that is called when it is below 0
 * @property {string} [start] the start function, which is no longer run by itself
 * @property {string} [sawNaN] the global that is 1 after a trap for converting NaN
 */

/**
 * The module as the engine is to judge it: without the functions and sizes that the engine would
 * refuse for bounds of its own.
 * @param {Declared} declared
 * @param {number[]} unjudged bodies of functions
 */
export function judgeable(declared, unjudged) {
  const hasLargeTable = declared.tables.some(({ min }) => min > MOST_ENTRIES);
  if (unjudged.length === 0 && !hasLargeTable) return declared.bytes;
  const stub = Uint8Array.of(0, UNREACHABLE, END);
  const sections = new Map();
  if (unjudged.length > 0) {
    const stubs = new Set(unjudged);
    sections.set(section.code, codeSection(declared, (index) => (stubs.has(index) ? stub : undefined)));
  }
  if (hasLargeTable && declared.sections.has(section.table)) {
    sections.set(section.table, tableSection(declared, MOST_ENTRIES));
  }
  return assemble(declared, sections);
}

/**
 * The module as it is compiled, and what it exports beside its own. The bytes are the module's
 * own where there is nothing to do.
 * @param {Declared} declared a module in order, without imports
 * @param {Wanted} wanted
 * @returns {{ bytes: Bytes, added: Added }}
 */
export function rewrite(declared, wanted) {
  const { limits, isMetered } = wanted;
  /** @type {Map<number, Uint8Array>} */
  const sections = new Map();
  /** @type {Added} */
  const added = {};

  const { memory, code } = declared;
  const pages = Math.floor(limits.memoryBytes / PAGE);
  if (memory && code.growsMemory && (memory.max ?? Infinity) > pages) {
    sections.set(section.memory, concat([[1, 1], leb(memory.min), leb(pages)]));
  }
  if (code.growsTable || isMetered) {
    sections.set(section.table, tableSection(declared, limits.tableEntries, isMetered));
  }

  const calls = { type: declared.functions.params.length, table: declared.tables.length };
  let globals = declared.globals;
  const counter = isMetered ? globals++ : undefined;
  const sawNaN = wanted.marksNaN && code.converts ? globals : undefined;
  if (isMetered || wanted.isDeterministic || sawNaN !== undefined) {
    const body = new Rewriter(declared, { ...wanted, counter, sawNaN, calls });
    const bodies = declared.bodies.map((_, index) => body.rewrite(index));
    sections.set(section.code, codeSection(declared, (index) => bodies[index]));
  }

  /** @type {number[][]} */
  const exports = [];
  /** @param {string} what @param {number} kind @param {number} index */
  const give = (what, kind, index) => {
    let name = `qip:${what}`;
    while (declared.exports.has(name)) name += "'";
    exports.push([...sized(encoder.encode(name)), kind, ...leb(index)]);
    return name;
  };
  if (counter !== undefined) {
    added.counter = give("counter", 3, counter);
    added.refill = give("refill", 1, calls.table);
    sections.set(section.type, extended(declared, section.type, [[0x60, 0, 1, I32]]));
    const start = declared.sections.get(section.start);
    if (start) {
      const index = new Reader(declared.bytes, start.start, start.end).u32();
      added.start = give("start", 0, index);
      sections.set(section.start, NOTHING);
    }
  }
  if (sawNaN !== undefined) added.sawNaN = give("nan", 3, sawNaN);
  const newGlobals = [counter, sawNaN].filter((index) => index !== undefined);
  if (newGlobals.length > 0) {
    const zero = [I32, 1, I32_CONST, 0, END];
    sections.set(section.global, extended(declared, section.global, newGlobals.map(() => zero)));
    sections.set(section.export, extended(declared, section.export, exports));
  }
  return { bytes: sections.size > 0 ? assemble(declared, sections) : declared.bytes, added };
}

/** Stands for a section that is left out. */
const NOTHING = new Uint8Array(0);

/**
 * The module with other contents of some sections.
 * @param {Declared} declared
 * @param {Map<number, Uint8Array>} sections
 */
function assemble(declared, sections) {
  const { bytes, names } = declared;
  /** @type {ArrayLike<number>[]} */
  const parts = [HEADER];
  for (const kind of ORDER) {
    const own = declared.sections.get(kind);
    const contents = sections.get(kind) ?? (own && bytes.subarray(own.start, own.end));
    if (contents && contents !== NOTHING) parts.push([kind], leb(contents.length), contents);
  }
  if (names) parts.push(bytes.subarray(names.start, names.end));
  return concat(parts);
}

/**
 * A section with more entries.
 * @param {Declared} declared
 * @param {number} kind
 * @param {number[][]} entries
 */
function extended(declared, kind, entries) {
  const own = declared.sections.get(kind);
  if (!own) return concat([leb(entries.length), ...entries]);
  const reader = new Reader(declared.bytes, own.start, own.end);
  const count = reader.u32();
  return concat([leb(count + entries.length), declared.bytes.subarray(reader.at, own.end), ...entries]);
}

/**
 * The tables, none larger or allowed to grow larger than `most`.
 * @param {Declared} declared
 * @param {number} most entries
 * @param {boolean} [isMetered] whether there is one more, with the function that refills
 */
function tableSection({ tables, tableTypes }, most, isMetered = false) {
  const entries = tables.map(({ min, max }, index) => {
    const type = tableTypes[index] === "externref" ? 0x6f : FUNCREF;
    return [type, 1, ...leb(Math.min(min, most)), ...leb(Math.min(max ?? Infinity, most))];
  });
  if (isMetered) entries.push([FUNCREF, 1, 1, 1]);
  return concat([leb(entries.length), ...entries]);
}

/**
 * The code section with other bodies of some functions.
 * @param {Declared} declared
 * @param {(index: number) => Uint8Array | undefined} other
 */
function codeSection({ bytes, bodies }, other) {
  const parts = bodies.map(({ start, end }, index) => {
    const body = other(index) ?? bytes.subarray(start, end);
    return [leb(body.length), body];
  });
  return concat([leb(bodies.length), ...parts.flat()]);
}

/** One NaN for each type of float: its local's type, a constant of it, equality, and a choice. */
const ONE_NAN = /** @type {Record<number, [type: number, nan: number[], equal: number[], choose: number[]]>} */ ({
  [op.F32]: [0x7d, [0x43, 0, 0, 0xc0, 0x7f], [0x5b], [SELECT]],
  [op.F64]: [0x7c, [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f], [0x61], [SELECT]],
  [op.F32X4]: [0x7b, [SIMD, 12, ...Array(4).fill([0, 0, 0xc0, 0x7f]).flat()], [SIMD, 65], [SIMD, 82]],
  [op.F64X2]: [0x7b, [SIMD, 12, ...Array(2).fill([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]).flat()], [SIMD, 71], [SIMD, 82]],
});

/** Conversions that trap, by the type that they convert: which it is, and what tells it from itself. */
const OF_F32 = { type: 0x7d, unequal: 0x5c };
const OF_F64 = { type: 0x7c, unequal: 0x62 };
const CONVERSIONS = new Map([
  ...[0xa8, 0xa9, 0xae, 0xaf].map((code) => /** @type {const} */ ([code, OF_F32])),
  ...[0xaa, 0xab, 0xb0, 0xb1].map((code) => /** @type {const} */ ([code, OF_F64])),
]);

class Rewriter {
  /**
   * @param {Declared} declared
   * @param {{ isDeterministic: boolean, counter: number | undefined, sawNaN: number | undefined,
   *   calls: { type: number, table: number } }} wanted
   */
  constructor(declared, wanted) {
    this.declared = declared;
    this.wanted = wanted;
  }

  /**
   * The body of a function with what it needs in between; nothing where it stays as it is.
   * @param {number} index
   */
  rewrite(index) {
    const { bytes, bodies, instructions, functions, localCounts } = this.declared;
    const { isDeterministic, counter, sawNaN } = this.wanted;
    const { start, end } = instructions[index];
    /** What is put in, and where. @type {{ at: number, code: number[] }[]} */
    const inserted = [];
    /** The types of new locals. @type {number[]} */
    const locals = [];
    /** @param {number} type */
    const local = (type) => {
      if (!locals.includes(type)) locals.push(type);
      return leb(localCounts[index] + locals.indexOf(type));
    };
    /** How many instructions run from here on before anything is charged. */
    const stretches = [{ at: start, cost: 0 }];
    const open = [0];

    walk(new Reader(bytes, start, end), functions, functions.functions[index], (code, from, to, { float }) => {
      stretches[open[open.length - 1]].cost += 1;
      if (code === 0x02 || code === IF) open.push(open[open.length - 1]);
      if (code === LOOP) open.push(stretches.push({ at: to, cost: 0 }) - 1);
      if (code === END) open.pop();
      if (isDeterministic && float) {
        const [type, nan, equal, choose] = ONE_NAN[float];
        const value = local(type);
        const itself = [LOCAL_GET, ...value, LOCAL_GET, ...value];
        inserted.push({ at: to, code: [LOCAL_TEE, ...value, ...nan, ...itself, ...equal, ...choose] });
      }
      const conversion = sawNaN === undefined ? undefined : CONVERSIONS.get(code);
      if (conversion) {
        const value = local(conversion.type);
        const isNaN = [LOCAL_TEE, ...value, LOCAL_GET, ...value, LOCAL_GET, ...value, conversion.unequal];
        const trap = [I32_CONST, 1, GLOBAL_SET, ...leb(/** @type {number} */ (sawNaN)), UNREACHABLE];
        inserted.push({ at: from, code: [...isNaN, IF, EMPTY, ...trap, END] });
      }
    });
    if (counter !== undefined) {
      inserted.push(...stretches.map(({ at, cost }) => ({ at, code: this.charge(counter, cost) })));
      inserted.sort((a, b) => a.at - b.at);
    }
    if (inserted.length === 0) return undefined;

    const groups = new Reader(bytes, bodies[index].start, end);
    const count = groups.u32();
    /** @type {ArrayLike<number>[]} */
    const parts = [leb(count + locals.length), bytes.subarray(groups.at, start), ...locals.map((type) => [1, type])];
    let at = start;
    for (const { at: next, code } of inserted) {
      parts.push(bytes.subarray(at, next), code);
      at = next;
    }
    return concat([...parts, bytes.subarray(at, end)]);
  }

  /**
   * Takes a cost off the counter, and asks for more where it is below 0.
   * @param {number} counter
   * @param {number} cost
   */
  charge(counter, cost) {
    const { calls } = this.wanted;
    const global = leb(counter);
    const refill = [I32_CONST, 0, CALL_INDIRECT, ...leb(calls.type), ...leb(calls.table), GLOBAL_SET, ...global];
    return [
      ...[GLOBAL_GET, ...global, I32_CONST, ...signedLeb(cost), I32_SUB, GLOBAL_SET, ...global],
      ...[GLOBAL_GET, ...global, I32_CONST, 0, I32_LT_S, IF, EMPTY, ...refill, END],
    ];
  }
}
