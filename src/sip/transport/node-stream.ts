import { connect, createServer, isIPv6, type Server, type Socket } from "node:net";
import { asError } from "../../core/errors.ts";
import type { Address, Protocol } from "./address.ts";
import type { ConnectOptions, StreamConnection, StreamHandler, StreamListener } from "./network.ts";

/** Connections that may wait to be accepted: a fleet of phones that all start at once. */
const LISTEN_BACKLOG = 1024;

/** What a socket of node's may carry. */
type StreamProtocol = Exclude<Protocol, "udp">;

/** Listens with a TCP socket of the kernel; an IPv6 one takes no IPv4. */
export async function listenNodeTcp(host: string, port: number): Promise<StreamListener> {
  return await listening(createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }), host, port, "tcp");
}

/** Lets a server of node listen. */
export async function listening(
  server: Server,
  host: string,
  port: number,
  protocol: StreamProtocol,
): Promise<NodeStreamListener> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: LISTEN_BACKLOG, ipv6Only: isIPv6(host), exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return new NodeStreamListener(server, protocol);
}

/** Connects a TCP socket of the kernel. */
export async function connectNodeTcp(remote: Address, options: ConnectOptions = {}): Promise<StreamConnection> {
  const { localHost, signal } = options;
  signal?.throwIfAborted();
  const socket = connect({
    host: remote.host,
    port: remote.port,
    allowHalfOpen: true,
    noDelay: true,
    ...(localHost === undefined ? {} : { localAddress: localHost }),
  });
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(asError(signal?.reason));
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("error", reject);
    socket.once("close", () => {
      signal?.removeEventListener("abort", onAbort);
    });
    socket.once("connect", () => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", reject);
      socket.pause();
      resolve();
    });
  });
  return new NodeStreamConnection(socket, "tcp");
}

export class NodeStreamListener implements StreamListener {
  readonly local: Address;
  readonly #server: Server;
  /** Connections that came before anybody took them. */
  readonly #early: StreamConnection[] = [];
  #accept = (connection: StreamConnection): void => void this.#early.push(connection);

  constructor(server: Server, protocol: StreamProtocol) {
    this.#server = server;
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new TypeError("a TCP server has an address and a port");
    this.local = { protocol, host: bound.address, port: bound.port };
    // A connection that broke before it was accepted; the server goes on.
    server.on("error", () => undefined);
    server.on(protocol === "tls" ? "secureConnection" : "connection", (socket: Socket) => {
      this.#accept(new NodeStreamConnection(socket, protocol));
    });
  }

  start(accept: (connection: StreamConnection) => void): void {
    this.#accept = accept;
    for (const connection of this.#early.splice(0)) accept(connection);
  }

  close(): Promise<void> {
    // Not awaited: its callback waits for the accepted connections too. The port is free at once.
    this.#server.close();
    for (const connection of this.#early.splice(0)) connection.destroy();
    return Promise.resolve();
  }
}

export class NodeStreamConnection implements StreamConnection {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;

  constructor(socket: Socket, protocol: StreamProtocol) {
    this.#socket = socket;
    this.local = { protocol, host: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    this.remote = { protocol, host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    // Until `start`: an error event without listener would end the process.
    socket.on("error", () => undefined);
  }

  get unsentOctets(): number {
    return this.#socket.writableLength;
  }

  start(handler: StreamHandler): void {
    let failure: Error | undefined;
    this.#socket.on("data", (octets) => {
      handler.received(octets);
    });
    this.#socket.on("end", () => {
      handler.ended();
    });
    this.#socket.on("error", (error) => {
      failure = error;
    });
    this.#socket.on("close", () => {
      handler.closed(failure);
    });
    this.#socket.resume();
  }

  write(octets: Buffer, written: (error?: Error | null) => void): void {
    this.#socket.write(octets, written);
  }

  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    const socket = this.#socket;
    if (this.remote.protocol !== "tls" || socket.writableLength > 0) {
      socket.destroy();
      return;
    }
    // The peer shall know that this is the end and nobody cut it short (RFC 8446 §6.1): close_notify goes out first.
    // It can't overtake what waits to be sent, so where something does, the peer has to do without.
    socket.end();
    setImmediate(() => socket.destroy());
  }
}
