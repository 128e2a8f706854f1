import Mocha from "mocha";
import type { ScenarioEndLine, Verdict } from "../results/model.ts";
import type { Style } from "./style.ts";
import { verdictSign } from "./text-report.ts";

/** What the mocha tests of the façade carry; see scenarios/mocha-facade.ts. */
interface ReportedTest extends Mocha.Test {
  readonly scenario?: { readonly definition: { readonly rules: readonly string[] } };
  readonly result?: ScenarioEndLine;
}

export interface ConsoleOptions {
  readonly style: Style;
  readonly write: (text: string) => void;
}

const { EVENT_SUITE_BEGIN, EVENT_TEST_END, EVENT_RUN_END } = Mocha.Runner.constants;

const DOTS: Record<Verdict, string> = {
  passed: "·",
  deviation: "≈",
  failed: "F",
  inconclusive: "?",
  error: "E",
  skipped: "-",
  incomplete: "…",
};

/** Playwright's sign for what passed on retry only. */
const FLAKY_DOT = "±";

function optionsOf(options: Mocha.MochaOptions): ConsoleOptions {
  return options.reporterOptions as ConsoleOptions;
}

/** One line for each scenario, under the name of its file. */
export function ListReporter(runner: Mocha.Runner, options: Mocha.MochaOptions): void {
  const { style, write } = optionsOf(options);
  runner.on(EVENT_SUITE_BEGIN, (suite) => {
    if (!suite.root) write(`\n${style.bold(suite.title)}\n`);
  });
  runner.on(EVENT_TEST_END, (test: ReportedTest) => {
    const { result } = test;
    if (!result) return;
    const rules = style.dim(test.scenario?.definition.rules.join(" ") ?? "");
    const tail =
      result.verdict === "skipped" ? `skipped: ${result.reason ?? ""}` : `${Math.round(result.durationMs)} ms`;
    const flaky = result.flaky ? style.yellow(` flaky: passed on attempt ${result.attempt}`) : "";
    write(`  ${verdictSign(result.verdict, style)} ${test.title} ${rules} ${style.dim(tail)}${flaky}\n`);
  });
}

/** One character for each scenario: for logs of nightly jobs. */
export function DotsReporter(runner: Mocha.Runner, options: Mocha.MochaOptions): void {
  const { write } = optionsOf(options);
  runner.on(EVENT_TEST_END, (test: ReportedTest) => {
    write(test.result?.flaky === true ? FLAKY_DOT : DOTS[test.result?.verdict ?? "incomplete"]);
  });
  runner.on(EVENT_RUN_END, () => {
    write("\n");
  });
}

/** Nothing while it runs; the summary comes all the same. */
export function QuietReporter(): void {
  return;
}
