import { drachtioB2buaSuite } from "./drachtio-b2bua.ts";
import type { DrachtioServer } from "./drachtio-bench.ts";
import { drachtioDialogSuite } from "./drachtio-dialogs.ts";
import { openEmbedded } from "./drachtio-embedded.ts";
import { drachtioMendedSuite } from "./drachtio-mended.ts";
import { drachtioReliableSuite } from "./drachtio-reliable.ts";
import { drachtioSubscriptionSuite } from "./drachtio-subscriptions.ts";
import { drachtioUacSuite } from "./drachtio-uac.ts";
import { drachtioUasSuite } from "./drachtio-uas.ts";
import { drachtioWireSuite } from "./drachtio-wire.ts";

/** What holds for every server of drachtio's protocol, whoever wrote it. */
function drachtioSuite(open: () => Promise<DrachtioServer>): void {
  drachtioWireSuite(open);
  drachtioUacSuite(open);
  drachtioUasSuite(open);
  drachtioDialogSuite(open);
  drachtioSubscriptionSuite(open);
  drachtioReliableSuite(open);
  drachtioB2buaSuite(open);
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
  drachtioSuite(() => openEmbedded());
  drachtioMendedSuite(() => openEmbedded());
});

describe("drachtio conformance: a real drachtio-server", () => {
  const address = process.env["DRACHTIO_HOST"];
  if (address === undefined) it.skip("skipped: DRACHTIO_HOST is not set");
  else drachtioSuite(() => Promise.resolve(realServer(address)));
});
