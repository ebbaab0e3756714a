// A program in TypeScript that uses every part of the package. It is checked, and never run.

import {
  QipError,
  Recipe,
  features,
  load,
  render,
  standardLimits,
  type Limits,
  type Loaded,
  type Options,
  type Reply,
  type Stage,
} from "qip-host";
import { loadFilters } from "qip-host/image";
import { loadInWorker } from "qip-host/worker";

const limits: Partial<Limits> = { timeMs: 100, memoryBytes: standardLimits.memoryBytes / 2 };
const options: Options = { limits, utf8: "unchecked", floats: "deterministic", reuse: true };
const stages: Stage[] = [
  new URL("https://example.org/trim.wasm"),
  {
    module: await fetch("https://example.org/blur.wasm"),
    uniforms: { radius: 4, name: "x", big: 1n },
  },
];

const loaded: Loaded = await load(stages, options);
const reply: Reply = loaded.render("text", { contentType: "text/plain" });
const value: string | Uint8Array | Int32Array | number = reply.value;
const text: string = reply.text;
const kind: "utf8" | "bytes" | "i32" | "scalar" = reply.kind;

try {
  await render(new Uint8Array(), "");
} catch (error) {
  if (error instanceof QipError && error.kind === "refused") {
    const {
      code,
      stage,
      offset,
    }: { code: string; stage: number | undefined; offset: number | undefined } = error;
    console.log(code, stage, offset, value, text, kind, features());
  }
}

const recipe = new Recipe("text/plain", [new ArrayBuffer(0)]);
const last: { outputMimeType: string } | null = recipe.lastRender;
const filters = await loadFilters(stages);
const picture = filters.apply(new ImageData(1, 1));
const worker = await loadInWorker(stages, {
  ...options,
  createWorker: () => new Worker("worker.js"),
});
const later: Reply = await worker.render(picture.data);
worker.close();
console.log(last, later);

// @ts-expect-error: there is no such option
await load(stages, { utf16: "checked" });
// @ts-expect-error: a number is no input
loaded.render(1);
