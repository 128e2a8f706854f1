import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../core/own-files.ts";

export const BUILT_IN_SCENARIOS = fileURLToPath(new URL("scenarios/", PACKAGE_ROOT));
export const BUILT_IN_LAB = fileURLToPath(new URL("scenarios/reference.lab.yaml", PACKAGE_ROOT));

export function packageVersion(): string {
  const text = readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
