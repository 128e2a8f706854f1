import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { loadPolicyFile, readPolicyFile } from "../../src/selftest/policy-file.ts";
import { rejection } from "../support/rejection.ts";

const admit = (): never => {
  throw new Error("never asked");
};
const DEFECT = { name: "late", rule: "CAP-04", title: "is late", policies: { admitCall: admit } };
const VARIANT = { name: "early", title: "is early", legalBecause: "RFC", policies: { placeOffer: admit } };

describe("policy file", () => {
  function refusal(exported: Record<string, unknown>): string {
    try {
      readPolicyFile(exported, "my.policies.ts");
    } catch (error) {
      expect(error).to.be.instanceOf(UsageError).with.property("code", "ERR_POLICIES_FILE");
      return (error as UsageError).message;
    }
    return "accepted";
  }

  it("brings defects, variants, and policies by default", () => {
    const policies = { identifyDevice: admit };
    const file = readPolicyFile({ defects: [DEFECT], variants: [VARIANT], default: policies }, "f");
    expect(file).to.deep.equal({ defects: [DEFECT], variants: [VARIANT], policies });
  });

  it("needs neither title nor reason", () => {
    const { name, rule, policies } = DEFECT;
    const file = readPolicyFile({ defects: [{ name, rule, policies }], variants: [{ name: "v", policies }] }, "f");
    expect(file.defects[0]?.title).to.equal("late");
    expect(file.variants[0]).to.deep.include({ title: "v", legalBecause: "its author says so" });
  });

  it("takes what a CommonJS module exports", () => {
    const module = { defects: [DEFECT] };
    expect(readPolicyFile({ default: module }, "f").defects).to.deep.equal([DEFECT]);
    expect(readPolicyFile({ default: module, ...module }, "f")).to.deep.equal({ defects: [DEFECT], variants: [] });
  });

  it("suggests the policy or the rule that was meant", () => {
    const policies = { identfyDevice: admit };
    expect(refusal({ defects: [{ ...DEFECT, policies }] })).to.contain(
      'my.policies.ts: defects[0] "late": there is no policy "identfyDevice". Did you mean "identifyDevice"?',
    );
    expect(refusal({ defects: [{ ...DEFECT, rule: "CAP-4" }] })).to.contain(
      'there is no rule "CAP-4". Did you mean "CAP-04"?',
    );
  });

  it("says what is missing, double or no function", () => {
    const { name, title, policies, rule } = DEFECT;
    expect(refusal({ defects: [{ name, title, policies }] })).to.contain('defects[0] "late": "rule" is missing');
    expect(refusal({ defects: [{ title, rule, policies }] })).to.contain('defects[0]: "name" is missing');
    expect(refusal({ defects: [{ name, rule, title }] })).to.contain('"policies" has to be an object of functions');
    expect(refusal({ defects: [{ ...DEFECT, policies: {} }] })).to.contain('"policies" replaces nothing');
    expect(refusal({ defects: [{ ...DEFECT, policies: { admitCall: 486 } }] })).to.contain(
      'policy "admitCall" is not a function',
    );
    expect(refusal({ defects: [DEFECT], variants: [{ ...VARIANT, name: "late" }] })).to.contain(
      'variants[0] "late": defects[0] has that name already',
    );
  });

  it("refuses a defect of a rule that is only observed", () => {
    expect(refusal({ defects: [{ ...DEFECT, rule: "REG-02" }] })).to.contain("rule REG-02 is only observed");
  });

  it("refuses what is no list, no entry, or nothing at all", () => {
    expect(refusal({ defects: DEFECT })).to.contain('"defects" has to be an array');
    expect(refusal({ variants: [null] })).to.contain("variants[0] has to be an object");
    expect(refusal({ defects: [], helper: 1 })).to.contain('exports neither "defects" nor "variants"');
    expect(refusal({ default: "policies" })).to.contain('default export: "policies" has to be an object');
  });

  it("tells all that is wrong in one go", () => {
    const text = refusal({ defects: [{ ...DEFECT, rule: "X" }, 1], variants: {} });
    expect(text.split("\n")).to.have.lengthOf(3);
  });

  describe("on disk", () => {
    let folder: string;

    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "offhook-policies-"))));
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it("imports offhook from wherever it lies", async () => {
      const file = join(folder, "mine.ts");
      writeFileSync(
        file,
        `import { correctPolicies, refuse, type Policies } from "offhook";
const identifyDevice: Policies["identifyDevice"] = (question) =>
  question.username === "x" ? refuse(403, ["REG-07"], "no x") : correctPolicies.identifyDevice(question);
export default { identifyDevice };\n`,
      );
      const { policies } = await loadPolicyFile(file, folder);
      expect(policies?.identifyDevice?.({ username: "x" } as never)).to.deep.include({ status: 403, reason: "no x" });
    });

    it("says where it does not load, and that it is not there", async () => {
      const file = join(folder, "broken.ts");
      writeFileSync(file, "export const defects = [\n");
      expect(await rejection(loadPolicyFile(file, folder))).to.include({ code: "ERR_SCRIPT" });
      expect(await rejection(loadPolicyFile(join(folder, "none.ts"), folder))).to.include({ code: "ERR_NO_SUCH_FILE" });
    });
  });
});
