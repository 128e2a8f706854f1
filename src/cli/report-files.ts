import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { renderCtrf, renderJunit } from "../reporters/index.ts";
import type { RunRecord } from "../results/index.ts";

export const FILE_REPORTERS = ["junit", "ctrf"] as const;
export type FileReporter = (typeof FILE_REPORTERS)[number];

/** Makes the folder of a run. */
export function openRunFolder(output: string, run: string): string {
  const folder = join(output, run);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Points `latest` beside the run's folder to it; where links are not to be had, a file of that name holds the run's. */
export function pointLatest(output: string, folder: string): void {
  const latest = join(output, "latest");
  rmSync(latest, { recursive: true, force: true });
  try {
    symlinkSync(basename(folder), latest, "dir");
  } catch {
    writeFileSync(latest, `${basename(folder)}\n`);
  }
}

/** Writes the reports that are files beside the journal. */
export function writeReports(run: RunRecord, folder: string, reporters: readonly FileReporter[], cwd: string): void {
  if (reporters.includes("junit")) writeFileSync(join(folder, "junit.xml"), renderJunit(run, cwd));
  if (reporters.includes("ctrf")) {
    writeFileSync(join(folder, "ctrf.json"), `${JSON.stringify(renderCtrf(run, cwd), undefined, 2)}\n`);
  }
}
