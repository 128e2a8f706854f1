import { asError, type HarnessError } from "../core/errors.ts";
import {
  type ClientHandler,
  type ClientTransaction,
  Dialog,
  type Flow,
  type ServerTransaction,
  SipResponse,
} from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import { endsDialog, releaseCall } from "./dialog-end.ts";
import type { HeldDialog } from "./dialog-table.ts";
import { type EndpointContext, protocolOf } from "./endpoint-context.ts";
import { beginsDialog } from "./methods.ts";
import { messageFields, nowhere, type Place, placeOf, timeOfDay } from "./report-fields.ts";

/** A request of an application on its way; the context of its client transaction. */
export class OutgoingRequest {
  readonly transactionId: string;
  readonly application: ApplicationConnection;
  /** Told with every response: the dialog the request is in, or begins. Empty where it does neither. */
  readonly dialogId: string;
  /** The dialog it was sent in. */
  readonly held: HeldDialog | undefined;
  /** Whether the application wants it cancelled. */
  cancelled = false;
  /** Whether the final response has been delivered. */
  finished = false;
  /** NOTIFYs that overtook the 2xx to this SUBSCRIBE (RFC 6665 §4.4.1): the application hears of them after it. */
  readonly early: ServerTransaction[] = [];
  /** Dialogs that reliable provisional responses to this INVITE began, one for each fork. */
  readonly forks: HeldDialog[] = [];

  constructor(
    transactionId: string,
    application: ApplicationConnection,
    dialog: { id: string; held?: HeldDialog | undefined },
  ) {
    this.transactionId = transactionId;
    this.application = application;
    this.dialogId = dialog.id;
    this.held = dialog.held;
  }
}

/** Requests of applications between leaving and their final response. */
export class OutgoingRequests implements ClientHandler {
  readonly #context: EndpointContext;
  readonly #redeliver: (notify: ServerTransaction) => void;
  readonly #pending = new Map<string, { outgoing: OutgoingRequest; transaction: ClientTransaction }>();

  /** @param redeliver takes the NOTIFYs that waited for the 2xx to their SUBSCRIBE. */
  constructor(context: EndpointContext, redeliver: (notify: ServerTransaction) => void) {
    this.#context = context;
    this.#redeliver = redeliver;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Expects responses for `transaction`, whose context `outgoing` is. */
  track(outgoing: OutgoingRequest, transaction: ClientTransaction): void {
    this.#pending.set(outgoing.transactionId, { outgoing, transaction });
  }

  /** The INVITE of that id that has no final response yet. */
  pendingInvite(transactionId: string): { outgoing: OutgoingRequest; transaction: ClientTransaction } | undefined {
    const pending = this.#pending.get(transactionId);
    return pending?.transaction.request.method === "INVITE" ? pending : undefined;
  }

  /** The SUBSCRIBE that is about to begin that dialog. */
  pendingSubscribe(dialogId: string): OutgoingRequest | undefined {
    for (const { outgoing, transaction } of this.#pending.values()) {
      const begins = outgoing.dialogId === dialogId && !outgoing.held;
      if (begins && transaction.request.method === "SUBSCRIBE") return outgoing;
    }
    return undefined;
  }

  /** Nobody will answer or hang up the calls of this application any more. */
  left(application: ApplicationConnection): void {
    for (const { outgoing, transaction } of this.#pending.values()) {
      const rings = transaction.request.method === "INVITE" && !outgoing.cancelled;
      if (outgoing.application !== application || !rings) continue;
      outgoing.cancelled = true;
      transaction.cancel();
    }
  }

  response(transaction: ClientTransaction, response: SipResponse, flow: Flow): void {
    const outgoing = transaction.context as OutgoingRequest;
    if (outgoing.finished) {
      // A second fork answered. drachtio-srf knows one dialog for each INVITE, so this one ends here.
      if (response.isSuccess) this.#release(outgoing, transaction, response);
    } else if (response.isFinal) {
      this.#finish(outgoing, transaction, response, placeOf(flow));
    } else if (response.status > 100) {
      this.#provisional(outgoing, transaction, response, placeOf(flow));
    }
  }

  failed(transaction: ClientTransaction, reason: "timeout" | "transport", error: HarnessError): void {
    const outgoing = transaction.context as OutgoingRequest;
    if (outgoing.finished) return;
    this.#context.log.debug({ err: error, transactionId: outgoing.transactionId }, "request failed");
    this.#context.unanswered?.(transaction.request, error);
    const response = SipResponse.to(transaction.request, reason === "timeout" ? 408 : 503, {
      toTag: this.#context.ids.tag(),
      ...(error.code === "ERR_HOST_NOT_FOUND" ? { reason: "DNS Error" } : {}),
    });
    this.#finish(outgoing, transaction, response, nowhere(protocolOf(transaction.request)));
  }

  /** RFC 3262 §4: reliable ones are taken in the order of RSeq; copies, and what skips a number, are dropped. */
  #provisional(outgoing: OutgoingRequest, transaction: ClientTransaction, response: SipResponse, place: Place): void {
    const rseq = transaction.request.method === "INVITE" ? rseqOf(response) : undefined;
    const held = rseq === undefined ? undefined : this.#earlyDialog(outgoing, transaction, response);
    if (rseq !== undefined && held && !takesRseq(held, transaction, rseq)) return;
    this.#deliver(outgoing, response, place);
  }

