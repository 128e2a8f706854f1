import { expect } from "chai";
import { defaultSettings } from "../../../src/callmanager/policies/default-settings.ts";

describe("defaultSettings", () => {
  it("gives a Basic 2 calls, 2 a line, busy at 2 (CAP-01)", () => {
    const { device, line } = defaultSettings({ type: "basic" });
    expect([device.maxCalls, line.maxCalls, line.busyTrigger]).to.deep.equal([2, 2, 2]);
  });

  it("gives an Advanced 16 calls, 2 a line, busy at 2 (CAP-02)", () => {
    const { device, line } = defaultSettings({ type: "advanced" });
    expect([device.maxCalls, line.maxCalls, line.busyTrigger]).to.deep.equal([16, 2, 2]);
  });

  it("leaves both check boxes of DTMF off (DTM-05)", () => {
    const { device } = defaultSettings({ type: "basic" });
    expect(device).to.include({ requireDtmfReception: false, rfc2833Disabled: false });
  });
});
