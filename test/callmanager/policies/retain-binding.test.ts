import { expect } from "chai";
import { changeLab, type ProvisioningChange } from "../../../src/administration/index.ts";
import { Directory } from "../../../src/callmanager/directory.ts";
import type { Binding } from "../../../src/callmanager/location-service.ts";
import { retainBinding, type Retention } from "../../../src/callmanager/policies/retain-binding.ts";
import { device, directory, firstLine } from "../support/lab.ts";

/** What becomes of the binding of basic1 at 1002 after a change. */
function after(change: ProvisioningChange): Retention {
  const of = device("basic1");
  const binding = { device: of, line: firstLine(of) } as Binding;
  return retainBinding({ binding, directory: new Directory(changeLab(directory.lab, change)) });
}

describe("retainBinding", () => {
  const line = { directoryNumber: "1002" };

  it("keeps it with the settings of now", () => {
    const settings = { partition: "inner", maxCalls: 1, busyTrigger: 1 };
    const retention = after({ kind: "update-line", phone: "basic1", line, settings });
    expect(retention.outcome).to.equal("kept");
    expect("line" in retention && retention.line).to.include({ directoryNumber: "1002", ...settings });
  });

  it("keeps it when the Digest User is another: the next request asks (REG-11)", () => {
    const retention = after({ kind: "update-phone", phone: "basic1", settings: { digestUser: "nophone" } });
    expect("device" in retention && retention.device.digestUser).to.equal("nophone");
  });

  const lost: [what: string, change: ProvisioningChange][] = [
    ["has another number", { kind: "update-line", phone: "basic1", line, settings: { directoryNumber: "9" } }],
    ["is taken off the phone", { kind: "disassociate-line", phone: "basic1", line }],
    ["goes with the phone", { kind: "remove-phone", phone: "basic1" }],
  ];
  for (const [what, change] of lost) {
    it(`drops it when the line ${what} (PRV-06)`, () => {
      expect(after(change)).to.deep.include({ outcome: "dropped", rules: ["PRV-06"] });
    });
  }
});
