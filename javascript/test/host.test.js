/** `load`, its options and limits, and what is thrown. The corpus judges the rest. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { QipError, features, load, standardLimits, trapWords } from "qip-host";
import { content, echo, endless, real, wat } from "./modules.js";

test("a module is loaded once, for many requests on fresh instances", async () => {
  const counts = await load(
    content(
      "(global.set $n (i32.add (global.get $n) (i32.const 1))) (i32.store8 (i32.const 0) (i32.add (global.get $n) (i32.const 48))) (i32.const 1)",
      "(global $n (mut i32) (i32.const 0))",
    ),
  );
  assert.deepEqual([counts.render("").value, counts.render("").value], ["1", "1"]);
});

test("an instance is reused where the caller allows it, but not after a trap", async () => {
  const code = `(if (local.get $size) (then unreachable))
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (i32.store8 (i32.const 0) (i32.add (global.get $n) (i32.const 48))) (i32.const 1)`;
  const counts = await load(content(code, "(global $n (mut i32) (i32.const 0))"), { reuse: true });
  assert.deepEqual([counts.render("").value, counts.render("").value], ["1", "2"]);
  assert.throws(() => counts.render("a"), { kind: "trapped", code: "unreachable", stage: 1 });
  assert.equal(counts.render("").value, "1");
});

test("the reply has bytes, text, kind and content type", async () => {
  const reply = (await load(echo)).render("é", { contentType: " A/B; c" });
  assert.equal(reply.kind, "utf8");
  assert.equal(reply.text, "é");
  assert.deepEqual(reply.bytes, Uint8Array.of(0xc3, 0xa9));
  assert.equal(reply.contentType, "a/b");
  const scalar = (await load(real("content/luhn"))).render("");
  assert.throws(() => scalar.text, {
    name: "TypeError",
    message: "the output is scalar, expected utf8",
  });
});

test("an input is bytes of any kind, or a text", async () => {
  const loaded = await load(echo);
  const bytes = Uint8Array.of(0, 97, 98, 0);
  const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(97);
  for (const [input, expected] of /** @type {[any, string][]} */ ([
    [bytes.subarray(1, 3), "ab"],
    [new DataView(bytes.buffer, 1, 2), "ab"],
    [Uint8Array.of(97).buffer, "a"],
    [shared, "aa"],
  ])) {
    assert.equal(loaded.render(input).value, expected);
  }
  assert.throws(() => loaded.render("a\ud800"), { code: "input-not-utf8", offset: 1, stage: 1 });
  assert.throws(() => loaded.render(/** @type {any} */ (undefined)), { name: "TypeError" });
});

test("uniforms are numbers or texts", async () => {
  const sum = wat(`(module (memory (export "memory") 1)
    (global (export "input_ptr") i32 (i32.const 0)) (global (export "input_bytes_cap") i32 (i32.const 0))
    (global $sum (mut f64) (f64.const 0))
    (func (export "uniform_set_a") (param i32) (global.set $sum (f64.convert_i32_s (local.get 0))))
    (func (export "uniform_set_b") (param i64) (global.set $sum (f64.add (global.get $sum) (f64.convert_i64_s (local.get 0)))))
    (func (export "uniform_set_c") (param f32) (global.set $sum (f64.add (global.get $sum) (f64.promote_f32 (local.get 0)))))
    (func (export "render") (param i32) (result i32) (i32.trunc_f64_s (global.get $sum))))`);
  const loaded = await load(sum, { uniforms: { a: 1, b: 20n, c: "3e2" } });
  assert.equal(loaded.render("").value, 321);
  assert.equal((await load([{ module: sum, uniforms: { a: -5 } }])).render("").value, -5);
  await assert.rejects(load(sum, { uniforms: { a: 1.5 } }), { code: "uniform-value", stage: 1 });
  await assert.rejects(load([echo, { module: sum, uniforms: { d: 1 } }]), {
    code: "unknown-uniform",
    message: "the module has no uniform `d`; it has `a`, `b`, `c`",
    stage: 2,
  });
});

