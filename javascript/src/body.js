/** One pass over the instructions of a function: what they are, and what LIM-1 counts of them. */

import * as op from "./opcodes.js";

/** @import { Reader } from "./bytes.js" */

/** Types of values by their byte, as WebAssembly 2.0 has them. */
export const valueTypes = /** @type {Record<number, string>} */ ({
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x70: "funcref",
  0x6f: "externref",
});

/**
 * What a walk needs to know of the module: how many parameters and results each type of a
 * function has, and the type of each function.
 * @typedef {object} Surroundings
 * @property {number[]} params
 * @property {number[]} results
 * @property {number[]} functions
 */

/**
 * What the instructions of a function have.
 * @typedef {object} Found
 * @property {number} operands the most values on the stack at once (LIM-1)
 * @property {number} branchTargets the most targets of one branch table (LIM-1)
 * @property {boolean} growsMemory
 * @property {boolean} growsTable
 * @property {boolean} tailCalls
 * @property {boolean} converts whether a float becomes an integer by an instruction that may trap
 */

/**
 * Is told of each instruction: its opcode, with the prefix in the upper byte, and where it begins
 * and ends.
 * @typedef {(code: number, start: number, end: number) => void} Visit
 */

/**
 * A block that is open, and how high the stack was when it was opened.
 * @typedef {object} Frame
 * @property {number} height
 * @property {number} params
 * @property {number} results
 * @property {boolean} isLoop
 */

/**
 * Walks through the instructions of a function, from behind its locals to its end. Instructions
 * of other proposals, and those that do not end, are `invalid-module`; whether types fit is for
 * the engine to say, and where they do not, what is found means nothing.
 * @param {Reader} reader
 * @param {Surroundings} module
 * @param {number} type of the function
 * @param {Visit} [visit]
 * @returns {Found}
 */
export function walk(reader, module, type, visit) {
  const found = {
    operands: 0,
    branchTargets: 0,
    growsMemory: false,
    growsTable: false,
    tailCalls: false,
    converts: false,
  };
  const results = module.results[type] ?? 0;
  /** @type {Frame[]} */
  const frames = [{ height: 0, params: 0, results, isLoop: false }];
  let frame = frames[0];
  let height = 0;

  // Behind what never goes on there are as many values as anything wants.
  /** @param {number} count */
  const pop = (count) => {
    height -= count;
    if (height < frame.height) height = frame.height;
  };
  const goesNoFurther = () => {
    height = frame.height;
  };
  /** @param {boolean} isLoop */
  const open = (isLoop) => {
    const { params, results } = blockType(reader, module);
    pop(params);
    frame = { height, params, results, isLoop };
    frames.push(frame);
    height += params;
  };
  /** @param {number} callee its type @param {boolean} isTail */
  const call = (callee, isTail) => {
    pop(module.params[callee] ?? 0);
    height += module.results[callee] ?? 0;
    if (isTail) {
      found.tailCalls = true;
      goesNoFurther();
    }
  };
  const arity = () => {
    const label = frames[frames.length - 1 - reader.u32()];
    return (label?.isLoop ? label.params : label?.results) ?? 0;
  };

  while (frames.length > 0) {
    const start = reader.at;
    let code = reader.byte();
    let instruction = op.plain[code];
    if (code === 0xfc || code === 0xfd) {
      const list = code === 0xfc ? op.bulk : op.simd;
      const index = reader.u32();
      instruction = list[index];
      code = code * 0x100 + index;
    }
    if (instruction === undefined) {
      throw reader.invalid(
        `the instruction 0x${code.toString(16)}, which is not part of WebAssembly 2.0`,
        start,
      );
    }
    if (instruction.follows !== op.SPECIAL) {
      passOperands(reader, instruction.follows);
      pop(instruction.pops);
      height += instruction.pushes;
      if (code === 0x40) found.growsMemory = true;
      if (code === 0xfc0f) found.growsTable = true;
      if (code >= 0xa8 && code <= 0xb1 && code !== 0xac && code !== 0xad) found.converts = true;
    } else {
      switch (code) {
        case 0x02:
          open(false);
          break;
        case 0x03:
          open(true);
          break;
        case 0x04:
          pop(1);
          open(false);
          break;
        case 0x05:
          height = frame.height + frame.params;
          break;
        case 0x0b:
          height = frame.height + frame.results;
          frames.pop();
          frame = frames[frames.length - 1];
          break;
        case 0x0d: {
          const values = arity();
          pop(1 + values);
          height += values;
          break;
        }
        case 0x0e: {
          const targets = reader.each(() => reader.u32());
          found.branchTargets = Math.max(found.branchTargets, targets);
          reader.u32();
          goesNoFurther();
          break;
        }
        case 0x10:
        case 0x12:
          call(module.functions[reader.u32()], code === 0x12);
          break;
        case 0x11:
        case 0x13: {
          const callee = reader.u32();
          reader.u32();
          pop(1);
          call(callee, code === 0x13);
          break;
        }
        case 0x0c:
          reader.u32();
          goesNoFurther();
          break;
        default: // unreachable, return
          goesNoFurther();
      }
    }
    if (height > found.operands) found.operands = height;
    visit?.(code, start, reader.at);
  }
  if (!reader.isDone) throw reader.invalid("more than the instructions of a function");
  return found;
}

