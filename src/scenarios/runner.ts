import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Clock } from "../core/clock.ts";
import type { Journal } from "../results/index.ts";
import type { ScenarioEndLine } from "../results/model.ts";
import type { TestBed } from "./assemble.ts";
import { LeasePool, type Lease, type LeaseRequest, type PreparedRequest } from "./leases.ts";
import { runScenario } from "./run-scenario.ts";
import type { ScenarioSpec } from "./scenario.ts";

export interface RunnerOptions {
  readonly bed: TestBed;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Scenarios at once. */
  readonly concurrency: number;
  /** Time for one scenario that does not say its own, ms. */
  readonly timeoutMs: number;
  /** Stop starting scenarios after so many that failed or were in error; 0: never. */
  readonly bail: number;
  /** Aborted with the reason when the run is to end early. */
  readonly signal: AbortSignal;
}

/** The result of each scenario, there to be awaited from the start. */
export interface Running {
  readonly results: ReadonlyMap<ScenarioSpec, Promise<ScenarioEndLine>>;
  /** Resolves when every scenario has its result. */
  readonly done: Promise<void>;
}

interface Entry {
  readonly spec: ScenarioSpec;
  readonly prepared: PreparedRequest;
  readonly resolve: (line: ScenarioEndLine) => void;
}

class Runner {
  readonly #options: RunnerOptions;
  readonly #pool: LeasePool;
  #waiting: Entry[] = [];
  #active = 0;
  #failures = 0;
  #messages = 0;
  #finish: () => void = () => undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#pool = new LeasePool(options.bed.lab);
    // Every running scenario listens to the signal; Node takes more than ten listeners for a leak.
    setMaxListeners(0, options.signal);
  }

  start(specs: readonly ScenarioSpec[]): Running {
    const results = new Map<ScenarioSpec, Promise<ScenarioEndLine>>();
    const done = new Promise<void>((resolve) => (this.#finish = resolve));
    for (const spec of specs) {
      const prepared = this.#pool.prepare(requestOf(spec));
      results.set(spec, new Promise((resolve) => this.#waiting.push({ spec, prepared, resolve })));
    }
    this.#options.signal.addEventListener("abort", this.#fill, { once: true });
    this.#skipWhatNeverFits();
    this.#fill();
    return { results, done };
  }

  #skipWhatNeverFits(): void {
    this.#waiting = this.#waiting.filter((entry) => {
      const reason = entry.spec.skip ?? this.#pool.whyNever(entry.prepared);
      if (reason !== undefined) this.#skip(entry, reason);
      return reason === undefined;
    });
  }

  /** Starts what can be started now: in order, but what waits for a device does not hold up the rest. */
  readonly #fill = (): void => {
    const why = this.#whyStop();
    if (why !== undefined) {
      for (const entry of this.#waiting.splice(0)) this.#skip(entry, why);
    }
    for (const entry of [...this.#waiting]) {
      if (this.#active >= this.#options.concurrency) break;
      const lease = this.#pool.tryLease(entry.prepared);
      if (!lease) continue;
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      void this.#runEntry(entry, lease);
    }
    if (this.#active === 0 && this.#waiting.length === 0) this.#finish();
  };

  #whyStop(): string | undefined {
    const { signal, bail } = this.#options;
    if (signal.aborted) return `the run was ended: ${(signal.reason as Error).message}`;
    return bail > 0 && this.#failures >= bail ? `--bail: ${this.#failures} had failed` : undefined;
  }

  async #runEntry(entry: Entry, lease: Lease): Promise<void> {
    const { bed, journal, clock, timeoutMs, signal } = this.#options;
    this.#active += 1;
    const line = await runScenario({
      spec: entry.spec,
      bed,
      lease,
      journal,
      clock,
      signal,
      timeoutMs: entry.spec.definition.timeoutMs ?? timeoutMs,
      attempt: 1,
      nextIndex: () => (this.#messages += 1),
    });
    this.#active -= 1;
    this.#pool.giveBack(lease);
    if (line.verdict === "failed" || line.verdict === "error") this.#failures += 1;
    entry.resolve(line);
    this.#fill();
  }

  /** A skipped scenario stands in the journal like any other. */
  #skip(entry: Entry, reason: string): void {
    const { journal, clock } = this.#options;
    const { spec } = entry;
    const common = { scenario: spec.id, at: clock.wallTime(), attempt: 1 } as const;
    journal.write({
      type: "scenario-start",
      ...common,
      title: spec.title,
      place: spec.place,
      rules: spec.definition.rules,
      controls: spec.definition.controls ?? [],
      phones: {},
    });
    const end: ScenarioEndLine = {
      type: "scenario-end",
      ...common,
      verdict: "skipped",
      durationMs: 0,
      reason,
      flaky: false,
    };
    journal.write(end);
    entry.resolve(end);
  }
}

function requestOf(spec: ScenarioSpec): LeaseRequest {
  const { phones, users = {}, numbers = {} } = spec.definition;
  return { phones, users, numbers };
}

/** A name for a run's folder that sorts by time: `2026-10-05T09-00-00-1f3a`. */
export function newRunId(wallTimeMs: number): string {
  return `${new Date(wallTimeMs).toISOString().slice(0, 19).replaceAll(":", "-")}-${randomUUID().slice(0, 4)}`;
}

/** Starts all scenarios side by side, as far as concurrency and leases allow, and returns without waiting. */
export function startScenarios(specs: readonly ScenarioSpec[], options: RunnerOptions): Running {
  return new Runner(options).start(specs);
}
