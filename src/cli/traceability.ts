import { relative, sep } from "node:path";
import { acceptanceOf } from "../diagnosis/index.ts";
import { beyondReach } from "../reporters/index.ts";
import { RULES, type DocumentAnchor, type Rule, type RuleLevel, type RuleNeed } from "../rules/index.ts";
import type { Verdict } from "../results/model.ts";
import type { ScenarioSpec } from "../scenarios/index.ts";

/** A scenario that has to do with a rule. */
export interface TracedScenario {
  readonly title: string;
  /** Relative to the current folder, with slashes. */
  readonly file: string;
  readonly line: number;
}

/** A rule with everything that leads to it and from it. */
export interface TracedRule {
  readonly id: string;
  readonly level: RuleLevel;
  /** Level for the reference call manager, where it is another. */
  readonly referenceLevel?: RuleLevel;
  readonly statement: string;
  /** What is sent and what the rule accepts. */
  readonly accepts: string;
  readonly control: string | null;
  /** Places of the document. */
  readonly document: readonly DocumentAnchor[];
  readonly needs: readonly RuleNeed[];
  /** Scenarios that judge it. */
  readonly scenarios: readonly TracedScenario[];
  /** Scenarios whose control it is. */
  readonly controls: readonly TracedScenario[];
  /** Scenarios that record facts of it without a verdict. */
  readonly observers: readonly TracedScenario[];
  /** The gravest verdict on it in the last run; absent where it was not judged. */
  readonly lastVerdict?: Verdict;
  /** Why no scenario judges or observes it; absent where one does. */
  readonly uncovered?: string;
}

function traced({ title, place }: ScenarioSpec, cwd: string): TracedScenario {
  return { title, file: relative(cwd, place.file).split(sep).join("/"), line: place.line };
}

function traceRule(rule: Rule, specs: readonly ScenarioSpec[], cwd: string): TracedRule {
  const { id, level, referenceLevel, statement, control, document, needs } = rule;
  const scenarios = specs.filter(({ definition }) => definition.rules.includes(id));
  const controls = specs.filter(({ definition }) => definition.controls?.includes(id) === true);
  const observers = specs.filter(({ definition }) => definition.observes?.includes(id) === true);
  const uncovered = beyondReach(rule) ?? (level === "info" ? "not observed" : "no scenario");
  return {
    ...{ id, level },
    ...(referenceLevel === undefined ? {} : { referenceLevel }),
    ...{ statement, accepts: acceptanceOf(rule), control, document, needs },
    scenarios: scenarios.map((spec) => traced(spec, cwd)),
    controls: controls.map((spec) => traced(spec, cwd)),
    observers: observers.map((spec) => traced(spec, cwd)),
    ...(scenarios.length + observers.length > 0 ? {} : { uncovered }),
  };
}

/**
 * The rules, in the order of the specification, with the scenarios that judge them.
 * @param only ids to keep; empty: all.
 * @param verdicts those of the last run, by rule.
 */
export function traceRules(
  specs: readonly ScenarioSpec[],
  {
    cwd,
    only = [],
    verdicts = new Map(),
  }: { cwd: string; only?: readonly string[]; verdicts?: ReadonlyMap<string, Verdict> },
): TracedRule[] {
  const rules = [...RULES.values()].filter(({ id }) => only.length === 0 || only.includes(id));
  return rules.map((rule) => {
    const lastVerdict = verdicts.get(rule.id);
    return { ...traceRule(rule, specs, cwd), ...(lastVerdict === undefined ? {} : { lastVerdict }) };
  });
}
