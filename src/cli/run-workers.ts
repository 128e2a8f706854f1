import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Timer } from "../core/clock.ts";
import { UsageError } from "../core/errors.ts";
import { PACKAGE_ROOT } from "../core/own-files.ts";
import { fromPortable, type PortableError } from "../core/portable-error.ts";
import { systemClock } from "../core/system-clock.ts";
import type { Lab } from "../inventory/index.ts";
import type { ScenarioEndLine } from "../results/model.ts";
import type { ShareSettings } from "./run-share.ts";

/** Where a thread finds the scenarios. */
export interface WorkerScripts {
  /** Files that register the scenarios, absolute. */
  readonly files: readonly string[];
  readonly cwd: string;
}

/** What a thread is given to do. */
export interface WorkerTask {
  /** The scenarios of the run, in its order. */
  readonly ids: readonly string[];
  readonly journal: { readonly file: string; readonly unmasked: boolean };
  /** Buffer of the run's {@link RunLedger}. */
  readonly ledger: SharedArrayBuffer;
  readonly settings: ShareSettings;
}

export type ToWorker =
  | { readonly type: "task"; readonly task: WorkerTask }
  /** The run is to end early. */
  | { readonly type: "stop"; readonly reason: string };

export type FromWorker =
  | { readonly type: "ended"; readonly scenario: number; readonly line: ScenarioEndLine }
  /** An error that nobody could catch and no running scenario is to blame for. */
  | { readonly type: "stray"; readonly error: PortableError }
  /** Cannot go on. */
  | { readonly type: "broken"; readonly error: PortableError };

export interface WorkersListener {
  readonly onEnded: (scenario: number, line: ScenarioEndLine) => void;
  readonly onStray: (error: Error) => void;
  /** A thread ended before its time; called for each that does. */
  readonly onBroken: (error: Error) => void;
}

/** Loads sources or what was built from them, and in a thread `run-worker.ts`. */
const PROGRAM = new URL("bin/offhook.js", PACKAGE_ROOT);

/** More threads would mostly load modules: a run takes about ten seconds of one core. */
const MOST_WORKERS = 4;

/** Scenarios that make up for the second or two in which a thread loads its modules. */
const WORTH_A_WORKER = 60;

/** Most time for hanging up, unregistering and closing when the run is ended, ms. */
const CLOSING_MS = 15_000;

/** Why all phones have to share one call manager and the numbers and ports of the lab; undefined: they need not. */
export function whyOneWorker(lab: Lab, drachtio: boolean): string | undefined {
  if (!lab.target.embedded) return "the target is one, with one inventory";
  if (lab.target.port !== 0 || lab.target.tls.port !== 0) return "the lab names the target's port";
  if (lab.local.ports) return "the lab names the phones' ports";
  return drachtio ? "the phones share a drachtio-server" : undefined;
}

/** How many threads share a run that may have several: one for each core, as far as it is worth it. */
export function usualWorkers(scenarios: number, concurrency = Infinity): number {
  return Math.min(availableParallelism(), MOST_WORKERS, concurrency, 1 + Math.floor(scenarios / WORTH_A_WORKER));
}

/** The threads that run scenarios beside the first one. */
export class RunWorkers {
  readonly #scripts: WorkerScripts;
  readonly #workers = new Set<Worker>();
  #listener: WorkersListener | undefined;
  /** What happened before there was a listener. */
  readonly #untold: ((listener: WorkersListener) => void)[] = [];
  #timer: Timer | undefined;

  constructor(scripts: WorkerScripts) {
    this.#scripts = scripts;
  }

  /** Has threads load modules and scripts, as long as there are fewer than `count`. */
  load(count: number): void {
    while (this.#workers.size < count) this.#load();
  }

  /** Has `count` threads work at the task, those first that were loaded before; what is left of these is ended. */
  start(count: number, task: WorkerTask, listener: WorkersListener): void {
    this.#listener = listener;
    for (const tell of this.#untold.splice(0)) tell(listener);
    this.load(count);
    const workers = [...this.#workers];
    for (const worker of workers.slice(0, count)) post(worker, { type: "task", task });
    for (const worker of workers.slice(count)) void this.#end(worker);
  }

  /** Lets every thread end what it runs, and start nothing more. One that does not is broken then. */
  stop(reason: string): void {
    for (const worker of this.#workers) post(worker, { type: "stop", reason });
    this.#timer ??= systemClock.setTimer(CLOSING_MS, () => void this.close());
  }

  /** Ends every thread, whatever it does: what each has come to was told already. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([...this.#workers].map((worker) => this.#end(worker)));
  }

  async #end(worker: Worker): Promise<void> {
    this.#workers.delete(worker);
    await worker.terminate();
  }

  #load(): void {
    const worker = new Worker(PROGRAM, { workerData: this.#scripts, execArgv: [] });
    this.#workers.add(worker);
    let isBroken = false;
    const breakOff = (error: Error): void => {
      if (!isBroken && this.#workers.has(worker))
        this.#tell((listener) => {
          listener.onBroken(error);
        });
      isBroken = true;
    };
    worker.on("message", (message: FromWorker) => {
      if (message.type === "broken") breakOff(fromPortable(message.error));
      else if (message.type === "stray")
        this.#tell((listener) => {
          listener.onStray(fromPortable(message.error));
        });
      else
        this.#tell((listener) => {
          listener.onEnded(message.scenario, message.line);
        });
    });
    worker.on("error", breakOff);
    worker.once("exit", (code) => {
      if (code !== 0) breakOff(endedEarly(code));
      this.#workers.delete(worker);
    });
  }

  #tell(tell: (listener: WorkersListener) => void): void {
    if (this.#listener) tell(this.#listener);
    else this.#untold.push(tell);
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function endedEarly(code: number): UsageError {
  const message = `A thread of the run ended early, with exit code ${code}: a script calls process.exit, or loops for ever. See which by --workers 1.`;
  return new UsageError(message, { code: "ERR_WORKER", details: { code } });
}
