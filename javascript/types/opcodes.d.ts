/**
 * The instructions of WebAssembly 2.0 with tail calls (MOD-8): what follows the opcode, and how
 * many values each takes and gives. Instructions of other proposals are not here.
 */
/**
 * What follows an opcode: nothing, an index, two indices, a signed number of 32 or 64 bits, so
 * many plain bytes, an address, an address and a lane, an index and a byte that is 0, and so on.
 */
export declare const NONE = 0;
export declare const INDEX = 1;
export declare const TWO = 2;
export declare const I32 = 3;
export declare const I64 = 4;
export declare const FOUR = 5;
export declare const EIGHT = 6;
export declare const SIXTEEN = 7;
export declare const ADDRESS = 8;
export declare const ADDRESS_LANE = 9;
export declare const LANE = 10;
export declare const ZERO = 11;
export declare const ZEROS = 12;
export declare const INDEX_ZERO = 13;
export declare const TYPE = 14;
export declare const TYPES = 15;
/** Instructions with a rule of their own, in `body.js`. */
export declare const SPECIAL = 16;
export type Instruction = {
    follows: number;
    pops: number;
    pushes: number;
};
export type Row = [first: number, last: number, follows: number, pops: number, pushes: number];
/** Instructions of one byte. */
export declare const plain: (Instruction | undefined)[];
/** Instructions behind 0xfc. */
export declare const bulk: (Instruction | undefined)[];
/** Instructions behind 0xfd: vectors. A later row stands for an earlier one. */
export declare const simd: (Instruction | undefined)[];
