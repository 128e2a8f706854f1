import { parentPort, workerData } from "node:worker_threads";
import { asError, UsageError } from "../core/errors.ts";
import { toPortable } from "../core/portable-error.ts";
import { openJournal } from "../results/index.ts";
import { loadScenarios, RUN_ENDED, RunLedger, type Running, type ScenarioSpec } from "../scenarios/index.ts";
import { openBed, startShare } from "./run-share.ts";
import type { FromWorker, ToWorker, WorkerScripts, WorkerTask } from "./run-workers.ts";

/**
 * The program of a thread that runs scenarios beside others. It loads them, and waits until it is told which to run; then
 * it has a call manager and phones of its own, and writes the journal of the run. It ends when no scenario is left to claim.
 */

const abort = new AbortController();

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function tellBroken(error: unknown): void {
  tell({ type: "broken", error: toPortable(asError(error)) });
}

function pick(loaded: readonly ScenarioSpec[], ids: readonly string[]): ScenarioSpec[] {
  const byId = new Map(loaded.map((spec) => [spec.id, spec]));
  return ids.map((id) => {
    const spec = byId.get(id);
    if (spec) return spec;
    const message = `The scenario "${id}" was registered in one thread and not in another: its script must not decide by chance or time what it registers, or set --workers 1.`;
    throw new UsageError(message, { code: "ERR_SCRIPT", details: { id } });
  });
}

function tellEnds(running: Running): void {
  for (const [scenario, result] of [...running.results.values()].entries()) {
    result.then(
      (line) => {
        tell({ type: "ended", scenario, line });
      },
      (error: unknown) => {
        tellBroken(error);
      },
    );
  }
}

async function work({ files, cwd }: WorkerScripts): Promise<void> {
  const loaded = await loadScenarios(files, cwd);
  const task = await given;
  const specs = pick(loaded, task.ids);
  const bed = await openBed(task.settings);
  const journal = openJournal(task.journal.file, { unmasked: task.journal.unmasked, beside: true });
  try {
    const running = startShare(specs, task.settings, {
      bed,
      journal,
      ledger: RunLedger.on(task.ledger),
      signal: abort.signal,
      onStray: (error) => {
        tell({ type: "stray", error: toPortable(error) });
      },
    });
    tellEnds(running);
    await running.done;
  } finally {
    journal.close();
    await bed.close();
  }
}

const given = new Promise<WorkerTask>((resolve) => {
  parentPort?.on("message", (message: ToWorker) => {
    if (message.type === "task") resolve(message.task);
    else abort.abort(new UsageError(message.reason, { code: RUN_ENDED }));
  });
});
try {
  await work(workerData as WorkerScripts);
} catch (error) {
  tellBroken(error);
}
parentPort?.close();
