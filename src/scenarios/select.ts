import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { RULES } from "../rules/index.ts";
import type { ScenarioSpec } from "./scenario.ts";

export interface Selection {
  /** `file[:line]`, absolute; a scenario is meant when it starts on that line or is the last before it. Empty: all. */
  readonly places: readonly { readonly file: string; readonly line?: number }[];
  /** Titles to run, any of. */
  readonly grep?: RegExp;
  /** Titles to leave out. */
  readonly grepInvert?: RegExp;
  /** Rules of which a scenario must name one. Empty: all. */
  readonly rules: readonly string[];
}

function startLineAt(specs: readonly ScenarioSpec[], file: string, line: number): number {
  const starts = specs.filter((spec) => spec.place.file === file).map((spec) => spec.place.line);
  return Math.max(...starts.filter((start) => start <= line), -1);
}

function isPlaced(spec: ScenarioSpec, specs: readonly ScenarioSpec[], selection: Selection): boolean {
  const places = selection.places.filter((place) => spec.place.file === place.file);
  if (selection.places.every((place) => place.line === undefined)) return true;
  return places.some(
    (place) => place.line === undefined || startLineAt(specs, place.file, place.line) === spec.place.line,
  );
}

/** @throws {UsageError} ERR_UNKNOWN_RULE with a suggestion. */
export function assertRules(rules: readonly string[]): void {
  for (const rule of rules) {
    if (!RULES.has(rule)) {
      const message = `There is no rule "${rule}".${didYouMean(rule, RULES.keys())} "offhook list --rules" shows them all.`;
      throw new UsageError(message, { code: "ERR_UNKNOWN_RULE", details: { rule } });
    }
  }
}

/** Whether a scenario names the rule, among those it judges, controls or observes. */
export function namesRule({ definition }: ScenarioSpec, rule: string): boolean {
  const { rules, controls = [], observes = [] } = definition;
  return ([...rules, ...controls, ...observes] as string[]).includes(rule);
}

/**
 * The scenarios to run.
 * @throws {UsageError} ERR_UNKNOWN_RULE with a suggestion.
 */
export function selectScenarios(specs: readonly ScenarioSpec[], selection: Selection): ScenarioSpec[] {
  assertRules(selection.rules);
  const chosen = specs.filter((spec) => {
    return (
      isPlaced(spec, specs, selection) &&
      (selection.grep === undefined || selection.grep.test(spec.title)) &&
      (selection.grepInvert === undefined || !selection.grepInvert.test(spec.title)) &&
      (selection.rules.length === 0 || selection.rules.some((rule) => namesRule(spec, rule)))
    );
  });
  const marked = chosen.filter((spec) => spec.only);
  return marked.length > 0 ? marked : chosen;
}
