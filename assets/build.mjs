// Bundle, minify, hash and compress the sources into one folder, with a manifest.
//
//   node build.mjs OUT KEY
//
// OUT is emptied first. KEY names the inputs (a hash of them); it stands in the manifest, so that
// the build hook can tell whether anything changed.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const [out, key] = process.argv.slice(2);
const sources = new URL("src/", import.meta.url).pathname;

const bundled = await build({
  entryPoints: ["site.css", "desk.css", "pictures.css", "field.js", "desk.js", "charts.js", "graph.js", "replay.js"].map((name) => join(sources, name)),
  bundle: true,
  minify: true,
  write: false,
  outdir: out,
  format: "iife",
  target: ["chrome90", "safari15", "firefox90"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

const files = new Map(bundled.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
files.set("icon.svg", await readFile(join(sources, "icon.svg")));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const names = {};
for (const [name, content] of [...files].sort()) {
  const extension = extname(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = `${basename(name, extension)}.${hash}${extension}`;
  names[name] = hashed;
  await writeFile(join(out, hashed), content);
  await writeFile(join(out, `${hashed}.gz`), gzipSync(content, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(join(out, `${hashed}.br`), brotliCompressSync(content, { params: quality }));
}
// Last, so that a build which was cut off is never taken for a whole one.
await writeFile(join(out, "manifest.json"), `${JSON.stringify({ key, files: names }, null, 2)}\n`);
