import { expect } from "chai";
import type { LineUpdate, ProvisioningChange } from "../../src/administration/index.ts";
import { callDeficit, type Lab } from "../../src/inventory/index.ts";
import { attempt, labOf, phoneWith, verdict } from "./support/attempt.ts";

function update(number: number, settings: LineUpdate): ProvisioningChange {
  return { kind: "update-line", phone: "d", line: { directoryNumber: String(number) }, settings };
}

function associate(number: number, values: { maxCalls?: number; busyTrigger?: number } = {}): ProvisioningChange {
  return { kind: "associate-line", phone: "d", line: { directoryNumber: String(number), ...values } };
}

function disassociate(number: number): ProvisioningChange {
  return { kind: "disassociate-line", phone: "d", line: { directoryNumber: String(number) } };
}

/** Every way to change a line that does not take it off. */
const CHANGES: readonly (readonly [what: string, settings: LineUpdate])[] = [
  ["its maximum", { maxCalls: 2 }],
  ["its busy trigger", { busyTrigger: 1 }],
  ["its number", { directoryNumber: "99" }],
  ["its partition", { partition: "" }],
  ["a forward", { forwards: { all: "5" } }],
];

function deficitOf(lab: Lab): number {
  return callDeficit(lab.devices[0]!);
}

describe("judgeLine", () => {
  it("gives a Basic one line and an Advanced eight (PRV-01, PRV-02)", () => {
    expect(verdict(phoneWith("basic", [1]), associate(9, { maxCalls: 1, busyTrigger: 1 }))).to.equal("refused PRV-01");
    expect(verdict(phoneWith("advanced", [2, 2, 2, 2, 2, 2, 2]), associate(9))).to.equal("accepted");
    expect(
      verdict(phoneWith("advanced", [1, 1, 1, 1, 1, 1, 1, 1]), associate(9, { maxCalls: 1, busyTrigger: 1 })),
    ).to.equal("refused PRV-02");
    const empty = attempt(phoneWith("basic", [2]), disassociate(1)).lab;
    expect(verdict(empty, associate(9))).to.equal("accepted");
  });

  it("gives a new line two calls and busy at two (CAP-01, CAP-02)", () => {
    const { lab } = attempt(phoneWith("advanced", [2]), associate(9));
    expect(lab.devices[0]?.lines[1]).to.include({ directoryNumber: "9", maxCalls: 2, busyTrigger: 2 });
  });

  it("refuses values above the maximum on entry (CAP-13)", () => {
    expect(verdict(phoneWith("basic", [2]), update(1, { maxCalls: 3 }))).to.equal("refused CAP-13");
    expect(verdict(phoneWith("basic", [1]), update(1, { maxCalls: 2 }))).to.equal("accepted");
    const full = phoneWith("advanced", [2, 2, 2, 2, 2, 2, 2, 2]);
    expect(verdict(full, update(8, { maxCalls: 3 }))).to.equal("refused CAP-13");
    expect(verdict(phoneWith("advanced", [14]), associate(9, { maxCalls: 3 }))).to.equal("refused CAP-13");
    expect(verdict(phoneWith("advanced", [14]), associate(9, { maxCalls: 2 }))).to.equal("accepted");
  });

  it("refuses a busy trigger above the maximum, and none at all (CAP-13)", () => {
    expect(verdict(phoneWith("basic", [2]), update(1, { busyTrigger: 3 }))).to.equal("refused CAP-13");
    expect(verdict(phoneWith("basic", [2]), update(1, { busyTrigger: 2 }))).to.equal("accepted");
    expect(verdict(phoneWith("basic", [2]), update(1, { busyTrigger: 0 }))).to.equal("refused CAP-13");
  });

  describe("in the negative zone", () => {
    const six = phoneWith("advanced", [4, 4, 4, 4, 4, 4]);

    for (const [what, settings] of CHANGES) {
      it(`refuses to change ${what}, and tells the deficit (CAP-09)`, () => {
        const { ruling } = attempt(six, update(1, settings));
        expect(ruling).to.include({ outcome: "refused" });
        expect(ruling.rules).to.include("CAP-09");
        expect(ruling.reason).to.include("24 calls, 8 above its 16");
      });
    }

    it("refuses a further line", () => {
      expect(verdict(six, associate(9, { maxCalls: 1, busyTrigger: 1 }))).to.equal("refused CAP-09");
    });

    it("is left by disassociating two lines, changing the rest, associating again (CAP-10)", () => {
      let lab = six;
      const take = (change: ProvisioningChange, outcome: "accepted" | "refused"): void => {
        const made = attempt(lab, change);
        expect(made.ruling, made.ruling.reason).to.include({ outcome });
        lab = made.lab;
      };
      take(disassociate(6), "accepted");
      expect(deficitOf(lab)).to.equal(4);
      take(update(1, { maxCalls: 2 }), "refused");
      take(disassociate(5), "accepted");
      expect(deficitOf(lab)).to.equal(0);
      for (const number of [1, 2, 3, 4]) take(update(number, { maxCalls: 2 }), "accepted");
      take(associate(5), "accepted");
      expect(lab.devices[0]?.lines[4], "the values it had").to.include({ maxCalls: 4, busyTrigger: 2 });
      take(associate(6), "accepted");
      take(update(6, { maxCalls: 2 }), "accepted");
      expect(lab.devices[0]?.lines).to.have.length(6);
      expect(lab.unassociatedLines).to.deep.equal([]);
    });

    it("is only reached with more than four lines of four calls (CAP-11)", () => {
      for (const count of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const lab = phoneWith(
          "advanced",
          Array.from({ length: count }, () => 4),
        );
        expect(verdict(lab, update(1, { forwards: { all: "5" } })), `${count} lines`).to.equal(
          count <= 4 ? "accepted" : "refused CAP-09",
        );
      }
    });
  });

  describe("of a migrated Basic", () => {
    const migrated = labOf('devices: { d: { type: basic, digestUser: u, migratedFrom: "5.0", lines: [1] } }');

    it("kept four calls and busy at two (CAP-03)", () => {
      expect(migrated.devices[0]).to.include({ maxCalls: 8 });
      expect(migrated.devices[0]?.lines[0]).to.include({ maxCalls: 4, busyTrigger: 2 });
    });

    it("accepts that its one line is changed to what is allowed now (CAP-12)", () => {
      expect(verdict(migrated, update(1, { maxCalls: 2 }))).to.equal("accepted");
      expect(verdict(migrated, update(1, { maxCalls: 1, busyTrigger: 1 }))).to.equal("accepted");
    });

    it("refuses what leaves it above, or raises it", () => {
      for (const maxCalls of [3, 4, 5]) expect(verdict(migrated, update(1, { maxCalls }))).to.equal("refused CAP-12");
      const cured = attempt(migrated, update(1, { maxCalls: 2 })).lab;
      expect(verdict(cured, update(1, { maxCalls: 3 }))).to.equal("refused CAP-13");
    });
  });

  it("leaves Cisco's own phones alone", () => {
    const lab = labOf("devices: { d: { type: cisco-7961, lines: [1, 2] } }");
    expect(verdict(lab, update(1, { maxCalls: 200 }))).to.equal("accepted");
  });

  it("refuses what is not there, and what is there already", () => {
    const lab = phoneWith("advanced", [2, 2]);
    expect(verdict(lab, update(7, { maxCalls: 1 }))).to.equal("refused -");
    expect(verdict(lab, disassociate(7))).to.equal("refused -");
    expect(verdict(lab, associate(2))).to.equal("refused -");
    expect(verdict(lab, update(1, { directoryNumber: "2" }))).to.equal("refused -");
    expect(verdict(lab, { ...disassociate(1), phone: "x" } as ProvisioningChange)).to.equal("refused -");
  });
});
