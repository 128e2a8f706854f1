import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Clock } from "../core/clock.ts";
import type { Journal } from "../results/index.ts";
import type { ScenarioEndLine } from "../results/model.ts";
import type { TestBed } from "./assemble.ts";
import { LeasePool, type Lease, type LeaseRequest, type PreparedRequest } from "./leases.ts";
import { RunLedger } from "./run-ledger.ts";
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
  /** Shared with the threads that run the same scenarios beside this one. Default: it runs them all. */
  readonly ledger?: RunLedger;
}

/** The result of each scenario, there to be awaited from the start. */
export interface Running {
  readonly results: ReadonlyMap<ScenarioSpec, Promise<ScenarioEndLine>>;
  /** Resolves when every scenario has its result, or is another thread's. */
  readonly done: Promise<void>;
  /** Takes the result that another thread came to. */
  settle(scenario: number, line: ScenarioEndLine): void;
}

interface Entry {
  /** Its place in the run. */
  readonly index: number;
  readonly spec: ScenarioSpec;
  readonly prepared: PreparedRequest;
  /** Counts from 1. */
  readonly attempt: number;
  /** Result of the attempt before; stands when there is no time for another. */
  readonly earlier?: ScenarioEndLine;
  readonly result: Promise<ScenarioEndLine>;
  readonly resolve: (line: ScenarioEndLine) => void;
  readonly reject: (error: unknown) => void;
}

class Runner {
  readonly #options: RunnerOptions;
  readonly #pool: LeasePool;
  readonly #ledger: RunLedger;
  readonly #entries: readonly Entry[];
  #waiting: Entry[];
  #active = 0;
  /** Scenarios that got no answer at all. */
  #unheard = 0;
  #finish: () => void = () => undefined;

  constructor(specs: readonly ScenarioSpec[], options: RunnerOptions) {
    this.#options = options;
    this.#pool = new LeasePool(options.bed.lab);
    this.#ledger = options.ledger ?? RunLedger.ofScenarios(specs.length);
    this.#entries = specs.map((spec, index) => this.#entryOf(spec, index));
    this.#waiting = options.concurrency === 1 ? [...this.#entries] : longestWaitFirst(this.#entries);
    // Every running scenario listens to the signal; Node takes more than ten listeners for a leak.
    setMaxListeners(0, options.signal);
  }

  start(): Running {
    const release = catchStrays((error) => {
      if (!blameScenario(error)) this.#options.onStray(error);
    });
    const done = new Promise<void>((resolve) => (this.#finish = resolve)).finally(release);
    this.#options.signal.addEventListener("abort", this.#fill, { once: true });
    this.#skipWhatNeverFits();
    this.#fill();
    return {
      results: new Map(this.#entries.map(({ spec, result }) => [spec, result])),
      done,
      settle: (scenario, line) => this.#entries[scenario]?.resolve(line),
    };
  }

  #entryOf(spec: ScenarioSpec, index: number): Entry {
    let resolve: Entry["resolve"] = () => undefined;
    let reject: Entry["reject"] = () => undefined;
    const result = new Promise<ScenarioEndLine>((...settlers) => ([resolve, reject] = settlers));
    return { index, spec, prepared: this.#pool.prepare(requestOf(spec)), attempt: 1, result, resolve, reject };
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

  /** Starts what can be started now: in the order of `#waiting`, but what waits for a device does not hold up the rest. */
  readonly #fill = (): void => {
    const why = this.#whyStop();
    if (why !== undefined) {
      for (const entry of this.#waiting.splice(0)) this.#endUnrun(entry, why.verdict, why.reason);
    }
    this.#waiting = this.#waiting.filter((entry) => !this.#isElsewhere(entry));
    for (const entry of [...this.#waiting]) {
      if (this.#active >= this.#options.concurrency) break;
      const lease = this.#pool.tryLease(entry.prepared);
      if (!lease) continue;
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      if (this.#claim(entry)) void this.#runEntry(entry, lease);
      else this.#pool.giveBack(lease);
    }
    if (this.#active === 0 && this.#waiting.length === 0) this.#finish();
  };

  #isElsewhere({ index, attempt }: Entry): boolean {
    return attempt === 1 && this.#ledger.isClaimed(index);
  }

  /** A scenario that is tried again stays where it was tried. */
  #claim({ index, attempt }: Entry): boolean {
    return attempt > 1 || this.#ledger.claim(index);
  }

  #whyStop(): { readonly verdict: "skipped" | "inconclusive"; readonly reason: string } | undefined {
    const { signal, bail, bed } = this.#options;
    if (signal.aborted) {
      return { verdict: "skipped", reason: (signal.reason as Error).message };
    }
    if (bail > 0 && this.#ledger.failures >= bail) {
      return { verdict: "skipped", reason: `--bail: ${this.#ledger.failures} had failed` };
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
    if (verdict === "failed" || verdict === "error") this.#ledger.countFailure();
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
      nextIndex: () => this.#ledger.nextMessage(),
    });
  }

  /** A scenario that is not run stands in the journal like any other; one that had its first attempt stands there already. */
  #endUnrun(entry: Entry, verdict: "skipped" | "inconclusive", reason: string): void {
    if (entry.earlier) {
      this.#count(entry.earlier);
      entry.resolve(entry.earlier);
      return;
    }
    if (!this.#claim(entry)) return;
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

function longestWaitFirst(entries: readonly Entry[]): Entry[] {
  const waitOf = ({ spec }: Entry): number => spec.definition.waitsSeconds ?? 0;
  return entries.toSorted((one, other) => waitOf(other) - waitOf(one));
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
  return new Runner(specs, options).start();
}
