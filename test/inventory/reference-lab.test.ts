import { fileURLToPath } from "node:url";
import { expect } from "chai";
import {
  auditLab,
  isThirdParty,
  loadLab,
  type Device,
  type DeviceType,
  type Lab,
  type ServiceUris,
} from "../../src/inventory/index.ts";
import { groupBy } from "../../src/core/grouping.ts";
import { SERVICE_URIS } from "../../src/inventory/defaults.ts";
import { isRuleId } from "../../src/rules/index.ts";

const FILE = fileURLToPath(new URL("../../scenarios/reference.lab.yaml", import.meta.url));

describe("built-in lab", () => {
  let lab: Lab;
  before(async () => {
    lab = await loadLab(FILE, { env: {} });
  });

  function count(matches: (device: Device) => boolean): number {
    return lab.devices.filter(matches).length;
  }

  /** A phone with nothing special about it but its type and the check box. */
  function isPlain(device: Device, type: DeviceType, digest: boolean): boolean {
    const [line] = device.lines;
    return (
      device.type === type &&
      device.securityProfile.digestAuthentication === digest &&
      !device.sharedDigestUserIntended &&
      device.digestUser === device.associatedUser &&
      device.sipProfile.name === "standard" &&
      device.phoneProfile.transport === "udp" &&
      device.lines.length === 1 &&
      line !== undefined &&
      !line.shared &&
      line.pickupGroup === undefined &&
      line.partition === "" &&
      Object.keys(line.forwards).length === 0
    );
  }

  it("is the embedded call manager, impatient and of Cisco's ways", () => {
    expect(lab.target).to.include({ embedded: true, host: "127.0.0.1", profile: "cucm", realm: "ccmsipline" });
    expect(lab.waits).to.deep.equal({ answerMs: 5000, ringMs: 4000, settleMs: 30 });
  });

  it("has no surprises but those that rules are about", () => {
    const findings = auditLab(lab);
    expect(findings.filter((finding) => finding.severity === "warning")).to.deep.equal([]);
    expect(new Set(findings.map((finding) => finding.rule))).to.deep.equal(
      new Set(["REG-09", "REG-10", "REG-17", "CAP-09", "CAP-12"]),
    );
    for (const { rule } of findings) expect(isRuleId(rule ?? ""), rule).to.equal(true);
  });

  it("has plain phones of each type for many scenarios at once", () => {
    for (const type of ["basic", "advanced"] as const) {
      expect(count((device) => isPlain(device, type, true))).to.be.at.least(16);
      expect(count((device) => isPlain(device, type, false))).to.be.at.least(6);
    }
  });

  it("has the phone of the document: swhite at 1002", () => {
    const device = lab.devices.find((candidate) => candidate.digestUser === "swhite");
    expect(device?.lines[0]?.directoryNumber).to.equal("1002");
    expect(device?.securityProfile.digestAuthentication).to.equal(true);
  });

  it("has users named like the line, 1000 among them", () => {
    const named = lab.devices.filter((device) => device.digestUser === device.lines[0]?.directoryNumber);
    expect(named.length).to.be.at.least(3);
    expect(named.map((device) => device.digestUser)).to.include("1000");
  });

  it("has Advanced phones with three and with eight lines", () => {
    expect(count((device) => device.type === "advanced" && device.lines.length === 3)).to.be.at.least(3);
    expect(count((device) => device.type === "advanced" && device.lines.length === 8)).to.be.at.least(3);
  });

  it("has pairs and triples that share a digest user", () => {
    const sizes = groupSizes(
      lab.devices.filter((device) => device.sharedDigestUserIntended),
      (device) => device.digestUser,
    );
    expect(sizes.filter((size) => size === 2).length).to.be.at.least(3);
    expect(sizes.filter((size) => size === 3).length).to.be.at.least(1);
  });

  it("has pairs that share a line", () => {
    const shared = lab.devices.flatMap((device) => device.lines).filter((line) => line.shared);
    expect(groupSizes(shared, (line) => line.directoryNumber).filter((size) => size === 2).length).to.be.at.least(3);
  });

  it("has pickup groups with third-party phones and a Cisco one", () => {
    const groups = [...groupBy(lab.devices, (device) => device.lines[0]?.pickupGroup).values()];
    const usable = groups.filter(
      (group) =>
        group.some((device) => device.type === "basic") &&
        group.some((device) => device.type === "advanced") &&
        group.some((device) => device.type.startsWith("cisco-")) &&
        group.length >= 3,
    );
    expect(usable.length).to.be.at.least(4);
  });

  it("has users who are the digest user of no device", () => {
    const used = new Set(lab.devices.flatMap((device) => [device.digestUser, device.associatedUser]));
    expect(
      [...lab.users.values()].filter((user) => !used.has(user.id) && user.password !== undefined).length,
    ).to.be.at.least(4);
  });

  it("has digest users who are not associated, and associated ones who are not the digest user", () => {
    expect(count((device) => isThirdParty(device.type) && device.associatedUser === undefined)).to.be.at.least(2);
    const digestUsers = new Set(lab.devices.map((device) => device.digestUser));
    expect(
      count(({ associatedUser }) => associatedUser !== undefined && !digestUsers.has(associatedUser)),
    ).to.be.at.least(2);
  });

  it("has phones with digest on and no credentials", () => {
    expect(
      count(
        (device) =>
          device.securityProfile.digestAuthentication && lab.users.get(device.digestUser ?? "")?.password === undefined,
      ),
    ).to.be.at.least(2);
  });

  it("has each service URI renamed, at Basic and at Advanced", () => {
    for (const key of Object.keys(SERVICE_URIS) as (keyof ServiceUris)[]) {
      for (const type of ["basic", "advanced"]) {
        const renamed = (device: Device): boolean => device.sipProfile.serviceUris[key] !== SERVICE_URIS[key];
        expect(
          count((device) => device.type === type && renamed(device)),
          `${type} ${key}`,
        ).to.be.at.least(1);
      }
    }
  });

  it("has early offer and TCP at Basic and at Advanced", () => {
    for (const type of ["basic", "advanced"]) {
      expect(count((device) => device.type === type && device.sipProfile.earlyOffer)).to.be.at.least(2);
      expect(count((device) => device.type === type && device.phoneProfile.transport === "tcp")).to.be.at.least(2);
    }
  });

  it("has phones of many looks", () => {
    expect(new Set(lab.devices.map((device) => device.phoneProfile.userAgent)).size).to.be.at.least(6);
    expect(new Set(lab.devices.map((device) => device.phoneProfile.headerOrder.join())).size).to.be.at.least(6);
  });

  it("has one number in two partitions, and callers for either", () => {
    const lines = lab.devices.flatMap((device) => device.lines).filter((line) => line.directoryNumber === "5601");
    expect(lines.map((line) => line.partition)).to.have.members(["internal", "guests"]);
    for (const partition of lab.partitions) {
      expect(count((device) => device.callingSearchSpace?.join() === partition)).to.be.at.least(1);
    }
  });

  it("has forwarded lines whose targets are there", () => {
    const lines = lab.devices.flatMap((device) => device.lines);
    const targets = lines.flatMap(({ forwards }) => [forwards.all ?? [], forwards.busy ?? []].flat());
    expect(targets.length).to.be.at.least(2);
    expect(lines.map((line) => line.directoryNumber)).to.include.members(targets);
  });

  it("has a wireless Advanced phone, and numbers of nobody", () => {
    expect(count((device) => device.wireless && device.type === "advanced")).to.be.at.least(1);
    expect(lab.unassignedNumbers.length).to.be.at.least(16);
  });
});

function groupSizes<T>(items: readonly T[], keyOf: (item: T) => string | undefined): number[] {
  return [...groupBy(items, keyOf).values()].map((group) => group.length);
}
