/**
 * Ending code that runs in this thread, in runtimes that have a watchdog for that. Where there
 * is none, modules are metered instead.
 */
export type Script = {
    runInThisContext(options: {
        timeout: number;
    }): void;
};
export type Interruptible = (timeMs: number, run: () => void) => boolean;
/** The watchdog, if there is one and it ends WebAssembly: some end only JavaScript. */
export declare function watchdog(): Interruptible | undefined;
