import { expect } from "chai";
import { beyondReach, latestAttempts, ruleVerdicts } from "../../src/reporters/index.ts";
import { gatherRun, type JournalLine } from "../../src/results/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { attempts, check, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

function verdictsOf(...lines: JournalLine[]): Record<string, string> {
  return Object.fromEntries(ruleVerdicts(latestAttempts(gatherRun([RUN_START, ...lines]))));
}

describe("verdicts of rules", () => {
  it("are those of the scenarios that came to them, the gravest first", () => {
    expect(
      verdictsOf(
        scenarioStart("a", { rules: ["REG-03", "REG-01", "REG-04"] }),
        check("a", ["REG-03", "REG-01"]),
        scenarioEnd("a"),
        scenarioStart("b", { rules: ["REG-03"] }),
        check("b", ["REG-03"], "failed"),
        scenarioEnd("b", { verdict: "failed" }),
        scenarioStart("c", { rules: ["REG-22"] }),
        scenarioEnd("c", { verdict: "skipped" }),
      ),
    ).to.deep.equal({ "REG-01": "passed", "REG-03": "failed", "REG-22": "skipped" });
  });

  it("leave out of it the rules that a failed scenario had proved", () => {
    const failure = { name: "AssertionError", message: "no", rule: "REG-06" };
    expect(
      verdictsOf(
        scenarioStart("a", { rules: ["REG-03", "REG-06"] }),
        check("a", ["REG-03"]),
        check("a", ["REG-06"], "failed"),
        scenarioEnd("a", { verdict: "failed", failure }),
      ),
    ).to.deep.equal({ "REG-03": "passed", "REG-06": "failed" });
  });

  it("are those of the last attempt", () => {
    const lines = attempts("shaky", ["failed", "passed"]).flatMap((line) =>
      line.type === "scenario-end"
        ? [check("shaky", ["REG-03"], line.verdict === "passed" ? "passed" : "failed"), line]
        : [line],
    );
    expect(verdictsOf(...lines)).to.deep.equal({ "REG-03": "passed" });
  });
});

describe("what is beyond reach", () => {
  it("needs TFTP or two nodes", () => {
    const reasons = [...RULES.values()]
      .map((rule) => [rule.id, beyondReach(rule)])
      .filter(([, reason]) => reason !== undefined);
    expect(Object.fromEntries(reasons)).to.deep.equal({
      "DEV-01": "needs tftp",
      "DEV-03": "needs tftp",
      "DEV-04": "needs two-nodes",
      "DEV-06": "needs tftp",
    });
  });
});
