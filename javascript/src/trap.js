/**
 * Which trap an exception is. Engines word their traps as they like, so each is made to happen
 * once, and its words are remembered (TRAP-1).
 */

import { HEADER, concat, leb, sized } from "./bytes.js";
import { QipError, engineFailure } from "./error.js";

/** @typedef {"table-out-of-bounds" | "indirect-call-to-null" | "bad-signature"} TableTrap */
/** @typedef {"integer-overflow" | "integer-divide-by-zero" | "bad-conversion-to-integer"} NumberTrap */
/** @typedef {TableTrap | NumberTrap | "unreachable" | "memory-out-of-bounds" | "stack-overflow"} TrapKind */

const DROP = 0x1a;

/**
 * Functions that trap, each on its own. The module has no page of memory, a table of two entries
 * of which the first is the function 0 of the type 0, an element and a data segment of no bytes.
 * An engine may have other words for the same kind of trap in another instruction.
 * @type {[TrapKind, number[]][]}
 */
const TRAPS = [
  ["unreachable", [0x00]],
  ["memory-out-of-bounds", [0x41, 0x7f, 0x28, 0, 0, DROP]],
  ["memory-out-of-bounds", [0x41, 0x7f, 0x41, 0, 0x41, 1, 0xfc, 11, 0]], // memory.fill
  ["memory-out-of-bounds", [0x41, 0, 0x41, 0, 0x41, 1, 0xfc, 8, 0, 0]], // memory.init
  ["table-out-of-bounds", [0x41, 9, 0x11, 0, 0]],
  ["table-out-of-bounds", [0x41, 9, 0x25, 0, DROP]], // table.get
  ["table-out-of-bounds", [0x41, 9, 0x41, 0, 0x41, 1, 0xfc, 12, 0, 0]], // table.init
  ["table-out-of-bounds", [0x41, 0, 0x41, 0, 0x41, 1, 0xfc, 12, 0, 0]], // of no element
  ["table-out-of-bounds", [0x41, 9, 0x41, 0, 0x41, 1, 0xfc, 14, 0, 0]], // table.copy
  ["indirect-call-to-null", [0x41, 1, 0x11, 0, 0]],
  ["bad-signature", [0x41, 0, 0x11, 1, 0, DROP]],
  ["integer-overflow", [0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x41, 0x7f, 0x6d, DROP]],
  ["integer-overflow", [0x43, 0, 0, 0x80, 0x7f, 0xa8, DROP]], // i32.trunc_f32_s of infinity
  ["integer-divide-by-zero", [0x41, 1, 0x41, 0, 0x6d, DROP]],
  ["integer-divide-by-zero", [0x41, 1, 0x41, 0, 0x6f, DROP]], // i32.rem_s
  ["bad-conversion-to-integer", [0x43, 0, 0, 0xc0, 0x7f, 0xa8, DROP]],
];
/** Calls itself for ever. */
const ENDLESS = TRAPS.length;

function sample() {
  const bodies = [...TRAPS.map(([, code]) => code), [0x10, ...leb(ENDLESS)]];
  /** @param {number} kind @param {(ArrayLike<number>)[]} entries */
  const section = (kind, entries) => [kind, ...sized(concat([leb(entries.length), ...entries]))];
  return concat([
    HEADER,
    section(1, [
      [0x60, 0, 0],
      [0x60, 0, 1, 0x7f],
    ]),
    section(
      3,
      bodies.map(() => [0]),
    ),
    section(4, [[0x70, 0, 2]]),
    section(5, [[0, 0]]),
    section(
      7,
      bodies.map((_, index) => [2, 0x61 + Math.floor(index / 26), 0x61 + (index % 26), 0, index]),
    ),
    section(9, [[0, 0x41, 0, 0x0b, 1, 0]]),
    [12, 1, 1],
    section(
      10,
      bodies.map((code) => sized([0, ...code, 0x0b])),
    ),
    section(11, [[1, 0]]),
  ]);
}

