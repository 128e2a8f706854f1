import { expect } from "chai";
import { contentTypesOf, sdpBodyOf } from "../../src/callmanager/mime.ts";
import { SipRequest } from "../../src/sip/message/index.ts";

function message(contentType: string | undefined, ...lines: string[]): SipRequest {
  const headers = contentType === undefined ? [] : [["Content-Type", contentType] as const];
  return SipRequest.create({ method: "INVITE", requestUri: "sip:h", headers, body: lines.join("\r\n") });
}

describe("bodies", () => {
  it("give the session description, alone", () => {
    expect(sdpBodyOf(message("Application/SDP; charset=utf-8", "v=0", ""))?.toString()).to.equal("v=0\r\n");
  });

  it("give the session description as a part, without the line end before the boundary", () => {
    const parts = ["preamble", "--b", "Content-Type: text/plain", "", "hi", "--b", "content-type:application/sdp", "", "v=0", "s=-", "--b--"]; // prettier-ignore
    expect(sdpBodyOf(message("multipart/mixed;boundary=b", ...parts))?.toString()).to.equal("v=0\r\ns=-");
  });

  it("tell the type of a part whose header goes on in further lines", () => {
    const parts = ["--b", "X: 1", "Content-Type:", "\tapplication/x-folded;", " a=b", "Y: 2", "", "x", "--b--"];
    const types = ["multipart/mixed", "application/x-folded"];
    expect(contentTypesOf(message("multipart/mixed;boundary=b", ...parts))).to.deep.equal(types);
  });

  it("are not split at a longer boundary that begins alike", () => {
    const parts = ["--b", "Content-Type: application/sdp", "", "v=0", "--b2", "s=-", "--b--"];
    expect(sdpBodyOf(message('multipart/mixed;boundary="b"', ...parts))?.toString()).to.equal("v=0\r\n--b2\r\ns=-");
  });

  it("have no session description where there is none", () => {
    for (const given of [
      message(undefined, "v=0"),
      message("application/sdp"),
      message("multipart/mixed", "--b", "", "x"),
    ])
      expect(sdpBodyOf(given)).to.equal(undefined);
  });

  it("are read no deeper and no longer than real ones go", () => {
    const many = Array.from({ length: 1000 }, () => ["--b", "Content-Type: application/x-many", "", "x"]).flat();
    expect(contentTypesOf(message("multipart/mixed;boundary=b", ...many))).to.have.length(32);
    const nested = Array.from({ length: 20 }, () => ["--b", "Content-Type: multipart/mixed;boundary=b", ""]).flat();
    expect(contentTypesOf(message("multipart/mixed;boundary=b", ...nested)).length).to.be.below(33);
  });
});
