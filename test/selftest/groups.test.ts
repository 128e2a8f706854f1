import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import { groupSubjects, joined } from "../../src/selftest/groups.ts";
import type { Subject } from "../../src/selftest/subjects.ts";
import { CORRECT, DEFECT } from "../support/trial-outcomes.ts";

/** A variant that replaces these policies by themselves. */
function variant(name: string, ...replaced: readonly (keyof Policies)[]): Subject {
  const policies = Object.fromEntries(replaced.map((policy) => [policy, correctPolicies[policy]]));
  return { kind: "variant", name, title: `is ${name}`, policies };
}

describe("groupSubjects", () => {
  it("tries variants of different policies together, and all else by itself", () => {
    const subjects = [CORRECT, variant("a", "placeOffer"), variant("b", "routeCall"), DEFECT, { ...DEFECT }];
    expect(groupSubjects(subjects, false)).to.deep.equal([[0], [1, 2], [3], [4]]);
  });

  it("keeps apart what replaces the same policy", () => {
    const subjects = [variant("a", "placeOffer", "routeCall"), variant("b", "routeCall"), variant("c", "admitCall")];
    expect(groupSubjects(subjects, false)).to.deep.equal([[0, 2], [1]]);
  });

  it("makes as few groups as can be, though what many want stands last", () => {
    const free = (["admitCall", "admitCaller", "identifyDevice"] as const).map((policy) => variant(policy, policy));
    const contested = ["a", "b", "c"].map((name) => variant(name, "placeOffer"));
    const groups = groupSubjects([...free, ...contested], false);
    expect(groups).to.have.lengthOf(3);
    expect(groups.flat().sort()).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it("makes no group of more than five", () => {
    const policies = ["placeOffer", "routeCall", "admitCall", "admitCaller", "wordChallenge", "wordSession"] as const;
    const subjects = policies.map((policy) => variant(policy, policy));
    const sizes = groupSubjects(subjects, false).map((group) => group.length);
    expect(sizes.sort()).to.deep.equal([3, 3]);
  });

  it("makes none where each is to be tried alone", () => {
    expect(groupSubjects([variant("a", "placeOffer"), variant("b", "routeCall")], true)).to.deep.equal([[0], [1]]);
  });
});

describe("joined", () => {
  it("differs in all that its members differ in", () => {
    const subject = joined([variant("a", "placeOffer"), variant("b", "routeCall")]);
    expect(subject).to.deep.include({ kind: "variant", name: "a+b", title: "is a; is b" });
    expect(subject.policies).to.have.all.keys("placeOffer", "routeCall");
  });
});
