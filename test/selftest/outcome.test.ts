import { expect } from "chai";
import type { JournalLine } from "../../src/results/index.ts";
import { outcomeOf } from "../../src/selftest/outcome.ts";
import { check, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

const FAILURE = { name: "WaitTimeoutError", message: "alice waited in vain\nfor ever" };

function stepStart(title: string, rules: readonly string[], step = 0): JournalLine {
  return { type: "step-start", scenario: "a.scenario.ts › a", step, at: 0, title, rules };
}

describe("outcomeOf", () => {
  it("is not there before the scenario has ended", () => {
    expect(outcomeOf([scenarioStart("a"), check("a", ["REG-03"], "failed")], undefined)).to.equal(undefined);
  });

  it("names the rules of the checks that failed", () => {
    const lines = [
      scenarioStart("a"),
      check("a", ["REG-03"]),
      check("a", ["REG-06", "REG-07"], "failed"),
      check("a", ["REG-09"], "unverified"),
      scenarioEnd("a", { verdict: "failed" }),
    ];
    expect(outcomeOf(lines, undefined)?.brokenRules).to.deep.equal(["REG-06", "REG-07"]);
  });

  it("names every rule of the step in which a wait was in vain", () => {
    const lines = [
      scenarioStart("a"),
      stepStart("one", ["REG-03"]),
      stepStart("two", ["REG-15", "REG-16"], 1),
      scenarioEnd("a", { verdict: "failed", failure: { ...FAILURE, step: "two", rule: "REG-15" } }),
    ];
    const outcome = outcomeOf(lines, undefined);
    expect(outcome?.brokenRules).to.deep.equal(["REG-15", "REG-16"]);
    expect(outcome?.message).to.equal("alice waited in vain");
  });

  it("blames the first rule for what went wrong outside of steps", () => {
    const start = scenarioStart("a", { rules: ["REG-10", "REG-03"] });
    const lines = [start, scenarioEnd("a", { verdict: "failed", failure: FAILURE })];
    expect(outcomeOf(lines, undefined)?.brokenRules).to.deep.equal(["REG-10"]);
  });

  it("sees no rule broken by a scenario in error or inconclusive", () => {
    for (const verdict of ["error", "inconclusive", "skipped"] as const) {
      const lines = [
        scenarioStart("a"),
        check("a", ["REG-03"], "failed"),
        scenarioEnd("a", { verdict, failure: FAILURE }),
      ];
      expect(outcomeOf(lines, "REG-03")?.brokenRules, verdict).to.deep.equal([]);
    }
  });

  it("is of the defect's own rule when the scenario judges or controls it", () => {
    const lines = [scenarioStart("a", { rules: ["REG-03"], controls: ["REG-06"] }), scenarioEnd("a")];
    const own = (["REG-03", "REG-06", "REG-07", undefined] as const).map((rule) => outcomeOf(lines, rule)?.own);
    expect(own).to.deep.equal([true, true, false, false]);
  });
});
