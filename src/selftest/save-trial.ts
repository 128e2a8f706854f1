import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { PLAIN, renderSummary, renderTroubles, type TextReportOptions } from "../reporters/index.ts";
import type { Lab } from "../inventory/index.ts";
import { JOURNAL_SCHEMA, openJournal, readJournal, type JournalLine, type RunStartLine } from "../results/index.ts";
import type { Subject } from "./subjects.ts";

export interface SavedTrial {
  /** Made when it is not there. */
  readonly folder: string;
  /** Of its scenarios. */
  readonly lines: readonly JournalLine[];
  readonly lab: Lab;
  /** Places in the report are told relative to it. */
  readonly cwd: string;
  readonly subject: Subject;
  readonly durationMs: number;
}

function startOf({ folder, lines, lab, subject }: SavedTrial): RunStartLine {
  const { host, port, embedded, profile } = lab.target;
  const { kind, name, title } = subject;
  return {
    type: "run-start",
    schema: JOURNAL_SCHEMA,
    run: basename(folder),
    at: lines[0]?.at ?? 0,
    version: "",
    target: { address: `${host}:${port}`, embedded, profile },
    lab: lab.file,
    seed: "",
    unmasked: false,
    options: { selftest: { kind, name, title } },
    scenarios: lines.filter(({ type }) => type === "scenario-start").length,
  };
}

/** Writes `results.ndjson` and `report.txt`, secrets masked, as those of a run. */
export function saveTrial(trial: SavedTrial): void {
  const { folder, lines, cwd, subject, durationMs } = trial;
  const journal = openJournal(join(folder, "results.ndjson"));
  const start = startOf(trial);
  journal.write(start);
  for (const line of lines) journal.write(line);
  journal.write({ type: "run-end", at: start.at + durationMs, durationMs, exitCode: 1 });
  journal.close();
  const record = readJournal(journal.file);
  const options: TextReportOptions = {
    style: PLAIN,
    strict: true,
    cwd,
    folder,
  };
  const head = `${subject.kind} ${subject.name}: ${subject.title}\n`;
  writeFileSync(join(folder, "report.txt"), head + renderTroubles(record, options) + renderSummary(record, options));
}
