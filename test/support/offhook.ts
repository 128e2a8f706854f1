import { join } from "node:path";
import { readJournal, type RunRecord } from "../../src/results/index.ts";
import { builtPackage } from "./built-package.ts";
import { Peer } from "./programs.ts";

export interface OffhookOptions {
  /** Where it is started; its reports land below. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the program as a user would, with none of the environment that concerns it but what the test sets. */
export async function startOffhook(args: readonly string[], { cwd, env = {} }: OffhookOptions): Promise<Peer> {
  const program = join(await builtPackage(), "bin/offhook.js");
  const kept = Object.entries(process.env).filter(([name]) => !/^(OFFHOOK_|CI$|NO_COLOR$|FORCE_COLOR$)/.test(name));
  return new Peer(process.execPath, [program, ...args], { cwd, env: { ...Object.fromEntries(kept), ...env } });
}

/** What the last run in `cwd` wrote down. */
export function lastRun(cwd: string): RunRecord {
  return readJournal(join(cwd, "reports/latest/results.ndjson"));
}

/** Title → verdict of each scenario of a run. */
export function verdictsOf(run: RunRecord): Record<string, string> {
  return Object.fromEntries(run.scenarios.map((scenario) => [scenario.start.title, scenario.verdict]));
}
