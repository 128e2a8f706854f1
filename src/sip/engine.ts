import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { TransportError, type HarnessError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import { silentLogger, type Logger } from "../core/logger.ts";
import { newCounters, type EngineCounters } from "./engine-counters.ts";
import { encodeText, escapeUser, SipParseError, SipRequest, SipResponse, type SipMessage } from "./message/index.ts";
import { fallbackTarget } from "./received-via.ts";
import { RequestRouting } from "./request-routing.ts";
import {
  DEFAULT_TIMERS,
  TransactionLayer,
  type ClientHandler,
  type ClientTransaction,
  type RequestWay,
  type RouteOptions,
  type TimerSettings,
  type TransactionUser,
} from "./transaction/index.ts";
import {
  formatAddress,
  TransportLayer,
  type Address,
  type Flow,
  type ListenAddress,
  type Network,
  type Protocol,
  type Tap,
  type TlsClientOptions,
  type WireControls,
} from "./transport/index.ts";
import { UasCore, type TryingMode } from "./uas-core.ts";

export interface EngineOptions {
  readonly listen: readonly ListenAddress[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Default: the kernel's sockets. */
  readonly network?: Network | undefined;
  /** Default: silent. */
  readonly log?: Logger | undefined;
  /** Sees every octet sent and received. */
  readonly tap?: Tap | undefined;
  /** Default: T1 500 ms, T2 4 s, T4 5 s. */
  readonly timers?: Partial<TimerSettings> | undefined;
  /** Host that Via and Contact tell instead of the one we listen on. */
  readonly advertise?: { readonly host: string } | undefined;
  /** False: an `rport` in a Via stays empty, and the response goes to the port of sent-by, as CUCM does it. */
  readonly fillRport?: boolean | undefined;
  /** When INVITE is answered 100. Default `delayed`: after 200 ms without a response of the TU. */
  readonly trying?: TryingMode | undefined;
  /**
   * Octets above which requests that would go over UDP go over TCP. Deviates from RFC 3261 §18.1.1, which says 1300:
   * never by default, since the transport of a phone is part of what is tested.
   */
  readonly preferTcpAbove?: number | undefined;
  /** Last touches to every message of ours, the engine's own ones too, before it becomes octets; not for copies. */
  readonly dress?: ((message: SipMessage) => void) | undefined;
  /** For TLS connections that the endpoint opens. Default: the platform's authorities, no certificate of ours. */
  readonly tls?: TlsClientOptions | undefined;
  /** Where the user sets `listen`, for the error when an address is taken. */
  readonly addressOption?: string | undefined;
}

export interface SendOptions extends RouteOptions {
  /** What `transaction.context` is to be. */
  readonly context?: unknown;
}

/**
 * One SIP endpoint: UAC core and UAS core over transactions and transport. It answers malformed requests (400, 505…),
 * unmatched CANCEL (481) and merged requests (482), sends 100 to INVITE, absorbs copies, acknowledges 3xx–6xx and
 * repeats 2xx. Everything else is the transaction user's: 404, 405, 420, 481 in dialogs…
 * @see RFC 3261 §8, §17, §18
 */
export class SipEngine implements Closable {
  readonly timers: TimerSettings;
  readonly counters: EngineCounters = newCounters();
  readonly #transport: TransportLayer;
  readonly #layer: TransactionLayer;
  readonly #routing: RequestRouting;
  readonly #uas: UasCore;
  readonly #log: Logger;
  readonly #dress: ((message: SipMessage) => void) | undefined;
  #closed = false;

  /**
   * Listens; everything that arrives goes to `user`.
   * @throws {TransportError} ERR_ADDRESS_IN_USE, ERR_ADDRESS_NOT_AVAILABLE, ERR_ADDRESS_FORBIDDEN; nothing is left open then.
   * @throws {UsageError} ERR_TLS_FILE, ERR_TLS_CONFIGURATION.
   */
  static async open(options: EngineOptions, user: TransactionUser): Promise<SipEngine> {
    const { listen, clock, network, tap, log, tls, addressOption } = options;
    const transport = await TransportLayer.open({ listen, clock, network, tap, log, tls, addressOption });
    return new SipEngine(transport, options, user);
  }

  private constructor(transport: TransportLayer, options: EngineOptions, user: TransactionUser) {
    const { clock, ids, fillRport = true, trying = "delayed", advertise, preferTcpAbove } = options;
    this.timers = { ...DEFAULT_TIMERS, ...options.timers };
    this.#transport = transport;
    this.#log = options.log ?? silentLogger;
    this.#dress = options.dress;
    const { addresses } = transport;
    this.#routing = new RequestRouting({ ids, addresses, toldHost: advertise?.host, preferTcpAbove });
    this.#layer = new TransactionLayer({
      clock,
      ids,
      timers: this.timers,
      outlet: {
        send: (message, octets, to) => {
          this.#send(message, octets, to);
        },
        dress: (message) => this.#dress?.(message),
        route: (request, route) => this.#routing.prepare(request, route),
      },
      watcher: {
        succeeded: (transaction, success) => {
          this.#uas.succeeded(transaction, success);
        },
        serverFailed: (transaction, reason, error) => {
          this.#uas.failed(transaction, reason, error);
        },
        userFailed: (error) => {
          this.#log.error({ err: error }, "transaction user failed");
        },
      },
    });
    this.#uas = new UasCore({
      layer: this.#layer,
      user,
      counters: this.counters,
      ids,
      trying,
      fillRport,
      sendStateless: (response, to) => {
        this.#dress?.(response);
        this.#send(response, response.toOctets(), to);
      },
    });
    transport.start({
      message: (message, flow) => {
        this.#receive(message, flow);
      },
      malformed: (error, _octets, flow) => {
        this.#uas.refuse(error, flow);
      },
      failed: (_to, message, error) => {
        this.#sendFailed(message, error);
      },
      closed: (flow, error) => {
        this.#connectionClosed(flow, error);
      },
    });
  }

  /** Where this endpoint listens. */
  get addresses(): readonly Address[] {
    return this.#transport.addresses;
  }

  /** The puppet strings: drop, delay, rewrite, send raw octets. */
  get wire(): WireControls {
    return this.#transport.wire;
  }

  /** How many transactions there are; 0 once all that was begun has ended, timers included. */
  get transactionCount(): number {
    return this.#layer.size;
  }

  /**
   * The URI for a Contact of ours, without brackets: `sip:user@host:port`, and for TCP and TLS `;transport=…`.
   * @param user text, escaped here.
   */
  contactUri(user: string | undefined, protocol: Protocol): string {
    const local = this.#routing.localFor(protocol);
    const host = local ? this.#routing.toldAddress(local) : "";
    const userinfo = user === undefined ? "" : `${escapeUser(encodeText(user))}@`;
    return `sip:${userinfo}${host}${protocol === "udp" ? "" : `;transport=${protocol}`}`;
  }

  /**
   * Sends a request of a new transaction. The request belongs to the engine then: it gets a Via (instead of any that
   * it had) and, if missing, Max-Forwards. The handler is never called before this returns.
   * @throws {UsageError} ERR_NO_ROUTE: neither Route nor Request-URI leads anywhere, and no `to` does.
   * @throws {TransportError} ERR_ENGINE_CLOSED
   */
  send(request: SipRequest, handler: ClientHandler, options: SendOptions = {}): ClientTransaction {
    const way = this.#prepare(request, options);
    return this.#layer.startClient(request, way, handler, options.context);
  }

  /** Sends a request that nobody expects an answer to, such as a stray ACK; otherwise as `send`. */
  sendStateless(request: SipRequest, options: RouteOptions = {}): void {
    const { to } = this.#prepare(request, options);
    this.#send(request, request.toOctets(), to);
  }

  /** Nobody is at `address` any more: requests that wait for an answer from there fail, and nothing is repeated to it. */
  forgetPeer(address: Address): void {
    this.#layer.forgetPeer(address, peerGone(address));
  }

  /** Ends every transaction without a word, then closes sockets. No timer stays. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#layer.close();
    await this.#transport.close();
  }

  #prepare(request: SipRequest, options: RouteOptions): RequestWay {
    if (this.#closed) throw engineClosed(request);
    const way = this.#routing.prepare(request, options);
    this.#dress?.(request);
    return way;
  }

  #send(message: SipMessage, octets: Buffer, to: Address | Flow): void {
    if (this.#closed) return;
    const gone = message.kind === "response" && "remote" in to && !this.#transport.isOpen(to);
    this.#transport.send(octets, message, gone ? fallbackTarget(message.topVia, to) : to);
  }

  #receive(message: SipMessage, flow: Flow): void {
    if (this.#closed) return;
    try {
      if (message instanceof SipRequest) this.#uas.receive(message, flow);
      else if (message instanceof SipResponse) this.#takeResponse(message, flow);
    } catch (error) {
      // Headers that matching reads are broken: a request without them can't be a copy either.
      if (!(error instanceof SipParseError)) throw error;
      this.counters.malformed += 1;
      this.#uas.refuse(error.within(message), flow);
    }
  }

  #takeResponse(response: SipResponse, flow: Flow): void {
    const branch = this.#routing.ownBranch(response);
    if (branch !== undefined && this.#layer.receiveResponse(response, branch, flow)) return;
    this.counters.strayResponses += 1;
  }

  #sendFailed(message: SipMessage | undefined, error: HarnessError): void {
    if (message && this.#layer.transportFailed(message, error)) return;
    this.counters.unsent += 1;
    this.#log.debug({ err: error }, "message not sent");
  }

  #connectionClosed(flow: Flow, error: HarnessError | undefined): void {
    if (flow.connection !== undefined) this.#layer.connectionLost(flow, error ?? connectionClosed(flow));
  }
}

function engineClosed(request: SipRequest): TransportError {
  return new TransportError(`${request.method} can't be sent: the endpoint was closed before.`, {
    code: "ERR_ENGINE_CLOSED",
    details: { method: request.method },
  });
}

function peerGone(address: Address): TransportError {
  const place = formatAddress(address);
  return new TransportError(`${place} is gone.`, { code: "ERR_PEER_GONE", details: { place } });
}

function connectionClosed(flow: Flow): TransportError {
  const place = formatAddress(flow.remote);
  return new TransportError(`${place} closed the connection while it owed a response.`, {
    code: "ERR_CONNECTION_CLOSED",
    details: { place },
  });
}
