import { expect } from "chai";
import { auditLab, parseLab } from "../../src/inventory/index.ts";

function audit(text: string): string[] {
  const lab = parseLab(
    `users: { u: { password: s3cret }, v: { password: s3cret }, mute: {} }\nsecurityProfiles: { on: { digestAuthentication: true } }\n${text}`,
    "test.lab.yaml",
    { env: {} },
  );
  return auditLab(lab).map(
    ({ severity, rule, place, message }) => `${place.line} ${severity} ${rule ?? "-"} ${message}`,
  );
}

function auditDevice(device: string): string[] {
  return audit(`devices:\n  d: { ${device} }`);
}

describe("audit of a lab", () => {
  const devices: [what: string, device: string, findings: string[]][] = [
    ["nothing about an ordinary phone", "type: basic, digestUser: u, securityProfile: on, lines: [1]", []],
    [
      "a wireless phone of type Basic",
      "type: basic, digestUser: u, wireless: true, lines: [1]",
      ["4 warning PRV-07 d is wireless: its type must be advanced"],
    ],
    [
      "nothing about a wireless phone of type Advanced",
      "type: advanced, digestUser: u, wireless: true, lines: [1]",
      [],
    ],
    [
      "a third-party phone without a digest user",
      "type: basic, lines: [1]",
      ["4 warning REG-08 d has no digest user: it cannot register"],
    ],
    ["nothing about a Cisco phone without one", "type: cisco-7961, lines: [1]", []],
    [
      "digest on for a user without a password",
      "type: basic, digestUser: mute, securityProfile: on, lines: [1]",
      ['4 info REG-17 digest is on for d, and its user "mute" has no password: it cannot register'],
    ],
    ["nothing about a user without a password while digest is off", "type: basic, digestUser: mute, lines: [1]", []],
    [
      "a phone associated with another user",
      "type: basic, digestUser: u, associatedUser: v, lines: [1]",
      ['4 info REG-09 d is not associated with its digest user "u"'],
    ],
    [
      "sharing that is announced and does not happen",
      "type: basic, digestUser: u, sharedDigestUser: intended, lines: [1]",
      ['4 warning REG-10 d says that it shares its digest user "u", but no other device has it'],
    ],
    [
      "more calls of the lines than of the device",
      `type: advanced, digestUser: u, lines: [${[1, 2, 3, 4, 5, 6].map((n) => `{ number: ${n}, maxCalls: 4 }`).join(", ")}]`,
      [
        "4 warning CAP-09 the lines of d may have 24 calls, 8 above its 16: no change of a line is accepted; disassociate 2 lines, change the rest, associate again",
      ],
    ],
    [
      "what a migrated Advanced phone kept, as something known",
      `type: advanced, digestUser: u, migratedFrom: "5.0", lines: [1, 2, 3, 4, 5]`,
      [
        "4 info CAP-09 the lines of d may have 20 calls, 4 above its 16: no change of a line is accepted; disassociate one line, change the rest, associate again",
      ],
    ],
    [
      "what a migrated Basic phone kept, and its simpler way out",
      `type: basic, digestUser: u, migratedFrom: "5.0", lines: [1]`,
      ["4 info CAP-12 the lines of d may have 4 calls, 2 above its 2; set its line to 2 calls at most"],
    ],
    [
      "nothing about a migrated phone of four lines",
      `type: advanced, digestUser: u, migratedFrom: "5.0", lines: [1, 2, 3, 4]`,
      [],
    ],
    [
      "nothing about four lines of four calls",
      `type: advanced, digestUser: u, lines: [${[1, 2, 3, 4].map((n) => `{ number: ${n}, maxCalls: 4 }`).join(", ")}]`,
      [],
    ],
    [
      "a shared line that stands once",
      "type: basic, digestUser: u, lines: [{ number: 1, shared: true }]",
      ["4 warning - number 1 is marked as shared, but stands once"],
    ],
    [
      "a pickup group of one",
      "type: basic, digestUser: u, lines: [{ number: 1, pickupGroup: 7 }]",
      ['4 info - number 1 is alone in pickup group "7"'],
    ],
    [
      "a forward to nobody",
      "type: basic, digestUser: u, lines: [{ number: 1, forwards: { busy: 9 } }]",
      ["4 info - number 1 is forwarded to 9, which no line has"],
    ],
  ];
  for (const [what, device, findings] of devices) {
    it(`finds ${what}`, () => {
      expect(auditDevice(device)).to.deep.equal(findings);
    });
  }

  it("finds a pool of licence units that its devices exceed (PRV-03)", () => {
    const lab = (units: number): string =>
      `licenceUnits: ${units}\ndevices: { d: { type: basic, digestUser: u, lines: [1] }, e: { type: advanced, digestUser: v, lines: [2] } }`;
    expect(audit(lab(9))).to.deep.equal([]);
    expect(audit(lab(8))).to.deep.equal(["1 warning PRV-03 the devices need 9 licence units, the pool has 8"]);
  });

  it("finds phones that share a digest user, and tells of each that it cannot register", () => {
    const shared = "type: basic, digestUser: u, sharedDigestUser: intended";
    expect(audit(`devices:\n  d: { ${shared}, lines: [1] }\n  e: { ${shared}, lines: [2] }`)).to.deep.equal([
      '4 info REG-10 d shares its digest user "u": it cannot register',
      '5 info REG-10 e shares its digest user "u": it cannot register',
    ]);
  });

  it("finds phones whose transport the target does not offer, or third-party phones may not use", () => {
    const of = (transport: string): string[] =>
      audit(
        `phoneProfiles: { p: { transport: ${transport} } }\ntarget: { transports: [udp] }\ndevices:\n  d: { type: basic, digestUser: u, phoneProfile: p, lines: [1] }`,
      );
    expect(of("udp")).to.deep.equal([]);
    expect(of("tcp")).to.deep.equal(["6 warning - d speaks tcp, which the target does not offer"]);
    expect(of("tls")).to.deep.equal(["6 warning TLS-01 d speaks TLS, which third-party phones may not"]);
  });

  it("tells its findings in the order of the file", () => {
    const found = audit(
      "devices:\n  d: { type: basic, digestUser: u, lines: [{ number: 1, shared: true }] }\n  e: { type: basic, lines: [2] }",
    );
    expect(found.map((finding) => finding.slice(0, 9))).to.deep.equal(["4 warning", "5 warning"]);
  });

  it("finds fewer local ports than devices", () => {
    const lab = (ports: string): string =>
      `local: { ports: ${ports} }\ndevices: { d: { type: cisco-7961, lines: [1] }, e: { type: cisco-7961, lines: [2] } }`;
    expect(audit(lab("[5000, 5001]"))).to.deep.equal([]);
    expect(audit(lab("[5000, 5000]"))).to.deep.equal([
      "1 info - 1 local ports for 2 devices: not all of them can be used at once",
    ]);
  });
});
