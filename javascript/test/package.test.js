/** What is published: its files, its size, its types. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = new URL("..", import.meta.url);
const path = decodeURIComponent(root.pathname);

/** @param {string} name */
const text = (name) => readFileSync(new URL(name, root), "utf8");

/**
 * Runs a program in the package's directory.
 * @param {string} program @param {string[]} args
 */
function run(program, ...args) {
  const env = { ...process.env, PATH: `${path}node_modules/.bin:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: path, encoding: "utf8", env });
  return { status, stdout, all: stdout + stderr };
}

/** All files below a directory, as paths from there. @param {string} directory */
function files(directory) {
  const all = readdirSync(join(path, directory), { recursive: true, withFileTypes: true });
  const named = all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return named.map((name) => name.slice(path.length)).sort();
}

/**
 * The bytes that a page loads for an entry of the package: minified, without what is fetched only
 * where it is needed, and compressed.
 * @param {string} entry
 * @param {string[]} apart
 */
async function size(entry, apart) {
  const { outputFiles } = await build({
    entryPoints: [`${path}src/${entry}.js`],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    external: apart.map((name) => `./${name}.js`),
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

test("a page loads at most 12 kB, and with pictures 20 kB", async (t) => {
  const apart = ["rewrite", "interrupt", "uniform", "frame", "unjudged"];
  const content = await size("index", [...apart, "image/block"]);
  const pictures = await size("image", []);
  t.diagnostic(`${content} and ${pictures} bytes`);
  assert.ok(content <= 12_000, `${content} bytes`);
  assert.ok(pictures <= 20_000, `${pictures} bytes`);
});

test("what npm packs is the sources, their types, and the licences", () => {
  const { stdout, all } = run("npm", "pack", "--dry-run", "--json");
  assert.notEqual(stdout, "", all);
  const packed = JSON.parse(stdout)[0].files.map(
    (/** @type {{ path: string }} */ file) => file.path,
  );
  const own = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];
  assert.deepEqual(packed.sort(), [...own, ...files("src"), ...files("types")].sort());
  assert.ok(
    packed.every((/** @type {string} */ name) => /\.(js|wat|d\.ts|md|json)$|^LICENSE/.test(name)),
    packed,
  );
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: path, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("the types are right for those who import the package", () => {
  const { status, all } = run(
    "attw",
    "--pack",
    ".",
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "worker-main",
  );
  assert.equal(status, 0, all);
});

test("a program in TypeScript uses them", () => {
  const { status, all } = run("tsc", "-p", "test/consumer");
  assert.equal(status, 0, all);
});

test("the sources are what their types say, and the types are those of the sources", () => {
  const checked = run("tsc");
  assert.equal(checked.status, 0, checked.all);
  const fresh = mkdtempSync(join(tmpdir(), "qip-types-"));
  try {
    run("tsc", "-p", "tsconfig.types.json", "--outDir", fresh);
    assert.deepEqual(
      readdirSync(fresh, { recursive: true }).sort(),
      readdirSync(join(path, "types"), { recursive: true }).sort(),
    );
    for (const name of files("types")) {
      const made = readFileSync(join(fresh, name.slice("types/".length)), "utf8");
      assert.equal(made, text(name), `${name} is not what \`npm run types\` makes`);
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
});

test("the sources are formatted", () => {
  const { status, all } = run("prettier", "--check", ".");
  assert.equal(status, 0, all);
});

test("the package needs nothing, and its lock names no registry", () => {
  const { dependencies, peerDependencies } = JSON.parse(text("package.json"));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  assert.doesNotMatch(text("package-lock.json"), /"resolved"|https?:\/\/[^"]*(registry|npm)/);
});

test("a source imports no module of a runtime's own, which a page does not have", () => {
  for (const name of files("src").filter((file) => file.endsWith(".js"))) {
    for (const [, from] of text(name).matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      assert.match(from, /^\.\.?\//, `${name} imports ${from}`);
    }
  }
});

test("every export is documented", () => {
  const readme = text("README.md");
  for (const entry of ["index", "image", "worker"]) {
    const source = text(`src/${entry}.js`);
    for (const [declaration, name] of source.matchAll(
      /^export (?:async )?(?:function|class|const) (\w+)/gm,
    )) {
      assert.match(source.split(declaration)[0], /\*\/\n$/, `${entry}: ${name}`);
      assert.match(readme, new RegExp(`\\b${name}\\b`), name);
    }
    for (const [, names] of source.matchAll(/^export \{ (.*) \} from/gm)) {
      for (const name of names.split(", ")) assert.match(readme, new RegExp(`\\b${name}\\b`), name);
    }
  }
});
