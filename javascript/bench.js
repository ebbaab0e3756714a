/**
 * What the host costs: each request beside the same one written by hand on the JavaScript API,
 * in turns, in one run: `node bench.js`. Modules are those of `modules-wat`.
 */

import { load } from "qip-host";
import { loadFilters } from "qip-host/image";
import { real } from "./test/modules.js";

const ROUNDS = 15;

/** @param {() => unknown} run @param {number} count */
function time(run, count) {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) run();
  return (performance.now() - start) / count;
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/**
 * Prints the median time of both, measured in turns, and their ratio.
 * @param {string} what
 * @param {number} count of requests in a round
 * @param {() => unknown} byHand
 * @param {() => unknown} byHost
 */
function compare(what, count, byHand, byHost) {
  /** @type {number[][]} */
  const times = [[], []];
  for (let round = -2; round < ROUNDS; round += 1) {
    const both = [time(byHand, count), time(byHost, count)];
    // The first rounds only warm the engine up.
    if (round >= 0) both.forEach((value, index) => times[index].push(value));
  }
  const [hand, host] = times.map(median);
  console.log(`| ${what} | ${told(hand)} | ${told(host)} | × ${(host / hand).toFixed(2)} |`);
}

/** @param {number} milliseconds */
function told(milliseconds) {
  if (milliseconds >= 1) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds >= 0.001
    ? `${(milliseconds * 1000).toFixed(2)} µs`
    : `${(milliseconds * 1e6).toFixed(0)} ns`;
}

const bytes = real("content/ascii-upper");
const module = await WebAssembly.compile(bytes);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A request by hand: what a careful program does. @param {any} exports @param {Uint8Array} input */
function request(exports, input) {
  const read = (/** @type {any} */ number) =>
    (typeof number === "function" ? number() : number.value) >>> 0;
  const inputPtr = read(exports.input_ptr);
  if (input.length > read(exports.input_utf8_cap)) throw new Error("too large");
  decoder.decode(input);
  new Uint8Array(exports.memory.buffer).set(input, inputPtr);
  const count = (exports.render ?? exports.run)(input.length) >>> 0;
  if (count > read(exports.output_utf8_cap)) throw new Error("too many");
  const start = read(exports.output_ptr);
  return decoder.decode(new Uint8Array(exports.memory.buffer).slice(start, start + count));
}

console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}\n`);
console.log("| request | by hand | qip-host | |\n| --- | --- | --- | --- |");
const warm = await load(bytes, { reuse: true });
const fresh = await load(bytes);
const { exports } = new WebAssembly.Instance(module);
for (const [name, size, count] of /** @type {const} */ ([
  ["10 B", 10, 20_000],
  ["1 KB", 1024, 10_000],
  ["64 KB", 65_536, 200],
])) {
  const input = new TextEncoder().encode("a".repeat(size));
  compare(
    `warm instance, ${name}`,
    count,
    () => request(exports, input),
    () => warm.render(input).value,
  );
}
for (const [name, size, count] of /** @type {const} */ ([
  ["10 B", 10, 300],
  ["1 KB", 1024, 300],
])) {
  const input = new TextEncoder().encode("a".repeat(size));
  const byHand = () => request(new WebAssembly.Instance(module).exports, input);
  compare(`fresh instance, ${name}`, count, byHand, () => fresh.render(input).value);
}

const side = Number(process.argv[2] ?? 4096);
const picture = {
  width: side,
  height: side,
  data: new Uint8ClampedArray(side * side * 4).fill(90),
};
const invert = await loadFilters(real("tile/invert"));
const pictures = Array.from({ length: 7 }, () => time(() => invert.apply(picture), 1));
console.log(`\n\`invert\`, ${side} × ${side} pixels: ${told(median(pictures))}`);
