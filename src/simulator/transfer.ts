import type { MediaSpec } from "../sdp/index.ts";
import type { SipRequest } from "../sip/message/index.ts";
import type { CredentialOptions, Exchange, HeaderValues } from "./phone.ts";

/** What a REFER carries, and how a challenge to it is answered. */
export interface TransferOptions extends CredentialOptions {
  /** Further headers of the REFER; `Refer-To` replaces the one that is made of the target. */
  readonly headers?: HeaderValues;
}

/** How a phone follows a REFER. */
export interface FollowOptions {
  /** What the calls offer that are made. Default: audio. */
  readonly media?: readonly MediaSpec[];
}

/** A REFER with its answer, and what is heard of the call that it asks for (RFC 3515 §2.4.4). */
export interface Transfer extends Exchange {
  /** NOTIFYs of it so far, in order. */
  readonly notifies: readonly SipRequest[];
  /** The statuses that they told: 100, 180, 200. */
  readonly statuses: readonly number[];
  /**
   * Resolves when nothing more will be heard: with the last NOTIFY (`Subscription-State: terminated`), or when the other
   * side hung up. At once where the REFER was refused.
   * @returns the status told last; undefined where none was.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: neither within `waits.answerMs`.
   */
  ended(): Promise<number | undefined>;
}
