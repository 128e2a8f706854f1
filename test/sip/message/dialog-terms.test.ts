import { expect } from "chai";
import { allowsUpdate, meansNoDialog, SipRequest } from "../../../src/sip/message/index.ts";

function invite(...allow: readonly string[]): SipRequest {
  const headers = allow.map((value) => ["Allow", value] as const);
  return SipRequest.create({ method: "INVITE", requestUri: "sip:1002@192.0.2.1", headers });
}

describe("what a message says of dialogs", () => {
  it("is that there is none any more, by 408 and 481 alone", () => {
    const ending = Array.from({ length: 600 }, (_, index) => 100 + index).filter((status) => meansNoDialog({ status }));
    expect(ending).to.deep.equal([408, 481]);
  });

  it("is whether UPDATE is taken, over several lines, in its own case", () => {
    expect(allowsUpdate(invite("INVITE, ACK", "BYE , UPDATE"))).to.equal(true);
    expect(allowsUpdate(invite("INVITE, update, UPDATES"))).to.equal(false);
  });

  it("is nothing of UPDATE where no methods are listed", () => {
    expect(allowsUpdate(invite())).to.equal(undefined);
    expect(allowsUpdate(invite(""))).to.equal(undefined);
  });
});
