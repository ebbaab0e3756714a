/**
 * The instructions of WebAssembly 2.0 with tail calls (MOD-8): what follows the opcode, and how
 * many values each takes and gives. Instructions of other proposals are not here.
 */

/**
 * What follows an opcode: nothing, an index, two indices, a signed number of 32 or 64 bits, so
 * many plain bytes, an address, an address and a lane, an index and a byte that is 0, and so on.
 */
export const NONE = 0;
export const INDEX = 1;
export const TWO = 2;
export const I32 = 3;
export const I64 = 4;
export const FOUR = 5;
export const EIGHT = 6;
export const SIXTEEN = 7;
export const ADDRESS = 8;
export const ADDRESS_LANE = 9;
export const LANE = 10;
export const ZERO = 11;
export const ZEROS = 12;
export const INDEX_ZERO = 13;
export const TYPE = 14;
export const TYPES = 15;
/** Instructions with a rule of their own, in `body.js`. */
export const SPECIAL = 16;

/**
 * @typedef {object} Instruction
 * @property {number} follows
 * @property {number} pops
 * @property {number} pushes
 */

/**
 * The first and last opcode, what follows, how much is taken and how much is given.
 * @typedef {[first: number, last: number, follows: number, pops: number, pushes: number]} Row
 */

/** Makes a list by opcode. @param {Row[]} rows */
function table(rows) {
  /** @type {(Instruction | undefined)[]} */
  const list = [];
  for (const [first, last, follows, pops, pushes] of rows) {
    for (let code = first; code <= last; code += 1) list[code] = { follows, pops, pushes };
  }
  return list;
}

/** Instructions of one byte. */
export const plain = table([
  [0x00, 0x00, SPECIAL, 0, 0], // unreachable
  [0x01, 0x01, NONE, 0, 0], // nop
  [0x02, 0x05, SPECIAL, 0, 0], // block, loop, if, else
  [0x0b, 0x13, SPECIAL, 0, 0], // end, branches, return, calls
  [0x1a, 0x1a, NONE, 1, 0], // drop
  [0x1b, 0x1b, NONE, 3, 1], // select
  [0x1c, 0x1c, TYPES, 3, 1], // select of a type
  [0x20, 0x20, INDEX, 0, 1], // local.get
  [0x21, 0x21, INDEX, 1, 0], // local.set
  [0x22, 0x22, INDEX, 1, 1], // local.tee
  [0x23, 0x23, INDEX, 0, 1], // global.get
  [0x24, 0x24, INDEX, 1, 0], // global.set
  [0x25, 0x25, INDEX, 1, 1], // table.get
  [0x26, 0x26, INDEX, 2, 0], // table.set
  [0x28, 0x35, ADDRESS, 1, 1], // loads
  [0x36, 0x3e, ADDRESS, 2, 0], // stores
  [0x3f, 0x3f, ZERO, 0, 1], // memory.size
  [0x40, 0x40, ZERO, 1, 1], // memory.grow
  [0x41, 0x41, I32, 0, 1], // constants
  [0x42, 0x42, I64, 0, 1],
  [0x43, 0x43, FOUR, 0, 1],
  [0x44, 0x44, EIGHT, 0, 1],
  [0x45, 0x45, NONE, 1, 1], // i32.eqz
  [0x46, 0x4f, NONE, 2, 1], // comparisons
  [0x50, 0x50, NONE, 1, 1], // i64.eqz
  [0x51, 0x66, NONE, 2, 1], // comparisons
  [0x67, 0x69, NONE, 1, 1], // i32: clz, ctz, popcnt
  [0x6a, 0x78, NONE, 2, 1],
  [0x79, 0x7b, NONE, 1, 1], // i64: clz, ctz, popcnt
  [0x7c, 0x8a, NONE, 2, 1],
  [0x8b, 0x91, NONE, 1, 1], // f32: abs to sqrt
  [0x92, 0x98, NONE, 2, 1], // f32: add to copysign
  [0x99, 0x9f, NONE, 1, 1], // f64: abs to sqrt
  [0xa0, 0xa6, NONE, 2, 1], // f64: add to copysign
  [0xa7, 0xc4, NONE, 1, 1], // conversions
  [0xd0, 0xd0, TYPE, 0, 1], // ref.null
  [0xd1, 0xd1, NONE, 1, 1], // ref.is_null
  [0xd2, 0xd2, INDEX, 0, 1], // ref.func
]);

/** Instructions behind 0xfc. */
export const bulk = table([
  [0, 7, NONE, 1, 1], // conversions that saturate
  [8, 8, INDEX_ZERO, 3, 0], // memory.init
  [9, 9, INDEX, 0, 0], // data.drop
  [10, 10, ZEROS, 3, 0], // memory.copy
  [11, 11, ZERO, 3, 0], // memory.fill
  [12, 12, TWO, 3, 0], // table.init
  [13, 13, INDEX, 0, 0], // elem.drop
  [14, 14, TWO, 3, 0], // table.copy
  [15, 15, INDEX, 2, 1], // table.grow
  [16, 16, INDEX, 0, 1], // table.size
  [17, 17, INDEX, 3, 0], // table.fill
]);

/** Of the vector instructions from 14 on those that take one value, from one opcode to another. */
const UNARY = [
  ...[
    [15, 20],
    [77, 77],
    [83, 83],
    [94, 100],
    [103, 106],
    [116, 117],
    [122, 122],
    [124, 129],
  ],
  ...[
    [131, 132],
    [135, 138],
    [148, 148],
    [160, 161],
    [163, 164],
    [167, 170],
    [192, 193],
    [195, 196],
  ],
  ...[
    [199, 202],
    [224, 225],
    [227, 227],
    [236, 237],
    [239, 239],
    [248, 255],
  ],
];

/** Opcodes among them that are not assigned. */
const UNASSIGNED = [
  154, 162, 165, 166, 175, 176, 178, 179, 180, 187, 194, 197, 198, 207, 208, 210, 211, 212, 226,
  238,
];

/** Instructions behind 0xfd: vectors. A later row stands for an earlier one. */
export const simd = table([
  [0, 10, ADDRESS, 1, 1], // loads
  [11, 11, ADDRESS, 2, 0], // v128.store
  [12, 12, SIXTEEN, 0, 1], // v128.const
  [13, 13, SIXTEEN, 2, 1], // shuffle
  [14, 255, NONE, 2, 1], // all but the following
  ...UNARY.map(([first, last]) => /** @type {Row} */ ([first, last, NONE, 1, 1])),
  [21, 34, LANE, 1, 1], // extract_lane, but for the next
  ...[23, 26, 28, 30, 32, 34].map((code) => /** @type {Row} */ ([code, code, LANE, 2, 1])), // replace_lane
  [82, 82, NONE, 3, 1], // v128.bitselect
  [84, 87, ADDRESS_LANE, 2, 1], // load_lane
  [88, 91, ADDRESS_LANE, 2, 0], // store_lane
  [92, 93, ADDRESS, 1, 1], // load_zero
]);
for (const code of UNASSIGNED) simd[code] = undefined;
