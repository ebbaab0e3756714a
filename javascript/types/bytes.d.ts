/** Bytes of a binary: reading from the front, and putting together. */
/** What every module begins with. */
export declare const HEADER: number[];
export type Bytes = Uint8Array<ArrayBuffer>;
/** Reads a part of a module from the front. What is malformed is `invalid-module` (MOD-8). */
export declare class Reader {
    bytes: Bytes;
    at: number;
    end: number;
    /**
     * @param {Bytes} bytes the whole module
     * @param {number} at where to begin
     * @param {number} end where the part ends
     */
    constructor(bytes: Bytes, at: number, end: number);
    get isDone(): boolean;
    /**
     * The refusal of what stands here.
     * @param {string} what
     */
    invalid(what: string, at?: number): import("./error.js").QipError;
    /**
     * Passes over bytes, and says where they began.
     * @param {number} count
     */
    skip(count: number): number;
    byte(): number;
    /** An unsigned number of 32 bits (LEB128). */
    u32(): number;
    /**
     * Passes over a signed number (LEB128), whose bits the engine judges.
     * @param {number} most bytes
     */
    skipSigned(most: number): void;
    /** The signed number of 33 bits that a block's type can be (LEB128). */
    s33(): number;
    name(): string;
    /**
     * As many times as the next number says. A claim of more entries than there are bytes fails
     * at the end of the bytes, whatever it claims.
     * @param {(index: number) => void} read
     */
    each(read: (index: number) => void): number;
}
/**
 * An unsigned number (LEB128).
 * @param {number} value up to 32 bits
 */
export declare function leb(value: number): number[];
/**
 * A signed number (LEB128).
 * @param {number} value of 32 bits
 */
export declare function signedLeb(value: number): number[];
/**
 * A name or other bytes behind their length.
 * @param {ArrayLike<number>} bytes
 */
export declare function sized(bytes: ArrayLike<number>): Uint8Array<ArrayBuffer>;
/**
 * Parts, one after the other.
 * @param {ArrayLike<number>[]} parts
 */
export declare function concat(parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer>;
