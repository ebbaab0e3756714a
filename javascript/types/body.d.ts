/** One pass over the instructions of a function: what they are, and what LIM-1 counts of them. */
import type { Reader } from "./bytes.js";
/** @import { Reader } from "./bytes.js" */
/** Types of values by their byte, as WebAssembly 2.0 has them. */
export declare const valueTypes: Record<number, string>;
export type Surroundings = {
    params: number[];
    results: number[];
    functions: number[];
};
export type Found = {
    /**
     * the most values on the stack at once (LIM-1)
     */
    operands: number;
    /**
     * the most targets of one branch table (LIM-1)
     */
    branchTargets: number;
    growsMemory: boolean;
    growsTable: boolean;
    tailCalls: boolean;
    /**
     * whether a float becomes an integer by an instruction that may trap
     */
    converts: boolean;
};
export type Visit = (code: number, start: number, end: number) => void;
export type Frame = {
    height: number;
    params: number;
    results: number;
    isLoop: boolean;
};
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
export declare function walk(reader: Reader, module: Surroundings, type: number, visit?: Visit): Found;
/**
 * The type of a value, as text.
 * @param {Reader} reader
 */
export declare function valueType(reader: Reader): string;
/**
 * The type of a reference, as text.
 * @param {Reader} reader
 */
export declare function referenceType(reader: Reader): string;
