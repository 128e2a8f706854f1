import { relative } from "node:path";
import { groupBy } from "../core/grouping.ts";
import type { RunRecord, ScenarioRecord } from "../results/index.ts";
import { plainFailureText } from "./failure-text.ts";
import { earlierAttempts, isFlaky, latestAttempts } from "./summary.ts";

/** Everything that XML 1.0 does not allow, beside what has to be escaped. */

const ILLEGAL = /[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd]|\u001b\[\d+m/g;

function escapeXml(text: string): string {
  return text
    .replace(ILLEGAL, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

interface Setting {
  readonly run: RunRecord;
  readonly cwd: string;
  readonly embedded: boolean;
}

/** `failed` is a failure, `error` an error; what could not be judged is skipped with its reason. */
function outcomeElement(scenario: ScenarioRecord, { cwd, embedded }: Setting): string {
  const { end, verdict } = scenario;
  const message = end?.failure?.message ?? end?.reason ?? "the run ended before the scenario did";
  const type = end?.failure?.code ?? end?.failure?.name ?? verdict;
  if (verdict === "passed") return "";
  const body = plainFailureText(scenario, cwd, embedded);
  switch (verdict) {
    case "failed":
      return `<failure${attributes({ message, type })}>${escapeXml(body)}</failure>`;
    case "error":
    case "incomplete":
      return `<error${attributes({ message, type })}>${escapeXml(body)}</error>`;
    case "deviation":
      return `<system-out>${escapeXml(`deviation: ${body}`)}</system-out>`;
    case "inconclusive":
    case "skipped":
      return `<skipped${attributes({ message: verdict === "skipped" ? message : `inconclusive: ${message}` })}/>`;
  }
}

function properties(scenario: ScenarioRecord): string {
  const values = [
    ["verdict", scenario.verdict],
    ...(isFlaky(scenario) ? [["flaky", "true"]] : []),
    ...scenario.start.rules.map((rule) => ["rule", rule]),
    ...scenario.start.controls.map((rule) => ["control", rule]),
    ...Object.entries(scenario.start.phones).map(([role, phone]) => [
      `phone.${role}`,
      `${phone.device} (${phone.type})`,
    ]),
  ];
  const list = values.map(([name, value]) => `<property${attributes({ name: name ?? "", value: value ?? "" })}/>`);
  return `<properties>${list.join("")}</properties>`;
}

/**
 * Attempts before the last, as Surefire writes them: `flakyFailure` where the scenario passed in the end, `rerunFailure`
 * where it did not.
 */
function earlierElements(scenario: ScenarioRecord, { run, cwd, embedded }: Setting): string {
  return earlierAttempts(run, scenario)
    .map((attempt) => {
      const kind = `${isFlaky(scenario) ? "flaky" : "rerun"}${attempt.verdict === "error" ? "Error" : "Failure"}`;
      const { failure, reason } = attempt.end ?? {};
      const message = failure?.message ?? reason ?? "the attempt did not end";
      const type = failure?.code ?? failure?.name ?? attempt.verdict;
      const text = escapeXml(plainFailureText(attempt, cwd, embedded));
      return `<${kind}${attributes({ message, type })}><stackTrace>${text}</stackTrace></${kind}>`;
    })
    .join("");
}

function testcase(scenario: ScenarioRecord, file: string, setting: Setting): string {
  const time = seconds(scenario.end?.durationMs ?? 0);
  const head = attributes({ name: scenario.start.title, classname: file, file, line: scenario.start.place.line, time });
  return `    <testcase${head}>${properties(scenario)}${outcomeElement(scenario, setting)}${earlierElements(scenario, setting)}</testcase>`;
}

function totals(scenarios: readonly ScenarioRecord[]): Record<string, string | number> {
  const count = (...verdicts: string[]): number =>
    scenarios.filter((scenario) => verdicts.includes(scenario.verdict)).length;
  return {
    tests: scenarios.length,
    failures: count("failed"),
    errors: count("error", "incomplete"),
    skipped: count("skipped", "inconclusive"),
    time: seconds(scenarios.reduce((sum, scenario) => sum + (scenario.end?.durationMs ?? 0), 0)),
  };
}

function testsuite(file: string, scenarios: readonly ScenarioRecord[], run: RunRecord, cwd: string): string {
  const timestamp = new Date(run.start.at).toISOString();
  const head = attributes({ name: file, ...totals(scenarios), timestamp, hostname: run.start.target.address });
  const setting = { run, cwd, embedded: run.start.target.embedded };
  const cases = scenarios.map((scenario) => testcase(scenario, file, setting));
  return [`  <testsuite${head}>`, ...cases, "  </testsuite>"].join("\n");
}

/** The run as JUnit XML: one `<testsuite>` for each file, failure and error kept apart. @param cwd files are told relative to it. */
export function renderJunit(run: RunRecord, cwd: string): string {
  const scenarios = latestAttempts(run);
  const byFile = groupBy(scenarios, ({ start }) => relative(cwd, start.place.file));
  const suites = [...byFile].map(([file, list]) => testsuite(file, list, run, cwd));
  const head = attributes({ name: "offhook", id: run.start.run, ...totals(scenarios) });
  return [`<?xml version="1.0" encoding="UTF-8"?>`, `<testsuites${head}>`, ...suites, "</testsuites>", ""].join("\n");
}
