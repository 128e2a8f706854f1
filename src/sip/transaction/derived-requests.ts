import { SipRequest, type HeaderField, type SipResponse } from "../message/index.ts";

/**
 * The ACK for a 3xx–6xx: as the INVITE, but To is that of the response. RFC 3261 §17.1.1.3.
 */
export function ackForRefusal(invite: SipRequest, response: SipResponse): SipRequest {
  return derived("ACK", invite, response.get("To") ?? invite.get("To") ?? "", []);
}

/** The CANCEL of an INVITE: as the INVITE, without what Require and the like would ask of a hop. RFC 3261 §9.1. */
export function cancelFor(invite: SipRequest, headers: readonly HeaderField[]): SipRequest {
  return derived("CANCEL", invite, invite.get("To") ?? "", headers);
}

/** A request that goes the way of the INVITE: one Via, the same branch, the same Route. */
function derived(method: string, invite: SipRequest, to: string, headers: readonly HeaderField[]): SipRequest {
  return SipRequest.create({
    method,
    requestUri: invite.requestUri,
    headers: [
      ["Via", invite.list("Via")[0] ?? ""],
      ["Max-Forwards", invite.get("Max-Forwards") ?? "70"],
      ...invite.getAll("Route").map((route): HeaderField => ["Route", route]),
      ["From", invite.get("From") ?? ""],
      ["To", to],
      ["Call-ID", invite.callId],
      ["CSeq", `${invite.cseq.number} ${method}`],
      ...headers,
    ],
  });
}
