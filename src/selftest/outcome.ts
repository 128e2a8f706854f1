import type { CheckLine, JournalLine, ScenarioEndLine, ScenarioStartLine } from "../results/index.ts";
import type { Subject } from "./subjects.ts";

/** How one scenario ended on one subject. Plain data: it crosses from process to process. */
export interface ScenarioOutcome {
  /** Id of the scenario: file and title. */
  readonly scenario: string;
  readonly title: string;
  readonly place: ScenarioStartLine["place"];
  readonly verdict: ScenarioEndLine["verdict"];
  /** Whether the scenario names the rule of the subject, among those it judges or controls. */
  readonly own: boolean;
  /** Rules of which a check failed, or an expected message did not come. */
  readonly brokenRules: readonly string[];
  readonly message?: string;
  readonly durationMs: number;
}

/** What the suite, or a part of it, came to on one subject. */
export interface Trial {
  readonly outcomes: readonly ScenarioOutcome[];
  /** What went wrong beside the scenarios: a policy that threw, an error that nobody could catch. */
  readonly faults: readonly string[];
  /** Why it did not come to its end: its process hung or ended, its call manager did not start. */
  readonly brokeOff?: string;
  readonly durationMs: number;
  /** Where journal and report of it lie, if they were kept. */
  readonly folder?: string;
}

/** The rules that were judged when the scenario was ended by an error: those of the step, by default its first. */
function blamedRules(end: ScenarioEndLine, start: ScenarioStartLine, lines: readonly JournalLine[]): readonly string[] {
  const { failure } = end;
  if (!failure) return [];
  const step = lines.findLast((line) => line.type === "step-start" && line.title === failure.step);
  return step?.type === "step-start" ? step.rules : start.rules.slice(0, 1);
}

function isFailed(line: JournalLine): line is CheckLine {
  return line.type === "check" && line.outcome === "failed";
}

/**
 * Reads the outcome of a scenario from its lines of the journal.
 * @param rule that the subject breaks.
 * @returns undefined while the scenario has not ended.
 */
export function outcomeOf(lines: readonly JournalLine[], rule: Subject["rule"]): ScenarioOutcome | undefined {
  const start = lines.find((line) => line.type === "scenario-start");
  const end = lines.findLast((line) => line.type === "scenario-end");
  if (!start || !end) return undefined;
  const isRed = end.verdict === "failed" || end.verdict === "deviation";
  const broken = isRed
    ? [...lines.filter(isFailed).flatMap((line) => line.rules), ...blamedRules(end, start, lines)]
    : [];
  const message = end.failure?.message.split("\n")[0] ?? end.reason;
  return {
    scenario: start.scenario,
    title: start.title,
    place: start.place,
    verdict: end.verdict,
    own: rule !== undefined && [...start.rules, ...start.controls].includes(rule),
    brokenRules: [...new Set(broken)],
    ...(message === undefined ? {} : { message }),
    durationMs: end.durationMs,
  };
}
