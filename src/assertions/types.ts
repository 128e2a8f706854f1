import type { Exchange, MediaReport, MediaSession, SdpSeen, Trace } from "../simulator/index.ts";
import type { SipMessage, SipRequest, SipResponse } from "../sip/message/index.ts";
import type { Direction, SessionDescription } from "../sdp/index.ts";

/** What can be asked for SDP: one description, or a message or observation that carries one. */
export type SdpSource = SessionDescription | SdpSeen | SipMessage;

/**
 * Kinds of m-lines as testers name them. `video` is every m=video line, `slides` only those with `a=content:slides`;
 * `bfcp` floor control, `fecc` far-end camera control (H.224), `fax` T.38; the others are media names of the m= line.
 */
export type MediaKind =
  "audio" | "video" | "slides" | "bfcp" | "fecc" | "fax" | "application" | "image" | "text" | "message";

/** A message of a trace: `> REGISTER` sent, `< 401` received, `< 2xx`, `< 200 INVITE` (of that CSeq method), `< 180|183`. */
export type TraceItem = `> ${string}` | `< ${string}`;

/** A status code, or a whole class of them. */
export type StatusAccepted = number | `${1 | 2 | 3 | 4 | 5 | 6}xx`;

/** What a challenge has to carry. Scheme and algorithm compare without case; `status` is 401 or 407. */
export interface ChallengeExpectation {
  readonly status?: 401 | 407;
  readonly scheme?: string;
  readonly realm?: string | RegExp;
  readonly nonce?: string | RegExp;
  readonly opaque?: string | RegExp;
  /** What it says or, where it says nothing, `MD5` (RFC 3261 §22.4). */
  readonly algorithm?: string;
  /** One of the options listed; null: no qop at all. */
  readonly qop?: string | null;
  readonly stale?: boolean;
}

type Words =
  | "to"
  | "be"
  | "been"
  | "is"
  | "that"
  | "which"
  | "and"
  | "has"
  | "have"
  | "with"
  | "at"
  | "of"
  | "but"
  | "does"
  | "still"
  | "also";

/** What of chai's own checks is of use to every subject. */
interface PlainClaims<Claims> {
  /** The very same, as in `expect(incoming.offer).to.equal(undefined)`. */
  equal(value: unknown, message?: string): Chain<Claims>;
}

/** Claims with the words of chai that only read well; `not` turns round what follows. */
export type Chain<Claims> = Claims & PlainClaims<Claims> & { readonly [Word in Words | "not"]: Chain<Claims> };

export interface MediaSelector {
  /**
   * Picks the m-lines of that kind; what comes next claims something about them. Without `index`, `live` wants one of
   * them live and looks at that one from then on; the other claims speak of all of them.
   * @param index from 0, among the lines of that kind.
   */
  media(kind: MediaKind, index?: number): Chain<MediaClaims>;
}

export interface MediaClaims {
  /** There, with a port other than 0; of a session: on both sides. */
  live(): Chain<MediaClaims>;
  /** There, with port 0: the slot is kept (RFC 3264 §6). */
  rejected(): Chain<MediaClaims>;
  /** No such m-line. */
  absent(): Chain<MediaClaims>;
  /** Rejected or absent. */
  notLive(): Chain<MediaClaims>;
  /** A live line lists the codec; name without case. */
  codec(name: string): Chain<MediaClaims>;
  /** Of a live line, one of these: as its sender says it; of a session: as this side sees it. */
  direction(...accepted: readonly [Direction, ...Direction[]]): Chain<MediaClaims>;
  /** `a=content` says so, RFC 4796. */
  content(content: string): Chain<MediaClaims>;
}

export interface HeaderClaims<Self> {
  /** The header is there; a line of it equals the text or matches the expression. Any spelling of the name. */
  header(name: string, value?: string | RegExp): Chain<Self>;
}

export interface SdpClaims extends MediaSelector {
  /** A correct answer to `offer` by RFC 3264 §6. */
  answerTo(offer: SdpSource): Chain<SdpClaims>;
  /** What one leg sent, against what the other received. */
  relayedAs(received: SdpSource): Chain<RelayClaims>;
}

export interface SessionClaims extends MediaSelector {
  /** Its answer is a correct one to its offer by RFC 3264 §6. */
  answered(): Chain<SessionClaims>;
}

