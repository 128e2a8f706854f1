import { RULES, type Rule, type RuleNeed } from "../rules/index.ts";
import type { ScenarioRecord } from "../results/index.ts";
import type { Verdict } from "../results/model.ts";
import { GRAVEST_FIRST } from "./summary.ts";

/** Verdicts of scenarios that did not come to their checks through no fault of a rule. */
const CAME_TO_NOTHING: ReadonlySet<Verdict> = new Set(["skipped", "inconclusive", "incomplete"]);

/** What a scenario says of a rule: a failure speaks of the rule that was being judged, not of all that it names. */
function verdictIn({ start, end, checks, verdict }: ScenarioRecord, rule: string): Verdict | undefined {
  const outcomes = checks.filter((check) => check.rules.includes(rule)).map(({ outcome }) => outcome);
  if (end?.failure?.rule === rule || outcomes.includes("failed")) return verdict;
  if (outcomes.includes("passed")) return "passed";
  return start.rules.includes(rule) && CAME_TO_NOTHING.has(verdict) ? verdict : undefined;
}

/** Rule → the gravest verdict that the scenarios give on it. Rules that none came to are left out. */
export function ruleVerdicts(scenarios: readonly ScenarioRecord[]): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const id of RULES.keys()) {
    const found = scenarios.map((scenario) => verdictIn(scenario, id)).filter((verdict) => verdict !== undefined);
    const gravest = GRAVEST_FIRST.find((verdict) => found.includes(verdict));
    if (gravest !== undefined) verdicts.set(id, gravest);
  }
  return verdicts;
}

/** What no lab of this version can offer. */
const BEYOND_REACH: readonly RuleNeed[] = ["tftp", "two-nodes"];

/** What keeps a rule from being judged at all by this version: `needs tftp`; undefined where nothing does. */
export function beyondReach({ needs }: Pick<Rule, "needs">): string | undefined {
  const need = BEYOND_REACH.find((one) => needs.includes(one));
  return need && `needs ${need}`;
}
