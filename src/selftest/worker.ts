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

/** How often it says that it lives. */
const BEAT_MS = 1000;

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
  #beat: Timer | undefined;
  #lastLook = performance.eventLoopUtilization();
  #stopped = false;

  take(message: ToWorker): void {
    if (message.type === "begin") this.#guard(this.#begin(message));
    else this.#guard(this.#try(message));
  }

  /** Says that the event loop turns, now and each second; ends where nobody is there to hear it. */
  beat(): void {
    if (!process.connected) {
      this.stop();
      return;
    }
    this.#tell({ type: "alive" });
    this.#beat = systemClock.setTimer(BEAT_MS, () => {
      this.beat();
    });
  }

  /** Ends what is being tried, and the process with it, whatever a policy left running. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#beat?.cancel();
    this.#bench?.stop();
    this.#endWhenDone();
  }

  async #begin({ setup }: Extract<ToWorker, { type: "begin" }>): Promise<void> {
    this.#bench = await Bench.open(setup, { clock: systemClock, env: process.env });
    this.#look();
  }

  async #try({ indexes }: Extract<ToWorker, { type: "try" }>): Promise<void> {
    const [index = 0] = indexes;
    this.#asked = false;
    this.#active += 1;
    try {
      const reports = await this.#bench?.try(indexes, (outcome) => {
        this.#tell({ type: "outcome", index, outcome });
      });
      if (reports) this.#tell({ type: "reports", indexes, reports, cpuMs: cpuMs() });
    } finally {
      this.#active -= 1;
      this.#endWhenDone();
    }
  }

  #endWhenDone(): void {
    if (!this.#stopped || this.#active > 0) return;
    const left = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    if (left > 0) {
      process.stderr.write(
        `offhook: policies or scripts left ${left} timers running; clear what you set, or unref it\n`,
      );
    }
    process.exit();
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
    // The other end may close at any time; a message that nobody waits for any more is not missed.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  }
}

const worker = new Worker();
worker.beat();
process.on("message", (message: ToWorker) => {
  worker.take(message);
});
process.on("disconnect", () => {
  worker.stop();
});
// Ctrl-C reaches every process of the terminal; what is to be done then, the one that started this says.
process.on("SIGINT", () => undefined);
/** Each once: a timer throws again and again. */
const late = new Set<string>();
// While subjects are tried, it counts among the faults of all of them; here it comes from one whose trial is over.
process.on("uncaughtException", (error) => {
  const text = String(error).slice(0, 500);
  if (late.size < 10 && !late.has(text))
    process.stderr.write(`offhook: a policy or script threw after its trial: ${text}\n`);
  late.add(text);
});
