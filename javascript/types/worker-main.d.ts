/** The thread's side of `loadInWorker`: loads modules, then carries requests. */
export {};
