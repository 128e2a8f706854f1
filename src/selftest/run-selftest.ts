import type { Clock, Timer } from "../core/clock.ts";
import { InternalError } from "../core/errors.ts";
import { fromPortable } from "../core/portable-error.ts";
import { judgeSubject, type SubjectReport } from "./judge.ts";
import type { FromWorker, Setup } from "./messages.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import type { Subject } from "./subjects.ts";
import { TrialProcess, type Group } from "./trial-process.ts";

export interface SelftestOptions {
  readonly setup: Setup;
  /** Those of the setup; see {@link loadSubjects}. */
  readonly subjects: readonly Subject[];
  /** Which of them are tried together, by their numbers; see {@link groupSubjects}. */
  readonly groups: readonly Group[];
  /** Processes at once, one for each core. */
  readonly processes: number;
  readonly clock: Clock;
  /** Aborted to end early. */
  readonly signal: AbortSignal;
  readonly onReport: (report: SubjectReport) => void;
  /** How long a process may say nothing before it counts as hung, ms. Default {@link HANG_MS}. */
  readonly hangMs?: number;
}

export interface SelftestResult {
  /** In the order of the subjects; where `signal` ended it, those that there are. */
  readonly reports: readonly SubjectReport[];
  /** User and system time of all processes, ms: what it costs, whatever else the machine does. */
  readonly cpuMs: number;
}

/** A process tells that it lives each second; one whose event loop does not turn for so long is in a loop without end. */
const HANG_MS = 20_000;

/** How often is looked whether every process lives. */
const WATCH_MS = 500;

/** Most time for hanging up, unregistering and closing, ms; only a policy that does not return needs more. */
const CLOSING_MS = 15_000;

class Selftest {
  readonly #options: SelftestOptions;
  readonly #hangMs: number;
  /** Not begun yet. */
  readonly #waiting: Group[];
  /** Subjects that were in a process which did not end well: each is tried by itself, which tells whose fault it was. */
  readonly #suspects: number[] = [];
  /** By number of the subject. */
  readonly #reports = new Map<number, SubjectReport>();
  /** How scenarios ended on subjects that are being tried. */
  readonly #outcomes = new Map<number, ScenarioOutcome[]>();
  readonly #running = new Set<TrialProcess>();
  readonly #started: TrialProcess[] = [];
  #watchedAt = 0;
  #watching: Timer | undefined;
  #isOver = false;
  #end: (error?: Error) => void = () => undefined;

  constructor(options: SelftestOptions) {
    this.#options = options;
    this.#hangMs = options.hangMs ?? HANG_MS;
    this.#waiting = [...options.groups];
  }

  async execute(): Promise<SelftestResult> {
    const { groups, processes, signal } = this.#options;
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (error) => {
        this.#isOver = true;
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
      this.#watchedAt = this.#options.clock.now();
      this.#watch();
      await ended;
    } finally {
      signal.removeEventListener("abort", stop);
      this.#watching?.cancel();
      await this.#dismiss();
    }
    const byNumber = [...this.#reports].sort(([a], [b]) => a - b);
    return {
      reports: byNumber.map(([, report]) => report),
      cpuMs: this.#started.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    };
  }

  #start(): void {
    const started = new TrialProcess({
      clock: this.#options.clock,
      take: (message, from) => {
        this.#take(from, message);
      },
      gone: (from, how) => {
        this.#gone(from, how);
      },
    });
    this.#running.add(started);
    this.#started.push(started);
    started.tell({ type: "begin", setup: this.#options.setup });
  }

  /** Lets every process close what it has open, and ends those that do not get to it. */
  async #dismiss(): Promise<void> {
    for (const running of this.#running) running.dismiss();
    const timer = this.#options.clock.setTimer(CLOSING_MS, () => {
      for (const running of this.#running) running.kill();
    });
    await Promise.all(this.#started.map(({ exited }) => exited));
    timer.cancel();
  }

  #watch(): void {
    const { clock } = this.#options;
    const now = clock.now();
    // Where this process itself stood still, nobody could be heard.
    const wasAway = now - this.#watchedAt > 4 * WATCH_MS;
    this.#watchedAt = now;
    for (const running of this.#running) {
      if (wasAway) running.forgive();
      else running.endIfHung(this.#hangMs);
    }
    this.#watching = clock.setTimer(WATCH_MS, () => {
      this.#watch();
    });
  }

  #take(from: TrialProcess, message: FromWorker): void {
    switch (message.type) {
      case "alive":
        return;
      case "broken":
        this.#end(fromPortable(message.failure));
        return;
      case "hungry":
        from.hungry = true;
        this.#feed(from);
        return;
      case "outcome":
        this.#outcomes.get(message.index)?.push(message.outcome);
        return;
      case "reports": {
        const group = [...from.groups].find(([first]) => first === message.indexes[0]);
        if (group) from.groups.delete(group);
        from.cpuMs = message.cpuMs;
        message.indexes.forEach((index, member) => {
          const report = message.reports[member];
          if (report) this.#report(index, report);
        });
        this.#feed(from);
      }
    }
  }

