import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { randomIds } from "../../../src/core/ids.ts";
import { systemClock } from "../../../src/core/system-clock.ts";
import { TemporaryAuthority } from "../../../src/sip/transport/index.ts";
import { needsProgram } from "../../support/programs.ts";
import { optionsRequest, TransportEndpoint } from "../../support/transport-endpoint.ts";

const HOST = "127.0.0.1";
const HOUR_MS = 3_600_000;

describe("temporary authority", () => {
  const authority = new TemporaryAuthority(systemClock, randomIds());
  const open: TransportEndpoint[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
  });

  const listening = async (ca: string): Promise<TransportEndpoint> => {
    const bobs = authority.issue({ commonName: "bob", hosts: [HOST] });
    const tls = { ...bobs, ca, requestClientCertificate: true };
    const bob = await TransportEndpoint.open({ listen: [{ protocol: "tls", host: HOST, port: 0, tls }] });
    open.push(bob);
    return bob;
  };

  const client = async (tls: { readonly certificate: string; readonly key: string }): Promise<TransportEndpoint> => {
    const alice = await TransportEndpoint.open({
      listen: [{ protocol: "tcp", host: HOST, port: 0 }],
      tls: { ...tls, ca: authority.ca },
    });
    open.push(alice);
    return alice;
  };

  it("issues certificates that both sides of a handshake trust", async () => {
    const bob = await listening(authority.ca);
    const alice = await client(authority.issue({ commonName: "alice" }));
    alice.send(optionsRequest("c"), bob.address);
    expect((await bob.next()).message.callId).to.equal("c");
  });

  it("makes certificates of their own that nobody trusts", async () => {
    const bob = await listening(authority.ca);
    const alice = await client(authority.selfSigned({ commonName: "alice" }));
    alice.send(optionsRequest("c"), bob.address);
    await alice.closed.take({ timeoutMs: 5000, description: "alice waited to be refused" });
    expect(bob.layer.counters).to.include({ handshakesFailed: 1, received: 0 });
  });

  it("does not vouch for what another authority issued", async () => {
    const bob = await listening(authority.ca);
    const alice = await client(new TemporaryAuthority(systemClock, randomIds()).issue({ commonName: "alice" }));
    alice.send(optionsRequest("c"), bob.address);
    await alice.closed.take({ timeoutMs: 5000, description: "alice waited to be refused" });
    expect(bob.layer.counters).to.include({ handshakesFailed: 1, received: 0 });
  });

  it("writes names, addresses, times, serial number and purpose as X.509 has them", () => {
    const hosts = ["cm.example.com", HOST, "::1", "2001:db8::ff00:42"];
    const { certificate, key } = authority.issue({ commonName: "Zoë’s phone", hosts });
    const x509 = new X509Certificate(certificate);
    expect(x509.subject).to.equal("CN=Zoë’s phone");
    expect(x509.issuer).to.match(/^CN=offhook authority [0-9a-f]{8}$/);
    expect(x509.subjectAltName).to.equal(
      `DNS:cm.example.com, IP Address:${HOST}, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:FF00:42`,
    );
    for (const host of hosts.slice(1)) expect(x509.checkIP(host), host).to.equal(host);
    expect(x509.ca).to.equal(false);
    expect(x509.serialNumber).to.match(/^01[0-9A-F]{30}$/);
    expect(Date.parse(x509.validFrom)).to.be.lessThan(Date.now() - HOUR_MS);
    expect(Date.parse(x509.validTo)).to.be.greaterThan(Date.now() + 24 * HOUR_MS);
    expect(key).to.match(/^-----BEGIN PRIVATE KEY-----/);
    const issuer = new X509Certificate(authority.ca);
    expect(issuer.ca).to.equal(true);
    expect(x509.checkIssued(issuer)).to.equal(true);
    expect(x509.verify(issuer.publicKey)).to.equal(true);
  });

  it("writes what openssl takes by its strictest rules", function () {
    needsProgram(this, "openssl", "openssl");
    const { certificate } = authority.issue({ commonName: "alice", hosts: [HOST] });
    const directory = mkdtempSync(join(tmpdir(), "offhook-certificates-"));
    const files = { ca: join(directory, "ca.pem"), alice: join(directory, "alice.pem") };
    writeFileSync(files.ca, authority.ca);
    writeFileSync(files.alice, certificate);
    const args = ["verify", "-x509_strict", "-CAfile", files.ca, files.alice];
    const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8", timeout: 10_000 });
    rmSync(directory, { recursive: true });
    expect(stdout + stderr).to.equal(`${files.alice}: OK\n`);
  });
});
