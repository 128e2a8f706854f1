import { type Flow, type ServerTransaction, type SipRequest, SipResponse, type TransactionUser } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { endOrphan, endsDialog, hangUp } from "./dialog-end.ts";
import { dialogId, type HeldDialog } from "./dialog-table.ts";
import type { EndpointContext } from "./endpoint-context.ts";
import { beginsDialog, isKnownMethod, needsDialog } from "./methods.ts";
import type { OutgoingRequest } from "./outgoing-requests.ts";
import { messageFields, newRequestFields, placeOf, type Report, timeOfDay } from "./report-fields.ts";
import type { Routes } from "./routes.ts";

/** A request from the network that an application has; the context of its server transaction. */
export class IncomingRequest {
  readonly transactionId: string;
  readonly transaction: ServerTransaction;
  readonly application: ApplicationConnection;
  /** Told with every response; empty where the request makes no dialog and is in none. */
  readonly dialogId: string;
  /** The dialog it came in, or the one that a 2xx to it made. */
  held: HeldDialog | undefined;
  /** Whether it came in a dialog. */
  readonly inDialog: boolean;
  /** Whether the application has answered anything yet. */
  answered = false;
  acknowledged = false;

  constructor(
    transactionId: string,
    transaction: ServerTransaction,
    application: ApplicationConnection,
    held: HeldDialog | undefined,
  ) {
    this.transactionId = transactionId;
    this.transaction = transaction;
    this.application = application;
    this.held = held;
    this.inDialog = held !== undefined;
    this.dialogId = held?.id ?? dialogIdOfNew(transaction.request);
  }
}

function dialogIdOfNew({ method, callId, fromTag }: SipRequest): string {
  return beginsDialog(method) ? dialogId(callId, fromTag) : "";
}

/** Requests from the network between arriving and their final response: who gets them, and what nobody gets. */
export class IncomingRequests implements TransactionUser {
  readonly #context: EndpointContext;
  readonly #routes: Routes<ApplicationConnection>;
  readonly #pendingSubscribe: (dialogId: string) => OutgoingRequest | undefined;
  readonly #pending = new Map<string, IncomingRequest>();

