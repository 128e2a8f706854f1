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
  const judge = /^admit(User|Profile|Phone|Line)$/.exec(policy)?.[1]?.toLowerCase();
  if (judge !== undefined) return rulesOfFile(`administration/judge-${judge}.ts`);
  return rulesOfFile(`callmanager/policies/${file}.ts`);
}

/** Some rules of a provisioning policy come from the state that it looks at: they stand in other files. */
function rulesOfFile(file: string): string[] {
  const code = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");
  return [...new Set([...code.matchAll(/"([A-Z]{3}-\d\d)"/g)].map(([, id = ""]) => id))];
}

describe("docs/policies.md", () => {
  it("has a row for each policy, in their order", () => {
    expect([...documented().keys()]).to.deep.equal(Object.keys(correctPolicies));
  });

  for (const [policy, rules] of documented()) {
    it(`names the rules of ${policy}`, () => {
      if (/^admit(User|Profile|Phone|Line)$/.test(policy)) expect(rules).to.include.members(rulesInCode(policy));
      else expect(rules).to.have.members(rulesInCode(policy));
    });
  }
});
