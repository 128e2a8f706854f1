import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { identityProblem } from "../../../src/sip/transport/tls-identity.ts";
import { OpensslAuthority } from "../../support/certificates.ts";

describe("identity of a TLS server (RFC 5922 §7)", () => {
  let authority: OpensslAuthority | undefined;

  before(function () {
    authority = OpensslAuthority.create(this);
  });

  after(() => authority?.remove());

  const naming = (names: string[]): Buffer => {
    const { certificate } = authority!.issue("server", { names, commonName: "cn.example" });
    return new X509Certificate(certificate).raw;
  };

  const accepted = (certificate: Buffer, hosts: string[]): string[] =>
    hosts.filter((host) => identityProblem(certificate, host) === undefined);

  it("is a DNS name, in whatever case, but no wildcard and no part of a name", () => {
    const certificate = naming(["DNS:bob.example", "DNS:*.wild.example"]);
    const hosts = ["bob.example", "Bob.Example", "a.bob.example", "example", "a.wild.example", "*.wild.example"];
    expect(accepted(certificate, hosts)).to.deep.equal(["bob.example", "Bob.Example", "*.wild.example"]);
  });

  it("is the host of a sip URI, before which DNS names do not count", () => {
    const certificate = naming(["DNS:dns.example", "URI:sip:a.example", "URI:SIP:B.example;transport=tls"]);
    expect(accepted(certificate, ["a.example", "b.example", "dns.example"])).to.deep.equal(["a.example", "b.example"]);
  });

  it("is no URI of a person or of another scheme", () => {
    const certificate = naming([
      "URI:sip:alice@a.example",
      "URI:sips:b.example",
      "URI:https://c.example",
      "DNS:d.example",
    ]);
    const hosts = ["alice@a.example", "a.example", "b.example", "c.example", "d.example"];
    expect(accepted(certificate, hosts)).to.deep.equal(["d.example"]);
  });

  it("is the common name only where there are no other names", () => {
    expect(accepted(naming([]), ["cn.example", "bob.example"])).to.deep.equal(["cn.example"]);
    expect(accepted(naming(["IP:127.0.0.1"]), ["cn.example"])).to.deep.equal([]);
  });

  it("is an IP address, however it is spelt", () => {
    const certificate = naming(["IP:127.0.0.1", "IP:::1"]);
    const hosts = ["127.0.0.1", "127.0.0.2", "::1", "0:0:0:0:0:0:0:1", "::2"];
    expect(accepted(certificate, hosts)).to.deep.equal(["127.0.0.1", "::1", "0:0:0:0:0:0:0:1"]);
  });

  it("can't be smuggled in by commas and quotes", () => {
    const certificate = naming(['URI:https://x/?a", URI:sip:evil.example', "DNS:bob.example"]);
    expect(accepted(certificate, ["evil.example", "bob.example"])).to.deep.equal(["bob.example"]);
  });

  it("is told where it is another", () => {
    expect(identityProblem(naming(["DNS:bob.example"]), "carol.example")).to.equal(
      "it is for DNS:bob.example, not for carol.example",
    );
    expect(identityProblem(naming([]), "carol.example")).to.equal("it is for CN=cn.example, not for carol.example");
  });
});
