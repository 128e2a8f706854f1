import { expect } from "chai";
import { PLAIN } from "../../src/reporters/index.ts";
import { judgeSubject } from "../../src/selftest/judge.ts";
import { renderSelftest, selftestExitCode, selftestJson } from "../../src/selftest/render-selftest.ts";
import { CORRECT, DEFECT, scenarioOutcome, trialOf, VARIANT } from "../support/trial-outcomes.ts";

const OWN = scenarioOutcome("the third call is busy", { own: true, verdict: "failed", brokenRules: ["CAP-04"] });
const OTHER = scenarioOutcome("a call rings", { verdict: "failed", brokenRules: ["CAL-01"] });
const GREEN = judgeSubject(CORRECT, trialOf([scenarioOutcome("a"), scenarioOutcome("b")]));
const CAUGHT = judgeSubject(DEFECT, trialOf([OWN, scenarioOutcome("a", { own: true })]));
const SURVIVOR = judgeSubject({ ...DEFECT, name: "sly" }, trialOf([scenarioOutcome("a")]));
const ALARM = judgeSubject(VARIANT, trialOf([OTHER]));

const BROKEN = judgeSubject(
  { ...DEFECT, name: "stuck" },
  { ...trialOf([scenarioOutcome("a")]), brokeOff: "hung: so it is" },
);

const FACTS = { durationMs: 61_250, cpuMs: 98_000, exitCode: 1 };

function rendered(...reports: Parameters<typeof renderSelftest>[0]): string {
  return renderSelftest(reports, { ...FACTS, style: PLAIN, cwd: "/suite" });
}

describe("renderSelftest", () => {
  it("tells what caught a defect, with rule and place", () => {
    const text = rendered(GREEN, CAUGHT);
    expect(text).to.contain("late  CAP-04  caught by 1 of 2\n      is late\n");
    expect(text).to.contain("✗ CAP-04 the third call is busy a.scenario.ts:7");
  });

  it("tells survivors, what only others caught, and false alarms by name at the end", () => {
    const elsewhere = judgeSubject({ ...DEFECT, name: "odd" }, trialOf([OTHER]));
    const end = rendered(GREEN, ALARM, CAUGHT, SURVIVOR, elsewhere).split("\n").slice(-8).join("\n");
    expect(end).to.contain("1 of 3 defects caught by a scenario of their own rule (33.3 %)");
    expect(end)
      .to.match(/only by others +odd\n/)
      .and.match(/survivors +sly\n/)
      .and.match(/not green +early\n/);
    expect(end).to.contain("took              61.3 s, 98.0 s of CPU time");
    expect(end).to.match(/The self-test did not pass: 1 of 3 caught, 1 survived, 1 false alarms \(exit code 1\)\n$/);
  });

  it("tells what broke off, and why", () => {
    const text = rendered(GREEN, BROKEN);
    expect(text).to.contain("stuck  CAP-04  BROKE OFF after 1\n").and.contain("! hung: so it is");
    expect(text).to.match(/broke off +stuck\n/);
  });

  it("has no section without subjects", () => {
    expect(rendered(GREEN)).to.not.contain("Variants").and.not.contain("Defects:");
  });

  it("does not round up to all", () => {
    const many = Array.from({ length: 2_000 }, () => CAUGHT);
    expect(rendered(...many, SURVIVOR)).to.contain("(99.9 %)");
  });
});

describe("selftestJson", () => {
  it("has each subject with what turned red and whether that was by its own rule", () => {
    const json = JSON.parse(JSON.stringify(selftestJson([GREEN, CAUGHT], FACTS))) as Record<string, unknown>;
    expect(json).to.deep.include({ schema: 1, exitCode: 1, durationMs: 61_250 });
    expect(json["subjects"]).to.have.lengthOf(2);
    expect((json["subjects"] as object[])[1]).to.deep.include({
      ...{ kind: "defect", name: "late", rule: "CAP-04", verdict: "caught" },
      red: [{ ...OWN, byOwnRule: true }],
    });
  });
});

describe("selftestExitCode", () => {
  it("is 1 for a survivor, a trial that broke off or a false alarm, else 0", () => {
    expect(selftestExitCode([GREEN, CAUGHT])).to.equal(0);
    expect(selftestExitCode([GREEN, CAUGHT, SURVIVOR])).to.equal(1);
    expect(selftestExitCode([GREEN, ALARM])).to.equal(1);
    expect(selftestExitCode([GREEN, CAUGHT, BROKEN])).to.equal(1);
  });
});
