import { acceptsType, contentCodings, isBodyOptional, TIMER, type SipRequest } from "../sip/message/index.ts";
import { SUPPORTED } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";

export interface Unprocessable {
  readonly status: number;
  readonly headers: HeaderValues;
}

const KNOWN_EXTENSIONS = new Set([...SUPPORTED.split(", "), TIMER]);
const SDP = "application/sdp";

/** Schemes of a Request-URI that a phone takes for itself, whatever stands behind them. */
const OWN_SCHEMES: ReadonlySet<string> = new Set(["sip", "sips", "tel"]);

/**
 * The refusal of a request that a phone cannot process, or undefined: it is meant for a URI of another scheme (RFC 3261
 * §8.2.2.1), an extension is required that the phone has not (§8.2.2.3), or an INVITE has a body that the phone cannot
 * read and may not leave unread (§8.2.3), or wants an answer that is no session description (§21.4.7).
 */
export function refusalOf(request: SipRequest): Unprocessable | undefined {
  if (request.method === "ACK") return undefined;
  if (!OWN_SCHEMES.has(request.uri.scheme)) return { status: 416, headers: {} };
  const unknown = request.list("Require").filter((tag) => !KNOWN_EXTENSIONS.has(tag.toLowerCase()));
  if (unknown.length > 0) return { status: 420, headers: { Unsupported: unknown.join(", ") } };
  return request.method === "INVITE" ? refusalOfInvite(request) : undefined;
}

function refusalOfInvite(invite: SipRequest): Unprocessable | undefined {
  if (invite.body.length > 0 && !isBodyOptional(invite)) {
    if (invite.contentType?.type !== SDP) return { status: 415, headers: { Accept: SDP } };
    if (contentCodings(invite).length > 0) return { status: 415, headers: { "Accept-Encoding": "identity" } };
  }
  return acceptsType(invite, SDP) ? undefined : { status: 406, headers: {} };
}
