import type { Network } from "./network.ts";
import { bindNodeUdp } from "./node-datagram.ts";
import { connectNodeTcp, listenNodeTcp } from "./node-stream.ts";

/** The kernel's sockets. */
export function nodeNetwork(): Network {
  return { bindUdp: bindNodeUdp, listenTcp: listenNodeTcp, connectTcp: connectNodeTcp };
}
