import { expect } from "chai";
import { resetDevice } from "../../../src/callmanager/policies/reset-device.ts";
import { device } from "../support/lab.ts";

describe("resetDevice", () => {
  for (const name of ["basic1", "advanced1"]) {
    it(`sends a third-party phone nothing (${name})`, () => {
      expect(resetDevice({ device: device(name), registerCallId: "c" })).to.include({ outcome: "silent" });
    });
  }

  it("sends a Cisco phone service-control with the Call-ID of its REGISTER", () => {
    const reset = resetDevice({ device: device("cisco1"), registerCallId: "reg-1" });
    expect(reset).to.include({ outcome: "notify", event: "service-control", contentType: "text/plain" });
    expect("body" in reset && reset.body.split("\r\n").slice(0, 2)).to.deep.equal([
      "action=reset",
      "RegisterCallId={reg-1}",
    ]);
  });
});
