import { expect } from "chai";
import { admitCall } from "../../../src/callmanager/policies/admit-call.ts";
import { device, firstLine } from "../support/lab.ts";

describe("admitCall", () => {
  const basic = device("basic1");
  const line = { ...firstLine(basic), maxCalls: 4, busyTrigger: 2 };
  const roomy = { ...basic, maxCalls: 6 };

  const cases = [
    { direction: "incoming", callsOnLine: 1, callsOnDevice: 1, rule: undefined },
    { direction: "incoming", callsOnLine: 2, callsOnDevice: 2, rule: "CAP-04" },
    { direction: "outgoing", callsOnLine: 2, callsOnDevice: 2, rule: undefined },
    { direction: "outgoing", callsOnLine: 3, callsOnDevice: 5, rule: undefined },
    { direction: "outgoing", callsOnLine: 4, callsOnDevice: 4, rule: "CAP-06" },
    { direction: "outgoing", callsOnLine: 0, callsOnDevice: 6, rule: "CAP-08" },
    { direction: "incoming", callsOnLine: 0, callsOnDevice: 6, rule: "CAP-08" },
  ] as const;
  for (const { direction, callsOnLine, callsOnDevice, rule } of cases) {
    it(`${rule === undefined ? "admits" : "refuses"} an ${direction} call beside ${callsOnLine} on the line, ${callsOnDevice} on the device`, () => {
      const ruling = admitCall({ direction, device: roomy, line, callsOnLine, callsOnDevice });
      expect(ruling.outcome).to.equal(rule === undefined ? "admitted" : "refused");
      if (rule === undefined) return;
      expect(ruling.rules).to.include(rule);
      expect(ruling).to.deep.include({ status: 486, headers: [["Reason", "Q.850;cause=17"]] });
    });
  }
});
