import type { SipMessage } from "./message.ts";

/** Whether the response to a request in a dialog says that there is none any more (RFC 3261 §12.2.1.2). */
export function meansNoDialog({ status }: { readonly status: number }): boolean {
  return status === 408 || status === 481;
}

/** Whether who sent the message takes UPDATE (RFC 3311 §4); undefined: it has no Allow to say so. */
export function allowsUpdate(message: SipMessage): boolean | undefined {
  const allowed = message.list("Allow");
  return allowed.length === 0 ? undefined : allowed.some((method) => method.trim() === "UPDATE");
}
