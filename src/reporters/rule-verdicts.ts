import { RULES, type Rule, type RuleNeed } from "../rules/index.ts";
import type { RunRecord, ScenarioRecord } from "../results/index.ts";
import type { Verdict } from "../results/model.ts";
import { latestAttempts } from "./summary.ts";

/** Gravest first. */
const GRAVITY: readonly Verdict[] = ["error", "failed", "incomplete", "inconclusive", "deviation", "passed", "skipped"];

/** What a scenario says of one of its rules: it may fail by another one. Undefined where it does not name the rule. */
function verdictIn({ start, end, checks, verdict }: ScenarioRecord, rule: string): Verdict | undefined {
  const own = checks.filter((check) => check.rules.includes(rule) && check.outcome !== "unverified");
  if (own.length === 0 && !start.rules.includes(rule)) return undefined;
  const isToBlame = end?.failure?.rule === rule || own.some(({ outcome }) => outcome === "failed");
  return own.length > 0 && !isToBlame ? "passed" : verdict;
}

/** Rule → the gravest verdict that the scenarios of a run give on it. Rules that none names are left out. */
export function ruleVerdicts(run: RunRecord): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  const scenarios = latestAttempts(run);
  for (const id of RULES.keys()) {
    const found = scenarios.map((scenario) => verdictIn(scenario, id)).filter((verdict) => verdict !== undefined);
    const gravest = GRAVITY.find((verdict) => found.includes(verdict));
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
