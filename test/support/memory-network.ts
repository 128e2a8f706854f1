import type { Clock } from "../../src/core/clock.ts";
import type { Address, Protocol } from "../../src/sip/transport/address.ts";
import type {
  ConnectOptions,
  DatagramHandler,
  DatagramSocket,
  Network,
  StreamConnection,
  StreamHandler,
  StreamListener,
} from "../../src/sip/transport/network.ts";

export interface MemoryNetworkOptions {
  /** How long octets travel, on the clock. Default 0: they arrive in a microtask. */
  readonly delayMs?: number;
  /** Reports datagrams to a port where nobody listens as refused, as some kernels do. Default: they vanish. */
  readonly refusesDatagrams?: boolean;
}

/**
 * A network in memory: any IP address is one of this machine, nothing is lost, everything arrives in order. A
 * connection to a port where nobody listens is refused. TLS is a name only: no handshake, no secrets.
 */
export function memoryNetwork(clock: Clock, options: MemoryNetworkOptions = {}): Network {
  const world = new World(clock, options);
  return {
    bindUdp(host, port) {
      return attempt(() => new MemoryDatagramSocket(world, world.reserve(world.datagrams, "udp", host, port)));
    },
    listenTcp(host, port) {
      return attempt(() => new MemoryStreamListener(world, world.reserve(world.listeners, "tcp", host, port)));
    },
    connectTcp: (remote, connectOptions) => world.connect(remote, connectOptions),
    listenTls(host, port) {
      return attempt(() => new MemoryStreamListener(world, world.reserve(world.listeners, "tls", host, port)));
    },
    connectTls(remote, connectOptions) {
      return world.connect(remote, connectOptions);
    },
  };
}

const FIRST_EPHEMERAL_PORT = 32_768;

class World {
  readonly datagrams = new Map<string, MemoryDatagramSocket>();
  readonly listeners = new Map<string, MemoryStreamListener>();
  readonly refusesDatagrams: boolean;
  readonly #clock: Clock;
  readonly #delayMs: number;
  #lastPort = FIRST_EPHEMERAL_PORT;

  constructor(clock: Clock, options: MemoryNetworkOptions) {
    this.#clock = clock;
    this.#delayMs = options.delayMs ?? 0;
    this.refusesDatagrams = options.refusesDatagrams ?? false;
  }

  /** Runs `arrive` when what is sent now has travelled. */
  travel(arrive: () => void): void {
    if (this.#delayMs > 0) this.#clock.setTimer(this.#delayMs, arrive);
    else queueMicrotask(arrive);
  }

  freePort(): number {
    this.#lastPort += 1;
    return this.#lastPort;
  }

  reserve(taken: ReadonlyMap<string, unknown>, protocol: Protocol, host: string, port: number): Address {
    const local: Address = { protocol, host, port: port === 0 ? this.freePort() : port };
    if (taken.has(keyOf(local))) throw systemError("EADDRINUSE");
    return local;
  }

  /** Who listens at `address`, itself or for all addresses. */
  at<T>(listening: ReadonlyMap<string, T>, address: Address): T | undefined {
    const wildcard = address.host.includes(":") ? "::" : "0.0.0.0";
    return listening.get(keyOf(address)) ?? listening.get(keyOf({ ...address, host: wildcard }));
  }

  connect(remote: Address, options: ConnectOptions = {}): Promise<StreamConnection> {
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      const onAbort = (): void => {
        reject(options.signal?.reason as Error);
      };
      options.signal?.addEventListener("abort", onAbort, { once: true });
      this.travel(() => {
        options.signal?.removeEventListener("abort", onAbort);
        if (options.signal?.aborted === true) return;
        const listener = this.at(this.listeners, remote);
        if (!listener) {
          reject(systemError("ECONNREFUSED"));
          return;
        }
        const local: Address = {
          protocol: remote.protocol,
          host: options.localHost ?? remote.host,
          port: this.freePort(),
        };
        const near = new MemoryStreamConnection(this, local, remote);
        const far = new MemoryStreamConnection(this, remote, local);
        near.peer = far;
        far.peer = near;
        listener.accept(far);
        resolve(near);
      });
    });
  }
}