/**
 * What the engine says, by the kind of trap. Of two kinds with the same words the first is told.
 * @typedef {object} Words
 * @property {Map<string, TrapKind>} kinds
 * @property {boolean} tellsBounds whether the bounds of a table are told from those of a memory
 * @property {boolean} tellsNaN whether a conversion of NaN is told from one of too large a number
 * @property {boolean} tellsTables whether the three kinds that concern tables are told apart (TRAP-3)
 * @property {boolean} tellsCalls whether messages name the call: only WebKit's engine does
 */

/** @type {Words | undefined} */
let known;

/** The words of this engine. */
export function trapWords() {
  return (known ??= calibrate());
}

/** @returns {Words} */
function calibrate() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(sample()));
  const functions = /** @type {(() => void)[]} */ (Object.values(exports));
  const errors = functions.map((run) => {
    try {
      return run();
    } catch (error) {
      return error;
    }
  });
  const told = errors.map(words);
  const kinds = new Map();
  const all = [...TRAPS.map(([kind]) => kind), /** @type {const} */ ("stack-overflow")];
  for (const [index, kind] of all.entries()) {
    if (told[index] && !kinds.has(told[index])) kinds.set(told[index], kind);
  }
  /** @param {TrapKind} kind @param {TrapKind} other */
  const differ = (kind, other) => {
    const ofKind = told.filter((_, index) => all[index] === kind);
    return !ofKind.some((text) =>
      told.some((found, index) => all[index] === other && found === text),
    );
  };
  return {
    kinds,
    tellsCalls: errors.some((error) => error instanceof Error && CALL.test(error.message)),
    tellsBounds: differ("table-out-of-bounds", "memory-out-of-bounds"),
    tellsNaN: differ("bad-conversion-to-integer", "integer-overflow"),
    tellsTables:
      differ("table-out-of-bounds", "indirect-call-to-null") &&
      differ("table-out-of-bounds", "bad-signature") &&
      differ("indirect-call-to-null", "bad-signature"),
  };
}

/** What one engine, WebKit's, adds to a message: the call. */
const CALL = / \(evaluating .*$/s;

/**
 * The class and the message of an exception, without the call.
 * @param {unknown} error
 */
function words(error) {
  return error instanceof Error ? `${error.name}: ${error.message.replace(CALL, "")}` : "";
}

/** Where in the bytes of a module an instruction trapped, as stacks tell it. */
const OFFSET = /wasm-function\[\d+\]:0x([0-9a-f]+)/;

/** Instructions that look into a table. Those behind 0xfc are `table.init` to `table.fill`. */
const TABLE = [0x11, 0x13, 0x25, 0x26];

/**
 * Whether the instruction that trapped looks into a table: for an engine that has one word for
 * what lies outside of a table and of a memory.
 * @param {unknown} error
 * @param {Uint8Array} code
 */
function isAtTable(error, code) {
  const [, offset] = OFFSET.exec(/** @type {Error} */ (error).stack ?? "") ?? [];
  const at = Number.parseInt(offset ?? "", 16);
  return TABLE.includes(code[at]) || (code[at] === 0xfc && code[at + 1] >= 12);
}

/**
 * The failure that an exception out of a module is: a trap, or a fault of the engine.
 * @param {unknown} error
 * @param {Uint8Array | undefined} code the bytes that were compiled
 * @param {boolean} sawNaN whether the module noted that it converted NaN
 */
export function fromModule(error, code, sawNaN) {
  if (error instanceof QipError) return error;
  const { kinds, tellsBounds } = trapWords();
  let kind = sawNaN ? "bad-conversion-to-integer" : kinds.get(words(error));
  if (kind === undefined) return engineFailure(error);
  if (kind === "memory-out-of-bounds" && !tellsBounds && code && isAtTable(error, code))
    kind = "table-out-of-bounds";
  return new QipError("trapped", kind, `the module trapped: ${kind}`, { cause: error });
}
