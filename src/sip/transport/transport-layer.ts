import { isIP } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Closable } from "../../core/disposal.ts";
import { asError, HarnessError, TransportError } from "../../core/errors.ts";
import { silentLogger, type Logger } from "../../core/logger.ts";
import type { SipMessage } from "../message/index.ts";
import { formatAddress, isV6, type Address, type Flow } from "./address.ts";
import { DEAF, NO_NOTES, showTap, type TransportContext } from "./context.ts";
import { DatagramTransport } from "./datagram-transport.ts";
import { sendFailure } from "./failures.ts";
import { listenOn, type ListenAddress, type Listeners } from "./listen.ts";
import { NameCache } from "./name-cache.ts";
import type { Network } from "./network.ts";
import { nodeNetwork } from "./node-network.ts";
import { Reception } from "./reception.ts";
import { systemResolver, type Resolver } from "./resolver.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { Tap, TapNote } from "./tap.ts";
import type { TransportCounters, TransportHandler } from "./transport-handler.ts";
import type { WireControls } from "./wire-controls.ts";
import type { TlsClientOptions } from "./tls-options.ts";
import { loadTlsClient, type TlsClientSettings } from "./tls-settings.ts";
import { WireRules, type Passage } from "./wire-rules.ts";

export interface TransportOptions {
  readonly listen: readonly ListenAddress[];
  readonly clock: Clock;
  /** Default: the kernel's sockets. */
  readonly network?: Network | undefined;
  /** Default: the platform's look-up. */
  readonly resolver?: Resolver | undefined;
  readonly tap?: Tap | undefined;
  readonly log?: Logger | undefined;
  /** For connections over TLS that we open. Default: the platform's authorities, no certificate of ours. */
  readonly tls?: TlsClientOptions | undefined;
  /** Where the user sets these addresses, for the error when one is taken. Default `--listen`. */
  readonly addressOption?: string | undefined;
}

/** What `open` made ready. */
interface TransportParts {
  readonly network: Network;
  readonly listeners: Listeners;
  readonly tlsClient: TlsClientSettings | undefined;
}

const HIGHEST_PORT = 65_535;

/**
 * Octets in, messages out: the sockets of one endpoint, with its wire controls and its tap.
 * Decides nothing about SIP: Via, `received` and the choice between UDP and TCP belong to the engine.
 * @see RFC 3261 §18
 */
export class TransportLayer implements Closable {
  /** Where it listens, in the order of `listen`, with the real port numbers. */
  readonly addresses: readonly Address[];
  readonly #context: TransportContext;
  readonly #rules: WireRules;
  readonly #names: NameCache;
  readonly #datagrams: DatagramTransport;
  readonly #streams: StreamTransport;
  #closing: Promise<void> | undefined;

