import { expect } from "chai";
import { readApplicationMessage, readRequestLine, readStatusLine } from "../../src/drachtio/application-message.ts";

function read(text: string): ReturnType<typeof readApplicationMessage> {
  return readApplicationMessage(Buffer.from(text));
}

describe("a message of an application", () => {
  it("has the payload that follows the first empty line, whatever its Content-Length says", () => {
    const { body, headers } = read("MESSAGE sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\ngrüße\r\n\r\nend");
    expect(body.toString()).to.equal("grüße\r\n\r\nend");
    expect(headers).to.deep.equal([["Content-Length", "3"]]);
  });

  it("may have no empty line and no headers", () => {
    expect(read("SIP/2.0 200 OK\r\nX-P: 1")).to.deep.include({ headers: [["X-P", "1"]], body: Buffer.alloc(0) });
    expect(read("SIP/2.0 200 OK\r\n\r\n").headers).to.deep.equal([]);
  });

  it("loses lines without a colon and names that are no tokens; folded lines are joined", () => {
    expect(read("X y\r\ngarbage\r\nb ad: 1\r\nOk : a\r\n  b\r\n: 2\r\n\r\n").headers).to.deep.equal([["Ok", "a b"]]);
  });

  it("keeps the octets of UTF-8 that look like white space", () => {
    expect(read("X y\r\nSubject: voilà\r\n\r\n").headers).to.deep.equal([["Subject", "voil\u00c3\u00a0"]]);
  });
});

describe("readRequestLine", () => {
  it("takes a method and a URI", () => {
    expect(readRequestLine("INVITE sip:a@b SIP/2.0")).to.deep.equal({ method: "INVITE", requestUri: "sip:a@b" });
  });

  for (const line of [
    "",
    "INVITE",
    "INVITE sip:a@b",
    "INVITE sip:a b@c SIP/2.0",
    "INVITE sip:a@b SIP/3.0",
    " sip:a SIP/2.0",
  ]) {
    it(`refuses ${JSON.stringify(line)}`, () => {
      expect(readRequestLine(line)).to.equal(undefined);
    });
  }
});

describe("readStatusLine", () => {
  it("takes an empty phrase too, with and without the blank before it", () => {
    expect(readStatusLine("SIP/2.0 486 Busy Here")).to.deep.equal({ status: 486, reason: "Busy Here" });
    expect(readStatusLine("SIP/2.0 499 ")).to.deep.equal({ status: 499, reason: "" });
    expect(readStatusLine("SIP/2.0 499")).to.deep.equal({ status: 499, reason: "" });
  });

  for (const line of ["SIP/2.0 99 Low", "SIP/2.0 700 High", "SIP/2.0 2000 Long", "SIP/3.0 200 OK", "HTTP/1.1 200 OK"]) {
    it(`refuses ${JSON.stringify(line)}`, () => {
      expect(readStatusLine(line)).to.equal(undefined);
    });
  }
});
