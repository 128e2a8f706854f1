import type { HarnessError } from "../../core/errors.ts";
import { SipResponse, type SipRequest } from "../message/index.ts";
import type { Address, Flow } from "../transport/index.ts";
import type { InviteServerEffect, InviteServerEvent, InviteServerState } from "./invite-server-transaction.ts";
import type {
  NonInviteServerEffect,
  NonInviteServerEvent,
  NonInviteServerState,
} from "./non-invite-server-transaction.ts";
import { ServerRemnant } from "./remnant.ts";
import { RetainedMessage } from "./retained-message.ts";
import { Transaction, type Machine, type TransactionHost } from "./transaction.ts";
import { ackTimeout } from "./transaction-errors.ts";
import type { FailureReason } from "./transaction-users.ts";

type ServerState = InviteServerState | NonInviteServerState;
type ServerEvent = InviteServerEvent | NonInviteServerEvent;
type ServerEffect = InviteServerEffect | NonInviteServerEffect;

/** What server transactions need of the transaction layer. */
export interface ServerHost extends TransactionHost {
  newTag(): string;
  /** The TU's response was a 2xx to INVITE: it is the UAS core's to repeat. */
  succeeded(transaction: ServerTransaction, success: SipResponse): void;
  serverFailed(transaction: ServerTransaction, reason: FailureReason, error: HarnessError): void;
  /** From now on `remnant` is found in the place of the transaction. */
  replaceServer(transaction: ServerTransaction, remnant: ServerRemnant): void;
  forgetServer(transaction: ServerTransaction | ServerRemnant): void;
}

export interface ServerTransactionParts {
  readonly host: ServerHost;
  /** As received, with `received` and `rport` filled in. */
  readonly request: SipRequest;
  readonly key: string;
  /** What `mergeKey` gives for the request. */
  readonly mergeKey: string | undefined;
  readonly flow: Flow;
  /** Where responses go (RFC 3261 §18.2.2, RFC 3581 §4). */
  readonly to: Address | Flow;
}

/**
 * A request that this endpoint received and answers. RFC 3261 §17.2.
 * `state`: `proceeding`, `accepted` (INVITE, RFC 6026), `completed`, `confirmed` (INVITE), `trying` (others), `terminated`.
 */
export abstract class ServerTransaction extends Transaction<ServerState, ServerEvent, ServerEffect> {
  /** The way the request came. */
  readonly flow: Flow;
  readonly to: Address | Flow;
  /** What the copies of a merged request have in common. */
  readonly mergeKey: string | undefined;
  protected readonly host: ServerHost;
  #toTag: string | undefined;
  #response: SipResponse | undefined;
  #octets: Buffer | undefined;
  #error: HarnessError | undefined;

  protected constructor(parts: ServerTransactionParts, machine: Machine<ServerState, ServerEvent, ServerEffect>) {
    super(parts.request, parts.key, machine);
    this.flow = parts.flow;
    this.to = parts.to;
    this.mergeKey = parts.mergeKey;
    this.host = parts.host;
    this.#toTag = parts.request.toTag;
    this.#response = undefined;
    this.#octets = undefined;
    this.#error = undefined;
  }

  /** To tag of all responses: that of the request in a dialog, else a new one, else whatever the first response has. */
  get toTag(): string {
    return (this.#toTag ??= this.host.newTag());
  }

  /** To be set before the first response, if at all. */
  set toTag(tag: string) {
    this.#toTag = tag;
  }

  /** Whether a final response was sent. */
  get answered(): boolean {
    return this.#response?.isFinal ?? false;
  }

  /** The response sent last. */
  get lastResponse(): SipResponse | undefined {
    return this.#response;
  }

  /**
   * Sends a response; it belongs to the transaction then. A To without tag gets `toTag`, but for a 100. What comes
   * after a final response is dropped, except 2xx after 2xx to INVITE.
   */
  respond(response: SipResponse): void {
    const event = this.eventFor(response);
    if (!this.accepts(event)) return;
    if (response !== this.#response) this.#adopt(response);
    this.handle(event);
  }

  /** The request came once more. */
  receiveCopy(): void {
    this.handle("request");
  }

  /** The ACK for our 3xx–6xx came. */
  receiveAck(): void {
    this.handle("ack");
  }

  transportFailed(error: HarnessError): void {
    this.#error = error;
    this.handle("transportError");
  }

  protected abstract eventFor(response: SipResponse): ServerEvent;

  protected get reliable(): boolean {
    return this.flow.protocol !== "udp";
  }

  protected sendResponse(): void {
    if (!this.#response) return;
    this.#octets ??= this.#response.toOctets();
    this.host.send(this.#response, this.#octets, this.to);
  }

  protected sendTrying(): void {
    this.#adopt(SipResponse.to(this.request, 100));
    this.sendResponse();
  }

  protected succeed(): void {
    if (this.#response) this.host.succeeded(this, this.#response);
  }

  protected report(reason: FailureReason): void {
    this.host.serverFailed(this, reason, this.#error ?? ackTimeout(this.request, this.flow));
  }

  /** Only copies of the request can come, until then; they get the final response again where that is `repeated`. */
  protected retire(state: "completed" | "accepted", until: number, repeated: boolean): void {
    const response = repeated && this.#octets ? new RetainedMessage(this.#octets, this.to) : undefined;
    const remnant = new ServerRemnant(this.host, this, { state, response });
    this.retireTo(remnant, until);
    this.host.replaceServer(this, remnant);
  }

  protected forget(): void {
    this.host.forgetServer(this);
  }

  #adopt(response: SipResponse): void {
    if (response.status > 100) this.#agreeOnTag(response);
    this.host.dress(response);
    response.sender = this;
    this.#response = response;
    this.#octets = undefined;
  }

  #agreeOnTag(response: SipResponse): void {
    const tag = response.toTag;
    if (tag === undefined) response.set("To", `${response.get("To") ?? ""};tag=${this.toTag}`);
    else this.#toTag ??= tag;
  }
}
