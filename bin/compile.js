import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * In a checkout the program runs what esbuild makes of its sources: each module into one of its own, and only those whose
 * source changed. A loader that does it on the way costs a second and a half at every start, in each thread and process.
 */

/** What is imported stays a module of its own; only the name of a source changes. */
const asModules = {
  name: "as-modules",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/^(\..*)\.ts$/, "$1.js"), external: true },
    );
  },
};

function compiledName(source) {
  return source.replace(/\.ts$/, ".js");
}

/** In whole ms, which any file system keeps. */
function timeOf(stats) {
  return stats?.mtime.getTime();
}

/** Whole or not at all, and told by its time from one of another source: several processes may start at once. */
function put(file, contents, { mtime }) {
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(unfinished, contents);
  utimesSync(unfinished, mtime, mtime);
  renameSync(unfinished, file);
}

/**
 * Brings `to` up to what lies in `from`.
 * @param {string} from folder of the sources, absolute
 * @param {string} to folder of the modules, absolute
 */
export async function compile(from, to) {
  const files = readdirSync(from, { recursive: true })
    .map((name) => ({ name, stats: statSync(join(from, name)) }))
    .filter(({ stats }) => stats.isFile());
  const stale = files.filter(
    ({ name, stats }) => timeOf(statSync(join(to, compiledName(name)), { throwIfNoEntry: false })) !== timeOf(stats),
  );
  const modules = stale.filter(({ name }) => name.endsWith(".ts"));
  for (const { name, stats } of stale.filter((file) => !file.name.endsWith(".ts"))) {
    put(join(to, name), readFileSync(join(from, name)), stats);
  }
  if (modules.length === 0) return;
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: modules.map(({ name }) => join(from, name)),
    outdir: to,
    outbase: from,
    bundle: true,
    plugins: [asModules],
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
    logLevel: "silent",
  });
  const times = new Map(modules.map(({ name, stats }) => [join(to, compiledName(name)), stats]));
  for (const { path, contents } of outputFiles) put(path, contents, times.get(path));
}
