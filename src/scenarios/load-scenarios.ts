import { readdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { loadScript } from "./load-script.ts";
import { collectScenarios, type ScenarioSpec } from "./scenario.ts";

const SCENARIO_FILE = /\.scenario\.[mc]?[jt]s$/;

/** What each file registered: Node runs a module once, however often it is asked for. */
const registered = new Map<string, ReturnType<typeof collectScenarios>>();

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && !entry.name.startsWith("."))
    .flatMap((entry) => {
      const path = resolve(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return SCENARIO_FILE.test(entry.name) ? [path] : [];
    })
    .sort();
}

function missing(path: string, cwd: string): UsageError {
  const near = filesUnder(cwd).map((file) => relative(cwd, file));
  const message = `There is no file or folder "${path}".${didYouMean(path, near)}`;
  return new UsageError(message, { code: "ERR_NO_SUCH_FILE", details: { path } });
}

/**
 * Scenario files that the given files and folders stand for, absolute, without repeats. A file is taken whatever its
 * name; in folders those named `*.scenario.ts` (or js, mts, mjs) are.
 * @throws {UsageError} ERR_NO_SUCH_FILE, ERR_NO_SCENARIO_FILES.
 */
export function findScenarioFiles(paths: readonly string[], cwd: string): string[] {
  const files = paths.flatMap((path) => {
    const absolute = resolve(cwd, path);
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (!stats) throw missing(path, cwd);
    const found = stats.isDirectory() ? filesUnder(absolute) : [absolute];
    if (found.length > 0) return found;
    const message = `There is no *.scenario.ts in "${path}" or the folders below it.`;
    throw new UsageError(message, { code: "ERR_NO_SCENARIO_FILES", details: { path } });
  });
  return [...new Set(files)];
}

async function scenariosOf(file: string): ReturnType<typeof collectScenarios> {
  const loading = registered.get(file) ?? collectScenarios(() => loadScript(file));
  registered.set(file, loading);
  return await loading;
}

function assertUniqueTitles(specs: readonly ScenarioSpec[]): void {
  const places = new Map<string, ScenarioSpec>();
  for (const spec of specs) {
    const first = places.get(spec.id);
    if (first) {
      const message = `${spec.place.file}:${spec.place.line} repeats the title of line ${first.place.line}: "${spec.title}". Titles tell scenarios apart in reports; give it another.`;
      throw new UsageError(message, { code: "ERR_DUPLICATE_TITLE", details: { title: spec.title } });
    }
    places.set(spec.id, spec);
  }
}

/**
 * Loads scripts and returns what they registered, in order of files and lines.
 * @param cwd ids and reports tell files relative to it.
 * @throws {UsageError} ERR_SCRIPT with file and line when a script does not load; ERR_NO_SCENARIO_FILES when a file
 *   registers nothing; ERR_DUPLICATE_TITLE.
 */
export async function loadScenarios(files: readonly string[], cwd: string): Promise<ScenarioSpec[]> {
  const specs: ScenarioSpec[] = [];
  for (const file of files) {
    const found = await scenariosOf(file);
    if (found.length === 0) {
      const message = `${file} registers no scenario; does it call scenario(…) from "offhook"?`;
      throw new UsageError(message, { code: "ERR_NO_SCENARIO_FILES", details: { file } });
    }
    for (const one of found) {
      const place = one.place.file === "unknown" ? { file, line: 0 } : one.place;
      specs.push({ ...one, place, id: `${relative(cwd, place.file)} › ${one.title}` });
    }
  }
  assertUniqueTitles(specs);
  return specs;
}
