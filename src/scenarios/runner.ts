import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Clock } from "../core/clock.ts";
import type { Journal } from "../results/index.ts";
import type { ScenarioEndLine } from "../results/model.ts";
import type { TestBed } from "./assemble.ts";
import { LeasePool, type Lease, type LeaseRequest, type PreparedRequest } from "./leases.ts";
import { blameScenario, runScenario } from "./run-scenario.ts";
import type { ScenarioSpec } from "./scenario.ts";
import { catchStrays } from "./strays.ts";
import { isFailure } from "./verdict.ts";

export interface RunnerOptions {
  readonly bed: TestBed;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Scenarios at once. */
  readonly concurrency: number;
  /** Time for one scenario that does not say its own, ms. */
  readonly timeoutMs: number;
  /** How often a scenario that failed is tried again, each time on a fresh lease. Default 0. */
  readonly retries?: number;
  /** Whether a deviation counts as failed. Default false. */
  readonly strict?: boolean;
  /** Stop starting scenarios after so many that failed or were in error; 0: never. */
  readonly bail: number;
  /** Aborted with the reason when the run is to end early. */
  readonly signal: AbortSignal;
  /** Told of errors that nobody could catch and no running scenario is to blame for. */
  readonly onStray: (error: Error) => void;
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
  /** Counts from 1. */
  readonly attempt: number;
  /** Result of the attempt before; stands when there is no time for another. */
  readonly earlier?: ScenarioEndLine;
  readonly resolve: (line: ScenarioEndLine) => void;
  readonly reject: (error: unknown) => void;
}

class Runner {
  readonly #options: RunnerOptions;
  readonly #pool: LeasePool;
  #waiting: Entry[] = [];
  #active = 0;
  #failures = 0;
  /** Scenarios that got no answer at all. */
  #unheard = 0;
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
    const release = catchStrays((error) => {
      if (!blameScenario(error)) this.#options.onStray(error);
    });
    const done = new Promise<void>((resolve) => (this.#finish = resolve)).finally(release);
    for (const spec of specs) {
      const prepared = this.#pool.prepare(requestOf(spec));
      results.set(
        spec,
        new Promise((resolve, reject) => this.#waiting.push({ spec, prepared, attempt: 1, resolve, reject })),
      );
    }
    this.#options.signal.addEventListener("abort", this.#fill, { once: true });
    this.#skipWhatNeverFits();
    this.#fill();
    return { results, done };
  }

  #skipWhatNeverFits(): void {
    this.#waiting = this.#waiting.filter((entry) => {
      const reason = entry.spec.skip ?? this.#whyNotHere(entry.spec) ?? this.#pool.whyNever(entry.prepared);
      if (reason !== undefined) this.#endUnrun(entry, "skipped", reason);
      return reason === undefined;
    });
  }

  #whyNotHere({ definition: { needs = [] } }: ScenarioSpec): string | undefined {
    if (needs.length === 0 || this.#options.bed.administration) return undefined;
    return "the target cannot be reconfigured in a run: it has no administration";
  }

  /** Starts what can be started now: in order, but what waits for a device does not hold up the rest. */
  readonly #fill = (): void => {
    const why = this.#whyStop();
    if (why !== undefined) {
      for (const entry of this.#waiting.splice(0)) this.#endUnrun(entry, why.verdict, why.reason);
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

  #whyStop(): { readonly verdict: "skipped" | "inconclusive"; readonly reason: string } | undefined {
    const { signal, bail, bed } = this.#options;
    if (signal.aborted) {
      return { verdict: "skipped", reason: (signal.reason as Error).message };
    }
    if (bail > 0 && this.#failures >= bail) {
      return { verdict: "skipped", reason: `--bail: ${this.#failures} had failed` };
    }
    if (this.#unheard === 0 || bed.targetWasHeard) return undefined;
    return { verdict: "inconclusive", reason: "not tried: the target has not answered the scenarios before" };
  }

  async #runEntry(entry: Entry, lease: Lease): Promise<void> {
    this.#active += 1;
    try {
      const line = await this.#attempt(entry, lease);
      if (this.#isTriedAgain(entry, line)) {
        this.#waiting.push({ ...entry, attempt: entry.attempt + 1, earlier: line });
      } else {
        this.#count(line);
        entry.resolve(line);
      }
    } catch (error) {
      // The journal cannot be written, so there is nothing to run for.
      for (const unrun of [entry, ...this.#waiting.splice(0)]) unrun.reject(error);
    }
    this.#active -= 1;
    this.#pool.giveBack(lease);
    this.#fill();
  }

  #isTriedAgain({ attempt }: Entry, { verdict }: ScenarioEndLine): boolean {
    const { retries = 0, strict = false } = this.#options;
    return attempt <= retries && isFailure(verdict, strict) && this.#whyStop() === undefined;
  }

  #count({ verdict, failure }: ScenarioEndLine): void {
    if (verdict === "failed" || verdict === "error") this.#failures += 1;
    const wasTried = verdict === "inconclusive" && failure?.name !== "InventoryError";
    if (wasTried && !this.#options.bed.targetWasHeard) this.#unheard += 1;
  }

  async #attempt(entry: Entry, lease: Lease): Promise<ScenarioEndLine> {
    const { bed, journal, clock, timeoutMs, signal, strict = false } = this.#options;
    return await runScenario({
      spec: entry.spec,
      bed,
      lease,
      journal,
      clock,
      signal,
      timeoutMs: entry.spec.definition.timeoutMs ?? timeoutMs,
      attempt: entry.attempt,
      strict,
      nextIndex: () => (this.#messages += 1),
    });
  }

  /** A scenario that is not run stands in the journal like any other; one that had its first attempt stands there already. */
  #endUnrun(entry: Entry, verdict: "skipped" | "inconclusive", reason: string): void {
    if (entry.earlier) {
      this.#count(entry.earlier);
      entry.resolve(entry.earlier);
      return;
    }
    const { journal, clock } = this.#options;
    const { spec } = entry;
    const common = { scenario: spec.id, at: clock.wallTime(), attempt: entry.attempt } as const;
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
      verdict,
      durationMs: 0,
      reason,
      flaky: false,
    };
    journal.write(end);
    entry.resolve(end);
  }
}

function requestOf(spec: ScenarioSpec): LeaseRequest {
  const { phones, users = {}, numbers = {}, needs = [] } = spec.definition;
  return { phones, users, numbers, needs };
}

/** A name for a run's folder that sorts by time: `2026-10-05T09-00-00-1f3a`. */
export function newRunId(wallTimeMs: number): string {
  return `${new Date(wallTimeMs).toISOString().slice(0, 19).replaceAll(":", "-")}-${randomUUID().slice(0, 4)}`;
}

/** Starts all scenarios side by side, as far as concurrency and leases allow, and returns without waiting. */
export function startScenarios(specs: readonly ScenarioSpec[], options: RunnerOptions): Running {
  return new Runner(options).start(specs);
}
