import { performance } from "node:perf_hooks";
import { asError } from "../core/errors.ts";
import type { Timer } from "../core/clock.ts";
import { toPortable } from "../core/portable-error.ts";
import { systemClock } from "../core/system-clock.ts";
import { Bench } from "./bench.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/**
 * The program of a process that tries subjects, as many at once as its core bears: a scenario that fails mostly waits, and
 * while it waits, others run. The process that started it hands out the subjects; when that is gone, it ends, too.
 */

/** Subjects at once; each has a call manager and phones of its own. */
const MOST_SUBJECTS = 24;

/** How often is looked whether there is room for one more. */
const LOOK_MS = 50;

/** Part of the time that the event loop may be busy when one more subject begins. */
const BUSY = 0.85;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}

class Worker {
  #bench: Bench | undefined;
  #active = 0;
  #asked = false;
  #timer: Timer | undefined;
  #lastLook = performance.eventLoopUtilization();
  #stopped = false;

  take(message: ToWorker): void {
    if (message.type === "begin") this.#guard(this.#begin(message));
    else this.#guard(this.#try(message));
  }

  /** The timer and the bench are all that keeps the process alive. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#bench?.stop();
  }

  async #begin({ setup }: Extract<ToWorker, { type: "begin" }>): Promise<void> {
    this.#bench = await Bench.open(setup, { clock: systemClock, env: process.env });
    this.#look();
  }

  async #try({ group, indexes }: Extract<ToWorker, { type: "try" }>): Promise<void> {
    this.#asked = false;
    this.#active += 1;
    const reports = await this.#bench?.try(indexes);
    this.#active -= 1;
    if (reports) this.#tell({ type: "reports", group, reports, cpuMs: cpuMs() });
  }

  readonly #look = (): void => {
    if (this.#stopped) return;
    const since = performance.eventLoopUtilization(this.#lastLook);
    this.#lastLook = performance.eventLoopUtilization();
    const hasRoom = this.#active === 0 || (this.#active < MOST_SUBJECTS && since.utilization < BUSY);
    if (hasRoom && !this.#asked) {
      this.#asked = true;
      this.#tell({ type: "hungry" });
    }
    this.#timer = systemClock.setTimer(LOOK_MS, this.#look);
  };

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#tell({ type: "broken", failure: toPortable(asError(error)) });
    });
  }

  #tell(message: FromWorker): void {
    if (process.connected) process.send?.(message);
  }
}

const worker = new Worker();
process.on("message", (message: ToWorker) => {
  worker.take(message);
});
process.on("disconnect", () => {
  worker.stop();
});
// Ctrl-C reaches every process of the terminal; what is to be done then, the one that started this says.
process.on("SIGINT", () => undefined);
