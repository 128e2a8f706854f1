import { relative } from "node:path";
import { placeText, verdictSign, type Style } from "../reporters/index.ts";
import type { RuleId } from "../rules/index.ts";
import { catches, summarizeSelftest, type SelftestSummary, type SubjectReport } from "./judge.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import type { Subject } from "./subjects.ts";

export interface SelftestTextOptions {
  readonly style: Style;
  /** Places are shown relative to it. */
  readonly cwd: string;
  readonly durationMs: number;
  /** Of the processes that tried the subjects. */
  readonly cpuMs: number;
  readonly exitCode: number;
}

function outcomeLine(outcome: ScenarioOutcome, { style, cwd }: SelftestTextOptions): string {
  const rules = outcome.brokenRules.join(" ");
  return `      ${verdictSign(outcome.verdict, style)} ${rules} ${outcome.title} ${style.dim(placeText(outcome.place, cwd))}`;
}

function countsText(counts: SubjectReport["counts"]): string {
  return Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(", ");
}

/** What came of it, in a few words. */
function verdictText({ verdict, red, counts }: SubjectReport, rule: RuleId | undefined, style: Style): string {
  const tried = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const own = red.filter((outcome) => catches(outcome, rule)).length;
  switch (verdict) {
    case "caught":
      return style.green(`caught by ${own} of ${tried}`);
    case "caught-elsewhere":
      return style.yellow(`caught only by scenarios of other rules, ${red.length} of ${tried}`);
    case "survived":
      return style.red(`SURVIVES all ${tried}`);
    case "broke-off":
      return style.red(`BROKE OFF after ${tried}`);
    case "green":
      return style.green(countsText(counts));
    case "false-alarm":
      return style.red(`FALSE ALARM: ${countsText(counts)}`);
    case "not-proved":
      return style.red(`not proved: ${countsText(counts)}`);
    case "seen":
      return countsText(counts);
  }
}

function renderSubject(report: SubjectReport, options: SelftestTextOptions): string[] {
  const { style, cwd } = options;
  const { name, title, rule } = report.subject;
  const head = [style.bold(name), ...(rule === undefined ? [] : [rule]), verdictText(report, rule, style)];
  return [
    `  ${head.join("  ")}`,
    `      ${style.dim(title)}`,
    ...(report.triedWith === undefined ? [] : [`      ${style.dim(`together with ${report.triedWith.join(", ")}`)}`]),
    ...report.red.map((outcome) => outcomeLine(outcome, options)),
    ...report.deviations.map((outcome) => outcomeLine(outcome, options)),
    ...report.troubles.map((trouble) => `      ${style.yellow("!")} ${trouble}`),
    ...(report.folder === undefined ? [] : [`      ${style.dim(`journal in ${relative(cwd, report.folder)}`)}`]),
  ];
}

const SECTIONS: Readonly<Record<Subject["kind"], string>> = {
  correct: "Correct call manager: everything has to be green",
  variant: "Variants, different and legal: no must may turn red",
  policies: "Policies that claim nothing: what turned red",
  defect: "Defects: a scenario of the rule has to turn red",
};

function listed(label: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${label.padEnd(17)} ${names.join(", ")}`];
}

/** `98.9 %`, never rounded up to 100. */
function percent(rate: number): string {
  return `${Math.floor(rate * 1000) / 10} %`;
}

function renderEnd(summary: SelftestSummary, { style, durationMs, cpuMs, exitCode }: SelftestTextOptions): string[] {
  const { defects, caught, caughtElsewhere, survived, brokeOff, variants, notGreen, catchRate } = summary;
  const word = exitCode === 0 ? style.green("passed") : style.red("did not pass");
  return [
    `  catch rate        ${caught} of ${defects} defects caught by a scenario of their own rule${defects === 0 ? "" : ` (${percent(catchRate)})`}`,
    ...listed("only by others", caughtElsewhere),
    ...listed("survivors", survived),
    ...listed("broke off", brokeOff),
    `  false alarms      ${notGreen.length} on the correct call manager and ${variants} variants`,
    ...listed("not green", notGreen),
    `  took              ${(durationMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of CPU time`,
    `The self-test ${word}: ${caught} of ${defects} caught, ${survived.length} survived, ${notGreen.length} false alarms (exit code ${exitCode})`,
  ];
}

/** The self-test for people: each subject with what turned red, then the counts. */
export function renderSelftest(reports: readonly SubjectReport[], options: SelftestTextOptions): string {
  const sections = Object.entries(SECTIONS).flatMap(([kind, title]) => {
    const some = reports.filter(({ subject }) => subject.kind === kind);
    if (some.length === 0) return [];
    return [options.style.bold(title), ...some.flatMap((report) => renderSubject(report, options)), ""];
  });
  return [...sections, ...renderEnd(summarizeSelftest(reports), options), ""].join("\n");
}

/** The self-test for programs; places are absolute. */
export function selftestJson(
  reports: readonly SubjectReport[],
  { durationMs, cpuMs, exitCode }: Omit<SelftestTextOptions, "style" | "cwd">,
): object {
  const subjects = reports.map(({ subject: { kind, name, title, rule }, ...report }) => ({
    ...{ kind, name, title, ...(rule === undefined ? {} : { rule }) },
    ...report,
    red: report.red.map((outcome) => ({ ...outcome, byOwnRule: catches(outcome, rule) })),
  }));
  return { schema: 1, exitCode, durationMs, cpuMs, summary: summarizeSelftest(reports), subjects };
}

/** 1 when a defect survived, a trial broke off or a call manager that is legal was not green, else 0. */
export function selftestExitCode(reports: readonly SubjectReport[]): 0 | 1 {
  const { survived, brokeOff, notGreen } = summarizeSelftest(reports);
  return survived.length + brokeOff.length + notGreen.length > 0 ? 1 : 0;
}
