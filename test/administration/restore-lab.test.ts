import { expect } from "chai";
import { restoreLab, type ProvisioningChange } from "../../src/administration/index.ts";
import type { Lab } from "../../src/inventory/index.ts";
import { attempt, labOf } from "./support/attempt.ts";

const ORIGINAL = labOf(`
licenceUnits: 30
securityProfiles: { own: {} }
sipProfiles: { sip: {} }
devices:
  d: { type: advanced, digestUser: u, securityProfile: own, sipProfile: sip, lines: [{ number: 1, maxCalls: 16 }, { number: 2, maxCalls: 4 }] }
  e: { type: basic, digestUser: v, lines: [3] }
`);

function after(...changes: readonly ProvisioningChange[]): Lab {
  return changes.reduce((lab, change) => {
    const { ruling, lab: changed } = attempt(lab, change);
    expect(ruling.outcome, ruling.reason).to.equal("accepted");
    return changed;
  }, ORIGINAL);
}

const EVERYTHING = {
  phones: ["d", "e", "n"],
  users: ["u", "v", "new"],
  securityProfiles: ["own", "mine"],
  sipProfiles: ["sip"],
  numbers: ["2"],
  licenceUnits: true,
};

describe("restoreLab", () => {
  const changed = after(
    { kind: "disassociate-line", phone: "d", line: { directoryNumber: "2" } },
    { kind: "add-user", id: "new", password: "p" },
    { kind: "set-credentials", id: "u", password: null },
    { kind: "add-security-profile", name: "mine", digestAuthentication: true },
    { kind: "set-digest-authentication", name: "own", digestAuthentication: true },
    { kind: "update-sip-profile", name: "sip", settings: { earlyOffer: true } },
    { kind: "add-phone", phone: { name: "n", type: "basic", lines: [] } },
    { kind: "remove-phone", phone: "e" },
    { kind: "set-licence-units", units: 100 },
  );

  it("puts back everything of its scope, negative zone and order of the file too", () => {
    const restored = restoreLab(changed, ORIGINAL, EVERYTHING);
    expect(restored).to.deep.equal(ORIGINAL);
    expect(restored.devices[0]).to.equal(ORIGINAL.devices[0]);
  });

  it("leaves alone what is not of its scope", () => {
    expect(restoreLab(changed, ORIGINAL, {})).to.deep.equal(changed);
    const restored = restoreLab(changed, ORIGINAL, { phones: ["e"] });
    expect(restored.devices.map(({ name }) => name)).to.deep.equal(["d", "e", "n"]);
    expect(restored.licenceUnits).to.equal(100);
    expect(restored.devices[0]?.securityProfile.digestAuthentication).to.equal(true);
  });
});
