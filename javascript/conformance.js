#!/usr/bin/env node
/**
 * A host program: `qip conformance --host 'node javascript/conformance.js'`. Questions come on
 * stdin, answers go to stdout, one JSON object a line. With `--metered`, limits of time are kept
 * by counting instructions instead of by the runtime's watchdog.
 */

import { createInterface } from "node:readline";
import { about } from "./conformance/about.js";
import { answer } from "./conformance/answer.js";

const clock = process.argv.includes("--metered") ? "metered" : "auto";

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const said = JSON.stringify(await answer(line, about, { clock }));
  await new Promise((resolve) => process.stdout.write(`${said}\n`, resolve));
}
