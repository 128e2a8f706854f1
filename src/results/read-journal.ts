import { readFileSync } from "node:fs";
import { InventoryError } from "../core/errors.ts";
import {
  JOURNAL_SCHEMA,
  type CheckLine,
  type JournalLine,
  type MessageLine,
  type ObservationLine,
  type RunEndLine,
  type RunStartLine,
  type ScenarioEndLine,
  type ScenarioStartLine,
  type StepEndLine,
  type StepStartLine,
  type Verdict,
} from "./model.ts";

export interface StepRecord {
  readonly start: StepStartLine;
  readonly end?: StepEndLine;
  readonly checks: readonly CheckLine[];
}

/** One attempt at a scenario: what the journal holds of it, gathered. */
export interface ScenarioRecord {
  readonly start: ScenarioStartLine;
  readonly end?: ScenarioEndLine;
  /** `incomplete` when the journal ends before the scenario does. */
  readonly verdict: Verdict;
  readonly steps: readonly StepRecord[];
  /** All checks, inside and outside of steps, in order. */
  readonly checks: readonly CheckLine[];
  readonly messages: readonly MessageLine[];
  readonly observations: readonly ObservationLine[];
}

export interface RunRecord {
  readonly start: RunStartLine;
  readonly end?: RunEndLine;
  readonly scenarios: readonly ScenarioRecord[];
}

interface Gathering {
  start: ScenarioStartLine;
  end?: ScenarioEndLine;
  steps: { start: StepStartLine; end?: StepEndLine; checks: CheckLine[] }[];
  checks: CheckLine[];
  messages: MessageLine[];
  observations: ObservationLine[];
}

function addToScenario(scenario: Gathering, line: JournalLine): void {
  switch (line.type) {
    case "step-start":
      scenario.steps.push({ start: line, checks: [] });
      return;
    case "step-end": {
      const step = scenario.steps.find((candidate) => candidate.start.step === line.step);
      if (step) step.end = line;
      return;
    }
    case "check":
      scenario.checks.push(line);
      scenario.steps.find((step) => step.start.step === line.step)?.checks.push(line);
      return;
    case "message":
      scenario.messages.push(line);
      return;
    case "observation":
      scenario.observations.push(line);
      return;
    case "scenario-end":
      scenario.end = line;
      return;
    case "run-start":
    case "scenario-start":
    case "run-end":
  }
}

/**
 * The run that these lines tell. A scenario that did not end is `incomplete`.
 * @throws {InventoryError} ERR_JOURNAL when there is no run-start line, or one of another schema.
 */
export function gatherRun(lines: Iterable<JournalLine>, file = "journal"): RunRecord {
  let start: RunStartLine | undefined;
  let end: RunEndLine | undefined;
  const finished: Gathering[] = [];
  const latest = new Map<string, Gathering>();
  for (const line of lines) {
    if (line.type === "run-start") start = line;
    else if (line.type === "run-end") end = line;
    else if (line.type === "scenario-start") {
      const scenario: Gathering = { start: line, steps: [], checks: [], messages: [], observations: [] };
      finished.push(scenario);
      latest.set(line.scenario, scenario);
    } else {
      const scenario = latest.get(line.scenario);
      if (scenario) addToScenario(scenario, line);
    }
  }
  if (start?.schema !== JOURNAL_SCHEMA) {
    throw new InventoryError(`${file} is no journal of schema ${JOURNAL_SCHEMA}: it has no fitting run-start line.`, {
      code: "ERR_JOURNAL",
      details: { file },
    });
  }
  const scenarios = finished.map((scenario): ScenarioRecord => ({
    ...scenario,
    verdict: scenario.end?.verdict ?? "incomplete",
  }));
  return end ? { start, end, scenarios } : { start, scenarios };
}

/** Lines of the text; a last line that was cut off by a crash is left out. */
function parseJournal(text: string): JournalLine[] {
  const lines: JournalLine[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      lines.push(JSON.parse(line) as JournalLine);
    } catch {
      break;
    }
  }
  return lines;
}

/** Reads a results.ndjson. @throws {InventoryError} ERR_JOURNAL when it is none. */
export function readJournal(file: string): RunRecord {
  return gatherRun(parseJournal(readFileSync(file, "utf8")), file);
}
