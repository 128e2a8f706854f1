import type { Clock } from "../../core/clock.ts";
import type { HarnessError } from "../../core/errors.ts";
import type { Ids } from "../../core/ids.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/index.ts";
import { sameAddress, type Address, type Flow } from "../transport/index.ts";
import { ClientTransaction, type ClientHost, type RequestWay, type RouteOptions } from "./client-transaction.ts";
import { InviteClientTransaction } from "./invite-client-transaction.ts";
import { InviteServerTransaction } from "./invite-server-transaction.ts";
import { clientKey, isUnique, mergeKey, olderAckKey, serverKey } from "./matching.ts";
import { NonInviteClientTransaction } from "./non-invite-client-transaction.ts";
import { NonInviteServerTransaction } from "./non-invite-server-transaction.ts";
import type { ClientRemnant, ServerRemnant } from "./remnant.ts";
import { ServerTransaction, type ServerHost } from "./server-transaction.ts";
import { TimerQueue } from "./timer-queue.ts";
import type { TimerSettings } from "./timer-settings.ts";
import type { ClientHandler, FailureReason } from "./transaction-users.ts";

/** The way out, below the transactions. */
export interface Outlet {
  send(message: SipMessage, octets: Buffer, to: Address | Flow): void;
  /** Last touches to a message of ours, before it becomes octets. */
  dress(message: SipMessage): void;
  /** Gives a request its Via and finds its way. @throws {UsageError} ERR_NO_ROUTE */
  route(request: SipRequest, options: RouteOptions): RequestWay;
}

/** Hears what goes on inside. */
export interface LayerWatcher {
  succeeded(transaction: ServerTransaction, success: SipResponse): void;
  serverFailed(transaction: ServerTransaction, reason: FailureReason, error: HarnessError): void;
  /** A transaction user threw. */
  userFailed(error: unknown): void;
}

export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timers: TimerSettings;
  readonly outlet: Outlet;
  readonly watcher: LayerWatcher;
}

/** Hears nothing of a CANCEL: what counts is the final response to the INVITE (RFC 3261 §9.1). */
const CANCEL_HANDLER: ClientHandler = { response: () => undefined, failed: () => undefined };

/** The transactions of an endpoint: makes them, finds them, and forgets them when they end. */
export class TransactionLayer implements ClientHost, ServerHost {
  readonly queue: TimerQueue;
  readonly timers: TimerSettings;
  readonly #ids: Ids;
  readonly #outlet: Outlet;
  readonly #watcher: LayerWatcher;
  /**
   * Transactions and remnants in one map, so that the one overwrites the other. A map that transactions are deleted
   * from leaves them in the tables that it outgrew, and the young generation of the heap keeps what those point to.
   */
  readonly #clients = new Map<string, ClientTransaction | ClientRemnant>();
  readonly #servers = new Map<string, ServerTransaction | ServerRemnant>();
  readonly #unmerged = new Map<string, ServerTransaction | ServerRemnant>();

  constructor(options: TransactionLayerOptions) {
    this.queue = new TimerQueue(options.clock, options.timers);
    this.timers = options.timers;
    this.#ids = options.ids;
    this.#outlet = options.outlet;
    this.#watcher = options.watcher;
  }

