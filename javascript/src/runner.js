/** The short forms: a request on modules that are loaded for it. */

import { refused } from "./error.js";
import { normalized } from "./media-type.js";
import { load } from "./recipe.js";

/** @import { Loaded } from "./recipe.js" */
/** @import { Buffered, Source } from "./source.js" */

/**
 * Runs one module on one input.
 * @param {Source} module
 * @param {string | Buffered} input
 * @returns {Promise<string | Uint8Array | Int32Array | number>} what the module gives: text, bytes,
 *   numbers of 32 bits, or a scalar
 * @throws {QipError}
 */
export async function render(module, input) {
  const loaded = await load(module);
  return loaded.render(input).value;
}

/** Modules that run one after the other. They are loaded once, by the first request. */
export class Recipe {
  /** @type {Promise<Loaded> | undefined} */
  #loaded;

  /**
   * @param {string} inputMimeType the content type of inputs, empty where it is unknown
   * @param {Source[]} modules one at least
   */
  constructor(inputMimeType, modules) {
    if (!Array.isArray(modules) || modules.length === 0) {
      throw refused("empty-recipe", "a recipe is made of a non-empty array of modules");
    }
    /** The content type of inputs, normalised (MIME-2). */
    this.inputMimeType = normalized(inputMimeType);
    /** The modules, in order. */
    this.modules = modules.slice();
    /**
     * What is known of the last output.
     * @type {{ outputMimeType: string } | null}
     */
    this.lastRender = null;
  }

  /**
   * Runs the modules on an input.
   * @param {string | Buffered} input
   * @returns {Promise<string | Uint8Array | Int32Array | number>}
   * @throws {QipError}
   */
  async render(input) {
    const loaded = await (this.#loaded ??= this.#load());
    const reply = loaded.render(input, { contentType: this.inputMimeType });
    this.lastRender = { outputMimeType: reply.contentType };
    return reply.value;
  }

  /** What could not be loaded is tried again by the next request. */
  #load() {
    return load(this.modules).catch((error) => {
      this.#loaded = undefined;
      throw error;
    });
  }
}
