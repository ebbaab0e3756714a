/**
 * Ending code that runs in this thread, in runtimes that have a watchdog for that. Where there
 * is none, modules are metered instead.
 */
export type Vm = {
    Script: new (code: string) => {
        runInThisContext(options: {
            timeout: number;
        }): void;
    };
};
/** Whether the watchdog, if there is one, ends WebAssembly: some end only JavaScript. */
export declare function canInterrupt(): boolean;
/**
 * Runs this, and says whether it came to its end. What it throws passes.
 * @param {number} timeMs
 * @param {() => void} run
 */
export declare function interruptible(timeMs: number, run: () => void): boolean;
