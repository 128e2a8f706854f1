import type { Closable } from "../core/disposal.ts";
import type { Device, Line } from "../inventory/model.ts";
import type { MediaSpec, SessionDescription } from "../sdp/index.ts";
import type { DigestChallenge, NameAddr, SipMessage, SipRequest, SipResponse } from "../sip/message/index.ts";
import type { IncomingCall, OutgoingCall } from "./call.ts";
import type { SessionTimerOptions } from "./session-timer.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import type { Trace, TraceMark } from "./trace.ts";
import type { Address, WireControls } from "./wire.ts";

/** Header lines by name. A name stands once; several values of a list header are joined with commas. */
export type HeaderValues = Readonly<Record<string, string>>;

/** How a phone answers a 401 or 407; each field is a fault to be put in, absent all: the device's own credentials. */
export interface CredentialOptions {
  /** Default: the device's digest user. */
  readonly username?: string;
  /** Default: the digest user's, empty where none is set. */
  readonly password?: string;
  /** Default: the realm of the challenge. */
  readonly realm?: string;
  /**
   * `none`: doesn't answer the challenge, which so is the final response. `empty-response`: `response=""`.
   * `replayed-nonce`: answers with the nonce of a challenge that this phone answered before, with the same count.
   */
  readonly credentials?: "none" | "empty-response" | "replayed-nonce";
}

/** How a phone registers (RFC 3261 §10.2); absent all: as a correct phone does. */
export interface RegisterOptions extends CredentialOptions {
  /** The line, or its index from 0. Default: the first. */
  readonly line?: Line | number;
  /** Lifetime asked for, in the Expires header. Default 3600; 0 removes the binding. */
  readonly expiresSeconds?: number;
  /** User part of To and From, and of the Contact. Default: the line's. */
  readonly directoryNumber?: string;
  /** URI of From, for a registration by a third party. Default: that of To. */
  readonly from?: string;
  /** Value of Contact. Default: where the phone listens. `null`: no Contact, which asks for the bindings only. */
  readonly contact?: string | null;
  /** Host part of Request-URI, To and From. Default: the target's domain. */
  readonly domain?: string;
  /** `new`: as after a reboot. Default: the Call-ID of the line's earlier REGISTERs (RFC 3261 §10.2.4). */
  readonly callId?: "new";
  /** Further headers; one that the phone would set itself is replaced. */
  readonly headers?: HeaderValues;
  readonly body?: string;
  /** Content-Type of `body`. */
  readonly contentType?: string;
}

/** How a phone tries to register over TLS. */
export interface OverTlsOptions {
  /**
   * Shown where the target asks for one. `own` (default): the device's, or none where it has none; `self-signed`: one
   * that nobody vouches for.
   */
  readonly certificate?: "own" | "none" | "self-signed";
  /** The line, or its index from 0. Default: the first. */
  readonly line?: Line | number;
  /** Whether the Contact asks for TLS. Default `tls`: `;transport=tls`; `plain`: where the phone listens. */
  readonly contact?: "tls" | "plain";
}

/** What became of a try to register over TLS. */
export interface TlsOutcome {
  /**
   * `no session`: nobody listens, the handshake was refused, or the connection was closed before the final response.
   * `refused`: the final response was none of success.
   */
  readonly outcome: "no session" | "refused" | "registered";
  /** What was seen, a sentence. */
  readonly reason: string;
  /** Name of the TLS alert that ended the session (RFC 8446 §6), such as `certificate_required`. */
  readonly alert?: string;
  /** To the REGISTER. */
  readonly final?: SipResponse;
}

/** A request with everything that belonged to it. */
export interface Exchange {
  /** Of any status; the challenge itself where it wasn't answered. */
  readonly final: SipResponse;
  /** Every response, a challenge and provisional ones too; 100 is kept from phones, see the trace. */
  readonly responses: readonly SipResponse[];
  /** As sent: one, or two where a challenge was answered. */
  readonly requests: readonly SipRequest[];
  /** Of the last 401 or 407. */
  readonly challenge?: DigestChallenge;
}

/** A REGISTER with its answer (RFC 3261 §10.3). */
export interface Registration extends Exchange {
  /** Bindings that the final response lists; empty when it carried no Contact. */
  readonly contacts: readonly NameAddr[];
  /** Lifetime granted: `expires` of this phone's Contact, else the Expires header, else what was asked. Only with 2xx. */
  readonly expiresSeconds?: number;
}

/** How a phone calls; absent all: audio, from its first line. */
export interface CallOptions extends CredentialOptions {
  /** What is offered, in order. Default: audio. */
  readonly media?: readonly MediaSpec[];
  /** An offer as text instead; `null`: none (delayed offer), the phone then answers in the ACK with `media`. */
  readonly sdp?: string | null;
  /** Further headers; one that the phone would set itself is replaced. */
  readonly headers?: HeaderValues;
  /** The line that calls, or its index from 0. Default: the first. */
  readonly line?: Line | number;
  /** Value of Contact. Default: where the phone listens. */
  readonly contact?: string;
}

/** What a request of a phone carries, and how it answers a challenge to it. */
export interface RequestOptions extends CredentialOptions {
  readonly headers?: HeaderValues;
  readonly body?: string;
  /** Default for a body that begins with `v=0`: application/sdp; others must name theirs. */
  readonly contentType?: string;
}

