import type { HarnessError } from "../../core/errors.ts";
import type { SipRequest, SipResponse } from "../message/index.ts";
import type { Flow } from "../transport/index.ts";
import type { ClientTransaction } from "./client-transaction.ts";
import type { ServerTransaction } from "./server-transaction.ts";

/** Why a transaction ended without a final response: `timeout` counts as 408, `transport` as 503 (RFC 3261 §8.1.3.1). */
export type FailureReason = "timeout" | "transport";

/**
 * Hears what becomes of a request. One object can serve many transactions: `transaction.context` tells them apart.
 * Never called inside `send`.
 */
export interface ClientHandler {
  /**
   * A provisional or final response, each once: copies are absorbed. To an INVITE one 2xx may come for each To tag
   * (forks), and each wants its own ACK.
   */
  response(transaction: ClientTransaction, response: SipResponse, flow: Flow): void;
  /** No final response will come; or (RFC 3261 §17.1.1.2) the ACK for a 3xx–6xx could not be sent. */
  failed(transaction: ClientTransaction, reason: FailureReason, error: HarnessError): void;
}

/** Takes the requests that arrive: the TU of all server transactions of an endpoint. */
export interface TransactionUser {
  /** Any method but ACK and CANCEL, in a dialog or not; it passed `checkMessage`. Answer by `transaction.respond`. */
  request(transaction: ServerTransaction): void;
  /** The INVITE was cancelled while it had no final response. The CANCEL was answered already; the 487 is the TU's. */
  cancelled?(transaction: ServerTransaction, cancel: SipRequest): void;
  /** The first ACK for a 2xx of ours; `invite` is undefined where none of our 2xx awaits it. */
  ack?(ack: SipRequest, flow: Flow, invite: ServerTransaction | undefined): void;
  /** 64*T1 went by without ACK for our 2xx; it is not sent any more. RFC 3261 §13.3.1.4: send BYE. */
  unacknowledged?(transaction: ServerTransaction): void;
  /** No ACK came for our 3xx–6xx (timer H), or a response could not be sent. */
  failed?(transaction: ServerTransaction, reason: FailureReason, error: HarnessError): void;
}
