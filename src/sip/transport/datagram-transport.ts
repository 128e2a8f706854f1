import { TransportError } from "../../core/errors.ts";
import type { SipMessage } from "../message/index.ts";
import { formatAddress, isV6, sameAddress, type Address, type Flow } from "./address.ts";
import { showTap, type TransportContext } from "./context.ts";
import { sendFailure } from "./failures.ts";
import type { DatagramSocket } from "./network.ts";
import type { Reception } from "./reception.ts";
import type { TapNote } from "./tap.ts";

/** The UDP sockets of an endpoint. */
export class DatagramTransport {
  readonly #context: TransportContext;
  readonly #reception: Reception;
  readonly #sockets: readonly DatagramSocket[];

  constructor(context: TransportContext, reception: Reception, sockets: readonly DatagramSocket[]) {
    this.#context = context;
    this.#reception = reception;
    this.#sockets = sockets;
    for (const socket of sockets) this.#receiveFrom(socket);
  }

  /**
   * @param to for the report of a failure, what the user named; `remote` is where that is.
   * @param local where it has to leave from; else the first socket of `remote`'s family.
   */
  send(
    octets: Buffer,
    message: SipMessage | undefined,
    to: Address | Flow,
    remote: Address,
    local: Address | undefined,
    notes: readonly TapNote[],
  ): void {
    const socket = this.#socketFor(remote, local);
    if (!socket) {
      queueMicrotask(() => {
        this.#context.handler.failed(to, message, noSocket(remote));
      });
      return;
    }
    this.#context.counters.sent += 1;
    if (this.#context.tap) {
      showTap(this.#context, "sent", { local: socket.local, remote }, octets, message, notes);
    }
    socket.send(octets, remote.host, remote.port, (error) => {
      if (error) this.#context.handler.failed(to, message, sendFailure(error, remote));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
  }

  #socketFor(remote: Address, local: Address | undefined): DatagramSocket | undefined {
    const v6 = isV6(remote.host);
    let ofFamily: DatagramSocket | undefined;
    for (const socket of this.#sockets) {
      if (local && (socket.local === local || sameAddress(socket.local, local))) return socket;
      if (isV6(socket.local.host) === v6) ofFamily ??= socket;
    }
    return ofFamily;
  }

  #receiveFrom(socket: DatagramSocket): void {
    // One flow object per peer, kept at the peer's port number: bounded, and found without making a key.
    const flows = new Map<number, Flow>();
    socket.start({
      received: (octets, host, port) => {
        let flow = flows.get(port);
        if (flow?.remote.host !== host) {
          flow = { protocol: "udp", local: socket.local, remote: { protocol: "udp", host, port } };
          flows.set(port, flow);
        }
        this.#reception.datagram(octets, flow);
      },
      failed: (error) => {
        this.#context.log.warn({ local: formatAddress(socket.local), error }, "udp socket failed");
      },
    });
  }
}

function noSocket(remote: Address): TransportError {
  const family = isV6(remote.host) ? "IPv6" : "IPv4";
  return new TransportError(
    `Sending to ${formatAddress(remote)} failed: this endpoint has no UDP socket for ${family}. Listen on one.`,
    { code: "ERR_NO_LOCAL_ADDRESS", details: { protocol: "udp", host: remote.host, port: remote.port } },
  );
}
