import type { HarnessError } from "../../core/errors.ts";
import type { HeaderField, SipRequest, SipResponse } from "../message/index.ts";
import type { Address, Flow } from "../transport/index.ts";
import type { InviteClientEffect, InviteClientEvent, InviteClientState } from "./invite-client-transaction.ts";
import type {
  NonInviteClientEffect,
  NonInviteClientEvent,
  NonInviteClientState,
} from "./non-invite-client-transaction.ts";
import { ClientRemnant } from "./remnant.ts";
import { Transaction, type Machine, type TransactionHost } from "./transaction.ts";
import { transactionTimeout } from "./transaction-errors.ts";
import type { ClientHandler, FailureReason } from "./transaction-users.ts";

type ClientState = InviteClientState | NonInviteClientState;
type ClientEvent = InviteClientEvent | NonInviteClientEvent;
type ClientEffect = InviteClientEffect | NonInviteClientEffect;

/** Where a request goes; without anything, its Route and Request-URI say it (RFC 3261 §8.1.2). */
export interface RouteOptions {
  /** The very place, whatever Route and Request-URI say. */
  readonly to?: Address | Flow | undefined;
  /** URI of the next hop, where Route and Request-URI can't tell it: `Dialog.nextHop` behind a strict router. */
  readonly nextHop?: string | undefined;
  /** Default: the `transport` parameter of the next hop; else UDP where the endpoint has it. */
  readonly protocol?: Flow["protocol"] | undefined;
}

/** The way that a request takes: where to, and the branch of the Via that says so. */
export interface RequestWay {
  readonly to: Address | Flow;
  readonly branch: string;
}

/** What client transactions need of the transaction layer. */
export interface ClientHost extends TransactionHost {
  /** Gives a request of its own (ACK for a 2xx) its Via and finds its way. */
  route(request: SipRequest, options: RouteOptions): RequestWay;
  /** A transaction in its own right, on a Via and to a place already known. */
  startCancel(cancel: SipRequest, way: RequestWay): void;
  /** From now on `remnant` is found in the place of the transaction with its key. */
  replaceClient(remnant: ClientRemnant): void;
  forgetClient(transaction: ClientTransaction | ClientRemnant): void;
}

export interface ClientTransactionParts extends RequestWay {
  readonly host: ClientHost;
  /** Complete, with its Via. It belongs to the transaction now. */
  readonly request: SipRequest;
  readonly key: string;
  readonly handler: ClientHandler;
}

/**
 * A request that this endpoint sent and waits for responses to. RFC 3261 §17.1.
 * `state`: `calling` (INVITE) or `trying`, `proceeding`, `accepted` (INVITE, RFC 6026), `completed`, `terminated`.
 */
export abstract class ClientTransaction extends Transaction<ClientState, ClientEvent, ClientEffect> {
  /** Where the request went; ACK for a 3xx–6xx and CANCEL follow it. */
  readonly to: Address | Flow;
  /** Branch of the Via that the request carries. */
  readonly branch: string;
  /** Of the request, and in the CSeq of its responses. */
  readonly method: string;
  protected readonly host: ClientHost;
  readonly #handler: ClientHandler;
  #octets: Buffer | undefined;
  #response: SipResponse | undefined;
  #flow: Flow | undefined;
  #error: HarnessError | undefined;

  protected constructor(parts: ClientTransactionParts, machine: Machine<ClientState, ClientEvent, ClientEffect>) {
    super(parts.request, parts.key, machine);
    this.to = parts.to;
    this.branch = parts.branch;
    this.method = parts.request.method;
    this.host = parts.host;
    this.#handler = parts.handler;
    this.#octets = undefined;
    this.#response = undefined;
    this.#flow = undefined;
    this.#error = undefined;
  }

  /** Sends the request for the first time. */
  abstract start(): void;

  abstract receive(response: SipResponse, flow: Flow): void;

  /**
   * Cancels an INVITE; the CANCEL waits for the first provisional response (RFC 3261 §9.1). The INVITE still ends by
   * its own final response, a 487 as a rule, or fails with `timeout` 64*T1 after the CANCEL was sent.
   * @param headers more headers for the CANCEL, such as Reason.
   * @returns the CANCEL sent or to be sent; undefined where it is too late for one.
   * @throws {UsageError} ERR_NOT_AN_INVITE
   */
  abstract cancel(headers?: readonly HeaderField[]): SipRequest | undefined;

  /**
   * Sends the ACK for a 2xx and keeps it, to send it again for each copy of the 2xx that has its To tag.
   * @throws {UsageError} ERR_NOT_AN_INVITE, or ERR_NO_ROUTE.
   */
  abstract acknowledge(ack: SipRequest, options?: RouteOptions): void;

  /** The transport could not send a message of this transaction, or lost its connection. */
  transportFailed(error: HarnessError): void {
    this.#error = error;
    this.handle("transportError");
  }

  protected get reliable(): boolean {
    return this.to.protocol !== "udp";
  }

  protected take(event: ClientEvent, response: SipResponse, flow: Flow): void {
    this.#response = response;
    this.#flow = flow;
    this.handle(event);
    this.#response = undefined;
    this.#flow = undefined;
  }

  /** The request is not sent again, and hardly read. */
  protected settle(): void {
    if (this.#octets) this.packRequest(this.#octets);
    this.#octets = undefined;
  }

  /** The response that is being handled. */
  protected get response(): SipResponse | undefined {
    return this.#response;
  }

  protected sendRequest(): void {
    this.#octets ??= this.request.toOctets();
    this.host.send(this.request, this.#octets, this.to);
  }

  protected passUp(): void {
    if (!this.#response || !this.#flow) return;
    try {
      this.#handler.response(this, this.#response, this.#flow);
    } catch (error) {
      this.host.userFailed(error);
    }
  }

  protected report(reason: FailureReason): void {
    try {
      this.#handler.failed(this, reason, this.#error ?? transactionTimeout(this.request, this.to));
    } catch (error) {
      this.host.userFailed(error);
    }
  }

  /** Only copies of the final response can come, for `delayMs`. */
  protected retire(delayMs: number): void {
    const remnant = new ClientRemnant(this.host, this);
    const now = this.host.queue.now();
    this.retireTo(remnant, now + delayMs, now);
    this.host.replaceClient(remnant);
  }

  protected forget(): void {
    this.host.forgetClient(this);
  }
}
