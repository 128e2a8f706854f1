import { relative } from "node:path";
import { groupBy } from "../core/grouping.ts";
import { printable } from "../core/text.ts";
import type { RunRecord, ScenarioRecord } from "../results/index.ts";
import type { Verdict } from "../results/model.ts";
import { RULES, type Rule } from "../rules/index.ts";
import { failureLines } from "./failure-text.ts";
import { placeText } from "./place-text.ts";
import { rerunCommand } from "./rerun-command.ts";
import { beyondReach } from "./rule-verdicts.ts";
import type { Style } from "./style.ts";
import { earlierAttempts, firstSentence, isFlaky, latestAttempts, summarize, troubles } from "./summary.ts";
import { targetText } from "./target-text.ts";
import { VERDICT_SIGNS } from "./verdict-signs.ts";
import { wrapHanging } from "./wrap.ts";

export interface TextReportOptions {
  readonly style: Style;
  readonly strict: boolean;
  /** Places and paths are shown relative to it. */
  readonly cwd: string;
  /** Where the reports lie, for the last line. */
  readonly folder: string;
  /** Width of the terminal. Default 100. */
  readonly columns?: number;
}

const INDENT = "     ";
/** Characters before the text of a line of the summary. */
const LABEL = 12;
/** Lines longer than this are hard to read, however wide the terminal is. */
const MOST_COLUMNS = 120;

export function verdictSign(verdict: Verdict, style: Style): string {
  const sign = VERDICT_SIGNS[verdict];
  if (verdict === "passed") return style.green(sign);
  if (verdict === "failed" || verdict === "error") return style.red(sign);
  return verdict === "skipped" ? style.dim(sign) : style.yellow(sign);
}

/** One trouble in a tester's words, under its number, and how to run it alone. */
function renderTrouble(scenario: ScenarioRecord, run: RunRecord, number: number, options: TextReportOptions): string {
  const { style, cwd } = options;
  const columns = Math.min(options.columns ?? 100, MOST_COLUMNS) - INDENT.length;
  const lines = failureLines(scenario, { style, cwd, columns, embedded: run.start.target.embedded });
  return [
    `  ${number}) ${style.bold(printable(scenario.start.title))}`,
    ...[...lines, "", `run it alone: ${rerunCommand(scenario, run.start, cwd)}`].map((line) =>
      `${INDENT}${line}`.trimEnd(),
    ),
  ].join("\n");
}

/** The troubles of a run, or nothing when there are none. */
export function renderTroubles(run: RunRecord, options: TextReportOptions): string {
  const list = troubles(run, options.strict).filter((scenario) => !isUnrun(scenario));
  if (list.length === 0) return "";
  return `\n${list.map((scenario, index) => renderTrouble(scenario, run, index + 1, options)).join("\n\n")}\n`;
}

/** Whether the runner did not even start it. */
function isUnrun({ verdict, end }: ScenarioRecord): boolean {
  return verdict === "skipped" || (verdict === "inconclusive" && end?.failure === undefined);
}

