import { expect } from "chai";
import {
  escapeUser,
  formatUri,
  isSipUri,
  parseUri,
  SipParseError,
  unescapeUri,
  userOf,
  type SipUri,
} from "../../../src/sip/message/index.ts";

function sip(text: string): SipUri {
  const uri = parseUri(text);
  if (!isSipUri(uri)) throw new Error(`not a SIP URI: ${text}`);
  return uri;
}

describe("parseUri", () => {
  it("takes a SIP URI apart", () => {
    const uri = sip("SIPS:alice:secret@Example.COM:5061;Transport=tcp;lr?Subject=a%20b&To=x");
    expect(uri).to.include({ scheme: "sips", user: "alice", password: "secret", host: "example.com", port: 5061 });
    expect([...uri.parameters]).to.deep.equal([
      ["transport", "tcp"],
      ["lr", undefined],
    ]);
    expect(uri.headers).to.deep.equal([
      ["Subject", "a%20b"],
      ["To", "x"],
    ]);
  });

  it("looks for the @ before ; and ?", () => {
    expect(sip("sip:user;par=x?y@host")).to.include({ user: "user;par=x?y", host: "host" });
    expect(userOf(parseUri("sip:user;par=u%40example.net@example.com"))).to.equal("user;par=u@example.net");
  });

  it("decodes escapes once, NUL too", () => {
    expect(userOf(parseUri("sip:%2525%00@h"))).to.equal("%25\0");
    expect(sip("sip:a@h;%6C%72;n%61me=v%61lue%25%34%31").parameters.get("name")).to.equal("v%61lue%25%34%31");
    expect(unescapeUri("v%61lue%25%34%31%4")).to.equal("value%41%4");
  });

  it("has IPv6 in brackets, without them in `host`, and repairs a third colon (RFC 5118 §4.10)", () => {
    expect(sip("sip:[2001:DB8::10]:5070")).to.include({ host: "2001:db8::10", port: 5070 });
    expect(sip("sip:[2001:db8::10:5070]")).to.include({ host: "2001:db8::10:5070", port: undefined });
    expect(sip("sip:u@[2001:db8:::192.0.2.1]").host).to.equal("2001:db8::192.0.2.1");
  });

  it("takes host names with a trailing dot, an underscore, and digits first", () => {
    for (const host of ["example.com.", "my_pbx", "3com.example", "a", "192.0.2.1"])
      expect(sip(`sip:${host}`).host).to.equal(host);
  });

  it("keeps every other URI as it is", () => {
    expect(parseUri("TEL:+1-201;phone-context=a")).to.deep.equal({ scheme: "tel", opaque: "+1-201;phone-context=a" });
    expect(parseUri("soap.beep://192.0.2.103:3002").scheme).to.equal("soap.beep");
    expect(userOf(parseUri("tel:1"))).to.equal(undefined);
  });

  for (const text of [
    "",
    "sip",
    "sip:",
    ":a",
    "1a:b",
    "a b:c",
    "tel:",
    "tel:1 2",
    "tel:<1>",
    "sip:@h",
    "sip:a@",
    "sip:a b@h",
    "sip:a@h ",
    "sip:a@h;",
    "sip:a@h;;x",
    "sip:a@h;=1",
    "sip:a@h;x=",
    "sip:a@h;x=1;X=2",
    "sip:a@h;x y",
    "sip:a@h?",
    "sip:a@h?x",
    "sip:a@h?=x",
    "sip:a@h?x=1&",
    "sip:a@h:",
    "sip:a@h:0",
    "sip:a@h:65536",
    "sip:a@h:5a",
    "sip:a@h@i",
    'sip:"a"@h',
    "sip:%4@h",
    "sip:%zz@h",
    "sip:\xe4@h",
    "sip:a@\xe4",
    "sip:a@.h",
    "sip:a@h..i",
    "sip:a@1.2.3",
    "sip:a@256.1.1.1",
    "sip:[::1",
    "sip:[]",
    "sip:[1.2.3.4]",
    "sip:[fe80::1%25eth0]",
    "sip:2001:db8::10",
    "sip:a@h;ttl=256",
    "sip:::1",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseUri(text)).to.throw(SipParseError);
    });
  }
});

describe("formatUri", () => {
  for (const text of [
    "sip:a",
    "sips:alice:@h:5061",
    "sip:u;p=1?x@[2001:db8::1]:5060;lr;transport=tcp?a=b&c=",
    "sip:%61@h;x=%41",
    "tel:+1-2;ext=3",
  ]) {
    it(`writes ${text} again`, () => {
      expect(formatUri(parseUri(text))).to.equal(text);
    });
  }

  it("escapes parameter names that were escaped", () => {
    expect(formatUri(parseUri("sip:h;a%3Bb=1"))).to.equal("sip:h;a%3bb=1".replace("%3b", "%3B"));
  });
});

describe("escapeUser", () => {
  it("escapes what a user part must not hold, octet for octet", () => {
    expect(escapeUser("a@b:c #\xe4%+")).to.equal("a%40b%3Ac%20%23%E4%25+");
    expect(userOf(parseUri(`sip:${escapeUser("a@b:c #\xe4%+\0")}@h`))).to.equal("a@b:c #\xe4%+\0");
  });
});
