import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { asError } from "../../src/core/errors.ts";
import { delay } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { FuzzCases, type FuzzCase, type GrowthCase } from "./cases.ts";
import { writeFinding, type Finding } from "./findings.ts";
import { LiveTarget } from "./live-target.ts";
import { readAsUserAgent } from "./parser-target.ts";
import type { Seeds } from "./seeds.ts";
import type { StepCounter } from "./step-counter.ts";
import type { Watchdog } from "./watchdog.ts";

/** Cases after which a valid call has to work. */
const BATCH = 25;
/** Twice the input may take this much more steps; the rest of 2 is for what the first steps find out. */
const DOUBLE = 2.3;
/** Steps that do not grow with the input. */
const FIXED_STEPS = 2000;
const GROWTH_OCTETS = 14_000;
/** What the endpoint may hold while it is fuzzed, above what it held at first, after a collection. */
const MOST_HELD_OCTETS = 64 * 1024 * 1024;
const BATCHES_PER_WEIGHING = 10;
/** Until when the last transactions have to be gone: well above 64*T1 of the endpoint. */
const QUIET_MS = 10_000;
/** Who finds so much need not look on. */
const MOST_FINDINGS = 10;

export interface CampaignOptions {
  readonly seed: string;
  readonly from: number;
  /** Ends after so many cases. */
  readonly count: number;
  /** Ends, after a whole batch, when so much time is over. */
  readonly durationMs: number;
  readonly seeds: Seeds;
  /** Started already. */
  readonly counter: StepCounter;
  readonly watchdog: Watchdog;
  /** Where findings are written. */
  readonly folder: string;
  /** Told of each finding with its file. */
  readonly found: (finding: Finding, file: string) => void;
}

export interface Outcome {
  readonly cases: number;
  readonly findings: number;
  /** Most octets that were held, above those at first. */
  readonly heldOctets: number;
}

/** Runs the cases of a seed against the parser and a live endpoint. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #cases: FuzzCases;
  readonly #target: LiveTarget;
  readonly #uncaught: Error[] = [];
  readonly #heldAtFirst: number;
  #heldMost = 0;
  #findings = 0;

  static async run(options: CampaignOptions): Promise<Outcome> {
    const target = await LiveTarget.open();
    const campaign = new Campaign(options, target);
    const note = (thrown: unknown): void => void campaign.#uncaught.push(asError(thrown));
    process.on("uncaughtException", note).on("unhandledRejection", note);
    try {
      return await campaign.#run();
    } finally {
      await target.close();
      process.off("uncaughtException", note).off("unhandledRejection", note);
    }
  }

  private constructor(options: CampaignOptions, target: LiveTarget) {
    this.#options = options;
    this.#target = target;
    this.#cases = new FuzzCases(options.seed, options.seeds);
    this.#heldAtFirst = octetsHeld();
  }

  async #run(): Promise<Outcome> {
    const { from, count, durationMs } = this.#options;
    const end = systemClock.now() + durationMs;
    let next = from;
    for (
      let batches = 1;
      next < from + count && systemClock.now() < end && this.#findings < MOST_FINDINGS;
      batches += 1
    ) {
      const size = Math.min(BATCH, from + count - next);
      await this.#batch(next, size);
      next += size;
      if (batches % BATCHES_PER_WEIGHING === 0) this.#weigh(next - size, size);
    }
    await this.#quiet(from, next - from);
    return { cases: next - from, findings: this.#findings, heldOctets: this.#heldMost };
  }

  async #batch(from: number, count: number): Promise<void> {
    for (let index = from; index < from + count; index += 1) {
      this.#options.watchdog.watch(index);
      const one = this.#cases.at(index);
      await this.#guard(index, 1, () => this.#take(one));
    }
    await this.#guard(from, count, () => this.#target.call());
    const [complaint] = this.#target.complaints.splice(0);
    if (complaint !== undefined) this.#report(from, count, `the endpoint's user failed: ${complaint}`);
    const [uncaught] = this.#uncaught.splice(0);
    if (uncaught) this.#report(from, count, `uncaught: ${uncaught.stack ?? uncaught.message}`);
  }

  async #take(one: FuzzCase): Promise<void> {
    if (one.kind === "growth") {
      this.#grow(one);
      return;
    }
    for (const message of one.messages) readAsUserAgent(message);
    await this.#target.deliver(one);
  }

  #grow(one: GrowthCase): void {
    const { counter } = this.#options;
    const [once, twice] = [GROWTH_OCTETS, 2 * GROWTH_OCTETS].map((octets) => counter.count(one.prepare(octets))) as [
      number,
      number,
    ];
    if (twice > DOUBLE * once + FIXED_STEPS)
      throw new Error(`${one.title}: ${once} steps, and ${twice} for twice the input`);
  }

  /** What a live endpoint holds must not grow with what it was sent. */
  #weigh(from: number, count: number): void {
    const held = octetsHeld() - this.#heldAtFirst;
    this.#heldMost = Math.max(this.#heldMost, held);
    if (held > MOST_HELD_OCTETS) this.#report(from, count, `${held} octets are held, above those at first`);
  }

  /** In the end nothing is left of what came. */
  async #quiet(from: number, count: number): Promise<void> {
    const deadline = systemClock.now() + QUIET_MS;
    while (this.#target.transactions > 0 && systemClock.now() < deadline) await delay(systemClock, 100);
    if (this.#target.transactions > 0) this.#report(from, count, `${this.#target.transactions} transactions never end`);
    this.#weigh(from, count);
  }

  async #guard(from: number, count: number, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#report(from, count, asError(error).stack ?? String(error));
    }
  }

  #report(from: number, count: number, problem: string): void {
    this.#findings += 1;
    const { seed, folder, found } = this.#options;
    // Of a whole campaign only the range is told: its cases are made again by the command.
    const shown = Array.from({ length: Math.min(count, BATCH) }, (_, offset) => this.#cases.at(from + offset));
    const finding: Finding = { seed, from, count, problem, cases: shown };
    found(finding, writeFinding(folder, finding));
  }
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** On the heap and beside it, after a collection. */
function octetsHeld(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
