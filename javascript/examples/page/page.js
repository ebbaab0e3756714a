/** In a page: text, a picture on a canvas, and a request in a worker. */

import { load } from "qip-host";
import { loadFilters } from "qip-host/image";
import { loadInWorker } from "qip-host/worker";

/** @param {string} id @param {unknown} value */
function show(id, value) {
  const output = document.getElementById(id);
  if (output) output.textContent = String(value);
}

const trim = await load(new URL("/modules/trim.wasm", location.href), { limits: { timeMs: 1000 } });
show("text", trim.render("  hello  ").value);

const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("picture"));
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
context.fillStyle = "rgb(255 165 0)";
context.fillRect(0, 0, 2, 1);
const invert = await loadFilters(new URL("/modules/invert.wasm", location.href));
const inverted = invert.apply(context.getImageData(0, 0, 2, 1));
context.putImageData(/** @type {ImageData} */ (inverted), 0, 0);
show("pixels", [...context.getImageData(0, 0, 2, 1).data]);

const inWorker = await loadInWorker(new URL("/modules/trim.wasm", location.href), {
  limits: { timeMs: 10_000 },
});
show("worker", (await inWorker.render("  from a worker  ")).value);
inWorker.close();
document.body.dataset.done = "";
