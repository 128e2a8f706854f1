import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { parseLab } from "../../src/inventory/index.ts";
import { LeasePool, type ScenarioNeed } from "../../src/scenarios/leases.ts";
import { LeasedAdministration } from "../../src/scenarios/scenario-administration.ts";
import { LabAdministration } from "../support/lab-administration.ts";
import { rejection } from "../support/rejection.ts";

const LAB = parseLab(
  `
target: { embedded: true, transports: [udp] }
unassignedNumbers: ["7901", "7902"]
securityProfiles: { digest: { digestAuthentication: true }, own: { digestAuthentication: true } }
sipProfiles: { own: {}, common: {} }
users: { u1: { password: p }, u2: { password: p }, spare: { password: p }, other: { password: p } }
devices:
  d1: { type: basic, securityProfile: own, sipProfile: own, digestUser: u1, lines: [1001] }
  d2: { type: advanced, securityProfile: digest, sipProfile: common, digestUser: u2, lines: [1002] }
  d3: { type: cisco-7961, securityProfile: digest, sipProfile: common, lines: [1003] }
`,
  "test.lab.yaml",
  { env: {} },
);

describe("LeasedAdministration", () => {
  let port: LabAdministration;
  let told: string[];

  /** The handle of a scenario that has d1 with its line and user, the user spare, and the number 7902. */
  function handle(needs: readonly ScenarioNeed[] = ["administration"]): LeasedAdministration {
    port = new LabAdministration(LAB);
    told = [];
    const pool = new LeasePool(LAB);
    const request = { phones: { alice: { type: "basic" } }, users: { spare: { digestUserOf: "none" } } } as const;
    const lease = pool.tryLease(pool.prepare({ ...request, numbers: { vacant: { unassigned: true } }, needs }));
    if (!lease) throw new Error("the test lab has no such phone");
    return new LeasedAdministration({ port, lab: LAB, lease, observe: (text) => told.push(text) });
  }

  const allowed: [what: string, change: (admin: LeasedAdministration) => Promise<unknown>][] = [
    ["a leased phone", (admin) => admin.updatePhone("d1", { requireDtmfReception: true })],
    ["the digest user of a leased phone", (admin) => admin.setCredentials("u1", "q")],
    ["a leased user", (admin) => admin.updatePhone("d1", { digestUser: "spare" })],
    ["a leased number", (admin) => admin.updateLine("d1", "1001", { directoryNumber: "7902" })],
    ["a forward to a number of its own", (admin) => admin.updateLine("d1", "1001", { forwards: { all: "7902" } })],
    [
      "a line taken off and put back",
      async (admin) => {
        await admin.disassociateLine("d1", "1001");
        return admin.associateLine("d1", "1001");
      },
    ],
    ["a profile that only leased phones have", (admin) => admin.setDigestAuthentication("own", false)],
    ["a SIP profile that only leased phones have", (admin) => admin.updateSipProfile("own", { earlyOffer: true })],
    [
      "a user of its own making",
      async (admin) => {
        await admin.addUser("new", { password: "p" });
        return admin.removeUser("new");
      },
    ],
    [
      "a profile of its own making",
      async (admin) => {
        await admin.addSecurityProfile("new", { digestAuthentication: true });
        return admin.setDigestAuthentication("new", false);
      },
    ],
    ["a reset of a leased phone", (admin) => admin.resetPhone("d1")],
  ];
  for (const [what, change] of allowed) {
    it(`takes a change of ${what} to the target`, async () => {
      const admin = handle();
      expect(await change(admin)).to.include({ outcome: "accepted" });
      expect(told.at(-1)).to.match(/^administration: [\w -]+ accepted: /);
    });
  }

  const forbidden: [what: string, change: (admin: LeasedAdministration) => Promise<unknown>][] = [
    ["another's phone", (admin) => admin.updatePhone("d2", { requireDtmfReception: true })],
    ["another's user", (admin) => admin.setCredentials("u2", "q")],
    ["a user nobody leased", (admin) => admin.removeUser("other")],
    ["a phone by giving it another's user", (admin) => admin.updatePhone("d1", { digestUser: "u2" })],
    ["a phone by associating another's user", (admin) => admin.updatePhone("d1", { associatedUser: "other" })],
    ["a line by giving it another's number", (admin) => admin.updateLine("d1", "1001", { directoryNumber: "1002" })],
    ["a line by giving it a number that it has not leased", (admin) => admin.associateLine("d1", "7901")],
    ["a forward to another's number", (admin) => admin.updateLine("d1", "1001", { forwards: { busy: "1002" } })],
    ["a profile that others have too", (admin) => admin.setDigestAuthentication("digest", false)],
    ["a SIP profile that others have too", (admin) => admin.updateSipProfile("common", { earlyOffer: true })],
    ["another's phone by a reset", (admin) => admin.resetPhone("d3")],
    ["the pool of licence units", (admin) => admin.setLicenceUnits(8)],
    ["the pool by adding a phone", (admin) => admin.addPhone({ name: "new", type: "basic", lines: [] })],
    ["the pool by removing a phone", (admin) => admin.removePhone("d1")],
  ];
  for (const [what, change] of forbidden) {
    it(`refuses to change ${what}`, async () => {
      const admin = handle();
      const error = await rejection(change(admin));
      expect(error).to.be.instanceOf(UsageError).and.include({ code: "ERR_NOT_LEASED" });
      expect(port.applied).to.deep.equal([]);
      expect(port.lab).to.equal(LAB);
    });
  }

  it("does not count as made what the target refused to make", async () => {
    const admin = handle();
    expect(await admin.addUser("other")).to.include({ outcome: "refused" });
    expect(await rejection(admin.removeUser("other"))).to.include({ code: "ERR_NOT_LEASED" });
  });

  it("adds and removes phones with the licences to itself", async () => {
    const admin = handle(["administration", "licences"]);
    await admin.setLicenceUnits(30);
    const phone = { name: "new", type: "basic", digestUser: "spare", lines: [{ directoryNumber: "7902" }] } as const;
    expect(await admin.addPhone(phone)).to.include({ outcome: "accepted" });
    expect(await admin.updatePhone("new", { rfc2833Disabled: true })).to.include({ outcome: "accepted" });
    expect(await admin.removePhone("new")).to.include({ outcome: "accepted" });
    await admin.restore();
    expect(port.lab).to.deep.equal(LAB);
  });

  it("puts back what it changed and made, and nothing where nothing was changed", async () => {
    const admin = handle();
    await admin.restore();
    expect(port.restored).to.deep.equal([]);

    const busy = handle();
    await busy.addUser("new", { password: "p" });
    await busy.updatePhone("d1", { digestUser: "new" });
    await busy.disassociateLine("d1", "1001");
    await busy.setDigestAuthentication("own", false);
    await busy.restore();
    expect(port.lab).to.deep.equal(LAB);
  });

  it("refuses changes after its end", async () => {
    const admin = handle();
    await admin.restore();
    expect(await rejection(admin.updatePhone("d1", {}))).to.include({ code: "ERR_NOT_LEASED" });
  });

  it("tells no secrets", async () => {
    const admin = handle();
    await admin.addUser("new", { password: "s3cret" });
    await admin.setCredentials("u1", "s3cret");
    expect(told.join()).not.to.include("s3cret");
  });
});
