import { expect } from "chai";
import { fillContact, fillLocalhost } from "../../src/drachtio/contacts.ts";
import type { LocalAddress } from "../../src/drachtio/local-address.ts";

const udp: LocalAddress = { protocol: "udp", uriText: "sip:10.0.0.9:5070", host: "10.0.0.9", port: 5070 };
const tcp: LocalAddress = { ...udp, protocol: "tcp", uriText: "sip:10.0.0.9:5070;transport=tcp" };

describe("@localhost", () => {
  it("becomes our host and port", () => {
    expect(fillLocalhost('"A" <sip:a@localhost>;tag=1', udp)).to.equal('"A" <sip:a@10.0.0.9:5070>;tag=1');
    expect(fillLocalhost("sip:a@localhost", { ...udp, host: "::1" })).to.equal("sip:a@[::1]:5070");
  });

  it("stays where it is only the start of a host, or has a port", () => {
    for (const value of ["<sip:a@localhost.example.com>", "<sip:a@localhost:5080>"]) {
      expect(fillLocalhost(value, udp)).to.equal(value);
    }
  });
});

describe("Contact", () => {
  it("is left alone octet by octet unless it holds @localhost", () => {
    for (const value of ["*", "<<>", '<sip:a@10.0.0.1:7777>;+sip.instance="<urn:uuid:1>", sip:b@c', " <sip:x@y> "]) {
      expect(fillContact(value, udp, false)).to.equal(value);
    }
  });

  it("at @localhost gets our address and transport, keeping its parameters", () => {
    expect(fillContact("sip:1234@localhost", udp, false)).to.equal("<sip:1234@10.0.0.9:5070>");
    expect(fillContact("<sip:a@localhost;ob>;q=0.5, <sip:b@c>", tcp, false)).to.equal(
      "<sip:a@10.0.0.9:5070;ob;transport=tcp>;q=0.5, <sip:b@c>",
    );
  });

  it("at an IPv4 address is moved to ours where that is asked for; a host name is not", () => {
    expect(fillContact("<sip:alice@10.0.0.1:7777>", tcp, true)).to.equal("<sip:alice@10.0.0.9:5070;transport=tcp>");
    expect(fillContact("<sip:alice@10.0.0.9:5070>", udp, true)).to.equal("<sip:alice@10.0.0.9:5070>");
    expect(fillContact("<sip:alice@phone.example:7777>", udp, true)).to.equal("<sip:alice@phone.example:7777>");
  });
});
