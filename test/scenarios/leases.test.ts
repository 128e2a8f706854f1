import { expect } from "chai";
import { parseLab, type Lab } from "../../src/inventory/index.ts";
import { LeasePool, type Lease, type LeaseRequest } from "../../src/scenarios/leases.ts";
import type { PhoneRoles } from "../../src/scenarios/roles.ts";

const LAB = `
target: { embedded: true, transports: [udp] }
unassignedNumbers: ["7901"]
securityProfiles: { digest: { digestAuthentication: true }, identify: { digestAuthentication: false } }
sipProfiles: { renamed: { serviceUris: { callPickup: pick-me } } }
users:
  u1: { password: p }
  u2: { password: p }
  u3: { password: p }
  shared: { password: p }
  spare: { password: p }
  bare: {}
devices:
  basic: { type: basic, securityProfile: digest, digestUser: u1, lines: [1001] }
  advanced: { type: advanced, securityProfile: digest, digestUser: u2, lines: [1002, 1003] }
  off: { type: basic, securityProfile: identify, digestUser: u3, lines: [1004] }
  twin-a: { type: basic, securityProfile: digest, digestUser: shared, sharedDigestUser: intended, lines: [1005] }
  twin-b: { type: basic, securityProfile: digest, digestUser: shared, sharedDigestUser: intended, lines: [1006] }
  forwarded:
    { type: basic, securityProfile: digest, digestUser: bare, lines: [{ number: 1007, forwards: { all: "1001" } }] }
`;

const PARTITIONED = `
target: { embedded: true, transports: [udp] }
partitions: [internal, guests]
securityProfiles: { digest: { digestAuthentication: true } }
sipProfiles: { early: { earlyOffer: true } }
users: { u1: { password: p }, u2: { password: p }, u3: { password: p }, u4: { password: p }, u5: { password: p }, u6: { password: p } }
devices:
  inside: { type: basic, securityProfile: digest, digestUser: u1, lines: [{ number: 1008, partition: internal }] }
  outside: { type: basic, securityProfile: digest, digestUser: u2, lines: [{ number: 1008, partition: guests }] }
  lone: { type: basic, securityProfile: digest, digestUser: u3, lines: [{ number: 1009, partition: guests }] }
  limited: { type: basic, securityProfile: digest, digestUser: u4, callingSearchSpace: [internal], lines: [1010] }
  early: { type: basic, securityProfile: digest, digestUser: u5, sipProfile: early, lines: [1011] }
`;

function lab(text = LAB): Lab {
  return parseLab(text, "test.lab.yaml", { env: {} });
}

function request(phones: PhoneRoles, more: Partial<LeaseRequest> = {}): LeaseRequest {
  return { phones, users: {}, numbers: {}, ...more };
}

function lend(pool: LeasePool, wish: LeaseRequest): Lease | undefined {
  return pool.tryLease(pool.prepare(wish));
}

function leased(phones: PhoneRoles, text = LAB): Record<string, string> {
  const lease = lend(new LeasePool(lab(text)), request(phones));
  return Object.fromEntries([...(lease?.devices ?? [])].map(([role, device]) => [role, device.name]));
}

