import { createHash } from "node:crypto";
import { relative } from "node:path";
import { levelOf, isRuleId } from "../rules/index.ts";
import type { RunRecord, ScenarioRecord } from "../results/index.ts";
import type { Verdict } from "../results/model.ts";
import { plainFailureText } from "./failure-text.ts";
import { earlierAttempts, latestAttempts } from "./summary.ts";

type CtrfStatus = "passed" | "failed" | "skipped" | "pending" | "other";

const STATUS: Record<Verdict, CtrfStatus> = {
  passed: "passed",
  deviation: "passed",
  failed: "failed",
  error: "failed",
  incomplete: "other",
  inconclusive: "other",
  skipped: "skipped",
};

/** A UUID made from text, so that a scenario keeps its id over runs. */
function stableUuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function labels(scenario: ScenarioRecord, embedded: boolean): Record<string, string> {
  const { rules, controls } = scenario.start;
  const first = rules[0];
  return {
    rules: rules.join(","),
    ...(first !== undefined && isRuleId(first) ? { level: levelOf(first, { embedded }) } : {}),
    ...(controls.length > 0 ? { controls: controls.join(",") } : {}),
  };
}

function steps(scenario: ScenarioRecord): { name: string; status: CtrfStatus }[] {
  return scenario.steps.map(({ start, end }) => ({ name: start.title, status: end?.outcome ?? "other" }));
}

/** What came of an attempt before the last. Schema 0.0.0 counts retries only, so the rest stands in `extra`. */
function earlierAttempt({ start, end, verdict }: ScenarioRecord): Record<string, unknown> {
  const message = end?.failure?.message ?? end?.reason;
  return { attempt: start.attempt, verdict, durationMs: Math.round(end?.durationMs ?? 0), message };
}

function test(scenario: ScenarioRecord, run: RunRecord, cwd: string): Record<string, unknown> {
  const { start, end, verdict } = scenario;
  const file = relative(cwd, start.place.file);
  const message = end?.failure?.message ?? end?.reason;
  const earlier = earlierAttempts(run, scenario);
  const troubled = verdict !== "passed" && verdict !== "skipped";
  return {
    testId: stableUuid(start.scenario),
    name: start.title,
    status: STATUS[verdict],
    rawStatus: verdict,
    duration: Math.round(end?.durationMs ?? 0),
    start: Math.round(start.at),
    stop: Math.round(end?.at ?? start.at),
    suite: [file],
    filePath: file,
    line: start.place.line,
    tags: [...start.rules],
    labels: labels(scenario, run.start.target.embedded),
    flaky: end?.flaky ?? false,
    ...(earlier.length === 0 ? {} : { retries: earlier.length }),
    steps: steps(scenario),
    ...(message === undefined ? {} : { message }),
    ...(end?.failure?.stack === undefined ? {} : { trace: end.failure.stack }),
    ...(troubled ? { stdout: plainFailureText(scenario, cwd, run.start.target.embedded).split("\n") } : {}),
    extra: {
      offhook: {
        phones: start.phones,
        checks: scenario.checks.length,
        ...(earlier.length === 0 ? {} : { earlierAttempts: earlier.map(earlierAttempt) }),
      },
    },
  };
}

/** The run in the Common Test Report Format, version 0.0.0, the one its published schema knows. @param cwd files are told relative to it. */
export function renderCtrf(run: RunRecord, cwd: string): Record<string, unknown> {
  const scenarios = latestAttempts(run);
  const count = (status: CtrfStatus): number => scenarios.filter((one) => STATUS[one.verdict] === status).length;
  const { start } = run;
  return {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    reportId: stableUuid(start.run),
    timestamp: new Date(start.at).toISOString(),
    generatedBy: "offhook",
    results: {
      tool: { name: "offhook", version: start.version },
      summary: {
        tests: scenarios.length,
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("skipped"),
        pending: 0,
        other: count("other"),
        suites: new Set(scenarios.map((one) => one.start.place.file)).size,
        start: Math.round(start.at),
        stop: Math.round(run.end?.at ?? start.at),
      },
      tests: scenarios.map((scenario) => test(scenario, run, cwd)),
      environment: {
        appName: start.target.embedded ? "offhook reference call manager" : "call manager",
        testEnvironment: start.target.address,
        extra: { offhook: { profile: start.target.profile, seed: start.seed, unmasked: start.unmasked } },
      },
    },
  };
}
