import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * In a checkout the program runs what esbuild makes of its sources, made anew when one of them changed. A loader that does
 * it on the way costs a second and a half at every start, in each thread and process; a module for each source, which all
 * have to be found and read, a third of a second.
 */

/** Sources that are started or imported by their place; what several of them need lies in chunks. */
const ENTRY_POINTS = [
  "cli/main.ts",
  "cli/run-worker.ts",
  "index.ts",
  "scenarios/module-hook.ts",
  "selftest/index.ts",
  "selftest/worker.ts",
];

/** Names tell the contents, so that one never takes the place of another. */
const CHUNKS = "chunks";

/** Written last: of which sources the modules were made. */
const STAMP = "sources.json";

/** Whole or not at all: several processes may start at once. */
function put(file, contents) {
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(unfinished, contents);
  renameSync(unfinished, file);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Brings `to` up to what lies in `from`.
 * @param {string} from folder of the sources
 * @param {string} to folder of the modules
 * @param {readonly string[]} entryPoints below `from`
 */
export async function compile(from, to, entryPoints = ENTRY_POINTS) {
  const files = readdirSync(from, { recursive: true })
    .map((name) => ({ name, stats: statSync(join(from, name)) }))
    .filter(({ stats }) => stats.isFile());
  const stamp = JSON.stringify([entryPoints, ...files.map(({ name, stats }) => [name, stats.size, stats.mtimeMs])]);
  if (read(join(to, STAMP)) === stamp) return;
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: entryPoints.map((name) => join(from, name)),
    outdir: to,
    outbase: from,
    bundle: true,
    splitting: true,
    chunkNames: `${CHUNKS}/[hash]`,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "linked",
    sourcesContent: false,
    write: false,
    logLevel: "silent",
  });
  for (const { name } of files.filter((file) => !file.name.endsWith(".ts"))) {
    put(join(to, name), readFileSync(join(from, name)));
  }
  const isChunk = ({ path }) => dirname(path) === resolve(to, CHUNKS);
  const chunks = outputFiles.filter(isChunk);
  // Chunks before what imports them.
  for (const { path, contents } of [...chunks, ...outputFiles.filter((file) => !isChunk(file))]) put(path, contents);
  put(join(to, STAMP), stamp);
  const current = new Set(chunks.map(({ path }) => basename(path)));
  for (const name of readdirSync(join(to, CHUNKS))) {
    if (!current.has(name)) rmSync(join(to, CHUNKS, name), { force: true });
  }
}
