/**
 * Ending code that runs in this thread, in runtimes that have a watchdog for that. Where there
 * is none, modules are metered instead.
 */

import { HEADER } from "./bytes.js";

/** @typedef {{ runInThisContext(options: { timeout: number }): void }} Script */
/**
 * Runs this for so many milliseconds at most, and says whether it came to its end. What it throws
 * passes.
 * @typedef {(timeMs: number, run: () => void) => boolean} Interruptible
 */

/** What is to run. */
let work = () => {};

const NAME = Symbol.for("qip-host: what a watchdog watches");

/** The longest that a watchdog can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * A function that counts from a number down to 0, as `run`: some tenths of a second of nothing
 * but WebAssembly, for a watchdog to end.
 */
const COUNTS_DOWN = [
  HEADER,
  [1, 5, 1, 0x60, 1, 0x7f, 0],
  [3, 2, 1, 0],
  [7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
  [10, 16, 1, 14, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b],
].flat();

/** @type {{ found: Interruptible | undefined } | undefined} */
let known;

/** The watchdog, if there is one and it ends WebAssembly: some end only JavaScript. */
export function watchdog() {
  return (known ??= { found: find() }).found;
}

function find() {
  const { process } = /** @type {any} */ (globalThis);
  const vm = process?.getBuiltinModule?.("node:vm");
  if (!vm?.Script) return undefined;
  Object.defineProperty(globalThis, NAME, { value: () => work() });
  const script = /** @type {Script} */ (
    new vm.Script(`globalThis[Symbol.for("${NAME.description}")]()`)
  );
  /** @type {Interruptible} */
  const interruptible = (timeMs, run) => interrupt(script, timeMs, run);
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(COUNTS_DOWN)),
  );
  const isDone = interruptible(1, () =>
    /** @type {(from: number) => void} */ (exports.run)(500_000_000),
  );
  return isDone ? undefined : interruptible;
}

/**
 * @param {Script} script
 * @param {number} timeMs
 * @param {() => void} run
 */
function interrupt(script, timeMs, run) {
  const before = work;
  let isDone = false;
  let thrown = /** @type {{ error: unknown } | undefined} */ (undefined);
  work = () => {
    try {
      run();
      isDone = true;
    } catch (error) {
      thrown = { error };
    }
  };
  try {
    script.runInThisContext({ timeout: Math.min(Math.max(Math.ceil(timeMs), 1), LONGEST) });
  } catch (error) {
    if (/** @type {any} */ (error)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return false;
  } finally {
    work = before;
  }
  if (thrown) throw thrown.error;
  return isDone;
}
