/** For a bundler: `esbuild app.js --bundle --format=esm --splitting --outdir=dist`. */

import { load } from "qip-host";

const trim = await load(new URL("/modules/trim.wasm", location.href));
document.body.textContent = trim.render("  bundled  ").text;
document.body.dataset.done = "";
