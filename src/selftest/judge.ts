import type { ScenarioOutcome, Trial } from "./outcome.ts";
import type { Subject } from "./subjects.ts";

/**
 * Of a defect: `caught` by a scenario of its own rule, `caught-elsewhere` only by scenarios of other rules, `survived`,
 * `broke-off` (its trial had no end, and nothing of its own rule had caught it by then). Of the correct call manager and
 * a variant: `green`, `false-alarm`, `not-proved` (a scenario was in error or inconclusive, a policy threw, the trial had
 * no end). Of policies that claim nothing: `seen`, with what turned red, or `broke-off`.
 */
export type SubjectVerdict =
  "caught" | "caught-elsewhere" | "survived" | "broke-off" | "green" | "false-alarm" | "not-proved" | "seen";

export interface SubjectReport {
  readonly subject: Omit<Subject, "policies">;
  readonly verdict: SubjectVerdict;
  /** Scenarios that turned red: those that caught a defect, by its own rule first; the false alarms of others. */
  readonly red: readonly ScenarioOutcome[];
  /** `should` rules from which a variant deviates; no false alarm. */
  readonly deviations: readonly ScenarioOutcome[];
  /** What proves nothing and has to be looked at: scenarios in error, inconclusive; policies that threw. */
  readonly troubles: readonly string[];
  /** Scenarios by verdict. */
  readonly counts: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly folder?: string;
  /** Variants that one call manager differed in together with this one. */
  readonly triedWith?: readonly string[];
}

function isRed({ verdict }: ScenarioOutcome): boolean {
  return verdict === "failed" || verdict === "deviation";
}

/** Whether a scenario of the defect's own rule turned red by a check of that rule. */
export function catches(outcome: ScenarioOutcome, rule: Subject["rule"]): boolean {
  return isRed(outcome) && outcome.own && rule !== undefined && outcome.brokenRules.includes(rule);
}

function troublesOf({ outcomes, faults, brokeOff }: Trial): string[] {
  const unproved = outcomes.filter(({ verdict }) => verdict === "error" || verdict === "inconclusive");
  return [
    ...(brokeOff === undefined ? [] : [brokeOff]),
    ...faults,
    ...unproved.map(({ verdict, title, message = "" }) => `${verdict}: ${title}: ${message}`),
  ];
}

function countsOf(outcomes: readonly ScenarioOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of outcomes) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

function verdictOfDefect(rule: Subject["rule"], { outcomes, brokeOff }: Trial): SubjectVerdict {
  if (outcomes.some((outcome) => catches(outcome, rule))) return "caught";
  if (brokeOff !== undefined) return "broke-off";
  return outcomes.some(isRed) ? "caught-elsewhere" : "survived";
}

/** Judges what the suite came to on one subject. */
export function judgeSubject(subject: Subject, trial: Trial): SubjectReport {
  const { kind, name, title, rule } = subject;
  const troubles = troublesOf(trial);
  const red = trial.outcomes.filter(
    (outcome) => isRed(outcome) && (kind !== "variant" || outcome.verdict === "failed"),
  );
  const byOwnRule = red.filter((outcome) => catches(outcome, rule));
  const others = red.filter((outcome) => !byOwnRule.includes(outcome));
  const verdicts = {
    defect: () => verdictOfDefect(rule, trial),
    policies: (): SubjectVerdict => (trial.brokeOff === undefined ? "seen" : "broke-off"),
    correct: () => verdictOfLegal(red, troubles),
    variant: () => verdictOfLegal(red, troubles),
  } as const satisfies Record<Subject["kind"], () => SubjectVerdict>;
  return {
    subject: { kind, name, title, ...(rule === undefined ? {} : { rule }) },
    verdict: verdicts[kind](),
    red: [...byOwnRule, ...others],
    deviations: kind === "variant" ? trial.outcomes.filter(({ verdict }) => verdict === "deviation") : [],
    troubles,
    counts: countsOf(trial.outcomes),
    durationMs: trial.durationMs,
    ...(trial.folder === undefined ? {} : { folder: trial.folder }),
  };
}

function verdictOfLegal(red: readonly ScenarioOutcome[], troubles: readonly string[]): SubjectVerdict {
  if (red.length > 0) return "false-alarm";
  return troubles.length > 0 ? "not-proved" : "green";
}

export interface SelftestSummary {
  readonly defects: number;
  /** By a scenario of their own rule. */
  readonly caught: number;
  readonly caughtElsewhere: readonly string[];
  readonly survived: readonly string[];
  /** Their trial had no end; caught or not, nobody knows. */
  readonly brokeOff: readonly string[];
  readonly variants: number;
  /** Correct call manager and variants on which the suite was not green. */
  readonly notGreen: readonly string[];
  /** Part of the defects that were caught by scenarios of their own rule, 0 to 1; 1 where there are none. */
  readonly catchRate: number;
}

export function summarizeSelftest(reports: readonly SubjectReport[]): SelftestSummary {
  const namesOf = (...verdicts: readonly SubjectVerdict[]): string[] =>
    reports.filter(({ verdict }) => verdicts.includes(verdict)).map(({ subject }) => subject.name);
  const count = (kind: Subject["kind"]): number => reports.filter(({ subject }) => subject.kind === kind).length;
  const defects = count("defect");
  const caught = namesOf("caught").length;
  return {
    defects,
    caught,
    caughtElsewhere: namesOf("caught-elsewhere"),
    survived: namesOf("survived"),
    brokeOff: namesOf("broke-off"),
    variants: count("variant"),
    notGreen: namesOf("false-alarm", "not-proved"),
    catchRate: defects === 0 ? 1 : caught / defects,
  };
}
