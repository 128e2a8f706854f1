import { expect } from "chai";
import type { ProvisioningChange, SipProfileUpdate } from "../../src/administration/index.ts";
import { attempt, labOf, verdict } from "./support/attempt.ts";

const LAB = labOf(`
securityProfiles: { own: { digestAuthentication: false } }
sipProfiles: { sip: { serviceUris: { meetMe: meet } } }
devices: { d: { type: basic, digestUser: u, securityProfile: own, sipProfile: sip, lines: [1] }, e: { type: basic, digestUser: v, lines: [2] } }
`);

function digest(name: string, digestAuthentication = true): ProvisioningChange {
  return { kind: "set-digest-authentication", name, digestAuthentication };
}

function sip(settings: SipProfileUpdate, name = "sip"): ProvisioningChange {
  return { kind: "update-sip-profile", name, settings };
}

describe("judgeProfile", () => {
  it("enables digest in a profile of one's own, not in a standard one (PRV-04)", () => {
    expect(verdict(LAB, digest("own"))).to.equal("accepted");
    expect(verdict(LAB, digest("standard-non-secure"))).to.equal("refused PRV-04");
    expect(verdict(LAB, digest("standard-non-secure", false))).to.equal("accepted");
    expect(verdict(LAB, { kind: "add-security-profile", name: "new", digestAuthentication: true })).to.equal(
      "accepted",
    );
  });

  it("lets the phones of a profile have it as it is now, and no others", () => {
    const { lab } = attempt(LAB, digest("own"));
    expect(lab.devices[0]?.securityProfile.digestAuthentication).to.equal(true);
    expect(lab.devices[1]).to.equal(LAB.devices[1]);
  });

  it("changes both sections of a SIP profile, and keeps the rest of it (PRV-05)", () => {
    const { ruling, lab } = attempt(
      LAB,
      sip({ serviceUris: { callPickup: "pick" }, earlyOffer: true, phoneParameters: { maxRedirects: 0 } }),
    );
    expect(ruling.outcome).to.equal("accepted");
    const profile = lab.devices[0]!.sipProfile;
    expect(profile).to.include({ earlyOffer: true, telephoneEventPayloadType: 101 });
    expect(profile.serviceUris).to.include({ callPickup: "pick", meetMe: "meet" });
    expect(profile.phoneParameters).to.deep.equal({ registerExpiresSeconds: 3600, maxRedirects: 0 });
  });

  it("makes a SIP profile from Cisco's defaults", () => {
    const { lab } = attempt(LAB, { kind: "add-sip-profile", name: "new", settings: { telephoneEventPayloadType: 96 } });
    expect(lab.sipProfiles.get("new")).to.include({ name: "new", telephoneEventPayloadType: 96, earlyOffer: false });
  });

  it("refuses a payload type that is not dynamic, a name that is taken, and a profile that is not there", () => {
    for (const telephoneEventPayloadType of [95, 128]) {
      expect(verdict(LAB, sip({ telephoneEventPayloadType }))).to.equal("refused -");
    }
    expect(verdict(LAB, { kind: "add-sip-profile", name: "sip", settings: {} })).to.equal("refused -");
    expect(verdict(LAB, { kind: "add-security-profile", name: "own", digestAuthentication: false })).to.equal(
      "refused -",
    );
    expect(verdict(LAB, sip({}, "none"))).to.equal("refused -");
    expect(verdict(LAB, digest("none"))).to.equal("refused -");
  });
});
