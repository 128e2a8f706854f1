import { TIMER, type SipRequest } from "../sip/message/index.ts";
import { SUPPORTED } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";

export interface Unprocessable {
  readonly status: number;
  readonly headers: HeaderValues;
}

const KNOWN_EXTENSIONS = new Set([...SUPPORTED.split(", "), TIMER]);
const SDP = "application/sdp";

/**
 * The refusal of a request that a phone cannot process, or undefined: an extension is required that it has not
 * (RFC 3261 §8.2.2.3), or an INVITE has a body that is no session description and not optional (§8.2.3).
 */
export function refusalOf(request: SipRequest): Unprocessable | undefined {
  if (request.method === "ACK") return undefined;
  const unknown = request.list("Require").filter((tag) => !KNOWN_EXTENSIONS.has(tag.toLowerCase()));
  if (unknown.length > 0) return { status: 420, headers: { Unsupported: unknown.join(", ") } };
  const readable = request.body.length === 0 || request.contentType?.type === SDP;
  if (request.method !== "INVITE" || readable || isOptional(request)) return undefined;
  return { status: 415, headers: { Accept: SDP } };
}

/** Content-Disposition says that the body may be left unread (RFC 3261 §20.11). */
function isOptional(request: SipRequest): boolean {
  const parameters = request.get("Content-Disposition")?.toLowerCase().split(";") ?? [];
  return parameters.some((parameter) => parameter.trim() === "handling=optional");
}