describe("LeasePool", () => {
  it("gives a third-party phone with digest on and a user of its own to a role that wishes nothing", () => {
    expect(leased({ alice: {} })).to.deep.equal({ alice: "basic" });
  });

  it("fits type, check box and number of lines", () => {
    expect(leased({ alice: { type: "advanced", lines: 2 }, bob: { digest: false } })).to.deep.equal({
      alice: "advanced",
      bob: "off",
    });
  });

  it("gives phones that share a digest user only to roles that say so, both of them", () => {
    expect(leased({ first: {}, second: { sameDigestUserAs: "first" } })).to.deep.equal({
      first: "twin-a",
      second: "twin-b",
    });
  });

  it("finds a forward that points to another role, in whatever order they stand", () => {
    const wishes = { alice: { forwardsAllTo: "bob", credentials: false }, bob: {} } as const;
    expect(leased(wishes)).to.deep.equal({ alice: "forwarded", bob: "basic" });
  });

  it("gives a phone with a calling search space only to a role from which others are reachable, or not", () => {
    expect(leased({ caller: {} }, PARTITIONED)).to.deep.equal({ caller: "lone" });
    expect(leased({ caller: {}, hidden: { unreachableFrom: "caller" } }, PARTITIONED)).to.deep.equal({
      caller: "limited",
      hidden: "lone",
    });
  });

  it("gives a number of two partitions only to roles that say so, each where it is reachable or not", () => {
    const roles = {
      far: { sameNumberAs: "near", unreachableFrom: "caller" },
      near: { reachableFrom: "caller" },
      caller: {},
    };
    expect(leased(roles, PARTITIONED)).to.deep.equal({ far: "outside", near: "inside", caller: "limited" });
  });

  it("fits the built-in SIP profile, or another", () => {
    expect(leased({ alice: { standardSipProfile: true } }, PARTITIONED)).to.deep.equal({ alice: "lone" });
    expect(leased({ alice: { standardSipProfile: true, earlyOffer: true } }, PARTITIONED)).to.deep.equal({});
    expect(leased({ alice: { standardSipProfile: false, earlyOffer: true } }, PARTITIONED)).to.deep.equal({
      alice: "early",
    });
  });

  it("never lends a device twice", () => {
    const pool = new LeasePool(lab());
    expect(lend(pool, request({ alice: { type: "advanced" } }))).not.to.equal(undefined);
    expect(lend(pool, request({ alice: { type: "advanced" } }))).to.equal(undefined);
  });

  it("lends no device that shares a digest user with one lent out", () => {
    const pool = new LeasePool(lab());
    const both = { first: {}, second: { sameDigestUserAs: "first" } };
    const lease = lend(pool, request(both));
    expect(lease).not.to.equal(undefined);
    expect(lend(pool, request(both))).to.equal(undefined);
    if (lease) pool.giveBack(lease);
    expect(lend(pool, request(both))).not.to.equal(undefined);
  });

  it("lends an end user who is Digest User of no device", () => {
    const pool = new LeasePool(lab());
    const wish = request({}, { users: { stranger: { digestUserOf: "none" } } });
    expect(lend(pool, wish)?.users.get("stranger")?.id).to.equal("spare");
    expect(lend(pool, wish)).to.equal(undefined);
  });

  it("lends a number that nobody has, to as many as ask", () => {
    const pool = new LeasePool(lab());
    const wish = request({}, { numbers: { vacant: { unassigned: true } } });
    expect(lend(pool, wish)?.numbers.get("vacant")).to.equal("7901");
    expect(lend(pool, wish)?.numbers.get("vacant")).to.equal("7901");
  });

  it("says which role the lab cannot fill", () => {
    const pool = new LeasePool(lab());
    expect(pool.whyNever(pool.prepare(request({ alice: {}, bob: { type: "cisco" } })))).to.equal(
      'the lab has no device for role "bob" { type: cisco }',
    );
    expect(pool.whyNever(pool.prepare(request({ alice: {} })))).to.equal(undefined);
  });

  it("says so when there are devices for each role, but not for all together", () => {
    const pool = new LeasePool(lab());
    const why = pool.whyNever(pool.prepare(request({ a: { type: "advanced" }, b: { type: "advanced" } })));
    expect(why).to.contain("too few devices that fit together");
  });

  it("lends a phone with a MAC address, and one with a certificate that the target trusts, to who asks for it", () => {
    const text = (target: string): string => `
target: ${target}
securityProfiles: { digest: { digestAuthentication: true } }
users: { u1: { password: p }, u2: { password: p } }
devices:
  plain: { type: basic, securityProfile: digest, digestUser: u1, lines: [1001] }
  known:
    type: basic
    securityProfile: digest
    digestUser: u2
    lines: [1002]
    mac: "02:00:00:00:00:01"
    certificate: { certificateFile: a.pem, keyFile: a.key }
`;
    const foreign = text("{ host: 192.0.2.10 }");
    expect(leased({ alice: { mac: true } }, foreign)).to.deep.equal({ alice: "known" });
    expect(leased({ alice: { certificate: true } }, foreign)).to.deep.equal({ alice: "known" });
    expect(leased({ alice: { certificate: true } }, text("{ embedded: true }"))).to.deep.equal({ alice: "plain" });
    const other = text("{ embedded: true, tls: { caFile: ca.pem } }");
    expect(leased({ alice: { certificate: true } }, other)).to.deep.equal({ alice: "known" });
  });

  describe("for scenarios that reconfigure the target", () => {
    const numbers = { vacant: { unassigned: true } } as const;
    const needs = ["administration"] as const;
    const text = LAB.replace('["7901"]', '["7901", "7902"]');
    const numberOf = (lease: Lease | undefined): string | undefined => lease?.numbers.get("vacant");

    it("gives a number to one of them alone, and none that somebody calls", () => {
      const pool = new LeasePool(lab(text));
      const calls = lend(pool, request({}, { numbers }));
      expect(numberOf(calls)).to.equal("7901");
      const first = lend(pool, request({}, { numbers, needs }));
      expect(numberOf(first)).to.equal("7902");
      expect(lend(pool, request({}, { numbers, needs }))).to.equal(undefined);
      expect(numberOf(lend(pool, request({}, { numbers })))).to.equal("7901");
      pool.giveBack(first!);
      expect(numberOf(lend(pool, request({}, { numbers, needs })))).to.equal("7902");
    });

    it("gives none of their numbers to those who call, until it is back", () => {
      const pool = new LeasePool(lab());
      const own = lend(pool, request({}, { numbers, needs }));
      expect(numberOf(own)).to.equal("7901");
      expect(lend(pool, request({}, { numbers }))).to.equal(undefined);
      pool.giveBack(own!);
      expect(numberOf(lend(pool, request({}, { numbers })))).to.equal("7901");
    });

    it("gives the licence pool to one of them at a time", () => {
      const pool = new LeasePool(lab());
      const licences = request({}, { needs: ["administration", "licences"] });
      const first = lend(pool, licences);
      expect(first?.needs).to.include("licences");
      expect(lend(pool, licences)).to.equal(undefined);
      expect(lend(pool, request({}, { needs }))).not.to.equal(undefined);
      pool.giveBack(first!);
      expect(lend(pool, licences)).not.to.equal(undefined);
    });
  });

  describe("of devices with values of their own", () => {
    const text = `
target: { embedded: true, transports: [udp] }
securityProfiles: { digest: { digestAuthentication: true }, alone: { standard: true } }
users: { u1: { password: p }, u2: { password: p }, u3: { password: p }, u4: { password: p }, u5: { password: p }, u6: { password: p } }
devices:
  old: { type: basic, securityProfile: digest, digestUser: u1, migratedFrom: "5.0", lines: [1] }
  brief: { type: basic, securityProfile: digest, digestUser: u2, registrationSeconds: 2, lines: [2] }
  wireless: { type: advanced, securityProfile: digest, digestUser: u3, wireless: true, lines: [3] }
  fleeting: { type: basic, securityProfile: digest, digestUser: u6, sessionSeconds: 4, lines: [6] }
  alone: { type: basic, securityProfile: alone, digestUser: u4, lines: [4] }
`;

    it("gives them to who asks", () => {
      expect(leased({ a: { migrated: true } }, text)).to.deep.equal({ a: "old" });
      expect(leased({ a: { maxRegistrationSeconds: 2 } }, text)).to.deep.equal({ a: "brief" });
      expect(leased({ a: { maxRegistrationSeconds: 1 } }, text)).to.deep.equal({});
      expect(leased({ a: { wireless: true } }, text)).to.deep.equal({ a: "wireless" });
      expect(leased({ a: { maxSessionSeconds: 4 } }, text)).to.deep.equal({ a: "fleeting" });
      expect(leased({ a: { maxSessionSeconds: 3 } }, text)).to.deep.equal({});
      expect(leased({ a: { digest: false, ownStandardProfile: true } }, text)).to.deep.equal({ a: "alone" });
    });

    it("gives migrated ones and those of a short lifetime or session to nobody else", () => {
      expect(leased({ a: {}, b: {} }, text)).to.deep.equal({});
      expect(leased({ a: { type: "basic" } }, text)).to.deep.equal({});
      expect(leased({ a: { wireless: false } }, text)).to.deep.equal({});
    });

    it("takes the lifetime that the target grants to all for short where it is", () => {
      const brief = text.replace("udp]", "udp], registration: { expiresSeconds: 3, minExpiresSeconds: 1 }");
      expect(leased({ a: { type: "advanced", maxRegistrationSeconds: 3 } }, brief)).to.deep.equal({ a: "wireless" });
    });

    it("takes no standard profile for one's own that others have too", () => {
      const shared = `${text}  more: { type: basic, securityProfile: alone, digestUser: u5, lines: [5] }\n`;
      expect(leased({ a: { digest: false, ownStandardProfile: true } }, shared)).to.deep.equal({});
      expect(leased({ a: { digest: false, ownStandardProfile: false } }, shared)).to.deep.equal({ a: "alone" });
    });
  });
});
