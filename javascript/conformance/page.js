/**
 * The browser's side of `browser.js`, in a worker: asks the program for a line, and sends the
 * answer back, until there is none.
 */

import { answer } from "./answer.js";

const about = await (await fetch("../about")).json();

for (;;) {
  const next = await fetch("../next");
  if (next.status !== 200) break;
  const said = JSON.stringify(await answer(await next.text(), about, { clock: "auto" }));
  await fetch("../answer", { method: "POST", body: said });
}