/** What was not run, by reason, so that forty times the same reason is one line. */
function renderUnrun(run: RunRecord): string[] {
  const counts = new Map<string, number>();
  for (const scenario of latestAttempts(run).filter(isUnrun)) {
    const { verdict } = scenario;
    const key = `${verdict.padEnd(9)} %d × ${scenario.end?.reason ?? "no reason given"}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `  ${text.replace("%d", String(count))}`);
}

/** Each `should` rule that the target does not keep, in one sentence, where that does not fail the run. */
function renderDeviations(run: RunRecord, cwd: string): string[] {
  const deviations = latestAttempts(run).filter((scenario) => scenario.verdict === "deviation");
  const lines = deviations.map((scenario) => {
    const { rule = "", place = scenario.start.place } = scenario.end?.failure ?? {};
    // What to check comes after the full stop, and is for failures.
    const [why = ""] = firstSentence(scenario).split(/\.\s/, 1);
    return `  deviation ${rule} ${scenario.start.title}: ${printable(why)} (${placeText(place, cwd)})`;
  });
  return lines.length === 0
    ? []
    : [...lines, `${" ".repeat(LABEL)}--strict explains deviations like failures, and fails the run by them`];
}

/** What passed on retry only, with what it had failed by. */
function renderFlaky(run: RunRecord): string[] {
  return latestAttempts(run)
    .filter(isFlaky)
    .map((scenario) => {
      const why = earlierAttempts(run, scenario).at(-1)?.end?.failure?.message.split("\n")[0] ?? "";
      return `  flaky     ${scenario.start.title}: ${scenario.verdict} on attempt ${scenario.start.attempt}, after: ${printable(why)}`;
    });
}

/** Longer than this the list of rules says less than a number. */
const MOST_RULES_NAMED = 30;

/** Why no check of the run was for the rule. */
function whyNotCovered(run: RunRecord, rule: Rule): string {
  const names = latestAttempts(run).some(({ start }) => start.rules.includes(rule.id));
  return beyondReach(rule) ?? (names ? "not come to" : "not run");
}

/** The must and should rules that no check was for, by reason, in one line. */
function renderNotCovered(run: RunRecord, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const byReason = groupBy(ids.length > MOST_RULES_NAMED ? [] : ids, (id) => {
    const rule = RULES.get(id);
    return rule ? whyNotCovered(run, rule) : "not run";
  });
  const parts = [...byReason].map(([reason, rules]) => `${rules.join(" ")} (${reason})`);
  return [`  remaining ${parts.join(", ") || `${ids.length} rules; "offhook list --rules" shows them`}`];
}

/** Counts, time, rules covered and where the reports lie; the last line holds verdict and exit code. */
export function renderSummary(run: RunRecord, options: TextReportOptions): string {
  const { style } = options;
  const summary = summarize(run);
  const counts = (Object.keys(summary.counts) as Verdict[])
    .filter((verdict) => summary.counts[verdict] > 0 || verdict === "passed" || verdict === "failed")
    .map((verdict) => `${summary.counts[verdict]} ${verdict}`)
    .concat(summary.flaky > 0 ? [`${summary.flaky} flaky`] : []);
  const judged = summary.rulesCovered.length + summary.rulesNotCovered.length;
  const noted = summary.rulesObserved.length + summary.rulesNotObserved.length;
  const seconds = (summary.durationMs / 1000).toFixed(2);
  const exitCode = run.end?.exitCode ?? 1;
  const word = exitCode === 0 ? style.green("passed") : style.red("did not pass");
  const lines = [
    ...renderUnrun(run),
    ...(options.strict ? [] : renderDeviations(run, options.cwd)),
    ...renderFlaky(run),
    `  target    ${targetText(run.start)}`,
    `  scenarios ${counts.join(", ")} of ${summary.total} in ${seconds} s`,
    `  rules     ${summary.rulesCovered.length} of ${judged} must and should rules covered, ${summary.rulesObserved.length} of ${noted} info rules observed`,
    `  seen      ${summary.checks} checks, ${summary.messages} messages`,
    ...renderNotCovered(run, summary.rulesNotCovered),
    ...(summary.unverifiedChecks > 0 ? [`  unverified ${summary.unverifiedChecks} checks had nothing to look at`] : []),
    ...(run.end?.interrupted === undefined ? [] : [`  ended     early: ${run.end.interrupted}`]),
  ].flatMap((line) => wrapHanging(line, Math.min(options.columns ?? 100, MOST_COLUMNS), LABEL));
  return [
    "",
    ...lines,
    `  report    ${relative(options.cwd, options.folder) || "."}`,
    `The run ${word}: ${counts.join(", ")} (exit code ${exitCode})`,
    "",
  ].join("\n");
}
