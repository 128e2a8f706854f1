import type { Ids } from "../../core/ids.ts";
import type { SipMessage } from "./message.ts";

/** Whether the response to a request in a dialog says that there is none any more (RFC 3261 §12.2.1.2). */
export function meansNoDialog({ status }: { readonly status: number }): boolean {
  return status === 408 || status === 481;
}

/**
 * How long to wait after 491 before the same is asked again (RFC 3261 §14.1), ms: 2.1 s to 4 s for who chose the Call-ID,
 * up to 2 s for the other side, so that the two do not meet again.
 */
export function glareDelayMs(ownsCallId: boolean, ids: Ids): number {
  return ownsCallId ? 2100 + 10 * ids.integer(191) : 10 * ids.integer(201);
}

/** Whether who sent the message takes UPDATE (RFC 3311 §4); undefined: it has no Allow to say so. */
export function allowsUpdate(message: SipMessage): boolean | undefined {
  const allowed = message.list("Allow");
  return allowed.length === 0 ? undefined : allowed.some((method) => method.trim() === "UPDATE");
}
