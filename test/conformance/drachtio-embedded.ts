import type { Clock } from "../../src/core/clock.ts";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { type DrachtioEndpoint, type EndpointOptions, openDrachtioFront } from "../../src/drachtio/index.ts";
import type { DrachtioServer } from "./drachtio-bench.ts";

export interface EmbeddedServer extends DrachtioServer {
  readonly endpoint: DrachtioEndpoint;
}

/** The embedded front with one endpoint on loopback, UDP and TCP. */
export async function openEmbedded(
  options: Partial<EndpointOptions> = {},
  clock: Clock = systemClock,
): Promise<EmbeddedServer> {
  const front = await openDrachtioFront({ clock, ids: randomIds() });
  const endpoint = await front.openEndpoint({
    listen: [
      { protocol: "udp", host: "127.0.0.1", port: 0 },
      { protocol: "tcp", host: "127.0.0.1", port: 0 },
    ],
    ...options,
  });
  const udp = endpoint.addresses.find(({ protocol }) => protocol === "udp");
  if (!udp) throw new Error("no UDP address");
  return { connectOptions: endpoint.connectOptions, sip: udp, endpoint, close: () => front.close() };
}
