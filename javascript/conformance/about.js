/** Who answers, for hello: the runtime that runs this program, with its engine. */

import { readFileSync } from "node:fs";

/** The package's own version. */
export const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

const { deno, bun, node, v8 = "", webkit = "" } = process.versions;

/** The name is that by which reports and expectation files call it. */
export const about = {
  host: deno ? "deno" : bun ? "bun" : `node-${node.split(".")[0]}`,
  version,
  engine: (deno
    ? `Deno ${deno}, V8 ${v8}`
    : bun
      ? `Bun ${bun}, WebKit ${webkit.slice(0, 8)}`
      : `Node ${node}, V8 ${v8}`
  ).slice(0, 64),
};