  #report(index: number, report: SubjectReport): void {
    this.#outcomes.delete(index);
    this.#reports.set(index, report);
    this.#options.onReport(report);
    if (this.#reports.size === this.#options.groups.flat().length) this.#end();
  }

  /** Gives a process that has room something to try; a suspect only to one that tries nothing else. */
  #feed(to: TrialProcess): void {
    const isIdle = to.groups.size === 0;
    if (isIdle) to.isolating = false;
    if (!to.hungry || to.isolating) return;
    const suspect = isIdle ? this.#suspects.shift() : undefined;
    const group = suspect === undefined ? this.#waiting.shift() : [suspect];
    if (!group) return;
    to.isolating = suspect !== undefined;
    to.hungry = false;
    to.groups.add(group);
    const [index = 0] = group;
    if (group.length === 1) this.#outcomes.set(index, []);
    to.tell({ type: "try", indexes: group });
  }

  #gone(ended: TrialProcess, how: string): void {
    this.#running.delete(ended);
    if (this.#isOver) return;
    const ending = ended.hung
      ? `hung: its process said nothing for ${(this.#hangMs / 1000).toFixed(1)} s and was ended`
      : `ended its process (${how})`;
    const indexes = [...ended.groups].flat();
    const [first] = indexes;
    if (first === undefined) {
      this.#end(new InternalError(`a process of the self-test that tried nothing ${ending}`, { code: "ERR_WORKER" }));
      return;
    }
    if (indexes.length === 1) this.#brokeOff(first, ending);
    else this.#suspects.push(...indexes);
    this.#goOn();
  }

  /** In place of a process that is gone. */
  #goOn(): void {
    if (this.#isOver) return;
    if (this.#waiting.length + this.#suspects.length > 0) this.#start();
    for (const other of this.#running) this.#feed(other);
  }

  /** A subject that was tried by itself, and whose process is gone: what caught it until then counts. */
  #brokeOff(index: number, ending: string): void {
    const subject = this.#options.subjects[index];
    if (!subject) throw new RangeError(`no subject ${index}`);
    const replaced = Object.keys(subject.policies).join(", ");
    const hint = replaced === "" ? "" : `; look for a loop without end or an exit in ${replaced}`;
    const outcomes = this.#outcomes.get(index) ?? [];
    const durationMs = Math.round(outcomes.reduce((sum, outcome) => sum + outcome.durationMs, 0));
    this.#report(index, judgeSubject(subject, { outcomes, faults: [], brokeOff: `${ending}${hint}`, durationMs }));
  }
}

/**
 * Tries the subjects in processes of their own. One that makes its process hang or end is found by trying those that were
 * in that process again, each by itself, and is reported so; the others are not hurt.
 * @throws {UsageError | InventoryError | TransportError} what a process could not go on with; {@link InternalError}
 *   ERR_WORKER: one ended by itself while it tried nothing. Every process has ended then.
 */
export async function runSelftest(options: SelftestOptions): Promise<SelftestResult> {
  return await new Selftest(options).execute();
}
