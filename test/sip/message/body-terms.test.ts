import { expect } from "chai";
import { acceptsType, contentCodings, isBodyOptional, SipRequest } from "../../../src/sip/message/index.ts";

function invite(headers: readonly (readonly [string, string])[]): SipRequest {
  return SipRequest.create({ method: "INVITE", requestUri: "sip:1002@192.0.2.1", headers });
}

describe("what a message says of bodies", () => {
  it("is that one may be left unread, in any spelling", () => {
    for (const value of ["session;handling=optional", "render ; Handling = OPTIONAL;x"])
      expect(isBodyOptional(invite([["Content-Disposition", value]])), value).to.equal(true);
    for (const value of ["session", "session;handling=required", "handling=optionally"])
      expect(isBodyOptional(invite([["Content-Disposition", value]])), value).to.equal(false);
    expect(isBodyOptional(invite([]))).to.equal(false);
  });

  it("is which codings it has, long or compact, over several lines", () => {
    const coded = invite([
      ["e", "GZIP, identity"],
      ["Content-Encoding", "br"],
    ]);
    expect(contentCodings(coded)).to.deep.equal(["gzip", "br"]);
    expect(contentCodings(invite([["Content-Encoding", "Identity"]]))).to.deep.equal([]);
  });

  it("is which types the answer may have", () => {
    const takesSdp = (...accept: string[]): boolean =>
      acceptsType(invite(accept.map((value) => ["Accept", value] as const)), "application/sdp");
    for (const value of [
      "application/SDP",
      "text/plain;q=0.5, application/*;q=0.2",
      "*/*",
      "a/b,\tapplication/sdp;level=1",
    ])
      expect(takesSdp(value), value).to.equal(true);
    expect(takesSdp("text/plain", "application/sdp"), "on two lines").to.equal(true);
    for (const value of ["", "text/plain", "application/sdp;q=0", "application/sdp; q = 0.000", 'text/plain;x="'])
      expect(takesSdp(value), value).to.equal(false);
    expect(takesSdp(), "no Accept").to.equal(true);
    expect(acceptsType(invite([]), "text/plain"), "no Accept, another type").to.equal(false);
  });
});
