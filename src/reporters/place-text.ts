import { relative } from "node:path";
import type { SourcePlace } from "../results/model.ts";

/** `scenarios/calls/limits.scenario.ts:42`, as it is seen from `cwd`. */
export function placeText({ file, line }: SourcePlace, cwd: string): string {
  return `${relative(cwd, file)}:${line}`;
}
