import { readFileSync } from "node:fs";
import { expect } from "chai";
import { correctPolicies } from "../../src/callmanager/index.ts";

const DOC = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
const RULE_ID = /\b[A-Z]{3}-\d\d\b/g;

/** Name of a policy → rule ids of its row. */
function documented(): Map<string, string[]> {
  const rows = [...DOC.matchAll(/^\| `(\w+)` \|(?:[^|]*\|){4}([^|]*)\|$/gm)];
  return new Map(rows.map(([, name = "", rules = ""]) => [name, rules.match(RULE_ID) ?? []]));
}

/** Rule ids that stand in the code of a policy, comments aside. */
function rulesInCode(policy: string): string[] {
  const file = policy.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const code = readFileSync(new URL(`../../src/callmanager/policies/${file}.ts`, import.meta.url), "utf8");
  return [...new Set([...code.matchAll(/"([A-Z]{3}-\d\d)"/g)].map(([, id = ""]) => id))];
}

describe("docs/policies.md", () => {
  it("has a row for each policy, in their order", () => {
    expect([...documented().keys()]).to.deep.equal(Object.keys(correctPolicies));
  });

  for (const [policy, rules] of documented()) {
    it(`names the rules of ${policy}`, () => {
      expect(rules).to.have.members(rulesInCode(policy));
    });
  }
});
