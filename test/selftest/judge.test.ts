import { expect } from "chai";
import { judgeSubject, summarizeSelftest } from "../../src/selftest/judge.ts";
import type { ScenarioOutcome } from "../../src/selftest/outcome.ts";
import type { Subject } from "../../src/selftest/subjects.ts";
import { CORRECT, DEFECT, scenarioOutcome, trialOf, VARIANT } from "../support/trial-outcomes.ts";

const OWN = scenarioOutcome("own", { own: true, verdict: "failed", brokenRules: ["CAP-04"] });
const OTHER = scenarioOutcome("other", { verdict: "failed", brokenRules: ["CAL-01"] });
const DEVIATION = scenarioOutcome("should", { verdict: "deviation", brokenRules: ["CAL-07"] });
const PASSED = scenarioOutcome("passed");

function verdict(subject: Subject, outcomes: readonly ScenarioOutcome[], faults: readonly string[] = []): string {
  return judgeSubject(subject, trialOf(outcomes, faults)).verdict;
}

describe("judgeSubject", () => {
  describe("of a defect", () => {
    it("is caught by a scenario that names its rule and failed by a check of it", () => {
      expect(verdict(DEFECT, [PASSED, OWN])).to.equal("caught");
    });

    it("is caught by a deviation where its rule is a should", () => {
      const own = { ...DEVIATION, own: true };
      expect(verdict({ ...DEFECT, rule: "CAL-07" }, [own])).to.equal("caught");
    });

    it("is caught only elsewhere by a scenario of another rule, or by another rule of its own scenario", () => {
      expect(verdict(DEFECT, [PASSED, OTHER])).to.equal("caught-elsewhere");
      expect(verdict(DEFECT, [{ ...OTHER, own: true }])).to.equal("caught-elsewhere");
      expect(verdict(DEFECT, [{ ...OWN, own: false }])).to.equal("caught-elsewhere");
    });

    it("survives scenarios that passed, and those that prove nothing", () => {
      expect(verdict(DEFECT, [PASSED])).to.equal("survived");
      for (const unproved of ["error", "inconclusive", "skipped"] as const) {
        expect(verdict(DEFECT, [{ ...OWN, verdict: unproved, brokenRules: [] }]), unproved).to.equal("survived");
      }
    });

    it("tells those of its own rule first", () => {
      const { red } = judgeSubject(DEFECT, trialOf([OTHER, OWN]));
      expect(red.map(({ title }) => title)).to.deep.equal(["own", "other"]);
    });
  });

  describe("of a variant", () => {
    it("is green though it deviates from a should, and tells so", () => {
      const report = judgeSubject(VARIANT, trialOf([PASSED, DEVIATION]));
      expect(report).to.deep.include({ verdict: "green", deviations: [DEVIATION], red: [] });
    });

    it("is a false alarm when a must turns red", () => {
      expect(verdict(VARIANT, [PASSED, OTHER])).to.equal("false-alarm");
    });
  });

  describe("of the correct call manager", () => {
    it("is green with what passed and what was skipped", () => {
      const report = judgeSubject(CORRECT, trialOf([PASSED, scenarioOutcome("skipped", { verdict: "skipped" })]));
      expect(report.verdict).to.equal("green");
      expect(report.counts).to.deep.equal({ passed: 1, skipped: 1 });
    });

    it("may not even deviate", () => {
      expect(verdict(CORRECT, [PASSED, DEVIATION])).to.equal("false-alarm");
    });

    it("is not proved by a scenario in error, one that is inconclusive, or a policy that threw", () => {
      expect(verdict(CORRECT, [scenarioOutcome("e", { verdict: "error" })])).to.equal("not-proved");
      expect(verdict(CORRECT, [scenarioOutcome("i", { verdict: "inconclusive" })])).to.equal("not-proved");
      expect(verdict(CORRECT, [PASSED], ["policy admitCall threw: oops"])).to.equal("not-proved");
    });
  });

  it("has scenarios in error among the troubles of any subject", () => {
    const error = scenarioOutcome("broken", { verdict: "error", message: "TypeError: oops" });
    const { troubles } = judgeSubject(DEFECT, trialOf([OWN, error], ["policy admitCall threw: oops"]));
    expect(troubles).to.deep.equal(["policy admitCall threw: oops", "error: broken: TypeError: oops"]);
  });

  it("claims nothing of policies that claim nothing", () => {
    const subject: Subject = { kind: "policies", name: "default-export", title: "of the file", policies: {} };
    expect(judgeSubject(subject, trialOf([PASSED, OTHER]))).to.deep.include({ verdict: "seen", red: [OTHER] });
  });
});

describe("summarizeSelftest", () => {
  it("counts what was caught by its own rule, and names the rest", () => {
    const defects = [[OWN], [OTHER], [PASSED], [OWN]].map((outcomes, index) =>
      judgeSubject({ ...DEFECT, name: `d${index}` }, trialOf(outcomes)),
    );
    const legal = [judgeSubject(CORRECT, trialOf([PASSED])), judgeSubject(VARIANT, trialOf([OTHER]))];
    expect(summarizeSelftest([...legal, ...defects])).to.deep.equal({
      ...{ defects: 4, caught: 2, caughtElsewhere: ["d1"], survived: ["d2"], variants: 1, notGreen: ["early"] },
      ...{ brokeOff: [], catchRate: 0.5 },
    });
  });

  it("neither counts a trial that broke off as caught nor as survived", () => {
    const brokeOff = "hung";
    const [caught, hung, elsewhere] = [[OWN], [PASSED], [OTHER]].map((outcomes, index) =>
      judgeSubject({ ...DEFECT, name: `d${index}` }, { ...trialOf(outcomes), brokeOff }),
    );
    expect([caught, hung, elsewhere].map((report) => report?.verdict)).to.deep.equal([
      "caught",
      "broke-off",
      "broke-off",
    ]);
    expect(caught?.troubles).to.deep.equal(["hung"]);
    expect(summarizeSelftest([caught!, hung!, elsewhere!])).to.deep.include({
      ...{ caught: 1, survived: [], caughtElsewhere: [], brokeOff: ["d1", "d2"] },
    });
    expect(judgeSubject(VARIANT, { ...trialOf([PASSED]), brokeOff }).verdict).to.equal("not-proved");
  });
});
