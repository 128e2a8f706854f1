import { expect } from "chai";
import { dresser } from "../../src/drachtio/header-style.ts";
import { SipRequest } from "../../src/sip/message/index.ts";

function dressed(order: string[], headers: [string, string][]): string {
  const message = SipRequest.create({ method: "OPTIONS", requestUri: "sip:a", headers });
  dresser({ order })(message);
  return message.toString().split("\r\n").slice(1, -2).join(" | ");
}

describe("a header style", () => {
  it("orders headers, even Content-Length in the middle, and lets unnamed ones follow in their order", () => {
    expect(
      dressed(
        ["CSeq", "Via", "Content-Length", "Max-Forwards"],
        [
          ["Via", "1"],
          ["X-B", "2"],
          ["Max-Forwards", "70"],
          ["X-A", "3"],
          ["CSeq", "4"],
          ["Content-Length", "0"],
        ],
      ),
    ).to.equal("CSeq: 4 | Via: 1 | Content-Length: 0 | Max-Forwards: 70 | X-B: 2 | X-A: 3");
  });

  it("spells names as the phone does, compact ones too, whatever their spelling was", () => {
    expect(
      dressed(
        ["v", "t", "CALL-id"],
        [
          ["To", "<sip:b>"],
          ["call-ID", "c"],
          ["Via", "1"],
        ],
      ),
    ).to.equal("v: 1 | t: <sip:b> | CALL-id: c | Content-Length: 0");
  });

  it("keeps repeated headers together and in their order", () => {
    expect(
      dressed(
        ["Via", "Accept", "Accept", "To"],
        [
          ["To", "<sip:b>"],
          ["Accept", "a/1"],
          ["Via", "1"],
          ["Accept", "a/2"],
          ["Via", "2"],
        ],
      ),
    ).to.equal("Via: 1 | Via: 2 | Accept: a/1 | Accept: a/2 | To: <sip:b> | Content-Length: 0");
  });
});
