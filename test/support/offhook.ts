import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJournal, type RunRecord } from "../../src/results/index.ts";
import { Peer } from "./programs.ts";

const BIN = fileURLToPath(new URL("../../bin/offhook.js", import.meta.url));

export interface OffhookOptions {
  /** Where it is started; its reports land below. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the program as a user would, with none of the environment that concerns it but what the test sets. */
export function startOffhook(args: readonly string[], { cwd, env = {} }: OffhookOptions): Peer {
  const kept = Object.entries(process.env).filter(([name]) => !/^(OFFHOOK_|CI$|NO_COLOR$|FORCE_COLOR$)/.test(name));
  return new Peer(process.execPath, [BIN, ...args], { cwd, env: { ...Object.fromEntries(kept), ...env } });
}

/** What the last run in `cwd` wrote down. */
export function lastRun(cwd: string): RunRecord {
  return readJournal(join(cwd, "reports/latest/results.ndjson"));
}

/** Title → verdict of each scenario of a run. */
export function verdictsOf(run: RunRecord): Record<string, string> {
  return Object.fromEntries(run.scenarios.map((scenario) => [scenario.start.title, scenario.verdict]));
}