class MemoryDatagramSocket implements DatagramSocket {
  readonly local: Address;
  readonly #world: World;
  #handler: DatagramHandler | undefined;

  constructor(world: World, local: Address) {
    this.#world = world;
    this.local = local;
    world.datagrams.set(keyOf(local), this);
  }

  start(handler: DatagramHandler): void {
    this.#handler = handler;
  }

  send(octets: Buffer, host: string, port: number, sent: (error: Error | null) => void): void {
    const copy = Buffer.from(octets);
    const source = this.#sourceTowards(host);
    this.#world.travel(() => {
      const receiver = this.#world.at(this.#world.datagrams, { protocol: "udp", host, port });
      sent(receiver || !this.#world.refusesDatagrams ? null : systemError("ECONNREFUSED"));
      receiver?.receive(copy, source, this.local.port);
    });
  }

  receive(octets: Buffer, host: string, port: number): void {
    this.#handler?.received(octets, host, port);
  }

  close(): Promise<void> {
    if (this.#world.datagrams.get(keyOf(this.local)) === this) this.#world.datagrams.delete(keyOf(this.local));
    this.#handler = undefined;
    return Promise.resolve();
  }

  /** A socket on all addresses sends from the one that its peer has. */
  #sourceTowards(host: string): string {
    return this.local.host === "0.0.0.0" || this.local.host === "::" ? host : this.local.host;
  }
}

class MemoryStreamListener implements StreamListener {
  readonly local: Address;
  readonly #world: World;
  #accept: ((connection: StreamConnection) => void) | undefined;

  constructor(world: World, local: Address) {
    this.#world = world;
    this.local = local;
    world.listeners.set(keyOf(local), this);
  }

  start(accept: (connection: StreamConnection) => void): void {
    this.#accept = accept;
  }

  accept(connection: StreamConnection): void {
    this.#accept?.(connection);
  }

  close(): Promise<void> {
    if (this.#world.listeners.get(keyOf(this.local)) === this) this.#world.listeners.delete(keyOf(this.local));
    return Promise.resolve();
  }
}

class MemoryStreamConnection implements StreamConnection {
  readonly local: Address;
  readonly remote: Address;
  readonly unsentOctets = 0;
  peer: MemoryStreamConnection | undefined;
  readonly #world: World;
  #handler: StreamHandler | undefined;
  /** What arrived before somebody reads. */
  #arrived: ((handler: StreamHandler) => void)[] = [];
  #ended = false;
  #peerEnded = false;
  #closed = false;
  #destroyed = false;

  constructor(world: World, local: Address, remote: Address) {
    this.#world = world;
    this.local = local;
    this.remote = remote;
  }

  start(handler: StreamHandler): void {
    this.#handler = handler;
    for (const tell of this.#arrived.splice(0)) tell(handler);
  }

  write(octets: Buffer, written: (error?: Error | null) => void): void {
    const copy = Buffer.from(octets);
    const open = !this.#ended && !this.#closed;
    this.#world.travel(() => {
      const lost = !open || this.#destroyed || this.peer?.closed === true;
      written(lost ? systemError("EPIPE") : null);
      if (!lost)
        this.peer?.tell((handler) => {
          handler.received(copy);
        });
    });
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#world.travel(() => this.peer?.peerHasEnded());
    this.#closeIfBothEnded();
  }

  close(): void {
    this.end();
    this.#world.travel(() => {
      this.#close();
    });
  }

  destroy(): void {
    this.#destroyed = true;
    this.end();
    this.#close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  tell(news: (handler: StreamHandler) => void): void {
    if (this.#closed) return;
    if (this.#handler) news(this.#handler);
    else this.#arrived.push(news);
  }

  peerHasEnded(): void {
    if (this.#closed) return;
    this.#peerEnded = true;
    this.tell((handler) => {
      handler.ended();
    });
    this.#closeIfBothEnded();
  }

  #closeIfBothEnded(): void {
    if (this.#ended && this.#peerEnded) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    queueMicrotask(() => this.#handler?.closed());
  }
}

async function attempt<T>(open: () => T): Promise<T> {
  await Promise.resolve();
  return open();
}

function keyOf({ host, port }: Address): string {
  return `${host} ${port}`;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`memory network: ${code}`), { code });
}
