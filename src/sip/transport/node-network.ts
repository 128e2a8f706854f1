import type { Network } from "./network.ts";
import { bindNodeUdp } from "./node-datagram.ts";
import { connectNodeTcp, listenNodeTcp } from "./node-stream.ts";
import { connectNodeTls, listenNodeTls } from "./node-tls.ts";

/** The kernel's sockets. */
export function nodeNetwork(): Network {
  return {
    bindUdp: bindNodeUdp,
    listenTcp: listenNodeTcp,
    connectTcp: connectNodeTcp,
    listenTls: listenNodeTls,
    connectTls: connectNodeTls,
  };
}
