import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { renderCtrf, renderHtml, renderJunit, renderPcap } from "../reporters/index.ts";
import type { RunRecord } from "../results/index.ts";

export const FILE_REPORTERS = ["html", "junit", "ctrf", "pcap"] as const;
export type FileReporter = (typeof FILE_REPORTERS)[number];

/** Those made where none is asked for. */
export const USUAL_FILE_REPORTERS: readonly FileReporter[] = ["html", "junit", "ctrf"];

/** What each report is called in the folder of its run. */
export const REPORT_FILES: Readonly<Record<FileReporter, string>> = {
  html: "report.html",
  junit: "junit.xml",
  ctrf: "ctrf.json",
  pcap: "messages.pcapng",
};

const RENDERERS: Readonly<Record<FileReporter, (run: RunRecord, cwd: string) => string | Buffer>> = {
  html: renderHtml,
  junit: renderJunit,
  ctrf: (run, cwd) => `${JSON.stringify(renderCtrf(run, cwd), undefined, 2)}\n`,
  pcap: renderPcap,
};

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
  for (const name of reporters) writeFileSync(join(folder, REPORT_FILES[name]), RENDERERS[name](run, cwd));
}
