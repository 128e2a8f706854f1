import type { Closable } from "../core/disposal.ts";
import type { HarnessError } from "../core/errors.ts";
import type { SipRequest, SipResponse } from "../sip/message/index.ts";
import type { HeaderValues } from "./phone.ts";

/** Request-URI of requests within dialogs: drachtio's word, for which the stack puts the remote target. */
export const IN_DIALOG = "sip:placeholder";

export interface OutgoingRequest {
  readonly method: string;
  /** Request-URI; inside a dialog the stack puts the remote target in its place. */
  readonly uri: string;
  readonly headers: HeaderValues;
  readonly body?: string;
  /** The dialog that it is sent in: gives Request-URI, route set, tags, Call-ID and CSeq. */
  readonly dialogId?: string;
}

/** A request that is on its way. */
export interface SentRequest {
  /** As sent. */
  readonly request: SipRequest;
  /**
   * Cancels an INVITE; the stack holds the CANCEL back until a provisional response came (RFC 3261 §9.1).
   * @param told gets the CANCEL as it leaves.
   */
  cancel(headers?: HeaderValues, told?: (cancel: SipRequest) => void): void;
}

export interface ReceivedResponse {
  readonly message: SipResponse;
  /** The dialog that a response to INVITE belongs to. */
  readonly dialogId: string | undefined;
  /** Made up by the stack since nobody answered (408) or nobody could be reached (503). */
  readonly madeUp: boolean;
  /** Sends the ACK of a 2xx. @returns it once on its way; undefined: refused, the dialog may be over by then. */
  acknowledge(options?: { readonly headers?: HeaderValues; readonly body?: string }): Promise<SipRequest | undefined>;
}

/** Told about a request: `sent` or `refused` first and once, then each response but 100. */
export interface RequestObserver {
  sent(sent: SentRequest): void;
  response(response: ReceivedResponse): void;
  /** The stack did not send it. */
  refused(error: HarnessError): void;
}

export interface ResponseOptions {
  readonly reason?: string;
  readonly headers?: HeaderValues;
  readonly body?: string;
}

export interface IncomingRequest {
  readonly request: SipRequest;
  /** Absent outside of dialogs. */
  readonly dialogId: string | undefined;
  /** Not received: the stack tells that it sent this BYE by itself. Takes no response. */
  readonly byStack: boolean;
  /**
   * Sends a response.
   * @returns the response as sent, and the dialog it made.
   * @throws {UsageError} ERR_RESPONSE_REFUSED: a final one was sent already, the request was cancelled, or the
   * status is unknown to drachtio-srf.
   */
  respond(
    status: number,
    options?: ResponseOptions,
  ): Promise<{ readonly response: SipResponse; readonly dialogId: string | undefined }>;
  /** Calls `listener` when a CANCEL for this INVITE came; the stack has answered both by then. */
  onCancel(listener: (cancel: SipRequest) => void): void;
}

/** What a phone needs of a SIP stack. `SrfEndpoint` has it from drachtio-srf; tests of phones bring their own. */
export interface Signalling extends Closable {
  send(request: OutgoingRequest, observer: RequestObserver): void;
  /** Sets who gets the requests that come in, ACKs too. */
  onRequest(listener: (request: IncomingRequest) => void): void;
}
