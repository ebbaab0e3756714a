/**
 * Which trap an exception is. Engines word their traps as they like, so each is made to happen
 * once, and its words are remembered (TRAP-1).
 */
import { QipError } from "./error.js";
export type TableTrap = "table-out-of-bounds" | "indirect-call-to-null" | "bad-signature";
export type NumberTrap = "integer-overflow" | "integer-divide-by-zero" | "bad-conversion-to-integer";
export type TrapKind = TableTrap | NumberTrap | "unreachable" | "memory-out-of-bounds" | "stack-overflow";
export type Words = {
    kinds: Map<string, TrapKind>;
    /**
     * whether the bounds of a table are told from those of a memory
     */
    tellsBounds: boolean;
    /**
     * whether a conversion of NaN is told from one of too large a number
     */
    tellsNaN: boolean;
    /**
     * whether the three kinds that concern tables are told apart (TRAP-3)
     */
    tellsTables: boolean;
    /**
     * whether messages name the call: only WebKit's engine does
     */
    tellsCalls: boolean;
};
/** The words of this engine. */
export declare function trapWords(): Words;
/**
 * The failure that an exception out of a module is: a trap, or a fault of the engine.
 * @param {unknown} error
 * @param {Uint8Array | undefined} code the bytes that were compiled
 * @param {boolean} sawNaN whether the module noted that it converted NaN
 */
export declare function fromModule(error: unknown, code: Uint8Array | undefined, sawNaN: boolean): QipError;
