import { connect, createServer, isIPv6, type Server, type Socket } from "node:net";
import { asError } from "../../core/errors.ts";
import type { Address } from "./address.ts";
import type { ConnectOptions, StreamConnection, StreamHandler, StreamListener } from "./network.ts";

/** Connections that may wait to be accepted: a fleet of phones that all start at once. */
const LISTEN_BACKLOG = 1024;

/** Listens with a TCP socket of the kernel; an IPv6 one takes no IPv4. */
export async function listenNodeTcp(host: string, port: number): Promise<StreamListener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: LISTEN_BACKLOG, ipv6Only: isIPv6(host), exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return new NodeStreamListener(server);
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
  return new NodeStreamConnection(socket);
}

class NodeStreamListener implements StreamListener {
  readonly local: Address;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new TypeError("a TCP server has an address and a port");
    this.local = { protocol: "tcp", host: bound.address, port: bound.port };
    // A connection that broke before it was accepted; the server goes on.
    server.on("error", () => undefined);
  }

  start(accept: (connection: StreamConnection) => void): void {
    this.#server.on("connection", (socket) => {
      accept(new NodeStreamConnection(socket));
    });
  }

  close(): Promise<void> {
    // Not awaited: its callback waits for the accepted connections too. The port is free at once.
    this.#server.close();
    return Promise.resolve();
  }
}

class NodeStreamConnection implements StreamConnection {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { protocol: "tcp", host: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    this.remote = { protocol: "tcp", host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
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
    this.#socket.destroy();
  }
}
