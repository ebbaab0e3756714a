/**
 * Changes to a module's bytes, each made only where it was asked for or the engine cannot do
 * without: smaller maxima of memory and tables (TRAP-2), metering (RUN-6), one NaN (DET-1), and
 * a check that tells two traps apart (TRAP-1).
 */

import { walk } from "./body.js";
import { HEADER, Reader, concat, leb, signedLeb, sized } from "./bytes.js";
import { MOST_ENTRIES, ORDER, section } from "./declared.js";
import { PAGE } from "./limits.js";
import { Meter } from "./meter.js";
import { growsBeyond } from "./sizes.js";

/** @import { Bytes } from "./bytes.js" */
/** @import { Declared } from "./declared.js" */
/** @import { Limits } from "./limits.js" */

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

/**
 * What is to be done to a module.
 * @typedef {object} Wanted
 * @property {Limits} limits maxima of memory and tables
 * @property {boolean} isMetered
 * @property {boolean} isDeterministic whether NaN has one form
 * @property {boolean} marksNaN whether a conversion of NaN is to be told from an overflow
 */

/**
 * What a rewritten module has beside its own exports: the names are those of more exports.
 * @typedef {object} Added
 * @property {(exports: WebAssembly.Exports) => Meter} [meter] makes the meter of an instance
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
  const stub = Uint8Array.of(0, UNREACHABLE, END);
  const sections = new Map();
  if (unjudged.length > 0) {
    const stubs = new Set(unjudged);
    sections.set(
      section.code,
      codeSection(declared, (index) => (stubs.has(index) ? stub : undefined)),
    );
  }
  if (hasLargeTable && declared.sections.has(section.table)) {
    sections.set(section.table, tableSection(declared, MOST_ENTRIES));
  }
  return assemble(declared, sections);
}

/**
 * The module as it is compiled.
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
  if (memory && growsBeyond(declared, limits)) {
    const pages = Math.floor(limits.memoryBytes / PAGE);
    sections.set(section.memory, concat([[1, 1], leb(memory.min), leb(pages)]));
  }
  if (code.growsTable || isMetered) {
    sections.set(section.table, tableSection(declared, limits.tableEntries, isMetered));
  }

  const calls = { type: declared.functions.params.length, table: declared.tables.length };
  let globals = declared.globals;
  const counter = isMetered ? globals++ : undefined;
  const sawNaN = wanted.marksNaN ? globals : undefined;
  if (isMetered || wanted.isDeterministic || sawNaN !== undefined) {
    const body = new Rewriter(declared, { ...wanted, counter, sawNaN, calls });
    const bodies = declared.bodies.map((_, index) => body.rewrite(index));
    sections.set(
      section.code,
      codeSection(declared, (index) => bodies[index]),
    );
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
    const [left, refill] = [give("counter", 3, counter), give("refill", 1, calls.table)];
    added.meter = (all) => {
      return new Meter(
        /** @type {WebAssembly.Global} */ (all[left]),
        /** @type {WebAssembly.Table} */ (all[refill]),
      );
    };
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
    sections.set(
      section.global,
      extended(
        declared,
        section.global,
        newGlobals.map(() => zero),
      ),
    );
    sections.set(section.export, extended(declared, section.export, exports));
  }
  return { bytes: assemble(declared, sections), added };
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
  return concat([
    leb(count + entries.length),
    declared.bytes.subarray(reader.at, own.end),
    ...entries,
  ]);
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

/**
 * How NaN gets one form: the type of a local to keep the value in, the constant, what tells a
 * value from NaN, and what chooses between the two.
 * @typedef {{ type: number, nan: number[], equal: number[], choose: number[] }} OneNaN
 */
