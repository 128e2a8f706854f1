import { expect } from "chai";
import type Mocha from "mocha";
import { DotsReporter, ListReporter, PLAIN } from "../../src/reporters/index.ts";
import type { ScenarioEndLine } from "../../src/results/model.ts";
import { reportThroughMocha, type ScenarioTest } from "../../src/scenarios/index.ts";
import type { ScenarioSpec } from "../../src/scenarios/scenario.ts";
import { fakeSpec } from "../support/fake-bed.ts";

type Result = Pick<ScenarioEndLine, "verdict"> & Partial<ScenarioEndLine>;

function lineOf(spec: ScenarioSpec, result: Result): ScenarioEndLine {
  return { type: "scenario-end", scenario: spec.id, at: 0, attempt: 1, durationMs: 12, flaky: false, ...result };
}

/** Reports scenarios with these results; the last one is there first, as side by side it may be. */
async function report(results: Readonly<Record<string, Result>>, reporter: unknown, strict = false): Promise<string> {
  const specs = Object.keys(results).map((title, index) => {
    const place = { file: index < 3 ? "/s/a.scenario.ts" : "/s/b.scenario.ts", line: index };
    return { ...fakeSpec(title, () => Promise.resolve()), place };
  });
  const settled = new Map<ScenarioSpec, Promise<ScenarioEndLine>>();
  let before: Promise<unknown> = Promise.resolve();
  for (const spec of [...specs].reverse()) {
    const result = results[spec.title] ?? { verdict: "error" };
    const own = before.then(() => lineOf(spec, result));
    settled.set(spec, own);
    before = own;
  }
  let text = "";
  await reportThroughMocha(specs, settled, {
    reporter: reporter as Mocha.ReporterConstructor,
    reporterOptions: { style: PLAIN, write: (part: string) => (text += part) },
    strict,
    color: false,
    suiteTitle: (file) => file.replace("/s/", ""),
  });
  return text;
}

const RESULTS: Record<string, Result> = {
  one: { verdict: "passed" },
  two: { verdict: "failed", failure: { name: "AssertionError", message: "no", expected: "200", received: "403" } },
  three: { verdict: "skipped", reason: "no phone" },
  four: { verdict: "deviation" },
  five: { verdict: "error" },
  six: { verdict: "inconclusive", reason: "no answer" },
};

describe("reportThroughMocha", () => {
  it("shows the scenarios in the order of their files, whichever ended first", async () => {
    expect((await report(RESULTS, ListReporter)).split("\n")).to.deep.equal([
      "",
      "a.scenario.ts",
      "  ✓ one REG-03 12 ms",
      "  ✗ two REG-03 12 ms",
      "  - three REG-03 skipped: no phone",
      "",
      "b.scenario.ts",
      "  ≈ four REG-03 12 ms",
      "  ! five REG-03 12 ms",
      "  ? six REG-03 12 ms",
      "",
    ]);
  });

  it("shows one character for each where lines would be too much", async () => {
    expect(await report(RESULTS, DotsReporter)).to.equal("·F-≈E?\n");
  });

  it("shows reporters that know nothing of scenarios plain tests, with their time", async () => {
    const seen: string[] = [];
    function Stranger(runner: Mocha.Runner): void {
      runner.on("pass", (test) => seen.push(`pass ${test.title} ${test.duration ?? ""}`));
      runner.on("pending", (test) => seen.push(`pending ${test.title}`));
      runner.on("fail", (test, error: Error) => seen.push(`fail ${test.title}: ${error.message}`));
    }
    await report(RESULTS, Stranger);
    expect(seen).to.deep.equal([
      "pass one 12",
      "fail two: failed: no",
      "pending three",
      "pass four 12",
      "fail five: error: no reason given",
      "fail six: inconclusive: no answer",
    ]);
  });

  it("fails a deviation when strict, and hands on what was expected and received", async () => {
    const failures: { title: string; expected: unknown; actual: unknown; scenario: string | undefined }[] = [];
    function Stranger(runner: Mocha.Runner): void {
      runner.on("fail", (test: ScenarioTest, error: { expected?: unknown; actual?: unknown }) => {
        const { expected, actual } = error;
        failures.push({ title: test.title, expected, actual, scenario: test.scenario?.id });
      });
    }
    const { two, four } = RESULTS;
    if (two && four) await report({ two, four }, Stranger, true);
    expect(failures).to.deep.equal([
      { title: "two", expected: "200", actual: "403", scenario: "two" },
      { title: "four", expected: undefined, actual: undefined, scenario: "four" },
    ]);
  });
});
