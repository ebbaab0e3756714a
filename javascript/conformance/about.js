/** Who answers: the runtime and its engine, for hello. */

const { version } = JSON.parse(await readPackage());

async function readPackage() {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL("../package.json", import.meta.url), "utf8");
}

/** The runtime under the name by which reports and expectation files call it. */
export function about() {
  const { deno, bun, node, v8 } = process.versions;
  if (deno) return { host: "deno", version, engine: `Deno ${deno}, V8 ${v8}`.slice(0, 64) };
  if (bun) return { host: "bun", version, engine: `Bun ${bun}, JavaScriptCore` };
  return { host: "node", version, engine: `Node ${node}, V8 ${v8}` };
}
