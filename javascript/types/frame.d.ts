/** Functions with so many locals that the stack may not hold them (the choice at LIM-1). */
/**
 * Asks the engine whether it can call a function of so many locals, with some room left, and
 * refuses a module where it cannot.
 * @param {number} cells of locals, two for a vector
 * @param {number} sure how many every engine takes
 * @throws {QipError} `limit`
 */
export declare function checkFrame(cells: number, sure: number): void;
