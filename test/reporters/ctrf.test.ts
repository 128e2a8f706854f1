import { expect } from "chai";
import { CURRENT_SPEC_VERSION, validate, type CTRFReport } from "ctrf";
import { renderCtrf } from "../../src/reporters/index.ts";
import { gatherRun, type JournalLine } from "../../src/results/index.ts";
import { attempts, runEnd, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

function ctrfOf(lines: readonly JournalLine[]): CTRFReport {
  return renderCtrf(gatherRun([RUN_START, ...lines, runEnd()]), "/suite") as unknown as CTRFReport;
}

const EVERY_VERDICT: JournalLine[] = (
  ["passed", "deviation", "failed", "inconclusive", "error", "skipped"] as const
).flatMap((verdict) => [
  scenarioStart(verdict, { controls: ["REG-07"] }),
  scenarioEnd(verdict, { verdict, reason: "because", failure: { name: "E", message: "m", stack: "E: m\n at x" } }),
]);

describe("renderCtrf", () => {
  it("is valid against the CTRF schema whatever the verdicts", () => {
    const report = ctrfOf([...EVERY_VERDICT, scenarioStart("cut")]);
    expect(report.specVersion).to.equal(CURRENT_SPEC_VERSION);
    const result = validate(report);
    expect(result.errors).to.deep.equal([]);
    expect(result.valid).to.equal(true);
  });

  it("keeps our verdict as rawStatus beside CTRF's own", () => {
    const statuses = ctrfOf(EVERY_VERDICT).results.tests.map((test) => [test.rawStatus, test.status]);
    expect(statuses).to.deep.equal([
      ["passed", "passed"],
      ["deviation", "passed"],
      ["failed", "failed"],
      ["inconclusive", "other"],
      ["error", "failed"],
      ["skipped", "skipped"],
    ]);
  });

  it("carries rule ids in labels and tags", () => {
    const [test] = ctrfOf([scenarioStart("ok"), scenarioEnd("ok")]).results.tests;
    expect(test?.labels).to.include({ rules: "REG-03", level: "must" });
    expect(test?.tags).to.deep.equal(["REG-03"]);
  });

  it("counts retries, calls flaky what passed on one, and stays valid", () => {
    const report = ctrfOf([...attempts("shaky", ["failed", "passed"]), ...attempts("broken", ["error", "failed"])]);
    expect(validate(report).errors).to.deep.equal([]);
    expect(report.results.summary).to.include({ tests: 2, passed: 1, failed: 1 });
    const [shaky, broken] = report.results.tests;
    expect(shaky).to.include({ flaky: true, retries: 1 });
    expect(broken).to.include({ flaky: false, retries: 1 });
    expect(JSON.stringify(shaky?.extra)).to.contain('"earlierAttempts":[{"attempt":1,"verdict":"failed"');
  });

  it("gives a scenario the same testId in every run", () => {
    const idOf = (): unknown => ctrfOf([scenarioStart("ok"), scenarioEnd("ok")]).results.tests[0]?.testId;
    expect(idOf()).to.equal(idOf());
  });
});
