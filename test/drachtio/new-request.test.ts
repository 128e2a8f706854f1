import { expect } from "chai";
import { seededIds } from "../../src/core/ids.ts";
import { readApplicationMessage } from "../../src/drachtio/application-message.ts";
import type { LocalAddress } from "../../src/drachtio/local-address.ts";
import { newRequest } from "../../src/drachtio/new-request.ts";

const local: LocalAddress = { protocol: "udp", uriText: "sip:10.0.0.9:5070", host: "10.0.0.9", port: 5070 };

function compose(method: string, ...lines: string[]): string[] {
  const message = readApplicationMessage(
    Buffer.from([`${method} sip:bob@example.com SIP/2.0`, ...lines, ""].join("\r\n")),
  );
  const request = newRequest({
    method,
    requestUri: "sip:bob@example.com",
    message,
    cseq: 100,
    ids: seededIds("x"),
    local,
    rewriteContact: false,
  });
  return request.toString().split("\r\n");
}

describe("a new request", () => {
  it("gets every header that SIP demands and the application left out", () => {
    const [startLine, ...headers] = compose("OPTIONS", "");
    expect(startLine).to.equal("OPTIONS sip:bob@example.com SIP/2.0");
    expect(headers.join("\n")).to.match(
      /^Max-Forwards: 70\nFrom: <sip:10\.0\.0\.9:5070>;tag=[0-9a-f]{16}\nTo: <sip:bob@example\.com>\nCall-ID: [0-9a-f]{32}\nCSeq: 100 OPTIONS\nContent-Length: 0\n\n$/,
    );
  });

  it("gets a Contact where it begins a dialog", () => {
    for (const method of ["INVITE", "SUBSCRIBE"]) {
      expect(compose(method, "")).to.include("Contact: <sip:10.0.0.9:5070>");
    }
    expect(compose("REGISTER", "").join()).not.to.include("Contact");
    expect(compose("INVITE", "contact: <sip:me@1.2.3.4>", "")).to.include("Contact: <sip:me@1.2.3.4>");
  });

  it("keeps what the application gave", () => {
    expect(
      compose(
        "OPTIONS",
        "from: Ann <sip:a@b>;tag=mine",
        "to: <sip:c@d>",
        "call-id: fixed-1",
        "cseq: 7 INVITE",
        "max-forwards: 0",
        "RAck: 1 1 INVITE",
        "",
      ),
    ).to.include.members([
      "From: Ann <sip:a@b>;tag=mine",
      "To: <sip:c@d>",
      "Call-ID: fixed-1",
      "CSeq: 7 OPTIONS",
      "Max-Forwards: 0",
      "RAck: 1 1 INVITE",
    ]);
  });

  it("gets our number where the application's CSeq is none, or too large", () => {
    for (const cseq of ["abc", "2147483648 OPTIONS", "12345678901 OPTIONS"]) {
      expect(compose("OPTIONS", `CSeq: ${cseq}`, "")).to.include("CSeq: 100 OPTIONS");
    }
    expect(compose("OPTIONS", "CSeq: 2147483647 OPTIONS", "")).to.include("CSeq: 2147483647 OPTIONS");
  });

  it("gets a From tag where the application gave none", () => {
    expect(compose("OPTIONS", "From: sip:a@b").find((line) => line.startsWith("From"))).to.match(
      /^From: sip:a@b;tag=[0-9a-f]{16}$/,
    );
  });

  it("loses Via, Route, Record-Route, RSeq and the application's Content-Length", () => {
    const lines = ["Via: x", "v: y", "Route: <sip:r;lr>", "Record-Route: <sip:r>", "RSeq: 5", "l: 99", "", "v=0"];
    const text = compose("INVITE", ...lines).join("\n");
    expect(text).not.to.match(/^(Via|v|Route|Record-Route|RSeq|l):/m);
    expect(text).to.include("Content-Length: 5\n");
  });

  it("spells known names as their RFCs do, and gives others capitals", () => {
    expect(
      compose("OPTIONS", "www-authenticate: a", "foo-bar-BAZ: b", "x-a-b: c", "P-Charging: d", "s: e", ""),
    ).to.include.members(["WWW-Authenticate: a", "Foo-Bar-BAZ: b", "x-a-b: c", "P-Charging: d", "Subject: e"]);
  });

  it("is typed application/sdp where the payload is SDP, and refused where nobody knows the type", () => {
    expect(compose("INVITE", "", "v=0")).to.include("Content-Type: application/sdp");
    expect(compose("MESSAGE", "content-type: text/plain", "", "hello")).to.include("Content-Type: text/plain");
    expect(() => compose("MESSAGE", "", "hello")).to.throw("missing content-type");
  });

  it("is refused where From or To can't be parsed", () => {
    expect(() => compose("OPTIONS", "From: <<>>", "")).to.throw("Error creating leg");
    expect(() => compose("OPTIONS", "To: <<", "")).to.throw("Error creating leg");
  });

  it("has @localhost filled in in From, To, Contact and P-Asserted-Identity, and nowhere else", () => {
    const fields = ["From", "To", "Contact", "P-Asserted-Identity"];
    const lines = compose(
      "INVITE",
      ...fields.map((name) => `${name}: <sip:a@localhost>`),
      "Referred-By: <sip:a@localhost>",
      "",
    );
    expect(lines.filter((line) => line.includes("<sip:a@10.0.0.9:5070>"))).to.have.length(fields.length);
    expect(lines).to.include("Referred-By: <sip:a@localhost>");
  });
});
