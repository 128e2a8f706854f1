import { parseSdp, SdpParseError, type SessionDescription } from "../sdp/index.ts";
import { acceptsType, contentCodings, isBodyOptional, type SipMessage, type SipRequest } from "../sip/message/index.ts";
import { reject } from "./media-lines.ts";
import { describe, type SideMedia } from "./media-state.ts";
import { sdpBodyOf } from "./mime.ts";
import { isRefusal, refuse, type Refusal } from "./policies/ruling.ts";

const SDP = "application/sdp";

/** The session description of a message: there, absent, or such that the message is to be refused. */
export type ReadSession =
  { readonly outcome: "present"; readonly session: SessionDescription } | { readonly outcome: "absent" } | Refusal;

/** Reads the session description of a message; another body than plain SDP is 415, SDP that cannot be read is 400. */
export function readSession(message: SipMessage): ReadSession {
  if (message.body.length === 0) return { outcome: "absent" };
  const body = sdpBodyOf(message);
  const codings = contentCodings(message);
  if (!body || codings.length > 0) {
    if (isBodyOptional(message)) return { outcome: "absent" };
    return codings.length > 0
      ? refuse(415, [], `a body coded as ${codings.join(", ").slice(0, 64)}`, {
          headers: [["Accept-Encoding", "identity"]],
        })
      : refuse(415, [], "a body without session description", { headers: [["Accept", SDP]] });
  }
  try {
    return { outcome: "present", session: parseSdp(body) };
  } catch (error) {
    if (!(error instanceof SdpParseError)) throw error;
    return refuse(400, [], error.message.slice(0, 200), { warning: "session description not understood" });
  }
}

/** Reads the INVITE of a new call, which has to say where its sender is, and that it understands the answer. */
export function readInvite(invite: SipRequest): ReadSession {
  // The engine lets an INVITE without Contact pass where its branch is older than RFC 3261.
  if (!invite.has("Contact")) return refuse(400, [], "INVITE without Contact");
  const read = readSession(invite);
  if (isRefusal(read) || acceptsType(invite, SDP)) return read;
  return refuse(406, [], "Accept leaves no room for a session description", {
    warning: "the answer is application/sdp",
  });
}

/** The answer that takes nothing of an offer, for dialogs that end at once. */
export function rejectAll(side: SideMedia, offer: SessionDescription): SessionDescription {
  return describe(side, offer, offer.media.map(reject));
}
