import { systemClock } from "../../../src/core/system-clock.ts";
import { nodeNetwork } from "../../../src/sip/transport/index.ts";
import { transportConformance, type TransportUnderTest } from "../../conformance/transport.ts";
import type { Certificate } from "../../support/certificates.ts";
import { TestAuthority } from "../../support/test-authority.ts";
import { hasAddress } from "../../support/host-addresses.ts";
import { memoryNetwork } from "../../support/memory-network.ts";

function onEveryNetwork(common: Pick<TransportUnderTest, "protocol" | "tls">): void {
  const { protocol } = common;
  transportConformance({
    ...common,
    title: `${protocol} in memory`,
    host: "10.0.0.1",
    network: () => memoryNetwork(systemClock),
  });
  transportConformance({ ...common, title: protocol, host: "127.0.0.1", network: nodeNetwork });
  if (hasAddress("::1"))
    transportConformance({ ...common, title: `${protocol} on IPv6`, host: "::1", network: nodeNetwork });
}

onEveryNetwork({ protocol: "udp" });
onEveryNetwork({ protocol: "tcp" });

describe("with certificates", () => {
  let authority: TestAuthority | undefined;
  let bob: Certificate;

  before(() => {
    authority = new TestAuthority();
    bob = authority.issue("bob", { names: ["DNS:bob.example", "IP:127.0.0.1", "IP:::1"] });
  });

  after(() => authority?.remove());

  onEveryNetwork({
    protocol: "tls",
    tls: () => ({
      server: { certificateFile: bob.certificateFile, keyFile: bob.keyFile },
      client: { ca: authority?.ca },
    }),
  });
});
