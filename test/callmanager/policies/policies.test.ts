import { expect } from "chai";
import { correctPolicies, reporting, type Policies } from "../../../src/callmanager/policies/policies.ts";
import type { Decision } from "../../../src/callmanager/policies/ruling.ts";

describe("reporting", () => {
  function tried(placeOffer: unknown): { decisions: Decision[]; thrown: unknown } {
    const decisions: Decision[] = [];
    const policies = reporting({ ...correctPolicies, placeOffer: placeOffer as Policies["placeOffer"] }, (decision) =>
      decisions.push(decision),
    );
    let thrown: unknown;
    try {
      policies.placeOffer({} as never);
    } catch (error) {
      thrown = error;
    }
    return { decisions, thrown };
  }

  it("tells a ruling with the name of its policy", () => {
    const { decisions, thrown } = tried(() => ({ outcome: "early", rules: ["CAL-07"], reason: "so" }));
    expect(thrown).to.equal(undefined);
    expect(decisions).to.deep.equal([{ policy: "placeOffer", outcome: "early", rules: ["CAL-07"], reason: "so" }]);
  });

  it("tells that a policy threw, and lets the error through", () => {
    const error = new TypeError("oops");
    const { decisions, thrown } = tried(() => {
      throw error;
    });
    expect(thrown).to.equal(error);
    expect(decisions).to.deep.equal([{ policy: "placeOffer", outcome: "threw", rules: [], reason: "TypeError: oops" }]);
  });

  it("takes what is no ruling for an error of the policy", () => {
    const others = { undefined: undefined, null: null, empty: {}, text: "early", promise: Promise.resolve() };
    for (const [name, ruling] of Object.entries(others)) {
      const { decisions, thrown } = tried(() => ruling);
      expect(thrown, name).to.be.instanceOf(TypeError);
      expect(decisions, name).to.have.lengthOf(1);
      expect(decisions[0]?.outcome, name).to.equal("threw");
    }
  });

  it("says which policy decides later, and what a ruling lacks", () => {
    const problemOf = (policies: Partial<Record<keyof Policies, unknown>>, name: keyof Policies): string => {
      const told: Decision[] = [];
      const reported = reporting({ ...correctPolicies, ...(policies as Partial<Policies>) }, (one) => told.push(one));
      expect(() => reported[name]({} as never), name).to.throw(TypeError);
      return told.map(({ policy, reason }) => `${policy}: ${reason}`).join();
    };
    const ruling = { rules: [], reason: "so" };
    expect(problemOf({ admitCall: () => Promise.reject(new Error("later")) }, "admitCall")).to.equal(
      "admitCall: TypeError: it returned a promise; a policy decides at once",
    );
    expect(problemOf({ permittedMedia: () => ({ ...ruling, outcome: "all" }) }, "permittedMedia")).to.equal(
      'permittedMedia: TypeError: its ruling "all" needs permitted: list, and has undefined',
    );
    expect(problemOf({ routeCall: () => ({ ...ruling, outcome: "refused", status: "404" }) }, "routeCall")).to.equal(
      'routeCall: TypeError: its ruling "refused" needs status: number, and has string',
    );
  });

  it("leaves outcomes of a policy's own to it", () => {
    for (const outcome of ["audio only", "constructor"]) {
      const { decisions, thrown } = tried(() => ({ outcome, rules: [], reason: "so" }));
      expect([thrown, decisions[0]?.outcome]).to.deep.equal([undefined, outcome]);
    }
  });
});
