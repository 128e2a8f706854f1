import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { asError, InternalError, TransportError } from "../core/errors.ts";

/** A bound UDP port for media. */
export interface MediaSocket {
  readonly port: number;
  /** @param host IP address. What cannot be sent is lost, as on the way. */
  send(octets: Buffer, port: number, host: string): void;
  close(): void;
}

export interface MediaNetwork {
  /**
   * Binds a port at once, so that a session description can tell it in the same breath.
   * @returns undefined: somebody else has the port.
   * @throws {TransportError} ERR_ADDRESS_NOT_AVAILABLE: the host cannot be bound.
   */
  bind(host: string, port: number, received: (octets: Buffer) => void): MediaSocket | undefined;
}

/** UDP of the kernel. */
export const nodeMediaNetwork: MediaNetwork = { bind: bindNode };

function bindNode(host: string, port: number, received: (octets: Buffer) => void): MediaSocket | undefined {
  const v6 = isIPv6(host);
  const socket = createSocket({
    type: v6 ? "udp6" : "udp4",
    ipv6Only: v6,
    // Hosts are IP addresses here. With a look-up that answers at once Node binds at once, and sends without a turn.
    lookup(literal, _options, callback) {
      callback(null, literal, v6 ? 6 : 4);
    },
  });
  let failure: NodeJS.ErrnoException | undefined;
  socket.on("error", (error) => {
    failure ??= error;
  });
  socket.on("message", received);
  let open = true;
  const close = (): void => {
    if (open) socket.close();
    open = false;
  };
  socket.bind({ address: host, port, exclusive: true });
  if (failure) {
    close();
    if (failure.code === "EADDRINUSE" || failure.code === "EACCES") return undefined;
    throw new TransportError(`cannot bind a port for media on ${host}: ${failure.message}`, {
      code: "ERR_ADDRESS_NOT_AVAILABLE",
      details: { host, port },
      cause: failure,
    });
  }
  return {
    port: boundPort(() => socket.address().port),
    send(octets, remotePort, remoteHost) {
      if (open) socket.send(octets, remotePort, remoteHost);
    },
    close,
  };
}

function boundPort(read: () => number): number {
  try {
    return read();
  } catch (error) {
    // What `bindNode` rests on no longer holds for this version of Node.
    throw new InternalError("a UDP port was not bound at once", { code: "ERR_INTERNAL", cause: asError(error) });
  }
}
