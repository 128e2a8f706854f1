import { isIP, type Socket, type SocketConstructorOpts, type TcpSocketConnectOpts } from "node:net";
import { connect, createServer, type ConnectionOptions, type Server, type TLSSocket } from "node:tls";
import { asError } from "../../core/errors.ts";
import { formatAddress, type Address } from "./address.ts";
import type { StreamConnection, StreamListener, TlsConnectOptions } from "./network.ts";
import { listening, NodeStreamConnection, type NodeStreamListener } from "./node-stream.ts";
import { STREAM_LIMITS } from "./stream-limits.ts";
import { certificateFailure, handshakeFailure } from "./tls-failures.ts";
import { identityProblem } from "./tls-identity.ts";
import { keyLog } from "./tls-key-log.ts";
import type { TlsServerSettings } from "./tls-settings.ts";

/** Listens for TLS on a TCP socket of the kernel; an IPv6 one takes no IPv4. */
export async function listenNodeTls(host: string, port: number, settings: TlsServerSettings): Promise<StreamListener> {
  const server = createServer({
    ...settings.context,
    requestCert: settings.requestClientCertificate,
    rejectUnauthorized: settings.requestClientCertificate,
    handshakeTimeout: STREAM_LIMITS.handshakeMs,
    noDelay: true,
  });
  return new NodeTlsListener(server, await listening(server, host, port, "tls"));
}

/**
 * Connects a TCP socket of the kernel and shakes hands; `expected` is the name or address that the server's
 * certificate has to have.
 */
export async function connectNodeTls(remote: Address, options: TlsConnectOptions): Promise<StreamConnection> {
  const { localHost, signal, settings, reached } = options;
  signal?.throwIfAborted();
  const expected = settings.serverName ?? options.serverName ?? remote.host;
  let problem: string | undefined;
  const connecting: ConnectionOptions & TcpSocketConnectOpts & SocketConstructorOpts = {
    host: remote.host,
    port: remote.port,
    secureContext: settings.context,
    rejectUnauthorized: settings.verifyServer,
    checkServerIdentity: (_host, certificate) => {
      problem = identityProblem(certificate.raw, expected);
      return problem === undefined ? undefined : new Error(problem);
    },
    // Who has taken our connection and closes it answers nothing more (RFC 5246 §7.2.1).
    allowHalfOpen: false,
    // RFC 6066 §3: literal addresses are no server names.
    ...(isIP(expected) === 0 && { servername: expected }),
    ...(localHost !== undefined && { localAddress: localHost }),
  };
  const socket = connect(connecting);
  socket.setNoDelay(true);
  const log = keyLog();
  if (log) socket.on("keylog", log);
  await secured(socket, signal, reached, (error, connected) => {
    if (!connected) return error;
    const untrusted = problem ?? verificationProblem(socket);
    return untrusted === undefined ? handshakeFailure(error, remote) : certificateFailure(untrusted, remote);
  });
  socket.pause();
  return new NodeStreamConnection(socket, "tls");
}

/** Resolves once both sides are through with the handshake; rejects with what `failure` makes of an error. */
async function secured(
  socket: TLSSocket,
  signal: AbortSignal | undefined,
  reached: (() => void) | undefined,
  failure: (error: Error, connected: boolean) => Error,
): Promise<void> {
  let connected = false;
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(asError(signal?.reason));
    const onError = (error: Error): void => {
      reject(signal?.aborted === true ? error : failure(error, connected));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("close", () => {
      signal?.removeEventListener("abort", onAbort);
    });
    socket.once("connect", () => {
      connected = true;
      reached?.();
    });
    socket.once("secureConnect", () => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      resolve();
    });
  });
}

class NodeTlsListener implements StreamListener {
  readonly local: Address;
  readonly #listener: NodeStreamListener;
  /** Connections without a session yet, by where they come from. */
  readonly #shakingHands = new Map<string, Socket>();
  readonly #peers = new WeakMap<TLSSocket, Address>();
  #refused: ((remote: Address, error: Error) => void) | undefined;

  constructor(server: Server, listener: NodeStreamListener) {
    this.#listener = listener;
    this.local = listener.local;
    server.on("connection", (socket: Socket) => {
      const key = formatAddress(peerOf(socket));
      this.#shakingHands.set(key, socket);
      socket.on("close", () => this.#shakingHands.delete(key));
      socket.on("error", () => undefined);
    });
    const log = keyLog();
    server.on("keylog", (line, socket) => {
      // The first that is heard of it: once node has refused a certificate, it does not know any more whose it was.
      this.#peers.set(socket, peerOf(socket));
      log?.(line);
    });
    server.prependListener("secureConnection", (socket) => {
      // In the handshake, a half-closed connection is a lost one; with a session, answers may still go out.
      socket.allowHalfOpen = true;
      this.#shakingHands.delete(formatAddress(peerOf(socket)));
    });
    server.on("tlsClientError", (error, socket) => {
      socket.on("error", () => undefined);
      this.#failed(error, socket);
    });
  }

  start(accept: (connection: StreamConnection) => void, refused?: (remote: Address, error: Error) => void): void {
    this.#refused = refused;
    this.#listener.start(accept);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    for (const socket of this.#shakingHands.values()) socket.destroy();
  }

  #failed(error: Error, socket: TLSSocket): void {
    const remote = this.#peers.get(socket) ?? peerOf(socket);
    const problem = verificationProblem(socket);
    const failure = problem === undefined ? handshakeFailure(error, remote) : certificateFailure(problem, remote);
    this.#refused?.(remote, failure);
  }
}

/** What OpenSSL found wrong with the peer's certificate: node's types promise an Error, and it gives the code. */
function verificationProblem(socket: TLSSocket): string | undefined {
  const problem: unknown = socket.authorizationError;
  if (typeof problem === "string") return problem;
  return problem instanceof Error ? problem.message : undefined;
}

function peerOf({ remoteAddress: host = "", remotePort: port = 0 }: Socket): Address {
  return { protocol: "tls", host, port };
}
