import { expect } from "chai";
import { conductTransfer } from "../../../src/callmanager/policies/conduct-transfer.ts";
import { device } from "../support/lab.ts";

describe("conductTransfer", () => {
  it("lets the transferor go at once and tells it so", () => {
    for (const [kind, rule] of [
      ["blind", "CAL-09"],
      ["attended", "CAL-10"],
    ] as const) {
      const conduct = conductTransfer({ device: device("basic1"), kind });
      expect(conduct).to.deep.include({ outcome: "release at once", notify: true, rules: [rule] });
    }
  });
});
