import { parseSdp, SdpParseError, type SessionDescription } from "../sdp/index.ts";
import type { SipMessage } from "../sip/message/index.ts";
import { reject } from "./media-lines.ts";
import { describe, type SideMedia } from "./media-state.ts";
import { sdpBodyOf } from "./mime.ts";
import { refuse, type Refusal } from "./policies/ruling.ts";

/** The session description of a message: there, absent, or such that the message is to be refused. */
export type ReadSession =
  { readonly outcome: "present"; readonly session: SessionDescription } | { readonly outcome: "absent" } | Refusal;

/** Reads the session description of a message; another body than SDP is 415, SDP that cannot be read is 400. */
export function readSession(message: SipMessage): ReadSession {
  if (message.body.length === 0) return { outcome: "absent" };
  const body = sdpBodyOf(message);
  if (!body) {
    return isOptional(message)
      ? { outcome: "absent" }
      : refuse(415, [], "a body without session description", { headers: [["Accept", "application/sdp"]] });
  }
  try {
    return { outcome: "present", session: parseSdp(body) };
  } catch (error) {
    if (!(error instanceof SdpParseError)) throw error;
    return refuse(400, [], error.message.slice(0, 200), { warning: "session description not understood" });
  }
}

/** A body that the sender can do without (RFC 3204 §6.1, RFC 3261 §20.11). */
function isOptional(message: SipMessage): boolean {
  const disposition = message.get("Content-Disposition")?.toLowerCase() ?? "";
  return disposition.split(";").some((parameter) => parameter.trim() === "handling=optional");
}

/** The answer that takes nothing of an offer, for dialogs that end at once. */
export function rejectAll(side: SideMedia, offer: SessionDescription): SessionDescription {
  return describe(side, offer, offer.media.map(reject));
}
