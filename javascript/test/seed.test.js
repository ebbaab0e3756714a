/**
 * What the JavaScript runner's own description promises, by which modules were first run in
 * JavaScript: `render`, `Recipe` with `lastRender`, and every way of loading. Its slips are
 * mended: `render` gives the value, a byte order mark is kept, the names have underscores.
 */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { Recipe, render } from "qip-host";
import { content, real } from "./modules.js";

const trim = real("content/trim");

test("a module is an instance, a compiled module, a URL, a Response, bytes, a buffer or a view", async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/trim.wasm" ? 200 : 404;
    response.end(response.statusCode === 200 ? trim : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}/trim.wasm`;
  const module = await WebAssembly.compile(trim);
  const padded = new Uint8Array(trim.length + 8);
  padded.set(trim, 4);
  try {
    for (const source of [
      await WebAssembly.instantiate(module, {}),
      module,
      url,
      new URL(url),
      await fetch(url),
      trim,
      trim.slice().buffer,
      padded.subarray(4, 4 + trim.length),
      new DataView(padded.buffer, 4, trim.length),
      new Blob([trim]),
    ]) {
      assert.equal(await render(source, "  hello  "), "hello");
    }
    await assert.rejects(render(`${url}.none`, ""), {
      name: "QipError",
      kind: "source",
      message: /cannot be fetched: 404/,
    });
  } finally {
    server.close();
  }
  await assert.rejects(render(url, ""), { name: "QipError", kind: "source" });
});

test("`render` returns the output value: string, Uint8Array, Int32Array or scalar number", async () => {
  assert.equal(await render(trim, " a "), "a");
  const digest = await render(real("content/sha256"), "abc");
  assert.ok(digest instanceof Uint8Array);
  // FIPS 180-2, appendix B.1.
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(Buffer.from(digest).toString("hex"), expected);
  assert.deepEqual(await render(real("content/line-lengths"), "ab\n\nabc"), Int32Array.of(2, 0, 3));
  // ISO/IEC 7812-1: a number whose check digit is right.
  assert.equal(await render(real("content/luhn"), "79927398713"), 1);
});

test("`Recipe` runs modules in order, and tracks the final content type", async () => {
  const type = `(data (i32.const 100) "Text/HTML; charset=utf-8")
    (global (export "output_content_type_ptr") i32 (i32.const 100))
    (global (export "output_content_type_size") i32 (i32.const 24))`;
  const recipe = new Recipe(" Text/Plain ; a=b", [trim, content("(local.get $size)", type)]);
  assert.equal(recipe.inputMimeType, "text/plain");
  assert.equal(recipe.lastRender, null);
  assert.equal(await recipe.render("  hello  "), "hello");
  assert.deepEqual(recipe.lastRender, { outputMimeType: "text/html" });
  // A stage without a type of its own keeps the current one.
  const kept = new Recipe("text/markdown", [trim]);
  await kept.render("a");
  assert.deepEqual(kept.lastRender, { outputMimeType: "text/markdown" });
});

test("`Recipe` requires a non-empty array, and only utf8/bytes can be piped", async () => {
  for (const modules of [[], /** @type {any} */ (undefined), /** @type {any} */ (trim)]) {
    assert.throws(() => new Recipe("", modules), { name: "QipError", code: "empty-recipe" });
  }
  await assert.rejects(new Recipe("", [real("content/crc32"), trim]).render(""), {
    message: "only utf8/bytes can be piped to another stage",
    code: "not-pipeable",
    stage: 1,
  });
});

test("an input that is too large is refused, and a module without exports says which", async () => {
  await assert.rejects(render(content("(local.get $size)"), "a".repeat(65)), {
    code: "input-too-large",
    message: "Input is too large: 65 bytes, expected at most 64",
  });
  await assert.rejects(render(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), ""), {
    code: "missing-memory",
  });
});

test("a byte order mark is kept", async () => {
  assert.equal(await render(content("(local.get $size)"), "\ufeffa"), "\ufeffa");
});
