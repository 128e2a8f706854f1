import { withEvidence, type Evidence } from "../assertions/index.ts";
import type { Clock } from "../core/clock.ts";
import type { Journal, JournalLine } from "../results/index.ts";
import type { RuleId } from "../rules/index.ts";
import type { ScenarioSpec, Step, StepOptions } from "./scenario.ts";
import type { JudgedBy } from "./verdict.ts";

interface StepState extends JudgedBy {
  readonly step?: number;
  readonly title?: string;
}

/** What a body threw, and what it was proving when it did. */
export interface BlamedError {
  readonly error: unknown;
  readonly judged: JudgedBy;
  readonly step?: string;
}

function rulesOf(options: StepOptions, fallback: readonly RuleId[]): readonly RuleId[] {
  if (options.rule === undefined) return fallback;
  return typeof options.rule === "string" ? [options.rule] : options.rule;
}

/**
 * Writes the steps and checks of one scenario into the journal and remembers which rules were checked. A check belongs
 * to the step that is running in its own async context, so that steps may run side by side.
 */
export class Recorder {
  readonly #spec: ScenarioSpec;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #checked = new Set<RuleId>();
  readonly #outside: StepState;
  #steps = 0;
  readonly #blamed = new Map<unknown, BlamedError>();
  readonly #running: StepState[] = [];
  #closed = false;
  #failedChecks: JudgedBy[] = [];

  constructor(spec: ScenarioSpec, journal: Journal, clock: Clock) {
    this.#spec = spec;
    this.#journal = journal;
    this.#clock = clock;
    this.#outside = { rules: spec.definition.rules.slice(0, 1), control: false };
  }

  /** Rules for which at least one check ran. */
  get checkedRules(): ReadonlySet<RuleId> {
    return this.#checked;
  }

  /** What the checks that failed were judging, also those whose error a script caught. */
  get failedChecks(): readonly JudgedBy[] {
    return this.#failedChecks;
  }

  /** Runs the body of the scenario; checks outside of any step belong to its first rule. */
  async run(body: () => Promise<void>): Promise<void> {
    await withEvidence((evidence) => {
      this.#check(evidence, this.#outside);
    }, body);
  }

  readonly step: Step = async <T>(
    title: string,
    optionsOrBody: StepOptions | (() => T | Promise<T>),
    maybeBody?: () => T | Promise<T>,
  ): Promise<T> => {
    const options = typeof optionsOrBody === "function" ? {} : optionsOrBody;
    const body = typeof optionsOrBody === "function" ? optionsOrBody : maybeBody;
    const rules = rulesOf(options, this.#outside.rules);
    const state: StepState = { step: this.#steps, title, rules, control: options.control ?? false };
    this.#steps += 1;
    return await this.#runStep(state, title, body as () => T | Promise<T>);
  };

  /** Who is to be asked about `error`: the innermost step that it came through, else the scenario as a whole. */
  blame(error: unknown): BlamedError {
    return this.#blamed.get(error) ?? { error, judged: this.#outside };
  }

  /** Who is to be asked about an end from outside, such as the time being up: the step that started last and still runs. */
  blameRunning(error: unknown): BlamedError {
    const state = this.#running.at(-1) ?? this.#outside;
    return { error, judged: state, ...(state.title === undefined ? {} : { step: state.title }) };
  }

  /** Takes down nothing more: a body that was given up may still be running. */
  close(): void {
    this.#closed = true;
  }

  async #runStep<T>(state: StepState, title: string, body: () => T | Promise<T>): Promise<T> {
    const step = state.step ?? 0;
    const line = { scenario: this.#spec.id, step } as const;
    this.#write({ type: "step-start", ...line, at: this.#clock.wallTime(), title, rules: state.rules });
    this.#running.push(state);
    let outcome: "passed" | "failed" = "failed";
    try {
      const result = await withEvidence(
        (evidence) => {
          this.#check(evidence, state);
        },
        async () => await body(),
      );
      outcome = "passed";
      return result;
    } catch (error) {
      if (!this.#blamed.has(error)) this.#blamed.set(error, { error, judged: state, step: title });
      throw error;
    } finally {
      this.#running.splice(this.#running.indexOf(state), 1);
      this.#write({ type: "step-end", ...line, at: this.#clock.wallTime(), outcome });
    }
  }

  #write(line: JournalLine): void {
    if (!this.#closed) this.#journal.write(line);
  }

  #check(evidence: Evidence, state: StepState): void {
    if (this.#closed) return;
    if (evidence.outcome !== "unverified") for (const rule of state.rules) this.#checked.add(rule);
    if (evidence.outcome === "failed") this.#failedChecks.push(state);
    this.#write({
      type: "check",
      scenario: this.#spec.id,
      ...(state.step === undefined ? {} : { step: state.step }),
      at: this.#clock.wallTime(),
      rules: state.rules,
      outcome: evidence.outcome,
      claim: evidence.claim,
    });
  }
}
