import type { HarnessError } from "../../core/errors.ts";
import type { SipMessage, SipParseError } from "../message/index.ts";
import type { Address, Flow } from "./address.ts";

/** What the transport layer tells its user, the engine. */
export interface TransportHandler {
  message(message: SipMessage, flow: Flow): void;
  /**
   * Octets that meant to be SIP and are not; `error` holds what a best-effort answer needs. A stream that lost its
   * framing is closed right after this returns, so answer at once or not at all.
   */
  malformed(error: SipParseError, octets: Buffer, flow: Flow): void;
  /**
   * Sending did not work: a TransportError; or a rewrite rule threw: a UsageError. Never called inside `send`.
   * `message` is absent where octets were sent without one.
   */
  failed(to: Address | Flow, message: SipMessage | undefined, error: HarnessError): void;
  /** A connection is gone; `error` where the peer or the network broke it. */
  closed?(flow: Flow, error?: HarnessError): void;
}

/** Counts since the start, of datagrams and of messages on streams alike. */
export interface TransportCounters {
  /** What was handed to the network, raw octets and keepalive answers too. */
  sent: number;
  /** Messages that could be parsed. */
  received: number;
  /** CRLF, NULs, STUN: dropped, on a stream answered. */
  keepalives: number;
  /** Datagrams without SIP's version in the first line. */
  notSip: number;
  /** Octets that meant to be SIP and are not. */
  malformed: number;
  /** Connections of peers that ended before there was a TLS session. */
  handshakesFailed: number;
}
