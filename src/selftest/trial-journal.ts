import type { Journal, JournalLine } from "../results/index.ts";
import { outcomeOf, type ScenarioOutcome } from "./outcome.ts";
import type { Subject } from "./subjects.ts";

export interface TrialJournalOptions {
  /** The rule that the subject breaks. */
  readonly rule: Subject["rule"];
  /** Keep the lines of scenarios that passed, too. */
  readonly keep: boolean;
  readonly onOutcome?: ((outcome: ScenarioOutcome) => void) | undefined;
}

/**
 * The journal of a trial, in memory: most trials leave nothing to be looked at. What a scenario that passed or was
 * skipped wrote is dropped at its end, so that many trials can run at once.
 */
export class TrialJournal implements Journal {
  readonly file = "memory";
  readonly outcomes: ScenarioOutcome[] = [];
  readonly #options: TrialJournalOptions;
  readonly #lines = new Map<string, JournalLine[]>();

  constructor(options: TrialJournalOptions) {
    this.#options = options;
  }

  /** The lines kept, scenario by scenario. */
  get lines(): readonly JournalLine[] {
    return [...this.#lines.values()].flat();
  }

  write(line: JournalLine): void {
    if (!("scenario" in line)) return;
    const lines = this.#lines.get(line.scenario) ?? [];
    this.#lines.set(line.scenario, lines);
    lines.push(line);
    if (line.type === "scenario-end") this.#end(line.scenario, lines);
  }

  close(): void {
    return;
  }

  #end(scenario: string, lines: readonly JournalLine[]): void {
    const outcome = outcomeOf(lines, this.#options.rule);
    if (!outcome) return;
    this.outcomes.push(outcome);
    this.#options.onOutcome?.(outcome);
    const isWell = outcome.verdict === "passed" || outcome.verdict === "skipped";
    if (isWell && !this.#options.keep) this.#lines.delete(scenario);
  }
}
