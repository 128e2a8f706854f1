import { readFile } from "node:fs/promises";
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

/**
 * Loads scenario scripts, in Node's loader thread. `offhook` means the package that is running, wherever the script
 * lies and whatever is installed there, so that there is one registry of scenarios. TypeScript is always read as an
 * ES module, whatever the `package.json` above it says, and its relative imports may leave the extension out.
 */

let entryUrl = "";
let ownRoot = "";

export interface HookData {
  /** URL of the running package's front door. */
  readonly entryUrl: string;
  /** URL of the folder whose modules are the running package's own, which load as they always do. */
  readonly ownRoot: string;
}

export const initialize: InitializeHook<HookData> = (data) => {
  entryUrl = data.entryUrl;
  ownRoot = data.ownRoot;
};

const TYPESCRIPT = /\.[mc]?ts$/;
const CANDIDATES: readonly ((specifier: string) => string)[] = [
  (specifier) => specifier.replace(/\.([mc]?)js$/, ".$1ts"),
  (specifier) => `${specifier}.ts`,
  (specifier) => `${specifier}/index.ts`,
];

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier === "offhook") return nextResolve(entryUrl, context);
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!specifier.startsWith(".") || context.parentURL === undefined || !TYPESCRIPT.test(context.parentURL))
      throw error;
    for (const candidate of CANDIDATES) {
      try {
        return await nextResolve(candidate(specifier), context);
      } catch {
        continue;
      }
    }
    throw error;
  }
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const path = url.split("?")[0] ?? url;
  if (!path.startsWith("file:") || !TYPESCRIPT.test(path) || path.startsWith(ownRoot)) return nextLoad(url, context);
  const file = fileURLToPath(path);
  const { code } = await transform(await readFile(file, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    sourcefile: file,
  });
  return { format: "module", source: code, shortCircuit: true };
};
