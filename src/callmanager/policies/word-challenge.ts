import { quote } from "../../sip/message/index.ts";
import type { Ruling } from "./ruling.ts";

export interface ChallengeWordingQuestion {
  readonly realm: string;
  readonly nonce: string;
}

export interface ChallengeWording extends Ruling {
  readonly outcome: "worded";
  /** Value of WWW-Authenticate. */
  readonly value: string;
}

/** How a challenge reads: realm, nonce, algorithm unquoted; no qop, no opaque, no stale (REG-02). */
export function wordChallenge({ realm, nonce }: ChallengeWordingQuestion): ChallengeWording {
  const value = `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=MD5`;
  return { outcome: "worded", rules: ["REG-02"], reason: `challenge for realm ${realm}`, value };
}
