import { expect } from "chai";
import { defects, variants } from "../../src/callmanager/index.ts";
import { choosePolicies } from "../../src/selftest/choose-policies.ts";
import type { PolicyFile } from "../../src/selftest/policy-file.ts";

const placeOffer = (): never => {
  throw new Error("never asked");
};
const FILE: PolicyFile = {
  defects: [{ name: "mine", rule: "CAL-07", title: "does it my way", policies: { placeOffer } }],
  variants: [],
};

describe("choosePolicies", () => {
  it("is the correct call manager when nothing is named", () => {
    expect(choosePolicies({})).to.deep.equal({ policies: {} });
  });

  it("finds names in the catalogue, and only in the file where there is one", () => {
    const [defect] = defects;
    const [variant] = variants;
    expect(choosePolicies({ defect: defect?.name }).policies).to.equal(defect?.policies);
    expect(choosePolicies({ variant: variant?.name }).policies).to.equal(variant?.policies);
    expect(choosePolicies({ defect: "mine", file: FILE })).to.deep.equal({
      policies: { placeOffer },
      description: "defect mine (CAL-07): does it my way",
    });
    expect(() => choosePolicies({ defect: defect?.name, file: FILE })).to.throw(/There are mine\./);
  });

  it("suggests the name that was meant", () => {
    expect(() => choosePolicies({ defect: "mien", file: FILE })).to.throw(/no defect "mien"\. Did you mean "mine"\?/);
    expect(() => choosePolicies({ variant: "x", file: FILE })).to.throw(/no variant "x"\. There are none here\./);
    expect(() => choosePolicies({ defect: "q" })).to.throw(
      /no defect "q"\. There are \d+; "offhook selftest" names each\.$/,
    );
  });

  it("does not list the whole catalogue beside a suggestion", () => {
    expect(() => choosePolicies({ defect: "busy-one-call-ltae" })).to.throw(/Did you mean "busy-one-call-late"\?$/);
  });

  it("takes the policies that a file has by default, and asks for a name where it has none", () => {
    expect(choosePolicies({ file: { ...FILE, policies: { placeOffer } } }).policies).to.deep.equal({ placeOffer });
    expect(() => choosePolicies({ file: FILE })).to.throw(/Say which: --defect or --variant, one of mine/);
  });

  it("is not both defective and a variant", () => {
    expect(() => choosePolicies({ defect: "a", variant: "b" })).to.throw(/not both/);
  });
});