/** @type {OneNaN} */
const OF_F32 = { type: 0x7d, nan: [0x43, 0, 0, 0xc0, 0x7f], equal: [0x5b], choose: [SELECT] };
/** @type {OneNaN} */
const OF_F64 = {
  type: 0x7c,
  nan: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
  equal: [0x61],
  choose: [SELECT],
};
/** The lanes of a vector. @param {OneNaN} lane @param {number} lanes @param {number} equal @returns {OneNaN} */
const vectorOf = ({ nan }, lanes, equal) => {
  const constant = Array(lanes).fill(nan.slice(1)).flat();
  return { type: 0x7b, nan: [SIMD, 12, ...constant], equal: [SIMD, equal], choose: [SIMD, 82] };
};
const OF_F32X4 = vectorOf(OF_F32, 4, 65);
const OF_F64X2 = vectorOf(OF_F64, 2, 71);

/** @param {number} first @param {number} last */
const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/**
 * Instructions that make NaN of any bits: rounding, roots, arithmetic, minimum and maximum, and
 * conversions of one float to the other. What only moves or chooses a value is not among them.
 */
const MAKE_NAN = new Map([
  ...[...range(0x8d, 0x97), 0xb6].map((code) => /** @type {const} */ ([code, OF_F32])),
  ...[...range(0x9b, 0xa5), 0xbb].map((code) => /** @type {const} */ ([code, OF_F64])),
  ...[94, ...range(103, 106), ...range(227, 233)].map(
    (code) => /** @type {const} */ ([SIMD * 0x100 + code, OF_F32X4]),
  ),
  ...[95, 116, 117, 122, 148, ...range(239, 245)].map(
    (code) => /** @type {const} */ ([SIMD * 0x100 + code, OF_F64X2]),
  ),
]);

/**
 * Conversions that trap, by what they convert: its type, and what tells NaN from itself.
 * @type {Map<number, { type: number, unequal: number }>}
 */
const CONVERSIONS = new Map();
for (const code of [0xa8, 0xa9, 0xae, 0xaf]) CONVERSIONS.set(code, { type: 0x7d, unequal: 0x5c });
for (const code of [0xaa, 0xab, 0xb0, 0xb1]) CONVERSIONS.set(code, { type: 0x7c, unequal: 0x62 });

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

    walk(new Reader(bytes, start, end), functions, functions.functions[index], (code, from, to) => {
      stretches[open[open.length - 1]].cost += 1;
      if (code === 0x02 || code === IF) open.push(open[open.length - 1]);
      if (code === LOOP) open.push(stretches.push({ at: to, cost: 0 }) - 1);
      if (code === END) open.pop();
      const made = isDeterministic ? MAKE_NAN.get(code) : undefined;
      if (made) {
        const { type, nan, equal, choose } = made;
        const value = local(type);
        const itself = [LOCAL_GET, ...value, LOCAL_GET, ...value];
        inserted.push({
          at: to,
          code: [LOCAL_TEE, ...value, ...nan, ...itself, ...equal, ...choose],
        });
      }
      const conversion = sawNaN === undefined ? undefined : CONVERSIONS.get(code);
      if (conversion) {
        const { type, unequal } = conversion;
        const value = local(type);
        const isNaN = [LOCAL_TEE, ...value, LOCAL_GET, ...value, LOCAL_GET, ...value, unequal];
        const trap = [
          I32_CONST,
          1,
          GLOBAL_SET,
          ...leb(/** @type {number} */ (sawNaN)),
          UNREACHABLE,
        ];
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
    const parts = [
      leb(count + locals.length),
      bytes.subarray(groups.at, start),
      ...locals.map((type) => [1, type]),
    ];
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
    const refill = [
      I32_CONST,
      0,
      CALL_INDIRECT,
      ...leb(calls.type),
      ...leb(calls.table),
      GLOBAL_SET,
      ...global,
    ];
    return [
      ...[GLOBAL_GET, ...global, I32_CONST, ...signedLeb(cost), I32_SUB, GLOBAL_SET, ...global],
      ...[GLOBAL_GET, ...global, I32_CONST, 0, I32_LT_S, IF, EMPTY, ...refill, END],
    ];
  }
}
