import type { JournalLine, MessageLine, ScenarioEndLine, ScenarioStartLine } from "../../src/results/index.ts";

/** Lines of a small run, to be varied by tests of what reads journals. */
export const RUN_START: JournalLine = {
  type: "run-start",
  schema: 1,
  run: "2026-10-05T09-00-00-1f3a",
  at: 1_790_000_000_000,
  version: "0.1.0",
  target: { address: "127.0.0.1:5060", embedded: true, profile: "cucm" },
  lab: "built-in",
  seed: "seed",
  unmasked: false,
  options: {},
  scenarios: 1,
};

export function scenarioStart(title: string, wishes: Partial<ScenarioStartLine> = {}): ScenarioStartLine {
  return {
    type: "scenario-start",
    scenario: `a.scenario.ts › ${title}`,
    at: 1_790_000_000_100,
    title,
    place: { file: "/suite/a.scenario.ts", line: 7 },
    rules: ["REG-03"],
    controls: [],
    attempt: 1,
    phones: { alice: { device: "SEP001", type: "basic", lines: ["1002"] } },
    ...wishes,
  };
}

export function scenarioEnd(title: string, wishes: Partial<ScenarioEndLine> = {}): ScenarioEndLine {
  return {
    type: "scenario-end",
    scenario: `a.scenario.ts › ${title}`,
    at: 1_790_000_000_200,
    attempt: 1,
    verdict: "passed",
    durationMs: 100,
    flaky: false,
    ...wishes,
  };
}

export function messageLine(title: string, octets: string, wishes: Partial<MessageLine> = {}): MessageLine {
  return {
    type: "message",
    scenario: `a.scenario.ts › ${title}`,
    index: 1,
    at: 1_790_000_000_150,
    endpoint: "alice",
    direction: "sent",
    protocol: "udp",
    local: "127.0.0.1:5062",
    remote: "127.0.0.1:5060",
    octets,
    notes: [],
    ...wishes,
  };
}

export function runEnd(exitCode = 0): JournalLine {
  return { type: "run-end", at: 1_790_000_001_000, durationMs: 1_000, exitCode };
}

export function check(
  title: string,
  rules: readonly string[],
  outcome: "passed" | "failed" | "unverified" = "passed",
): JournalLine {
  return {
    type: "check",
    scenario: `a.scenario.ts › ${title}`,
    at: 1_790_000_000_160,
    rules,
    outcome,
    claim: "a claim",
  };
}

/** Attempts at one scenario that came to these verdicts, one after the other. */
export function attempts(title: string, verdicts: readonly ScenarioEndLine["verdict"][]): JournalLine[] {
  return verdicts.flatMap((verdict, index) => {
    const attempt = index + 1;
    const passed = verdict === "passed";
    const outcome = passed ? { flaky: attempt > 1 } : { failure: { name: "E", message: `attempt ${attempt}` } };
    return [scenarioStart(title, { attempt }), scenarioEnd(title, { attempt, verdict, ...outcome })];
  });
}
