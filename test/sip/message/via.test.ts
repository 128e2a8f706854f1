import { expect } from "chai";
import { formatVia, parseVia, SipParseError } from "../../../src/sip/message/index.ts";

describe("parseVia", () => {
  it("reads blanks round every separator", () => {
    const via = parseVia("SIP  / 2.0\t/ udp   Spindle.example.com : 5070  ;\tbranch  =   z9hG4bK9 ; rport");
    expect(via).to.include({
      protocol: "UDP",
      host: "spindle.example.com",
      port: 5070,
      branch: "z9hG4bK9",
      rport: true,
    });
    expect(via.sentBy).to.equal("spindle.example.com:5070");
  });

  it("fills the default port into sentBy", () => {
    expect(parseVia("SIP/2.0/TCP [2001:DB8::1];branch=a").sentBy).to.equal("[2001:db8::1]:5060");
    expect(parseVia("SIP/2.0/TLS h").sentBy).to.equal("h:5061");
    expect(parseVia("SIP/2.0/UDP h").branch).to.equal(undefined);
  });

  it("takes `received` with and without brackets (RFC 5118 §4.5), and rport as a number", () => {
    expect(parseVia("SIP/2.0/UDP h;received=[2001:db8::9];rport=99")).to.include({
      received: "2001:db8::9",
      rport: 99,
    });
    expect(parseVia("SIP/2.0/UDP h;received=2001:db8::9").received).to.equal("2001:db8::9");
    expect(parseVia("SIP/2.0/UDP h;received=192.0.2.1")).to.include({ received: "192.0.2.1", rport: undefined });
  });

  for (const text of [
    "",
    "SIP",
    "SIP/2.0",
    "SIP/2.0/UDP",
    "SIP/2.0/UDP ",
    "SIP/2.0/ h",
    "/2.0/UDP h",
    "SIP/2.0/UDPh",
    "SIP/2.0/UDP h i",
    "SIP/2.0/UDP h:",
    "SIP/2.0/UDP h:0",
    "SIP/2.0/UDP [::1",
    "SIP/2.0/UDP ::1",
    "SIP/2.0/UDP h;",
    "SIP/2.0/UDP h;;,",
    "SIP/2.0/UDP h;branch",
    "SIP/2.0/UDP h;branch=a;branch=b",
    "SIP/2.0/UDP h;rport=x",
    "SIP/2.0/UDP h;ttl=300",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseVia(text)).to.throw(SipParseError);
    });
  }
});

describe("formatVia", () => {
  it("writes what parseVia reads", () => {
    for (const text of ["SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKa;rport", "SIP/2.0/TLS h;received=2001:db8::9"]) {
      expect(formatVia(parseVia(text))).to.equal(text);
    }
    expect(formatVia({ protocol: "TCP", host: "a.b" })).to.equal("SIP/2.0/TCP a.b");
  });
});
