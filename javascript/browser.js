#!/usr/bin/env node
/**
 * A host program that is a browser: `qip conformance --host 'node javascript/browser.js chromium'`.
 *
 * It serves a page on 127.0.0.1, opens it in a browser without a window and with a fresh profile,
 * and passes lines on: questions from stdin to the page, answers from the page to stdout. The
 * browsers are `chromium`, `firefox` and `webkit`.
 */

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { version } from "./conformance/about.js";

/**
 * How a browser is started, by what it calls itself.
 * @typedef {object} Browser
 * @property {string[]} programs what it may be called, the first that is there is taken
 * @property {(profile: string, url: string) => string[]} args
 * @property {string[]} [under] a command that it runs under
 */

/** @type {Record<string, Browser>} */
const BROWSERS = {
  chromium: {
    programs: ["chromium", "chromium-browser", "google-chrome"],
    args: (profile, url) => [
      ...[
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
      ],
      ...[`--user-data-dir=${profile}`, url],
    ],
  },
  firefox: {
    programs: ["firefox-esr", "firefox"],
    args: (profile, url) => ["--headless", "--no-remote", "--profile", profile, url],
  },
  webkit: {
    programs: [
      "MiniBrowser",
      "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
      "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
    ],
    args: (_, url) => ["--private", url],
    under: ["xvfb-run", "--auto-servernum"],
  },
};

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(`browser.js: ${why}`);
  process.exit(1);
}

const name = process.argv[2] ?? "";
const browser =
  BROWSERS[name] ??
  fail(`\`${name}\` is no browser, expected one of ${Object.keys(BROWSERS).join(", ")}`);

/** @param {string} program */
const versionOf = (program) => {
  const [command, ...args] = [...(browser.under ?? []), program, "--version"];
  return spawnSync(command, args, { encoding: "utf8" });
};
const program =
  browser.programs.find((candidate) => versionOf(candidate).status === 0) ??
  fail(`there is no ${name}, expected one of ${browser.programs.join(", ")}`);
const engine = /[\w ]*?[\d.]+[\w.]*/.exec(versionOf(program).stdout)?.[0].trim() ?? name;
if (process.argv.includes("--version")) {
  console.log(engine);
  process.exit(0);
}

/** Questions that the page has not asked for yet, and whether there are more to come. */
/** @type {string[]} */
const questions = [];
let isOver = false;
/** The page that waits for a question. @type {import("node:http").ServerResponse | undefined} */
let waiting;

function pass() {
  if (!waiting || (questions.length === 0 && !isOver)) return;
  const question = questions.shift();
  waiting.writeHead(question === undefined ? 204 : 200, { "content-type": "application/json" });
  waiting.end(question);
  waiting = undefined;
}

/** No other page knows it, so none can answer. */
const secret = randomBytes(16).toString("hex");
const root = new URL(".", import.meta.url);
const TYPES = /** @type {Record<string, string>} */ ({ js: "text/javascript", html: "text/html" });

const server = createServer((request, response) => {
  const [, token, ...path] = new URL(request.url ?? "", "http://localhost").pathname.split("/");
  const what = path.join("/");
  if (token !== secret) {
    response.writeHead(404).end();
  } else if (what === "about") {
    response.end(JSON.stringify({ host: name, version, engine }));
  } else if (what === "next") {
    waiting = response;
    pass();
  } else if (what === "answer" || what === "fault") {
    /** @type {Buffer[]} */
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const said = Buffer.concat(parts);
      response.end();
      if (what === "fault") fail(`the page failed: ${said}`);
      process.stdout.write(`${said}\n`);
    });
  } else if (/^(src|conformance)\/[\w/-]+\.(js|html)$/.test(what)) {
    const type = TYPES[what.split(".")[1]];
    response
      .writeHead(200, { "content-type": type, "cache-control": "no-store" })
      .end(readFileSync(new URL(what, root)));
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

const profile = mkdtempSync(join(tmpdir(), "qip-browser-"));
const url = `http://127.0.0.1:${port}/${secret}/conformance/page.html`;
const [command, ...args] = [...(browser.under ?? []), program, ...browser.args(profile, url)];
// A shell keeps the browser, in a process group of their own. Once this program is gone, by
// whatever means, the shell's stdin is at its end: then it ends the group and removes the profile.
const KEEPER = `{ "$@" >/dev/null 2>&1 </dev/null; echo ended; } &
  read -r _; trap "" TERM; kill -TERM 0; sleep 0.2; rm -rf "$0"; kill -KILL 0`;
const keeper = spawn("sh", ["-c", KEEPER, profile, command, ...args], {
  detached: true,
  stdio: ["pipe", "pipe", "ignore"],
  env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1" },
});
keeper.on("error", (error) => fail(`${command} cannot be started: ${error.message}`));
const ended = () => isOver || fail(`${program} has ended by itself`);
keeper.stdout.on("data", ended);
keeper.on("exit", ended);

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  questions.push(line);
  pass();
}
isOver = true;
pass();
process.exit(0);
