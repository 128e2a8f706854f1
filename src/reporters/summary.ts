import { RULES } from "../rules/index.ts";
import type { RunRecord, ScenarioRecord } from "../results/index.ts";
import type { Verdict } from "../results/model.ts";

export const VERDICTS: readonly Verdict[] = [
  "passed",
  "deviation",
  "failed",
  "inconclusive",
  "error",
  "skipped",
  "incomplete",
];

/** In what order a reader wants to hear of them. */
export const GRAVEST_FIRST: readonly Verdict[] = [
  "error",
  "failed",
  "incomplete",
  "inconclusive",
  "deviation",
  "passed",
  "skipped",
];

export interface Summary {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly total: number;
  /** Of those that passed, the ones that did so on retry only. */
  readonly flaky: number;
  /** `must` and `should` rules for which a check ran. */
  readonly rulesCovered: readonly string[];
  /** `must` and `should` rules for which none did. */
  readonly rulesNotCovered: readonly string[];
  /** `info` rules of which a fact was recorded, or a check ran. */
  readonly rulesObserved: readonly string[];
  /** `info` rules of which none was. */
  readonly rulesNotObserved: readonly string[];
  readonly checks: number;
  readonly unverifiedChecks: number;
  readonly messages: number;
  readonly durationMs: number;
  readonly complete: boolean;
}

/** The last attempt of each scenario, in order of their start. */
export function latestAttempts(run: RunRecord): ScenarioRecord[] {
  const latest = new Map<string, ScenarioRecord>();
  for (const scenario of run.scenarios) latest.set(scenario.start.scenario, scenario);
  return [...latest.values()];
}

/** Whether it passed on retry only. */
export function isFlaky({ end }: ScenarioRecord): boolean {
  return end?.flaky === true;
}

/** The attempts at the scenario before the last, which did not pass. */
export function earlierAttempts(run: RunRecord, scenario: ScenarioRecord): ScenarioRecord[] {
  const { scenario: id, attempt } = scenario.start;
  return run.scenarios.filter(({ start }) => start.scenario === id && start.attempt < attempt);
}

function checkedRules(scenarios: readonly ScenarioRecord[]): Set<string> {
  const checked = new Set<string>();
  for (const scenario of scenarios) {
    for (const check of scenario.checks) {
      if (check.outcome !== "unverified") for (const rule of check.rules) checked.add(rule);
    }
  }
  return checked;
}

function observedRules(scenarios: readonly ScenarioRecord[]): Set<string> {
  const observed = scenarios.flatMap(({ observations }) => observations.flatMap(({ rule }) => rule ?? []));
  return new Set([...observed, ...checkedRules(scenarios)]);
}

export function summarize(run: RunRecord): Summary {
  const scenarios = latestAttempts(run);
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const scenario of scenarios) counts[scenario.verdict] += 1;
  const checked = checkedRules(scenarios);
  const observed = observedRules(scenarios);
  const rules = [...RULES.values()].map(({ id, level }): [string, boolean] => [id, level === "info"]);
  const judged = rules.flatMap(([id, info]) => (info ? [] : [id]));
  const noted = rules.flatMap(([id, info]) => (info ? [id] : []));
  const checks = scenarios.flatMap((scenario) => scenario.checks);
  return {
    counts,
    total: scenarios.length,
    flaky: scenarios.filter(isFlaky).length,
    rulesCovered: judged.filter((rule) => checked.has(rule)),
    rulesNotCovered: judged.filter((rule) => !checked.has(rule)),
    rulesObserved: noted.filter((rule) => observed.has(rule)),
    rulesNotObserved: noted.filter((rule) => !observed.has(rule)),
    checks: checks.length,
    unverifiedChecks: checks.filter((check) => check.outcome === "unverified").length,
    messages: scenarios.reduce((sum, scenario) => sum + scenario.messages.length, 0),
    durationMs: run.end?.durationMs ?? 0,
    complete: run.end !== undefined,
  };
}

/** What was wrong with a scenario in one sentence; what stands below it is left out. */
export function firstSentence({ end }: ScenarioRecord): string {
  const text = end?.failure?.message ?? end?.reason ?? "The run ended before the scenario did.";
  return text.split("\n", 1)[0] ?? "";
}

/** Scenarios that a reader has to look at, gravest first. */
export function troubles(run: RunRecord, strict: boolean): ScenarioRecord[] {
  const harmless: readonly Verdict[] = strict ? ["passed", "skipped"] : ["passed", "skipped", "deviation"];
  return latestAttempts(run)
    .filter((scenario) => !harmless.includes(scenario.verdict))
    .sort((a, b) => GRAVEST_FIRST.indexOf(a.verdict) - GRAVEST_FIRST.indexOf(b.verdict));
}
