/** What LIM-1 counts of a module: of its instructions, and held against the limits. */

import { walk } from "./body.js";
import { Reader } from "./bytes.js";
import { MOST_SEGMENTS, PAGE, checkSize, mostOf, overLimit, sizeNames } from "./limits.js";

/** @import { Declared } from "./declared.js" */
/** @import { Sizes } from "./limits.js" */

/**
 * Whether engines judge the instructions of a function: not of one that has more locals or bytes
 * than they take (the choice at LIM-1).
 * @param {Declared} declared
 * @param {number} index of its body
 */
function isJudged(declared, index) {
  const { start, end } = declared.bodies[index];
  return end - start <= mostOf("functionBytes") && declared.localCounts[index] <= mostOf("locals");
}

/**
 * Walks through all instructions, and notes what LIM-1 counts of them. Says of which functions
 * there is no verdict to be had of an engine.
 * @param {Declared} declared without imports of functions, or of a module that is refused anyhow
 * @returns {number[]} their bodies
 */
export function readCode(declared) {
  const { code, functions, sizes } = declared;
  const imported = functions.functions.length - declared.bodies.length;
  /** @type {number[]} */
  const unjudged = [];
  for (const [index, { start, end }] of declared.instructions.entries()) {
    if (!isJudged(declared, index)) {
      unjudged.push(index);
      continue;
    }
    const found = walk(
      new Reader(declared.bytes, start, end),
      functions,
      functions.functions[imported + index],
    );
    code.operands = Math.max(code.operands, found.operands);
    code.branchTargets = Math.max(code.branchTargets, found.branchTargets);
    code.growsMemory ||= found.growsMemory;
    code.growsTable ||= found.growsTable;
    code.tailCalls ||= found.tailCalls;
    code.converts ||= found.converts;
    if (found.branchTargets > mostOf("branchTargets")) unjudged.push(index);
  }
  sizes.operands = code.operands;
  sizes.branchTargets = code.branchTargets;
  return unjudged;
}

/**
 * Whether its memory could grow beyond the limit.
 * @param {Declared} declared
 * @param {Sizes} limits
 */
export function growsBeyond({ memory, code }, { memoryBytes }) {
  return (
    memory !== undefined &&
    code.growsMemory &&
    (memory.max ?? Infinity) > Math.floor(memoryBytes / PAGE)
  );
}

/**
 * Holds the sizes against the limits, in the order of LIM-1.
 * @param {Declared} declared
 * @param {Sizes} limits
 */
export function checkSizes({ sizes }, limits) {
  const hasManyOfAKind = Math.max(sizes.elements ?? 0, sizes.data ?? 0) > MOST_SEGMENTS;
  const segments = hasManyOfAKind ? Math.min(limits.segments, MOST_SEGMENTS) : limits.segments;
  for (const name of sizeNames) {
    checkSize(name, sizes[name] ?? 0, { ...limits, segments });
    if (name === "locals" && (sizes.localsAndParams ?? 0) > mostOf("locals")) {
      const what = "a function with a number of locals and parameters together of";
      throw overLimit(what, sizes.localsAndParams ?? 0, mostOf("locals"));
    }
  }
}
