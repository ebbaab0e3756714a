/** Whatever the bytes are: an answer or a `QipError`, and never anything else. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { QipError, load } from "qip-host";
import { loadFilters } from "qip-host/image";
import { endless, real } from "./modules.js";

const limits = { timeMs: 1000, memoryBytes: 2 ** 24, tableEntries: 10_000 };

/** @param {Uint8Array} bytes @param {string} what */
async function survives(bytes, what) {
  try {
    const loaded = await load(bytes, { limits, clock: "metered" });
    loaded.render("some input, é");
  } catch (error) {
    assert.ok(error instanceof QipError, `${what}: ${/** @type {any} */ (error)?.stack}`);
    assert.notEqual(error.kind, "engine", `${what}: ${error.stack}`);
  }
}

/** A generator of numbers (mulberry32), so that a failure can be repeated. @param {number} seed */
function random(seed) {
  return (/** @type {number} */ below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const areas = ["content", "tile"];
const names = areas.flatMap((area) => {
  const files = readdirSync(new URL(`../../modules-wat/${area}`, import.meta.url));
  return files
    .filter((name) => name.endsWith(".wat"))
    .map((name) => `${area}/${name.slice(0, -4)}`);
});

test("modules that end too early", async () => {
  const bytes = real("content/trim");
  for (let end = 0; end < bytes.length; end += 1)
    await survives(bytes.subarray(0, end), `the first ${end} bytes`);
});

test("modules with bytes changed", async () => {
  const below = random(1);
  for (const name of names) {
    const bytes = real(name);
    for (let round = 0; round < 60; round += 1) {
      const changed = bytes.slice();
      for (let count = 1 + below(4); count > 0; count -= 1)
        changed[below(changed.length)] = below(256);
      await survives(changed, `${name}, round ${round}`);
    }
  }
});

test("modules with pieces cut out and put in", async () => {
  const below = random(2);
  for (const name of names) {
    const bytes = real(name);
    for (let round = 0; round < 20; round += 1) {
      const [at, other, length] = [below(bytes.length), below(bytes.length), below(40)];
      const piece = bytes.subarray(other, other + length);
      const spliced = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...piece,
        ...bytes.subarray(at + below(40)),
      ]);
      await survives(spliced, `${name}, round ${round}`);
    }
  }
});

test("pictures with bytes changed", async () => {
  const below = random(3);
  const filter = await load(real("tile/invert"), { limits: { imagePixels: 10_000 } });
  const picture = await loadFilters(real("tile/identity"));
  const bmp = new Uint8Array(54 + 4 * 64);
  bmp.set([
    0x42, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 1, 0, 32,
  ]);
  for (let round = 0; round < 3000; round += 1) {
    const changed = bmp.slice(0, bmp.length - below(3) * below(100));
    for (let count = below(3); count > 0; count -= 1) changed[below(60)] = below(256);
    try {
      filter.render(changed);
    } catch (error) {
      assert.ok(
        error instanceof QipError && ["not-bmp", "image-size"].includes(error.code),
        String(error),
      );
    }
  }
  assert.equal(picture.apply({ width: 1, height: 1, data: new Uint8Array(4) }).data.length, 4);
});

test("a loop that never ends, wherever it stands", async () => {
  for (const clock of /** @type {const} */ (["auto", "metered"])) {
    const loaded = await load(endless, { limits: { timeMs: 20 }, clock });
    assert.throws(() => loaded.render(""), { kind: "stopped", code: "time" });
  }
});

test("a section that claims more than it has", async () => {
  for (let kind = 0; kind <= 14; kind += 1) {
    for (const claim of [
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
      [0x7f],
    ]) {
      const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
      await survives(Uint8Array.from([...header, kind, claim.length, ...claim]), `section ${kind}`);
    }
  }
});
