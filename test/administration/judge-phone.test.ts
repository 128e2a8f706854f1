import { expect } from "chai";
import type { NewPhone, PhoneUpdate, ProvisioningChange } from "../../src/administration/index.ts";
import type { Lab } from "../../src/inventory/index.ts";
import { attempt, labOf, verdict } from "./support/attempt.ts";

function add(name: string, more: Partial<NewPhone> = {}): ProvisioningChange {
  return { kind: "add-phone", phone: { name, type: "basic", lines: [], ...more } };
}

function update(settings: PhoneUpdate): ProvisioningChange {
  return { kind: "update-phone", phone: "d", settings };
}

function pool(units: number): Lab {
  return labOf(`licenceUnits: ${units}`);
}

const LAB = labOf("devices: { d: { type: basic, digestUser: u, lines: [1] } }");

describe("judgePhone", () => {
  it("takes phones while their licence units last (PRV-03)", () => {
    const one = attempt(pool(8), add("a"));
    const two = attempt(one.lab, add("b"));
    expect([one, two].map(({ ruling }) => ruling.outcome)).to.deep.equal(["accepted", "accepted"]);
    const third = attempt(two.lab, add("c"));
    expect(third.ruling).to.deep.equal({
      outcome: "refused",
      rules: ["PRV-03"],
      reason: "the devices need 9 licence units, the pool has 8",
    });
    expect(verdict(one.lab, add("c", { type: "advanced" })), "9 units").to.equal("refused PRV-03");
  });

  it("takes one more when the pool is raised, or another is removed", () => {
    const full = attempt(pool(3), add("a")).lab;
    expect(verdict(full, add("b"))).to.equal("refused PRV-03");
    expect(verdict(attempt(full, { kind: "set-licence-units", units: 6 }).lab, add("b"))).to.equal("accepted");
    expect(verdict(attempt(full, { kind: "set-licence-units", units: null }).lab, add("b"))).to.equal("accepted");
    expect(verdict(attempt(full, { kind: "remove-phone", phone: "a" }).lab, add("b"))).to.equal("accepted");
  });

  it("counts nothing for Cisco's own phones", () => {
    expect(verdict(pool(0), add("c", { type: "cisco-7961" }))).to.equal("accepted");
  });

  it("gives a new phone the defaults of its type (CAP-01, CAP-02, DTM-05)", () => {
    const made = (type: "basic" | "advanced") =>
      attempt(LAB, add("n", { type, lines: [{ directoryNumber: "9" }] })).lab.devices[1];
    expect(made("basic")).to.include({ maxCalls: 2, requireDtmfReception: false, rfc2833Disabled: false });
    expect(made("advanced")).to.include({ maxCalls: 16 });
    for (const type of ["basic", "advanced"] as const) {
      expect(made(type)?.lines[0]).to.include({ maxCalls: 2, busyTrigger: 2 });
    }
  });

  it("holds the lines of a new phone to their rules", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ directoryNumber: String(index) }));
    expect(verdict(LAB, add("n", { lines: lines(2) }))).to.equal("refused PRV-01");
    expect(verdict(LAB, add("n", { type: "advanced", lines: lines(8) }))).to.equal("accepted");
    expect(verdict(LAB, add("n", { type: "advanced", lines: lines(9) }))).to.equal("refused PRV-02");
    expect(verdict(LAB, add("n", { lines: [{ directoryNumber: "9", maxCalls: 3 }] }))).to.equal("refused CAP-13");
  });

  it("takes a digest user who stands on another phone: the registrar refuses them both (REG-10)", () => {
    const { ruling, lab } = attempt(LAB, add("n", { digestUser: "u" }));
    expect(ruling.outcome).to.equal("accepted");
    expect(lab.devices[1]).to.include({ digestUser: "u" });
  });

  it("changes users, profiles and check boxes, and keeps the rest", () => {
    const { lab } = attempt(LAB, update({ digestUser: "v", associatedUser: null, requireDtmfReception: true }));
    expect(lab.devices[0]).to.include({ digestUser: "v", requireDtmfReception: true, rfc2833Disabled: false });
    expect(lab.devices[0]).not.to.have.property("associatedUser");
    expect(lab.devices[0]?.lines).to.equal(LAB.devices[0]?.lines);
  });

  const refused: [what: string, change: ProvisioningChange][] = [
    ["a name that is taken", add("d")],
    ["an unknown digest user", update({ digestUser: "nobody" })],
    ["an unknown associated user", update({ associatedUser: "nobody" })],
    ["an unknown security profile", update({ securityProfile: "none" })],
    ["an unknown SIP profile", update({ sipProfile: "none" })],
    ["a phone that is not there", { kind: "update-phone", phone: "x", settings: {} }],
    ["the removal of a phone that is not there", { kind: "remove-phone", phone: "x" }],
    ["a pool of less than nothing", { kind: "set-licence-units", units: -1 }],
  ];
  for (const [what, change] of refused) {
    it(`refuses ${what}`, () => {
      expect(verdict(LAB, change)).to.equal("refused -");
    });
  }
});
