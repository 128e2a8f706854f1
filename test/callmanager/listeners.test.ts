import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { correctPolicies, type ConnectionAdmission } from "../../src/callmanager/index.ts";
import { admittedListeners } from "../../src/callmanager/listeners.ts";
import { seededIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { parseLab } from "../../src/inventory/index.ts";
import { TemporaryAuthority, type ListenAddress } from "../../src/sip/index.ts";

const UDP = { protocol: "udp", host: "127.0.0.1", port: 5060 } as const;
const TLS = { protocol: "tls", host: "127.0.0.1", port: 5061 } as const;

describe("addresses of the call manager", () => {
  const ids = seededIds("listeners");
  const authority = new TemporaryAuthority(systemClock, ids);

  const listeners = (
    target: string,
    address: ListenAddress,
    outcome?: ConnectionAdmission["outcome"],
  ): ListenAddress[] => {
    const lab = parseLab(`target: { embedded: true, names: [cm.example.com], tls: ${target} }`, "/labs/l.yaml", {
      env: {},
    });
    const admitConnection = outcome && (() => ({ outcome, rules: [], reason: "for the test" }));
    const policies = admitConnection ? { ...correctPolicies, admitConnection } : correctPolicies;
    return admittedListeners({ lab, listen: [UDP, address], authority, clock: systemClock, ids }, policies);
  };

  it("get a certificate of the run for every name of it, and trust those of the run", () => {
    const [udp, tls] = listeners("{}", TLS);
    expect(udp).to.equal(UDP);
    expect(tls?.tls).to.include({ ca: authority.ca, requestClientCertificate: true });
    const certificate = new X509Certificate(tls?.tls?.certificate ?? "");
    expect(certificate.subjectAltName).to.equal("IP Address:127.0.0.1, DNS:cm.example.com");
    expect(certificate.checkIssued(new X509Certificate(authority.ca))).to.equal(true);
  });

  it("have the certificate and the authority that the lab names", () => {
    const [, tls] = listeners("{ certificateFile: cm.pem, keyFile: cm.key, caFile: ca.pem }", TLS);
    expect(tls?.tls).to.deep.equal({
      certificateFile: "/labs/cm.pem",
      keyFile: "/labs/cm.key",
      caFile: "/labs/ca.pem",
      requestClientCertificate: true,
    });
    const [, made] = listeners("{ caFile: ca.pem }", TLS);
    expect(made?.tls).to.include({ caFile: "/labs/ca.pem" }).and.not.to.have.property("ca");
  });

  it("keep the certificate that they are given", () => {
    const own = authority.selfSigned({ commonName: "own" });
    const [, tls] = listeners("{}", { ...TLS, tls: own });
    expect(tls?.tls).to.deep.equal({ ...own, requestClientCertificate: true });
  });

  it("ask for no certificate, or are not listened on, where admitConnection says so", () => {
    expect(listeners("{}", TLS, "anyone")[1]?.tls).to.include({ requestClientCertificate: false });
    expect(listeners("{}", TLS, "closed")).to.deep.equal([]);
  });
});