test("an f32 is rounded once", async () => {
  const bits = wat(`(module (memory (export "memory") 1)
    (global (export "input_ptr") i32 (i32.const 0)) (global (export "input_bytes_cap") i32 (i32.const 0))
    (global $value (mut f32) (f32.const 0))
    (func (export "uniform_set_x") (param f32) (global.set $value (local.get 0)))
    (func (export "render") (param i32) (result i32) (i32.reinterpret_f32 (global.get $value))))`);
  const read = async (/** @type {string} */ x) => {
    const { value } = (await load(bits, { uniforms: { x } })).render("");
    return /** @type {number} */ (value) >>> 0;
  };
  const zeros = "0".repeat(100_000);
  const smallest = 2 ** -149;
  const exactHalf = `${5n ** 150n}e-150`;
  for (const [text, expected] of /** @type {[string, number][]} */ ([
    // 1 + 2^-24 lies halfway between 1 and the next f32: to even, but for what is more.
    ["1.000000059604644775390625", 0x3f800000],
    [`1.000000059604644775390625${zeros}1`, 0x3f800001],
    ["1.00000005960464477539062499999999999", 0x3f800000],
    ["-1.00000005960464477539062500000000000000001", 0xbf800001],
    // 1 + 3 * 2^-24: to even is up.
    ["1.000000178813934326171875", 0x3f800002],
    ["1.00000017881393432617187499999999999999999", 0x3f800001],
    // Halfway between 0 and the smallest: 2^-150.
    [`${smallest / 2}`, 0x00000000],
    [exactHalf, 0x00000000],
    [`${5n ** 150n}.1e-150`, 0x00000001],
    ["-0", 0x80000000],
    // The largest, and what lies just below halfway to what would be next.
    ["3.4028234663852886e38", 0x7f7fffff],
    ["340282356779733661637539395458142568447.9", 0x7f7fffff],
  ])) {
    assert.equal((await read(text)).toString(16), expected.toString(16), text.slice(0, 60));
  }
  await assert.rejects(read("340282356779733661637539395458142568448"), { code: "uniform-value" });
});

test("a limit of time ends a loop", async () => {
  for (const clock of /** @type {const} */ (["auto", "metered"])) {
    const loaded = await load(endless, { clock, limits: { timeMs: 20 } });
    const expected = {
      kind: "stopped",
      code: "time",
      stage: 1,
      message: "Wasm module exceeded the execution time limit (20ms)",
    };
    assert.throws(() => loaded.render("a"), expected, clock);
    // It is as good as before.
    assert.throws(() => loaded.render("a"), expected, clock);
  }
});

test("a limit of time ends a start function, too", async () => {
  const module = content("(i32.const 0)", "(start $forever) (func $forever (loop (br 0)))");
  for (const clock of /** @type {const} */ (["auto", "metered"])) {
    const loaded = await load(module, { clock, limits: { timeMs: 20 } });
    assert.throws(() => loaded.render(""), { kind: "stopped", code: "time", stage: 1 }, clock);
  }
});

test("a limit of time ends calls that never return, where each is the last thing of a function", async (t) => {
  if (!features().includes("tail-call")) return t.skip("the engine has no tail calls");
  const forever = "(func $forever (param i32) (result i32) (return_call $forever (local.get 0)))";
  const module = content("(call $forever (local.get $size))", forever);
  for (const clock of /** @type {const} */ (["auto", "metered"])) {
    const loaded = await load(module, { clock, limits: { timeMs: 20 } });
    assert.throws(() => loaded.render(""), { kind: "stopped", code: "time" }, clock);
  }
});

