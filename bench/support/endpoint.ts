import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { SipEngine, type EngineOptions, type TransactionUser } from "../../src/sip/index.ts";

/** Where the workers listen: any free port of loopback. */
export const LISTEN = [{ protocol: "udp" as const, host: "127.0.0.1", port: 0 }];

/** An engine on a free port of loopback. */
export async function openEngine(
  user: TransactionUser,
  timers: EngineOptions["timers"] = {},
): Promise<{ engine: SipEngine; port: number }> {
  const engine = await SipEngine.open({ listen: LISTEN, clock: systemClock, ids: randomIds(), timers }, user);
  return { engine, port: engine.addresses[0]?.port ?? 0 };
}

/** As long as the one that SIPp sends. */
export const SDP =
  "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
  "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
