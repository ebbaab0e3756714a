/** Modules outside of the contract: those that the caller has compiled already. */
import { Compiled } from "./module.js";
/**
 * A module or an instance without its bytes, which cannot be judged: its exports are taken for
 * what their names say. An instance serves every request, so nothing is ever fresh (RUN-4).
 * @param {WebAssembly.Module | WebAssembly.Instance} given
 */
export declare function unjudged(given: WebAssembly.Module | WebAssembly.Instance): Compiled;
