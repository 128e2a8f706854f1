import { expect } from "chai";
import { defects, variants } from "../../src/callmanager/index.ts";
import type { PolicyFile } from "../../src/selftest/policy-file.ts";
import { subjectsOf, type SubjectSelection } from "../../src/selftest/subjects.ts";

const NOTHING: SubjectSelection = { defects: [], variants: [], rules: [] };
const policies = {};
const FILE: PolicyFile = {
  defects: [
    { name: "late", rule: "CAP-04", title: "is late", policies },
    { name: "deaf", rule: "REG-15", title: "is deaf", policies },
  ],
  variants: [{ name: "early", title: "is early", legalBecause: "RFC", policies }],
};

describe("subjectsOf", () => {
  function names(wishes: Partial<SubjectSelection>, file: PolicyFile | undefined = FILE): string[] {
    return subjectsOf({ ...NOTHING, ...wishes }, file).map(({ kind, name }) => `${kind} ${name}`);
  }

  it("is all of the catalogue, the correct call manager first", () => {
    const all = subjectsOf(NOTHING);
    expect(all).to.have.lengthOf(1 + variants.length + defects.length);
    expect(all[0]?.kind).to.equal("correct");
  });

  it("is all of a file in place of the catalogue, what it exports by default too", () => {
    expect(names({})).to.deep.equal(["correct correct", "variant early", "defect late", "defect deaf"]);
    expect(names({}, { ...FILE, policies })).to.include("policies default-export");
  });

  it("is what was named, or breaks a rule that was, with the correct call manager", () => {
    expect(names({ defects: ["deaf"] })).to.deep.equal(["correct correct", "defect deaf"]);
    expect(names({ variants: ["early"] })).to.deep.equal(["correct correct", "variant early"]);
    expect(names({ rules: ["CAP-04"] })).to.deep.equal(["correct correct", "defect late"]);
    expect(names({ defects: ["deaf"], rules: ["CAP-04"] })).to.have.lengthOf(3);
  });

  it("is nothing where no defect breaks the rule", () => {
    expect(names({ rules: ["CAL-01"] })).to.deep.equal([]);
  });

  it("refuses names of nothing", () => {
    expect(() => names({ defects: ["lat"] })).to.throw(/no defect "lat"\. Did you mean "late"\?/);
    expect(() => names({ rules: ["CAP-4"] })).to.throw(/no rule "CAP-4"\. Did you mean "CAP-04"\?/);
  });
});
