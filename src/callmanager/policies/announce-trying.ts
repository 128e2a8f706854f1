import type { Ruling } from "./ruling.ts";

export interface TryingRuling extends Ruling {
  readonly outcome: "trying" | "silent";
}

/**
 * Whether 100 comes before the answer to a REGISTER. An INVITE always gets one.
 * Deviates from RFC 4320 §4.1, which forbids it over UDP: CUCM sends it (CAP1, CAP2).
 */
export function announceTrying(): TryingRuling {
  return { outcome: "trying", rules: [], reason: "as CUCM does" };
}
