/** Modules in a worker. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadInWorker } from "qip-host/worker";
import { content, echo, endless, real } from "./modules.js";

test("a request is carried in a worker, and so is a picture", async () => {
  const trim = await loadInWorker(real("content/trim"));
  const replies = await Promise.all([
    trim.render(" a "),
    trim.render("b ", { contentType: "A/b" }),
  ]);
  assert.deepEqual(
    replies.map(({ value, contentType }) => [value, contentType]),
    [
      ["a", ""],
      ["b", "a/b"],
    ],
  );
  trim.close();
  assert.equal((await trim.render(" c")).value, "c");
  trim.close();

  const invert = await loadInWorker(real("tile/invert"), { filters: true });
  const picture = await invert.apply({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 4) });
  assert.deepEqual([...picture.data], [254, 253, 252, 4]);
  invert.close();

  const luhn = await loadInWorker(real("content/luhn"));
  assert.equal((await luhn.render("79927398713")).value, 1);
  luhn.close();
});

test("failures are those of `load` and `render`", async () => {
  await assert.rejects(loadInWorker([echo, Uint8Array.of(1)]), {
    name: "QipError",
    code: "not-wasm",
    stage: 2,
  });
  const loaded = await loadInWorker(echo);
  await assert.rejects(loaded.render(Uint8Array.of(97, 255)), {
    code: "input-not-utf8",
    offset: 1,
    stage: 1,
  });
  await assert.rejects(loaded.apply({ width: 1, height: 1, data: new Uint8Array(4) }), {
    name: "TypeError",
  });
  loaded.close();
});

test("what does not end in time is ended with its thread, and the next request has another", async () => {
  const loops = content("(if (local.get $size) (then (loop (br 0)))) (i32.const 0)");
  // Long enough for a worker to begin, on any machine.
  const loaded = await loadInWorker([echo, loops], { limits: { timeMs: 2000 } });
  await assert.rejects(loaded.render("a"), {
    kind: "stopped",
    code: "time",
    stage: 2,
    message: "Wasm module exceeded the execution time limit (2000ms)",
  });
  assert.equal((await loaded.render("")).value, "");
  loaded.close();
});

test("loading can be abandoned", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(loadInWorker(endless, { signal }), { kind: "stopped", code: "cancelled" });
});