export interface RelayClaims {
  /** Live where it was sent; where it was received not live, or gone. */
  stripped(kind: MediaKind): Chain<RelayClaims>;
  /** Live on both legs, with the same direction and content; codecs only left out, none added, order kept. */
  preserved(kind: MediaKind): Chain<RelayClaims>;
}

export interface RequestClaims extends SdpClaims, HeaderClaims<RequestClaims> {}

export interface ResponseClaims extends SdpClaims, HeaderClaims<ResponseClaims> {
  /** Exactly that status, or one of them. */
  status(accepted: StatusAccepted | readonly StatusAccepted[]): Chain<ResponseClaims>;
  /** 4xx, 5xx or 6xx; one of `accepted` where given. */
  refused(accepted?: readonly StatusAccepted[]): Chain<ResponseClaims>;
  /** A 401 or 407 that carries such a challenge. */
  challenged(expected?: ChallengeExpectation): Chain<ResponseClaims>;
}

export interface ExchangeClaims extends HeaderClaims<ExchangeClaims> {
  /** 2xx, and the phone's Contact is among the bindings listed (RFC 3261 §10.3 step 8). */
  registered(): Chain<ExchangeClaims>;
  /** The final response is exactly that, or one of them. */
  status(accepted: StatusAccepted | readonly StatusAccepted[]): Chain<ExchangeClaims>;
  /** The final response is 4xx, 5xx or 6xx; one of `accepted` where given. */
  refused(accepted?: readonly StatusAccepted[]): Chain<ExchangeClaims>;
  /** One of the responses is a 401 or 407 that carries such a challenge. */
  challenged(expected?: ChallengeExpectation): Chain<ExchangeClaims>;
}

export interface TraceClaims {
  /**
   * These messages crossed the wire in this order; others may stand between. Retransmissions, keepalives and what a
   * wire control dropped don't count; background traffic (OPTIONS, NOTIFY…) only where an item names its method.
   */
  show(...items: readonly [TraceItem, ...TraceItem[]]): Chain<TraceClaims>;
  /** None of these messages crossed the wire. */
  neverShow(...items: readonly [TraceItem, ...TraceItem[]]): Chain<TraceClaims>;
}

/** Kinds of lines that RTP flows for, as `MediaKind` names them. */
export type StreamKind = "audio" | "video" | "slides" | "fecc";

/** What flowed, as a phone sent and received it; of a report of a while, in that while. */
export interface SoundClaims {
  /** At least so many packets of codecs that the phone listed; telephone-events are not audio. Default 1. */
  receivedAudio(packets?: number): Chain<SoundClaims>;
  /** At least so many. Default 1. */
  sentAudio(packets?: number): Chain<SoundClaims>;
  /**
   * No RTP came to a port that the phone told for such a line, refused or not; of any kind where none is named. Where
   * it told no port there is nothing to see, and the check is unverified.
   */
  receivedNothing(kind?: StreamKind): Chain<SoundClaims>;
  /** The phone itself sent no RTP for such a line. */
  sentNothing(kind?: StreamKind): Chain<SoundClaims>;
  /** Exactly these were heard, in RTP or in INFO, in this order. */
  digits(digits: string): Chain<SoundClaims>;
}

/** What has claims of ours. */
export type ClaimSubject = Exchange | MediaReport | MediaSession | SdpSource | Trace;

/**
 * The claims that fit a subject, or one that may be missing (`responses[0]`, `incoming.offer`): a missing one fails. Plain
 * chai for what is none of ours.
 */
export type AssertionOf<Subject> = 0 extends 1 & Subject ? Chai.Assertion : AssertionOfPresent<NonNullable<Subject>>;

type AssertionOfPresent<Subject> = [Subject] extends [never]
  ? Chai.Assertion
  : [Subject] extends [Exchange]
    ? Chain<ExchangeClaims>
    : [Subject] extends [SipResponse]
      ? Chain<ResponseClaims>
      : [Subject] extends [SipRequest]
        ? Chain<RequestClaims>
        : [Subject] extends [MediaSession]
          ? Chain<SessionClaims>
          : [Subject] extends [SdpSource]
            ? Chain<SdpClaims>
            : [Subject] extends [Trace]
              ? Chain<TraceClaims>
              : [Subject] extends [MediaReport]
                ? Chain<SoundClaims>
                : Chai.Assertion;
