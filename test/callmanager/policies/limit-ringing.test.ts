import { expect } from "chai";
import { limitRinging } from "../../../src/callmanager/policies/limit-ringing.ts";
import { SipRequest } from "../../../src/sip/message/index.ts";

describe("limitRinging", () => {
  const invite = (expires: string): SipRequest =>
    SipRequest.create({ method: "INVITE", requestUri: "sip:1003@cm", headers: [["Expires", expires]] });

  for (const [what, given, seconds] of [
    ["three minutes where the INVITE says nothing", undefined, 180],
    ["as long as the INVITE is good for", invite("2"), 2],
    ["three minutes at most", invite("3600"), 180],
    ["three minutes where Expires cannot be read", invite("soon"), 180],
  ] as const) {
    it(`lets a call ring for ${what}`, () => {
      expect(limitRinging({ invite: given }).seconds).to.equal(seconds);
    });
  }
});
