/** The examples, run: in Node, and in pages of a real browser where there is one. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";
import { endless, real } from "./modules.js";
import { hasTool } from "./tools.js";

const root = new URL("..", import.meta.url);
const path = decodeURIComponent(root.pathname);
const directory = mkdtempSync(join(tmpdir(), "qip-examples-"));
const trim = join(directory, "trim.wasm");
/** @type {Map<string, Uint8Array | string>} */
const served = new Map();

const TYPES = /** @type {Record<string, string>} */ ({
  js: "text/javascript",
  html: "text/html",
  wasm: "application/wasm",
});
const server = createServer((request, response) => {
  const name = (request.url ?? "/").slice(1);
  try {
    const body = served.get(name) ?? readFileSync(new URL(name, root));
    response
      .writeHead(200, { "content-type": TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain" })
      .end(body);
  } catch {
    response.writeHead(404).end();
  }
});
let origin = "";

before(async () => {
  writeFileSync(trim, real("content/trim"));
  served.set("modules/trim.wasm", real("content/trim"));
  served.set("modules/invert.wasm", real("tile/invert"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(directory, { recursive: true });
});

/** @param {string} example @param {string} module @param {string} [input] */
function run(example, module, input = "") {
  return spawnSync(process.execPath, [`${path}examples/${example}`, module], {
    input,
    encoding: "utf8",
  });
}

test("in Node", () => {
  const answer = run("node.js", trim, "  hello  ");
  assert.deepEqual([answer.status, answer.stdout, answer.stderr], [0, "hello", ""]);
  const loop = join(directory, "endless.wasm");
  writeFileSync(loop, endless);
  const stopped = run("node.js", loop);
  const told = "stopped (time): Wasm module exceeded the execution time limit (1000ms)\n";
  assert.deepEqual([stopped.status, stopped.stdout, stopped.stderr], [1, "", told]);
});

test("in a worker of Node", () => {
  const answer = run("worker.js", trim);
  assert.deepEqual([answer.status, answer.stdout, answer.stderr], [0, "one,two\n", ""]);
});

/**
 * Opens a page in Chromium, waits until it says that it is done, and looks at it.
 * @param {string} page
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} look
 */
async function inChromium(page, look) {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  const executablePath = spawnSync("which", ["chromium"], { encoding: "utf8" }).stdout.trim();
  const browser = await puppeteer.launch({
    executablePath,
    args,
    timeout: 120_000,
    protocolTimeout: 120_000,
  });
  try {
    const tab = await browser.newPage();
    /** @type {string[]} */
    const faults = [];
    tab.on("pageerror", (error) => faults.push(String(error)));
    await tab.goto(`${origin}/${page}`);
    await tab.waitForSelector("[data-done]", { timeout: 60_000 }).catch((error) => {
      throw new Error(`${error.message} ${faults.join(", ")}`);
    });
    assert.deepEqual(faults, []);
    await look(tab);
  } finally {
    await browser.close();
  }
}

test("in a page", async (t) => {
  if (!hasTool(t, "chromium")) return;
  await inChromium("examples/page/index.html", async (page) => {
    const shown = await page.$$eval("output", (outputs) =>
      outputs.map((output) => output.textContent),
    );
    assert.deepEqual(shown, ["hello", "0,90,255,255,0,90,255,255", "from a worker"]);
  });
});

test("bundled", async (t) => {
  const { outputFiles } = await build({
    entryPoints: [`${path}examples/bundler/app.js`],
    bundle: true,
    format: "esm",
    splitting: true,
    outdir: "/dist",
    write: false,
    minify: true,
  });
  for (const { path, text } of outputFiles) served.set(path.slice(1), text);
  served.set(
    "bundled.html",
    '<!doctype html><body><script type="module" src="/dist/app.js"></script>',
  );
  if (!hasTool(t, "chromium")) return;
  await inChromium("bundled.html", async (page) => {
    assert.equal(await page.$eval("body", (body) => body.textContent), "bundled");
  });
});
