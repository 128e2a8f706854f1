import { join } from "node:path";
import { POLICY_THREW } from "../callmanager/index.ts";
import { InventoryError, TransportError, UsageError } from "../core/errors.ts";
import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import { silentLogger } from "../core/logger.ts";
import type { Lab } from "../inventory/index.ts";
import { assemble, namesRule, startScenarios, type ScenarioSpec, type TestBed } from "../scenarios/index.ts";
import { judgeSubject, type SubjectReport } from "./judge.ts";
import type { ScenarioOutcome, Trial } from "./outcome.ts";
import { saveTrial } from "./save-trial.ts";
import type { Subject } from "./subjects.ts";
import { TrialJournal } from "./trial-journal.ts";

export interface TrialOptions {
  readonly lab: Lab;
  readonly specs: readonly ScenarioSpec[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Scenarios at once. */
  readonly concurrency: number;
  /** Time for one scenario that does not say its own, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Folder for journals and reports of what went wrong. */
  readonly folder: string;
  /** Write them for what went well, too. */
  readonly keep: boolean;
  /** As in a setup. */
  readonly untilCaught: boolean;
  readonly cwd: string;
  /** Told how each scenario ended. */
  readonly onOutcome: ((outcome: ScenarioOutcome) => void) | undefined;
}

/** Two scenarios at most tell the same fault. */
const MOST_FAULTS = 5;

/** A variant is legal anywhere, so it is judged as any call manager would be, not by the habits of the reference one. */
const AS_FOREIGN = { profile: "generic", embedded: false } as const;

class SubjectTrial {
  readonly #subject: Subject;
  readonly #options: TrialOptions;
  readonly #journal: TrialJournal;
  readonly #faults = new Set<string>();

  constructor(subject: Subject, options: TrialOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#journal = new TrialJournal({ rule: subject.rule, keep: options.keep, onOutcome: options.onOutcome });
  }

  async execute(): Promise<SubjectReport> {
    const { clock } = this.#options;
    const started = clock.now();
    let brokeOff: string | undefined;
    try {
      await this.#execute();
    } catch (error) {
      // The surroundings are in the way of every subject; anything else is the matter of this one.
      if (error instanceof TransportError || error instanceof InventoryError || error instanceof UsageError)
        throw error;
      brokeOff = `its trial broke off: ${String(error)}`;
    }
    return this.#report(Math.round(clock.now() - started), brokeOff);
  }

  async #execute(): Promise<void> {
    const bed = await this.#assemble();
    try {
      bed.callManager?.onDecision(({ policy, outcome, reason }) => {
        if (outcome === POLICY_THREW) this.#faults.add(`policy ${policy} threw: ${reason}`);
      });
      await this.#run(bed);
    } finally {
      await bed.close();
    }
  }

  async #assemble(): Promise<TestBed> {
    const { lab, clock, ids } = this.#options;
    const { kind, policies } = this.#subject;
    const judged = kind === "variant" ? { judgeAs: AS_FOREIGN } : {};
    return await assemble({ lab, clock, ids, log: silentLogger, policies, ...judged });
  }

  /** The scenarios of a defect's own rule; the rest only where none of them turned red by it. */
  async #run(bed: TestBed): Promise<void> {
    const { specs, untilCaught, signal } = this.#options;
    const { kind, rule } = this.#subject;
    if (kind !== "defect" || rule === undefined) {
      await this.#runScenarios(bed, specs);
      return;
    }
    const own = specs.filter((spec) => namesRule(spec, rule));
    if (untilCaught) {
      await this.#runUntilCaught(bed, byRank(own, rule));
      return;
    }
    await this.#runScenarios(bed, own);
    if (this.#isCaught() || signal.aborted) return;
    await this.#runScenarios(
      bed,
      specs.filter((spec) => !namesRule(spec, rule)),
    );
  }

  async #runUntilCaught(bed: TestBed, specs: readonly ScenarioSpec[]): Promise<void> {
    for (const spec of specs) {
      await this.#runScenarios(bed, [spec]);
      if (this.#isCaught() || this.#options.signal.aborted) return;
    }
  }

  #isCaught(): boolean {
    return judgeSubject(this.#subject, this.#trial(0)).verdict === "caught";
  }

  async #runScenarios(bed: TestBed, specs: readonly ScenarioSpec[]): Promise<void> {
    const { clock, concurrency, timeoutMs, signal } = this.#options;
    const running = startScenarios(specs, {
      bed,
      journal: this.#journal,
      clock,
      concurrency,
      timeoutMs,
      bail: 0,
      signal,
      onStray: (error) => this.#faults.add(`nobody caught ${String(error)}`),
    });
    await running.done;
  }

  #trial(durationMs: number, brokeOff?: string): Trial {
    const order = new Map(this.#options.specs.map((spec, index) => [spec.id, index]));
    const position = ({ scenario }: ScenarioOutcome): number => order.get(scenario) ?? 0;
    return {
      outcomes: this.#journal.outcomes.toSorted((a, b) => position(a) - position(b)),
      faults: [...this.#faults].slice(0, MOST_FAULTS),
      ...(brokeOff === undefined ? {} : { brokeOff }),
      durationMs,
    };
  }

  #report(durationMs: number, brokeOff: string | undefined): SubjectReport {
    const { folder, keep, cwd, lab } = this.#options;
    const { kind, name } = this.#subject;
    const trial = this.#trial(durationMs, brokeOff);
    const report = judgeSubject(this.#subject, trial);
    const isWell = report.verdict === "caught" || report.verdict === "green" || report.verdict === "seen";
    if (isWell && report.troubles.length === 0 && !keep) return report;
    const place = join(folder, kind === "correct" ? name : `${kind}-${fileName(name)}`);
    saveTrial({ folder: place, lines: this.#journal.lines, lab, cwd, subject: this.#subject, durationMs });
    return { ...report, folder: place };
  }
}

/** The likeliest to catch first: those that judge the rule before all, then those that judge it too, then its controls. */
function byRank(specs: readonly ScenarioSpec[], rule: string): ScenarioSpec[] {
  const rank = ({ definition }: ScenarioSpec): number => {
    const place = (definition.rules as readonly string[]).indexOf(rule);
    return place < 0 ? definition.rules.length : place;
  };
  return specs.toSorted((a, b) => rank(a) - rank(b));
}

/** Names of foreign defects are free; what is no letter, digit, dot or dash does not go into a path. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 100);
}

/** Why a lab does not serve: policies can only be put into the call manager that is started here. */
export function assertEmbedded(lab: Lab): void {
  if (lab.target.embedded) return;
  const message = `${lab.file} has a foreign target; offhook selftest needs one with target.embedded: true.`;
  throw new UsageError(message, { code: "ERR_USAGE" });
}

/**
 * Runs the suite, or the part of it that is needed, on one call manager on a test bed of its own, and judges what came of
 * it. Journal and report of what went wrong, or of all with `keep`, are left in a folder of the subject's name.
 * @throws {TransportError} the bed cannot be had.
 */
export async function trySubject(subject: Subject, options: TrialOptions): Promise<SubjectReport> {
  return await new SubjectTrial(subject, options).execute();
}
