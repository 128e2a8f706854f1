import { networkInterfaces } from "node:os";
import { systemClock } from "../../../src/core/system-clock.ts";
import { nodeNetwork } from "../../../src/sip/transport/index.ts";
import { transportConformance } from "../../conformance/transport.ts";
import { memoryNetwork } from "../../support/memory-network.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

for (const protocol of ["udp", "tcp"] as const) {
  transportConformance({
    title: `${protocol} in memory`,
    protocol,
    host: "10.0.0.1",
    network: () => memoryNetwork(systemClock),
  });
  transportConformance({ title: protocol, protocol, host: "127.0.0.1", network: nodeNetwork });
  if (hasIpv6) transportConformance({ title: `${protocol} on IPv6`, protocol, host: "::1", network: nodeNetwork });
}
