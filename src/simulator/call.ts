import type { MediaSpec, SessionDescription } from "../sdp/index.ts";
import type { SipRequest, SipResponse } from "../sip/message/index.ts";
import type { AudibleCall } from "./audible-call.ts";
import type { Exchange, HeaderValues, Phone, RequestOptions, WaitForOptions } from "./phone.ts";
import type { SessionTimerState } from "./session-timer.ts";
import type { FollowOptions, Transfer, TransferOptions } from "./transfer.ts";

/** What offer and answer of RFC 3264 came to, as one side sees it. */
export interface MediaSession {
  /** What this side sent. */
  readonly local: SessionDescription;
  /** What this side received. */
  readonly remote: SessionDescription;
  readonly offer: SessionDescription;
  readonly answer: SessionDescription;
  readonly localRole: "offerer" | "answerer";
}

/** What a re-INVITE or UPDATE offers. */
export interface ReinviteOptions {
  /** What is offered, in order. Default: as before. */
  readonly media?: readonly MediaSpec[];
  /** An offer as text instead; `null`: none (delayed offer). */
  readonly sdp?: string | null;
  readonly headers?: HeaderValues;
  /** False: a 491, or 500 with Retry-After, is the result, and not waited out. Default true, as RFC 3261 §14 says. */
  readonly retryGlare?: boolean;
}

/** Common to both sides of a call. What needs an established call waits for it, `waits.answerMs` at most. */
export interface Call extends AudibleCall {
  /** Over: refused, cancelled, or a BYE was sent or received. */
  readonly ended: boolean;
  /** The session timer that was agreed last (RFC 4028); undefined: none. */
  readonly sessionTimer: SessionTimerState | undefined;
  /**
   * The negotiated session, wherever offer and answer stood (INVITE, 18x, PRACK, 200, ACK, UPDATE); of a running
   * renegotiation its outcome.
   * @throws {UnexpectedOutcomeError} ERR_NO_SESSION: the call failed.
   * @throws {PeerProtocolError} ERR_ANSWER_MISSING: the peer owed an offer or answer.
   */
  session(): Promise<MediaSession>;
  /**
   * Sends BYE, in an established call.
   * @returns the final response to it.
   * @throws {UsageError} ERR_CALL_ENDED, ERR_CALL_NOT_ESTABLISHED.
   * @throws {UnexpectedOutcomeError} ERR_HUNG_UP: by the other side.
   */
  hangUp(): Promise<SipResponse>;
  /** Re-INVITE that offers `sendonly`. @returns its final response, of any status. */
  hold(): Promise<SipResponse>;
  /** Re-INVITE that offers `sendrecv`. @returns its final response, of any status. */
  resume(): Promise<SipResponse>;
  /**
   * Re-INVITE, as `hold()` and `resume()` are, and `update()` by UPDATE: one that meets another, which 491 or a 500 with
   * Retry-After says, is sent once more after the delay of RFC 3261 §14 (10 s at most). A failure leaves the session as it
   * was. @returns its final response, of any status.
   */
  reinvite(options?: ReinviteOptions): Promise<SipResponse>;
  /**
   * UPDATE (RFC 3311), with an offer as `reinvite` makes it; also before the call is answered, once a reliable
   * provisional response has been acknowledged. @returns its final response, of any status.
   */
  update(options?: ReinviteOptions): Promise<SipResponse>;
  /**
   * Blind transfer (RFC 5589 §6): REFER within the call, after which the other side is to call `target`. Resolves with
   * the final response to it, of any status; what follows is asked of the transfer.
   * @param target a phone (its first number), a number or other user part at the target's domain, or a URI.
   */
  transfer(target: Phone | string, options?: TransferOptions): Promise<Transfer>;
  /**
   * Attended transfer (RFC 5589 §7): REFER whose Refer-To names, by an embedded Replaces (RFC 3891), the far end of
   * another call of this phone; one that this phone makes may still ring, once a provisional response named its dialog
   * (§7.6).
   * @throws {UsageError} ERR_TRANSFER_TARGET: `other` is no call of this phone, or this one.
   */
  transferTo(other: Call, options?: TransferOptions): Promise<Transfer>;
  /**
   * From now on a REFER that comes within the call is followed: 202, NOTIFYs, and the call that it asks for. Likewise an
   * INVITE whose Replaces names this call is accepted. Without, REFER is declined (603), and the INVITE waits for the
   * script. A call manager that carries out transfers itself sends neither on.
   */
  followTransfers(options?: FollowOptions): void;
  /** The call that took the place of this one, as `followTransfers` made or accepted it; undefined: none so far. */
  readonly successor: Call | undefined;
  /**
   * Sends any request within the call; resolves with its final response, of any status.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  request(method: string, options?: RequestOptions): Promise<Exchange>;
  /**
   * The oldest request of that method within this call that nobody took of the call yet, or the next to come.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextRequest(method: string, options?: WaitForOptions): Promise<SipRequest>;
}

/** A call that this phone makes. */
export interface OutgoingCall extends Call {
  /** The INVITE last sent; the one with credentials where a challenge was answered. */
  readonly invite: SipRequest;
  /** Every response so far, a challenge too. */
  readonly responses: readonly SipResponse[];
  /**
   * The final response to the INVITE, of any status. A 2xx has been acknowledged when this resolves.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs` from now.
   */
  final(): Promise<SipResponse>;
  /**
   * The first provisional response, of that status where given. 100 Trying is kept from phones. The PRACK of a
   * reliable one is on the wire when this resolves; `wire.drop` keeps it from there.
   * @throws {UnexpectedOutcomeError} ERR_FINAL_INSTEAD: the final response came without it.
   */
  provisional(status?: number): Promise<SipResponse>;
  /** Sends CANCEL. @returns the final response to the INVITE: 487, or a 200 that was on its way. */
  cancel(options?: { readonly headers?: HeaderValues }): Promise<SipResponse>;
}

/** A call that reached this phone. */
export interface IncomingCall extends Call {
  readonly invite: SipRequest;
  /**
   * Undefined: the caller offers nothing, this phone has to.
   * @throws {PeerProtocolError} ERR_SDP_SYNTAX
   */
  readonly offer: SessionDescription | undefined;
  /** The call of this phone that a Replaces in the INVITE names: it is ended once this one is accepted (RFC 3891). */
  readonly replaces: Call | undefined;
  /**
   * Sends a provisional response. `reliable`: as RFC 3262 has it, resolving when its PRACK came; SDP in it is the
   * answer then, or the offer where the INVITE has none, and not a preview only.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: no PRACK.
   * @throws {UsageError} ERR_RESPONSE_REFUSED: reliably, and the caller does not support 100rel.
   */
  ring(
    status?: number,
    options?: { readonly sdp?: string; readonly headers?: HeaderValues; readonly reliable?: boolean },
  ): Promise<void>;
  /**
   * Sends 200 with the answer, or with an offer where the INVITE had none; resolves when the ACK came.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: no ACK.
   * @throws {UsageError} ERR_CALL_ENDED: cancelled meanwhile.
   */
  accept(options?: {
    readonly media?: readonly MediaSpec[];
    readonly sdp?: string;
    readonly headers?: HeaderValues;
  }): Promise<void>;
  /** Sends a final response of 300 or more. Default 486. */
  reject(status?: number, options?: { readonly reason?: string; readonly headers?: HeaderValues }): Promise<void>;
  /**
   * Resolves when the caller cancelled.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: no CANCEL within `waits.answerMs`.
   */
  cancelled(): Promise<void>;
}
