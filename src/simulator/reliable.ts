import type { SipResponse } from "../sip/message/index.ts";

/** Option tag of reliable provisional responses (RFC 3262 §8.1). */
export const RELIABLE = "100rel";

/** Whether a provisional response wants its PRACK (RFC 3262 §4). */
export function isReliable(response: SipResponse): boolean {
  if (!response.isProvisional || !response.has("RSeq")) return false;
  return response.list("Require").some((tag) => tag.toLowerCase() === RELIABLE);
}
