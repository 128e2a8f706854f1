import { createSocket } from "node:dgram";
import type { Clock } from "../../core/clock.ts";
import { isV6, type Address } from "./address.ts";

/** An empty line, which every SIP endpoint ignores (RFC 3261 §7.5). */
const NOTHING = Buffer.from("\r\n");

/**
 * Whether the host at `remote` says that nobody listens there (ICMP, port unreachable). Only a connected socket hears
 * that, and endpoints have none, so that to them a wrong port is as silent as a slow target. False after `waitMs`
 * without such an answer, which says nothing.
 * @param remote with an IP address.
 */
export async function isUdpPortClosed(remote: Address, clock: Clock, waitMs: number): Promise<boolean> {
  const socket = createSocket(isV6(remote.host) ? "udp6" : "udp4");
  try {
    return await new Promise<boolean>((resolve) => {
      const timer = clock.setTimer(waitMs, () => {
        resolve(false);
      });
      const end = (closed: boolean): void => {
        timer.cancel();
        resolve(closed);
      };
      socket.on("error", (error) => {
        end("code" in error && error.code === "ECONNREFUSED");
      });
      socket.on("message", () => {
        end(false);
      });
      socket.connect(remote.port, remote.host, () => {
        socket.send(NOTHING);
      });
    });
  } finally {
    socket.close();
  }
}
