import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { InventoryError, UsageError } from "../core/errors.ts";
import { latestAttempts, troubles } from "../reporters/index.ts";
import { readJournal, type RunRecord } from "../results/index.ts";
import type { ScenarioSpec } from "../scenarios/index.ts";

/** The folder that `latest` points to: a link, or a file with its name where links are not to be had. */
function latestFolder(output: string): string | undefined {
  const latest = join(output, "latest");
  const stats = statSync(latest, { throwIfNoEntry: false });
  if (!stats) return undefined;
  return stats.isDirectory() ? latest : join(output, readFileSync(latest, "utf8").trim());
}

/**
 * The last run whose journal lies below `output`, also one that was killed; undefined where there is none, or one of
 * another version.
 */
export function lastRunIn(output: string): RunRecord | undefined {
  const folder = latestFolder(output);
  const journal = folder === undefined ? undefined : join(folder, "results.ndjson");
  if (journal === undefined || !existsSync(journal)) return undefined;
  try {
    return readJournal(journal);
  } catch (error) {
    if (error instanceof InventoryError) return undefined;
    throw error;
  }
}

/** What `--last-failed` chooses, and what there is to say about it. */
export interface LastFailed {
  readonly specs: readonly ScenarioSpec[];
  readonly note: string;
}

function keyOf({ place, title }: Pick<ScenarioSpec, "place" | "title">): string {
  return `${place.file}\n${title}`;
}

/**
 * Of `specs` those that did not pass in the last run below `output`: failed, in error, inconclusive, not ended; with
 * `strict` deviations too.
 * @throws {UsageError} ERR_NO_LAST_RUN
 */
export function lastFailed(specs: readonly ScenarioSpec[], output: string, strict: boolean): LastFailed {
  const run = lastRunIn(output);
  if (!run) {
    const message = `--last-failed finds no journal of an earlier run in "${output}". Run without it once, or name the folder by --output.`;
    throw new UsageError(message, { code: "ERR_NO_LAST_RUN", details: { output } });
  }
  const failed = new Set(troubles(run, strict).map(({ start }) => keyOf(start)));
  const chosen = specs.filter((spec) => failed.has(keyOf(spec)));
  const unstarted = run.start.scenarios - latestAttempts(run).length;
  const cut = unstarted > 0 ? `, and ${unstarted} were never started` : "";
  const gone = failed.size - chosen.length;
  const elsewhere = gone > 0 ? `; ${gone} of them are not in this selection` : "";
  return { specs: chosen, note: `${failed.size} scenarios did not pass in run ${run.start.run}${cut}${elsewhere}` };
}
