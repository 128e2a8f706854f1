import type { Timer } from "../../core/clock.ts";
import { isIP } from "node:net";
import { asError, TransportError } from "../../core/errors.ts";
import { formatAddress, isV6, type Address, type Flow } from "./address.ts";
import { Connection, type ConnectionOwner, type Outgoing } from "./connection.ts";
import type { TransportContext } from "./context.ts";
import { sendFailure } from "./failures.ts";
import type { StreamConnection, StreamListener } from "./network.ts";
import type { Reception } from "./reception.ts";
import { STREAM_LIMITS } from "./stream-limits.ts";
import { handshakeTimeout } from "./tls-failures.ts";
import { usualTlsClient } from "./tls-settings.ts";

/** A connection that is being opened, with what waits for it. */
interface Attempt {
  readonly abort: AbortController;
  readonly waiting: Outgoing[];
  waitingOctets: number;
}

/** The listening sockets and connections of an endpoint: one connection per peer is opened, and used again. */
export class StreamTransport implements ConnectionOwner {
  readonly #context: TransportContext;
  readonly #reception: Reception;
  readonly #listeners: readonly StreamListener[];
  readonly #connections = new Map<number, Connection>();
  /** Those that take new requests, by where they lead. */
  readonly #byRemote = new Map<string, Connection>();
  readonly #attempts = new Map<string, Attempt>();
  /** Addresses that the endpoint listens on. */
  readonly #localHosts: readonly string[];
  #lastNumber = 0;
  #closing = false;
  #sweep: Timer | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(
    context: TransportContext,
    reception: Reception,
    listeners: readonly StreamListener[],
    localHosts: readonly string[],
  ) {
    this.#context = context;
    this.#reception = reception;
    this.#listeners = listeners;
    this.#localHosts = localHosts;
    for (const listener of listeners) {
      listener.start(
        (stream) => {
          this.#adopt(stream, keyOf(stream.remote), true).start();
        },
        (remote, error) => {
          this.#context.counters.handshakesFailed += 1;
          this.#context.log.info({ remote: formatAddress(remote), problem: error.message }, "tls handshake failed");
        },
      );
    }
  }

  /** Over the connection numbered `connection` where it still works, else over one that leads to `remote`. */
  send(outgoing: Outgoing, remote: Address, connection: number | undefined): void {
    const own = connection === undefined ? undefined : this.#connections.get(connection);
    const open = own?.writable === true ? own : this.#byRemote.get(keyOf(remote, outgoing.to));
    if (open) open.send(outgoing);
    else this.#sendOnceConnected(outgoing, remote);
  }

  isOpen(connection: number): boolean {
    return this.#connections.get(connection)?.writable ?? false;
  }

  retired(connection: Connection): void {
    if (this.#byRemote.get(connection.key) === connection) this.#byRemote.delete(connection.key);
  }

  closed(connection: Connection): void {
    this.retired(connection);
    this.#connections.delete(connection.number);
    if (this.#connections.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#onEmpty?.();
  }

  /** Lets what was written go out, for a bounded time. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    for (const attempt of this.#attempts.values()) attempt.abort.abort();
    if (this.#connections.size === 0) return;
    const timer = this.#context.clock.setTimer(STREAM_LIMITS.flushMs, () => {
      for (const connection of this.#connections.values()) connection.destroy();
    });
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      for (const connection of this.#connections.values()) connection.close();
    });
    timer.cancel();
  }

  #sendOnceConnected(outgoing: Outgoing, remote: Address): void {
    const key = keyOf(remote, outgoing.to);
    const attempt = this.#attempts.get(key) ?? this.#attempt(key, remote, nameIn(outgoing.to));
    if (attempt.waitingOctets + outgoing.octets.length > STREAM_LIMITS.unsentOctets) {
      const failure = new TransportError(
        `Sending to ${formatAddress(remote)} failed: too much waits for the connection already.`,
        { code: "ERR_CONNECTION_GIVEN_UP", details: { ...remote } },
      );
      queueMicrotask(() => {
        this.#context.handler.failed(outgoing.to, outgoing.message, failure);
      });
      return;
    }
    attempt.waiting.push(outgoing);
    attempt.waitingOctets += outgoing.octets.length;
  }

  #attempt(key: string, remote: Address, serverName: string | undefined): Attempt {
    const attempt: Attempt = { abort: new AbortController(), waiting: [], waitingOctets: 0 };
    this.#attempts.set(key, attempt);
    void this.#connect(key, remote, attempt, serverName);
    return attempt;
  }

  async #connect(key: string, remote: Address, attempt: Attempt, serverName: string | undefined): Promise<void> {
    try {
      const stream = await this.#open(remote, attempt.abort, serverName);
      if (this.#closing) {
        stream.destroy();
        return;
      }
      const connection = this.#adopt(stream, key, false);
      for (const outgoing of attempt.waiting) connection.send(outgoing);
      connection.start();
    } catch (error) {
      const failure = sendFailure(asError(error), remote);
      for (const { to, message } of attempt.waiting) this.#context.handler.failed(to, message, failure);
    } finally {
      this.#attempts.delete(key);
    }
  }

  /** Opens TCP, and TLS over it where that is asked for, each in its own time. */
  async #open(remote: Address, abort: AbortController, serverName: string | undefined): Promise<StreamConnection> {
    const { clock, network, tlsClient } = this.#context;
    const options = { localHost: this.#sourceTowards(remote), signal: abort.signal };
    let timer = clock.setTimer(STREAM_LIMITS.connectMs, () => {
      abort.abort(connectTimeout(remote));
    });
    const reached = (): void => {
      timer.cancel();
      timer = clock.setTimer(STREAM_LIMITS.handshakeMs, () => {
        abort.abort(handshakeTimeout(remote, STREAM_LIMITS.handshakeMs));
      });
    };
    try {
      if (remote.protocol !== "tls") return await network.connectTcp(remote, options);
      return await network.connectTls(remote, {
        ...options,
        settings: tlsClient ?? usualTlsClient(),
        serverName,
        reached,
      });
    } finally {
      timer.cancel();
    }
  }

  /** The address that we listen on, so that the peer sees the one that it was told. */
  #sourceTowards(remote: Address): string | undefined {
    const v6 = isV6(remote.host);
    const hosts = this.#localHosts.filter((host) => isV6(host) === v6);
    return hosts.find((host) => host !== "0.0.0.0" && host !== "::");
  }

  #adopt(stream: StreamConnection, key: string, accepted: boolean): Connection {
    this.#lastNumber += 1;
    const connection = new Connection({
      context: this.#context,
      reception: this.#reception,
      owner: this,
      stream,
      number: this.#lastNumber,
      key,
      accepted,
    });
    this.#connections.set(connection.number, connection);
    this.#byRemote.set(key, connection);
    this.#sweep ??= this.#sweepLater();
    return connection;
  }

  /** One timer looks at the age of all connections. */
  #sweepLater(): Timer {
    return this.#context.clock.setTimer(STREAM_LIMITS.sweepMs, () => {
      this.#sweepUp();
    });
  }

  #sweepUp(): void {
    const now = this.#context.clock.now();
    for (const connection of this.#connections.values()) {
      const reason = connection.overdue(now);
      if (reason !== undefined) connection.expire(reason);
    }
    this.#sweep = this.#connections.size > 0 ? this.#sweepLater() : undefined;
  }
}

/**
 * How a connection is found again. One with TLS was opened for a name, which the server has proved to have, and serves
 * no other (RFC 5922 §7.4).
 */
function keyOf(remote: Address, to: Address | Flow = remote): string {
  const name = remote.protocol === "tls" ? nameIn(to) : undefined;
  return name === undefined ? formatAddress(remote) : `${formatAddress(remote)} ${name}`;
}

/** The host name that somebody sent to, before it was looked up. */
function nameIn(to: Address | Flow): string | undefined {
  return "remote" in to || isIP(to.host) !== 0 ? undefined : to.host.toLowerCase();
}

function connectTimeout(remote: Address): TransportError {
  return new TransportError(
    `${formatAddress(remote)} did not take the connection within ${STREAM_LIMITS.connectMs} ms. Check address and firewall.`,
    { code: "ERR_CONNECT_TIMEOUT", details: { ...remote, connectMs: STREAM_LIMITS.connectMs } },
  );
}