test("fuel is the same each time, and is shared by all stages", async () => {
  const rounds = content(
    "(local $n i32) (local.set $n (i32.const 1000)) (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $size)",
  );
  /** @param {number} stages @param {number} fuel */
  const suffices = async (stages, fuel) => {
    const loaded = await load(Array(stages).fill(rounds), { limits: { fuel } });
    try {
      loaded.render("");
      return true;
    } catch (error) {
      assert.ok(
        error instanceof QipError && error.kind === "stopped" && error.code === "fuel",
        String(error),
      );
      return false;
    }
  };
  // The least that is enough, by halves.
  let [none, enough] = [0, 1_000_000];
  while (enough - none > 1) {
    const fuel = (none + enough) >> 1;
    if (await suffices(1, fuel)) enough = fuel;
    else none = fuel;
  }
  assert.ok(enough > 1000, `${enough}`);
  assert.deepEqual(
    [await suffices(2, 2 * enough), await suffices(2, 2 * enough - 1)],
    [true, false],
  );
});

test("memory grows to the limit and no further", async () => {
  const grown = (/** @type {string} */ memory) =>
    wat(`(module (memory (export "memory") ${memory})
    (global (export "input_ptr") i32 (i32.const 0)) (global (export "input_bytes_cap") i32 (i32.const 0))
    (func (export "render") (param i32) (result i32) (drop (memory.grow (i32.const 3))) (memory.grow (i32.const 1))))`);
  for (const [memory, expected] of /** @type {[string, number][]} */ ([
    ["1", -1],
    ["1 100", -1],
    ["1 2", 1],
  ])) {
    const loaded = await load(grown(memory), { limits: { memoryBytes: 4 * 65_536 } });
    assert.equal(loaded.render("").value, expected, memory);
  }
});

test("every kind of trap is told, or the engine has one word for several", async () => {
  /** @type {[string, string][]} */
  const traps = [
    ["unreachable", "unreachable"],
    ["memory-out-of-bounds", "(drop (i32.load (i32.const -1)))"],
    [
      "integer-divide-by-zero",
      "(drop (i32.rem_u (i32.const 1) (i32.sub (local.get $size) (local.get $size))))",
    ],
    ["integer-overflow", "(drop (i32.trunc_f32_s (f32.const 1e30)))"],
    ["bad-conversion-to-integer", "(drop (i64.trunc_f64_u (f64.const nan)))"],
    ["stack-overflow", "(drop (call $again (i32.const 0)))"],
  ];
  for (const [kind, code] of traps) {
    const again =
      "(func $again (param i32) (result i32) (i32.add (call $again (local.get 0)) (i32.const 1)))";
    const loaded = await load(content(`${code} (i32.const 0)`, again));
    assert.throws(() => loaded.render(""), { name: "QipError", kind: "trapped", code: kind });
  }
  assert.ok(trapWords().kinds.size > 5);
});

test("what the engine has is probed", () => {
  for (const feature of features())
    assert.ok(["tail-call", "extended-const", "externref"].includes(feature));
});

test("limits are those of LIM-1, and others are refused", async () => {
  assert.equal(standardLimits.memoryBytes, 1024 ** 3);
  assert.ok(Object.isFrozen(standardLimits));
  const load_ = (/** @type {any} */ limits) => load(echo, { limits });
  await assert.rejects(load_({ memory: 1 }), {
    name: "TypeError",
    message: /^`memory` is no limit, expected one of moduleBytes, /,
  });
  await assert.rejects(load_({ timeMs: -1 }), {
    name: "TypeError",
    message: "the limit `timeMs` is -1, expected a number of 0 or more",
  });
  await assert.rejects(load_({ moduleBytes: 8 }), { code: "limit", stage: 1 });
  await load_({ memoryBytes: undefined });
});

test("a module without bytes is taken on trust", async () => {
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(echo));
  const loaded = await load(instance);
  assert.equal(loaded.render("a").value, "a");
  const none = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await assert.rejects(load(none), { name: "QipError", kind: "refused" });
});