  /** How many transactions there are. */
  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Sends a request that has its Via. */
  startClient(request: SipRequest, way: RequestWay, handler: ClientHandler, context?: unknown): ClientTransaction {
    const key = clientKey(way.branch, request.method);
    const parts = { host: this, request, key, handler, to: way.to, branch: way.branch };
    const transaction =
      request.method === "INVITE" ? new InviteClientTransaction(parts) : new NonInviteClientTransaction(parts);
    transaction.context = context;
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  /**
   * @param branch of the response's top Via.
   * @returns whether a transaction waits for it, or for copies of it.
   */
  receiveResponse(response: SipResponse, branch: string, flow: Flow): boolean {
    const transaction = this.#client(branch, response.cseq.method);
    transaction?.receive(response, flow);
    return transaction !== undefined;
  }

  /**
   * The transaction that a request belongs to: a copy of its own request, or the ACK for its INVITE.
   * @param key what `serverKey` gives for the request.
   */
  serverFor(request: SipRequest, key: string): ServerTransaction | ServerRemnant | undefined {
    const transaction = this.#servers.get(key);
    if (request.method !== "ACK" || isUnique(request.topVia.branch ?? "")) return transaction;
    // RFC 3261 §17.2.3: the ACK of an older peer has the To tag of our response.
    if (transaction?.toTag === request.toTag) return transaction;
    return this.#servers.get(olderAckKey(request));
  }

  /** The INVITE that a CANCEL is for. */
  inviteFor(cancel: SipRequest): ServerTransaction | ServerRemnant | undefined {
    return this.#servers.get(serverKey(cancel, "INVITE"));
  }

  /** Whether its request came before, on another way (RFC 3261 §8.2.2.2). */
  isMerged(transaction: ServerTransaction): boolean {
    return transaction.mergeKey !== undefined && this.#unmerged.get(transaction.mergeKey) !== transaction;
  }

  /** @param key what `serverKey` gives before `received` and `rport` were filled in. */
  openServer(request: SipRequest, key: string, flow: Flow, to: Address | Flow): ServerTransaction {
    const merge = mergeKey(request);
    const parts = { host: this, request, key, mergeKey: merge, flow, to };
    const transaction =
      request.method === "INVITE" ? new InviteServerTransaction(parts) : new NonInviteServerTransaction(parts);
    this.#servers.set(key, transaction);
    if (merge !== undefined && !this.#unmerged.has(merge)) this.#unmerged.set(merge, transaction);
    return transaction;
  }

  /** A message of some transaction could not be sent. @returns whether one knows it. */
  transportFailed(message: SipMessage, error: HarnessError): boolean {
    const transaction = this.#ownerOf(message);
    transaction?.transportFailed(error);
    return transaction !== undefined;
  }

  /** A connection is gone: what waits for a response over it fails (RFC 3261 §18). */
  connectionLost(flow: Flow, error: HarnessError): void {
    this.#failClients((to) => wentOver(flow, to), error);
  }

  /** Nobody is at that address any more: what waits for a response from there fails, what is repeated to it ends. */
  forgetPeer(address: Address, error: HarnessError): void {
    const isThere = (to: Address | Flow): boolean => sameAddress(address, "remote" in to ? to.remote : to);
    this.#failClients(isThere, error);
    for (const transaction of [...this.#servers.values()]) {
      if (transaction instanceof ServerTransaction && isThere(transaction.to)) transaction.abandon();
    }
  }

  /** Ends every transaction without a word, and the timers. */
  close(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.abandon();
    this.queue.close();
  }

  send(message: SipMessage, octets: Buffer, to: Address | Flow): void {
    this.#outlet.send(message, octets, to);
  }

  dress(message: SipMessage): void {
    this.#outlet.dress(message);
  }

  route(request: SipRequest, options: RouteOptions): RequestWay {
    return this.#outlet.route(request, options);
  }

  startCancel(cancel: SipRequest, way: RequestWay): void {
    this.startClient(cancel, way, CANCEL_HANDLER);
  }

  newTag(): string {
    return this.#ids.tag();
  }

  succeeded(transaction: ServerTransaction, success: SipResponse): void {
    this.#watcher.succeeded(transaction, success);
  }

  serverFailed(transaction: ServerTransaction, reason: FailureReason, error: HarnessError): void {
    this.#watcher.serverFailed(transaction, reason, error);
  }

  userFailed(error: unknown): void {
    this.#watcher.userFailed(error);
  }

  replaceClient(remnant: ClientRemnant): void {
    this.#clients.set(remnant.key, remnant);
  }

  replaceServer(transaction: ServerTransaction, remnant: ServerRemnant): void {
    const { key, mergeKey: merge } = transaction;
    this.#servers.set(key, remnant);
    if (merge !== undefined && this.#unmerged.get(merge) === transaction) this.#unmerged.set(merge, remnant);
  }

  forgetClient({ key }: ClientTransaction | ClientRemnant): void {
    this.#clients.delete(key);
  }

  forgetServer(transaction: ServerTransaction | ServerRemnant): void {
    if (this.#servers.get(transaction.key) === transaction) this.#servers.delete(transaction.key);
    const { mergeKey: merge } = transaction;
    if (merge !== undefined && this.#unmerged.get(merge) === transaction) this.#unmerged.delete(merge);
  }

  #failClients(concerns: (to: Address | Flow) => boolean, error: HarnessError): void {
    for (const transaction of [...this.#clients.values()]) {
      if (transaction instanceof ClientTransaction && concerns(transaction.to)) transaction.transportFailed(error);
    }
  }

  #ownerOf(message: SipMessage): ClientTransaction | ClientRemnant | ServerTransaction | undefined {
    const { method } = message.cseq;
    if (message.kind === "response") {
      const { sender } = message;
      return sender instanceof ServerTransaction ? sender : undefined;
    }
    return this.#client(message.topVia.branch ?? "", method === "ACK" ? "INVITE" : method);
  }

  #client(branch: string, method: string): ClientTransaction | ClientRemnant | undefined {
    const transaction = this.#clients.get(clientKey(branch, method));
    return transaction?.method === method ? transaction : undefined;
  }
}

function wentOver(flow: Flow, to: Address | Flow): boolean {
  if ("remote" in to) return to.connection === flow.connection;
  return sameAddress(to, flow.remote);
}
