import { expect } from "chai";
import { attempt, labOf, verdict } from "./support/attempt.ts";

const LAB = labOf("devices: { d: { type: basic, digestUser: u, associatedUser: v, lines: [1] } }");

describe("judgeUser", () => {
  it("adds, and sets or clears digest credentials, without telling them", () => {
    const added = attempt(LAB, { kind: "add-user", id: "new" });
    expect(added.lab.users.get("new")).not.to.have.property("password");
    const set = attempt(added.lab, { kind: "set-credentials", id: "new", password: "s3cret" });
    expect(set.lab.users.get("new")?.password).to.equal("s3cret");
    expect(set.ruling.reason).not.to.include("s3cret");
    const cleared = attempt(set.lab, { kind: "set-credentials", id: "new", password: null });
    expect(cleared.lab.users.get("new")).not.to.have.property("password");
  });

  it("removes who is no Digest User, from Device Association too", () => {
    const { ruling, lab } = attempt(LAB, { kind: "remove-user", id: "v" });
    expect(ruling.outcome).to.equal("accepted");
    expect(lab.users.has("v")).to.equal(false);
    expect(lab.devices[0]).not.to.have.property("associatedUser");
    expect(verdict(LAB, { kind: "remove-user", id: "u" })).to.equal("refused -");
  });

  it("refuses an id that is taken, and one that is not there", () => {
    expect(verdict(LAB, { kind: "add-user", id: "u" })).to.equal("refused -");
    expect(verdict(LAB, { kind: "remove-user", id: "x" })).to.equal("refused -");
    expect(verdict(LAB, { kind: "set-credentials", id: "x", password: "p" })).to.equal("refused -");
  });
});
