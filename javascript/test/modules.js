/** Modules for the tests: WebAssembly text, assembled. */

import { readFileSync } from "node:fs";
import wabtModule from "wabt";

const wabt = await wabtModule();

/** @param {string} text */
export function wat(text) {
  const features = /** @type {any} */ ({ tail_call: true, multi_memory: true });
  const module = wabt.parseWat("test.wat", text, features);
  const { buffer } = module.toBinary({});
  module.destroy();
  return new Uint8Array(buffer);
}

/**
 * A real module of `modules-wat`.
 * @param {string} name such as `content/trim`
 */
export function real(name) {
  return wat(readFileSync(new URL(`../../modules-wat/${name}.wat`, import.meta.url), "utf8"));
}

/**
 * A content module of 64 bytes of input and output at the same place, whose entry point has this
 * code. The parameter is `$size`.
 * @param {string} code
 * @param {string} [fields] what else the module has
 */
export function content(code, fields = "") {
  return wat(`(module
    (memory (export "memory") 1)
    (global (export "input_ptr") i32 (i32.const 0))
    (global (export "input_utf8_cap") i32 (i32.const 64))
    (global (export "output_ptr") i32 (i32.const 0))
    (global (export "output_utf8_cap") i32 (i32.const 64))
    ${fields}
    (func (export "render") (param $size i32) (result i32) ${code}))`);
}

/** Gives back what it gets. */
export const echo = content("(local.get $size)");

/** Never ends. */
export const endless = content("(loop (br 0)) (i32.const 0)");