  private constructor(options: TransportOptions, { network, listeners, tlsClient }: TransportParts) {
    const { clock, tap, log = silentLogger, resolver = systemResolver() } = options;
    this.addresses = listeners.all.map((listener) => listener.local);
    const counters = { sent: 0, received: 0, keepalives: 0, notSip: 0, malformed: 0, handshakesFailed: 0 };
    this.#context = { clock, network, log, tap, tlsClient, counters, handler: DEAF };
    this.#rules = new WireRules(clock, (octets, to) => {
      this.#transmit(octets, undefined, to, ["raw"]);
    });
    this.#names = new NameCache(clock, resolver);
    const reception = new Reception(this.#context, this.#rules);
    this.#datagrams = new DatagramTransport(this.#context, reception, listeners.datagrams);
    const hosts = this.addresses.map((address) => address.host);
    this.#streams = new StreamTransport(this.#context, reception, listeners.streams, hosts);
  }

  /**
   * Listens on every address.
   * @throws {TransportError} ERR_ADDRESS_IN_USE, ERR_ADDRESS_NOT_AVAILABLE, ERR_ADDRESS_FORBIDDEN; nothing is left open then.
   * @throws {UsageError} ERR_TLS_FILE, ERR_TLS_CONFIGURATION.
   */
  static async open(options: TransportOptions): Promise<TransportLayer> {
    const network = options.network ?? nodeNetwork();
    const tlsClient = options.tls && (await loadTlsClient(options.tls));
    const listeners = await listenOn(network, options.listen, options.addressOption ?? "--listen");
    return new TransportLayer(options, { network, listeners, tlsClient });
  }

  get counters(): Readonly<TransportCounters> {
    return this.#context.counters;
  }

  get wire(): WireControls {
    return this.#rules;
  }

  /**
   * Hands everything that arrives to `handler` from now on. Call it in the turn in which `open` resolved: nothing is lost
   * then.
   */
  start(handler: TransportHandler): void {
    if (!this.#closing) this.#context.handler = handler;
  }

  /**
   * Sends `octets`; `message` is what they are, for tap and wire rules. To a Flow: over that very connection or, where
   * it is gone, over one to its remote address. To an Address: over the connection to it, opened where there is none;
   * a name is looked up. Never throws for the network: failures go to the handler's `failed`, later.
   */
  send(octets: Buffer, message: SipMessage | undefined, to: Address | Flow): void {
    if (message === undefined || !this.#rules.has("sent")) this.#transmit(octets, message, to, NO_NOTES);
    else this.#sendByRules(octets, message, to);
  }

  /** Whether `flow` still leads to its peer: UDP always, a stream while its connection takes octets. */
  isOpen(flow: Flow): boolean {
    return flow.connection === undefined ? flow.protocol === "udp" : this.#streams.isOpen(flow.connection);
  }

  /** Closes every socket and timer; what was written to a connection still goes out. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#context.handler = DEAF;
    this.#rules.close();
    await Promise.all([this.#datagrams.close(), this.#streams.close()]);
  }

  #transmit(octets: Buffer, message: SipMessage | undefined, to: Address | Flow, notes: readonly TapNote[]): void {
    if (this.#closing) return;
    const remote = "remote" in to ? to.remote : to;
    if (!Number.isInteger(remote.port) || remote.port < 1 || remote.port > HIGHEST_PORT) {
      this.#failLater(to, message, unreachablePort(remote));
    } else if ("remote" in to || isIP(remote.host) !== 0) {
      this.#transmitTo(remote, octets, message, to, notes);
    } else {
      void this.#locateAndTransmit(remote, octets, message, to, notes);
    }
  }

  #transmitTo(
    remote: Address,
    octets: Buffer,
    message: SipMessage | undefined,
    to: Address | Flow,
    notes: readonly TapNote[],
  ): void {
    const flow = "remote" in to ? to : undefined;
    if (remote.protocol === "udp") this.#datagrams.send(octets, message, to, remote, flow?.local, notes);
    else this.#streams.send({ octets, message, to, notes }, remote, flow?.connection);
  }

  async #locateAndTransmit(
    name: Address,
    octets: Buffer,
    message: SipMessage | undefined,
    to: Address | Flow,
    notes: readonly TapNote[],
  ): Promise<void> {
    try {
      const found = await this.#names.locate(name);
      const remote = found.find(({ host }) => this.#speaks(host)) ?? found[0];
      if (this.#closing) return;
      if (remote) this.#transmitTo(remote, octets, message, to, notes);
      else throw sendFailure(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), name);
    } catch (error) {
      const failure = error instanceof HarnessError ? error : sendFailure(asError(error), name);
      this.#context.handler.failed(to, message, failure);
    }
  }

  /** Whether we have an address of the same IP version. */
  #speaks(host: string): boolean {
    return this.addresses.some((address) => isV6(address.host) === isV6(host));
  }

  #sendByRules(octets: Buffer, message: SipMessage, to: Address | Flow): void {
    let passage: Passage;
    try {
      passage = this.#rules.passage("sent", message, octets, to.protocol === "udp");
    } catch (error) {
      this.#failLater(to, message, error as HarnessError);
      return;
    }
    if (passage.dropped) {
      this.#showDropped(passage, to);
      return;
    }
    this.#rules.after(passage.delayMs, () => {
      for (let copy = 0; copy < passage.copies; copy += 1) {
        this.#transmit(passage.octets, passage.message, to, passage.notes);
      }
    });
  }

  #showDropped(passage: Passage, to: Address | Flow): void {
    const { tap } = this.#context;
    if (!tap) return;
    const way = "remote" in to ? to : { local: this.#likelySource(to), remote: to };
    showTap(this.#context, "sent", way, passage.octets, passage.message, passage.notes);
  }

  /** From where a message would have gone that was dropped before it had a socket. */
  #likelySource(remote: Address): Address {
    const source =
      this.addresses.find(({ protocol, host }) => protocol === remote.protocol && isV6(host) === isV6(remote.host)) ??
      this.addresses[0];
    return source ?? { protocol: remote.protocol, host: "0.0.0.0", port: 0 };
  }

  #failLater(to: Address | Flow, message: SipMessage | undefined, error: HarnessError): void {
    queueMicrotask(() => {
      this.#context.handler.failed(to, message, error);
    });
  }
}

function unreachablePort(remote: Address): TransportError {
  return new TransportError(`Sending to ${formatAddress(remote)} failed: there is no such port.`, {
    code: "ERR_UNREACHABLE",
    details: { ...remote },
  });
}
