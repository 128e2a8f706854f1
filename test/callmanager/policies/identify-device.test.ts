import { expect } from "chai";
import { identifyDevice } from "../../../src/callmanager/policies/identify-device.ts";
import { directory } from "../support/lab.ts";

describe("identifyDevice", () => {
  it("identifies the one device whose Digest User the username is", () => {
    const identity = identifyDevice({ directory, username: "swhite" });
    expect(identity).to.include({ outcome: "identified" });
    expect("device" in identity && identity.device.name).to.equal("basic1");
  });

  it("refuses whoever brings no username with 401", () => {
    expect(identifyDevice({ directory, username: undefined })).to.include({ outcome: "refused", status: 401 });
  });

  const refused = [
    { username: "nobody", rule: "REG-07", why: "no end user" },
    { username: "SWHITE", rule: "REG-07", why: "a user by another case" },
    { username: "", rule: "REG-07", why: "an empty name" },
    { username: "nophone", rule: "REG-08", why: "a user of no device" },
    { username: "twophones", rule: "REG-10", why: "a user of two devices" },
  ];
  for (const { username, rule, why } of refused) {
    it(`refuses ${why} with 404 by ${rule}`, () => {
      const identity = identifyDevice({ directory, username });
      expect(identity).to.include({ outcome: "refused", status: 404 });
      expect(identity.rules).to.include(rule);
    });
  }
});
