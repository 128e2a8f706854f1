import type { ScenarioOutcome, Trial } from "../../src/selftest/outcome.ts";
import type { Subject } from "../../src/selftest/subjects.ts";

/** How a scenario ended on a subject, to be varied by tests: passed, and of another rule than the subject's. */
export function scenarioOutcome(title: string, wishes: Partial<ScenarioOutcome> = {}): ScenarioOutcome {
  return {
    scenario: `a.scenario.ts › ${title}`,
    title,
    place: { file: "/suite/a.scenario.ts", line: 7 },
    verdict: "passed",
    own: false,
    brokenRules: [],
    durationMs: 100,
    ...wishes,
  };
}

export function trialOf(outcomes: readonly ScenarioOutcome[], faults: readonly string[] = []): Trial {
  return { outcomes, faults, durationMs: 1_000 };
}

export const DEFECT: Subject = { kind: "defect", name: "late", title: "is late", rule: "CAP-04", policies: {} };
export const VARIANT: Subject = { kind: "variant", name: "early", title: "is early", policies: {} };
export const CORRECT: Subject = { kind: "correct", name: "correct", title: "is as it is", policies: {} };
