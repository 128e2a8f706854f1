import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../core/clock.ts";
import { InternalError } from "../core/errors.ts";
import { fromPortable } from "../core/portable-error.ts";
import type { SubjectReport } from "./judge.ts";
import type { FromWorker, Setup, ToWorker } from "./messages.ts";

export interface SelftestOptions {
  readonly setup: Setup;
  /** Subjects of the setup that are tried together, by their numbers; see {@link groupSubjects}. */
  readonly groups: readonly (readonly number[])[];
  /** Processes at once, one for each core. */
  readonly processes: number;
  readonly clock: Clock;
  /** Aborted to end early. */
  readonly signal: AbortSignal;
  readonly onReport: (report: SubjectReport) => void;
}

export interface SelftestResult {
  /** In the order of the subjects; where `signal` ended it, those that there are. */
  readonly reports: readonly SubjectReport[];
  /** User and system time of all processes, ms: what it costs, whatever else the machine does. */
  readonly cpuMs: number;
}

const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Most time for hanging up, unregistering and closing, ms; only a policy that does not return needs more. */
const CLOSING_MS = 15_000;

/**
 * Options of node for a process: sources need the loader; with room for what lives for one scenario, a tenth less time is
 * spent on clearing it away.
 */
function nodeOptions(): string[] {
  const loader = EXTENSION === "ts" ? ["--import", import.meta.resolve("tsx/esm")] : [];
  return ["--max-semi-space-size=64", ...loader];
}

class Selftest {
  readonly #options: SelftestOptions;
  readonly #reports = new Map<number, readonly SubjectReport[]>();
  readonly #workers = new Map<ChildProcess, Promise<void>>();
  readonly #cpuMs = new Map<ChildProcess, number>();
  readonly #tried = new Map<ChildProcess, Set<number>>();
  #next = 0;
  #end: (error?: Error) => void = () => undefined;

  constructor(options: SelftestOptions) {
    this.#options = options;
  }

  async execute(): Promise<SelftestResult> {
    const { groups, processes, signal } = this.#options;
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    const stop = (): void => {
      this.#end();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      for (let count = 0; count < Math.min(processes, groups.length); count += 1) this.#start();
      await ended;
    } finally {
      signal.removeEventListener("abort", stop);
      await this.#dismiss();
    }
    return {
      reports: this.#inOrder(),
      cpuMs: [...this.#cpuMs.values()].reduce((sum, ms) => sum + ms, 0),
    };
  }

  #start(): void {
    const path = fileURLToPath(new URL(`./worker.${EXTENSION}`, import.meta.url));
    // What scripts print must not get into what we print.
    const worker = fork(path, [], { execArgv: nodeOptions(), stdio: ["ignore", 2, 2, "ipc"] });
    this.#tried.set(worker, new Set());
    const exited = new Promise<void>((resolve) => {
      worker.once("exit", (code, signal) => {
        this.#gone(worker, signal ?? `exit code ${String(code)}`);
        resolve();
      });
    });
    this.#workers.set(worker, exited);
    worker.on("message", (message: FromWorker) => {
      this.#take(worker, message);
    });
    this.#tell(worker, { type: "begin", setup: this.#options.setup });
  }

  /** Lets every process close what it has open, and ends those that do not get to it. */
  async #dismiss(): Promise<void> {
    for (const worker of this.#workers.keys()) if (worker.connected) worker.disconnect();
    const timer = this.#options.clock.setTimer(CLOSING_MS, () => {
      for (const worker of this.#workers.keys()) worker.kill("SIGKILL");
    });
    await Promise.all(this.#workers.values());
    timer.cancel();
  }

  #take(worker: ChildProcess, message: FromWorker): void {
    if (message.type === "broken") {
      this.#end(fromPortable(message.failure));
    } else if (message.type === "hungry") {
      this.#feed(worker);
    } else {
      this.#tried.get(worker)?.delete(message.group);
      this.#reports.set(message.group, message.reports);
      this.#cpuMs.set(worker, message.cpuMs);
      for (const report of message.reports) this.#options.onReport(report);
      if (this.#reports.size === this.#options.groups.length) this.#end();
    }
  }

  #feed(worker: ChildProcess): void {
    const group = this.#next;
    const indexes = this.#options.groups[group];
    if (!indexes) return;
    this.#next += 1;
    this.#tried.get(worker)?.add(group);
    this.#tell(worker, { type: "try", group, indexes });
  }

  #inOrder(): SubjectReport[] {
    const numbered = this.#options.groups.flatMap((indexes, group) => {
      const reports = this.#reports.get(group) ?? [];
      return reports.map((report, member) => ({ index: indexes[member] ?? 0, report }));
    });
    return numbered.sort((a, b) => a.index - b.index).map(({ report }) => report);
  }

  #gone(worker: ChildProcess, how: string): void {
    const tried = [...(this.#tried.get(worker) ?? [])];
    const message = `a process of the self-test ended (${how}) while it tried ${tried.length} groups of subjects`;
    this.#end(new InternalError(message, { code: "ERR_WORKER", details: { tried } }));
  }

  #tell(worker: ChildProcess, message: ToWorker): void {
    if (worker.connected) worker.send(message);
  }
}

/**
 * Tries the subjects in processes of their own.
 * @throws {UsageError | InventoryError | TransportError} what a process could not go on with; {@link InternalError}
 *   ERR_WORKER: one ended by itself. Every process has ended then.
 */
export async function runSelftest(options: SelftestOptions): Promise<SelftestResult> {
  return await new Selftest(options).execute();
}
