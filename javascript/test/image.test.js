/** Tile filters over pictures and over BMP. The corpus judges the rest. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "qip-host";
import { loadFilters } from "qip-host/image";
import { BINARY as acrossMemories } from "../src/image/lines.js";
import { BINARY as inPlace } from "../src/image/pixels.js";
import { content, real, wat } from "./modules.js";

test("a filter runs over a picture, and leaves it as it was", async () => {
  const invert = await loadFilters(real("tile/invert"));
  const data = Uint8ClampedArray.of(255, 165, 0, 255, 1, 2, 3, 0);
  const picture = invert.apply({ width: 2, height: 1, data });
  assert.deepEqual([picture.width, picture.height], [2, 1]);
  assert.deepEqual([...picture.data], [0, 90, 255, 255, 254, 253, 252, 0]);
  assert.deepEqual([...data], [255, 165, 0, 255, 1, 2, 3, 0]);
});

test("what goes in as ImageData comes out as such", async () => {
  class ImageData {
    /** @param {Uint8ClampedArray} data @param {number} width @param {number} height */
    constructor(data, width, height) {
      Object.assign(this, { data, width, height });
    }
  }
  const scope = /** @type {any} */ (globalThis);
  scope.ImageData = ImageData;
  try {
    const invert = await loadFilters(real("tile/invert"));
    const given = /** @type {any} */ (new ImageData(Uint8ClampedArray.of(1, 2, 3, 4), 1, 1));
    const picture = invert.apply(given);
    assert.ok(picture instanceof ImageData);
    assert.deepEqual([...picture.data], [254, 253, 252, 4]);
  } finally {
    delete scope.ImageData;
  }
});

test("every byte becomes a float and the same byte again", async () => {
  const same = await loadFilters(real("tile/identity"));
  const data = Uint8Array.from({ length: 4 * 16 * 16 }, (_, index) => index);
  assert.deepEqual([...same.apply({ width: 16, height: 16, data }).data], [...data]);
});

test("in a recipe, filters take a BMP and give one", async () => {
  // Of one pixel: blue, green, red, alpha.
  const bmp = new Uint8Array(58);
  const view = new DataView(bmp.buffer);
  bmp.set([0x42, 0x4d], 0);
  view.setUint32(2, 58, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, 1, true);
  view.setInt32(22, 1, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 32, true);
  view.setUint32(34, 4, true);
  bmp.set([10, 20, 30, 40], 54);
  const filters = await load([real("tile/invert"), real("tile/invert")]);
  const reply = filters.render(bmp);
  assert.deepEqual([reply.kind, reply.contentType], ["bytes", "image/bmp"]);
  assert.deepEqual(reply.value, bmp);
  assert.throws(() => filters.render("BM"), { code: "not-bmp", stage: 1, offset: 2 });
  await assert.rejects(load([content("(local.get $size)"), real("tile/invert")]), {
    code: "not-pipeable",
    stage: 1,
  });
});

test("what is no picture, and what is no filter, is refused", async () => {
  const invert = await loadFilters(real("tile/invert"));
  const data = new Uint8Array(4);
  assert.throws(() => invert.apply({ width: 0, height: 1, data }), {
    code: "image-size",
    stage: undefined,
  });
  assert.throws(() => invert.apply({ width: 2, height: 1, data }), {
    name: "TypeError",
    message: /has 4 bytes/,
  });
  await assert.rejects(loadFilters([real("tile/invert"), real("content/trim")]), {
    code: "missing-export",
    stage: 2,
  });
  const trim = await load(real("content/trim"));
  assert.throws(() => trim.apply({ width: 1, height: 1, data }), { name: "TypeError" });
});

test("what turns bytes into floats is what its text says", () => {
  for (const [name, binary] of [
    ["pixels", inPlace],
    ["lines", acrossMemories],
  ]) {
    const text = readFileSync(new URL(`../src/image/${name}.wat`, import.meta.url), "utf8");
    assert.equal(binary, Buffer.from(wat(text)).toString("base64"), name);
  }
});
