#!/usr/bin/env node
/**
 * A host program for `qip conformance --host 'node javascript/conformance.js'`: questions on
 * stdin, answers on stdout, one JSON object a line.
 */

import { createInterface } from "node:readline";
import { answer } from "./conformance/answer.js";
import { about } from "./conformance/about.js";

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.stringify(await answer(line, about()));
  await new Promise((resolve) => process.stdout.write(`${said}\n`, resolve));
}