  /** @param pendingSubscribe finds the SUBSCRIBE of ours that is about to begin a dialog. */
  constructor(
    context: EndpointContext,
    routes: Routes<ApplicationConnection>,
    pendingSubscribe: (dialogId: string) => OutgoingRequest | undefined,
  ) {
    this.#context = context;
    this.#routes = routes;
    this.#pendingSubscribe = pendingSubscribe;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** The request of that id that waits for its final response. */
  pending(transactionId: string): IncomingRequest | undefined {
    return this.#pending.get(transactionId);
  }

  finished(incoming: IncomingRequest): void {
    this.#pending.delete(incoming.transactionId);
  }

  /** What this application has not answered, it will not answer. */
  left(application: ApplicationConnection): void {
    for (const incoming of this.#pending.values()) {
      if (incoming.application !== application) continue;
      this.refuse(incoming, 503);
    }
  }

  /** Answers in the application's stead. */
  refuse(incoming: IncomingRequest, status: number): void {
    this.finished(incoming);
    this.#refuse(incoming.transaction, status);
  }

  request(transaction: ServerTransaction): void {
    const { request } = transaction;
    const held = this.#context.dialogs.find(request);
    if (held) this.#inDialog(transaction, held);
    else if (request.toTag !== undefined && this.#isEarlyNotify(transaction)) return;
    else if (needsDialog(request.method) || (request.method === "INVITE" && request.toTag !== undefined)) {
      this.#refuse(transaction, 481);
    } else this.#newRequest(transaction);
  }

  cancelled(transaction: ServerTransaction, cancel: SipRequest): void {
    const incoming = transaction.context as IncomingRequest | undefined;
    if (!incoming || this.pending(incoming.transactionId) !== incoming) return;
    this.refuse(incoming, 487);
    const report = this.#report(cancel, transaction.flow, incoming.transactionId);
    const id = incoming.answered || incoming.inDialog ? incoming.dialogId : "";
    incoming.application.notify(messageFields(report, id), cancel.toOctets());
  }

  ack(ack: SipRequest, flow: Flow, invite: ServerTransaction | undefined): void {
    const held = this.#context.dialogs.find(ack);
    if (!held) return;
    const incoming = invite?.context as IncomingRequest | undefined;
    // drachtio gives the first ACK of a call the transaction id of its INVITE, every other ACK a fresh one.
    const isFirst = incoming !== undefined && !incoming.inDialog && !incoming.acknowledged;
    if (incoming) incoming.acknowledged = true;
    const transactionId = isFirst ? incoming.transactionId : this.#context.ids.uuid();
    held.owner.notify(messageFields(this.#report(ack, flow, transactionId), held.id), ack.toOctets());
  }

  unacknowledged(transaction: ServerTransaction): void {
    const held = (transaction.context as IncomingRequest | undefined)?.held;
    if (held && this.#context.dialogs.has(held)) hangUp(this.#context, held, "ACK timeout");
  }

  /** A response could not be sent: nobody waits for another one. */
  failed(transaction: ServerTransaction): void {
    const incoming = transaction.context as IncomingRequest | undefined;
    if (incoming) this.finished(incoming);
  }

  #inDialog(transaction: ServerTransaction, held: HeldDialog): void {
    const { request } = transaction;
    if (held.owner.closed) {
      this.#refuse(transaction, 481);
      if (request.method === "BYE") this.#context.dialogs.remove(held);
      else endOrphan(this.#context, held);
      return;
    }
    // RFC 3261 §12.2.2: out of order is answered 500.
    if (held.dialog.admits(request) === "stale-cseq") {
      this.#refuse(transaction, 500);
      return;
    }
    if (endsDialog(held, request.method, request)) this.#context.dialogs.remove(held);
    const incoming = this.#accept(transaction, held.owner, held);
    const report = this.#report(request, transaction.flow, incoming.transactionId);
    held.owner.notify(messageFields(report, held.id), request.toOctets());
  }

  #newRequest(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const application = this.#routes.next(request.method);
    if (!application) {
      this.#refuseUnrouted(transaction);
      return;
    }
    const incoming = this.#accept(transaction, application, undefined);
    const report = this.#report(request, flow, incoming.transactionId);
    application.notify(newRequestFields(report, flow.local), request.toOctets());
  }

  #accept(transaction: ServerTransaction, application: ApplicationConnection, held?: HeldDialog): IncomingRequest {
    const incoming = new IncomingRequest(this.#context.ids.uuid(), transaction, application, held);
    transaction.context = incoming;
    this.#pending.set(incoming.transactionId, incoming);
    return incoming;
  }

  /** RFC 6665 §4.4.1: a NOTIFY may overtake the 2xx to its SUBSCRIBE; it waits until that has been delivered. */
  #isEarlyNotify(transaction: ServerTransaction): boolean {
    const { method, callId, toTag } = transaction.request;
    const subscribe = method === "NOTIFY" ? this.#pendingSubscribe(dialogId(callId, toTag)) : undefined;
    subscribe?.early.push(transaction);
    return subscribe !== undefined;
  }

  #refuseUnrouted(transaction: ServerTransaction): void {
    if (isKnownMethod(transaction.request.method)) {
      this.#refuse(transaction, 503);
      return;
    }
    const allow = this.#routes.verbs.filter((verb) => !verb.startsWith("cdr:")).map((verb) => verb.toUpperCase());
    this.#refuse(transaction, 405, [["Allow", allow.join(", ")]]);
  }

  #refuse(transaction: ServerTransaction, status: number, headers: readonly [string, string][] = []): void {
    transaction.respond(SipResponse.to(transaction.request, status, { toTag: transaction.toTag, headers }));
  }

  #report(message: SipRequest, flow: Flow, transactionId: string): Report {
    return {
      octets: message.received?.length ?? message.toOctets().length,
      place: placeOf(flow),
      time: timeOfDay(this.#context.clock),
      transactionId,
    };
  }
}
