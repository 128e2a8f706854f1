import type { Ids } from "../../core/ids.ts";
import type { SipMessage } from "./message.ts";
import type { SipResponse } from "./response.ts";

/** Whether the response to a request in a dialog says that there is none any more (RFC 3261 §12.2.1.2). */
export function meansNoDialog({ status }: { readonly status: number }): boolean {
  return status === 408 || status === 481;
}

/** What a 500 to a second INVITE may ask for at most (RFC 3261 §14.2). */
const MOST_GLARE_SECONDS = 10;

/**
 * How long to wait before an INVITE or UPDATE is sent again that met another one, ms; undefined: it did not. After 491,
 * 2.1 s to 4 s for who chose the Call-ID, up to 2 s for the other side, so that the two do not meet again (RFC 3261
 * §14.1); after 500 what its Retry-After says, where that is 0 to 10 s (§14.2, RFC 3311 §5.2).
 */
export function glareDelayMs(response: SipResponse, ownsCallId: boolean, ids: Ids): number | undefined {
  if (response.status === 491) return ownsCallId ? 2100 + 10 * ids.integer(191) : 10 * ids.integer(201);
  if (response.status !== 500) return undefined;
  const seconds = /^\d{1,2}(?!\d)/.exec(response.get("Retry-After")?.trim() ?? "")?.[0];
  return seconds !== undefined && Number(seconds) <= MOST_GLARE_SECONDS ? 1000 * Number(seconds) : undefined;
}

/** Retry-After of the 500 to a second INVITE or UPDATE while the first is open: chosen of what {@link glareDelayMs} takes. */
export function glareRetryAfter(ids: Ids): string {
  return String(ids.integer(MOST_GLARE_SECONDS + 1));
}

/** Whether who sent the message takes UPDATE (RFC 3311 §4); undefined: it has no Allow to say so. */
export function allowsUpdate(message: SipMessage): boolean | undefined {
  const allowed = message.list("Allow");
  return allowed.length === 0 ? undefined : allowed.some((method) => method.trim() === "UPDATE");
}
