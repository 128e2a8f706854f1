import { expect } from "chai";
import { correctPolicies, defects, variants } from "../../../src/callmanager/index.ts";
import { levelOf, RULES } from "../../../src/rules/index.ts";

describe("catalogue of defects and variants", () => {
  const entries = [...defects, ...variants];

  it("gives each entry a name of its own, in kebab-case", () => {
    const names = entries.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it("replaces policies that exist", () => {
    for (const { name, policies } of entries) {
      expect(Object.keys(policies), name).to.not.be.empty;
      expect(Object.keys(correctPolicies), name).to.include.members(Object.keys(policies));
    }
  });

  it("binds each defect to a rule that has a verdict", () => {
    for (const { name, rule } of defects) expect(levelOf(rule, { embedded: true }), name).to.not.equal("info");
  });

  /** Broken by a lab, by TFTP or by a second node, not by a policy. */
  const ELSEWHERE = ["PRV-07", "DEV-01", "DEV-03", "DEV-04", "DEV-06"];
  /** One way alone to break it. */
  const ONCE = ["DEV-07"];

  it("breaks each must rule in two ways, and each should rule in one", () => {
    for (const { id, level } of RULES.values()) {
      if (level === "info" || ELSEWHERE.includes(id)) continue;
      const ways = defects.filter(({ rule }) => rule === id).length;
      expect(ways, id).to.be.at.least(level === "must" && !ONCE.includes(id) ? 2 : 1);
    }
  });
});
