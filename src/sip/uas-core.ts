import type { HarnessError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { EngineCounters } from "./engine-counters.ts";
import { checkMessage, SipParseError, SipRequest, SipResponse } from "./message/index.ts";
import { fillReceivedVia, responseTarget } from "./received-via.ts";
import { SuccessCopies } from "./success-copies.ts";
import {
  InviteServerTransaction,
  ServerRemnant,
  serverKey,
  type FailureReason,
  type ServerTransaction,
  type TransactionLayer,
  type TransactionUser,
} from "./transaction/index.ts";
import type { Address, Flow } from "./transport/index.ts";

/** When a 100 to INVITE is sent: at once, after 200 ms without a response of the TU, or never. */
export type TryingMode = "immediate" | "delayed" | "off";

export interface UasCoreOptions {
  readonly layer: TransactionLayer;
  readonly user: TransactionUser;
  readonly counters: EngineCounters;
  readonly ids: Ids;
  readonly trying: TryingMode;
  readonly fillRport: boolean;
  /** Sends a response that no transaction keeps. */
  readonly sendStateless: (response: SipResponse, to: Address | Flow) => void;
}

/** What every UAS does with a request before its TU sees it. RFC 3261 §8.2, §9.2, §13.3.1.4, §17.2.3. */
export class UasCore {
  readonly #options: UasCoreOptions;
  readonly #successes: SuccessCopies;
  /** To tag of answers that no transaction keeps: the same for each copy of a request (RFC 3261 §8.2.7). */
  readonly #statelessTag: string;

  constructor(options: UasCoreOptions) {
    const { layer, ids } = options;
    this.#options = options;
    this.#statelessTag = ids.tag();
    this.#successes = new SuccessCopies(layer.queue, layer.timers, (transaction) => {
      this.#guard(undefined, () => options.user.unacknowledged?.(transaction));
    });
  }

  receive(request: SipRequest, flow: Flow): void {
    const { layer, counters } = this.#options;
    const key = serverKey(request);
    const known = layer.serverFor(request, key);
    if (request.method === "ACK") {
      this.#takeAck(request, flow, known);
    } else if (known) {
      counters.retransmissions += 1;
      known.receiveCopy();
    } else {
      this.#takeNew(request, key, flow);
    }
  }

  /**
   * Answers what could not be parsed, where it is a request that has a Via (RFC 3261 §8.2). A Via that can't be read
   * goes back as it came, to where the request came from.
   */
  refuse(error: SipParseError, flow: Flow): void {
    const { partial } = error;
    if (!(partial instanceof SipRequest) || partial.method === "ACK" || !partial.has("Via")) return;
    const { fillRport, sendStateless, counters } = this.#options;
    let to: Address | Flow = flow;
    try {
      to = responseTarget(partial.topVia, flow, fillRport);
      fillReceivedVia(partial, flow, fillRport);
    } catch (failure) {
      if (!(failure instanceof SipParseError)) throw failure;
    }
    sendStateless(SipResponse.to(partial, error.status, { reason: error.reason, toTag: this.#statelessTag }), to);
    counters.refused += 1;
  }

  /** A 2xx of the TU went out. */
  succeeded(transaction: ServerTransaction, success: SipResponse): void {
    this.#successes.start(transaction, success);
  }

  failed(transaction: ServerTransaction, reason: FailureReason, error: HarnessError): void {
    this.#guard(undefined, () => this.#options.user.failed?.(transaction, reason, error));
  }

  #takeAck(ack: SipRequest, flow: Flow, invite: ServerTransaction | ServerRemnant | undefined): void {
    const { user, counters } = this.#options;
    // A peer may give the ACK for a 2xx the branch of the INVITE, as RFC 2543 had it.
    if (invite && invite.state !== "accepted") {
      invite.receiveAck();
      return;
    }
    const acknowledged = this.#successes.acknowledge(ack);
    if (acknowledged === "copy") {
      counters.retransmissions += 1;
      return;
    }
    if (!acknowledged) counters.strayAcks += 1;
    if (acknowledged instanceof InviteServerTransaction) acknowledged.successAcknowledged();
    this.#guard(undefined, () => user.ack?.(ack, flow, acknowledged));
  }

  #takeNew(request: SipRequest, key: string, flow: Flow): void {
    const { layer, counters, fillRport } = this.#options;
    const fault = checkMessage(request);
    if (fault) {
      counters.malformed += 1;
      this.refuse(fault, flow);
      return;
    }
    const to = responseTarget(request.topVia, flow, fillRport);
    fillReceivedVia(request, flow, fillRport);
    const transaction = layer.openServer(request, key, flow, to);
    if (request.method === "CANCEL") {
      this.#takeCancel(transaction);
    } else if (layer.isMerged(transaction)) {
      counters.merged += 1;
      transaction.respond(SipResponse.to(request, 482));
    } else {
      this.#hand(transaction);
    }
  }

  #hand(transaction: ServerTransaction): void {
    const { user, trying } = this.#options;
    if (transaction instanceof InviteServerTransaction) {
      if (trying === "immediate") transaction.respond(SipResponse.to(transaction.request, 100));
      else if (trying === "delayed") transaction.tryLater();
    }
    this.#guard(transaction, () => {
      user.request(transaction);
    });
  }

  /** RFC 3261 §9.2: 200 with the To tag of the INVITE's responses, whether or not there is something left to cancel. */
  #takeCancel(transaction: ServerTransaction): void {
    const { layer, user } = this.#options;
    const cancel = transaction.request;
    const invite = layer.inviteFor(cancel);
    if (!invite) {
      transaction.respond(SipResponse.to(cancel, 481));
      return;
    }
    transaction.respond(SipResponse.to(cancel, 200, { toTag: invite.toTag }));
    if (invite instanceof ServerRemnant || invite.answered) return;
    if (user.cancelled) this.#guard(invite, () => user.cancelled?.(invite, cancel));
    else invite.respond(SipResponse.to(invite.request, 487));
  }

  /** The TU's mistakes, and headers that only it reads, cost no more than this transaction, which is answered then. */
  #guard(transaction: ServerTransaction | undefined, act: () => void): void {
    try {
      act();
    } catch (error) {
      const isPeersFault = error instanceof SipParseError && transaction !== undefined;
      if (!isPeersFault) this.#options.layer.userFailed(error);
      transaction?.respond(SipResponse.to(transaction.request, isPeersFault ? error.status : 500));
    }
  }
}