/** A request outside of any call. */
export interface OutOfDialogOptions extends RequestOptions {
  /** Whom To names, and the Request-URI where `uri` is absent. */
  readonly to: Phone | string;
  /** Request-URI. */
  readonly uri?: string;
  /** The line that From names, or its index from 0. Default: the first. */
  readonly line?: Line | number;
}

/** How long a wait may take. */
export interface WaitForOptions {
  /** Longest wait. Default: what the lab's `waits` have for it, as the method says. */
  readonly timeoutMs?: number;
}

/** Which call is awaited. */
export interface NextInviteOptions extends WaitForOptions {
  /** Only calls for this line, or for that of this index from 0. Default: for any. */
  readonly line?: Line | number;
}

/** A session description that crossed a phone's wire, with the message that carried it. */
export interface SdpSeen {
  readonly message: SipMessage;
  readonly session: SessionDescription;
  readonly direction: "sent" | "received";
}

/**
 * A simulated phone as scenario scripts see it: a correct endpoint that is also a puppet. Waits are bounded by the
 * `waits` of the lab; errors name the phone.
 */
export interface Phone {
  /** Role in the scenario. */
  readonly name: string;
  readonly device: Device;
  readonly lines: readonly Line[];
  /** Of the first line. */
  readonly directoryNumber: string;
  /** The device's digest user; the password is empty where none is set. */
  readonly user: { readonly id: string; readonly password: string } | undefined;
  /** Where the phone listens. */
  readonly address: Address;
  readonly trace: Trace;
  readonly wire: WireControls;
  /** How many requests of each method the phone has answered by itself. */
  readonly background: ReadonlyMap<string, number>;

  /**
   * Sends REGISTER and resolves with the registrar's last answer. Answers one digest challenge; a further one is the
   * result. No credentials are sent unasked, so that each exchange shows its challenge.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: no final response within `waits.answerMs`.
   * @throws {TransportError} ERR_TARGET_UNREACHABLE.
   * @see RFC 3261 §10.2, §22.2
   */
  register(options?: RegisterOptions): Promise<Registration>;
  /**
   * Tries to register over a new TLS connection to the TLS port of the target, whatever the phone's own transport is,
   * with the right credentials; a binding that it makes is removed again. The target's certificate is not checked.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: the target took the REGISTER and gave no final response.
   */
  registerOverTls(options?: OverTlsOptions): Promise<TlsOutcome>;
  /** As `register` with `expiresSeconds: 0`. */
  unregister(options?: RegisterOptions): Promise<Registration>;
  /**
   * Resolves once the INVITE is sent; what becomes of it is asked of the call.
   * @param target a phone (its first number), a number or other user part at the target's domain, or a URI.
   */
  call(target: Phone | string, options?: CallOptions): Promise<OutgoingCall>;
  /**
   * The oldest call that nobody took yet, or the next to come.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.ringMs`.
   */
  nextInvite(options?: NextInviteOptions): Promise<IncomingCall>;
  /**
   * The oldest request of that method that nobody took yet, or the next to come, in or out of calls.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextRequest(method: string, options?: WaitForOptions): Promise<SipRequest>;
  /**
   * Subscribes to an event package (RFC 6665): resolves with the final response to SUBSCRIBE, of any status; NOTIFYs are
   * asked of the subscription. It is refreshed before it runs out, and made again where the target ends it and says that
   * one may; one that stands is ended when the phone is closed.
   */
  subscribe(event: string, options?: SubscribeOptions): Promise<Subscription>;
  /**
   * How its calls use session timers (RFC 4028) from the next one on: those that it makes and those that reach it. Until
   * it is called, they do as the phone's profile says. Refreshes, and the BYE of a session that is not refreshed, come by
   * themselves.
   * @param options `false`: they use none. Default: timers with the defaults of `SessionTimerOptions`.
   * @throws {UsageError} ERR_SESSION_TIMER: intervals that cannot be.
   * @throws {UsageError} ERR_NOT_AVAILABLE: a drachtio-server has timers of its own.
   */
  useSessionTimer(options?: SessionTimerOptions | false): void;
  /**
   * Sends a request outside of any call; resolves with its final response, of any status. Answers one digest challenge.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: no final response within `waits.answerMs`.
   */
  request(method: string, options: OutOfDialogOptions): Promise<Exchange>;
  /**
   * Resolves when no INVITE has come that nobody took: after an OPTIONS to the target was answered (the fence) and
   * `waits.settleMs` more.
   * @throws {UnexpectedOutcomeError} ERR_UNEXPECTED_INVITE
   */
  noInvite(): Promise<void>;
  /** Every session description that reached the phone, in order, copies left out. `direction`: default `received`. */
  everySdp(options?: { readonly direction?: "sent" | "received" | "both" }): readonly SdpSeen[];
  /** This moment of `trace`, to look from later: `trace.since(mark)`. */
  mark(): TraceMark;
}

/** The phone as its owner sees it. */
export interface SimulatedPhone extends Phone, Closable {
  /** Calls that are not over, in words: `call to sip:1003@10.0.0.1 (confirmed)`. */
  openCalls(): string[];
  /**
   * Ends the calls, removes the bindings (unless the target forgets them by itself), closes the sockets. Bounded by
   * `waits.answerMs` whatever the target does; closing twice is harmless.
   */
  close(): Promise<void>;
}
