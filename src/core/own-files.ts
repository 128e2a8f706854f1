import { existsSync } from "node:fs";

/** How the running modules end: sources where a test loads them one by one, else what was made of them. */
export const MODULE_EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Folder of the running package. */
export const PACKAGE_ROOT = packageRoot(new URL(".", import.meta.url));

/** Folder of the running modules in it: `src/`, `.build/` or `dist/`, each with the same files below. */
export const MODULE_ROOT = new URL(
  `${import.meta.url.slice(PACKAGE_ROOT.href.length).split("/", 1)[0] ?? ""}/`,
  PACKAGE_ROOT,
);

/** What was made of several modules may lie in one file, so that no module can count on where it lies itself. */
function packageRoot(folder: URL): URL {
  return existsSync(new URL("package.json", folder)) ? folder : packageRoot(new URL("..", folder));
}

/** A module by its place below `src/`, without its extension: `selftest/worker`. */
export function ownModule(place: string): URL {
  return new URL(`${place}.${MODULE_EXTENSION}`, MODULE_ROOT);
}
