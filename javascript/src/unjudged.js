/** Modules outside of the contract: those that the caller has compiled already. */

import { Check } from "./check.js";
import { Compiled } from "./module.js";

/**
 * A module or an instance without its bytes, which cannot be judged: its exports are taken for
 * what their names say. An instance serves every request, so nothing is ever fresh (RUN-4).
 * @param {WebAssembly.Module | WebAssembly.Instance} given
 */
export function unjudged(given) {
  const isModule = given instanceof WebAssembly.Module;
  /** @type {Map<string, string>} */
  const exports = new Map();
  if (isModule) {
    for (const { name, kind } of WebAssembly.Module.exports(given)) exports.set(name, kind);
  } else {
    for (const name of Object.keys(given.exports)) exports.set(name, "export");
  }
  const plan = new Check(exports, true, true).plan(false, undefined);
  return isModule
    ? new Compiled(plan, given, {})
    : new Compiled(plan, undefined, {}, undefined, given);
}
