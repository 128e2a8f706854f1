import { expect } from "chai";
import { followRefusal } from "../../../src/callmanager/policies/follow-refusal.ts";
import { SipRequest, SipResponse } from "../../../src/sip/message/index.ts";

const INVITE = SipRequest.create({
  method: "INVITE",
  requestUri: "sip:1003@192.0.2.9",
  headers: [
    ["Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
    ["From", "<sip:1002@192.0.2.1>;tag=a"],
    ["To", "<sip:1003@192.0.2.1>"],
    ["Call-ID", "call"],
    ["CSeq", "101 INVITE"],
  ],
});

function courseOf(status: number, ...contacts: string[]): string {
  const headers = contacts.map((contact) => ["Contact", contact] as const);
  const response = SipResponse.to(INVITE, status, { toTag: "b", headers });
  const course = followRefusal({ response, hosts: new Set(["192.0.2.1"]), tries: 1 });
  return course.outcome === "diverted"
    ? `${course.number ?? ""} ${course.local ? "here" : "elsewhere"}`
    : course.outcome;
}

describe("followRefusal", () => {
  it("sends a call to the Contact of a 3xx, here or elsewhere", () => {
    expect(courseOf(302, "<sip:1004@192.0.2.1>")).to.equal("1004 here");
    expect(courseOf(301, "<sip:1004@192.0.2.7>")).to.equal("1004 elsewhere");
    expect(courseOf(302)).to.equal("given up");
    expect(courseOf(404, "<sip:1004@192.0.2.1>")).to.equal("given up");
  });

  it("takes the Contact of the highest q, and of equal ones the first", () => {
    expect(courseOf(300, "<sip:1@192.0.2.1>;q=0.3, <sip:2@192.0.2.1>;q=0.9", "<sip:3@192.0.2.1>;q=0.900")).to.match(
      /^2 /,
    );
    expect(courseOf(300, "<sip:1@192.0.2.1>;q=0.3, <sip:2@192.0.2.1>")).to.match(/^2 /);
    expect(courseOf(300, "<sip:1@192.0.2.1>, <sip:2@192.0.2.1>;q=1.000")).to.match(/^1 /);
    expect(courseOf(300, "<sip:1@192.0.2.1>;q=0, <sip:2@192.0.2.1>;q=x")).to.match(/^2 /);
  });

  it("gives a phone up whose Contacts cannot be read", () => {
    for (const contact of ["<<<", "*", "<sip:>", "<sip:1004@192.0.2.1>, <sip:"]) {
      expect(courseOf(302, contact), contact).to.equal("given up");
    }
  });
});
