import { expect } from "chai";
import type { Administration, ProvisioningChange } from "../../src/administration/index.ts";

/** A target provisioned with the test lab of `test/callmanager/support/lab.ts`, and a way to try it on the wire. */
export interface AdministeredTarget {
  readonly administration: Administration;
  /** Whether a phone that just booted gets a registration of that number with these credentials. It stays registered. */
  registers(number: string, username: string, password: string): Promise<boolean>;
  /** Whether a call from a phone that registers for it, 2101, rings anywhere. */
  isReached(number: string): Promise<boolean>;
  /** Events of the NOTIFYs that reached the phone of that number since it registered, messages waiting left out. */
  notified(number: string): Promise<string[]>;
  close(): Promise<void>;
}

/** What every implementation of the administration port has to do. */
export function administrationConformance(title: string, start: () => Promise<AdministeredTarget>): void {
  describe(`administration of ${title}`, () => {
    let target: AdministeredTarget;
    let port: Administration;
    beforeEach(async () => {
      target = await start();
      port = target.administration;
    });
    afterEach(() => target.close());

    async function accepted(...changes: readonly ProvisioningChange[]): Promise<void> {
      for (const change of changes) {
        const { outcome, reason } = await port.apply(change);
        expect(outcome, `${change.kind}: ${reason}`).to.equal("accepted");
      }
    }

    async function refused(change: ProvisioningChange): Promise<string> {
      const { outcome, reason } = await port.apply(change);
      expect(outcome, change.kind).to.equal("refused");
      return reason;
    }

    it("reads a phone as it is provisioned", async () => {
      expect(await port.readPhone("basic1")).to.deep.equal({
        name: "basic1",
        type: "basic",
        digestUser: "swhite",
        associatedUser: "swhite",
        maxCalls: 2,
        requireDtmfReception: false,
        rfc2833Disabled: false,
        securityProfile: "digest",
        sipProfile: "standard",
        lines: [
          { directoryNumber: "1002", partition: "", maxCalls: 2, busyTrigger: 2, forwards: {}, pickupGroup: "77" },
        ],
      });
      expect(await port.readPhone("nothing")).to.equal(undefined);
    });

    it("reads profiles", async () => {
      expect(await port.readSecurityProfile("digest")).to.include({ digestAuthentication: true, standard: false });
      expect(await port.readSecurityProfile("nothing")).to.equal(undefined);
      expect((await port.readSipProfile("renamed"))?.serviceUris).to.include({ callPickup: "pick-me" });
      expect(await port.readSipProfile("nothing")).to.equal(undefined);
    });

    it("changes nothing when it refuses, and says why", async () => {
      const before = await port.readPhone("basic1");
      const reason = await refused({
        kind: "update-line",
        phone: "basic1",
        line: { directoryNumber: "1002" },
        settings: { maxCalls: 3 },
      });
      expect(reason).to.not.equal("");
      expect(await port.readPhone("basic1")).to.deep.equal(before);
    });

    it("lets an added phone with its user register at once, and a removed one no longer", async () => {
      expect(await target.registers("4711", "new", "pw-new")).to.equal(false);
      await accepted(
        { kind: "add-user", id: "new", password: "pw-new" },
        {
          kind: "add-phone",
          phone: { name: "added", type: "basic", digestUser: "new", lines: [{ directoryNumber: "4711" }] },
        },
      );
      expect(await target.registers("4711", "new", "pw-new")).to.equal(true);
      expect(await target.isReached("4711")).to.equal(true);
      await accepted({ kind: "remove-phone", phone: "added" });
      expect(await target.isReached("4711")).to.equal(false);
      expect(await target.registers("4711", "new", "pw-new")).to.equal(false);
      expect(await port.readPhone("added")).to.equal(undefined);
    });

    it("toggles digest of the phones of a profile (REG-16)", async () => {
      await accepted(
        { kind: "add-security-profile", name: "own", digestAuthentication: false },
        { kind: "update-phone", phone: "basic1", settings: { securityProfile: "own" } },
      );
      expect(await target.registers("1002", "swhite", "wrong")).to.equal(true);
      await accepted({ kind: "set-digest-authentication", name: "own", digestAuthentication: true });
      expect(await target.registers("1002", "swhite", "wrong")).to.equal(false);
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(true);
    });

    it("sets and clears digest credentials (REG-17)", async () => {
      expect(await target.registers("1004", "nopassword", "pw")).to.equal(false);
      await accepted({ kind: "set-credentials", id: "nopassword", password: "pw" });
      expect(await target.registers("1004", "nopassword", "pw")).to.equal(true);
      await accepted({ kind: "set-credentials", id: "nopassword", password: null });
      expect(await target.registers("1004", "nopassword", "pw")).to.equal(false);
    });

    it("mends phones that share a digest user (REG-10)", async () => {
      expect(await target.registers("1101", "twophones", "pw")).to.equal(false);
      await accepted({ kind: "update-phone", phone: "shared2", settings: { digestUser: "nophone" } });
      expect(await target.registers("1101", "twophones", "pw")).to.equal(true);
      expect(await target.registers("1102", "nophone", "pw")).to.equal(true);
    });

    it("takes a binding away with its directory number (PRV-06)", async () => {
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(true);
      expect(await target.isReached("1002")).to.equal(true);
      await accepted({
        kind: "update-line",
        phone: "basic1",
        line: { directoryNumber: "1002" },
        settings: { directoryNumber: "4712" },
      });
      expect(await target.isReached("1002")).to.equal(false);
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(false);
      expect(await target.registers("4712", "swhite", "s3cret-1002")).to.equal(true);
      expect(await target.isReached("4712")).to.equal(true);
      expect(await target.isReached("1002")).to.equal(false);
    });

    it("keeps a binding over every other change of its line", async () => {
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(true);
      await accepted({
        kind: "update-line",
        phone: "basic1",
        line: { directoryNumber: "1002" },
        settings: { maxCalls: 1, busyTrigger: 1, partition: "inner" },
      });
      expect(await target.isReached("1002")).to.equal(true);
    });

    it("lets a line rest without phone and come back with its values", async () => {
      const line = { directoryNumber: "2002" };
      await accepted(
        { kind: "update-line", phone: "advanced1", line, settings: { maxCalls: 3, busyTrigger: 1 } },
        { kind: "disassociate-line", phone: "advanced1", line },
      );
      expect(await target.registers("2002", "cblack", "pw-2001")).to.equal(false);
      await accepted({ kind: "associate-line", phone: "advanced1", line });
      expect(await target.registers("2002", "cblack", "pw-2001")).to.equal(true);
      const lines = (await port.readPhone("advanced1"))?.lines ?? [];
      expect(lines.find(({ directoryNumber }) => directoryNumber === "2002")).to.include({
        maxCalls: 3,
        busyTrigger: 1,
      });
    });

    it("counts licence units (PRV-03)", async () => {
      const { used } = await port.readLicences();
      await accepted({ kind: "set-licence-units", units: used + 3 });
      await accepted({ kind: "add-phone", phone: { name: "added", type: "basic", lines: [] } });
      await refused({ kind: "add-phone", phone: { name: "more", type: "basic", lines: [] } });
      expect(await port.readLicences()).to.deep.equal({ units: used + 3, used: used + 3 });
    });

    it("tells a Cisco phone to reset, and a third-party phone nothing (DEV-05)", async () => {
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(true);
      expect(await target.registers("1050", "cisco", "pw-1050")).to.equal(true);
      expect((await port.reset("basic1")).outcome).to.equal("accepted");
      expect((await port.reset("cisco1")).outcome).to.equal("accepted");
      expect(await target.notified("1050")).to.deep.equal(["service-control"]);
      expect(await target.notified("1002")).to.deep.equal([]);
      expect((await port.reset("nothing")).outcome).to.equal("refused");
    });

    it("restores what is named, and nothing else", async () => {
      const before = await port.readPhone("basic1");
      const line = { directoryNumber: "1002" };
      await accepted(
        { kind: "add-user", id: "new", password: "pw" },
        { kind: "update-phone", phone: "basic1", settings: { digestUser: "new" } },
        { kind: "update-line", phone: "basic1", line, settings: { directoryNumber: "4713" } },
        { kind: "update-phone", phone: "basic2", settings: { requireDtmfReception: true } },
      );
      await port.restore({ phones: ["basic1"], users: ["new"] });
      expect(await port.readPhone("basic1")).to.deep.equal(before);
      expect(await target.registers("1002", "swhite", "s3cret-1002")).to.equal(true);
      expect(await target.isReached("4713")).to.equal(false);
      await refused({ kind: "remove-user", id: "new" });
      expect(await port.readPhone("basic2")).to.include({ requireDtmfReception: true });
    });
  });
}