/**
 * Passes over what follows an opcode.
 * @param {Reader} reader
 * @param {number} follows
 */
function passOperands(reader, follows) {
  switch (follows) {
    case op.NONE:
      return;
    case op.INDEX:
      reader.u32();
      return;
    case op.TWO:
      reader.u32();
      reader.u32();
      return;
    case op.I32:
      reader.skipSigned(5);
      return;
    case op.I64:
      reader.skipSigned(10);
      return;
    case op.FOUR:
      reader.skip(4);
      return;
    case op.EIGHT:
      reader.skip(8);
      return;
    case op.SIXTEEN:
      reader.skip(16);
      return;
    case op.ADDRESS:
    case op.ADDRESS_LANE:
      // A larger alignment names another memory, of another proposal.
      if (reader.u32() > 31) throw reader.invalid("an alignment that is too large");
      reader.u32();
      if (follows === op.ADDRESS_LANE) reader.byte();
      return;
    case op.LANE:
      reader.byte();
      return;
    case op.INDEX_ZERO:
      reader.u32();
      zero(reader);
      return;
    case op.ZEROS:
      zero(reader);
      zero(reader);
      return;
    case op.ZERO:
      zero(reader);
      return;
    case op.TYPE:
      referenceType(reader);
      return;
    case op.TYPES:
      reader.each(() => valueType(reader));
      return;
  }
}

/**
 * The index of the only memory.
 * @param {Reader} reader
 */
function zero(reader) {
  if (reader.byte() !== 0) throw reader.invalid("an index other than 0 of a memory");
}

/**
 * The type of a block.
 * @param {Reader} reader
 * @param {Surroundings} module
 */
function blockType(reader, module) {
  const start = reader.at;
  const type = reader.s33();
  if (type >= 0) {
    return { params: module.params[type] ?? 0, results: module.results[type] ?? 0 };
  }
  if (type === -64) return { params: 0, results: 0 };
  reader.at = start;
  valueType(reader);
  return { params: 0, results: 1 };
}

/**
 * The type of a value, as text.
 * @param {Reader} reader
 */
export function valueType(reader) {
  const type = valueTypes[reader.byte()];
  if (type === undefined) throw reader.invalid("a type that WebAssembly 2.0 does not have");
  return type;
}

/**
 * The type of a reference, as text.
 * @param {Reader} reader
 */
export function referenceType(reader) {
  const type = valueType(reader);
  if (!type.endsWith("ref")) throw reader.invalid("a type that is no reference");
  return type;
}