  #earlyDialog(
    outgoing: OutgoingRequest,
    transaction: ClientTransaction,
    response: SipResponse,
  ): HeldDialog | undefined {
    const known = outgoing.held ?? forkOf(outgoing, response);
    if (known) return known;
    const begun = this.#begin(outgoing, transaction, response);
    if (begun) outgoing.forks.push(begun);
    return begun;
  }

  #finish(outgoing: OutgoingRequest, transaction: ClientTransaction, response: SipResponse, place: Place): void {
    outgoing.finished = true;
    this.#pending.delete(outgoing.transactionId);
    const { method } = transaction.request;
    if (method === "INVITE" && response.isSuccess && outgoing.application.closed) {
      if (outgoing.held) this.#context.dialogs.remove(outgoing.held);
      for (const fork of outgoing.forks) this.#context.dialogs.remove(fork);
      this.#release(outgoing, transaction, response);
      return;
    }
    if (response.isSuccess) this.#keepDialog(outgoing, transaction, response);
    for (const fork of outgoing.forks) if (fork.dialog.state === "early") this.#context.dialogs.remove(fork);
    this.#deliver(outgoing, response, place);
    const challenged = response.status === 401 || response.status === 407;
    if (outgoing.held && !challenged && endsDialog(outgoing.held, method, transaction.request)) {
      this.#context.dialogs.remove(outgoing.held);
    }
    for (const notify of outgoing.early) this.#redeliver(notify);
  }

  #keepDialog(outgoing: OutgoingRequest, transaction: ClientTransaction, response: SipResponse): void {
    const { method } = transaction.request;
    const held = outgoing.held ?? this.#begin(outgoing, transaction, response);
    if (!held) return;
    if (outgoing.held) held.dialog.refreshTarget(response);
    if (method === "INVITE") held.awaitedAck = { transaction, cancelled: outgoing.cancelled };
  }

  #begin(outgoing: OutgoingRequest, { request }: ClientTransaction, response: SipResponse): HeldDialog | undefined {
    if (!beginsDialog(request.method)) return undefined;
    const early = forkOf(outgoing, response);
    try {
      if (early) {
        early.dialog.confirm(response);
        return early;
      }
      const dialog = Dialog.fromResponse(request, response);
      const held: HeldDialog = { id: outgoing.dialogId, dialog, method: request.method, owner: outgoing.application };
      this.#context.dialogs.add(held);
      return held;
    } catch (error) {
      this.#context.log.debug({ err: asError(error), dialogId: outgoing.dialogId }, "a response makes no dialog");
      return undefined;
    }
  }

  #release(outgoing: OutgoingRequest, transaction: ClientTransaction, success: SipResponse): void {
    try {
      releaseCall(this.#context, transaction, success, forkOf(outgoing, success)?.dialog);
    } catch (error) {
      this.#context.log.debug({ err: asError(error) }, "a 2xx that nobody wants can't be acknowledged");
    }
  }

  #deliver(outgoing: OutgoingRequest, response: SipResponse, place: Place): void {
    const report = {
      octets: response.received?.length ?? 0,
      place,
      time: timeOfDay(this.#context.clock),
      transactionId: outgoing.transactionId,
    };
    outgoing.application.notify(messageFields(report, outgoing.dialogId), response.toOctets());
  }
}

function rseqOf(response: SipResponse): number | undefined {
  const text = response.get("RSeq") ?? "";
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

function forkOf({ forks }: OutgoingRequest, { toTag }: SipResponse): HeldDialog | undefined {
  return forks.find(({ dialog }) => dialog.remoteTag === toTag);
}

/** Whether a reliable provisional response is the first of its fork, or the next one. */
function takesRseq(held: HeldDialog, invite: ClientTransaction, rseq: number): boolean {
  const { received } = held;
  if (received?.invite !== invite) held.received = { invite, rseq, unacknowledged: new Set([rseq]) };
  else if (rseq !== received.rseq + 1) return false;
  else {
    received.rseq = rseq;
    received.unacknowledged.add(rseq);
  }
  return true;
}
