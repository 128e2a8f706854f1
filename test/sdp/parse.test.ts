import { expect } from "chai";
import fc from "fast-check";
import { parseSdp, SDP_LIMITS, SdpParseError, writeSdp } from "../../src/sdp/index.ts";

const HEAD = ["v=0", "o=- 1 2 IN IP4 10.0.0.1", "s=-", "c=IN IP4 10.0.0.1", "t=0 0"];

function body(...lines: string[]): string {
  return [...HEAD, ...lines].map((line) => `${line}\r\n`).join("");
}

describe("parseSdp", () => {
  it("keeps numbers of o= that exceed 2^53 as they are written", () => {
    const text = body().replace("1 2 IN", "007 90071992547409931234 IN");
    expect(parseSdp(text).origin).to.include({ sessionId: "007", sessionVersion: "90071992547409931234" });
    expect(writeSdp(parseSdp(text))).to.equal(text);
  });

  it("reads the number of ports of m=audio 4000/2", () => {
    const text = body("m=audio 4000/2 RTP/AVP 0");
    expect(parseSdp(text).media[0]).to.include({ port: 4000, portCount: 2, protocol: "RTP/AVP" });
    expect(writeSdp(parseSdp(text))).to.equal(text);
  });

  it("keeps the order of lines, of attributes, repeated lines and unknown letters", () => {
    const text = body(
      "a=sendonly",
      "b=X-YZ:1",
      "m=audio 4000 RTP/AVP 0",
      "a=fmtp:0 x",
      "a=rtpmap:0 PCMU/8000",
      "c=IN IP4 224.2.1.1/127/3",
      "c=IN IP4 224.2.1.4/127",
      "q=unknown",
      "a=rtpmap:0 PCMU/8000",
    );
    expect(writeSdp(parseSdp(text))).to.equal(text);
  });

  it("keeps what sdp-transform reads in part only", () => {
    const text = body("m=x-app 5 RTP/AVP-foo 0", "a=rtcp:1 IN IP7 X", "b=AS:080", "a=mediaclk:", "a=")
      .replace("o=- ", "o=Cisco SIP UA ")
      .replace("c=IN IP4", "c=ATM NSAP");
    expect(parseSdp(text).media[0]).to.include({ kind: "x-app", protocol: "RTP/AVP-foo" });
    expect(parseSdp(text).origin.username).to.equal("Cisco SIP UA");
    expect(writeSdp(parseSdp(text))).to.equal(text);
  });

  it("keeps octets that are not UTF-8", () => {
    const octets = Buffer.from(body("a=x:ÿþ"), "latin1");
    expect(Buffer.from(writeSdp(parseSdp(octets)), "latin1").equals(octets)).to.equal(true);
  });

  it("takes LF, a missing last line end and blank lines at the end", () => {
    expect(writeSdp(parseSdp(body().replaceAll("\r\n", "\n").trimEnd()))).to.equal(body());
    expect(writeSdp(parseSdp(`${body()}\r\n\r\n`))).to.equal(body());
  });

  const broken: Record<string, string> = {
    "an empty body": "",
    "a body that does not begin with v=": "o=- 1 2 IN IP4 10.0.0.1\r\n",
    "a line without x=": body("hello"),
    "a blank line in the middle": body("", "a=x"),
    "a lone CR": body("a=x\rm=video 1 RTP/AVP 31"),
    "a NUL": body("a=x\0y"),
    "an o= line with too few words": body().replace(" IN IP4 10.0.0.1\r\ns=", "\r\ns="),
    "a c= line with too few words": body().replace("c=IN IP4 10.0.0.1", "c=IN"),
    "a port that is no number": body("m=audio x RTP/AVP 0"),
    "a port above 65535": body("m=audio 65536 RTP/AVP 0"),
    "a b= line without a colon": body("b=64"),
    "an m= line without a protocol": body("m=audio 4000"),
  };
  for (const [what, text] of Object.entries(broken)) {
    it(`refuses ${what}`, () => {
      expect(() => parseSdp(text))
        .to.throw(SdpParseError)
        .with.property("code", "ERR_SDP_SYNTAX");
    });
  }

  it("says which line is to blame", () => {
    expect(() => parseSdp(body("m=audio x RTP/AVP 0"))).to.throw("line 6 is a broken m= line");
  });

  const excessive: Record<string, string> = {
    octets: body("a=".padEnd(SDP_LIMITS.octets, "x")),
    lines: body(...Array.from({ length: SDP_LIMITS.lines }, () => "a=x")),
    "octets of one line": body("a=".padEnd(SDP_LIMITS.lineOctets + 1, "x")),
    "media descriptions": body(...Array.from({ length: SDP_LIMITS.mediaDescriptions + 1 }, () => "m=a 0 b c")),
  };
  for (const [what, text] of Object.entries(excessive)) {
    it(`refuses more ${what} than SDP_LIMITS has`, () => {
      expect(() => parseSdp(text)).to.throw(SdpParseError);
    });
  }

  it("writes what it read, whatever well-formed lines come, or refuses it as SDP", () => {
    const letter = fc.constantFrom(...Array.from("voscbtrzkamuepiq"));
    const value = fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replace(/[\r\n\0]/g, " "));
    const line = fc.tuple(letter, value).map(([type, text]) => `${type}=${text}`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = body(...lines);
        let session;
        try {
          session = parseSdp(text);
        } catch (error) {
          expect(error).to.be.instanceOf(SdpParseError);
          return;
        }
        const written = writeSdp(session);
        if (lines.every((each) => !each.startsWith("m="))) expect(written).to.equal(text);
        else expect(writeSdp(parseSdp(written))).to.equal(written);
      }),
    );
  });
});
