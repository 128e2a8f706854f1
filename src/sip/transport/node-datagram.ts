import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { asError } from "../../core/errors.ts";
import type { Address } from "./address.ts";
import type { DatagramHandler, DatagramSocket } from "./network.ts";

/** Asked of the kernel, which may give less: room for a burst of some thousand messages. */
const RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024;

/** Binds a UDP socket of the kernel; an IPv6 one takes no IPv4. */
export async function bindNodeUdp(host: string, port: number): Promise<DatagramSocket> {
  const v6 = isIPv6(host);
  const socket = createSocket({
    type: v6 ? "udp6" : "udp4",
    ipv6Only: v6,
    // Hosts are IP addresses here; Node's own look-up would answer each packet a tick later.
    lookup(literal, _options, callback) {
      callback(null, literal, v6 ? 6 : 4);
    },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_OCTETS);
  } catch {
    // The kernel's default serves as well, with fewer messages in a burst.
  }
  return new NodeDatagramSocket(socket);
}

class NodeDatagramSocket implements DatagramSocket {
  readonly local: Address;
  readonly #socket: Socket;
  #closed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { protocol: "udp", host: address, port };
    // Until `start`, and after a handler was told: an error event without listener would end the process.
    socket.on("error", () => undefined);
  }

  start(handler: DatagramHandler): void {
    this.#socket.on("message", (octets, remote) => {
      handler.received(octets, remote.address, remote.port);
    });
    this.#socket.on("error", (error) => {
      handler.failed(error);
    });
  }

  send(octets: Buffer, host: string, port: number, sent: (error: Error | null) => void): void {
    try {
      this.#socket.send(octets, port, host, sent);
    } catch (error) {
      queueMicrotask(() => {
        sent(asError(error));
      });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
