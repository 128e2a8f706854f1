import { expect } from "chai";
import { admitTransfer, type TransferQuestion } from "../../../src/callmanager/policies/admit-transfer.ts";
import { parseUri } from "../../../src/sip/message/index.ts";
import { device } from "../support/lab.ts";

describe("admitTransfer", () => {
  const ask = (question: Partial<TransferQuestion>): ReturnType<typeof admitTransfer> =>
    admitTransfer({
      device: device("basic1"),
      referTo: parseUri("sip:1003@cm.example.com"),
      call: "up",
      replaces: "none",
      ...question,
    });

  it("admits a transfer to a number, to be called whatever becomes of it", () => {
    expect(ask({})).to.include({ outcome: "blind", number: "1003" });
    expect(ask({ referTo: parseUri("sip:cm.example.com;method=invite") })).to.include({ outcome: "blind" });
  });

  it("admits a transfer to another call of the same phone", () => {
    expect(ask({ replaces: "own" })).to.deep.include({ outcome: "attended", rules: ["CAL-10"] });
  });

  it("admits a transfer to whom the phone is calling", () => {
    expect(ask({ replaces: "ringing" })).to.deep.include({ outcome: "semi-attended", rules: ["CAL-10"] });
  });

  const refused: [string, Partial<TransferQuestion>, number][] = [
    ["nowhere to go", { referTo: undefined }, 400],
    ["a URI of another scheme", { referTo: parseUri("tel:1003") }, 403],
    ["another method than INVITE", { referTo: parseUri("sip:1003@cm.example.com;method=SUBSCRIBE") }, 403],
    ["a call that still rings", { call: "not up" }, 403],
    ["a call that is being negotiated", { call: "negotiating" }, 491],
    ["a dialog of somebody else", { replaces: "foreign" }, 403],
    ["a second call that rings at it, or is being negotiated", { replaces: "not up" }, 491],
  ];
  for (const [what, question, status] of refused) {
    it(`refuses ${what}: ${status}`, () => {
      expect(ask(question)).to.include({ outcome: "refused", status });
    });
  }
});
