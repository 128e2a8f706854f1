import { expect } from "chai";
import { InventoryError } from "../../src/core/errors.ts";
import { loadLab, parseLab, type Environment, type Lab } from "../../src/inventory/index.ts";
import { labFailure, problemsOf } from "../support/lab-failure.ts";

function parse(text: string, env: Environment = {}): Lab {
  return parseLab(text, "test.lab.yaml", { env });
}

const DEVICE = "users: { u: { password: p } }\ndevices:\n  d: { type: basic, digestUser: u, lines: [1] }\n";

describe("lab file", () => {
  describe("in order", () => {
    it("has an embedded target of Cisco's ways when it says nothing", () => {
      expect(parse("{}").target).to.deep.equal({
        embedded: true,
        host: "127.0.0.1",
        port: 0,
        transports: ["udp", "tcp"],
        tls: { port: 0, verify: true },
        domain: "127.0.0.1",
        names: [],
        profile: "cucm",
        realm: "ccmsipline",
        registration: { expiresSeconds: 120, minExpiresSeconds: 60 },
        sessionTimer: { expiresSeconds: 1800, minExpiresSeconds: 1800 },
      });
    });

    it("has a foreign, generic target as soon as it names a host", () => {
      const { target } = parse("target: { host: 10.0.0.5 }");
      expect(target).to.include({ embedded: false, port: 5060, domain: "10.0.0.5", profile: "generic" });
      expect(target.tls).to.deep.equal({ port: 5061, verify: true });
    });

    it("resolves a device's user, profiles and lines", () => {
      const lab = parse(`
users: { swhite: { password: pw } }
partitions: [internal]
securityProfiles: { digest: { digestAuthentication: true } }
sipProfiles: { renamed: { serviceUris: { callPickup: pick-me }, telephoneEventPayloadType: 97 } }
phoneProfiles: { desk: { userAgent: Desk/1.0, transport: tcp } }
devices:
  SEP1:
    type: advanced
    digestUser: swhite
    securityProfile: digest
    sipProfile: renamed
    phoneProfile: desk
    lines: [1002, { number: "+49123", partition: internal, maxCalls: 1, pickupGroup: 7, forwards: { all: 1009 } }]
`);
      const [device] = lab.devices;
      expect(device).to.deep.include({ digestUser: "swhite", associatedUser: "swhite", maxCalls: 16 });
      expect(device?.securityProfile.digestAuthentication).to.equal(true);
      expect(device?.sipProfile).to.deep.include({ telephoneEventPayloadType: 97, earlyOffer: false });
      expect(device?.sipProfile.serviceUris).to.include({ callPickup: "pick-me", meetMe: "x-cisco-serviceuri-meetme" });
      expect(device?.phoneProfile).to.include({ name: "desk", userAgent: "Desk/1.0", transport: "tcp" });
      expect(device?.lines[0]).to.deep.include({ directoryNumber: "1002", maxCalls: 2, busyTrigger: 2, partition: "" });
      expect(device?.lines[1]).to.deep.include({
        directoryNumber: "+49123",
        partition: "internal",
        maxCalls: 1,
        busyTrigger: 1,
        pickupGroup: "7",
        forwards: { all: "1009" },
        place: { file: "test.lab.yaml", line: 14, column: 19 },
      });
    });

    it("gives a device that names no profiles the standard ones, digest off", () => {
      const [device] = parse(DEVICE).devices;
      expect(device?.securityProfile).to.include({ standard: true, digestAuthentication: false });
      expect(device?.sipProfile).to.include({ telephoneEventPayloadType: 101, earlyOffer: false });
      expect(device?.phoneProfile).to.include({ transport: "udp", telephoneEvent: true });
      expect(device).to.include({ maxCalls: 2, wireless: false, sharedDigestUserIntended: false });
      expect(device).to.have.property("place").that.deep.equals({ file: "test.lab.yaml", line: 3, column: 3 });
    });

    it("takes a device's MAC address from its name where it gives none, and writes each in one way", () => {
      const lab = parse(`devices:
  SEP00aabb000001: { type: basic, lines: [1] }
  SEP00AABB000002: { type: basic, lines: [2], mac: "02:00:00-00.57:0a" }
  desk: { type: basic, lines: [3] }
`);
      expect(lab.devices.map(({ mac }) => mac)).to.deep.equal(["00AABB000001", "02000000570A", undefined]);
    });

    it("keeps the digits of numbers as they are written", () => {
      const lab = parse("unassignedNumbers: [0123, 12345678901234567890, +49301, 0098-0101]");
      expect(lab.unassignedNumbers).to.deep.equal([
        "0123",
        "12345678901234567890",
        "+49301",
        "0098",
        "0099",
        "0100",
        "0101",
      ]);
    });

    it("tells associated with nobody (null) from not said", () => {
      const said = parse(DEVICE.replace("digestUser: u,", "digestUser: u, associatedUser: null,"));
      expect(said.devices[0]).to.not.have.property("associatedUser");
      expect(parse(DEVICE).devices[0]).to.have.property("associatedUser", "u");
    });

    it("merges mappings by anchor and alias", () => {
      const lab = parse(`
users: { u: { password: a }, v: { password: b } }
devices:
  d: &basic { type: basic, digestUser: u, wireless: true, lines: [1] }
  e: { <<: *basic, digestUser: v, lines: [2] }
`);
      expect(lab.devices[1]).to.include({ type: "basic", digestUser: "v", wireless: true });
    });

    it("puts in variables after the structure is read", () => {
      const lab = parse(
        'users: { u: { password: "${PW}" }, v: { password: "${NONE:-fallback}" } }\ntarget:\n  host: x\n  port: ${PORT}',
        {
          PW: "a: { b: [c]",
          PORT: "5070",
        },
      );
      expect(lab.users.get("u")?.password).to.equal("a: { b: [c]");
      expect(lab.users.get("v")?.password).to.equal("fallback");
      expect(lab.target.port).to.equal(5070);
    });

    it("leaves keys and escaped variables alone", () => {
      const lab = parse('users: { "${A}": { password: "$${A}" } }', { A: "value" });
      expect([...lab.users.values()].map(({ id, password }) => `${id} ${password ?? ""}`)).to.deep.equal(["${A} ${A}"]);
    });

    it("takes an IPv6 address with or without brackets", () => {
      expect(parse('target: { host: "[2001:db8::5]" }').target.host).to.equal("2001:db8::5");
      expect(parse('target: { host: "2001:db8::5" }').target.host).to.equal("2001:db8::5");
    });

    it("keeps a password of digits as text, leading zeros and all", () => {
      const lab = parse("users:\n  u:\n    password: ${A}\n  v:\n    password: ${B}\n  w: { password: 007 }", {
        A: "42",
        B: "0042",
      });
      expect([...lab.users.values()].map((user) => user.password)).to.deep.equal(["42", "0042", "007"]);
    });
  });

  describe("in disorder", () => {
    const files: [what: string, text: string, code: string, message: string][] = [
      [
        "a misspelt key",
        "devices:\n  d: { type: basic, digestUsr: u, lines: [1] }",
        "ERR_LAB_KEY",
        'test.lab.yaml:2:21: devices.d: unknown key "digestUsr". Did you mean "digestUser"?',
      ],
      [
        "an unknown key that is near to none",
        "waits: { colour: 1 }",
        "ERR_LAB_KEY",
        'test.lab.yaml:1:10: waits: unknown key "colour". Known here: answerMs, ringMs, settleMs.',
      ],
      [
        "a misspelt key of a line",
        "devices: { d: { type: basic, lines: [{ number: 1, partion: x }] } }",
        "ERR_LAB_KEY",
        'test.lab.yaml:1:51: devices.d.lines[0]: unknown key "partion". Did you mean "partition"?',
      ],
      [
        "a line without its number",
        "devices: { d: { type: basic, lines: [{ shared: true }] } }",
        "ERR_LAB_KEY",
        "test.lab.yaml:1:38: devices.d.lines[0].number: is missing",
      ],
      [
        "a missing key",
        "devices:\n  d: { type: basic }",
        "ERR_LAB_KEY",
        "test.lab.yaml:2:3: devices.d.lines: is missing",
      ],
      [
        "a number in quotes, though a variable's",
        'target: { port: "${PORT}" }',
        "ERR_LAB_VALUE",
        "test.lab.yaml:1:17: target.port: must be a number, is text",
      ],
      [
        "a wrong type",
        "target: { port: high }",
        "ERR_LAB_VALUE",
        "test.lab.yaml:1:17: target.port: must be a number, is text",
      ],
      [
        "an entry left empty",
        "sipProfiles:\n  own:",
        "ERR_LAB_VALUE",
        "test.lab.yaml:2:7: sipProfiles.own: must be a mapping, is empty",
      ],
      [
        "a misspelt device type",
        "devices: { d: { type: basci, lines: [1] } }",
        "ERR_LAB_VALUE",
        'cisco-7970 or cisco-7971, is "basci". Did you mean "basic"?',
      ],
      ["a port that is none", "target: { port: 70000 }", "ERR_LAB_VALUE", "target.port: must be at most 65535"],
      ["a host that is none", "target: { host: 10.0.0.256 }", "ERR_LAB_VALUE", "must be an IP address or a host name"],
      ["a local address by name", "local: { address: myhost }", "ERR_LAB_VALUE", 'must be "auto" or an IP address'],
      [
        "ports the wrong way round",
        "local: { ports: [6000, 5000] }",
        "ERR_LAB_VALUE",
        "from the lower port to the higher",
      ],
      [
        "a payload type that is not dynamic",
        "sipProfiles: { p: { telephoneEventPayloadType: 95 } }",
        "ERR_LAB_VALUE",
        "sipProfiles.p.telephoneEventPayloadType: must be at least 96",
      ],
      [
        "a payload type above 127",
        "sipProfiles: { p: { telephoneEventPayloadType: 128 } }",
        "ERR_LAB_VALUE",
        "must be at most 127",
      ],
      [
        "a directory number with letters",
        "devices: { d: { type: basic, lines: [alice] } }",
        "ERR_LAB_VALUE",
        "test.lab.yaml:1:38: devices.d.lines[0]: must be a directory number",
      ],
      [
        "a range the wrong way round",
        "unassignedNumbers: [20-10]",
        "ERR_LAB_VALUE",
        "a range of at most 1000 from the lower to the higher",
      ],
      [
        "a header that the stack makes",
        "phoneProfiles: { p: { headers: { Call-ID: x } } }",
        "ERR_LAB_VALUE",
        "must not fix a header that the stack makes",
      ],
      [
        "a header value of two lines",
        'phoneProfiles: { p: { headers: { X: "a\\r\\nVia: b" } } }',
        "ERR_LAB_VALUE",
        "must be text on one line",
      ],
      [
        "a lifetime that is granted and refused",
        "target: { registration: { expiresSeconds: 30 } }",
        "ERR_LAB_VALUE",
        "target.registration: grants a lifetime",
      ],
      [
        "an unknown digest user",
        DEVICE.replace("digestUser: u", "digestUser: uu"),
        "ERR_LAB_REFERENCE",
        'test.lab.yaml:3:33: devices.d.digestUser: no user is named "uu". Did you mean "u"?',
      ],
      [
        "an unknown associated user",
        DEVICE.replace("digestUser: u", "digestUser: u, associatedUser: somebody"),
        "ERR_LAB_REFERENCE",
        'no user is named "somebody". Add it under `users`.',
      ],
      [
        "an unknown security profile",
        DEVICE.replace("digestUser: u", "digestUser: u, securityProfile: standard-nonsecure"),
        "ERR_LAB_REFERENCE",
        'no phone security profile is named "standard-nonsecure". Did you mean "standard-non-secure"?',
      ],
      [
        "an unknown SIP profile",
        DEVICE.replace("digestUser: u", "digestUser: u, sipProfile: mine"),
        "ERR_LAB_REFERENCE",
        'no SIP profile is named "mine"',
      ],
      [
        "an unknown phone profile",
        DEVICE.replace("digestUser: u", "digestUser: u, phoneProfile: desk"),
        "ERR_LAB_REFERENCE",
        'no phone profile is named "desk"',
      ],
      [
        "an unknown partition of a line",
        "partitions: [internal]\n" + DEVICE.replace("[1]", "[{ number: 1, partition: interal }]"),
        "ERR_LAB_REFERENCE",
        'devices.d.lines[0].partition: no partition is named "interal". Did you mean "internal"?',
      ],
      [
        "an unknown partition of a search space",
        DEVICE.replace("digestUser: u", "digestUser: u, callingSearchSpace: [guests]"),
        "ERR_LAB_REFERENCE",
        'devices.d.callingSearchSpace[0]: no partition is named "guests"',
      ],
      [
        "a variable that is not set",
        'users:\n  u: { password: "${SIP_PASSWROD}" }',
        "ERR_LAB_ENVIRONMENT",
        "test.lab.yaml:2:18: users.u.password: environment variable SIP_PASSWROD is not set. " +
          'Did you mean "SIP_PASSWORD"? Set it, or give a default: ${SIP_PASSWROD:-…}.',
      ],
      [
        "a name given twice",
        "users:\n  u: {}\n  u: {}",
        "ERR_LAB_SYNTAX",
        "test.lab.yaml:3:3: Map keys must be unique",
      ],
      ["text that is not YAML", "users: {\n", "ERR_LAB_SYNTAX", "test.lab.yaml:2:1: "],
      [
        "a variable without quotes in a flow mapping",
        "target: { port: ${PORT} }",
        "ERR_LAB_SYNTAX",
        'test.lab.yaml:1:18: within { } and [ ] a variable stands in quotes: "${NAME}"',
      ],
      ["an unknown tag", "target: !secret { host: x }", "ERR_LAB_SYNTAX", "test.lab.yaml:1:9: "],
      ["a list for a file", "[1]", "ERR_LAB_VALUE", "test.lab.yaml:1:1: must be a mapping, is a list"],
      ["nothing", "", "ERR_LAB_VALUE", "test.lab.yaml:1:1: must be a mapping, is empty"],
      [
        "aliases that multiply without end",
        `users:\n  a: &a [${"x,".repeat(9)}]\n  b: &b [${"*a,".repeat(9)}]\n  c: &c [${"*b,".repeat(9)}]\n  d: [${"*c,".repeat(9)}]`,
        "ERR_LAB_SYNTAX",
        "Excessive alias count",
      ],
    ];
    for (const [what, text, code, message] of files) {
      it(`is refused for ${what}`, () => {
        const error = labFailure(text, { SIP_PASSWORD: "s3cret", PORT: "5060" });
        expect(error.message).to.include(message);
        expect(error.code).to.equal(code);
      });
    }

    it("is told all its problems in one go, in the order of the file", () => {
      const error = labFailure(`target: { prot: 1 }
users: { u: { pasword: x }, v: { password: "\${NOT_SET}" } }
devices:
  d: { type: basik, digestUser: u, lines: [1] }
  e: { type: basic, digestUser: nobody, lines: [1, 2] }
  f: { type: basic, digestUser: u, lines: [2] }
  g: { type: basic, digestUser: v, lines: [2] }
`);
      expect(problemsOf(error).map(({ code, place }) => `${place.line} ${code}`)).to.deep.equal([
        "1 ERR_LAB_KEY",
        "2 ERR_LAB_KEY",
        "2 ERR_LAB_ENVIRONMENT",
        "4 ERR_LAB_VALUE",
        "5 ERR_LAB_REFERENCE",
        "5 ERR_LAB_RULE",
        "6 ERR_LAB_DUPLICATE",
        "7 ERR_LAB_DUPLICATE",
      ]);
      expect(error.message.split("\n")).to.have.length(8);
      expect(error.code).to.equal("ERR_LAB_KEY");
      expect(error.details).to.include({ file: "test.lab.yaml", line: 1, column: 11, path: "target" });
    });

    it("finds the place of what was merged in", () => {
      const error = labFailure(
        "users: {}\ndevices:\n  a: &x { type: basic, lines: [1], wireless: 7 }\n  b: { <<: *x, lines: [2] }",
      );
      expect(problemsOf(error).map(({ path, place }) => `${path} ${place.line}:${place.column}`)).to.deep.equal([
        "devices.a.wireless 3:46",
        "devices.b.wireless 3:46",
      ]);
    });

    it("is told of a variable that is not set once, whatever the value would have been", () => {
      const error = labFailure(
        "target:\n  port: ${NOT_SET}\n" + DEVICE.replace("digestUser: u", 'digestUser: "${NOT_SET}"'),
      );
      expect(problemsOf(error).map(({ code, path }) => `${code} ${path}`)).to.deep.equal([
        "ERR_LAB_ENVIRONMENT target.port",
        "ERR_LAB_ENVIRONMENT devices.d.digestUser",
      ]);
    });

    it("is told of a break of structure alone, and not of what follows from it", () => {
      const error = labFailure("users:\n  u: {}\n  u: {}\nwaits: - answerMs\n");
      expect(problemsOf(error).map(({ place }) => place.line)).to.deep.equal([4]);
    });

    it("is refused when it cannot be read", async () => {
      const error = await loadLab("/nowhere/my.lab.yaml", { env: {} }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InventoryError).with.property("code", "ERR_LAB_FILE");
      expect(error)
        .to.have.property("message")
        .that.includes("/nowhere/my.lab.yaml:1:1: cannot read the lab file: there is none of that name");
    });
  });
});
