import { quote, type HeaderField, type SipRequest } from "../../sip/message/index.ts";
import type { NonceState } from "../nonces.ts";
import type { Ruling } from "./ruling.ts";

export interface ChallengeWordingQuestion {
  readonly realm: string;
  /** A fresh one. */
  readonly nonce: string;
  /** The request that is challenged. */
  readonly request: SipRequest;
  /** State of the nonce that it brought; undefined: it brought no credentials. */
  readonly broughtNonce: NonceState | undefined;
}

export interface ChallengeWording extends Ruling {
  readonly outcome: "worded";
  /** 401 with WWW-Authenticate, or 407 with Proxy-Authenticate (RFC 3261 §22). */
  readonly status: 401 | 407;
  /** One header for each challenge, in order of preference. */
  readonly headers: readonly HeaderField[];
}

/** How a challenge reads: 401 with realm, nonce, algorithm unquoted; no qop, no opaque, no stale (REG-01, REG-02). */
export function wordChallenge({ realm, nonce }: Pick<ChallengeWordingQuestion, "realm" | "nonce">): ChallengeWording {
  const value = `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=MD5`;
  const headers = [["WWW-Authenticate", value]] as const;
  return { outcome: "worded", rules: ["REG-02"], reason: `challenge for realm ${realm}`, status: 401, headers };
}
