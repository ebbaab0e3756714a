/**
 * In a worker: `node examples/worker.js MODULE.wasm`. What does not end in time is ended with its
 * thread; this thread goes on meanwhile.
 */

import { pathToFileURL } from "node:url";
import { loadInWorker } from "qip-host/worker";

const module = await loadInWorker(pathToFileURL(process.argv[2] ?? "module.wasm"), {
  limits: { timeMs: 5000 },
});
const replies = await Promise.all(["  one  ", "  two  "].map((input) => module.render(input)));
console.log(replies.map(({ value }) => value).join(","));
module.close();
