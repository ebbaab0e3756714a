/**
 * In Node: `node examples/node.js MODULE.wasm < INPUT`. Runs a module on stdin, for a second at
 * most and in 16 MiB of memory.
 */

import { pathToFileURL } from "node:url";
import { buffer } from "node:stream/consumers";
import { QipError, load } from "qip-host";

try {
  const module = await load(pathToFileURL(process.argv[2] ?? "module.wasm"), {
    limits: { timeMs: 1000, memoryBytes: 16 << 20 },
  });
  const { value } = module.render(await buffer(process.stdin));
  process.stdout.write(
    typeof value === "string" || value instanceof Uint8Array ? value : `${value}\n`,
  );
} catch (error) {
  if (!(error instanceof QipError)) throw error;
  console.error(`${error.kind} (${error.code}): ${error.message}`);
  process.exitCode = 1;
}
