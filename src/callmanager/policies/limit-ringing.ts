import type { SipRequest } from "../../sip/message/index.ts";
import type { Ruling } from "./ruling.ts";

export interface RingingQuestion {
  /** The INVITE that rings; undefined: a transfer. */
  readonly invite: SipRequest | undefined;
}

export interface RingingLimit extends Ruling {
  readonly outcome: "limited";
  readonly seconds: number;
}

/** CUCM gives up on an INVITE after three minutes (call-manager-rules 1G, CAL-08). */
export const RING_SECONDS = 180;

/** How long a call may ring: three minutes, or as long as its INVITE is good for (RFC 3261 §13.3.1, CAP-07). */
export function limitRinging({ invite }: RingingQuestion): RingingLimit {
  const seconds = Math.min(RING_SECONDS, invite?.expires ?? RING_SECONDS);
  return { outcome: "limited", rules: [], reason: `rings for ${seconds} s at most`, seconds };
}
