import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { openDrachtioFront } from "../../src/drachtio/index.ts";
import type { DrachtioServer } from "./drachtio-bench.ts";
import { drachtioSubscriptionSuite } from "./drachtio-subscriptions.ts";
import { drachtioUacSuite } from "./drachtio-uac.ts";
import { drachtioUasSuite } from "./drachtio-uas.ts";
import { drachtioWireSuite } from "./drachtio-wire.ts";

/** What holds for every server of drachtio's protocol, whoever wrote it. */
function drachtioSuite(open: () => Promise<DrachtioServer>): void {
  drachtioWireSuite(open);
  drachtioUacSuite(open);
  drachtioUasSuite(open);
  drachtioSubscriptionSuite(open);
}

async function openEmbedded(): Promise<DrachtioServer> {
  const front = await openDrachtioFront({ clock: systemClock, ids: randomIds() });
  const endpoint = await front.openEndpoint({
    listen: [
      { protocol: "udp", host: "127.0.0.1", port: 0 },
      { protocol: "tcp", host: "127.0.0.1", port: 0 },
    ],
  });
  const udp = endpoint.addresses.find(({ protocol }) => protocol === "udp");
  if (!udp) throw new Error("no UDP address");
  return { connectOptions: endpoint.connectOptions, sip: udp, close: () => front.close() };
}

/** `host[:port]` of a real drachtio-server; it has to take SIP on UDP and TCP at DRACHTIO_SIP (default 127.0.0.1:5060). */
function realServer(address: string): DrachtioServer {
  const [host = "127.0.0.1", port = "9022"] = address.split(":");
  const [sipHost = "127.0.0.1", sipPort = "5060"] = (process.env["DRACHTIO_SIP"] ?? "127.0.0.1:5060").split(":");
  return {
    connectOptions: { host, port: Number(port), secret: process.env["DRACHTIO_SECRET"] ?? "cymru" },
    sip: { host: sipHost, port: Number(sipPort) },
    close: () => Promise.resolve(),
  };
}

describe("drachtio conformance: the embedded front", () => {
  drachtioSuite(openEmbedded);
});

describe("drachtio conformance: a real drachtio-server", () => {
  const address = process.env["DRACHTIO_HOST"];
  if (address === undefined) it.skip("skipped: DRACHTIO_HOST is not set");
  else drachtioSuite(() => Promise.resolve(realServer(address)));
});
