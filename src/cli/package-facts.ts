import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the running package; sources and built files lie equally deep in it. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const BUILT_IN_SCENARIOS = fileURLToPath(new URL("../../scenarios/", import.meta.url));
export const BUILT_IN_LAB = fileURLToPath(new URL("../../scenarios/reference.lab.yaml", import.meta.url));

export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
